//! Checks of results: values that are missing or unusable, achievements that are not stated.

use super::{Evidence, Finding, FindingCode};
use crate::{Actual, Case, Comparison, Measure, Row, RowScore, RowStatus, Target};

pub(super) fn check_row(index: usize, row: &Row, score: &RowScore, findings: &mut Vec<Finding>) {
    let mut add = |code, field, evidence| {
        findings.push(Finding::of_row(code, index, field, evidence));
    };
    let name_and_weight = || {
        let mut evidence = vec![("name", Evidence::text(&row.name))];
        evidence.extend(row.weight.map(|weight| ("weight", Evidence::amount(weight))));
        evidence
    };
    let is_reported = row.status() == RowStatus::Reported;
    if row.measure != Measure::BudgetExecution && row.actual.is_none() && is_reported {
        add(FindingCode::ActualMissing, "actual_text", name_and_weight());
    }
    if lacks_target(row) {
        let mut evidence = name_and_weight();
        evidence.extend(text("target_text", row.target_text.as_deref()));
        add(FindingCode::TargetMissing, "target_text", evidence);
    }
    if is_actual_unusable(row) && is_reported {
        let mut evidence = name_and_weight();
        evidence.extend(text("target_text", row.target_text.as_deref()));
        evidence.push(("actual_text", Evidence::Text(actual_text(row))));
        add(FindingCode::ActualUnusable, "actual_text", evidence);
    }
    if score.is_achievement_inferred {
        let evidence = vec![("name", Evidence::text(&row.name)), ("actual_text", Evidence::Text(actual_text(row)))];
        add(FindingCode::AchievementInferred, "achievement", evidence);
    }
    match score.case {
        // That figures were not read says more.
        Case::QualitativeNotStated if super::texts::is_figure_not_read(row) => {}
        Case::QualitativeNotStated | Case::QualitativeNotStatedNotDeclared => {
            let mut evidence = name_and_weight();
            evidence.push(("actual_text", Evidence::Text(actual_text(row))));
            evidence.extend(score.points.map(|points| ("points", Evidence::amount(points))));
            add(FindingCode::AchievementNotStated, "achievement", evidence);
        }
        Case::DeadlineLateCapped | Case::DeadlineLateWithoutAssessment => {
            let mut evidence = name_and_weight();
            if let (Some(Target::Deadline(target)), Some(actual)) = (&row.target, &row.actual) {
                evidence.push(("target", Evidence::text(target.to_string())));
                evidence.push(("actual", Evidence::text(actual.to_string())));
            }
            let is_capped = score.case == Case::DeadlineLateCapped;
            evidence.extend(score.points.filter(|_| is_capped).map(|points| ("points", Evidence::amount(points))));
            let code = if is_capped { FindingCode::LateCapped } else { FindingCode::LateWithoutAssessment };
            add(code, "achievement", evidence);
        }
        _ => {}
    }
}

/// Only a number or a deadline needs a target to be scored.
fn lacks_target(row: &Row) -> bool {
    match (row.measure, &row.target) {
        (Measure::Number, Some(Target::Number { upper, .. })) => {
            row.comparison == Some(Comparison::Between) && upper.is_none()
        }
        (Measure::Number, _) => true,
        (Measure::Deadline, target) => !matches!(target, Some(Target::Deadline(_))),
        (Measure::BudgetExecution | Measure::Qualitative, _) => false,
    }
}

/// Asked of the actual itself and not of the case, since a missing target hides it there.
fn is_actual_unusable(row: &Row) -> bool {
    match (row.measure, &row.actual) {
        (Measure::Number, Some(actual)) => !matches!(actual, Actual::Number(_)),
        (Measure::Deadline, Some(actual)) => !matches!(actual, Actual::Deadline(_)),
        _ => false,
    }
}

/// The actual as written, or as understood where no text is kept.
pub(super) fn actual_text(row: &Row) -> String {
    match (&row.actual_text, &row.actual) {
        (Some(text), _) => text.clone(),
        (None, Some(actual)) => actual.to_string(),
        (None, None) => String::new(),
    }
}

fn text(name: &'static str, text: Option<&str>) -> Option<(&'static str, Evidence)> {
    text.map(|text| (name, Evidence::text(text)))
}
