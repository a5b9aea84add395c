//! The template of the self-assessment form: a sheet for each project, filled with what is registered.

use std::collections::HashMap;

use crate::assessments::model::AssessmentRow;
use crate::assessments::result::ResultRow;
use crate::assessments::{self, by_project};
use crate::budgets::{self, BudgetLine};
use crate::db::Connection;
use crate::http::error::{Code, Error, Result};
use crate::indicators::{self, Indicator, IndicatorId};
use crate::organizations;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::reports::form::{self, Form, FormRow};
use crate::sheets::{new_workbook, unwritten};
use crate::values::{Money, Points};

/// Sheets of a workbook at most: as many as an upload may have.
const MOST_SHEETS: usize = 500;
/// Rows for indicators in an empty form.
const EMPTY_ROWS: usize = 12;

/// What a sheet is filled with.
struct Filled<'a> {
    project: &'a ProjectRow,
    unit: String,
    department: String,
    lines: Vec<BudgetLine>,
    indicators: Vec<Indicator>,
    draft: Option<AssessmentRow>,
    results: HashMap<IndicatorId, ResultRow>,
}

/// Refuses more projects than a workbook has sheets.
///
/// # Errors
/// 413 with what to do.
pub(super) fn most_sheets(projects: &[ProjectRow]) -> Result<()> {
    if projects.len() > MOST_SHEETS {
        return Err(Error::new(
            Code::TooLarge,
            format!("有{}个项目，一个工作簿最多{MOST_SHEETS}张表；请用参数organization按单位下载", projects.len()),
            format!(
                "there are {} projects, and a workbook has at most {MOST_SHEETS} sheets; give the parameter organization",
                projects.len()
            ),
        ));
    }
    Ok(())
}

/// The forms of some projects; one empty form where there are none.
pub fn workbook(c: &mut Connection, projects: &[ProjectRow], year: Option<i32>) -> Result<Vec<u8>> {
    most_sheets(projects)?;
    let mut book = new_workbook()?;
    if projects.is_empty() {
        form::write(book.add_worksheet(), &empty(year), false)?;
        return book.save_to_buffer().map_err(unwritten);
    }
    let ids: Vec<ProjectId> = projects.iter().map(|project| project.id.clone()).collect();
    let mut lines = by_project(budgets::store::of_projects(c, &ids)?, |line| &line.project_id);
    let mut sets = by_project(indicators::store::of_projects(c, &ids)?, |one| &one.project_id);
    let mut drafts: HashMap<ProjectId, AssessmentRow> = assessments::store::of_projects(c, &ids)?
        .into_iter()
        // The open one comes first; reversed, so that it is collected last and replaces the others.
        .rev()
        .map(|(row, _)| (row.project_id.clone(), row))
        .collect();
    for (project, number) in projects.iter().zip(1..) {
        let unit = organizations::store::find(c, &project.organization_id)?;
        let above = unit.parent_id.as_ref().map(|id| organizations::store::find(c, id)).transpose()?;
        let draft = drafts.remove(&project.id);
        let results = match &draft {
            Some(draft) => assessments::store::results(c, std::slice::from_ref(&draft.id))?,
            None => Vec::new(),
        };
        let filled = Filled {
            project,
            unit: format!("{}-{}", unit.code, unit.name),
            department: above.map(|above| above.name.to_string()).unwrap_or_default(),
            lines: lines.remove(&project.id).map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
            indicators: sets.remove(&project.id).map(std::sync::Arc::unwrap_or_clone).unwrap_or_default(),
            draft,
            results: results.into_iter().map(|row| (row.indicator_id.clone(), row)).collect(),
        };
        let sheet = book.add_worksheet();
        sheet.set_name(format!("{number}")).map_err(unwritten)?;
        form::write(sheet, &filled.form(year), false)?;
    }
    book.save_to_buffer().map_err(unwritten)
}

/// A form without a project: rows to be filled in.
fn empty(year: Option<i32>) -> Form {
    let line = |label: &str| (format!("其中：{label}"), [None; 3]);
    Form {
        year,
        lines: ["当年财政拨款", "上年结转资金", "其他资金"].map(line).into(),
        execution: (Some(Points::rounded(rust_decimal::Decimal::TEN)), None),
        rows: vec![FormRow::default(); EMPTY_ROWS],
        weight: Some(Points::rounded(rust_decimal::Decimal::ONE_HUNDRED)),
        ..Form::default()
    }
}

impl Filled<'_> {
    /// The registered data in the shape of the form.
    fn form(&self, year: Option<i32>) -> Form {
        let (on_funds, rows) = form::split(&self.indicators, |row| {
            (row.level1.as_str(), row.level2.as_ref().map(|level| level.as_str()), row.name.as_str())
        });
        let draft = self.draft.as_ref();
        let text = |text: &dyn ToString| text.to_string();
        let row = |indicator: &Indicator| {
            let result = self.results.get(&indicator.id);
            FormRow {
                level1: indicator.level1.to_string(),
                level2: indicator.level2.as_ref().map(ToString::to_string),
                name: indicator.name.to_string(),
                target: indicator.target_text.as_ref().map(|one| text(one)).unwrap_or_default(),
                actual: result.and_then(|one| one.actual_text.as_ref()).map(|one| text(one)).unwrap_or_default(),
                weight: indicator.weight,
                score: result.and_then(|one| one.declared_score),
                reason: result.and_then(|one| one.deviation_reason.as_ref()).map(|one| text(one)).unwrap_or_default(),
            }
        };
        let empty_row = if rows.is_empty() { EMPTY_ROWS } else { 0 };
        let sum = |part: fn(&BudgetLine) -> Money| {
            let total: rust_decimal::Decimal = self.lines.iter().map(|line| part(line).yuan()).sum();
            Some(Money::from_yuan(total)).filter(|_| !self.lines.is_empty() && draft.is_none())
        };
        let score = on_funds.and_then(|one| self.results.get(&one.id)).and_then(|result| result.declared_score);
        Form {
            year,
            project_name: self.project.name.to_string(),
            project_code: self.project.code.to_string(),
            department: self.department.clone(),
            unit: self.unit.clone(),
            totals: [
                draft.and_then(|draft| draft.declared_initial_amount).or(sum(|line| line.initial_amount)),
                draft.and_then(|draft| draft.declared_adjusted_amount).or(sum(|line| line.adjusted_amount)),
                draft.and_then(|draft| draft.declared_executed_amount).or(sum(|line| line.executed_amount)),
            ],
            lines: match self.lines.is_empty() {
                true => empty(year).lines,
                false => self
                    .lines
                    .iter()
                    .map(|line| {
                        let amounts = [line.initial_amount, line.adjusted_amount, line.executed_amount].map(Some);
                        (line.economic_category.to_string(), amounts)
                    })
                    .collect(),
            },
            execution: (on_funds.and_then(|one| one.weight), score),
            goal: self.project.annual_goal.as_ref().map(|one| text(one)).unwrap_or_default(),
            completion: draft.and_then(|draft| draft.goal_completion.as_ref()).map(|one| text(one)).unwrap_or_default(),
            rows: rows.iter().map(row).chain(vec![FormRow::default(); empty_row]).collect(),
            weight: Some(Points::rounded(rust_decimal::Decimal::ONE_HUNDRED)),
            total: draft.and_then(|draft| draft.declared_total),
            grade: draft.and_then(|draft| draft.declared_grade_text.as_ref()).map(|one| text(one)).unwrap_or_default(),
        }
    }
}
