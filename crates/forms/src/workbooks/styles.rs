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

/// A style: how it shows numbers, and what it writes around them (`"≥"0`, `0"万元"`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Style {
    /// How the number is shown.
    pub shown: Shown,
    /// What stands before it.
    pub before: String,
    /// What stands behind it.
    pub behind: String,
}

impl From<Shown> for Style {
    fn from(shown: Shown) -> Style {
        Style { shown, ..Style::default() }
    }
}

/// How each style of the workbook shows numbers, by the number of the style.
pub fn read(part: &str, bytes: &[u8]) -> Result<Vec<Style>, WorkbookError> {
    let mut formats: Vec<(u32, Style)> = Vec::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    walk(part, bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "numFmt" => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(start, "formatCode")) {
                        formats.push((id, style(&code)));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    let own = formats.iter().find(|(known, _)| *known == id).map(|(_, style)| style.clone());
                    styles.push(own.unwrap_or_else(|| built_in(id).into()));
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
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        27 | 36 | 50 | 52 | 57 | 17 => Shown::Month,
        14..=16 | 22 | 28..=31 | 51 | 53 | 54 | 58 => Shown::Date,
        _ => Shown::Number,
    }
}

/// The style of a format code. A code is padded (`"A"000`) or parted in its middle by more than a number has: there
/// nothing is written around it.
pub(super) fn style(code: &str) -> Style {
    let shown = of_code(code);
    let (mut before, mut behind) = (String::new(), String::new());
    let (mut digits, mut zeros, mut is_whole) = (false, 0_u32, true);
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                let text: String = chars.by_ref().take_while(|&char| char != '"').collect();
                if digits { behind.push_str(&text) } else { before.push_str(&text) }
            }
            '[' => drop(chars.by_ref().find(|&char| char == ']')),
            '\\' | '_' | '*' => drop(chars.next()),
            ';' => break,
            '0' | '#' | '?' if !behind.is_empty() => return shown.into(),
            '0' | '#' | '?' => {
                digits = true;
                zeros += u32::from(char == '0' && is_whole);
            }
            '.' => is_whole = false,
            _ => {}
        }
    }
    match shown {
        Shown::Number | Shown::Percent if digits && zeros <= 1 => Style { shown, before, behind },
        _ => shown.into(),
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

    #[test]
    fn what_a_format_code_writes_around_a_number_is_kept() {
        for (code, before, behind) in [
            ("0\"%\"", "", "%"),
            ("#,##0.00\"万元\"", "", "万元"),
            ("\"≥\"0", "≥", ""),
            ("\"≥\"0.00%\"以上\"", "≥", "以上"),
            ("\"A\"000", "", ""),
            ("yyyy\"年\"m\"月\"", "", ""),
            ("_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "", ""),
            ("0\"-\"00", "", ""),
            ("General", "", ""),
        ] {
            let style = style(code);
            assert_eq!((style.before.as_str(), style.behind.as_str()), (before, behind), "{code}");
        }
    }
}
