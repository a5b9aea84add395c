//! How numbers are shown: as they are, as percentages, in thousands, as dates or times.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::xml::{Node, attribute, walk};
use super::{WorkbookError, format_codes};

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
    pub condition: Option<(Comparison, Decimal)>,
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
pub enum Comparison {
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
    /// For numbers above, below and at nothing, or each for those that its condition says.
    pub sections: Vec<Section>,
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
    pub fn read(text: &str) -> Option<(Comparison, Decimal)> {
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
                        formats.entry(id).or_insert_with(|| format_codes::style(&code));
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
