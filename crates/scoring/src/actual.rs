//! An actual (实际完成值) as written, read beside its target.

use std::fmt;

use rust_decimal::Decimal;

use super::bounded::Bounded;
use super::folded::{Folded, after_any};
use super::{Achievement, Comparison, Deadline, Measure, Quantity, Target, is_not_given};

/// What an indicator reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actual {
    /// A number with its unit.
    Number(Quantity),
    /// A month or a date.
    Deadline(Deadline),
    /// A text, as written; beside a number or a deadline it is unusable.
    Text(String),
}

impl fmt::Display for Actual {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(quantity) => write!(formatter, "{quantity}"),
            Self::Deadline(deadline) => write!(formatter, "{deadline}"),
            Self::Text(text) => write!(formatter, "{text}"),
        }
    }
}

/// Reads an actual as people write it, beside its target. None where nothing is given.
///
/// - A number without a unit has the target's, magnitude included.
/// - `无`, `未发生`, `无事故` beside a numeric `at_most` target, or beside a target of 0, is 0 and not a gap.
/// - A sign on an actual (`≥90%`, `98%以上`) is dropped: what was reached is the number beside it.
/// - A range is no single figure and stays a text, and so unusable.
/// - Beside a qualitative target everything is text.
///
/// ```
/// use jixiao_scoring::{Actual, parse_actual, parse_target};
/// let target = parse_target("≤3起", None);
/// let read = |text| parse_actual(text, target.measure, target.target.as_ref(), target.comparison);
/// assert_eq!(read("无").map(|actual| actual.to_string()).as_deref(), Some("0起"));
/// assert_eq!(read("/"), None);
/// assert!(matches!(read("情况良好"), Some(Actual::Text(_))));
/// ```
#[must_use]
pub fn parse_actual(
    text: &str,
    measure: Measure,
    target: Option<&Target>,
    comparison: Option<Comparison>,
) -> Option<Actual> {
    let bound = match target {
        Some(Target::Number { bound, .. }) => Some(bound),
        _ => None,
    };
    if is_not_given(text) || says_none(text) {
        let is_bare = Folded::new(text).chars == ['无'];
        // 无超支 beside a cost is no cost of 0: words speak of what happens or not.
        let happens = |bound: &&Quantity| is_bare || bound.unit().is_some_and(|unit| HAPPENINGS.contains(&unit));
        let says_so = measure == Measure::Number && (is_bare || says_none(text));
        let zero = bound.filter(|_| says_so).filter(happens).and_then(|bound| {
            let means_zero = comparison == Some(Comparison::AtMost) || bound.value().is_zero();
            means_zero.then(|| Quantity::new(Decimal::ZERO, bound.unit(), false))?
        });
        match zero {
            Some(zero) => return Some(Actual::Number(zero)),
            None if is_not_given(text) => return None,
            None => {}
        }
    }
    let unit = bound.and_then(Quantity::unit).unwrap_or_default();
    let is_plan = after_any(&Folded::new(text).chars, PLANS).is_some();
    let understood = match measure {
        Measure::Qualitative => None,
        // What is planned is not reached.
        _ if is_plan => None,
        Measure::Deadline => {
            Deadline::parse(text).map(Actual::Deadline).or_else(|| read_number(text, unit, comparison))
        }
        Measure::Number | Measure::BudgetExecution => {
            read_number(text, unit, comparison).or_else(|| Deadline::parse(text).map(Actual::Deadline))
        }
    };
    understood.or_else(|| Some(Actual::Text(text.trim().to_owned())))
}

/// What happenings are counted by.
const HAPPENINGS: &[&str] = &["起", "次", "件", "例", "宗", "人", "人次", "项", "个", "处", "户"];

