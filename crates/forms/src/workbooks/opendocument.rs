//! OpenDocument spreadsheets (.ods): the texts of their cells as they are shown, and their numbers as they are kept.

use std::collections::{HashMap, HashSet};

use quick_xml::events::BytesStart;
use rust_decimal::{Decimal, RoundingStrategy};

use super::archive::{Archive, Limits};
use super::grid::{Grid, Span, count};
use super::number;
use super::runs::{Look, Runs};
use super::styles::Shown;
use super::xml::{Node, Passing, attribute, walk};
use super::{Cell, LeftAlone, Place, Workbook, WorkbookError};

const CONTENT: &str = "content.xml";
/// Cells of a row at most.
const COLUMNS: usize = 16_384;
/// What stands upon the cells and not in them, what is said about them, and how a word is pronounced.
const PASSED: &[&str] = &[
    "annotation",
    "shapes",
    "frame",
    "custom-shape",
    "rect",
    "ellipse",
    "circle",
    "line",
    "polyline",
    "polygon",
    "path",
    "connector",
    "caption",
    "measure",
    "control",
    "g",
    "regular-polygon",
    "ruby-text",
];

/// A cell that is being read.
#[derive(Default)]
struct Open {
    times: u32,
    span: Option<Span>,
    is_covered: bool,
    is_error: bool,
    kept: Kept,
}

/// What a cell keeps beside its text.
#[derive(Default)]
enum Kept {
    #[default]
    Nothing,
    /// A number, as it would be shown in full.
    Number(String),
    /// A percentage, likewise.
    Percentage(String),
    /// A day or a text.
    Text(String),
}

/// What is being read.
#[derive(Default)]
struct State {
    /// The style of a sheet that is being read, and those whose sheets are hidden.
    style: Option<String>,
    hidden_styles: HashSet<String>,
    /// Tables that are open: one within a cell is no sheet.
    tables: u32,
    is_hidden: bool,
    /// The last column that was described.
    columns: u32,
    /// How often the row stands there, whether it is hidden, and its cells.
    repeated: u32,
    is_row_hidden: bool,
    cells: Vec<(u32, Option<Span>, Option<Cell>)>,
    cell: Option<Open>,
    text: Runs,
    in_text: u32,
    /// Styles that strike text out or raise it, and the looks of the spans that are open.
    text_styles: HashMap<String, Look>,
    looks: Vec<Look>,
    passed: Passing,
}

/// Reads the visible sheets.
///
/// # Errors
/// When it is damaged, protected, or exceeds a limit.
pub fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let manifest = archive.part("META-INF/manifest.xml")?.unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(WorkbookError::PasswordProtected);
    }
    let missing = || WorkbookError::Damaged(format!("{CONTENT} is missing"));
    of_part(&archive.part(CONTENT)?.ok_or_else(missing)?, limits)
}

/// Reads the visible sheets of a file that is one XML file (.fods).
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn of_text(text: &str, limits: &Limits) -> Result<Workbook, WorkbookError> {
    of_part(text.as_bytes(), limits)
}

fn of_part(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    let mut grid = Grid::new(limits);
    let mut state = State::default();
    walk(CONTENT, bytes, |node| match node {
        Node::Start(start) => {
            let name = start.local_name().into_inner();
            match state.passed.begins(name, || PASSED.contains(&name)) {
                true => Ok(()),
                false => state.begin(start, &mut grid),
            }
        }
        Node::Text(more) => {
            if state.in_text > 0 && !state.passed.is_on() {
                state.text.push(more, state.looks.last().copied().unwrap_or_default());
            }
            Ok(())
        }
        Node::End(name) => match state.passed.ends(name) {
            true => Ok(()),
            false => state.end(name, &mut grid),
        },
    })?;
    Ok(grid.finish())
}

