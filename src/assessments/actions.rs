//! Reading assessments as callers see them, and filling in drafts.

use serde_json::Value;

use super::content::{Content, Judged};
use super::finding::FindingView;
use super::guard::{self, Write};
use super::loaded::{Figures, Loaded, load, load_all, load_with};
use super::model::{Action, AssessmentId, AssessmentRow, Declared, SelfAssessment, Status};
use super::request::{NewDeclaration, NewResult, NewSelfAssessment};
use super::result::{ResultRow, ResultView};
use super::{frozen, store, workflow};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::journal::ChangeType;
use crate::findings::{Finding, Language};
use crate::http::error::{Code, Error, FieldError, Result};
use crate::http::etag::{ETag, IfMatch};
use crate::http::representations::{Json, Key, Representations};
use crate::indicators::{Indicator, IndicatorId};
use crate::projects::model::ProjectRow;
use crate::projects::{self, ProjectId};
use crate::rule_profiles::model::{RuleProfileChoice, chosen};
use crate::scoring::Profile;
use crate::values::input::Misread;
use crate::values::{Instant, Stored};

/// One assessment as the caller sees it.
pub fn read(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<SelfAssessment> {
    workflow::view(&load(c, caller, id)?, caller, true)
}

/// One assessment as JSON, with its tag. It is cached by version, so that it is scored once for each version.
pub fn represent(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    kept: &Representations,
) -> Result<(Json, ETag)> {
    let versions = store::versions_of(c, caller, id)?;
    // The actions that the caller may take are part of the JSON, so the caller's scopes are part of the key.
    let key = Key { ids: format!("self-assessments/{id}"), versions, form: format!("{:?}", caller.scopes()) };
    Ok((kept.or_read(key, || read(c, caller, id))?, ETag::versions(versions.0, versions.1)))
}

/// Assessments as the caller sees them, without their results.
pub fn read_all(
    c: &mut Connection,
    caller: &Caller,
    found: Vec<(AssessmentRow, ProjectRow)>,
) -> Result<Vec<SelfAssessment>> {
    load_all(c, found)?.iter().map(|loaded| workflow::view(loaded, caller, false)).collect()
}

/// Assessments as the caller sees them, with their results.
pub fn read_whole(
    c: &mut Connection,
    caller: &Caller,
    found: Vec<(AssessmentRow, ProjectRow)>,
) -> Result<Vec<SelfAssessment>> {
    load_all(c, found)?.iter().map(|loaded| workflow::view(loaded, caller, true)).collect()
}

/// An assessment with its results and findings.
pub struct Judgement {
    /// The assessment.
    pub row: AssessmentRow,
    /// Its results, in the order of the form.
    pub results: Vec<ResultView>,
    findings: Contradictions,
}

/// The findings: as frozen, or computed for a draft.
enum Contradictions {
    Frozen(Box<Content>),
    Live(Vec<Finding>, Vec<IndicatorId>),
}

impl Judgement {
    /// Its findings for a reader of `language`.
    ///
    /// # Errors
    /// When they cannot be written as JSON.
    pub fn findings(&self, language: Language) -> Result<Vec<Value>> {
        match &self.findings {
            Contradictions::Frozen(content) => Ok(content.findings(language).as_array().cloned().unwrap_or_default()),
            Contradictions::Live(findings, ids) => findings
                .iter()
                .map(|one| serde_json::to_value(FindingView::new(one, ids, language)))
                .collect::<serde_json::Result<_>>()
                .map_err(|cause| Error::internal(&cause)),
        }
    }
}

/// Assessments, each with its results and findings.
pub fn judge_all(
    c: &mut Connection,
    caller: &Caller,
    found: Vec<(AssessmentRow, ProjectRow)>,
) -> Result<Vec<Judgement>> {
    let loaded = load_all(c, found)?;
    let found: Vec<&AssessmentRow> = loaded.iter().filter(|one| one.frozen.is_some()).map(|one| &one.row).collect();
    let mut contents = frozen::store::contents(c, &found)?;
    let of = |loaded: Loaded| -> Result<Judgement> {
        let results = workflow::view(&loaded, caller, true)?.results.unwrap_or_default();
        let findings = match contents.remove(&loaded.row.id) {
            Some(content) => Contradictions::Frozen(Box::new(content)),
            None => {
                let assessment = loaded.assessment();
                Contradictions::Live(Judged::new(&assessment, loaded.profile()?).findings, loaded.ids())
            }
        };
        Ok(Judgement { row: loaded.row, results, findings })
    };
    loaded.into_iter().map(of).collect()
}

/// The assessments of each project with their results, one of each kind, the open one first; `figures` are the
/// projects'.
pub fn of_projects(
    c: &mut Connection,
    caller: &Caller,
    ids: &[ProjectId],
    figures: &Figures,
) -> Result<Vec<SelfAssessment>> {
    let found = store::of_projects(c, ids)?;
    load_with(c, found, figures)?.iter().map(|loaded| workflow::view(loaded, caller, true)).collect()
}

/// An explanation of an assessment: computed for a draft, otherwise read from the frozen content.
pub struct Explanation {
    /// Gets it from the frozen content.
    pub frozen: fn(&Content, Language) -> &Value,
    /// Computes it for a draft.
    pub live: fn(&Judged<'_>, &[IndicatorId], Language) -> serde_json::Result<Value>,
}

/// The derivation of every score.
pub const DERIVATION: Explanation = Explanation {
    frozen: Content::derivation,
    live: |judged, ids, language| serde_json::to_value(judged.derivation(ids, language)),
};

/// The findings.
pub const FINDINGS: Explanation = Explanation {
    frozen: Content::findings,
    live: |judged, ids, language| serde_json::to_value(judged.findings(ids, language)),
};

/// The explanation for a reader of `language`, with its tag.
pub fn explain(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    language: Language,
    explanation: &Explanation,
) -> Result<(ETag, Value)> {
    let (row, project) = store::get(c, caller, id)?;
    let etag = ETag::versions(row.version, project.version).with(language.as_str());
    let value = match frozen::store::content_of(c, &row)? {
        Some(content) => (explanation.frozen)(&content, language).clone(),
        None => {
            let loaded = load_all(c, vec![(row, project)])?.pop().ok_or_else(Error::not_found)?;
            let assessment = loaded.assessment();
            let judged = Judged::new(&assessment, loaded.profile()?);
            (explanation.live)(&judged, &loaded.ids(), language).map_err(|cause| Error::internal(&cause))?
        }
    };
    Ok((etag, value))
}

/// Opens an assessment of a project.
pub fn create(c: &mut Connection, caller: &Caller, new: NewSelfAssessment) -> Result<SelfAssessment> {
    let project = projects::store::get(c, caller, &new.project_id)
        .map_err(|error| error.of_reference("/project_id", ("项目", "project"), &new.project_id))?;
    guard::check(c, Write::Opening(project.id.clone()))?;
    let profile = chosen(new.rule_profile.as_ref(), new.kind.map(|kind| kind.0))?;
    let narrative = Stored::new(&new.narrative)?;
    let mut row = AssessmentRow {
        deviation_reason: new.deviation_reason,
        goal_completion: new.goal_completion,
        narrative,
        ..draft_row(&project, profile)
    };
    set_declared(&mut row, new.declared);
    store::insert(c, &project, &row)?;
    let loaded = load(c, caller, &row.id)?;
    let results = checked_results(&loaded, new.results, "/results")?;
    store::replace_results(c, &row.id, &results)?;
    read(c, caller, &row.id)
}

/// A new draft of a project, in which nothing is declared yet.
pub fn draft_row(project: &ProjectRow, profile: &Profile) -> AssessmentRow {
    let now = Instant::now();
    let mut row = AssessmentRow {
        id: AssessmentId::new(),
        version: 1,
        project_id: project.id.clone(),
        fiscal_year: project.fiscal_year,
        kind: profile.evaluation_kind.into(),
        revision: 1,
        status: Status::Draft,
        rule_profile_code: String::new(),
        rule_profile_version: 0,
        declared_total: None,
        declared_grade_text: None,
        declared_indicator_count: None,
        declared_initial_amount: None,
        declared_adjusted_amount: None,
        declared_executed_amount: None,
        deviation_reason: None,
        content_hash: None,
        submitted_at: None,
        created_at: now,
        updated_at: now,
        narrative: Stored::default(),
        goal_completion: None,
    };
    set_profile(&mut row, profile);
    row
}

fn set_profile(row: &mut AssessmentRow, profile: &Profile) {
    row.rule_profile_code = profile.code.to_string();
    row.rule_profile_version = i32::try_from(profile.version).unwrap_or(i32::MAX);
}

/// Sets the declared totals.
pub fn set_declared(row: &mut AssessmentRow, declared: Declared) {
    row.declared_total = declared.total;
    row.declared_grade_text = declared.grade_text;
    row.declared_indicator_count = declared.indicator_count.map(i32::from);
    row.declared_initial_amount = declared.initial_amount;
    row.declared_adjusted_amount = declared.adjusted_amount;
    row.declared_executed_amount = declared.executed_amount;
}

/// The declared totals.
pub fn declared(row: &AssessmentRow) -> Declared {
    Declared {
        total: row.declared_total,
        grade_text: row.declared_grade_text.clone(),
        indicator_count: row.declared_indicator_count.and_then(|count| u16::try_from(count).ok()),
        initial_amount: row.declared_initial_amount,
        adjusted_amount: row.declared_adjusted_amount,
        executed_amount: row.declared_executed_amount,
    }
}

/// An assessment that allows the action now, if its version is still the one that the caller has read.
fn draft(c: &mut Connection, caller: &Caller, id: &AssessmentId, if_match: &IfMatch, action: Action) -> Result<Loaded> {
    let loaded = load(c, caller, id)?;
    if_match.check(&loaded.etag())?;
    guard::check(c, Write::Assessment(id.clone(), action))?;
    Ok(loaded)
}

/// Changes the declared totals of a draft, its texts, or its rule profile.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewDeclaration) -> Result<NewDeclaration>,
) -> Result<SelfAssessment> {
    let mut row = draft(c, caller, id, if_match, Action::Edit)?.row;
    let before = row.clone();
    let profile = RuleProfileChoice {
        code: crate::values::input::FromText::from_text(&row.rule_profile_code)
            .map_err(|misread: Misread| Error::internal(&misread.detail.en))?,
        version: u32::try_from(row.rule_profile_version).ok(),
    };
    let current = NewDeclaration {
        rule_profile: profile,
        declared: declared(&row),
        deviation_reason: row.deviation_reason.clone(),
        goal_completion: row.goal_completion.clone(),
        narrative: row.narrative.read()?,
    };
    let new = change(&current)?;
    let profile = chosen(Some(&new.rule_profile), Some(row.kind.0))?;
    set_profile(&mut row, profile);
    set_declared(&mut row, new.declared);
    row.deviation_reason = new.deviation_reason;
    row.goal_completion = new.goal_completion;
    row.narrative = Stored::new(&new.narrative)?;
    save(c, &before, &mut row, ChangeType::SelfAssessmentUpdated)?;
    read(c, caller, id)
}

/// Updates the row to its next version.
pub fn save(c: &mut Connection, before: &AssessmentRow, row: &mut AssessmentRow, what: ChangeType) -> Result<()> {
    row.version += 1;
    row.updated_at = Instant::now();
    store::update(c, before, row, what)
}

/// Deletes a draft that was never published.
pub fn delete(c: &mut Connection, caller: &Caller, id: &AssessmentId, if_match: &IfMatch) -> Result<()> {
    let loaded = draft(c, caller, id, if_match, Action::Delete)?;
    if loaded.row.revision > 1 {
        return Err(Error::new(
            Code::InUse,
            "该自评已有公开的得分，其修订不能删除",
            "the assessment has a published score; its revision cannot be deleted",
        ));
    }
    store::delete(c, &loaded.row)
}

/// Replaces all results of a draft.
pub fn replace_results(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    new: Vec<NewResult>,
) -> Result<SelfAssessment> {
    let mut loaded = draft(c, caller, id, if_match, Action::Edit)?;
    let before = loaded.row.clone();
    let results = checked_results(&loaded, new, "")?;
    store::replace_results(c, id, &results)?;
    save(c, &before, &mut loaded.row, ChangeType::SelfAssessmentUpdated)?;
    read(c, caller, id)
}

fn checked_results(loaded: &Loaded, new: Vec<NewResult>, pointer: &str) -> Result<Vec<ResultRow>> {
    let named = new.iter().map(|result| &result.indicator_id);
    let errors = misnamed(&loaded.indicators, named, pointer);
    if !errors.is_empty() {
        return Err(Error::fields(Code::InvalidFields, errors));
    }
    let rows = new.into_iter().map(|result| ResultRow {
        assessment_id: loaded.row.id.clone(),
        indicator_id: result.indicator_id,
        actual_text: result.actual_text,
        achievement: result.achievement,
        declared_score: result.declared_score,
        deviation_reason: result.deviation_reason,
        reviewed_score: None,
        review_reason: None,
        status: result.status,
    });
    Ok(rows.collect())
}

/// The errors of entries that name an indicator of another project, or the same indicator twice.
pub fn misnamed<'a>(
    indicators: &[Indicator],
    named: impl Iterator<Item = &'a IndicatorId>,
    pointer: &str,
) -> Vec<FieldError> {
    let mut seen = std::collections::HashSet::new();
    let mut errors = Vec::new();
    for (index, id) in named.enumerate() {
        let misread = if !indicators.iter().any(|indicator| indicator.id == *id) {
            Misread::new(
                Code::UnknownReference,
                format!("该项目没有指标{id}"),
                format!("the project has no indicator {id}"),
            )
        } else if !seen.insert(id) {
            Misread::new(Code::Duplicate, format!("指标{id}出现两次"), format!("the indicator {id} is given twice"))
        } else {
            continue;
        };
        errors.push(misread.at(format!("{pointer}/{index}/indicator_id")));
    }
    errors
}
