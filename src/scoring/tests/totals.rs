//! Totals, what can be attained, reviewed scores.

use crate::scoring::{Assessment, Grade, Measure, Row, levels, score};

use super::{assessment, decimal, number, profile, spent};

#[test]
fn a_missing_value_loses_nothing_of_the_attainable_total() {
    let rows = vec![
        number("≥100", "50", "40"),
        number("≥100", "", "30"),
        number("≥100", "良好", "20"),
        number("效果明显", "有所改善", "10"),
    ];
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!(scored.computed_total, decimal("20"));
    assert_eq!(scored.attainable_total, decimal("80"));
}

#[test]
fn an_undefined_rate_loses_nothing_either() {
    let rows = vec![Row::new("预算执行率", Measure::BudgetExecution, decimal("10"))];
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!((scored.computed_total, scored.attainable_total), (decimal("0"), decimal("10")));
}

#[test]
fn a_reviewed_score_is_final_and_held_to_the_weight() {
    let mut rows = vec![number("≥100", "50", "10"), number("≥100", "50", "10")];
    rows[0].reviewed_score = Some(decimal("7.5"));
    rows[1].reviewed_score = Some(decimal("70"));
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!(scored.computed_total, decimal("10"));
    assert_eq!(scored.final_total, decimal("17.5"));
}

#[test]
fn computed_and_final_totals_have_their_own_grades() {
    let mut rows = vec![number("≥100", "50", "100")];
    rows[0].reviewed_score = Some(decimal("90"));
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!((scored.grade, scored.final_grade), (Grade::Poor, Grade::Excellent));
}

#[test]
fn levels_are_rolled_up_in_order_of_first_appearance() {
    let of = |level1: &str, level2: &str, declared: Option<&str>| Row {
        level1: level1.to_owned(),
        level2: level2.to_owned(),
        declared_score: declared.map(decimal),
        ..number("≥10", "5", "10")
    };
    let form = assessment(vec![
        of("产出", "数量", Some("5")),
        of("效益", "社会效益", None),
        of("产出", "质量", Some("6")),
        of("产出", "数量", Some("7")),
    ]);
    let levels = levels(&form, &score(&form, profile("mof-2020")));
    let names: Vec<_> = levels.iter().map(|level| level.level1.as_str()).collect();
    assert_eq!(names, ["产出", "效益"]);
    assert_eq!((levels[0].weight, levels[0].computed), (decimal("30"), decimal("15")));
    assert_eq!((levels[0].declared, levels[1].declared), (Some(decimal("18")), None));
    assert_eq!(levels[0].level2.len(), 2);
    assert_eq!(levels[0].level2[0].weight, decimal("20"));
}

#[test]
fn the_rate_has_six_decimals_and_the_balance_is_what_is_left() {
    let form = Assessment { lines: vec![spent("100", "30"), spent("200", "170")], ..Assessment::default() };
    let execution = score(&form, profile("mof-2020")).execution;
    assert_eq!(execution.rate.map(|rate| rate.to_string()).as_deref(), Some("0.666667"));
    assert_eq!(execution.balance, decimal("100"));
}
