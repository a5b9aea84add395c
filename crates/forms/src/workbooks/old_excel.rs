//! Workbooks of the old format (.xls, BIFF8): their values by `calamine`; how they are shown, what is hidden, and how much
//! they would take, by their records, which are looked through before.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Reader, SheetType, SheetVisible, Xls};

use super::archive::Limits;
use super::budget::Budget;
use super::number;
use super::old_records::{Records, scan};
use super::styles::Style;
use super::{Area, Cell, FileKind, LeftAlone, Place, Sheet, Workbook, WorkbookError};

/// Reads the visible sheets.
///
/// # Errors
/// When it is damaged, protected, older than 1997, or exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    let damaged = |cause: &dyn std::fmt::Display| WorkbookError::Damaged(cause.to_string());
    let padded = padded(bytes);
    let mut container = cfb::CompoundFile::open(Cursor::new(&padded[..])).map_err(|cause| damaged(&cause))?;
    let stream = container.open_stream("Workbook").map_err(|_| WorkbookError::OldFormat)?;
    let mut book = Vec::new();
    stream.take(limits.inflated.saturating_add(1)).read_to_end(&mut book).map_err(|cause| damaged(&cause))?;
    if u64::try_from(book.len()).unwrap_or(u64::MAX) > limits.inflated {
        return Err(WorkbookError::TooLarge(format!("> {} bytes", limits.inflated)));
    }
    let records = scan(&book)?;
    records.check(limits)?;
    // What the records promise may still be broken in a way that the library does not expect.
    let read = AssertUnwindSafe(|| values(bytes, &records, limits));
    catch_unwind(read).unwrap_or_else(|_| Err(WorkbookError::Damaged("its records contradict each other".to_owned())))
}

/// What a file in the container of the old formats is, by the streams at its root.
pub(super) fn kind(bytes: &[u8]) -> WorkbookError {
    let padded = padded(bytes);
    let holds = |name: &str| match cfb::CompoundFile::open(Cursor::new(&padded[..])) {
        Ok(container) => container.exists(name),
        // What cannot be opened may still say what it was.
        Err(_) => {
            let name: Vec<u8> = name.bytes().flat_map(|byte| [byte, 0]).collect();
            bytes.windows(name.len()).any(|window| window == name)
        }
    };
    if holds("Workbook") || holds("Book") {
        WorkbookError::OldFormat
    } else if holds("WordDocument") {
        WorkbookError::OtherKind(FileKind::OldWord)
    } else if holds("EncryptedPackage") {
        // An encrypted .xlsx is kept so.
        WorkbookError::PasswordProtected
    } else {
        WorkbookError::OldFormat
    }
}

/// The file with as many sectors as its table of sectors has entries, within the last of that table's own: some programs
/// write entries for sectors that are not there.
fn padded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let number =
        |at: usize| -> Option<u32> { Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?)) };
    let padded = || {
        let sector =
            1_usize.checked_shl(number(30)?.checked_rem(1 << 16)?).filter(|size| matches!(size, 512 | 4_096))?;
        let entries = usize::try_from(number(44)?).ok()?.checked_mul(sector / 4)?;
        let wanted = entries.checked_add(1)?.checked_mul(sector)?;
        let lacks = wanted.checked_sub(bytes.len()).filter(|lacks| *lacks <= sector.saturating_mul(sector / 4))?;
        let mut whole = bytes.to_vec();
        whole.resize(bytes.len().checked_add(lacks)?, 0);
        Some(whole)
    };
    padded().map_or(Cow::Borrowed(bytes), Cow::Owned)
}

fn values(bytes: &[u8], records: &Records, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let damaged = |cause: &dyn std::fmt::Display| WorkbookError::Damaged(cause.to_string());
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|cause| damaged(&cause))?;
    let mut workbook = Workbook::default();
    let mut budget = Budget::new(limits);
    let names: HashSet<&str> = book.sheets_metadata().iter().map(|sheet| sheet.name.as_str()).collect();
    if names.len() < book.sheets_metadata().len() {
        // The library knows them by their names.
        return Err(WorkbookError::Damaged("two of its sheets have one name".to_owned()));
    }
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
            let place = Place { row: row.saturating_add(1), column: column.saturating_add(1) };
            budget.keep(&mut sheet, place, cell)?;
        }
        for area in book.merge_cells_by_sheet_id(at).unwrap_or_default() {
            let place =
                |(row, column): (u32, u32)| Place { row: row.saturating_add(1), column: column.saturating_add(1) };
            budget.merge(&mut sheet, Area { first: place(area.start), last: place(area.end) })?;
        }
        if budget.whole(&mut sheet)? {
            workbook.left_alone.push(LeftAlone::CoveredCells);
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
        let text = style.around(text.trim_end_matches('\0').to_owned());
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
