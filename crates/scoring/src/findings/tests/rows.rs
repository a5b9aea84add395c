//! Findings about rows: values that are missing or unusable, reasons, achievements.

use crate::findings::{FindingCode, Language};
use crate::tests::{assessment, decimal, number, spent};
use crate::{Achievement, Assessment, Comparison, Measure, Row, Target};

use super::{earns, find};

fn form(row: Row) -> Assessment {
    assessment(vec![row])
}

fn written(target: &str, actual: &str) -> Assessment {
    form(number(target, actual, "10"))
}

#[test]
fn a_row_without_an_actual_earns_actual_missing() {
    let finding = find(&written("≥90%", "/"), FindingCode::ActualMissing);
    assert_eq!((finding.pointer.as_str(), finding.row), ("/results/0/actual_text", Some(0)));
    assert_eq!(finding.message(Language::Zh), "“指标”没有填报实际完成值，10.00分按0分计。");
    assert!(earns(&written("效果明显", ""), FindingCode::ActualMissing));
    assert!(!earns(&written("≥90%", "95%"), FindingCode::ActualMissing));
    assert!(!earns(&written("≤3起", "无"), FindingCode::ActualMissing));
    let execution = Row::new("预算执行率", Measure::BudgetExecution, decimal("10"));
    assert!(!earns(&form(execution), FindingCode::ActualMissing));
}

#[test]
fn a_number_or_deadline_without_a_usable_target_earns_target_missing() {
    let mut row = number("≥50个", "50个", "10");
    row.target = None;
    assert_eq!(find(&form(row.clone()), FindingCode::TargetMissing).pointer, "/results/0/target_text");
    row.target = Some(Target::Text("若干".to_owned()));
    assert!(earns(&form(row.clone()), FindingCode::TargetMissing));
    row.measure = Measure::Qualitative;
    assert!(!earns(&form(row), FindingCode::TargetMissing));
    let mut row = number("10-15", "12", "10");
    assert!(!earns(&form(row.clone()), FindingCode::TargetMissing));
    if let Some(Target::Number { upper, .. }) = &mut row.target {
        *upper = None;
    }
    assert!(earns(&form(row.clone()), FindingCode::TargetMissing));
    row.comparison = Some(Comparison::AtLeast);
    assert!(!earns(&form(row), FindingCode::TargetMissing));
    assert!(!earns(&written("2023年12月", ""), FindingCode::TargetMissing));
}

#[test]
fn an_actual_of_another_kind_earns_actual_unusable() {
    for (target, actual) in [("≥50个", "达成预期指标"), ("2023年12月", "100%"), ("≥50个", "10-15")] {
        assert!(earns(&written(target, actual), FindingCode::ActualUnusable), "{target}");
    }
    let finding = find(&written("≥50个", "良好"), FindingCode::ActualUnusable);
    assert_eq!(
        finding.message(Language::En),
        "“指标” has the target “≥50个”: the actual “良好” cannot be compared, 0 of 10.00 points."
    );
    for (target, actual) in [("≥50个", "50"), ("效果明显", "100%"), ("≥50个", "")] {
        assert!(!earns(&written(target, actual), FindingCode::ActualUnusable), "{target}");
    }
}

#[test]
fn lost_points_without_a_reason_earn_reason_missing() {
    let below = |reason: Option<&str>| {
        let mut row = number("≥5662人", "4044人", "2");
        row.deviation_reason = reason.map(str::to_owned);
        form(row)
    };
    let finding = find(&below(None), FindingCode::ReasonMissing);
    assert_eq!(finding.pointer, "/results/0/deviation_reason");
    assert_eq!(finding.message(Language::Zh), "“指标”得1.43分，分值2.00分，没有说明偏差原因。");
    for none in ["", "无", "/", "—"] {
        assert!(earns(&below(Some(none)), FindingCode::ReasonMissing), "{none}");
    }
    assert!(!earns(&below(Some("疫情影响")), FindingCode::ReasonMissing));
    // What is missing or cannot be read is one error and not two.
    assert!(!earns(&written("≥90%", ""), FindingCode::ReasonMissing));
    assert!(!earns(&written("≥90%", "情况良好"), FindingCode::ReasonMissing));
    assert!(!earns(&written("600万元", "5999999.00元"), FindingCode::ReasonMissing));
    assert!(!earns(&written("≥90%", "95%"), FindingCode::ReasonMissing));
}

#[test]
fn an_execution_rate_below_ninety_per_cent_needs_a_reason_of_its_row_or_form() {
    let code = FindingCode::ReasonMissing;
    let row = |weight: &str, reason: Option<&str>| Row {
        deviation_reason: reason.map(str::to_owned),
        ..Row::new("预算执行率", Measure::BudgetExecution, decimal(weight))
    };
    let spent_of =
        |executed: &str, rows: Vec<Row>| Assessment { lines: vec![spent("1000", executed)], ..assessment(rows) };
    let low = find(&spent_of("890", vec![row("10", None)]), code);
    assert_eq!(low.message(Language::Zh), "“预算执行率”得8.90分，分值10.00分，预算执行率89.00%，没有说明偏差原因。");
    assert!(earns(&spent_of("890", vec![row("0", None)]), code));
    assert!(!earns(&spent_of("900", vec![row("0", None)]), code));
    assert!(!earns(&spent_of("890", vec![row("10", Some("项目延期"))]), code));
    let mut whole = spent_of("890", Vec::new());
    let finding = find(&whole, code);
    assert_eq!((finding.pointer.as_str(), finding.row), ("/execution", None));
    assert_eq!(finding.message(Language::Zh), "预算执行率89.00%，没有说明偏差原因。");
    whole.deviation_reason = Some("项目延期".to_owned());
    assert!(!earns(&whole, code));
    assert!(!earns(&spent_of("900", Vec::new()), code));
}

#[test]
fn achievements_are_inferred_asked_for_or_stated() {
    let inferred = FindingCode::AchievementInferred;
    let not_stated = FindingCode::AchievementNotStated;
    assert!(earns(&written("效果明显", "达成预期指标"), inferred));
    assert!(!earns(&written("效果明显", "达成预期指标"), not_stated));
    assert!(earns(&written("效果明显", "有所改善"), not_stated));
    assert!(!earns(&written("效果明显", "有所改善"), inferred));
    let mut row = number("效果明显", "有所改善", "10");
    row.declared_score = Some(decimal("9"));
    assert!(earns(&form(row.clone()), not_stated));
    row.achievement = Some(Achievement::Achieved);
    assert!(!earns(&form(row), not_stated));
    assert!(!earns(&written("效果明显", ""), not_stated));
}

#[test]
fn a_late_deadline_without_an_achievement_is_asked_for_one() {
    let code = FindingCode::LateWithoutAssessment;
    let finding = find(&written("2023年10月", "2023年12月"), code);
    assert_eq!(finding.message(Language::Zh), "“指标”应于2023-10前完成，实际2023-12，未说明完成程度，10.00分按0分计。");
    assert!(!earns(&written("2023年12月", "2023年10月"), code));
    let mut row = number("2023年10月", "2023年12月", "10");
    row.declared_score = Some(decimal("10"));
    let capped = find(&form(row.clone()), FindingCode::LateCapped);
    let message = capped.message(Language::Zh);
    assert_eq!(message, "“指标”应于2023-10前完成，实际2023-12，未说明完成程度，得7.99分，分值10.00分。");
    assert!(!earns(&form(row.clone()), code), "what is declared counts, capped");
    row.achievement = Some(Achievement::Partial);
    assert!(!earns(&form(row.clone()), code) && !earns(&form(row), FindingCode::LateCapped));
}
