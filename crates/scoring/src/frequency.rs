//! How often: 每季度1次 is four times a year, and so is 1次/季度.

use rust_decimal::Decimal;

use super::folded::{Folded, after};

/// Periods with how many of them a year has; longer words first.
const PERIODS: &[(&str, i64)] =
    &[("半年", 2), ("季度", 4), ("季", 4), ("月度", 12), ("月", 12), ("周", 52), ("年度", 1), ("年", 1)];

/// What is counted by occasion. Money and people per period stay what they are: 500元/月.
const OCCASIONS: &[&str] = &["次", "期", "场", "场次", "批", "批次", "篇", "份", "轮", "回"];

/// How many times a year, and what follows the words that say so: 4 and `1次` of `每季度1次`. Without 每 only 季度 and 月度
/// say it; 年 and 月 may begin a date.
pub(super) fn before(text: &Folded) -> Option<(Decimal, Folded)> {
    let all = text.chars.as_slice();
    let (rest, is_each) = after(all, "每").map_or((all, false), |rest| (rest, true));
    let (period, times) = PERIODS.iter().find(|(period, _)| after(rest, period).is_some())?;
    let is_clear = is_each || matches!(*period, "季度" | "月度");
    let rest = after(rest, period).filter(|_| is_clear)?;
    Some((Decimal::from(*times), Folded::new(&text.written(all.len().saturating_sub(rest.len()), all.len()))))
}

/// How many times a year a unit such as `次/月` says, and the unit without it.
pub(super) fn of_unit(unit: &str) -> Option<(Decimal, &str)> {
    let (counted, period) = unit.split_once('/')?;
    let (_, times) = PERIODS.iter().find(|(known, _)| *known == period)?;
    (is_occasion(counted) && *times > 1).then(|| (Decimal::from(*times), counted))
}

/// Whether a unit counts occasions.
pub(super) fn is_occasion(unit: &str) -> bool {
    OCCASIONS.contains(&unit)
}
