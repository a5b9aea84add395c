//! XML spreadsheets of 2003, which systems save as .xls: cells with the style that shows their numbers.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use super::archive::Limits;
use super::format_codes;
use super::grid::{Grid, Span};
use super::number;
use super::runs::{Look, Runs};
use super::styles::{Shown, Style};
use super::xml::{Node, attribute, walk};
use super::{Cell, LeftAlone, Workbook, WorkbookError};

/// A cell that is being read.
#[derive(Default)]
struct Open {
    at: Option<u32>,
    rows: u32,
    columns: u32,
    style: Style,
    kind: String,
    has_formula: bool,
}

/// What is being read.
#[derive(Default)]
struct State {
    formats: HashMap<String, Style>,
    /// The style that is being described.
    named: Option<String>,
    /// The styles of the table, of its columns, and of the row.
    of_table: Option<String>,
    of_columns: HashMap<u32, String>,
    of_row: Option<String>,
    row: u32,
    column: u32,
    /// The last column that was described.
    described: u32,
    is_hidden: bool,
    in_visible: bool,
    cell: Open,
    in_data: bool,
    in_comment: bool,
    /// Parts of the text that are open and struck out or raised.
    looks: Vec<(String, Look)>,
}

/// Reads the visible sheets.
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn read(text: &str, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let mut grid = Grid::new(limits);
    let (mut state, mut runs) = (State::default(), Runs::default());
    walk("the spreadsheet", text.as_bytes(), |node| {
        match node {
            Node::Start(start) => state.begin(start, &mut grid, &mut runs)?,
            Node::Text(more) if state.in_visible => state.is_hidden = more.trim() != "SheetVisible",
            Node::Text(more) if state.in_data && !state.in_comment => {
                runs.push(more, state.looks.last().map(|(_, look)| *look).unwrap_or_default());
            }
            Node::End("Data") => state.in_data = false,
            Node::End("Comment") => state.in_comment = false,
            Node::End("Visible") => state.in_visible = false,
            Node::End("Cell") => {
                let open = std::mem::take(&mut state.cell);
                if let Some(at) = open.at {
                    grid.at(at);
                }
                let span = Span { rows: open.rows.max(1), columns: open.columns.max(1) };
                let place = grid.put(said(&runs.take(), &open), span)?;
                state.column = place.column.saturating_add(span.columns).saturating_sub(1);
            }
            Node::End("Worksheet") => {
                if std::mem::take(&mut state.is_hidden) {
                    grid.leave()
                } else {
                    grid.end()?
                }
            }
            Node::End(name) => {
                if state.looks.last().is_some_and(|(open, _)| open == name) {
                    state.looks.pop();
                }
            }
            Node::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(grid.finish())
}

impl State {
    fn begin(&mut self, start: &BytesStart<'_>, grid: &mut Grid<'_>, text: &mut Runs) -> Result<(), WorkbookError> {
        let value = |name: &str| attribute(start, name);
        let number = |name: &str| value(name).and_then(|text| text.parse::<u32>().ok());
        let is_nothing = |name: &str| value(name).is_some_and(|size| size == "0");
        let is_hidden =
            || value("Hidden").is_some_and(|hidden| hidden == "1") || is_nothing("Height") || is_nothing("Width");
        match start.local_name().into_inner() {
            "Style" => {
                self.named = value("ID");
                // It has what the style that it names has, and what every cell has.
                let parent = value("Parent").unwrap_or_else(|| "Default".to_owned());
                let parent = self.formats.get(&parent).cloned();
                if let (Some(id), Some(parent)) = (&self.named, parent) {
                    self.formats.insert(id.clone(), parent);
                }
            }
            "NumberFormat" => {
                if let Some(id) = &self.named {
                    let format = value("Format").map(|format| shown(&format)).unwrap_or_default();
                    self.formats.insert(id.clone(), format);
                }
            }
            "Worksheet" => {
                grid.begin(&value("Name").unwrap_or_default())?;
                (self.row, self.column, self.described, self.is_hidden) = (0, 0, 0, false);
                self.of_columns.clear();
                (self.of_table, self.of_row) = (None, None);
            }
            "Table" => self.of_table = value("StyleID"),
            "Visible" => self.in_visible = true,
            "Column" => self.describe(number("Index"), number("Span"), value("StyleID"), is_hidden(), grid),
            "Row" => {
                let next = number("Index").filter(|index| *index > self.row).unwrap_or(self.row.saturating_add(1));
                grid.skip_rows(next.saturating_sub(self.row));
                if is_hidden() {
                    grid.hide();
                }
                (self.row, self.column, self.of_row) = (next, 0, value("StyleID"));
            }
            "Cell" => {
                let has_formula = value("Formula").is_some();
                if has_formula {
                    grid.note(LeftAlone::Formulas);
                }
                let at = number("Index");
                let column = at.unwrap_or(self.column.saturating_add(1));
                let style = value("StyleID").or_else(|| self.of_row.clone());
                let style = style.or_else(|| self.of_columns.get(&column).or(self.of_table.as_ref()).cloned());
                let style = self.formats.get(style.as_deref().unwrap_or("Default"));
                // It says how many cells more it takes.
                let more = |name: &str| number(name).unwrap_or_default().saturating_add(1);
                self.cell = Open {
                    at,
                    rows: more("MergeDown"),
                    columns: more("MergeAcross"),
                    style: style.cloned().unwrap_or_default(),
                    kind: String::new(),
                    has_formula,
                };
                self.looks.clear();
                text.clear();
            }
            "Comment" => self.in_comment = true,
            "Data" if !self.in_comment => {
                self.in_data = true;
                self.cell.kind = value("Type").unwrap_or_default();
            }
            name @ ("S" | "Sup") if self.in_data => {
                let look = Look { is_struck: name == "S", is_raised: name == "Sup" };
                let before = self.looks.last().map(|(_, look)| *look).unwrap_or_default();
                self.looks.push((name.to_owned(), before.and(look)));
            }
            _ => {}
        }
        Ok(())
    }

    /// The columns that one element describes.
    fn describe(
        &mut self,
        at: Option<u32>,
        more: Option<u32>,
        style: Option<String>,
        is_hidden: bool,
        grid: &mut Grid<'_>,
    ) {
        const COLUMNS: u32 = 16_384;
        let first = at.unwrap_or(self.described.saturating_add(1)).min(COLUMNS);
        let last = first.saturating_add(more.unwrap_or_default()).min(COLUMNS);
        self.described = last;
        if is_hidden {
            grid.hide_columns(first, last.saturating_sub(first).saturating_add(1));
        }
        if let Some(style) =
            style.filter(|style| self.formats.get(style).is_some_and(|style| *style != Style::default()))
        {
            self.of_columns.extend((first..=last).map(|column| (column, style.clone())));
        }
    }
}

/// How a format shows numbers: a code, or one of the names that this kind of file has for some.
fn shown(format: &str) -> Style {
    match format {
        "Percent" => Shown::Percent.into(),
        "Short Date" | "Medium Date" | "Long Date" | "General Date" => Shown::Date.into(),
        "Currency" | "Euro Currency" | "Fixed" | "Standard" | "General Number" | "Scientific" => Style::default(),
        "Yes/No" => format_codes::style("\"Yes\";\"Yes\";\"No\""),
        "True/False" => format_codes::style("\"True\";\"True\";\"False\""),
        "On/Off" => format_codes::style("\"On\";\"On\";\"Off\""),
        "Short Time" | "Medium Time" | "Long Time" => Shown::Time.into(),
        code => format_codes::style(code),
    }
}

/// A cell as a person sees it.
fn said(text: &str, open: &Open) -> Cell {
    match open.kind.as_str() {
        // A program that computes nothing keeps no value beside a formula.
        "Number" | "" if open.has_formula && text.trim().is_empty() => {
            Cell { text: "=".to_owned(), is_error: true, is_number: false }
        }
        "Number" => {
            let text = number::shown(text, &open.style, false);
            Cell { text: text.trim().to_owned(), is_error: false, is_number: true }
        }
        "DateTime" => {
            let (day, _) = text.split_once('T').unwrap_or((text, ""));
            Cell::of_text(match open.style.shown() {
                Shown::Month => day.get(..7).unwrap_or(day),
                _ => day,
            })
        }
        "Boolean" => Cell::of_text(if text.trim() == "1" { "TRUE" } else { "FALSE" }),
        "Error" => Cell { is_error: true, ..Cell::of_text(text) },
        _ => Cell::of_text(&open.style.around(text.to_owned())),
    }
}
