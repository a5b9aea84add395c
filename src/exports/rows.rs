//! The rows of each kind of export: read in pieces, in the order of their ids.

use serde::Serialize;

use super::documents;
use super::file::{Cell, Output};
use super::model::{ExportFilters, ExportKind};
use crate::assessments::model::{AssessmentId, ResultView};
use crate::assessments::{self, Judgement};
use crate::auth::Caller;
use crate::db::{Address, Connection};
use crate::error::Result;
use crate::findings::Language;
use crate::indicators::Indicator;
use crate::page::Slice;
use crate::projects::{Project, ProjectId};
use crate::scores::model::Score;
use crate::{budgets, indicators, projects, scores};

/// Rows that are read at once.
const AT_ONCE: i64 = 1000;
/// Scores that are read at once: about a kilobyte each.
const SCORES_AT_ONCE: i64 = 2000;
/// Assessments that are read at once: each has all its results.
const ASSESSMENTS_AT_ONCE: i64 = 100;

/// Whose a row is, by natural keys.
#[derive(Debug, Clone, Serialize)]
pub struct Owner {
    /// 单位代码
    pub organization_code: String,
    /// 项目代码
    pub project_code: String,
}

impl Owner {
    fn cells(&self) -> [Cell; 2] {
        [Cell::Text(self.organization_code.clone()), Cell::Text(self.project_code.clone())]
    }
}

/// A resource with its owner.
#[derive(Serialize)]
struct Owned<T> {
    #[serde(flatten)]
    resource: T,
    #[serde(flatten)]
    owner: Owner,
}

/// A project with its organization.
#[derive(Serialize)]
struct OfOrganization {
    #[serde(flatten)]
    project: Project,
    organization_code: String,
    organization_name: String,
}

/// Which assessment a row belongs to.
#[derive(Debug, Clone, Serialize)]
struct OfAssessment {
    self_assessment_id: AssessmentId,
    project_id: ProjectId,
    fiscal_year: i32,
    kind: &'static str,
    revision: i32,
    assessment_status: &'static str,
}

impl OfAssessment {
    fn of(judgement: &Judgement) -> OfAssessment {
        let row = &judgement.row;
        OfAssessment {
            self_assessment_id: row.id.clone(),
            project_id: row.project_id.clone(),
            fiscal_year: row.fiscal_year,
            kind: row.kind.as_str(),
            revision: row.revision,
            assessment_status: row.status.as_str(),
        }
    }

    fn cells(&self) -> [Cell; 5] {
        [
            Cell::Text(self.self_assessment_id.to_string()),
            Cell::Number(self.fiscal_year.to_string()),
            Cell::Text(self.kind.to_owned()),
            Cell::Number(self.revision.to_string()),
            Cell::Text(self.assessment_status.to_owned()),
        ]
    }
}

/// The result or the finding of an assessment.
#[derive(Serialize)]
struct Part<'a, T> {
    #[serde(flatten)]
    assessment: &'a OfAssessment,
    #[serde(flatten)]
    owner: &'a Owner,
    #[serde(flatten)]
    part: &'a T,
}

/// Writes all rows of a kind that the caller sees.
///
/// # Errors
/// When the database or the file fails.
pub fn write(
    c: &mut Connection,
    address: &Address,
    caller: &Caller,
    kind: ExportKind,
    filters: &ExportFilters,
    language: Language,
    output: &mut Output,
) -> Result<()> {
    let limit = match kind {
        ExportKind::Results | ExportKind::Findings => ASSESSMENTS_AT_ONCE,
        ExportKind::Scores => SCORES_AT_ONCE,
        _ => AT_ONCE,
    };
    let mut slice = Slice {
        years: filters.fiscal_year.clone(),
        subtree_of: filters.subtree_of.as_ref().map(ToString::to_string),
        after: String::new(),
        limit,
    };
    if kind == ExportKind::Scores && output.is_json() {
        return documents::write(c, address, caller, filters, slice, output);
    }
    loop {
        let (count, last) = match kind {
            ExportKind::Scores => scores(c, caller, filters, &slice, output)?,
            ExportKind::Projects => projects(c, caller, &slice, output)?,
            ExportKind::BudgetLines => budget_lines(c, caller, &slice, output)?,
            ExportKind::Indicators => indicators(c, caller, &slice, output)?,
            ExportKind::Results => results(c, caller, &slice, output)?,
            ExportKind::Findings => findings(c, caller, &slice, language, output)?,
        };
        if !slice.advance(count, last) {
            return Ok(());
        }
    }
}

