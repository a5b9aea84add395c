//! The formula of a row with its numbers put in, for a reader with a pocket calculator.

use rust_decimal::Decimal;

use super::{Actual, Case, Comparison, Execution, Profile, Row, RowScore, Target, two_decimals};

/// `10 × 1345343.00 ÷ 2070000.00`; where points are not computed but follow, the reason and the
/// points (`1200 ≥ 343 → 10`).
pub(super) fn formula(row: &Row, score: &RowScore, execution: &Execution, profile: &Profile) -> String {
    // Without points a row is reached or not.
    if score.is_reached == Some(false) {
        let target = row.target_text.clone().unwrap_or_else(|| bounds(row).0);
        return format!("{} ✗ {target}", row.actual.as_ref().map(ToString::to_string).unwrap_or_default());
    }
    let weight = match score.is_reached {
        Some(_) => "✓".to_owned(),
        None => row.weight.map(plain).unwrap_or_default(),
    };
    let (executed, budget) = (two_decimals(execution.executed), two_decimals(execution.denominator));
    let (target, upper) = bounds(row);
    let reached = match &row.actual {
        Some(Actual::Number(quantity)) => plain(quantity.scaled_value()),
        _ => String::new(),
    };
    let counted = match &row.actual {
        Some(Actual::Number(quantity)) => plain(quantity.scaled_value().max(Decimal::ZERO)),
        _ => String::new(),
    };
    match score.case {
        Case::BudgetExecutionFull => format!("{executed} ≥ {budget} → {weight}"),
        Case::BudgetExecutionBelow if execution.executed < Decimal::ZERO => {
            format!("{weight} × 0 ÷ {budget}")
        }
        Case::BudgetExecutionBelow => format!("{weight} × {executed} ÷ {budget}"),
        Case::BudgetExecutionUndefined => format!("{executed} ÷ {budget} → 0"),
        Case::AtLeastMet => format!("{reached} ≥ {target} → {weight}"),
        Case::AtLeastBelowTarget | Case::EqualBelowTarget | Case::BetweenBelow => {
            format!("{weight} × {counted} ÷ {target}")
        }
        Case::AtMostMet => format!("{reached} ≤ {target} → {weight}"),
        Case::AtMostAboveTargetRatio => format!("{weight} × {target} ÷ {reached}"),
        Case::AtMostAboveTargetLinear => {
            format!("{weight} × max(0, 1 − ({reached} − {target}) ÷ {target})")
        }
        Case::EqualMet if reached == target => format!("{reached} = {target} → {weight}"),
        Case::EqualMet => format!("{reached} ≥ {target} → {weight}"),
        Case::EqualOffTarget => format!("{weight} × max(0, 1 − |{reached} − {target}| ÷ {target})"),
        Case::BetweenInside => format!("{target} ≤ {reached} ≤ {upper} → {weight}"),
        Case::BetweenAbove => format!("{weight} × {upper} ÷ {reached}"),
        Case::AtLeastTargetNotPositive => format!("{reached} < {target} → 0"),
        Case::AtMostTargetNotPositive => format!("{reached} > {target} → 0"),
        Case::EqualTargetNotPositive => format!("{reached} ≠ {target} → 0"),
        Case::BetweenTargetNotPositive => format!("{reached} ∉ [{target}, {upper}] → 0"),
        Case::DeadlineMet => format!("{} → {weight}", dates(row, "≤")),
        Case::DeadlineLateCapped => {
            let (_, high) = profile.bands.value.ends(super::Achievement::Partial, row.weight.unwrap_or_default());
            format!("{} → min({}, {high})", dates(row, ">"), declared(row))
        }
        Case::DeadlineLateWithoutAssessment => format!("{} → 0", dates(row, ">")),
        Case::DeadlineLateInBand | Case::QualitativeInBand => {
            let (low, high) = band(row, score, profile);
            format!("{low} ≤ {} ≤ {high}", declared(row))
        }
        Case::DeadlineLateOutsideBand | Case::QualitativeOutsideBand => {
            let (low, high) = band(row, score, profile);
            format!("min(max({}, {low}), {high})", declared(row))
        }
        Case::DeadlineLateNotDeclared | Case::QualitativeNotDeclared => {
            let (low, high) = band(row, score, profile);
            format!("[{low}, {high}] → {}", score.points.map(two_decimals).unwrap_or_default())
        }
        Case::QualitativeNotStated => format!("min({}, {weight})", declared(row)),
        Case::QualitativeNotStatedNotDeclared
        | Case::ActualMissing
        | Case::ActualUnusable
        | Case::TargetMissing
        | Case::NotDone
        | Case::NotApplicable
        | Case::NotYetAvailable
        | Case::NoSurvey => "0".to_owned(),
        Case::WeightMissing => String::new(),
    }
}

/// A number as people type it into a calculator: no trailing zeros.
pub(super) fn plain(value: Decimal) -> String {
    value.normalize().to_string()
}

fn bounds(row: &Row) -> (String, String) {
    let Some(Target::Number { bound, upper }) = &row.target else {
        return (String::new(), String::new());
    };
    let low = bound.scaled_value();
    let high = upper.as_ref().map_or(low, super::Quantity::scaled_value);
    if row.comparison == Some(Comparison::Between) {
        (plain(low.min(high)), plain(low.max(high)))
    } else {
        (plain(low), plain(high))
    }
}

fn dates(row: &Row, sign: &str) -> String {
    match (&row.actual, &row.target) {
        (Some(Actual::Deadline(done)), Some(Target::Deadline(target))) => {
            format!("{} {sign} {}", done.last_day(), target.last_day())
        }
        _ => String::new(),
    }
}

fn band(row: &Row, score: &RowScore, profile: &Profile) -> (String, String) {
    match score.achievement.zip(row.weight) {
        Some((achievement, weight)) => {
            let (low, high) = profile.bands.value.ends(achievement, weight);
            (two_decimals(low), two_decimals(high))
        }
        None => (String::new(), String::new()),
    }
}

fn declared(row: &Row) -> String {
    row.declared_score.map(two_decimals).unwrap_or_default()
}
