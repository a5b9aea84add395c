//! Web pages that systems save as .xls: their tables, one below the other.

use html5gum::{Token, Tokenizer};

use super::archive::Limits;
use super::grid::{Grid, Span};
use super::{Workbook, WorkbookError};

/// Reads the tables of a page, whose text is UTF-8 or GB18030; a page without any has no sheet.
///
/// # Errors
/// When it exceeds a limit.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Workbook, WorkbookError> {
    let most = usize::try_from(limits.inflated).unwrap_or(usize::MAX);
    if bytes.len() > most {
        return Err(WorkbookError::TooLarge(format!("{} > {most} bytes", bytes.len())));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').into(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0,
    };
    let mut grid = Grid::new("网页", limits);
    let (mut cell, mut text_of, mut is_skipped, mut tables) = (None, String::new(), false, 0_u32);
    for token in Tokenizer::new(text.as_ref()).flatten() {
        match token {
            Token::StartTag(tag) => match tag.name.as_slice() {
                b"table" => tables += 1,
                b"tr" => {
                    close(&mut grid, &mut cell, &mut text_of)?;
                    grid.row();
                }
                b"td" | b"th" => {
                    close(&mut grid, &mut cell, &mut text_of)?;
                    let named = |name: &[u8]| {
                        let value = tag.attributes.get(name)?;
                        Some(String::from_utf8_lossy(value).trim().to_owned())
                    };
                    cell = Some(Span::of(named(b"rowspan"), named(b"colspan")));
                }
                b"br" | b"p" | b"div" if !text_of.trim().is_empty() => text_of.push('\n'),
                b"style" | b"script" | b"title" => is_skipped = !tag.self_closing,
                _ => {}
            },
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"td" | b"th" | b"tr" | b"table" => close(&mut grid, &mut cell, &mut text_of)?,
                b"style" | b"script" | b"title" => is_skipped = false,
                _ => {}
            },
            Token::String(more) if !is_skipped => {
                let more = String::from_utf8_lossy(&more);
                if cell.is_some() {
                    // In a page a line break of the source is a blank.
                    text_of.push_str(&more.replace(['\r', '\n', '\t'], " "));
                } else if !more.trim().is_empty() {
                    grid.row();
                    grid.put(&more, Span::ONE)?;
                }
            }
            _ => {}
        }
    }
    close(&mut grid, &mut cell, &mut text_of)?;
    let mut workbook = Workbook::default();
    if tables > 0 {
        grid.end(&mut workbook);
    }
    Ok(workbook)
}

fn close(grid: &mut Grid<'_>, cell: &mut Option<Span>, text: &mut String) -> Result<(), WorkbookError> {
    if let Some(span) = cell.take() {
        let lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
        grid.put(&lines.join("\n"), span)?;
    }
    text.clear();
    Ok(())
}