/// How many rows of the table were read, and the id of the last.
type Piece = (usize, Option<String>);

fn scores(
    c: &mut Connection,
    caller: &Caller,
    filters: &ExportFilters,
    slice: &Slice,
    output: &mut Output,
) -> Result<Piece> {
    let rows = scores::store::slice(c, caller, slice, filters.as_of)?;
    let piece = (rows.len(), rows.last().map(|row| row.id.to_string()));
    for row in rows {
        let score = Score::from(row);
        output.row(&score, || {
            vec![
                Cell::Text(score.id.to_string()),
                Cell::Text(score.self_assessment_id.to_string()),
                Cell::Number(score.fiscal_year.to_string()),
                Cell::Text(score.project_code.to_string()),
                Cell::Text(score.project_name.to_string()),
                Cell::Text(score.organization_code.to_string()),
                Cell::Text(score.organization_name.to_string()),
                Cell::Text(score.kind.as_str().to_owned()),
                Cell::Number(score.revision.to_string()),
                Cell::Text(format!("{} {}", score.rule_profile.code, score.rule_profile.version)),
                Cell::number(&score.declared_total),
                Cell::Number(score.computed_total.to_string()),
                Cell::number(&score.reviewed_total),
                Cell::Number(score.final_total.to_string()),
                Cell::Text(score.grade.as_str().to_owned()),
                Cell::Number(score.adjusted_amount.to_string()),
                Cell::Number(score.executed_amount.to_string()),
                Cell::number(&score.execution_rate),
                Cell::Text(score.content_hash.clone()),
                Cell::text(&score.supersedes_id),
                Cell::Text(score.published_at.to_string()),
            ]
        })?;
    }
    Ok(piece)
}

fn projects(c: &mut Connection, caller: &Caller, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = projects::store::slice(c, caller, slice)?;
    let piece = (rows.len(), rows.last().map(|(row, _, _)| row.id.to_string()));
    for (row, organization_code, organization_name) in rows {
        let of = OfOrganization { project: row.into(), organization_code, organization_name };
        output.row(&of, || {
            let project = &of.project;
            vec![
                Cell::Text(project.id.to_string()),
                Cell::Number(project.version.to_string()),
                Cell::Number(project.fiscal_year.to_string()),
                Cell::Text(project.code.to_string()),
                Cell::Text(project.name.to_string()),
                Cell::Text(of.organization_code.clone()),
                Cell::Text(of.organization_name.clone()),
                Cell::text(&project.overall_goal),
                Cell::text(&project.annual_goal),
                Cell::Text(project.created_at.to_string()),
                Cell::Text(project.updated_at.to_string()),
            ]
        })?;
    }
    Ok(piece)
}

fn budget_lines(c: &mut Connection, caller: &Caller, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = budgets::store::slice(c, caller, slice)?;
    let piece = (rows.len(), rows.last().map(|(line, _, _)| line.id.to_string()));
    for (resource, project_code, organization_code) in rows {
        let of = Owned { resource, owner: Owner { organization_code, project_code } };
        output.row(&of, || {
            let line = &of.resource;
            let mut cells = vec![
                Cell::Text(line.id.to_string()),
                Cell::Number(line.version.to_string()),
                Cell::Number(line.fiscal_year.to_string()),
            ];
            cells.extend(of.owner.cells());
            cells.extend([
                Cell::Text(line.funding_source.as_str().to_owned()),
                Cell::Text(line.economic_category.to_string()),
                Cell::Number(line.initial_amount.to_string()),
                Cell::Number(line.adjusted_amount.to_string()),
                Cell::Number(line.executed_amount.to_string()),
                Cell::Text(line.updated_at.to_string()),
            ]);
            cells
        })?;
    }
    Ok(piece)
}

