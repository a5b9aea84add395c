//! A workbook given back with some of its cells marked and commented, and everything else as it was.
//!
//! The parts that say nothing of the marks are copied as they are; in the others, what is not a mark is copied letter
//! by letter, so that a unit finds its own form again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Write};

use quick_xml::events::{BytesStart, Event};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::archive::{Archive, Limits};
use super::book::{listed, relations_of, targets};
use super::comments::{comments_part, drawing_part, joined_comments, joined_drawing};
use super::raw::{before_end, each, prefix, tag};
use super::xml::attribute;
use super::{Place, WorkbookError};

/// What is said of the cells of a sheet.
pub type Marks = BTreeMap<Place, String>;

const FILL: &str = "<PREFIXfill><PREFIXpatternFill patternType=\"solid\"><PREFIXfgColor rgb=\"FFFFC7CE\"/>\
     <PREFIXbgColor indexed=\"64\"/></PREFIXpatternFill></PREFIXfill>";
/// What stands behind the reference to the drawing of comments in a sheet.
const AFTER_COMMENTS: [&str; 8] =
    ["legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"];
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const NO_RELATIONS: &str =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>";
const TYPES: &str = "[Content_Types].xml";

/// The workbook with marks on the sheets of these names, beside the comments that it has. None where these or its styles
/// are of a kind that would have to be taken apart.
///
/// # Errors
/// When it is no workbook, or damaged.
pub fn marked(bytes: &[u8], sheets: &BTreeMap<String, Marks>) -> Result<Option<Vec<u8>>, WorkbookError> {
    let mut archive = Archive::open(bytes, &Limits::default())?;
    // A workbook may have been given back before, with parts of these names.
    let is_free = |number: &u32| !archive.has(&format!("xl/jixiao-comments{number}."));
    let free: Vec<u32> = (1..).filter(is_free).take(sheets.len()).collect();
    let main = archive.main("xl/workbook.xml")?;
    let mut text = |name: &str| -> Result<Option<String>, WorkbookError> {
        let Some(bytes) = archive.part(name)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|cause| WorkbookError::Damaged(format!("{name}: {cause}")))
    };
    let (Some(book), Some(relations), Some(types)) = (text(&main)?, text(&relations_of(&main))?, text(TYPES)?) else {
        return Ok(None);
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (listed, of_book) = (listed(book.as_bytes())?.sheets, targets(relations.as_bytes(), folder)?);
    let mut parts: Vec<(String, String, &Marks)> = Vec::new();
    for (name, id, _) in &listed {
        let target = of_book.iter().find(|one| one.id == *id && one.kind.ends_with("/worksheet"));
        if let (Some(marks), Some(target)) = (sheets.get(name).filter(|marks| !marks.is_empty()), target)
            && let Some(part) = text(&target.part)?
        {
            parts.push((target.part.clone(), part, marks));
        }
    }
    let styles_part = of_book.iter().find(|one| one.kind.ends_with("/styles")).map(|one| one.part.clone());
    let styles_part = styles_part.unwrap_or_else(|| "xl/styles.xml".to_owned());
    let Some(styles) = text(&styles_part)? else { return Ok(None) };
    let mut used = BTreeSet::new();
    for (_, part, marks) in &parts {
        used.extend(used_styles(part, marks)?);
    }
    let Some((styles, renamed)) = with_fill(&styles, &used)? else { return Ok(None) };
    let mut changed = BTreeMap::from([(styles_part, styles)]);
    let mut more_types = String::new();
    if !types.contains("Extension=\"vml\"") {
        more_types.push_str(
            "<Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>",
        );
    }
    for ((part, sheet, marks), number) in parts.into_iter().zip(free) {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("xl/worksheets", &part));
        let relations = format!("{folder}/_rels/{file}.rels");
        let known = text(&relations)?.unwrap_or_else(|| NO_RELATIONS.to_owned());
        let (own_drawing, own_comments) = (format!("rIdJixiao{number}a"), format!("rIdJixiao{number}b"));
        let Some((sheet, drawing)) = with_marks(&sheet, marks, &renamed, &own_drawing)? else { return Ok(None) };
        let linked = targets(known.as_bytes(), folder)?;
        let of_kind = |kind: &'static str| linked.iter().filter(move |one| one.kind.ends_with(kind));
        let mut more = String::new();
        let mut commented = BTreeSet::new();
        match of_kind("/comments").next() {
            Some(target) => {
                let Some(comments) = text(&target.part)? else { return Ok(None) };
                let Some((comments, before)) = joined_comments(&comments, marks)? else { return Ok(None) };
                commented = before;
                changed.insert(target.part.clone(), comments);
            }
            None => {
                let comments = format!("xl/jixiao-comments{number}.xml");
                let _ = write!(
                    more,
                    "<Relationship Id=\"{own_comments}\" Type=\"{RELATIONS}/comments\" Target=\"/{comments}\"/>"
                );
                let _ = write!(
                    more_types,
                    "<Override PartName=\"/{comments}\" \
                     ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml\"/>"
                );
                changed.insert(comments, comments_part(marks));
            }
        }
        // A cell that had a comment has a box for it.
        let boxes = marks.keys().filter(|place| !commented.contains(*place)).copied().collect();
        match drawing {
            Some(id) => {
                let Some(target) = of_kind("/vmlDrawing").find(|one| one.id == id) else { return Ok(None) };
                let Some(old) = text(&target.part)? else { return Ok(None) };
                let Some(joined) = joined_drawing(&old, &boxes) else { return Ok(None) };
                changed.insert(target.part.clone(), joined);
            }
            None => {
                let drawing = format!("xl/jixiao-comments{number}.vml");
                let _ = write!(
                    more,
                    "<Relationship Id=\"{own_drawing}\" Type=\"{RELATIONS}/vmlDrawing\" Target=\"/{drawing}\"/>"
                );
                changed.insert(drawing, drawing_part(&boxes));
            }
        }
        if !more.is_empty() {
            let Some(joined) = before_end(&known, "Relationships", &more) else { return Ok(None) };
            changed.insert(relations, joined);
        }
        changed.insert(part, sheet);
    }
    let Some(types) = before_end(&types, "Types", &more_types) else { return Ok(None) };
    changed.insert(TYPES.to_owned(), types);
    packed(bytes, changed).map(Some)
}

