//! Findings about declared scores, totals and grades.

use crate::findings::{Evidence, FindingCode, Language};
use crate::tests::{assessment, decimal, number, spent};
use crate::{Achievement, Assessment, Row};

use super::{earns, find};

fn declared(target: &str, actual: &str, weight: &str, score: &str) -> Row {
    Row { declared_score: Some(decimal(score)), ..number(target, actual, weight) }
}

fn total(rows: Vec<Row>, total: &str) -> Assessment {
    Assessment { declared_total: Some(decimal(total)), ..assessment(rows) }
}

#[test]
fn a_declared_score_above_its_weight_is_an_error() {
    let code = FindingCode::DeclaredExceedsWeight;
    let form = assessment(vec![declared("8000", "12767.36", "20", "31.9")]);
    assert_eq!(find(&form, code).pointer, "/results/0/declared_score");
    assert_eq!(find(&form, code).message(Language::Zh), "“指标”自评31.90分，高于分值20.00分。");
    assert!(!earns(&assessment(vec![declared("8000", "12767.36", "20", "20")]), code));
}

#[test]
fn a_declared_score_beyond_the_tolerance_differs() {
    let code = FindingCode::DeclaredDiffersFromComputed;
    let form = |score: &str| assessment(vec![declared("98%", "98%", "20", score)]);
    assert_eq!(find(&form("19.6"), code).message(Language::Zh), "“指标”自评19.60分，测算20.00分，相差-0.40分。");
    assert!(earns(&form("19.89"), code));
    assert!(!earns(&form("19.9"), code));
    assert!(!earns(&assessment(vec![number("98%", "90%", "20")]), code));
}

#[test]
fn the_total_is_compared_where_no_row_declares_a_score() {
    let code = FindingCode::DeclaredDiffersFromComputed;
    let form = total(vec![number("≥100", "50", "100")], "90");
    let finding = find(&form, code);
    assert_eq!((finding.pointer.as_str(), finding.row), ("/declared/total", None));
    assert_eq!(finding.message(Language::Zh), "自评90.00分，测算50.00分，相差40.00分。");
    assert!(!earns(&total(vec![number("≥100", "50", "100")], "50.1"), code));
    assert!(!earns(&total(vec![declared("≥100", "50", "100", "50")], "90"), code));
}

#[test]
fn the_declared_total_is_to_be_the_sum_of_its_rows() {
    let code = FindingCode::DeclaredTotalDiffersFromRows;
    let rows = || vec![declared("≥1", "1", "60", "60"), declared("≥1", "1", "40", "39.6")];
    assert_eq!(find(&total(rows(), "100"), code).pointer, "/declared/total");
    assert!(!earns(&total(rows(), "99.6"), code));
    let mut partly = rows();
    partly.push(number("≥1", "1", "0"));
    assert!(!earns(&total(partly, "100"), code));
    assert!(!earns(&total(Vec::new(), "100"), code));
}

#[test]
fn a_declared_total_that_cannot_be_attained_is_named_with_what_is_lost() {
    let code = FindingCode::DeclaredTotalExceedsAttainable;
    let rows = || vec![number("≥100人", "50人", "40"), number("≥100", "", "60")];
    let finding = find(&total(rows(), "90"), code);
    assert_eq!(finding.message(Language::Zh), "自评总分90.00分高于可达到的最高分80.00分：指标50人，失20.00分。");
    assert!(matches!(finding.get("lost"), Some(Evidence::List(lost)) if lost.len() == 1));
    assert!(!earns(&total(rows(), "80"), code));
    let light = total(vec![number("≥1", "1", "50")], "60");
    assert_eq!(find(&light, code).message(Language::En), "The declared total of 60.00 exceeds the attainable 50.00.");
}

#[test]
fn a_total_far_above_the_rate_outruns_the_spending() {
    let code = FindingCode::PerformanceOutrunsSpending;
    let with = |total_score: Option<&str>, executed: &str| Assessment {
        lines: vec![spent("1000", executed)],
        declared_total: total_score.map(decimal),
        ..assessment(vec![number("≥1", "1", "100")])
    };
    let finding = find(&with(Some("100"), "649.9"), code);
    assert_eq!(finding.message(Language::Zh), "总分100.00分，而预算执行率仅64.99%。");
    assert_eq!(find(&with(None, "649.9"), code).pointer, "/execution");
    assert!(!earns(&with(Some("100"), "800"), code));
    assert!(earns(&with(Some("100"), "799.99"), code));
    assert!(!earns(&with(Some("80"), "649.9"), code));
    assert!(!earns(&assessment(vec![number("≥1", "1", "100")]), code));
}

#[test]
fn a_declared_score_outside_its_band_is_named() {
    let code = FindingCode::DeclaredOutsideBand;
    let form = |score: &str| {
        let mut row = declared("效果明显", "有所改善", "10", score);
        row.achievement = Some(Achievement::Partial);
        assessment(vec![row])
    };
    assert_eq!(
        find(&form("9"), code).message(Language::Zh),
        "“指标”部分达成，自评9.00分不在6.00–7.99分的档次内，按7.99分计。"
    );
    assert!(!earns(&form("7"), code));
    assert!(!earns(&assessment(vec![declared("≥10", "5", "10", "9")]), code));
}

#[test]
fn a_grade_is_to_follow_from_the_declared_total_and_to_be_in_the_scale() {
    let code = FindingCode::GradeDiffers;
    let graded = |word: &str, score: Option<&str>| Assessment {
        declared_total: score.map(decimal),
        declared_grade_text: Some(word.to_owned()),
        ..Assessment::default()
    };
    assert_eq!(
        find(&graded("优秀", Some("100")), code).message(Language::Zh),
        "填报的等级为“优秀”，自评总分100.00分对应“优”，等级应为优、良、中、差之一。"
    );
    assert!(earns(&graded("良", Some("71.7")), code));
    assert!(earns(&graded("优秀", None), code));
    assert!(!earns(&graded("优", Some("90.00")), code));
    assert!(earns(&graded("优", Some("89.99")), code));
    assert!(!earns(&graded("优", None), code));
    assert!(!earns(&graded("/", Some("100")), code));
}

#[test]
fn full_marks_throughout_are_for_information() {
    let code = FindingCode::AllFullMarks;
    let full = || declared("≥1", "1", "50", "50");
    assert_eq!(find(&assessment(vec![full(), full()]), code).pointer, "/results");
    assert!(!earns(&assessment(vec![full(), declared("≥1", "1", "50", "49")]), code));
    assert!(!earns(&assessment(vec![full(), number("≥1", "1", "50")]), code));
    assert!(!earns(&Assessment::default(), code));
}
