//! Targets and actuals as people write them: no point in silence, and none that is only believed.

use super::decimal;
use crate::findings::{self, Severity};
use crate::{Assessment, Case, Profile, Row, score};

/// Findings that question no reading of a row.
const NO_QUESTIONS: &[&str] = &[
    "reason_missing",
    "achievement_inferred",
    "declared_differs_from_computed",
    "weights_not_100",
    "level1_weight_unusual",
    "all_full_marks",
];

/// How a row came out against what a careful reviewer expects of 10 points; `ask` where a finding is right.
fn outcome(fields: &[&str]) -> &'static str {
    let [level2, name, target, actual, expected] = fields else { panic!("{fields:?}") };
    let mut row = Row::from_texts(name, decimal("10"), Some(target), Some(actual));
    row.level1 = if level2.starts_with("成本") { "成本指标" } else { "产出指标" }.to_owned();
    row.level2 = (*level2).to_owned();
    row.declared_score = Some(decimal("10"));
    let assessment = Assessment { rows: vec![row], ..Assessment::default() };
    let profile = Profile::latest("mof-2020").unwrap();
    let scored = score(&assessment, profile);
    let found = findings::check(&assessment, profile, &scored);
    let of_row: Vec<_> = found.iter().filter(|one| one.row == Some(0)).collect();
    let points = scored.rows[0].points.unwrap_or_default();
    let is_right = expected.split('|').any(|one| one != "ask" && (points - decimal(one)).abs() < decimal("0.006"));
    let blocks =
        of_row.iter().any(|one| one.code.severity() == Severity::Error && one.code.as_str() != "reason_missing");
    let is_questioned = of_row.iter().any(|one| !NO_QUESTIONS.contains(&one.code.as_str()));
    match (is_right, blocks, is_questioned) {
        (true, ..) => "right",
        (false, true, _) => "blocked",
        (false, false, true) if scored.rows[0].case == Case::QualitativeNotStated && !expected.contains("ask") => {
            "believed"
        }
        (false, false, true) => "questioned",
        (false, false, false) => "silent",
    }
}

#[test]
fn no_text_is_scored_wrongly_in_silence_and_none_is_believed() {
    let mut right = 0;
    for line in include_str!("texts.tsv").lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let outcome = outcome(&fields);
        assert!(!matches!(outcome, "silent" | "believed"), "{outcome}: {line}");
        right += usize::from(outcome == "right");
    }
    // What is late is capped and asked about; a careful reviewer would give it nothing.
    assert!(right >= 118, "only {right} are right");
}
