//! A flat table in a workbook: the first row of each sheet that names columns, and the rows below it.

use std::sync::Arc;

use super::super::columns;
use super::super::model::{Failure, ImportKind, Note};
use super::super::record::{Record, RowPlace};
use super::table::{Flaw, Header};
use super::{Rows, Unreadable};
use crate::http::error::Code;
use crate::workbooks::{Areas, Place, Sheet, Workbook};

/// The rows at the top in which the header is searched.
const TITLES: u32 = 20;

/// The rows of all sheets.
pub fn rows(workbook: Workbook, kind: ImportKind) -> Result<Rows, Unreadable> {
    let notes = workbook.left_alone.iter().map(|left| Note::from(left.text())).collect();
    let mut records = Vec::new();
    for sheet in workbook.sheets.iter().filter(|sheet| !sheet.cells.is_empty()) {
        sheet_rows(sheet, kind, &mut records)?;
    }
    if workbook.sheets.iter().all(|sheet| sheet.cells.is_empty()) {
        return Err(Unreadable::content(Code::EmptyContent, "工作簿没有内容", "the workbook is empty"));
    }
    let total = u64::try_from(records.len()).unwrap_or(u64::MAX);
    Ok(Rows { rows: Box::new(records.into_iter().map(Ok)), total, notes })
}

fn sheet_rows(sheet: &Sheet, kind: ImportKind, records: &mut Vec<Record>) -> Result<(), Unreadable> {
    let row_cells = |row: u32| -> Vec<(u32, String)> {
        let range = Place { row, column: 1 }..=Place { row, column: u32::MAX };
        sheet.cells.range(range).map(|(place, cell)| (place.column, cell.text.clone())).collect()
    };
    let mut rows: Vec<u32> = sheet.cells.keys().map(|place| place.row).collect();
    rows.dedup();
    // A title above the table may contain a word that is also a column's name, so one match is not enough.
    let needed = columns::of(kind).len().min(2);
    let header = rows
        .iter()
        .copied()
        .take_while(|row| *row <= TITLES)
        .find(|row| Header::known(kind, &row_cells(*row)) >= needed);
    let first = rows.first().copied().unwrap_or(1);
    let at = header.unwrap_or(first);
    let header = Header::read(kind, &row_cells(at), true).map_err(|error| match error {
        Unreadable::Content(failure) => Unreadable::Content(Failure {
            zh: format!("工作表“{}”：{}", sheet.name, failure.zh),
            en: format!("sheet {}: {}", sheet.name, failure.en),
            ..failure
        }),
        other => other,
    })?;
    let areas = Areas::of(sheet);
    let name: Arc<str> = Arc::from(sheet.name.as_str());
    for row in rows.into_iter().filter(|row| *row > at) {
        let place = RowPlace { row: u64::from(row), sheet: Some(name.clone()), file: None };
        let cell = |column: u32| {
            let place = Place { row, column };
            let own = sheet.cells.get(&place);
            let text = sheet.text(&areas, place)?.to_owned();
            let flaw = match own {
                Some(cell) if cell.is_error => Some(Flaw::Formula),
                Some(cell) if cell.is_cut() => Some(Flaw::Digits),
                _ => None,
            };
            Some((text, flaw))
        };
        records.extend(header.record(place, cell));
    }
    Ok(())
}
