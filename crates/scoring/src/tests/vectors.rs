//! The vectors of the specification.

use rust_decimal::Decimal;

use crate::{Achievement, Assessment, Grade, Measure, Row, score};

use super::{assessment, decimal, number, profile, row_of, spent};

#[test]
fn the_vectors_of_the_specification_hold() {
    for (target, actual, weight, points, profile) in [
        ("≥5662 人", "4044 人", "2", "1.43", "mof-2020"),
        ("≤5300 元/户", "5830 元/户", "10", "9.09", "mof-2020"),
        ("≤5300 元/户", "5830 元/户", "10", "9.00", "linear-inverse"),
        ("≤100", "200", "10", "5.00", "mof-2020"),
        ("≤100", "200", "10", "0.00", "linear-inverse"),
        ("≥12次", "96次", "1", "1.00", "mof-2020"),
        ("0起", "0起", "10", "10.00", "mof-2020"),
        ("≥100%", "97.30%", "2", "1.95", "mof-2020"),
        ("2023年12月", "2023年10月", "5", "5.00", "mof-2020"),
        ("5亿元", "6.47亿元", "10", "10.00", "mof-2020"),
        ("600 万元", "5999999.00 元", "10", "10.00", "mof-2020"),
    ] {
        let row = number(target, actual, weight);
        assert_eq!(row_of(&row, profile).points.unwrap().to_string(), points, "{target} {actual}");
    }
}

#[test]
fn the_execution_vectors_of_the_specification_hold() {
    for (executed, adjusted, points) in
        [("1345343.00", "2070000.00", "6.50"), ("1547400", "3102000", "4.99"), ("52", "50", "10.00")]
    {
        let row = Row::new("预算执行率", Measure::BudgetExecution, Decimal::TEN);
        let form = Assessment { lines: vec![spent(adjusted, executed)], ..assessment(vec![row]) };
        let scored = score(&form, profile("mof-2020"));
        assert_eq!(scored.computed_total.unwrap().to_string(), points, "{executed} of {adjusted}");
    }
}

#[test]
fn just_below_a_target_no_point_is_lost_but_the_target_is_not_met() {
    let row = number("600 万元", "5999999.00 元", "10");
    let scored = row_of(&row, "mof-2020");
    assert_eq!(scored.unrounded, Some(decimal("9.9999983333333333333333333333")));
    assert_eq!(scored.case.as_str(), "at_least.below_target");
    assert!(!scored.is_below(row.weight));
}

#[test]
fn partial_with_nine_of_ten_declared_gives_the_end_of_the_band() {
    let mut row = number("效果明显", "有所改善", "10");
    row.achievement = Some(Achievement::Partial);
    row.declared_score = Some(decimal("9"));
    let scored = row_of(&row, "mof-2020");
    assert_eq!(scored.points.unwrap().to_string(), "7.99");
    assert_eq!(scored.case.as_str(), "qualitative.outside_band");
}

#[test]
fn the_rounded_total_is_graded() {
    let limits = profile("mof-2020").grade_limits.value;
    for (total, grade) in [
        ("100", Grade::Excellent),
        ("90.00", Grade::Excellent),
        ("89.99", Grade::Good),
        ("80", Grade::Good),
        ("79.99", Grade::Fair),
        ("60", Grade::Fair),
        ("59.99", Grade::Poor),
        ("0", Grade::Poor),
    ] {
        assert_eq!(limits.grade(decimal(total)), grade, "{total}");
    }
}

#[test]
fn a_half_is_rounded_away_from_zero() {
    // 1 × 1 ÷ 8 = 0.125, and 1 × 3 ÷ 8 = 0.375.
    assert_eq!(row_of(&number("≥8", "1", "1"), "mof-2020").points.unwrap().to_string(), "0.13");
    assert_eq!(row_of(&number("≥8", "3", "1"), "mof-2020").points.unwrap().to_string(), "0.38");
}
