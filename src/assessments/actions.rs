//! Reading assessments with all they are made of, and filling in drafts.

use std::collections::HashMap;

use super::content::{Content, Judged};
use super::finding::FindingView;
use super::model::*;
use super::store;
use super::workflow;
use crate::auth::Caller;
use crate::budgets::{self, BudgetLine};
use crate::db::Connection;
use crate::db::types::Instant;
use crate::error::{Code, Error, FieldError, Result};
use crate::etag::{ETag, IfMatch};
use crate::findings::Language;
use crate::indicators::{self, Indicator, IndicatorId};
use crate::input::Misread;
use crate::projects::model::ProjectRow;
use crate::projects::{self, ProjectId};
use crate::rule_profiles::model::{RuleProfileChoice, chosen};
use crate::scoring::{Assessment, Profile, Row, StatedAmounts, parse_actual};

/// An assessment with everything that it is made of.
pub struct Loaded {
    /// The assessment itself.
    pub row: AssessmentRow,
    /// Its project.
    pub project: ProjectRow,
    /// The project's budget lines.
    pub lines: Vec<BudgetLine>,
    /// The project's indicators, in the order of the form.
    pub indicators: Vec<Indicator>,
    /// By indicator.
    pub results: HashMap<IndicatorId, ResultRow>,
}

impl Loaded {
    /// The tag of what the assessment is made of.
    pub fn etag(&self) -> ETag {
        ETag::versions(self.row.version, self.project.version)
    }

    /// The profile that it is scored by.
    pub fn profile(&self) -> Result<&'static Profile> {
        let (code, version) = (&self.row.rule_profile_code, self.row.rule_profile_version);
        u32::try_from(version)
            .ok()
            .and_then(|version| Profile::find(code, version))
            .ok_or_else(|| Error::internal(&format!("no rule profile {code} version {version}")))
    }

    /// The indicators of the rows.
    pub fn ids(&self) -> Vec<IndicatorId> {
        self.indicators.iter().map(|indicator| indicator.id.clone()).collect()
    }

    /// The assessment as the core reads it.
    pub fn assessment(&self) -> Assessment {
        let text = |text: &Option<crate::db::types::LongText>| text.as_ref().map(ToString::to_string);
        let row = &self.row;
        Assessment {
            lines: self.lines.iter().map(BudgetLine::fund_line).collect(),
            stated: StatedAmounts {
                initial: row.declared_initial_amount.map(|amount| amount.yuan()),
                adjusted: row.declared_adjusted_amount.map(|amount| amount.yuan()),
                executed: row.declared_executed_amount.map(|amount| amount.yuan()),
            },
            overall_goal: text(&self.project.overall_goal),
            annual_goal: text(&self.project.annual_goal),
            rows: self.indicators.iter().map(|one| core_row(one, self.results.get(&one.id))).collect(),
            declared_total: row.declared_total.map(|total| total.points()),
            declared_grade_text: row.declared_grade_text.as_ref().map(ToString::to_string),
            stated_indicator_count: row.declared_indicator_count.and_then(|count| u32::try_from(count).ok()),
            deviation_reason: text(&row.deviation_reason),
        }
    }
}

fn core_row(indicator: &Indicator, result: Option<&ResultRow>) -> Row {
    let target = indicator.core_target();
    let actual_text = result.and_then(|result| result.actual_text.as_ref());
    let actual = actual_text
        .and_then(|text| parse_actual(text.as_str(), indicator.measure, target.as_ref(), indicator.comparison));
    Row {
        level1: indicator.level1.to_string(),
        level2: indicator.level2.as_ref().map(ToString::to_string).unwrap_or_default(),
        name: indicator.name.to_string(),
        weight: indicator.weight.points(),
        measure: indicator.measure,
        comparison: indicator.comparison,
        target,
        target_text: indicator.target_text.as_ref().map(ToString::to_string),
        actual,
        actual_text: actual_text.map(ToString::to_string),
        achievement: result.and_then(|result| result.achievement),
        declared_score: result.and_then(|result| result.declared_score).map(|score| score.points()),
        reviewed_score: result.and_then(|result| result.reviewed_score).map(|score| score.points()),
        deviation_reason: result.and_then(|result| result.deviation_reason.as_ref()).map(ToString::to_string),
    }
}

