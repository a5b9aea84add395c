//! Publishing: what was frozen becomes a score.

use super::model::{ScoreId, ScoreRow};
use super::store;
use crate::assessments::loaded::Loaded;
use crate::db::Connection;
use crate::http::error::{Error, Result};
use crate::values::input::{FromText, Misread};
use crate::values::{Instant, Stored};

/// Publishes an approved assessment as a score.
pub fn publish(c: &mut Connection, loaded: &Loaded) -> Result<()> {
    let (row, project) = (&loaded.row, &loaded.project);
    let unfrozen = || Error::internal(&format!("assessment {} is approved but not frozen", row.id));
    let (hash, content) = row.content_hash.as_ref().zip(loaded.content(c)?).ok_or_else(unfrozen)?;
    // Names may have changed since; the score says what was frozen, which its hash covers.
    let (identity, summary) = (content.identity, content.summary);
    // A rule without points gives no score: what was reached is in the assessment, which is published.
    if !loaded.profile()?.is_scored.value {
        return Ok(());
    }
    let unweighted = || Error::internal(&format!("assessment {} was submitted without weights", row.id));
    let (computed_total, final_total) = summary.computed_total.zip(summary.final_total).ok_or_else(unweighted)?;
    let is_reviewed = content.results.iter().any(|result| result.reviewed_score.is_some());
    let frozen_id = |misread: Misread| Error::internal(&misread.detail.en);
    let score = ScoreRow {
        id: ScoreId::new(),
        assessment_id: row.id.clone(),
        project_id: project.id.clone(),
        organization_id: FromText::from_text(&identity.organization_id).map_err(frozen_id)?,
        fiscal_year: identity.fiscal_year,
        project_code: FromText::from_text(&identity.project_code).map_err(frozen_id)?,
        project_name: FromText::from_text(&identity.project_name).map_err(frozen_id)?,
        organization_code: FromText::from_text(&identity.organization_code).map_err(frozen_id)?,
        organization_name: FromText::from_text(&identity.organization_name).map_err(frozen_id)?,
        kind: row.kind,
        revision: row.revision,
        rule_profile_code: row.rule_profile_code.clone(),
        rule_profile_version: row.rule_profile_version,
        declared_total: row.declared_total,
        computed_total,
        final_total,
        grade: summary.final_grade.ok_or_else(unweighted)?,
        adjusted_amount: summary.execution.adjusted_amount,
        executed_amount: summary.execution.executed_amount,
        execution_rate: summary.execution.rate,
        levels: Stored::new(&summary.levels)?,
        content_hash: hash.clone(),
        supersedes_id: store::current(c, &row.id)?,
        published_at: Instant::now(),
        reviewed_total: is_reviewed.then_some(final_total),
    };
    store::insert(c, &project.division_code, &score)
}
