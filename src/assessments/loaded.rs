//! Assessments loaded with all their rows, and converted to the input of the core.

use std::collections::HashMap;
use std::sync::Arc;

use super::content::Content;
use super::frozen::{self, Shown};
use super::model::{AssessmentId, AssessmentRow};
use super::result::ResultRow;
use super::store;
use crate::auth::Caller;
use crate::budgets::{self, BudgetLine};
use crate::db::Connection;
use crate::http::error::{Error, Result};
use crate::http::etag::ETag;
use crate::indicators::{self, Indicator, IndicatorId};
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::scoring::{Assessment, Profile, Row, StatedAmounts, parse_actual};
use crate::values::Points;

/// The figures of some projects: what their assessments are scored from.
#[derive(Default)]
pub struct Figures {
    /// Budget lines by project.
    pub lines: HashMap<ProjectId, Arc<Vec<BudgetLine>>>,
    /// Indicators by project, in the order of the form.
    pub indicators: HashMap<ProjectId, Arc<Vec<Indicator>>>,
}

impl Figures {
    /// Loads the figures of some projects: one query for each kind, however many projects.
    pub fn load(c: &mut Connection, ids: &[ProjectId]) -> Result<Figures> {
        let lines = by_project(budgets::store::of_projects(c, ids)?, |line| &line.project_id);
        let indicators = by_project(indicators::store::of_projects(c, ids)?, |indicator| &indicator.project_id);
        Ok(Figures { lines, indicators })
    }
}

/// Rows by their project.
pub fn by_project<T>(rows: Vec<T>, project: impl Fn(&T) -> &ProjectId) -> HashMap<ProjectId, Arc<Vec<T>>> {
    let mut found: HashMap<ProjectId, Vec<T>> = HashMap::new();
    for row in rows {
        match found.get_mut(project(&row)) {
            Some(rows) => rows.push(row),
            None => drop(found.insert(project(&row).clone(), vec![row])),
        }
    }
    found.into_iter().map(|(id, rows)| (id, Arc::new(rows))).collect()
}

/// An assessment with everything that it is made of.
pub struct Loaded {
    /// The assessment itself.
    pub row: AssessmentRow,
    /// Its project.
    pub project: ProjectRow,
    /// The project's budget lines.
    pub lines: Arc<Vec<BudgetLine>>,
    /// The project's indicators, in the order of the form.
    pub indicators: Arc<Vec<Indicator>>,
    /// By indicator.
    pub results: HashMap<IndicatorId, ResultRow>,
    /// What is shown of the frozen content, unless it is a draft.
    pub frozen: Option<Shown>,
}

impl Loaded {
    /// The tag of the versions that the assessment depends on.
    pub fn etag(&self) -> ETag {
        ETag::versions(self.row.version, self.project.version)
    }

    /// All that is frozen of it, unless it is a draft.
    ///
    /// # Errors
    /// When the database fails, or what it keeps is damaged.
    pub fn content(&self, c: &mut Connection) -> Result<Option<Content>> {
        frozen::store::content_of(c, &self.row)
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
        let text = |text: &Option<crate::values::LongText>| text.as_ref().map(ToString::to_string);
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
            level1_points: Vec::new(),
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
    let actual = actual_text.and_then(|text| {
        parse_actual(text.as_str(), indicator.measure.0, target.as_ref(), indicator.comparison.map(|one| one.0))
    });
    Row {
        level1: indicator.level1.to_string(),
        level2: indicator.level2.as_ref().map(ToString::to_string).unwrap_or_default(),
        name: indicator.name.to_string(),
        weight: indicator.weight.map(Points::points),
        measure: indicator.measure.0,
        comparison: indicator.comparison.map(|one| one.0),
        target,
        target_text: indicator.target_text.as_ref().map(ToString::to_string),
        actual,
        actual_text: actual_text.map(ToString::to_string),
        achievement: result.and_then(|result| result.achievement).map(|one| one.0),
        declared_score: result.and_then(|result| result.declared_score).map(|score| score.points()),
        reviewed_score: result.and_then(|result| result.reviewed_score).map(|score| score.points()),
        deviation_reason: result.and_then(|result| result.deviation_reason.as_ref()).map(ToString::to_string),
        status: result.and_then(|result| result.status).map(|one| one.0),
    }
}

/// One assessment that the caller sees, with all it is made of.
pub fn load(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<Loaded> {
    let found = store::get(c, caller, id)?;
    load_all(c, vec![found])?.pop().ok_or_else(Error::not_found)
}

/// Assessments with all they are made of: one query for each kind, however many assessments.
pub fn load_all(c: &mut Connection, found: Vec<(AssessmentRow, ProjectRow)>) -> Result<Vec<Loaded>> {
    let projects: Vec<ProjectId> = found.iter().map(|(row, _)| row.project_id.clone()).collect();
    let figures = Figures::load(c, &projects)?;
    load_with(c, found, &figures)
}

/// Like [`load_all`], with figures of the projects that are loaded already.
pub fn load_with(
    c: &mut Connection,
    found: Vec<(AssessmentRow, ProjectRow)>,
    figures: &Figures,
) -> Result<Vec<Loaded>> {
    let ids: Vec<AssessmentId> = found.iter().map(|(row, _)| row.id.clone()).collect();
    let mut results: HashMap<AssessmentId, HashMap<IndicatorId, ResultRow>> = HashMap::new();
    for result in store::results(c, &ids)? {
        let of = match results.get_mut(&result.assessment_id) {
            Some(of) => of,
            None => results.entry(result.assessment_id.clone()).or_default(),
        };
        of.insert(result.indicator_id.clone(), result);
    }
    let frozen: Vec<&AssessmentRow> =
        found.iter().map(|(row, _)| row).filter(|row| row.content_hash.is_some()).collect();
    let mut frozen = frozen::store::shown(c, &frozen)?;
    let loaded = found.into_iter().map(|(row, project)| Loaded {
        frozen: frozen.remove(&row.id),
        lines: figures.lines.get(&row.project_id).cloned().unwrap_or_default(),
        indicators: figures.indicators.get(&row.project_id).cloned().unwrap_or_default(),
        results: results.remove(&row.id).unwrap_or_default(),
        row,
        project,
    });
    Ok(loaded.collect())
}
