//! Checks of rows that report nothing: an honest zero needs its reason, the rest a reviewer.

use super::results::actual_text;
use super::{Evidence, Finding, FindingCode};
use crate::{Row, RowScore, RowStatus};

pub(super) fn check_row(index: usize, row: &Row, score: &RowScore, findings: &mut Vec<Finding>) {
    let status = row.status();
    let is_honest = row.has_deviation_reason() && row.declared_score.is_none_or(|declared| declared.is_zero());
    let code = match status {
        RowStatus::Reported => return,
        RowStatus::NotDone | RowStatus::NoSurvey if is_honest => FindingCode::RowNotDone,
        RowStatus::NotDone | RowStatus::NoSurvey => FindingCode::ActualMissing,
        RowStatus::NotApplicable | RowStatus::NotYetAvailable => FindingCode::RowWithoutResult,
    };
    let mut evidence = vec![("name", Evidence::text(&row.name)), ("status", Evidence::text(status.as_str()))];
    evidence.push(("actual_text", Evidence::Text(actual_text(row))));
    evidence.extend(row.weight.map(|weight| ("weight", Evidence::amount(weight))));
    evidence.extend(score.points.map(|points| ("points", Evidence::amount(points))));
    evidence.extend(row.declared_score.map(|declared| ("declared_score", Evidence::amount(declared))));
    let field = if code == FindingCode::ActualMissing { "actual_text" } else { "status" };
    findings.push(Finding::of_row(code, index, field, evidence));
}
