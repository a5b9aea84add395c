//! Totals, what can be attained, reviewed scores.

use crate::{Assessment, Grade, Measure, Profile, Row, derive, levels, score};

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
    assert_eq!(scored.computed_total, Some(decimal("20")));
    assert_eq!(scored.attainable_total, Some(decimal("80")));
}

#[test]
fn an_undefined_rate_loses_nothing_either() {
    let rows = vec![Row::new("预算执行率", Measure::BudgetExecution, decimal("10"))];
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!((scored.computed_total, scored.attainable_total), (Some(decimal("0")), Some(decimal("10"))));
}

#[test]
fn a_reviewed_score_is_final_and_held_to_the_weight() {
    let mut rows = vec![number("≥100", "50", "10"), number("≥100", "50", "10")];
    rows[0].reviewed_score = Some(decimal("7.5"));
    rows[1].reviewed_score = Some(decimal("70"));
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!(scored.computed_total, Some(decimal("10")));
    assert_eq!(scored.final_total, Some(decimal("17.5")));
}

#[test]
fn computed_and_final_totals_have_their_own_grades() {
    let mut rows = vec![number("≥100", "50", "100")];
    rows[0].reviewed_score = Some(decimal("90"));
    let scored = score(&assessment(rows), profile("mof-2020"));
    assert_eq!((scored.grade, scored.final_grade), (Some(Grade::Poor), Some(Grade::Excellent)));
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
    assert_eq!((levels[0].weight, levels[0].computed), (Some(decimal("30")), Some(decimal("15"))));
    assert_eq!((levels[0].declared, levels[1].declared), (Some(decimal("18")), None));
    assert_eq!(levels[0].level2.len(), 2);
    assert_eq!(levels[0].level2[0].weight, Some(decimal("20")));
}

#[test]
fn the_rate_has_six_decimals_and_the_balance_is_what_is_left() {
    let form = Assessment { lines: vec![spent("100", "30"), spent("200", "170")], ..Assessment::default() };
    let execution = score(&form, profile("mof-2020")).execution;
    assert_eq!(execution.rate.map(|rate| rate.to_string()).as_deref(), Some("0.666667"));
    assert_eq!(execution.balance, decimal("100"));
}

#[test]
fn without_a_weight_nothing_can_be_computed() {
    let weighted = Row::from_texts("培训人数", decimal("10"), Some("≥100人"), Some("100人"));
    let bare = Row { level1: "产出".to_owned(), ..Row::from_texts("合格率", None, Some("≥90%"), Some("95%")) };
    let assessment =
        Assessment { rows: vec![weighted, bare], declared_total: Some(decimal("99")), ..Assessment::default() };
    let profile = Profile::latest("mof-2020").unwrap();
    let scored = score(&assessment, profile);
    assert_eq!((scored.computed_total, scored.final_total, scored.attainable_total), (None, None, None));
    assert_eq!((scored.weight_total, scored.grade, scored.final_grade), (None, None, None));
    assert_eq!((scored.rows[0].points, scored.rows[1].points), (Some(decimal("10.00")), None));
    assert_eq!(scored.rows[1].case.as_str(), "weight_missing");
    assert!(!scored.rows[1].is_below(None));
    let derivation = derive(&assessment, profile, &scored);
    assert_eq!((derivation.total.declared, derivation.total.computed), (Some(decimal("99")), None));
    assert_eq!((derivation.levels[0].computed, derivation.levels[1].computed), (Some(decimal("10.00")), None));
}
