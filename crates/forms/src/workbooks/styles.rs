//! How numbers are shown: as they are, as percentages, in thousands, as dates or times.

use std::collections::HashMap;

use rust_decimal::Decimal;

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

/// One section of a format: how it shows the numbers that it is for, in which unit (`0!.0,"万元"` shows 12345 as 1.2), and
/// what it writes around them (`"≥"0`, `0"万元"`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// Which numbers it is for, where it says so: `[<=1]`.
    condition: Option<(Comparison, Decimal)>,
    /// How the number is shown.
    pub shown: Shown,
    /// By which power of ten what is shown is smaller than what is kept.
    pub down: u32,
    /// What stands before it.
    pub before: String,
    /// What stands behind it.
    pub behind: String,
    /// Whether the number itself is not shown: `"达标"`.
    pub is_literal: bool,
}

/// How a condition of a section compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Equal,
    Other,
    AtLeast,
    More,
}

/// How a cell shows what it keeps: sections for numbers above, below and at nothing, and what is written around a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Style {
    sections: Vec<Section>,
    /// What stands before and behind a text: `@"万元"`.
    pub text: Option<(String, String)>,
}

impl From<Shown> for Style {
    fn from(shown: Shown) -> Style {
        Style { sections: vec![Section { shown, ..Section::default() }], text: None }
    }
}

impl Style {
    /// How its first section shows numbers.
    pub fn shown(&self) -> Shown {
        self.sections.first().map(|section| section.shown).unwrap_or_default()
    }

    /// The section for a number; none where the format says nothing of it.
    pub fn section(&self, number: Decimal) -> Option<&Section> {
        let first = self.sections.first()?;
        if self.sections.iter().any(|section| section.condition.is_some()) {
            let fits = |section: &&Section| section.condition.is_none_or(|(how, bound)| how.holds(number, bound));
            return self.sections.iter().find(fits).or(self.sections.last());
        }
        let at = match self.sections.len() {
            0 | 1 => 0,
            _ if number < Decimal::ZERO => 1,
            2 => 0,
            _ => {
                if number.is_zero() {
                    2
                } else {
                    0
                }
            }
        };
        Some(self.sections.get(at).unwrap_or(first))
    }

    /// A text as it is shown.
    pub fn around(&self, text: String) -> String {
        match &self.text {
            Some((before, behind)) if !text.trim().is_empty() => format!("{before}{text}{behind}"),
            _ => text,
        }
    }
}

impl Comparison {
    fn holds(self, number: Decimal, bound: Decimal) -> bool {
        match self {
            Comparison::Less => number < bound,
            Comparison::AtMost => number <= bound,
            Comparison::Equal => number == bound,
            Comparison::Other => number != bound,
            Comparison::AtLeast => number >= bound,
            Comparison::More => number > bound,
        }
    }

    /// `<=1` and its like.
    fn read(text: &str) -> Option<(Comparison, Decimal)> {
        let signs = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("<>", Comparison::Other),
            ("<", Comparison::Less),
            (">", Comparison::More),
            ("=", Comparison::Equal),
        ];
        let (bound, how) = signs.iter().find_map(|(sign, how)| Some((text.strip_prefix(sign)?, *how)))?;
        Some((how, Decimal::from_str_exact(bound.trim()).ok()?))
    }
}