/// The archive with other parts.
fn packed(bytes: &[u8], mut changed: BTreeMap<String, String>) -> Result<Vec<u8>, WorkbookError> {
    let damaged = |cause: zip::result::ZipError| WorkbookError::Damaged(cause.to_string());
    let mut old = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let file = old.by_index_raw(at).map_err(damaged)?;
        let name = file.name().map_err(damaged)?.into_owned();
        let other = changed.keys().find(|key| key.eq_ignore_ascii_case(&name)).cloned();
        match other.and_then(|key| changed.remove(&key)) {
            None => new.raw_copy_file(file).map_err(damaged)?,
            Some(text) => add(&mut new, &name, &text)?,
        }
    }
    for (name, text) in changed {
        add(&mut new, &name, &text)?;
    }
    Ok(new.finish().map_err(damaged)?.into_inner())
}

fn add(archive: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, text: &str) -> Result<(), WorkbookError> {
    let damaged = |cause: &dyn std::fmt::Display| WorkbookError::Damaged(cause.to_string());
    archive.start_file(name, SimpleFileOptions::default()).map_err(|cause| damaged(&cause))?;
    archive.write_all(text.as_bytes()).map_err(|cause| damaged(&cause))
}

/// The cell that a start tag begins, given where the one before it was.
fn place_of(start: &BytesStart<'_>, row: u32, last: u32) -> Place {
    let named = attribute(start, "r").and_then(|name| Place::parse(&name));
    named.unwrap_or(Place { row, column: last.saturating_add(1) })
}

