//! Every case of the scoring rule, one line each.

use crate::{Assessment, Case, EqualRule, Measure, Quantity, Row, Target, score};

use super::{assessment, decimal, number, profile, row_of, spent};

/// `target | actual | weight | profile | points | case`.
const NUMBERS: &[(&str, &str, &str, &str, &str, &str)] = &[
    ("≥50个", "50", "8", "mof-2020", "8.00", "at_least.met"),
    ("≥50个", "51", "8", "mof-2020", "8.00", "at_least.met"),
    ("≥5662人", "4044人", "2", "mof-2020", "1.43", "at_least.below_target"),
    ("≥100%", "-3%", "2", "mof-2020", "0.00", "at_least.below_target"),
    ("≥0", "0", "5", "mof-2020", "5.00", "at_least.met"),
    ("≥0", "-1", "5", "mof-2020", "0.00", "at_least.target_not_positive"),
    ("≥-5%", "-6%", "5", "mof-2020", "0.00", "at_least.target_not_positive"),
    ("≥-5%", "-4%", "5", "mof-2020", "5.00", "at_least.met"),
    ("≤100", "100", "10", "mof-2020", "10.00", "at_most.met"),
    ("≤5300元/户", "5830元/户", "10", "mof-2020", "9.09", "at_most.above_target_ratio"),
    ("≤5300元/户", "5830元/户", "10", "linear-inverse", "9.00", "at_most.above_target_linear"),
    ("≤100", "201", "10", "linear-inverse", "0.00", "at_most.above_target_linear"),
    ("≤0", "1", "10", "mof-2020", "0.00", "at_most.target_not_positive"),
    ("≤-5%", "-4%", "10", "mof-2020", "0.00", "at_most.target_not_positive"),
    ("≤3起", "无", "10", "mof-2020", "10.00", "at_most.met"),
    ("=12期", "12", "6", "mof-2020", "6.00", "equal.met"),
    ("=12期", "15", "6", "mof-2020", "6.00", "equal.met"),
    ("=12期", "9", "6", "mof-2020", "4.50", "equal.below_target"),
    ("=0起", "0起", "10", "mof-2020", "10.00", "equal.met"),
    ("=0起", "3起", "10", "mof-2020", "0.00", "equal.target_not_positive"),
    ("0起", "3起", "10", "mof-2020", "0.00", "equal.target_not_positive"),
    ("10-15", "12", "4", "mof-2020", "4.00", "between.inside"),
    ("10-15", "10", "4", "mof-2020", "4.00", "between.inside"),
    ("10-15", "15", "4", "mof-2020", "4.00", "between.inside"),
    ("10~15", "5", "4", "mof-2020", "2.00", "between.below"),
    ("10至15", "20", "4", "mof-2020", "3.00", "between.above"),
    ("0~5", "-1", "4", "mof-2020", "0.00", "between.target_not_positive"),
    ("-5~0", "1", "4", "mof-2020", "0.00", "between.target_not_positive"),
    ("2023年12月", "2023年12月31日", "5", "mof-2020", "5.00", "deadline.met"),
    ("2023年12月", "2024年1月1日", "5", "mof-2020", "0.00", "deadline.late_without_assessment"),
    ("2023年12月15日", "2023年12月", "5", "mof-2020", "0.00", "deadline.late_without_assessment"),
    ("≥50个", "", "8", "mof-2020", "0.00", "actual_missing"),
    ("效果明显", "/", "8", "mof-2020", "0.00", "actual_missing"),
    ("≥50个", "达成预期指标", "8", "mof-2020", "0.00", "actual_unusable"),
    ("2023年12月", "100%", "8", "mof-2020", "0.00", "actual_unusable"),
    ("效果明显", "有所改善", "8", "mof-2020", "0.00", "qualitative.achievement_not_stated_not_declared"),
    ("效果明显", "效果明显", "8", "mof-2020", "8.00", "qualitative.not_declared"),
    ("效果明显", "达成预期指标", "8", "mof-2020", "8.00", "qualitative.not_declared"),
];

#[test]
fn every_case_of_numbers_and_deadlines_gives_its_points() {
    for (target, actual, weight, code, points, case) in NUMBERS {
        let scored = row_of(&number(target, actual, weight), code);
        assert_eq!(scored.case.as_str(), *case, "{target} {actual}");
        assert_eq!(scored.points.unwrap().to_string(), *points, "{target} {actual}");
    }
}

#[test]
fn a_two_sided_equal_loses_on_both_sides() {
    let mut two_sided = profile("mof-2020").clone();
    two_sided.equal.value = EqualRule::TwoSided;
    for (actual, points, case) in [
        ("12", "6.00", Case::EqualMet),
        ("9", "4.50", Case::EqualOffTarget),
        ("15", "4.50", Case::EqualOffTarget),
        ("30", "0.00", Case::EqualOffTarget),
    ] {
        let form = assessment(vec![number("=12期", actual, "6")]);
        let scored = score(&form, &two_sided).rows[0];
        assert_eq!((scored.case, scored.points.unwrap().to_string().as_str()), (case, points));
    }
}

#[test]
fn a_number_or_deadline_without_a_usable_target_has_no_points() {
    let mut row = number("≥50个", "50", "10");
    row.target = None;
    assert_eq!(row_of(&row, "mof-2020").case, Case::TargetMissing);
    row.target = Some(Target::Text("若干".to_owned()));
    assert_eq!(row_of(&row, "mof-2020").case, Case::TargetMissing);
    let mut row = number("10-15", "12", "10");
    let bound = Quantity::parse("10").expect("a quantity");
    row.target = Some(Target::Number { bound, upper: None });
    assert_eq!(row_of(&row, "mof-2020").case, Case::TargetMissing);
    let mut row = number("2023年12月", "2023年12月", "10");
    row.target = None;
    assert_eq!(row_of(&row, "mof-2020").case, Case::TargetMissing);
}

#[test]
fn execution_is_scored_from_the_amounts_of_the_lines() {
    let score_of = |code: &str, adjusted: &str, executed: &str| {
        let row = Row::new("预算执行率", Measure::BudgetExecution, decimal("10"));
        let mut line = spent(adjusted, executed);
        line.initial = decimal("200");
        let form = Assessment { lines: vec![line], ..assessment(vec![row]) };
        let scored = score(&form, profile(code)).rows[0];
        (scored.case, scored.points.unwrap().to_string())
    };
    let below = |points: &str| (Case::BudgetExecutionBelow, points.to_owned());
    assert_eq!(score_of("mof-2020", "2070000", "1345343"), below("6.50"));
    assert_eq!(score_of("initial-budget", "100", "100"), below("5.00"));
    assert_eq!(score_of("mof-2020", "100", "-5"), below("0.00"));
    assert_eq!(score_of("mof-2020", "50", "52"), (Case::BudgetExecutionFull, "10.00".to_owned()));
    assert_eq!(score_of("mof-2020", "0", "0"), (Case::BudgetExecutionUndefined, "0.00".to_owned()));
}

#[test]
fn case_ids_are_unique_and_lead_back_to_their_case() {
    for case in Case::ALL {
        assert_eq!(Case::from_name(case.as_str()), Some(*case));
        assert!(!case.zh().is_empty() && !case.en().is_empty());
    }
}
