//! Word files (.docx): their tables, one below the other, with the paragraphs between them as rows of one cell.

use std::collections::HashMap;

use super::archive::{Archive, Limits};
use super::grid::{Grid, Span, count};
use super::xml::{Node, attribute, walk};
use super::{Place, Workbook, WorkbookError};

const DOCUMENT: &str = "word/document.xml";

/// Reads the tables; a file without any has no sheet.
///
/// # Errors
/// When it is damaged, or exceeds a limit.
pub fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Workbook, WorkbookError> {
    let missing = || WorkbookError::Damaged(format!("{DOCUMENT} is missing"));
    let bytes = archive.part(DOCUMENT)?.ok_or_else(missing)?;
    let mut grid = Grid::new("Word", limits);
    let (mut tables, mut depth) = (0_u32, 0_u32);
    let (mut text, mut in_text, mut fallbacks) = (String::new(), false, 0_u32);
    let (mut columns, mut continues, mut restarts) = (1_u32, false, false);
    // Cells that go on in the rows below, by their column.
    let mut open: HashMap<u32, Place> = HashMap::new();
    walk(DOCUMENT, &bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "tbl" => {
                    depth += 1;
                    tables += 1;
                    if depth == 1 {
                        open.clear();
                    }
                }
                "tr" if depth == 1 => grid.row(),
                "tc" if depth == 1 => {
                    (columns, continues, restarts) = (1, false, false);
                    text.clear();
                }
                "gridSpan" if depth == 1 => columns = count(attribute(start, "val")),
                "gridBefore" if depth == 1 => grid.skip(count(attribute(start, "val"))),
                "vMerge" if depth == 1 => {
                    restarts = attribute(start, "val").is_some_and(|value| value == "restart");
                    continues = !restarts;
                }
                "t" => in_text = fallbacks == 0,
                // What a newer program shows stands there again for an older one.
                "Fallback" => fallbacks += 1,
                "p" if !text.is_empty() && depth > 0 => text.push('\n'),
                "br" | "tab" => text.push(' '),
                _ => {}
            },
            Node::Text(more) if in_text => text.push_str(more),
            Node::End("t") => in_text = false,
            Node::End("Fallback") => fallbacks = fallbacks.saturating_sub(1),
            Node::End("p") if depth == 0 => {
                if !text.trim().is_empty() {
                    grid.row();
                    grid.put(&text, Span::ONE)?;
                }
                text.clear();
            }
            Node::End("tc") if depth == 1 => {
                let place = grid.next();
                match open.get(&place.column).copied().filter(|_| continues) {
                    Some(first) => {
                        grid.lengthen(first, place.row);
                        grid.skip(columns);
                    }
                    None => {
                        let last = Place { row: place.row, column: place.column.saturating_add(columns - 1) };
                        grid.put(&text, Span { rows: 1, columns })?;
                        open.remove(&place.column);
                        if restarts {
                            if columns == 1 {
                                grid.merge(place, last)?;
                            }
                            open.insert(place.column, place);
                        }
                    }
                }
                text.clear();
            }
            Node::End("tbl") => depth = depth.saturating_sub(1),
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    let mut workbook = Workbook::default();
    if tables > 0 {
        grid.end(&mut workbook);
    }
    Ok(workbook)
}