impl State {
    fn begin(&mut self, start: &BytesStart<'_>, grid: &mut Grid<'_>) -> Result<(), WorkbookError> {
        let value = |name| attribute(start, name);
        match start.local_name().into_inner() {
            "style" => self.style = value("name"),
            "text-properties" => {
                let is_struck = value("text-line-through-style").is_some_and(|style| style != "none");
                let is_raised = value("text-position").is_some_and(|place| place.starts_with("super"));
                if let Some(style) = self.style.clone().filter(|_| is_struck || is_raised) {
                    self.text_styles.insert(style, Look { is_struck, is_raised });
                }
            }
            "span" => {
                let before = self.looks.last().copied().unwrap_or_default();
                let own = value("style-name").and_then(|style| self.text_styles.get(&style)).copied();
                self.looks.push(before.and(own.unwrap_or_default()));
            }
            "table-properties" if value("display").is_some_and(|display| display == "false") => {
                self.hidden_styles.extend(self.style.take());
            }
            "table" => {
                self.tables += 1;
                if self.tables == 1 {
                    grid.begin(&value("name").unwrap_or_default())?;
                    self.columns = 0;
                    self.is_hidden = value("style-name").is_some_and(|style| self.hidden_styles.contains(&style));
                }
            }
            "table-column" if self.tables == 1 => {
                let times = count(value("number-columns-repeated"));
                if is_collapsed(start) {
                    grid.hide_columns(self.columns.saturating_add(1), times);
                }
                self.columns = self.columns.saturating_add(times);
            }
            "table-row" if self.tables == 1 => {
                self.is_row_hidden = is_collapsed(start);
                self.repeated = count(value("number-rows-repeated"));
                self.cells.clear();
            }
            name @ ("table-cell" | "covered-table-cell") if self.tables == 1 => {
                let span = Span::of(value("number-rows-spanned"), value("number-columns-spanned"));
                if value("formula").is_some() {
                    grid.note(LeftAlone::Formulas);
                }
                // Two attributes are named so, by the standard and by one program, which alone says of an error.
                let is_error = start
                    .attributes()
                    .flatten()
                    .any(|one| one.key.local_name().into_inner() == "value-type" && one.value.as_ref() == "error");
                self.cell = Some(Open {
                    times: count(value("number-columns-repeated")),
                    span: (span != Span::ONE).then_some(span),
                    is_covered: name == "covered-table-cell",
                    is_error,
                    kept: kept(start),
                });
                self.text.clear();
            }
            "p" => {
                self.in_text += 1;
                self.text.line();
            }
            "s" | "tab" if self.in_text > 0 => self.text.push(" ", Look::default()),
            "line-break" if self.in_text > 0 => self.text.line(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, grid: &mut Grid<'_>) -> Result<(), WorkbookError> {
        match name {
            "p" => self.in_text = self.in_text.saturating_sub(1),
            "span" => drop(self.looks.pop()),
            "table-cell" | "covered-table-cell" if self.tables == 1 => {
                if let Some(open) = self.cell.take() {
                    let text = self.text.take();
                    if self.cells.len() >= COLUMNS {
                        return Err(WorkbookError::TooLarge(format!("a row of more than {COLUMNS} cells")));
                    }
                    // What lies under a merged cell is kept, and shown to nobody.
                    let cell = if open.is_covered { None } else { shown(&text, open.is_error, open.kept) };
                    self.cells.push((open.times, open.span, cell));
                }
            }
            "table-row" if self.tables == 1 => self.row(grid)?,
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    if self.is_hidden { grid.leave() } else { grid.end()? }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Lays down the row, as often as it stands there; rows that hold nothing are only counted.
    fn row(&mut self, grid: &mut Grid<'_>) -> Result<(), WorkbookError> {
        let cells = std::mem::take(&mut self.cells);
        if self.is_hidden || cells.iter().all(|(_, span, cell)| span.is_none() && cell.is_none()) {
            grid.skip_rows(self.repeated);
            return Ok(());
        }
        for _ in 0..self.repeated {
            grid.row();
            if self.is_row_hidden {
                grid.hide();
            }
            for (times, span, cell) in &cells {
                if span.is_none() && cell.is_none() {
                    grid.skip(*times);
                    continue;
                }
                for _ in 0..*times {
                    // Covered cells stand in the file: a merged one takes no place of theirs.
                    let first = grid.put(cell.clone().unwrap_or_else(|| Cell::of_text("")), Span::ONE)?;
                    if let Some(span) = span {
                        let row = first.row.saturating_add(span.rows - 1);
                        grid.merge(first, Place { row, column: first.column.saturating_add(span.columns - 1) })?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn is_collapsed(start: &BytesStart<'_>) -> bool {
    attribute(start, "visibility").is_some_and(|state| state != "visible")
}

/// What a cell keeps beside its text: a number, a percentage, a date.
fn kept(start: &BytesStart<'_>) -> Kept {
    let value = |name| attribute(start, name);
    let number = |shown| value("value").and_then(|value| number::text(&value, shown, false));
    let kept = match value("value-type").as_deref() {
        Some("percentage") => number(Shown::Percent).map(Kept::Percentage),
        Some("float" | "currency") => number(Shown::Number).map(Kept::Number),
        Some("date") => {
            value("date-value").map(|date| Kept::Text(date.split('T').next().unwrap_or_default().to_owned()))
        }
        _ => value("string-value").map(Kept::Text),
    };
    kept.unwrap_or_default()
}

/// A cell by its text and what it keeps; none where it holds nothing.
fn shown(text: &str, is_error: bool, kept: Kept) -> Option<Cell> {
    let is_number = matches!(kept, Kept::Number(_) | Kept::Percentage(_));
    let text = match kept {
        Kept::Number(number) | Kept::Percentage(number) => exact(text.trim(), number),
        Kept::Text(kept) if text.trim().is_empty() => kept,
        Kept::Text(_) | Kept::Nothing => text.to_owned(),
    };
    let cell = Cell::of_text(&text);
    let is_error = is_error || cell.is_error;
    (!cell.text.is_empty()).then_some(Cell { is_error, is_number, ..cell })
}

/// A shown number with all the digits that are kept (`≥97%` of 0.9655 is `≥96.55%`); one that is not the kept one
/// rounded, such as 1.2万 of 12345, stays as it is shown.
fn exact(shown: &str, kept: String) -> String {
    let is_digit = |char: char| char.is_ascii_digit();
    let (Some(first), Some(last)) = (shown.find(is_digit), shown.rfind(is_digit)) else {
        return if shown.is_empty() { kept } else { shown.to_owned() };
    };
    let (before, rest) = shown.split_at(first);
    let (number, behind) = rest.split_at(last.saturating_sub(first).saturating_add(1));
    let number = number.replace([',', '，'], "");
    let bare = kept.trim_end_matches('%');
    let (Ok(number), Ok(value)) = (Decimal::from_str_exact(&number), Decimal::from_str_exact(bare)) else {
        // 48 1/2, 4.80E+01: the number as a fraction or by its power.
        let is_other_number = number.chars().all(|char| char.is_ascii_digit() || " /.+-eE".contains(char));
        return if is_other_number && before.is_empty() && behind.is_empty() { kept } else { shown.to_owned() };
    };
    let rounded = value.abs().round_dp_with_strategy(number.scale(), RoundingStrategy::MidpointAwayFromZero);
    let is_percent = bare.len() < kept.len();
    if rounded != number || is_percent != behind.starts_with('%') {
        return shown.to_owned();
    }
    if value.is_sign_negative() && !value.is_zero() {
        // A negative one may stand in brackets, or in red alone.
        return format!("{bare}{}", behind.trim_end_matches([')', '）']));
    }
    format!("{before}{bare}{behind}")
}

#[cfg(test)]
mod tests {
    use super::exact;

    #[test]
    fn a_shown_number_has_all_the_digits_that_are_kept() {
        for (shown, kept, expected) in [
            ("97%", "96.55%", "96.55%"),
            ("≥97%以上", "96.55%", "≥96.55%以上"),
            ("1,234.6", "1234.56", "1234.56"),
            ("≥5万元", "5", "≥5万元"),
            ("1.2万元", "12345", "1.2万元"),
            ("(5.0)", "-5", "-5"),
            ("-48万元", "-48", "-48万元"),
            ("48 1/2", "48.5", "48.5"),
            ("4.80E+01", "48", "48"),
            ("0.97", "96.55%", "0.97"),
            ("2/5", "0.4", "0.4"),
            ("", "12", "12"),
        ] {
            assert_eq!(exact(shown, kept.to_owned()), expected, "{shown}");
        }
    }
}