fn used_styles(text: &str, marks: &Marks) -> Result<BTreeSet<usize>, WorkbookError> {
    let (mut used, mut row, mut last) = (BTreeSet::from([0]), 0, 0);
    each(text, |event, _| {
        if let Event::Start(start) | Event::Empty(start) = event {
            match start.local_name().into_inner() {
                "row" => (row, last) = (row_of(start, row), 0),
                "c" => {
                    let place = place_of(start, row, last);
                    last = place.column;
                    if marks.contains_key(&place) {
                        used.insert(attribute(start, "s").and_then(|style| style.parse().ok()).unwrap_or(0));
                    }
                }
                _ => {}
            }
        }
        true
    })?;
    Ok(used)
}

fn row_of(start: &BytesStart<'_>, last: u32) -> u32 {
    attribute(start, "r").and_then(|row| row.parse().ok()).unwrap_or(last.saturating_add(1))
}

/// The part of the styles, and by which number the red copy of each goes.
type Styles = (String, BTreeMap<usize, usize>);

/// The styles with a red copy of each that is used, and the numbers of the copies.
fn with_fill(text: &str, used: &BTreeSet<usize>) -> Result<Option<Styles>, WorkbookError> {
    let (mut out, mut fills, mut formats) = (String::new(), 0_usize, Vec::<String>::new());
    let (mut within, mut open, mut renamed) = ("", None::<String>, BTreeMap::new());
    let mut has_fills = false;
    each(text, |event, raw| {
        match event {
            Event::Start(start) | Event::Empty(start) => {
                let is_empty = matches!(event, Event::Empty(_));
                match (within, start.local_name().into_inner()) {
                    ("", name @ ("fills" | "cellXfs")) if !is_empty => {
                        within = if name == "fills" { "fills" } else { "cellXfs" };
                        out.push_str(&tag(start, &[("count", "")], false));
                        return true;
                    }
                    ("fills", "fill") => fills += 1,
                    ("cellXfs", "xf") if is_empty => formats.push(raw.to_owned()),
                    ("cellXfs", "xf") => open = Some(String::new()),
                    _ => {}
                }
            }
            Event::End(end) => match (within, end.local_name().into_inner()) {
                ("fills", "fills") => {
                    out.push_str(&FILL.replace("PREFIX", &prefix(end.name().into_inner())));
                    (within, has_fills) = ("", true);
                }
                ("cellXfs", "xf") => {
                    let whole = open.take().unwrap_or_default() + raw;
                    formats.push(whole);
                }
                ("cellXfs", "cellXfs") => {
                    for style in used {
                        let Some(format) = formats.get(*style).or(formats.first()) else { return false };
                        renamed.insert(*style, formats.len() + renamed.len());
                        out.push_str(&red(format, fills));
                    }
                    within = "";
                }
                _ => {}
            },
            _ => {}
        }
        if let Some(open) = &mut open {
            open.push_str(raw);
        }
        out.push_str(raw);
        true
    })?;
    // The number of the new fill is known once the fills are read, which stand before the formats.
    Ok((has_fills && renamed.len() == used.len()).then_some((out, renamed)))
}

/// A cell format with the fill of that number.
fn red(format: &str, fill: usize) -> String {
    let mut out = String::new();
    let mut is_first = true;
    let number = fill.to_string();
    let read = each(format, |event, raw| {
        match event {
            Event::Start(start) | Event::Empty(start) if is_first => {
                let set = [("fillId", number.as_str()), ("applyFill", "1")];
                out.push_str(&tag(start, &set, matches!(event, Event::Empty(_))));
                is_first = false;
            }
            _ => out.push_str(raw),
        }
        true
    });
    if read.is_ok() { out } else { format.to_owned() }
}

/// What is still to be marked while a sheet is written.
struct Marking<'a> {
    left: BTreeMap<Place, &'a str>,
    styles: &'a BTreeMap<usize, usize>,
    out: String,
    prefix: String,
}

