//! Publishing: what was frozen becomes a score.

use super::model::{ScoreId, ScoreRow};
use super::store;
use crate::assessments::Content;
use crate::assessments::loaded::Loaded;
use crate::db::Connection;
use crate::db::types::{Instant, Stored};
use crate::error::{Error, Result};
use crate::organizations;

/// Publishes an approved assessment as a score.
pub fn publish(c: &mut Connection, loaded: &Loaded) -> Result<()> {
    let (row, project) = (&loaded.row, &loaded.project);
    let frozen = row.frozen_content.as_ref().zip(row.content_hash.as_ref());
    let (text, hash) =
        frozen.ok_or_else(|| Error::internal(&format!("assessment {} is approved but not frozen", row.id)))?;
    let content = Content::thaw(text)?;
    let organization = organizations::store::find(c, &project.organization_id)?;
    let summary = content.summary;
    let score = ScoreRow {
        id: ScoreId::new(),
        assessment_id: row.id.clone(),
        project_id: project.id.clone(),
        organization_id: organization.id,
        fiscal_year: project.fiscal_year,
        project_code: project.code.clone(),
        project_name: project.name.clone(),
        organization_code: organization.code,
        organization_name: organization.name,
        kind: row.kind,
        revision: row.revision,
        rule_profile_code: row.rule_profile_code.clone(),
        rule_profile_version: row.rule_profile_version,
        declared_total: row.declared_total,
        computed_total: summary.computed_total,
        final_total: summary.final_total,
        grade: summary.final_grade,
        adjusted_amount: summary.execution.adjusted_amount,
        executed_amount: summary.execution.executed_amount,
        execution_rate: summary.execution.rate,
        levels: Stored(summary.levels),
        content_hash: hash.clone(),
        supersedes_id: store::current(c, &row.id)?,
        published_at: Instant::now(),
    };
    store::insert(c, &score, text)
}
