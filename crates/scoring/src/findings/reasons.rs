//! Checks of deviation reasons.

use super::evidence::percent;
use super::{Evidence, Finding, FindingCode};
use crate::{Assessment, Case, Measure, Profile, Row, RowScore, Scored};

pub(super) fn check_row(
    (index, row, score): (usize, &Row, &RowScore),
    assessment: &Assessment,
    profile: &Profile,
    scored: &Scored,
    findings: &mut Vec<Finding>,
) {
    let measures_execution = row.measure == Measure::BudgetExecution;
    // The official block of funds has no cell for a reason: that of the whole form answers.
    let is_answered = row.has_deviation_reason() || measures_execution && assessment.has_deviation_reason();
    let needs_one = match measures_execution {
        true => is_rate_low(profile, scored),
        // Nobody has a reason for what cannot be read; that is another error of the same cell.
        false => (score.is_below(row.weight) || score.is_reached == Some(false)) && !is_said_otherwise(score.case),
    };
    if is_answered || !needs_one {
        return;
    }
    let mut evidence = vec![("name", Evidence::text(&row.name))];
    evidence.extend(score.points.map(|points| ("points", Evidence::amount(points))));
    evidence.extend(row.weight.map(|weight| ("weight", Evidence::amount(weight))));
    if measures_execution {
        evidence.extend(rate(scored));
    }
    findings.push(Finding::of_row(FindingCode::ReasonMissing, index, "deviation_reason", evidence));
}

const fn is_said_otherwise(case: Case) -> bool {
    matches!(
        case,
        Case::ActualMissing
            | Case::ActualUnusable
            | Case::DeadlineLateWithoutAssessment
            | Case::NotDone
            | Case::NotApplicable
            | Case::NotYetAvailable
            | Case::NoSurvey
    )
}

/// Where no row measures execution, the rate as a whole needs a reason of the form as a whole.
pub(super) fn check(assessment: &Assessment, profile: &Profile, scored: &Scored, findings: &mut Vec<Finding>) {
    let has_row = assessment.rows.iter().any(|row| row.measure == Measure::BudgetExecution);
    if has_row || assessment.has_deviation_reason() || !is_rate_low(profile, scored) {
        return;
    }
    let evidence = rate(scored).into_iter().collect();
    findings.push(Finding::of_document(FindingCode::ReasonMissing, "/execution", evidence));
}

/// Compared unrounded: 0.8999999 is below 0.90.
fn is_rate_low(profile: &Profile, scored: &Scored) -> bool {
    let rate = scored.execution.exact_rate();
    rate.is_some_and(|rate| rate < profile.reason_execution_rate.value)
}

/// The execution rate as evidence, a ratio of six decimals.
pub(super) fn rate(scored: &Scored) -> Option<(&'static str, Evidence)> {
    scored.execution.rate.map(|rate| ("execution_rate", Evidence::ratio(rate, 6)))
}

/// What a row reached, in a few words: the rate, or the actual.
pub(super) fn reached(row: &Row, scored: &Scored) -> Option<String> {
    if row.measure == Measure::BudgetExecution {
        return scored.execution.rate.map(percent);
    }
    row.actual.as_ref().map(ToString::to_string)
}
