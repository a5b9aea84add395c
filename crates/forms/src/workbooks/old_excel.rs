//! Workbooks of the old format (.xls, BIFF8): their values by `calamine`; how they are shown, and what is hidden, by their
//! records, which are looked through before for the extent of each sheet. A file that lies about it in DIMENSIONS, or names
//! one sheet often, is not caught by that.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Reader, SheetType, SheetVisible, Xls};

use super::archive::Limits;
use super::number;
use super::styles::{self, Style};
use super::{Area, Cell, LeftAlone, Place, Sheet, Workbook, WorkbookError};

/// Records that are read of a workbook (MS-XLS 2.3).
mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const END: u16 = 0x000A;
    pub const DATES_FROM_1904: u16 = 0x0022;
    pub const PASSWORD: u16 = 0x002F;
    pub const COLUMNS: u16 = 0x007D;
    pub const SHEET: u16 = 0x0085;
    pub const SEVERAL_NUMBERS: u16 = 0x00BD;
    pub const SEVERAL_BLANKS: u16 = 0x00BE;
    pub const STYLE: u16 = 0x00E0;
    pub const BLANK: u16 = 0x0201;
    pub const NUMBER: u16 = 0x0203;
    pub const ROW: u16 = 0x0208;
    pub const SHORT_NUMBER: u16 = 0x027E;
    pub const FORMAT: u16 = 0x041E;
    pub const BEGIN: u16 = 0x0809;
}

/// What the records say of a sheet.
#[derive(Default)]
struct Scanned {
    /// The style of each number, by row and column from 0.
    styles: HashMap<(u16, u16), u16>,
    hidden_rows: Vec<u16>,
    hidden_columns: Vec<(u16, u16)>,
    /// The first and the last row and column that hold something.
    extent: Option<[u16; 4]>,
}

/// What the records say of the workbook.
#[derive(Default)]
struct Records {
    /// Where each sheet begins, in their order.
    offsets: Vec<usize>,
    sheets: HashMap<usize, Scanned>,
    formats: HashMap<u16, Style>,
    /// The format of each style.
    styles: Vec<u16>,
    from_1904: bool,
    has_formulas: bool,
}

/// Reads the visible sheets.
///
/// # Errors
/// When it is damaged, protected, older than 1997, or exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    let damaged = |cause: &dyn std::fmt::Display| WorkbookError::Damaged(cause.to_string());
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|cause| damaged(&cause))?;
    let stream = container.open_stream("Workbook").map_err(|_| WorkbookError::OldFormat)?;
    let mut book = Vec::new();
    stream.take(limits.inflated.saturating_add(1)).read_to_end(&mut book).map_err(|cause| damaged(&cause))?;
    if u64::try_from(book.len()).unwrap_or(u64::MAX) > limits.inflated {
        return Err(WorkbookError::TooLarge(format!("> {} bytes", limits.inflated)));
    }
    let records = scan(&book)?;
    if records.offsets.len() > limits.sheets {
        return Err(WorkbookError::TooLarge(format!("{} > {} sheets", records.offsets.len(), limits.sheets)));
    }
    // Each sheet becomes a table of all cells between its first and its last.
    const EMPTY: usize = 4;
    let cells: usize = records.sheets.values().map(Scanned::area).fold(0, usize::saturating_add);
    if cells > limits.cells.saturating_mul(EMPTY) {
        return Err(WorkbookError::TooLarge(format!("{cells} cells, empty ones among them")));
    }
    // What the records promise may still be broken in a way that the library does not expect.
    let read = AssertUnwindSafe(|| values(bytes, &records, limits));
    catch_unwind(read).unwrap_or_else(|_| Err(WorkbookError::Damaged("its records contradict each other".to_owned())))
}

