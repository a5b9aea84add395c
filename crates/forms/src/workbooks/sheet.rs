//! One sheet's part: its cells that hold something, and its merged areas.

use quick_xml::events::BytesStart;

use super::budget::Budget;
use super::runs::{Look, Runs};
use super::styles::Style;
use super::xml::{Node, attribute, is_on, is_raised, is_set, unescaped, walk};
use super::{Area, Cell, Place, Sheet, WorkbookError, number};

/// What the sheets of a workbook share.
pub struct Shared<'a> {
    /// Texts that cells refer to by their number.
    pub strings: Vec<String>,
    /// How each style shows numbers.
    pub styles: Vec<Style>,
    /// Whether days are counted from 1904.
    pub from_1904: bool,
    /// What may still be kept of it.
    pub budget: Budget<'a>,
    /// Whether the file says that its formulas are computed when it is opened.
    pub computes_later: bool,
    /// Whether a formula was met.
    pub has_formulas: bool,
    /// Whether something lay under merged cells.
    pub has_covered: bool,
}

/// A cell that is being read.
#[derive(Default)]
struct Reading {
    place: Option<Place>,
    kind: String,
    style: usize,
    value: Runs,
    look: Look,
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
pub fn read(name: String, part: &str, bytes: &[u8], shared: &mut Shared<'_>) -> Result<Sheet, WorkbookError> {
    let limits = shared.budget.limits();
    let mut sheet = Sheet { name, ..Sheet::default() };
    let mut cell = Reading::default();
    let mut next = Place { row: 0, column: 1 };
    walk(part, bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "row" => {
                    let row = attribute(start, "r").and_then(|row| row.parse().ok());
                    next = Place { row: row.unwrap_or(next.row.saturating_add(1)), column: 1 };
                    if (is_set(start, "hidden") || is_nothing(start, "ht")) && sheet.hidden_rows.len() < limits.cells {
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
                "f" if cell.place.is_some() => (shared.has_formulas, cell.has_formula) = (true, true),
                "col"
                    if (is_set(start, "hidden") || is_nothing(start, "width"))
                        && sheet.hidden_columns.len() < limits.merged =>
                {
                    let end = |name: &str| attribute(start, name).and_then(|column| column.parse().ok());
                    sheet.hidden_columns.extend(end("min").zip(end("max")));
                }
                "mergeCell" => {
                    if let Some(area) = attribute(start, "ref").and_then(|text| Area::parse(&text)) {
                        shared.budget.merge(&mut sheet, area)?;
                    }
                }
                "r" => cell.look = Look::default(),
                "strike" => cell.look.is_struck = is_on(start),
                "vertAlign" => cell.look.is_raised = is_raised(start),
                _ => {}
            },
            Node::Text(text) if cell.within == Within::Value => cell.value.push(text, cell.look),
            Node::End("v" | "t") if cell.within == Within::Value => cell.within = Within::Nothing,
            Node::End("rPh") => cell.within = Within::Nothing,
            Node::End("r") => cell.look = Look::default(),
            Node::End("c") => keep(&mut sheet, std::mem::take(&mut cell), shared)?,
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    shared.has_covered |= shared.budget.whole(&mut sheet)?;
    Ok(sheet)
}

/// Whether a height or a width is 0, which hides as well.
fn is_nothing(start: &BytesStart<'_>, name: &str) -> bool {
    attribute(start, name).is_some_and(|size| size.bytes().all(|byte| matches!(byte, b'0' | b'.')))
}

fn keep(sheet: &mut Sheet, mut cell: Reading, shared: &mut Shared<'_>) -> Result<(), WorkbookError> {
    let Some(place) = cell.place else { return Ok(()) };
    let written = cell.value.take();
    let written_zero = written.trim() == "0";
    let text = match cell.kind.as_str() {
        "s" => written.trim().parse().ok().and_then(|index: usize| shared.strings.get(index)).cloned(),
        "str" | "inlineStr" => Some(unescaped(&written)),
        "e" => Some(written),
        // A day is kept with its hour.
        "d" => Some(written.split('T').next().unwrap_or_default().to_owned()),
        "b" => Some(if written.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
        _ => {
            let plain = Style::default();
            let style = shared.styles.get(cell.style).unwrap_or(&plain);
            Some(number::shown(&written, style, shared.from_1904))
        }
    };
    let is_text = matches!(cell.kind.as_str(), "s" | "str" | "inlineStr");
    let text = match shared.styles.get(cell.style).filter(|_| is_text) {
        Some(style) => text.map(|text| style.around(text)),
        None => text,
    };
    let is_number = matches!(cell.kind.as_str(), "" | "n");
    // A program that computes nothing keeps no value beside a formula; `IF(A1="","",…)` gives a text that is empty.
    let gives_no_text = cell.kind == "str" && cell.has_value;
    // A program that leaves the computing to the reader of the file keeps 0 beside each.
    let is_no_value = |text: &String| text.is_empty() || shared.computes_later && is_number && written_zero;
    let lacks_value = cell.has_formula && text.as_ref().is_none_or(is_no_value) && !gives_no_text;
    let text = if lacks_value { Some("=".to_owned()) } else { text };
    // A cell that only has a frame holds nothing.
    let Some(text) = text else { return Ok(()) };
    shared.budget.keep(sheet, place, Cell { text, is_error: cell.kind == "e" || lacks_value, is_number })
}
