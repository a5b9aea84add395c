//! OpenDocument spreadsheets (.ods): the texts of their cells as they are shown.

use quick_xml::events::BytesStart;

use super::archive::{Archive, Limits};
use super::grid::{Grid, Span, count};
use super::number;
use super::styles::Shown;
use super::xml::{Node, attribute, walk};
use super::{LeftAlone, Workbook, WorkbookError};

const CONTENT: &str = "content.xml";

/// Reads the sheets.
///
/// # Errors
/// When it is damaged, protected, or exceeds a limit.
pub fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let manifest = archive.part("META-INF/manifest.xml")?.unwrap_or_default();
    if String::from_utf8_lossy(&manifest).contains("encryption-data") {
        return Err(WorkbookError::PasswordProtected);
    }
    let missing = || WorkbookError::Damaged(format!("{CONTENT} is missing"));
    let bytes = archive.part(CONTENT)?.ok_or_else(missing)?;
    let mut workbook = Workbook::default();
    let mut grid: Option<Grid<'_>> = None;
    let (mut cell, mut text, mut in_text) = (None, String::new(), 0_u32);
    // Rows that are empty or repeated are counted, and never made.
    let mut repeated = 1;
    let mut is_note = false;
    walk(CONTENT, &bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "table" => {
                    grid = Some(Grid::begin(&workbook, &attribute(start, "name").unwrap_or_default(), limits)?);
                }
                "table-row" => {
                    let is_hidden = attribute(start, "visibility").is_some_and(|state| state != "visible");
                    repeated = count(attribute(start, "number-rows-repeated"));
                    if let Some(grid) = &mut grid {
                        grid.row();
                        if is_hidden {
                            grid.hide();
                        }
                    }
                }
                "table-cell" | "covered-table-cell" => {
                    let times = count(attribute(start, "number-columns-repeated"));
                    let span =
                        Span::of(attribute(start, "number-rows-spanned"), attribute(start, "number-columns-spanned"));
                    workbook.left_alone.extend(attribute(start, "formula").map(|_| LeftAlone::Formulas));
                    cell = Some((times, span, kept(start)));
                    text.clear();
                }
                "annotation" => is_note = true,
                "p" => {
                    in_text += 1;
                    if !text.is_empty() {
                        text.push('\n');
                    }
                }
                "s" if in_text > 0 => text.push(' '),
                "line-break" if in_text > 0 => text.push('\n'),
                _ => {}
            },
            Node::Text(more) if in_text > 0 && !is_note => text.push_str(more),
            Node::End("p") => in_text = in_text.saturating_sub(1),
            Node::End("annotation") => is_note = false,
            Node::End("table-cell" | "covered-table-cell") => {
                if let (Some((times, span, kept)), Some(grid)) = (cell.take(), &mut grid) {
                    if text.trim().is_empty() {
                        text = kept.unwrap_or_default();
                    }
                    match text.trim().is_empty() {
                        // Covered cells stand in the file; they are passed over as the empty ones are.
                        true if span == Span::ONE => grid.skip(times),
                        _ => {
                            for _ in 0..times {
                                let first = grid.next();
                                grid.put(&text, Span::ONE)?;
                                if span != Span::ONE {
                                    let row = first.row.saturating_add(span.rows - 1);
                                    let column = first.column.saturating_add(span.columns - 1);
                                    grid.merge(first, super::Place { row, column })?;
                                }
                            }
                        }
                    }
                }
            }
            Node::End("table-row") => {
                if let Some(grid) = &mut grid {
                    grid.skip_rows(std::mem::take(&mut repeated).saturating_sub(1));
                }
            }
            Node::End("table") => {
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

/// What a cell keeps beside its text, for a program that wrote none: a number, a percentage, a date.
fn kept(start: &BytesStart<'_>) -> Option<String> {
    let value = |name| attribute(start, name);
    match value("value-type")?.as_str() {
        "percentage" => number::text(&value("value")?, Shown::Percent, false),
        "float" | "currency" => number::text(&value("value")?, Shown::Number, false),
        "date" => value("date-value").map(|date| date.split('T').next().unwrap_or_default().to_owned()),
        _ => value("string-value"),
    }
}