/// Whether a text says in words that there was none of what happens: 未发生, 未发生重大事故, 无投诉. What could not be told (无数据)
/// or was not seen to change (未发生变化) is not none.
#[must_use]
pub fn says_none(text: &str) -> bool {
    const NONE: &[&str] = &["未发生", "未出现", "没有发生", "没有出现", "无发生", "零发生"];
    const WHOSE: &[&str] =
        &["重大", "特大", "较大", "一般", "任何", "安全", "生产", "质量", "责任", "群体性", "有效", "相关", "工程"];
    const HAPPENED: &[&str] = &[
        "事故", "事件", "投诉", "案件", "舆情", "上访", "信访", "违规", "违纪", "违法", "差错", "伤亡", "死亡", "纠纷",
        "险情", "火灾", "疫情", "返贫", "举报", "问题",
    ];
    let folded: String = Folded::new(text).chars.iter().collect();
    let Some(mut what) =
        NONE.iter().find_map(|word| folded.strip_prefix(word)).or_else(|| folded.strip_prefix(['无', '零']))
    else {
        return false;
    };
    while let Some(rest) = WHOSE.iter().find_map(|word| what.strip_prefix(word)) {
        what = rest;
    }
    let is_bare = what.is_empty() && NONE.contains(&folded.as_str());
    is_bare || HAPPENED.contains(&what)
}

/// Words before what is to come.
const PLANS: &[&str] = &["计划", "预计", "预期", "拟", "将于"];

/// `≥90%` beside `≥85%` says at least 90 %. A sign that runs against the target's (`≤60人` beside
/// `≥50人`) leaves open whether it is met, so it is no usable number.
fn read_number(text: &str, unit: &str, comparison: Option<Comparison>) -> Option<Actual> {
    let read = Bounded::read(&Folded::new(text))?;
    // 达到 says no more than that the number was reached.
    let opposed = read.sign.as_ref().is_some_and(|sign| !sign.contains('达'))
        && matches!(
            (comparison, read.comparison),
            (None | Some(Comparison::AtLeast), Comparison::AtMost) | (Some(Comparison::AtMost), Comparison::AtLeast)
        );
    if read.upper.is_some() || opposed {
        return None;
    }
    read.bound.with_unit(unit).map(Actual::Number)
}

/// Words by which units say that a qualitative target was reached.
const REACHED: &[&str] = &["达成预期指标", "达成年度指标", "达成年度目标", "达成", "已完成", "完成", "达标"];

/// Words by which units say that it was reached in part, or not: they begin the official grades
/// (部分达成预期指标并具有一定效果, 未达成预期指标且效果较差).
const PARTLY: &[&str] = &["部分达成", "部分完成"];
const MISSED: &[&str] = &["未达成", "未完成", "未达到预期"];

/// Words before a target that deny it: 未达标, 不达标, 未按时完成.
const DENIALS: &[&str] = &["未能", "没有", "尚未", "未", "不"];

/// What a qualitative actual says by itself: `achieved` where it repeats the target word for word, or
/// is one of 达成, 达成预期指标, 完成, 已完成, 达标; the official grades 部分达成… and 未达成…, and the target denied
/// (`未达标`), say it likewise. Scoring applies it where nothing is stated, with
/// the finding `achievement_inferred` (confidence: convention).
///
/// ```
/// use jixiao_scoring::{Achievement, infer_achievement};
/// assert_eq!(infer_achievement("达成预期指标", None), Some(Achievement::Achieved));
/// assert_eq!(infer_achievement("效果明显", Some("效果明显")), Some(Achievement::Achieved));
/// assert_eq!(infer_achievement("基本完成", Some("完成")), None);
/// ```
#[must_use]
pub fn infer_achievement(actual_text: &str, target_text: Option<&str>) -> Option<Achievement> {
    let bare = |text: &'_ str| -> usize { text.trim_end_matches(ENDS).len() };
    let actual = actual_text.trim();
    let actual = actual.get(..bare(actual)).unwrap_or(actual);
    let repeats = || {
        let target = target_text.unwrap_or_default().trim();
        !actual.is_empty() && target.get(..bare(target)) == Some(actual)
    };
    let begins = |words: &[&str]| words.iter().any(|word| actual.starts_with(word));
    let denies = || {
        let target = target_text.unwrap_or_default().trim();
        let denied = DENIALS.iter().find_map(|word| actual.strip_prefix(word));
        denied.is_some_and(|denied| !denied.is_empty() && target.get(..bare(target)) == Some(denied))
    };
    if REACHED.contains(&actual) || repeats() {
        Some(Achievement::Achieved)
    } else if begins(PARTLY) {
        Some(Achievement::Partial)
    } else if begins(MISSED) || matches!(actual, "差" | "较差") || denies() {
        Some(Achievement::NotAchieved)
    } else {
        None
    }
}

const ENDS: [char; 6] = ['。', '；', ';', '，', ',', '.'];