/// One assessment that the caller sees, with all it is made of.
pub fn load(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<Loaded> {
    let found = store::get(c, caller, id)?;
    load_all(c, vec![found])?.pop().ok_or_else(Error::not_found)
}

/// Assessments with all they are made of: one query for each kind, however many assessments.
fn load_all(c: &mut Connection, found: Vec<(AssessmentRow, ProjectRow)>) -> Result<Vec<Loaded>> {
    let ids: Vec<AssessmentId> = found.iter().map(|(row, _)| row.id.clone()).collect();
    let projects: Vec<ProjectId> = found.iter().map(|(row, _)| row.project_id.clone()).collect();
    let mut lines: HashMap<ProjectId, Vec<BudgetLine>> = HashMap::new();
    for line in budgets::store::of_projects(c, &projects)? {
        lines.entry(line.project_id.clone()).or_default().push(line);
    }
    let mut indicators: HashMap<ProjectId, Vec<Indicator>> = HashMap::new();
    for indicator in indicators::store::of_projects(c, &projects)? {
        indicators.entry(indicator.project_id.clone()).or_default().push(indicator);
    }
    let mut results: HashMap<AssessmentId, HashMap<IndicatorId, ResultRow>> = HashMap::new();
    for result in store::results(c, &ids)? {
        results.entry(result.assessment_id.clone()).or_default().insert(result.indicator_id.clone(), result);
    }
    let loaded = found.into_iter().map(|(row, project)| Loaded {
        lines: lines.get(&row.project_id).cloned().unwrap_or_default(),
        indicators: indicators.get(&row.project_id).cloned().unwrap_or_default(),
        results: results.remove(&row.id).unwrap_or_default(),
        row,
        project,
    });
    Ok(loaded.collect())
}

/// One assessment as the caller sees it.
pub fn read(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<SelfAssessment> {
    workflow::view(&load(c, caller, id)?, caller, true)
}

/// Assessments as the caller sees them, without their results.
pub fn read_all(
    c: &mut Connection,
    caller: &Caller,
    found: Vec<(AssessmentRow, ProjectRow)>,
) -> Result<Vec<SelfAssessment>> {
    load_all(c, found)?.iter().map(|loaded| workflow::view(loaded, caller, false)).collect()
}

/// The open assessment of each project, or else the latest, with its results.
pub fn of_projects(c: &mut Connection, caller: &Caller, ids: &[ProjectId]) -> Result<Vec<SelfAssessment>> {
    let mut found = store::of_projects(c, ids)?;
    let mut seen = std::collections::HashSet::new();
    found.retain(|(row, _)| seen.insert(row.project_id.clone()));
    load_all(c, found)?.iter().map(|loaded| workflow::view(loaded, caller, true)).collect()
}

/// The derivation for a reader of `language`: computed for a draft, as frozen otherwise.
pub fn derivation(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    language: Language,
) -> Result<(ETag, serde_json::Value)> {
    let loaded = load(c, caller, id)?;
    let derivation = match &loaded.row.frozen_content {
        Some(text) => Content::thaw(text)?.derivation(language).clone(),
        None => {
            let assessment = loaded.assessment();
            let view = Judged::new(&assessment, loaded.profile()?).derivation(&loaded.ids(), language);
            serde_json::to_value(view).map_err(|cause| Error::internal(&cause))?
        }
    };
    Ok((loaded.etag().with(language.as_str()), derivation))
}

/// The findings for a reader of `language`: computed for a draft, as frozen otherwise.
pub fn findings(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    language: Language,
) -> Result<(ETag, serde_json::Value)> {
    let loaded = load(c, caller, id)?;
    let findings = match &loaded.row.frozen_content {
        Some(text) => Content::thaw(text)?.findings(language).clone(),
        None => {
            let assessment = loaded.assessment();
            let views: Vec<FindingView> = Judged::new(&assessment, loaded.profile()?).findings(&loaded.ids(), language);
            serde_json::to_value(views).map_err(|cause| Error::internal(&cause))?
        }
    };
    Ok((loaded.etag().with(language.as_str()), serde_json::json!({ "items": findings })))
}

/// Opens an assessment of a project.
pub fn create(c: &mut Connection, caller: &Caller, new: NewSelfAssessment) -> Result<SelfAssessment> {
    let project = projects::store::get(c, caller, &new.project_id).map_err(|error| match error.code() {
        Code::NotFound => Error::field(
            "/project_id",
            Code::UnknownReference,
            format!("没有可见的项目{}", new.project_id),
            format!("the caller sees no project {}", new.project_id),
        ),
        _ => error,
    })?;
    let profile = chosen(new.rule_profile.as_ref(), new.kind)?;
    let now = Instant::now();
    let mut row = AssessmentRow {
        id: AssessmentId::new(),
        version: 1,
        project_id: project.id,
        fiscal_year: project.fiscal_year,
        kind: profile.evaluation_kind,
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
        deviation_reason: new.deviation_reason,
        frozen_content: None,
        content_hash: None,
        submitted_at: None,
        created_at: now,
        updated_at: now,
    };
    set_profile(&mut row, profile);
    set_declared(&mut row, new.declared);
    store::insert(c, &row)?;
    let loaded = load(c, caller, &row.id)?;
    let results = checked_results(&loaded, new.results, "/results")?;
    store::replace_results(c, &row.id, &results)?;
    read(c, caller, &row.id)
}

fn set_profile(row: &mut AssessmentRow, profile: &Profile) {
    row.rule_profile_code = profile.code.to_string();
    row.rule_profile_version = i32::try_from(profile.version).unwrap_or(i32::MAX);
}

fn set_declared(row: &mut AssessmentRow, declared: Declared) {
    row.declared_total = declared.total;
    row.declared_grade_text = declared.grade_text;
    row.declared_indicator_count = declared.indicator_count.map(i32::from);
    row.declared_initial_amount = declared.initial_amount;
    row.declared_adjusted_amount = declared.adjusted_amount;
    row.declared_executed_amount = declared.executed_amount;
}

/// What is declared of the whole.
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

/// A draft that the caller has read in this version.
fn draft(c: &mut Connection, caller: &Caller, id: &AssessmentId, if_match: &IfMatch) -> Result<Loaded> {
    let loaded = load(c, caller, id)?;
    if_match.check(&loaded.etag())?;
    match loaded.row.status {
        Status::Draft => Ok(loaded),
        status => Err(workflow::not_allowed(Action::Edit, status)),
    }
}

/// Changes what a draft declares of the whole, or its rule profile.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewDeclaration) -> Result<NewDeclaration>,
) -> Result<SelfAssessment> {
    let mut row = draft(c, caller, id, if_match)?.row;
    let profile = RuleProfileChoice {
        code: crate::input::FromText::from_text(&row.rule_profile_code)
            .map_err(|misread: Misread| Error::internal(&misread.detail.en))?,
        version: u32::try_from(row.rule_profile_version).ok(),
    };
    let current = NewDeclaration {
        rule_profile: profile,
        declared: declared(&row),
        deviation_reason: row.deviation_reason.clone(),
    };
    let new = change(&current)?;
    let profile = chosen(Some(&new.rule_profile), Some(row.kind))?;
    set_profile(&mut row, profile);
    set_declared(&mut row, new.declared);
    row.deviation_reason = new.deviation_reason;
    save(c, &mut row)?;
    read(c, caller, id)
}

/// Writes the row as its next version.
pub fn save(c: &mut Connection, row: &mut AssessmentRow) -> Result<()> {
    row.version += 1;
    row.updated_at = Instant::now();
    store::update(c, row)
}

/// Deletes a draft that was never published.
pub fn delete(c: &mut Connection, caller: &Caller, id: &AssessmentId, if_match: &IfMatch) -> Result<()> {
    let loaded = draft(c, caller, id, if_match)?;
    if loaded.row.revision > 1 {
        return Err(Error::new(
            Code::InUse,
            "该自评已有公开的得分，其修订不能删除",
            "the assessment has a published score; its revision cannot be deleted",
        ));
    }
    store::delete(c, id)
}

/// Replaces all results of a draft.
pub fn replace_results(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    new: Vec<NewResult>,
) -> Result<SelfAssessment> {
    let mut loaded = draft(c, caller, id, if_match)?;
    let results = checked_results(&loaded, new, "")?;
    store::replace_results(c, id, &results)?;
    save(c, &mut loaded.row)?;
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
    });
    Ok(rows.collect())
}

