//! How numbers are shown: as they are, as percentages, or as dates.

use super::WorkbookError;
use super::xml::{Node, attribute, walk};

/// How a cell shows its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shown {
    /// As it is.
    #[default]
    Number,
    /// A hundred times as much, with a percent sign.
    Percent,
    /// A day.
    Date,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// How each style of the workbook shows numbers, by the number of the style.
pub fn read(part: &str, bytes: &[u8]) -> Result<Vec<Shown>, WorkbookError> {
    let mut formats: Vec<(u32, Shown)> = Vec::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    walk(part, bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "numFmt" => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(start, "formatCode")) {
                        formats.push((id, of_code(&code)));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    let own = formats.iter().find(|(known, _)| *known == id).map(|(_, shown)| *shown);
                    styles.push(own.unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Node::End("cellXfs") => in_cells = false,
            Node::End(_) | Node::Text(_) => {}
        }
        Ok(())
    })?;
    Ok(styles)
}

/// The formats that every spreadsheet program knows by number; 27 to 36 and 50 to 58 are the Chinese dates.
fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        27 | 36 | 50 | 52 | 57 | 17 => Shown::Month,
        14..=16 | 22 | 28..=31 | 51 | 53 | 54 | 58 => Shown::Date,
        _ => Shown::Number,
    }
}

/// Of the first section of a format code, without what stands in quotes and brackets.
fn of_code(code: &str) -> Shown {
    let mut kept = String::new();
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => drop(chars.by_ref().find(|&char| char == '"')),
            '[' => drop(chars.by_ref().find(|&char| char == ']')),
            '\\' | '_' | '*' => drop(chars.next()),
            ';' => break,
            other => kept.push(other.to_ascii_lowercase()),
        }
    }
    let has = |char: char| kept.contains(char);
    if has('%') {
        Shown::Percent
    } else if has('y') && has('d') || has('m') && has('d') {
        Shown::Date
    } else if has('y') && has('m') {
        Shown::Month
    } else if has('y') {
        Shown::Year
    } else {
        Shown::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_code_says_how_a_number_is_shown() {
        let cases = [
            ("0.00%", Shown::Percent),
            ("0.00\"%\"", Shown::Number),
            ("yyyy\"年\"m\"月\"d\"日\"", Shown::Date),
            ("[$-804]yyyy\"年\"m\"月\"", Shown::Month),
            ("yyyy-mm-dd;@", Shown::Date),
            ("yyyy\"年\"", Shown::Year),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", Shown::Number),
            ("General", Shown::Number),
            ("0.00;0%", Shown::Number),
        ];
        for (code, shown) in cases {
            assert_eq!(of_code(code), shown, "{code}");
        }
    }
}
