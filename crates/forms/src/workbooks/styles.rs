//! How numbers are shown: as they are, as percentages, in thousands, as dates or times.

use std::collections::HashMap;

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
    /// A time of the day.
    Time,
    /// A duration in hours.
    Elapsed,
}

/// A style: how it shows numbers, in which unit (`0!.0,"万元"` shows 12345 as 1.2), and what it writes around them
/// (`"≥"0`, `0"万元"`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Style {
    /// How the number is shown.
    pub shown: Shown,
    /// By which power of ten what is shown is smaller than what is kept.
    pub down: u32,
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
    let mut formats: HashMap<u32, Style> = HashMap::new();
    let mut styles = Vec::new();
    let mut in_cells = false;
    walk(part, bytes, |node| {
        match node {
            Node::Start(start) => match start.local_name().into_inner() {
                "numFmt" => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(start, "formatCode")) {
                        formats.entry(id).or_insert_with(|| style(&code));
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = attribute(start, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    styles.push(formats.get(&id).cloned().unwrap_or_else(|| built_in(id).into()));
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
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shown::Time,
        46 => Shown::Elapsed,
        _ => Shown::Number,
    }
}

/// The style of a format code. A code is padded (`"A"000`) or parted in its middle by more than a number has: there
/// nothing is written around it. A comma behind the last digit shows thousands; a point of its own between digits parts
/// off as many powers of ten as digits follow.
pub(super) fn style(code: &str) -> Style {
    let shown = of_code(code);
    let (mut before, mut behind) = (String::new(), String::new());
    let (mut zeros, mut is_whole, mut down) = (0_u32, true, 0_u32);
    // Digits and commas since the last of the other, and whether a point of its own has come.
    let (mut digits, mut commas, mut is_parted) = (0_u32, 0_u32, false);
    let mut chars = code.chars();
    while let Some(char) = chars.next() {
        let written = match char {
            '"' => chars.by_ref().take_while(|&char| char != '"').collect(),
            '\\' | '!' => chars.next().map(String::from).unwrap_or_default(),
            '[' => {
                let _ = chars.by_ref().find(|&char| char == ']');
                continue;
            }
            '_' | '*' => {
                let _ = chars.next();
                continue;
            }
            ';' => break,
            '0' | '#' | '?' if !behind.is_empty() => return shown.into(),
            '0' | '#' | '?' => {
                digits += 1;
                commas = 0;
                down += u32::from(is_parted);
                zeros += u32::from(char == '0' && is_whole && !is_parted);
                continue;
            }
            ',' => {
                commas += u32::from(digits > 0);
                continue;
            }
            '.' => {
                is_whole = false;
                continue;
            }
            _ => continue,
        };
        match written.as_str() {
            "." if digits > 0 && behind.is_empty() => is_parted = true,
            _ if digits > 0 => behind.push_str(&written),
            _ => before.push_str(&written),
        }
    }
    let down = down.saturating_add(commas.saturating_mul(3));
    match shown {
        Shown::Number | Shown::Percent if digits > 0 && zeros <= 1 => Style { shown, down, before, behind },
        Shown::Number => Style { shown, down, ..Style::default() },
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
            '\\' | '!' | '_' | '*' => drop(chars.next()),
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
    } else if code.contains("[h") || code.contains("[m]") || code.contains("[s") {
        Shown::Elapsed
    } else if has('h') || has(':') && (has('m') || has('s')) {
        Shown::Time
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
            ("h:mm;@", Shown::Time),
            ("[h]:mm", Shown::Elapsed),
            ("0!.0,\"万元\"", Shown::Number),
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

    #[test]
    fn a_format_code_that_shows_a_larger_unit_says_by_how_much() {
        for (code, down) in [
            ("0!.0,\"万元\"", 4),
            ("0\\.0,", 4),
            ("0\".\"00", 2),
            ("#,##0,", 3),
            ("#,##0.00,,\"百万\"", 6),
            ("0.0,\"千元\"", 3),
            ("#,##0.00", 0),
            ("0.00%", 0),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", 0),
        ] {
            assert_eq!(style(code).down, down, "{code}");
        }
    }
}