fn values(bytes: &[u8], records: &Records, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let damaged = |cause: &dyn std::fmt::Display| WorkbookError::Damaged(cause.to_string());
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|cause| damaged(&cause))?;
    let mut workbook = Workbook::default();
    let mut left = limits.cells;
    for (at, named) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        if named.visible != SheetVisible::Visible {
            workbook.left_alone.push(LeftAlone::HiddenSheets);
            continue;
        }
        if named.typ != SheetType::WorkSheet {
            continue;
        }
        let range = book.worksheet_range(&named.name).map_err(|cause| damaged(&cause))?;
        let scanned = records.offsets.get(at).and_then(|offset| records.sheets.get(offset));
        let mut sheet = Sheet { name: named.name.clone(), ..Sheet::default() };
        let (top, first) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let position = |from: u32, at: usize| from.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            let (row, column) = (position(top, row), position(first, column));
            let style = records.style(scanned, row, column);
            let Some(cell) = cell(data, &style, records.from_1904) else { continue };
            left = left
                .checked_sub(1)
                .ok_or_else(|| WorkbookError::TooLarge(format!("more than {} cells", limits.cells)))?;
            if cell.text.chars().count() > limits.text {
                return Err(WorkbookError::TooLarge(format!("more than {} characters", limits.text)));
            }
            sheet.cells.insert(Place { row: row.saturating_add(1), column: column.saturating_add(1) }, cell);
        }
        for area in book.merge_cells_by_sheet_id(at).unwrap_or_default() {
            if sheet.merged.len() >= limits.merged {
                return Err(WorkbookError::TooLarge(format!("more than {} merged areas", limits.merged)));
            }
            let place = |(row, column): (u32, u32)| Place { row: row + 1, column: column + 1 };
            sheet.merged.push(Area { first: place(area.start), last: place(area.end) });
        }
        if let Some(scanned) = scanned {
            sheet.hidden_rows = scanned.hidden_rows.iter().map(|row| u32::from(*row) + 1).collect();
            let of = |(first, last): &(u16, u16)| (u32::from(*first) + 1, u32::from(*last) + 1);
            sheet.hidden_columns = scanned.hidden_columns.iter().map(of).collect();
        }
        workbook.sheets.push(sheet);
    }
    if records.has_formulas {
        workbook.left_alone.push(LeftAlone::Formulas);
    }
    workbook.left_alone.sort_unstable();
    workbook.left_alone.dedup();
    Ok(workbook)
}

/// A cell as a person sees it; none where it is empty.
fn cell(data: &Data, style: &Style, from_1904: bool) -> Option<Cell> {
    let of_text = |text: &str| {
        let text = text.trim_end_matches('\0').to_owned();
        (!text.trim().is_empty()).then_some(Cell { text, is_error: false, is_number: false })
    };
    let of_number = |written: String| {
        Some(Cell { text: number::shown(&written, style, from_1904), is_error: false, is_number: true })
    };
    match data {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => of_text(text),
        Data::Float(value) => of_number(value.to_string()),
        Data::Int(value) => of_number(value.to_string()),
        Data::DateTime(value) => of_number(value.as_f64().to_string()),
        Data::Bool(value) => of_text(if *value { "TRUE" } else { "FALSE" }),
        Data::Error(error) => Some(Cell { text: error.to_string(), is_error: true, is_number: false }),
        _ => None,
    }
}

impl Scanned {
    /// The cells between the first and the last that hold something.
    fn area(&self) -> usize {
        let Some([top, left, bottom, right]) = self.extent else { return 0 };
        let length = |first: u16, last: u16| usize::from(last.saturating_sub(first)).saturating_add(1);
        length(top, bottom).saturating_mul(length(left, right))
    }

    fn hold(&mut self, row: u16, first: u16, last: u16) {
        let [top, left, bottom, right] = self.extent.unwrap_or([row, first, row, last]);
        self.extent = Some([top.min(row), left.min(first), bottom.max(row), right.max(last)]);
    }
}