/// How each style of the workbook shows numbers, by the number of the style.
pub fn read(part: &str, bytes: &[u8]) -> Result<Vec<Style>, WorkbookError> {
    /// As many as the largest workbook has.
    const MOST: usize = 65_536;
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
                "xf" if in_cells && styles.len() >= MOST => {
                    return Err(WorkbookError::TooLarge(format!("more than {MOST} formats of cells")));
                }
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

/// The style of a format code.
pub(super) fn style(code: &str) -> Style {
    let mut style = Style::default();
    for code in sections(code) {
        match of_text(code) {
            Some(around) => {
                style.text = Some(around).filter(|(before, behind)| !(before.is_empty() && behind.is_empty()))
            }
            None => style.sections.push(section(code)),
        }
    }
    style
}

/// The sections of a code, which semicolons part.
fn sections(code: &str) -> Vec<&str> {
    let (mut parts, mut from, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, char) in code.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\\' | '!' | '_' | '*' => is_escaped = true,
            ';' => {
                parts.extend(code.get(from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(code.get(from..));
    parts
}

/// What a code is made of.
enum Part {
    /// A text that is written as it stands.
    Literal(String),
    /// `0`, `#` or `?`, or all that is shown of a number (`General`).
    Digit(char),
    /// Anything else.
    Sign(char),
    Condition(Comparison, Decimal),
}

fn parts(code: &str) -> Vec<Part> {
    const GENERAL: [&str; 2] = ["General", "G/通用格式"];
    let mut parts = Vec::new();
    let mut rest = code;
    while let Some(char) = rest.chars().next() {
        if let Some(behind) = GENERAL.iter().find_map(|word| rest.strip_prefix(word)) {
            parts.push(Part::Digit('G'));
            rest = behind;
            continue;
        }
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
        let mut until = |end: char| {
            let (text, behind) = rest.split_once(end).unwrap_or((rest, ""));
            rest = behind;
            text
        };
        match char {
            '"' => parts.push(Part::Literal(until('"').to_owned())),
            '[' => {
                let text = until(']');
                // [$万元-804] writes 万元; the sign of a currency says nothing that the heading does not say.
                let written = text.strip_prefix('$').map(|text| text.split('-').next().unwrap_or_default());
                match (written, Comparison::read(text)) {
                    (Some(written), _) if !matches!(written, "" | "¥" | "￥" | "$" | "€") => {
                        parts.push(Part::Literal(written.to_owned()));
                    }
                    (None, Some((how, bound))) => parts.push(Part::Condition(how, bound)),
                    _ => {}
                }
            }
            '\\' | '!' | '_' | '*' => {
                let next = rest.chars().next();
                rest = rest.get(next.map_or(0, char::len_utf8)..).unwrap_or_default();
                if matches!(char, '\\' | '!') {
                    parts.extend(next.map(|next| Part::Literal(next.to_string())));
                }
            }
            '0' | '#' | '?' => parts.push(Part::Digit(char)),
            '¥' | '￥' => {}
            // What is no letter of the codes is written as it stands: 0万元, ≥0.
            other if !other.is_ascii() => parts.push(Part::Literal(other.to_string())),
            '<' | '>' | '=' => parts.push(Part::Literal(char.to_string())),
            other => parts.push(Part::Sign(other)),
        }
    }
    parts
}

/// What a section for texts writes around them; none where it is for numbers.
fn of_text(code: &str) -> Option<(String, String)> {
    let parts = parts(code);
    let at = parts.iter().position(|part| matches!(part, Part::Sign('@')))?;
    let written = |parts: &[Part]| {
        let literal = |part: &Part| if let Part::Literal(text) = part { text.clone() } else { String::new() };
        parts.iter().map(literal).collect::<String>()
    };
    Some((written(parts.get(..at)?), written(parts.get(at + 1..)?)))
}

/// A code is padded (`"A"000`) or parted in its middle by more than a number has: there nothing is written around it. A
/// comma behind the last digit shows thousands; a point of its own between digits parts off as many powers of ten as
/// digits follow.
fn section(code: &str) -> Section {
    let shown = of_code(code);
    let mut section = Section { shown, ..Section::default() };
    let (mut zeros, mut is_whole) = (0_u32, true);
    // Digits and commas since the last of the other, and whether a point of its own has come.
    let (mut digits, mut commas, mut is_parted, mut shows) = (0_u32, 0_u32, false, false);
    let mut is_of_time = false;
    for part in parts(code) {
        match part {
            Part::Digit(_) if !section.behind.is_empty() => {
                return Section { shown, condition: section.condition, ..Section::default() };
            }
            Part::Digit(digit) => {
                digits += 1;
                commas = 0;
                section.down += u32::from(is_parted);
                zeros += u32::from(digit == '0' && is_whole && !is_parted);
                shows |= digit != '?';
            }
            Part::Literal(text) if text == "." && digits > 0 && section.behind.is_empty() => is_parted = true,
            Part::Literal(text) if digits > 0 => section.behind.push_str(&text),
            Part::Literal(text) => section.before.push_str(&text),
            Part::Sign(',') => commas += u32::from(digits > 0),
            Part::Sign('.') => is_whole = false,
            Part::Sign(letter) => is_of_time |= "ymdhsegb".contains(letter.to_ascii_lowercase()),
            Part::Condition(how, bound) => section.condition = Some((how, bound)),
        }
    }
    section.down = section.down.saturating_add(commas.saturating_mul(3));
    match shown {
        Shown::Number | Shown::Percent => {
            section.is_literal = !shows && !is_of_time;
            // A month alone is shown as no number: what is kept is asked about, whatever stands around it.
            if zeros > 1 || !shows && is_of_time {
                (section.before, section.behind) = (String::new(), String::new());
            }
            section
        }
        _ => Section { shown, condition: section.condition, ..Section::default() },
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
    let has_digits = has('0') || has('#');
    // The year of an era is a year too: e"年".
    let has = |char: char| has(char) || char == 'y' && !has_digits && !kept.contains("general") && has('e');
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
            ("General\"万元\"", "", "万元"),
            ("G/通用格式\"万元\"", "", "万元"),
            ("0万元", "", "万元"),
            ("#,##0.00[$万元-804]", "", "万元"),
            ("[$¥-804]#,##0.00", "", ""),
            ("￥#,##0.00", "", ""),
            ("≥0%", "≥", ""),
            ("0‰", "", "‰"),
        ] {
            let style = style(code);
            let section = style.section(Decimal::ONE).unwrap();
            assert_eq!((section.before.as_str(), section.behind.as_str()), (before, behind), "{code}");
        }
        assert_eq!(style("@\"万元\"").text, Some((String::new(), "万元".to_owned())));
        assert_eq!(style("0;-0;0;@").text, None);
    }

    #[test]
    fn a_format_code_that_shows_a_larger_unit_says_by_how_much() {
        for (code, down) in [
            ("0!.0,\"万元\"", 4),
            ("0!.0,万元", 4),
            ("0\\.0,", 4),
            ("0\".\"00", 2),
            ("#,##0,", 3),
            ("#,##0.00,,\"百万\"", 6),
            ("0.0,\"千元\"", 3),
            ("#,##0.00", 0),
            ("0.00%", 0),
            ("#,##0.00_);[Red]\\(#,##0.00\\)", 0),
        ] {
            assert_eq!(style(code).section(Decimal::ONE).unwrap().down, down, "{code}");
        }
    }
}