fn indicators(c: &mut Connection, caller: &Caller, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let rows = indicators::store::slice(c, caller, slice)?;
    let piece = (rows.len(), rows.last().map(|(row, _, _)| row.id.to_string()));
    for (row, project_code, organization_code) in rows {
        let year = row.fiscal_year;
        let of = Owned { resource: Indicator::from(row), owner: Owner { organization_code, project_code } };
        output.row(&of, || {
            let one = &of.resource;
            let mut cells = vec![
                Cell::Text(one.id.to_string()),
                Cell::Number(one.version.to_string()),
                Cell::Number(year.to_string()),
            ];
            cells.extend(of.owner.cells());
            cells.extend([
                Cell::Number(one.position.to_string()),
                Cell::Text(one.level1.to_string()),
                Cell::text(&one.level2),
                Cell::Text(one.name.to_string()),
                Cell::Text(one.measure.as_str().to_owned()),
                Cell::text(&one.comparison.map(|comparison| comparison.as_str())),
                Cell::number(&one.weight),
                Cell::text(&one.target_text),
                Cell::Text(one.updated_at.to_string()),
            ]);
            cells
        })?;
    }
    Ok(piece)
}

/// A piece of assessments with what is said of each, and their owners.
fn judged(c: &mut Connection, caller: &Caller, slice: &Slice) -> Result<(Piece, Vec<(Judgement, Owner)>)> {
    let rows = assessments::store::slice(c, caller, slice)?;
    let piece = (rows.len(), rows.last().map(|(row, _, _)| row.id.to_string()));
    let mut owners = Vec::with_capacity(rows.len());
    let mut found = Vec::with_capacity(rows.len());
    for (row, project, organization_code) in rows {
        owners.push(Owner { organization_code, project_code: project.code.to_string() });
        found.push((row, project));
    }
    let judged = assessments::actions::judge_all(c, caller, found)?;
    Ok((piece, judged.into_iter().zip(owners).collect()))
}

fn results(c: &mut Connection, caller: &Caller, slice: &Slice, output: &mut Output) -> Result<Piece> {
    let (piece, judged) = judged(c, caller, slice)?;
    for (judgement, owner) in &judged {
        let assessment = OfAssessment::of(judgement);
        for part in &judgement.results {
            output.row(&Part { assessment: &assessment, owner, part }, || {
                let one: &ResultView = part;
                let mut cells: Vec<Cell> = assessment.cells().into();
                cells.extend(owner.cells());
                cells.extend([
                    Cell::Text(one.indicator_id.to_string()),
                    Cell::Text(one.level1.to_string()),
                    Cell::text(&one.level2),
                    Cell::Text(one.name.to_string()),
                    Cell::number(&one.weight),
                    Cell::text(&one.target_text),
                    Cell::text(&one.actual_text),
                    Cell::text(&one.achievement.map(|achievement| achievement.as_str())),
                    Cell::number(&one.declared_score),
                    Cell::number(&one.computed_score),
                    Cell::number(&one.reviewed_score),
                    Cell::text(&one.deviation_reason),
                    Cell::text(&one.review_reason),
                ]);
                cells
            })?;
        }
    }
    Ok(piece)
}

fn findings(
    c: &mut Connection,
    caller: &Caller,
    slice: &Slice,
    language: Language,
    output: &mut Output,
) -> Result<Piece> {
    let (piece, judged) = judged(c, caller, slice)?;
    for (judgement, owner) in &judged {
        let assessment = OfAssessment::of(judgement);
        for part in &judgement.findings(language)? {
            output.row(&Part { assessment: &assessment, owner, part }, || {
                let one: &serde_json::Value = part;
                let text = |name: &str| Cell::text(&one[name].as_str());
                let mut cells: Vec<Cell> = assessment.cells().into();
                cells.extend(owner.cells());
                cells.extend([
                    text("code"),
                    text("severity"),
                    text("pointer"),
                    text("indicator_id"),
                    text("message"),
                    Cell::Text(one["evidence"].to_string()),
                ]);
                cells
            })?;
        }
    }
    Ok(piece)
}