impl Marking<'_> {
    fn style(&self, old: usize) -> String {
        self.styles.get(&old).or(self.styles.get(&0)).copied().unwrap_or(0).to_string()
    }

    /// Cells of a row that are not there, up to a column.
    fn cells(&mut self, row: u32, before: u32) {
        let found: Vec<Place> =
            self.left.range(Place { row, column: 0 }..Place { row, column: before }).map(|(place, _)| *place).collect();
        for place in found {
            self.left.remove(&place);
            let _ = write!(self.out, "<{}c r=\"{place}\" s=\"{}\"/>", self.prefix, self.style(0));
        }
    }

    /// Rows that are not there, up to one.
    fn rows(&mut self, before: u32) {
        while let Some(row) = self.left.keys().next().map(|place| place.row).filter(|row| *row < before) {
            let _ = write!(self.out, "<{}row r=\"{row}\">", self.prefix);
            self.cells(row, u32::MAX);
            let _ = write!(self.out, "</{}row>", self.prefix);
        }
    }
}

/// A sheet, and the reference to the drawing that it had.
type Marked = (String, Option<String>);

/// A sheet with its marked cells in another style, and a reference to the drawing of their comments where it has none.
fn with_marks(
    text: &str,
    marks: &Marks,
    styles: &BTreeMap<usize, usize>,
    id: &str,
) -> Result<Option<Marked>, WorkbookError> {
    let left = marks.iter().map(|(place, text)| (*place, text.as_str())).collect();
    let mut marking = Marking { left, styles, out: String::new(), prefix: String::new() };
    let (mut row, mut last, mut depth, mut has_comments) = (0, 0, 0_usize, false);
    let mut known = None;
    let reference = |prefix: &str| format!("<{prefix}legacyDrawing xmlns:jixiao=\"{RELATIONS}\" jixiao:id=\"{id}\"/>");
    let is_whole = each(text, |event, raw| {
        if let Event::Start(start) | Event::Empty(start) = event {
            let (is_empty, name) = (matches!(event, Event::Empty(_)), start.local_name().into_inner().to_owned());
            if depth == 0 {
                marking.prefix = prefix(start.name().into_inner());
            }
            if depth == 1 && name == "legacyDrawing" {
                known = attribute(start, "id");
                // Where it comes behind something that ours would stand before, there would be two.
                if known.is_none() || has_comments {
                    return false;
                }
                has_comments = true;
            }
            if depth == 1 && !has_comments && AFTER_COMMENTS.contains(&name.as_str()) {
                let text = reference(&marking.prefix);
                marking.out.push_str(&text);
                has_comments = true;
            }
            depth += usize::from(!is_empty);
            match name.as_str() {
                "sheetData" if is_empty => {
                    marking.out.push_str(&tag(start, &[], false));
                    marking.rows(u32::MAX);
                    let end = format!("</{}sheetData>", marking.prefix);
                    marking.out.push_str(&end);
                    return true;
                }
                "row" => {
                    (row, last) = (row_of(start, row), 0);
                    marking.rows(row);
                    if is_empty && marking.left.keys().next().is_some_and(|place| place.row == row) {
                        marking.out.push_str(&tag(start, &[], false));
                        marking.cells(row, u32::MAX);
                        let end = format!("</{}row>", marking.prefix);
                        marking.out.push_str(&end);
                        return true;
                    }
                }
                "c" => {
                    let place = place_of(start, row, last);
                    last = place.column;
                    marking.cells(row, place.column);
                    if marking.left.remove(&place).is_some() {
                        let old = attribute(start, "s").and_then(|style| style.parse().ok()).unwrap_or(0);
                        let style = marking.style(old);
                        marking.out.push_str(&tag(start, &[("s", &style)], is_empty));
                        return true;
                    }
                }
                _ => {}
            }
        }
        if let Event::End(end) = event {
            depth = depth.saturating_sub(1);
            match end.local_name().into_inner() {
                "row" => marking.cells(row, u32::MAX),
                "sheetData" => marking.rows(u32::MAX),
                "worksheet" if !has_comments => {
                    let text = reference(&marking.prefix);
                    marking.out.push_str(&text);
                }
                _ => {}
            }
        }
        marking.out.push_str(raw);
        true
    })?;
    Ok(is_whole.then_some((marking.out, known)))
}