/// Each place that names an indicator of another project, or one twice.
fn misnamed<'a>(
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

/// Replaces the reviewed scores of a submitted assessment.
pub fn replace_reviewed_scores(
    c: &mut Connection,
    caller: &Caller,
    id: &AssessmentId,
    if_match: &IfMatch,
    new: Vec<ReviewedScore>,
) -> Result<SelfAssessment> {
    let mut loaded = load(c, caller, id)?;
    if_match.check(&loaded.etag())?;
    if loaded.row.status != Status::Submitted {
        return Err(workflow::not_allowed(Action::SetReviewedScores, loaded.row.status));
    }
    let mut errors = misnamed(&loaded.indicators, new.iter().map(|score| &score.indicator_id), "");
    for (index, score) in new.iter().enumerate() {
        let weight = loaded.indicators.iter().find(|one| one.id == score.indicator_id).map(|one| one.weight);
        if let Some(weight) = weight.filter(|&weight| score.reviewed_score > weight) {
            let misread = Misread::new(
                Code::OutOfRange,
                format!("复核得分须在0到分值{weight}之间；收到{}", score.reviewed_score),
                format!("a reviewed score lies between 0 and the weight {weight}; got {}", score.reviewed_score),
            );
            errors.push(misread.at(format!("/{index}/reviewed_score")));
        }
    }
    if !errors.is_empty() {
        return Err(Error::fields(Code::InvalidFields, errors));
    }
    set_reviewed(&mut loaded, new);
    write_results(c, &loaded)?;
    save(c, &mut loaded.row)?;
    read(c, caller, id)
}

