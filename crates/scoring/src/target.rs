//! A target (指标值) as written, and what is understood of it.

use std::fmt;

use super::bounded::Bounded;
use super::deadline_text;
use super::folded::Folded;
use super::quantity::RawQuantity;
use super::{Comparison, Deadline, Measure, Quantity, is_not_given};

/// What an indicator is to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A number, and the upper bound of `between`.
    Number {
        /// The value to compare with; the lower bound of `between`.
        bound: Quantity,
        /// The upper bound of `between`, not below the lower one.
        upper: Option<Quantity>,
    },
    /// A month or a date.
    Deadline(Deadline),
    /// A text, as written.
    Text(String),
}

/// A target text, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedTarget {
    /// The measure that the text suggests; `qualitative` where nothing is given.
    pub measure: Measure,
    /// For a number only.
    pub comparison: Option<Comparison>,
    /// The sign as written: `＞＝`, `以上`, `控制在…以内`; none where nothing was written.
    pub sign: Option<String>,
    /// None where the text gives nothing.
    pub target: Option<Target>,
}

/// Reads a target as people write it; `unit_column` is the cell of a unit column of its own, which
/// counts where the text has no unit. Never fails: what is neither a number nor a date is qualitative.
///
/// ```
/// use jixiao_scoring::{Comparison, Measure, parse_target};
/// let rate = parse_target("98%以上", None);
/// assert_eq!((rate.measure, rate.comparison), (Measure::Number, Some(Comparison::AtLeast)));
/// assert_eq!(rate.sign.as_deref(), Some("以上"));
/// assert_eq!(parse_target("530", Some("元/人*月")).to_string(), "530元/人*月");
/// assert_eq!(parse_target("2023年12月", None).measure, Measure::Deadline);
/// assert_eq!(parse_target("严格执行相关制度规定", None).measure, Measure::Qualitative);
/// assert_eq!(parse_target("/", None).target, None);
/// ```
#[must_use]
pub fn parse_target(text: &str, unit_column: Option<&str>) -> ParsedTarget {
    let nothing = ParsedTarget { measure: Measure::Qualitative, comparison: None, sign: None, target: None };
    if is_not_given(text) {
        return nothing;
    }
    let unit = unit_column.filter(|unit| !is_not_given(unit)).unwrap_or_default().trim();
    // A unit column may spoil what it stands beside; without it the number is still one.
    let alone = || if unit.is_empty() { None } else { read_number_target(text, "") };
    let number = read_number_target(text, unit).or_else(alone);
    if let Some(found) = read_deadline(text, unit) {
        // 2023.12 beside 元 is a number, beside 年月 or nothing a month.
        let is_number = found.is_dotted && !is_time_unit(unit) && number.as_ref().is_some_and(ParsedTarget::has_unit);
        if !is_number {
            return ParsedTarget {
                measure: Measure::Deadline,
                sign: found.sign,
                target: Some(Target::Deadline(found.deadline)),
                ..nothing
            };
        }
    }
    if let Some(number) = number {
        return number;
    }
    ParsedTarget { target: Some(Target::Text(text.trim().to_owned())), ..nothing }
}

/// 2023 in a column of 年 is a year.
fn read_deadline(text: &str, unit: &str) -> Option<deadline_text::Found> {
    deadline_text::read(text).or_else(|| if unit == "年" { deadline_text::read(&format!("{text}年")) } else { None })
}

fn is_time_unit(unit: &str) -> bool {
    matches!(unit, "年" | "月" | "日" | "年月" | "年月日" | "日期" | "时间")
}

impl ParsedTarget {
    /// Whether a number prints as what it is. 项目数2023年 would print as a date, and a unit of 到 as
    /// another range: such texts are no numbers.
    fn reads_back(&self) -> bool {
        let printed = self.to_string();
        let same = |raw: &RawQuantity, quantity: &Quantity| {
            (raw.value, raw.unit.as_str(), raw.is_approximate)
                == (quantity.value(), quantity.unit().unwrap_or_default(), quantity.is_approximate())
        };
        let (Some(read), Some(Target::Number { bound, upper })) = (Bounded::read(&Folded::new(&printed)), &self.target)
        else {
            return false;
        };
        let same_upper = match (&read.upper, upper) {
            (Some(raw), Some(quantity)) => same(raw, quantity) && (bound.unit().is_some() || quantity.unit().is_none()),
            (None, None) => true,
            _ => false,
        };
        same_upper
            && same(&read.bound, bound)
            && (Some(read.comparison), &read.sign) == (self.comparison, &self.sign)
            && deadline_text::read(&printed).is_none()
    }

    fn has_unit(&self) -> bool {
        matches!(&self.target, Some(Target::Number { bound, .. }) if bound.unit().is_some())
    }
}

fn read_number_target(text: &str, unit: &str) -> Option<ParsedTarget> {
    let read = Bounded::read(&Folded::new(text))?;
    let mut upper = None;
    let mut unit = unit.to_owned();
    // 12月 is December or twelve months (个月), 10-12月 likewise: nothing is guessed.
    let is_plain = read.upper.is_some() || read.sign.is_none();
    let ends = [Some(&read.bound), read.upper.as_ref()];
    if is_plain && ends.iter().flatten().any(|end| end.unit == "月") {
        return None;
    }
    if is_plain && unit == "月" {
        unit.clear();
    }
    if let Some(raw) = &read.upper {
        let quantity = raw.with_unit(&unit)?;
        // 10-15万元 means 10万元 to 15万元.
        unit = quantity.unit().unwrap_or_default().to_owned();
        upper = Some(quantity);
    }
    let bound = read.bound.with_unit(&unit)?;
    let in_order = upper.as_ref().is_none_or(|upper| bound.scaled_value() <= upper.scaled_value());
    let parsed = ParsedTarget {
        measure: Measure::Number,
        comparison: Some(read.comparison),
        sign: read.sign,
        target: Some(Target::Number { bound, upper }),
    };
    (in_order && parsed.reads_back()).then_some(parsed)
}

/// Prints so that [`parse_target`] reads the same back, without a unit column.
impl fmt::Display for ParsedTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = self.sign.as_deref().unwrap_or_default();
        match &self.target {
            None => write!(formatter, "/"),
            Some(Target::Text(text)) => write!(formatter, "{text}"),
            Some(Target::Deadline(deadline)) => write!(formatter, "{sign}{deadline}"),
            Some(Target::Number { bound, upper: Some(upper) }) => {
                let between = if sign.is_empty() { "~" } else { sign };
                write!(formatter, "{bound}{between}{upper}")
            }
            Some(Target::Number { bound, upper: None }) => {
                let default = match self.comparison {
                    // 0起 without a sign is read as =0起.
                    Some(Comparison::Equal) if bound.value().is_zero() => "",
                    Some(Comparison::AtMost | Comparison::Equal) => self.comparison.map_or("", Comparison::sign),
                    _ => "",
                };
                let sign = if sign.is_empty() { default } else { sign };
                match sign.split_once('…') {
                    Some((before, after)) => write!(formatter, "{before}{bound}{after}"),
                    None if super::sign::follows_its_number(sign) => {
                        write!(formatter, "{bound}{sign}")
                    }
                    None => write!(formatter, "{sign}{bound}"),
                }
            }
        }
    }
}
