//! A number with a sign, or two numbers with a range between them, as a whole text.

use rust_decimal::Decimal;

use super::folded::{Folded, LONGEST_FIGURE, after_any, before};
use super::quantity::RawQuantity;
use super::sign::{sign_after, sign_before, symbol_before};
use super::{Comparison, frequency};

/// What was read: the bounds, how they compare, and the sign as written (`控制在…以内` where it
/// stands on both sides).
#[derive(Debug, Clone)]
pub(super) struct Bounded {
    pub(super) comparison: Comparison,
    pub(super) sign: Option<String>,
    pub(super) bound: RawQuantity,
    pub(super) upper: Option<RawQuantity>,
}

/// Words that say no more than that a number follows.
const LEADS: &[&str] = &[
    "实际完成",
    "已完成",
    "完成",
    "实现",
    "计划",
    "预计",
    "预期",
    "共计",
    "合计",
    "累计",
    "全年共",
    "全年",
    "本年",
    "总计",
    "实际",
    "共",
    "为",
    "在",
    "达",
];

impl Bounded {
    /// The bounded number that a text is, how often it occurs in a year included (每季度1次 is 4次), without a remark that
    /// has no figure: `50%（完成一半）`, `4次，疫情影响`.
    pub(super) fn read(text: &Folded) -> Option<Self> {
        Self::read_yearly(text).or_else(|| text.without_remarks().find_map(|text| Self::read_yearly(&text)))
    }

    /// The same of a text without a remark.
    fn read_yearly(text: &Folded) -> Option<Self> {
        let by_its_words = || {
            let (times, rest) = frequency::before(text)?;
            Self::read_whole(&rest)?.times(times)
        };
        by_its_words().or_else(|| Self::read_whole(text)?.by_its_unit())
    }

    /// The same, so many times a year; none where what is counted is no occasion.
    fn times(mut self, times: Decimal) -> Option<Self> {
        for end in [Some(&mut self.bound), self.upper.as_mut()].into_iter().flatten() {
            if !frequency::is_occasion(&end.unit) {
                return None;
            }
            end.value = end.value.checked_mul(times)?;
        }
        Some(self)
    }

    /// `1次/月` is twelve a year.
    fn by_its_unit(mut self) -> Option<Self> {
        let found = frequency::of_unit(&self.bound.unit).map(|(times, unit)| (times, unit.to_owned()));
        match (found, &self.upper) {
            (Some((times, unit)), None) => {
                self.bound.unit = unit;
                self.times(times)
            }
            _ => Some(self),
        }
    }

    /// The bounded number that the whole of a text is; none where it is anything else.
    fn read_whole(text: &Folded) -> Option<Self> {
        let all = text.chars.as_slice();
        if all.len() > LONGEST_FIGURE {
            return None;
        }
        let start = all.len().saturating_sub(without_lead(all).len());
        let (prefix, mut middle) = match sign_before(all.get(start..)?) {
            Some((sign, rest)) => (Some(sign), rest),
            None => (None, all.get(start..)?),
        };
        let body = all.len().saturating_sub(middle.len());
        // 100%完成 says 100%, and the verb adds nothing.
        middle = before(middle, "完成").unwrap_or(middle);
        // (含) stresses that the bound itself counts, which it does anyway.
        middle = before(middle, "(含)").unwrap_or(middle);
        let end = body.saturating_add(middle.len());
        let suffix = match sign_after(middle) {
            Some((sign, rest)) => {
                middle = rest;
                Some(sign)
            }
            None => None,
        };
        let stop = body.saturating_add(middle.len());
        let stated = match (prefix, suffix) {
            (None, None) => None,
            (Some(one), None) | (None, Some(one)) => Some(one.comparison),
            (Some(one), Some(other)) if one.comparison == other.comparison => Some(one.comparison),
            (Some(one), Some(other)) if one.yields => Some(other.comparison),
            _ => return None,
        };
        let before_number = text.written(start, body);
        let after_number = text.written(stop, end);
        let sign = match (prefix, suffix) {
            (None, None) => None,
            (Some(_), None) => Some(before_number),
            (None, Some(_)) => Some(after_number),
            (Some(_), Some(_)) => Some(format!("{before_number}…{after_number}")),
        };
        if let Some(range) = read_range(text, middle, body) {
            // ≥10-15 contradicts itself; 控制在10-15以内 does not say which.
            let plain = stated.is_none_or(|stated| stated == Comparison::Between)
                || prefix.is_some_and(|sign| sign.yields) && suffix.is_none();
            return plain.then_some(range);
        }
        if stated == Some(Comparison::Between) {
            return None;
        }
        let bound = RawQuantity::read(middle)?;
        // An unsigned 0 (0起) is meant to be met by 0 alone; as `at_least` nothing could miss it.
        let unsigned = if bound.value.is_zero() { Comparison::Equal } else { Comparison::AtLeast };
        Some(Self { comparison: stated.unwrap_or(unsigned), sign, bound, upper: None })
    }
}

/// Drops lead words and the label before a number: `合格率≥98%`, `满意度达到90%以上`, `覆盖率：95%`.
fn without_lead(chars: &[char]) -> &[char] {
    let mut rest = chars;
    while sign_before(rest).is_none()
        && let Some(others) = after_any(rest, LEADS)
    {
        rest = others;
    }
    // 每人≥3次 asks of each, and says nothing of all.
    if rest.first() == Some(&'每') {
        return rest;
    }
    let is_label = |char: &char| char.is_alphabetic() || matches!(char, '(' | ')' | ':');
    let label = rest.iter().take_while(|char| is_label(char)).count();
    (1..=label)
        .filter_map(|place| rest.split_at_checked(place))
        .find(|(label, signed)| {
            let is_signed = symbol_before(signed).is_some();
            let names_a_figure = matches!(label, [.., '率' | '度' | '数' | '量' | '额' | ':']);
            is_signed || (names_a_figure && begins_with_a_figure(signed))
        })
        .map_or(rest, |(_, signed)| signed)
}

fn begins_with_a_figure(chars: &[char]) -> bool {
    let unsigned = sign_before(chars).map_or(chars, |(_, rest)| rest);
    let exact = after_any(unsigned, &["约", "近"]).unwrap_or(unsigned);
    exact.first().is_some_and(char::is_ascii_digit)
}

fn read_range(text: &Folded, middle: &[char], offset: usize) -> Option<Bounded> {
    for (place, char) in middle.iter().enumerate() {
        if place == 0 || !matches!(char, '-' | '~' | '至' | '到') {
            continue;
        }
        let (head, tail) = middle.split_at_checked(place)?;
        // Two dashes or waves are one separator, as in 10——15.
        let is_doubled = matches!(char, '-' | '~') && tail.get(1) == Some(char);
        let bound = RawQuantity::read(head);
        let widths = if is_doubled { [2, 1] } else { [1, 1] };
        let upper = widths.iter().find_map(|width| {
            let upper = RawQuantity::read(tail.get(*width..)?)?;
            Some((*width, upper))
        });
        if let (Some(bound), Some((width, upper))) = (bound, upper) {
            let from = offset.saturating_add(place);
            return Some(Bounded {
                comparison: Comparison::Between,
                sign: Some(text.written(from, from.saturating_add(width))),
                bound,
                upper: Some(upper),
            });
        }
    }
    None
}