impl Records {
    fn style(&self, sheet: Option<&Scanned>, row: u32, column: u32) -> Style {
        let at = u16::try_from(row).ok().zip(u16::try_from(column).ok());
        let style = sheet.zip(at).and_then(|(sheet, at)| sheet.styles.get(&at));
        let format = style.and_then(|style| self.styles.get(usize::from(*style))).copied().unwrap_or_default();
        let own = self.formats.get(&format).cloned();
        own.unwrap_or_else(|| styles::built_in(u32::from(format)).into())
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Looks through the records of a workbook.
fn scan(book: &[u8]) -> Result<Records, WorkbookError> {
    let mut records = Records::default();
    let (mut at, mut depth, mut sheet) = (0_usize, 0_u32, 0_usize);
    let mut seen: HashSet<usize> = HashSet::new();
    while let (Some(kind), Some(length)) = (word(book, at), word(book, at.saturating_add(2))) {
        let from = at.saturating_add(4);
        let next = from.saturating_add(usize::from(length));
        let Some(body) = book.get(from..next) else { break };
        let start = std::mem::replace(&mut at, next);
        match kind {
            record::BEGIN => {
                depth += 1;
                if depth == 1 {
                    sheet = start;
                    seen.insert(start);
                }
            }
            record::END => depth = depth.saturating_sub(1),
            record::PASSWORD => return Err(WorkbookError::PasswordProtected),
            record::SHEET => {
                let offset = word(body, 0).zip(word(body, 2));
                records.offsets.extend(offset.map(|(low, high)| usize::from(low) | usize::from(high) << 16));
            }
            record::DATES_FROM_1904 => records.from_1904 = word(body, 0) == Some(1),
            record::STYLE => records.styles.extend(word(body, 2)),
            record::FORMAT => {
                if let (Some(id), Some(code)) = (word(body, 0), body.get(2..).and_then(code)) {
                    records.formats.insert(id, styles::style(&code));
                }
            }
            // A chart within a sheet has records of its own.
            _ if depth == 1 => {
                records.has_formulas |= kind == record::FORMULA;
                of_sheet(kind, body, records.sheets.entry(sheet).or_default());
            }
            _ => {}
        }
    }
    // A sheet that begins nowhere would be read from the middle of another.
    match records.offsets.iter().all(|offset| seen.contains(offset)) {
        true => Ok(records),
        false => Err(WorkbookError::Damaged("a sheet of it does not begin where it should".to_owned())),
    }
}

/// The code of a format: its length, whether it is two bytes a character, and the characters.
fn code(bytes: &[u8]) -> Option<String> {
    let length = usize::from(word(bytes, 0)?);
    let rest = bytes.get(3..)?;
    if bytes.get(2)? & 1 == 0 {
        return Some(rest.get(..length)?.iter().map(|byte| char::from(*byte)).collect());
    }
    let units: Option<Vec<u16>> = (0..length).map(|at| word(rest, at.checked_mul(2)?)).collect();
    String::from_utf16(&units?).ok()
}

fn of_sheet(kind: u16, body: &[u8], sheet: &mut Scanned) {
    let (Some(row), Some(column)) = (word(body, 0), word(body, 2)) else { return };
    match kind {
        record::ROW if body.get(12).is_some_and(|flags| flags & 0x20 != 0) => sheet.hidden_rows.push(row),
        record::COLUMNS if body.get(8).is_some_and(|flags| flags & 1 != 0) => sheet.hidden_columns.push((row, column)),
        record::NUMBER | record::SHORT_NUMBER | record::FORMULA => {
            sheet.styles.extend(word(body, 4).map(|style| ((row, column), style)));
            sheet.hold(row, column, column);
        }
        record::SEVERAL_NUMBERS => {
            let numbers = body.get(4..).unwrap_or_default().chunks_exact(6);
            let last = column.saturating_add(u16::try_from(numbers.len()).unwrap_or(u16::MAX).saturating_sub(1));
            for (at, number) in (column..=last).zip(numbers) {
                sheet.styles.extend(word(number, 0).map(|style| ((row, at), style)));
            }
            sheet.hold(row, column, last);
        }
        // LABEL, BOOLERR, RSTRING, LABELSST: a text or a truth in a cell.
        0x00D6 | 0x00FD | 0x0204 | 0x0205 | record::BLANK => sheet.hold(row, column, column),
        record::SEVERAL_BLANKS => {
            let count = u16::try_from(body.len().saturating_sub(6) / 2).unwrap_or(u16::MAX);
            sheet.hold(row, column, column.saturating_add(count.saturating_sub(1)));
        }
        _ => {}
    }
}
