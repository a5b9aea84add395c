//! Checks of figures: units, round numbers, targets that were far too easy, signs the wrong way round.

use rust_decimal::Decimal;

use super::results::actual_text;
use super::{Evidence, Finding, FindingCode};
use crate::{Actual, Comparison, Measure, Profile, Quantity, Row, Target, parse_target, units_agree};

pub(super) fn check_row(index: usize, row: &Row, profile: &Profile, findings: &mut Vec<Finding>) {
    if row.measure != Measure::Number {
        return;
    }
    let mut add = |code, field, evidence| {
        findings.push(Finding::of_row(code, index, field, evidence));
    };
    let name = || ("name", Evidence::text(&row.name));
    let target = match &row.target {
        Some(Target::Number { bound, .. }) => Some(bound),
        _ => None,
    };
    let reached = match &row.actual {
        Some(Actual::Number(quantity)) => Some(quantity),
        _ => None,
    };
    if let (Some(target), Some(reached)) = (target, reached) {
        let both = || {
            vec![
                name(),
                ("target", Evidence::text(target.to_string())),
                ("actual", Evidence::text(reached.to_string())),
            ]
        };
        let comparison = row.comparison_under(profile);
        if row.is_cost_without_sign() && comparison == Comparison::AtMost {
            add(FindingCode::DirectionAssumed, "target_text", both());
        }
        if let Some([one, other]) = converted(target, reached) {
            let mut evidence = both();
            evidence.push(("target_scaled", Evidence::Text(one)));
            evidence.push(("actual_scaled", Evidence::Text(other)));
            add(FindingCode::UnitConverted, "actual_text", evidence);
        }
        if let Some(ratio) = over_achievement(Some(comparison), target, reached, profile) {
            let mut evidence = both();
            evidence.push(("factor", Evidence::Number(profile.over_achievement_factor.value.to_string())));
            evidence.extend(ratio.map(|ratio| ("ratio", Evidence::ratio(ratio, 2))));
            add(FindingCode::OverAchievement, "actual_text", evidence);
        }
        if let (Some(one), Some(other)) = (target.scaled().1, reached.scaled().1)
            && !units_agree(one, other)
        {
            let mut evidence = both();
            // As written: units are compared by what they stand for, 名 as 人.
            evidence.push(("target_unit", Evidence::text(target.unit().unwrap_or(one))));
            evidence.push(("actual_unit", Evidence::text(reached.unit().unwrap_or(other))));
            add(FindingCode::UnitMismatch, "actual_text", evidence);
        }
    }
    if reached.is_some_and(Quantity::is_approximate) {
        let evidence = vec![name(), ("actual_text", Evidence::Text(actual_text(row)))];
        add(FindingCode::ApproximateActual, "actual_text", evidence);
    }
    if let (Some(target), Some(comparison)) = (target, suspicious_direction(row, profile)) {
        let evidence = vec![
            name(),
            ("comparison", Evidence::text(comparison.as_str())),
            ("target", Evidence::text(target.to_string())),
        ];
        add(FindingCode::DirectionSuspicious, "target_text", evidence);
    }
}

/// Target and actual in their base unit, where they have different units of one dimension.
fn converted(target: &Quantity, reached: &Quantity) -> Option<[String; 2]> {
    let differ = target.unit().zip(reached.unit()).is_some_and(|(one, other)| one != other);
    let (of_target, of_actual) = (target.scaled(), reached.scaled());
    let is_scaled = |quantity: &Quantity| quantity.scaled_value() != quantity.value();
    let is_one_dimension = of_target.1.is_some() && of_target.1 == of_actual.1;
    let shown = |(value, unit): (Decimal, Option<&str>)| format!("{}{}", value.normalize(), unit.unwrap_or_default());
    let is_converted = differ && is_one_dimension && (is_scaled(target) || is_scaled(reached));
    is_converted.then(|| [shown(of_target), shown(of_actual)])
}

/// The multiple by which the actual is better, none where it is infinite; nothing at all where it is
/// within the profile's factor. Compared by products, since a quotient may not end.
fn over_achievement(
    comparison: Option<Comparison>,
    target: &Quantity,
    reached: &Quantity,
    profile: &Profile,
) -> Option<Option<Decimal>> {
    let factor = profile.over_achievement_factor.value;
    let is_rate = target.unit() == Some("%");
    let (target, reached) = (target.scaled_value(), reached.scaled_value());
    if target <= Decimal::ZERO {
        return None;
    }
    // No complaint at all is not too little to ask for, and nothing is more than the whole.
    let is_most = comparison == Some(Comparison::AtMost) && reached.is_zero();
    let is_whole = is_rate && target >= Decimal::from(75) && reached == Decimal::ONE_HUNDRED;
    if is_most || is_whole {
        return None;
    }
    match comparison.unwrap_or(Comparison::AtLeast) {
        Comparison::AtLeast => (reached >= target.saturating_mul(factor)).then(|| reached.checked_div(target)),
        Comparison::AtMost => (reached.saturating_mul(factor) <= target)
            .then(|| target.checked_div(reached).filter(|ratio| *ratio > Decimal::ZERO)),
        Comparison::Equal | Comparison::Between => None,
    }
}

/// Names of cost indicators that are right to ask for more: 成本节约率 ≥ 5%.
const MORE_IS_BETTER: [&str; 8] = ["节约", "节省", "降低", "下降", "减少", "控制率", "合规", "达标"];

/// Names of what less is better of, or that carry a sign of their own: 办结时限(≤**天). Without a sign at the target it would
/// be read as at least.
const LESS_IS_BETTER: [&str; 34] = [
    "失业率",
    "差错",
    "错误",
    "投诉",
    "信访",
    "事故",
    "能耗",
    "浓度",
    "排放",
    "误差",
    "返贫",
    "辍学",
    "流失",
    "死亡",
    "发病",
    "患病",
    "违规",
    "违法",
    "逾期",
    "超支",
    "三公",
    "费用",
    "造价",
    "单价",
    "时限",
    "工期",
    "办结时间",
    "响应时间",
    "损耗",
    "发案",
    "缺陷",
    "≤",
    "＜",
    "<",
];

/// Whether the target was written with a sign.
fn has_sign(row: &Row) -> bool {
    row.target_text.as_deref().is_some_and(|text| parse_target(text, None).sign.is_some())
}

fn suspicious_direction(row: &Row, profile: &Profile) -> Option<Comparison> {
    let names = [&row.level1, &row.level2, &row.name];
    let mentions = |word: &str| names.iter().any(|name| name.contains(word));
    let comparison = row.comparison_under(profile);
    let is_suspicious = match comparison {
        Comparison::AtLeast => {
            let is_less_better = mentions("成本") || LESS_IS_BETTER.iter().any(|word| mentions(word)) && !has_sign(row);
            is_less_better && !MORE_IS_BETTER.iter().any(|word| row.name.contains(word))
        }
        Comparison::AtMost => mentions("满意") && !row.name.contains("不满意"),
        Comparison::Equal | Comparison::Between => false,
    };
    is_suspicious.then_some(comparison)
}
