//! An upload returned as a workbook, with its errors marked and explained in the cells.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write};
use std::path::Path;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Note, Worksheet};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::columns;
use super::model::{ImportKind, Outcome};
use super::report::{self, ReportLine};
use super::source::{self, FormFiles, Unreadable};
use super::templates::Template;
use crate::findings::Language;
use crate::http::error::{Error, Message, Result};
use crate::sheets::{A4, XLSX, heading_format, new_workbook, unwritten};
use crate::workbooks::{self, Areas, Place, Sheet};

/// The most rejected rows that are marked.
const MARKED: usize = 50_000;
/// Characters of a comment at most, as spreadsheet programs take them.
const LONGEST_NOTE: usize = 2_000;

/// Columns that are made wide enough to be read.
const COLUMNS: u16 = 30;

/// The comments on each cell.
type Marks = BTreeMap<Place, Vec<String>>;

struct Looks {
    plain: Format,
    wrong: Format,
}

impl Looks {
    fn new() -> Looks {
        let plain = Format::new()
            .set_num_format("@")
            .set_border(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        let wrong = plain.clone().set_background_color(Color::RGB(0x00FF_C7CE)).set_font_color(Color::RGB(0x009C_0006));
        Looks { plain, wrong }
    }
}

/// The upload with its errors marked.
pub fn annotated(content: &Path, report: &Path, kind: ImportKind, name: &str, language: Language) -> Result<Template> {
    let lines: Vec<ReportLine> =
        report::read(report, 0, &[Outcome::Rejected], MARKED)?.into_iter().map(|(_, line)| line).collect();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if kind.is_of_forms() {
        return forms(content, &lines, stem, language);
    }
    let mut start = [0; 2];
    let length = std::fs::File::open(content)
        .and_then(|mut file| std::io::Read::read(&mut file, &mut start))
        .map_err(|cause| Error::internal(&cause))?;
    let bytes = match (length, &start) {
        (2, b"PK") => {
            let whole = std::fs::read(content).map_err(|cause| Error::internal(&cause))?;
            let book = workbooks::read(&whole, &workbooks::Limits::default());
            workbook(&whole, &book.map_err(|cause| Error::internal(&cause))?.sheets, &lines, None, language)?
        }
        _ => table(content, &lines, kind, language)?,
    };
    Ok(Template { name: format!("{stem}-annotated.xlsx"), media_type: XLSX, bytes })
}

fn readable(error: Unreadable) -> Error {
    match error {
        Unreadable::Service(error) => error,
        Unreadable::Content(failure) => Error::internal(&failure.en),
    }
}

fn said(error: &super::record::RowError, language: Language) -> String {
    let text = Message::new(&error.zh, &error.en).in_language(language).to_owned();
    format!("{}: {text}", error.code)
}

/// The marks of a sheet; an error of a row as a whole stands at its first cell, and one within a merged area at the
/// first cell of that.
fn marks(lines: &[ReportLine], file: Option<&str>, sheet: &Sheet, language: Language) -> Marks {
    let (mut marks, areas) = (Marks::new(), Areas::of(sheet));
    let here = |line: &&ReportLine| {
        line.place.file.as_deref() == file && line.place.sheet.as_deref().is_none_or(|name| name == sheet.name)
    };
    for error in lines.iter().filter(here).flat_map(|line| &line.errors) {
        let row = u32::try_from(error.row).unwrap_or(1);
        let place = error.cell.as_deref().and_then(Place::parse).unwrap_or(Place { row, column: 1 });
        let place = areas.of_cell(place).map_or(place, |area| area.first);
        marks.entry(place).or_default().push(said(error, language));
    }
    marks
}

fn forms(content: &Path, lines: &[ReportLine], stem: &str, language: Language) -> Result<Template> {
    let files = FormFiles::open(content).map_err(readable)?;
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let failed = |cause: zip::result::ZipError| Error::internal(&cause);
    let mut unread = String::new();
    for file in files {
        let file = file.map_err(readable)?;
        let Some(name) = file.name else {
            let book = file.workbook.map_err(|cause| Error::internal(&cause))?;
            let bytes = workbook(&file.bytes, &book.sheets, lines, None, language)?;
            return Ok(Template { name: format!("{stem}-annotated.xlsx"), media_type: XLSX, bytes });
        };
        match file.workbook {
            Ok(book) => {
                archive.start_file(name.as_ref(), SimpleFileOptions::default()).map_err(failed)?;
                let bytes = workbook(&file.bytes, &book.sheets, lines, Some(&name), language)?;
                archive.write_all(&bytes).map_err(|cause| Error::internal(&cause))?;
            }
            Err(error) => {
                let text = Message::new(error.zh(), error.to_string()).in_language(language).to_owned();
                unread.push_str(&format!("{name}: {text}\r\n"));
            }
        }
    }
    if !unread.is_empty() {
        archive.start_file("未能读取 unread.txt", SimpleFileOptions::default()).map_err(failed)?;
        archive.write_all(unread.as_bytes()).map_err(|cause| Error::internal(&cause))?;
    }
    let bytes = archive.finish().map_err(failed)?.into_inner();
    Ok(Template { name: format!("{stem}-annotated.zip"), media_type: "application/zip", bytes })
}

/// The uploaded workbook with its marks; if that is not possible, a new one with the same texts at the same places.
fn workbook(
    bytes: &[u8],
    sheets: &[Sheet],
    lines: &[ReportLine],
    file: Option<&str>,
    language: Language,
) -> Result<Vec<u8>> {
    let marks: BTreeMap<String, Marks> =
        sheets.iter().map(|sheet| (sheet.name.clone(), marks(lines, file, sheet, language))).collect();
    let short = |texts: &Vec<String>| texts.join("\n").chars().take(LONGEST_NOTE).collect::<String>();
    let said = |marks: &Marks| marks.iter().map(|(place, texts)| (*place, short(texts))).collect();
    let texts = marks.iter().map(|(name, marks)| (name.clone(), said(marks))).collect();
    match workbooks::marked(bytes, &texts) {
        Ok(Some(marked)) => Ok(marked),
        Ok(None) => written_anew(sheets, &marks),
        Err(cause) => {
            log::warn!("an upload is annotated in a workbook of its own: {cause}");
            written_anew(sheets, &marks)
        }
    }
}

/// A new workbook with the same texts at the same places, and the same merged areas.
fn written_anew(sheets: &[Sheet], marks: &BTreeMap<String, Marks>) -> Result<Vec<u8>> {
    let (mut book, looks) = (new_workbook()?, Looks::new());
    let none = Marks::new();
    for sheet in sheets {
        let marks = marks.get(&sheet.name).unwrap_or(&none);
        let page = book.add_worksheet();
        page.set_name(&sheet.name).map_err(unwritten)?;
        page.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
        page.set_column_range_width(0, COLUMNS, 16).map_err(unwritten)?;
        let looks_of = |place: &Place| if marks.contains_key(place) { &looks.wrong } else { &looks.plain };
        for area in &sheet.merged {
            let text = sheet.cells.get(&area.first).map(|cell| cell.text.as_str()).unwrap_or_default();
            if area.first != area.last
                && let (Some(first), Some(last)) = (zero_based(area.first), zero_based(area.last))
            {
                page.merge_range(first.0, first.1, last.0, last.1, text, looks_of(&area.first)).map_err(unwritten)?;
            }
        }
        let areas = Areas::of(sheet);
        let alone = |place: &&Place| areas.of_cell(**place).is_none();
        for place in sheet.cells.keys().chain(marks.keys()).filter(alone) {
            let text = sheet.cells.get(place).map(|cell| cell.text.as_str()).unwrap_or_default();
            write(page, *place, text, looks_of(place))?;
        }
        for (place, texts) in marks {
            note(page, *place, texts)?;
        }
    }
    book.save_to_buffer().map_err(unwritten)
}

/// A text table as a workbook.
fn table(content: &Path, lines: &[ReportLine], kind: ImportKind, language: Language) -> Result<Vec<u8>> {
    let (mut book, looks) = (new_workbook()?, Looks::new());
    let page = book.add_worksheet();
    let all = columns::of(kind);
    let by_row: HashMap<u64, &ReportLine> = lines.iter().map(|line| (line.place.row, line)).collect();
    page.write_string_with_format(0, 0, "行 row", &heading_format()).map_err(unwritten)?;
    for (column, at) in all.iter().zip(1_u16..) {
        let heading = if language == Language::Zh { column.zh.first().copied() } else { None };
        page.write_string_with_format(0, at, heading.unwrap_or(column.field), &heading_format()).map_err(unwritten)?;
        page.set_column_width(at, 20).map_err(unwritten)?;
    }
    page.set_freeze_panes(1, 0).map_err(unwritten)?;
    for (record, row) in source::open(content, kind).map_err(readable)?.zip(2_u32..) {
        let record = record.map_err(readable)?;
        let line = by_row.get(&record.place.row);
        let first = Place { row, column: 1 };
        let mut marks = Marks::new();
        for error in line.into_iter().flat_map(|line| &line.errors) {
            let named = error.column.as_deref().and_then(|name| {
                all.iter().zip(2_u32..).find(|(column, _)| {
                    column.field == name
                        || columns::recognise(kind, name).is_some_and(|(found, _)| found.field == column.field)
                })
            });
            let place = named.map_or(first, |(_, column)| Place { row, column });
            marks.entry(place).or_default().push(said(error, language));
        }
        let looks_of = |place: Place| if marks.contains_key(&place) { &looks.wrong } else { &looks.plain };
        write(page, first, &record.place.row.to_string(), looks_of(first))?;
        for (column, at) in all.iter().zip(2_u32..) {
            let place = Place { row, column: at };
            let text = match record.value.as_ref().ok().and_then(|value| value.get(column.field)) {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            if !text.is_empty() || marks.contains_key(&place) {
                write(page, place, &text, looks_of(place))?;
            }
        }
        for (place, texts) in &marks {
            note(page, *place, texts)?;
        }
    }
    book.save_to_buffer().map_err(unwritten)
}

fn zero_based(place: Place) -> Option<(u32, u16)> {
    Some((place.row.checked_sub(1)?, u16::try_from(place.column.checked_sub(1)?).ok()?))
}

fn write(page: &mut Worksheet, place: Place, text: &str, format: &Format) -> Result<()> {
    let Some((row, column)) = zero_based(place) else { return Ok(()) };
    let written = match text.is_empty() {
        true => page.write_blank(row, column, format),
        false => page.write_string_with_format(row, column, text, format),
    };
    written.map(drop).map_err(unwritten)
}

fn note(page: &mut Worksheet, place: Place, texts: &[String]) -> Result<()> {
    let Some((row, column)) = zero_based(place) else { return Ok(()) };
    let text: String = texts.join("\n").chars().take(LONGEST_NOTE).collect();
    let note = Note::new(text).set_author("jixiao").set_width(300).set_height(120);
    page.insert_note(row, column, &note).map(drop).map_err(unwritten)
}
