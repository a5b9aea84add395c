//! Derivations: formulas that a pocket calculator can check.

use crate::{Achievement, Assessment, Row, derive, score};

use super::{assessment, decimal, number, profile, sample};

#[test]
fn formulas_have_their_numbers_put_in() {
    for (target, actual, weight, formula, unrounded) in [
        ("≥5662人", "4044人", "2.00", "2 × 4044 ÷ 5662", "1.4284705051"),
        ("≥100%", "97.30%", "2", "2 × 97.3 ÷ 100", "1.946"),
        ("≥50个", "50", "8", "50 ≥ 50 → 8", "8"),
        ("≤5300元/户", "5830元/户", "10", "10 × 5300 ÷ 5830", "9.0909090909"),
        ("600万元", "5999999.00元", "10", "10 × 5999999 ÷ 6000000", "9.9999983333"),
        ("10-15", "12", "4", "10 ≤ 12 ≤ 15 → 4", "4"),
        ("10-15", "20", "4", "4 × 15 ÷ 20", "3"),
        ("≥0", "-1", "4", "-1 < 0 → 0", "0"),
        ("≥5", "-1", "4", "4 × 0 ÷ 5", "0"),
        ("2023年12月", "2023年10月", "5", "2023-10-31 ≤ 2023-12-31 → 5", "5"),
    ] {
        let form = assessment(vec![number(target, actual, weight)]);
        let profile = profile("mof-2020");
        let derivation = derive(&form, profile, &score(&form, profile));
        assert_eq!(derivation.rows[0].formula, formula);
        assert_eq!(derivation.rows[0].unrounded.as_deref(), Some(unrounded));
    }
}

#[test]
fn the_linear_formula_and_the_bands_are_written_out() {
    let show = |row: Row, code: &str| {
        let form = assessment(vec![row]);
        let profile = profile(code);
        derive(&form, profile, &score(&form, profile)).rows.remove(0)
    };
    let row = show(number("≤5300元/户", "5830元/户", "10"), "linear-inverse");
    assert_eq!(row.formula, "10 × max(0, 1 − (5830 − 5300) ÷ 5300)");
    assert_eq!(row.settings[0].value, "linear");
    let mut partial = number("效果明显", "有所改善", "10");
    partial.achievement = Some(Achievement::Partial);
    partial.declared_score = Some(decimal("9"));
    let row = show(partial, "mof-2020");
    assert_eq!(row.formula, "min(max(9.00, 6.00), 7.99)");
    assert_eq!(row.settings[0].name, "bands");
}

#[test]
fn inputs_stand_as_given_and_as_understood() {
    let form = assessment(vec![number("5亿元", "6.47", "10")]);
    let profile = profile("mof-2020");
    let derivation = derive(&form, profile, &score(&form, profile));
    let inputs: Vec<(&str, &str)> =
        derivation.rows[0].inputs.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(
        inputs,
        [
            ("target_text", "5亿元"),
            ("comparison", "at_least"),
            ("target", "5亿元"),
            ("target_scaled", "500000000 元"),
            ("actual_text", "6.47"),
            ("actual", "6.47亿元"),
            ("actual_scaled", "647000000 元"),
        ]
    );
}

#[test]
fn the_sample_is_derived_as_the_design_shows() {
    let form = sample();
    let profile = profile("mof-2020-department");
    let derivation = derive(&form, profile, &score(&form, profile));
    let execution = &derivation.rows[1];
    assert_eq!(execution.case.as_str(), "budget_execution.below");
    assert_eq!(execution.formula, "10 × 1345343.00 ÷ 2070000.00");
    assert_eq!(execution.unrounded.as_deref(), Some("6.4992415459"));
    assert_eq!(
        execution.inputs,
        [("executed_amount", "1345343.00".to_owned()), ("adjusted_amount", "2070000.00".to_owned()),]
    );
    let setting = &execution.settings[0];
    assert_eq!((setting.name, setting.value.as_str()), ("denominator", "full_year"));
    let process = derivation.levels.iter().find(|level| level.level1 == "过程").expect("过程");
    assert_eq!((process.weight, process.computed), (Some(decimal("30")), Some(decimal("12.5"))));
    assert_eq!(derivation.total.attainable, Some(decimal("96.5")));
    assert_eq!(derivation.total.grade.unwrap().as_str(), "poor");
}

#[test]
fn an_empty_assessment_has_an_empty_derivation() {
    let form = Assessment::default();
    let profile = profile("mof-2020");
    let derivation = derive(&form, profile, &score(&form, profile));
    assert!(derivation.rows.is_empty() && derivation.levels.is_empty());
}
