//! XML spreadsheets of 2003, which systems save as .xls: cells with the style that shows their numbers.

use std::collections::HashMap;

use super::archive::Limits;
use super::grid::{Grid, Span};
use super::number;
use super::styles::{self, Shown, Style};
use super::xml::{Node, attribute, walk};
use super::{LeftAlone, Workbook, WorkbookError};

/// What its elements are named by.
const NAMESPACE: &[u8] = b"urn:schemas-microsoft-com:office:spreadsheet";

/// Whether a file is one, by its beginning.
pub fn is_one(bytes: &[u8]) -> bool {
    let start = bytes.get(..2_048).unwrap_or(bytes);
    start.windows(NAMESPACE.len()).any(|window| window == NAMESPACE)
}

/// A cell that is being read.
#[derive(Default)]
struct Open {
    at: Option<u32>,
    rows: u32,
    columns: u32,
    style: Style,
    kind: String,
}

/// Reads the sheets.
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    let mut workbook = Workbook::default();
    let mut formats: HashMap<String, Style> = HashMap::new();
    let (mut named, mut grid): (Option<String>, Option<Grid<'_>>) = (None, None);
    let (mut cell, mut text, mut in_data, mut row) = (Open::default(), String::new(), false, 0_u32);
    walk("the spreadsheet", bytes, |node| {
        match node {
            Node::Start(start) => {
                let number = |name: &str| attribute(start, name).and_then(|text| text.parse::<u32>().ok());
                match start.local_name().into_inner() {
                    "Style" => named = attribute(start, "ID"),
                    "NumberFormat" => {
                        if let (Some(id), Some(format)) = (&named, attribute(start, "Format")) {
                            formats.insert(id.clone(), shown(&format));
                        }
                    }
                    "Worksheet" => {
                        grid = Some(Grid::begin(&workbook, &attribute(start, "Name").unwrap_or_default(), limits)?);
                        row = 0;
                    }
                    "Row" => {
                        let next = number("Index").filter(|index| *index > row).unwrap_or(row.saturating_add(1));
                        if let Some(grid) = &mut grid {
                            grid.skip_rows(next.saturating_sub(row));
                            if attribute(start, "Hidden").is_some_and(|hidden| hidden == "1") {
                                grid.hide();
                            }
                        }
                        row = next;
                    }
                    "Cell" => {
                        workbook.left_alone.extend(attribute(start, "Formula").map(|_| LeftAlone::Formulas));
                        let style = attribute(start, "StyleID").and_then(|id| formats.get(&id).cloned());
                        // It says how many cells more it takes.
                        let more = |name: &str| number(name).unwrap_or_default().saturating_add(1);
                        cell = Open {
                            at: number("Index"),
                            rows: more("MergeDown"),
                            columns: more("MergeAcross"),
                            style: style.unwrap_or_default(),
                            kind: String::new(),
                        };
                        text.clear();
                    }
                    "Data" => {
                        in_data = true;
                        cell.kind = attribute(start, "Type").unwrap_or_default();
                    }
                    _ => {}
                }
            }
            Node::Text(more) if in_data => text.push_str(more),
            Node::End("Data") => in_data = false,
            Node::End("Cell") => {
                let open = std::mem::take(&mut cell);
                if let Some(grid) = &mut grid {
                    if let Some(at) = open.at {
                        grid.at(at);
                    }
                    grid.put(&said(&text, &open), Span { rows: open.rows.max(1), columns: open.columns.max(1) })?;
                }
            }
            Node::End("Worksheet") => {
                if let Some(grid) = grid.take() {
                    grid.end(&mut workbook);
                }
            }
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    workbook.left_alone.dedup();
    Ok(workbook)
}

/// How a format shows numbers: a code, or one of the names that this kind of file has for some.
fn shown(format: &str) -> Style {
    match format {
        "Percent" => Shown::Percent.into(),
        "Short Date" | "Medium Date" | "Long Date" | "General Date" => Shown::Date.into(),
        code => styles::style(code),
    }
}

/// The text that a person sees of a cell.
fn said(text: &str, open: &Open) -> String {
    match open.kind.as_str() {
        "Number" => number::shown(text, &open.style, false),
        "DateTime" => {
            let (day, _) = text.split_once('T').unwrap_or((text, ""));
            match open.style.shown {
                Shown::Month => day.get(..7).unwrap_or(day).to_owned(),
                _ => day.to_owned(),
            }
        }
        _ => text.to_owned(),
    }
}