/// Puts reviewed scores in place of those there are.
pub fn set_reviewed(loaded: &mut Loaded, new: Vec<ReviewedScore>) {
    for result in loaded.results.values_mut() {
        result.reviewed_score = None;
        result.review_reason = None;
    }
    for score in new {
        let result = loaded.results.entry(score.indicator_id.clone()).or_insert_with(|| ResultRow {
            assessment_id: loaded.row.id.clone(),
            indicator_id: score.indicator_id,
            actual_text: None,
            achievement: None,
            declared_score: None,
            deviation_reason: None,
            reviewed_score: None,
            review_reason: None,
        });
        result.reviewed_score = Some(score.reviewed_score);
        result.review_reason = Some(score.review_reason);
    }
}

/// The reviewed scores there are, in the order of the form.
pub fn reviewed(loaded: &Loaded) -> Vec<ReviewedScore> {
    let of = |indicator: &Indicator| {
        let result = loaded.results.get(&indicator.id)?;
        Some(ReviewedScore {
            indicator_id: indicator.id.clone(),
            reviewed_score: result.reviewed_score?,
            review_reason: result.review_reason.clone()?,
        })
    };
    loaded.indicators.iter().filter_map(of).collect()
}

/// Writes the results as they are in memory.
pub fn write_results(c: &mut Connection, loaded: &Loaded) -> Result<()> {
    let rows: Vec<ResultRow> = loaded.results.values().cloned().collect();
    store::replace_results(c, &loaded.row.id, &rows)
}
