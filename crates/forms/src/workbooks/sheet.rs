//! One sheet's part: its cells that hold something, and its merged areas.

use std::collections::BTreeMap;

use super::archive::Limits;
use super::styles::Style;
use super::xml::{Node, attribute, is_set, unescaped, walk};
use super::{Area, Cell, Place, Sheet, WorkbookError, number};

/// What the sheets of a workbook share.
pub struct Shared {
    /// Texts that cells refer to by their number.
    pub strings: Vec<String>,
    /// How each style shows numbers.
    pub styles: Vec<Style>,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
    /// Cells that may still be read.
    pub cells_left: usize,
    /// Whether a formula was met.
    pub has_formulas: bool,
}

/// A cell that is being read.
#[derive(Default)]
struct Reading {
    place: Option<Place>,
    kind: String,
    style: usize,
    value: String,
    has_formula: bool,
    /// Whether it has the part of a value, be that empty.
    has_value: bool,
    /// Which part of the cell the text that comes belongs to.
    within: Within,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Value,
    /// How a text is pronounced is no part of it.
    Phonetic,
}

/// Reads the part of a sheet.
pub fn read(
    name: String,
    part: &str,
    bytes: &[u8],
    shared: &mut Shared,
    limits: &Limits,
) -> Result<Sheet, WorkbookError> {
    let mut sheet = Sheet { name, ..Sheet::default() };
    let mut cell = Reading::default();
    let mut next = Place { row: 0, column: 1 };
    walk(part, bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "row" => {
                    let row = attribute(start, "r").and_then(|row| row.parse().ok());
                    next = Place { row: row.unwrap_or(next.row.saturating_add(1)), column: 1 };
                    if is_set(start, "hidden") && sheet.hidden_rows.len() < limits.cells {
                        sheet.hidden_rows.insert(next.row);
                    }
                }
                "c" => {
                    let place = attribute(start, "r").and_then(|place| Place::parse(&place)).unwrap_or(next);
                    next = Place { row: place.row, column: place.column.saturating_add(1) };
                    cell = Reading {
                        place: place.is_on_a_sheet().then_some(place),
                        kind: attribute(start, "t").unwrap_or_default(),
                        style: attribute(start, "s").and_then(|style| style.parse().ok()).unwrap_or_default(),
                        ..Reading::default()
                    };
                }
                "v" | "t" if cell.within != Within::Phonetic => {
                    (cell.within, cell.has_value) = (Within::Value, true);
                }
                "rPh" => cell.within = Within::Phonetic,
                "f" => (shared.has_formulas, cell.has_formula) = (true, true),
                "col" if is_set(start, "hidden") && sheet.hidden_columns.len() < limits.merged => {
                    let end = |name: &str| attribute(start, name).and_then(|column| column.parse().ok());
                    sheet.hidden_columns.extend(end("min").zip(end("max")));
                }
                "mergeCell" => merge(&mut sheet, attribute(start, "ref"), limits)?,
                _ => {}
            },
            Node::Text(text) if cell.within == Within::Value => cell.value.push_str(text),
            Node::End("v" | "t") if cell.within == Within::Value => cell.within = Within::Nothing,
            Node::End("rPh") => cell.within = Within::Nothing,
            Node::End("c") => keep(&mut sheet.cells, std::mem::take(&mut cell), shared, limits)?,
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    // Areas that overlap, which no spreadsheet program makes, could otherwise cost more than all cells together.
    if sheet.merged_rows() > limits.cells {
        return Err(WorkbookError::TooLarge(format!("merged areas of more than {} rows together", limits.cells)));
    }
    Ok(sheet)
}

fn merge(sheet: &mut Sheet, text: Option<String>, limits: &Limits) -> Result<(), WorkbookError> {
    if sheet.merged.len() >= limits.merged {
        return Err(WorkbookError::TooLarge(format!("more than {} merged areas", limits.merged)));
    }
    sheet.merged.extend(text.and_then(|text| Area::parse(&text)));
    Ok(())
}

fn keep(
    cells: &mut BTreeMap<Place, Cell>,
    cell: Reading,
    shared: &mut Shared,
    limits: &Limits,
) -> Result<(), WorkbookError> {
    let Some(place) = cell.place else { return Ok(()) };
    let written = cell.value;
    let text = match cell.kind.as_str() {
        "s" => written.trim().parse().ok().and_then(|index: usize| shared.strings.get(index)).cloned(),
        "str" | "inlineStr" => Some(unescaped(&written)),
        "e" | "d" => Some(written),
        "b" => Some(if written.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
        _ => {
            let plain = Style::default();
            let style = shared.styles.get(cell.style).unwrap_or(&plain);
            Some(number::shown(&written, style, shared.from_1904))
        }
    };
    let is_number = matches!(cell.kind.as_str(), "" | "n");
    // A program that computes nothing keeps no value beside a formula; `IF(A1="","",…)` gives a text that is empty.
    let gives_no_text = cell.kind == "str" && cell.has_value;
    let lacks_value = cell.has_formula && text.as_ref().is_none_or(|text| text.is_empty()) && !gives_no_text;
    let text = if lacks_value { Some("=".to_owned()) } else { text };
    // A cell that only has a frame holds nothing.
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(()) };
    if text.chars().count() > limits.text {
        return Err(WorkbookError::TooLarge(format!("cell {place} has more than {} characters", limits.text)));
    }
    shared.cells_left = shared
        .cells_left
        .checked_sub(1)
        .ok_or_else(|| WorkbookError::TooLarge(format!("more than {} cells", limits.cells)))?;
    cells.insert(place, Cell { text, is_error: cell.kind == "e" || lacks_value, is_number });
    Ok(())
}
