//! What a form of goals (绩效目标申报表) changes: the goals of its project, the money that is asked for, its indicators. No
//! assessment is opened, since nothing is reached yet.

use super::changes::{Changed, check, project_change};
use super::errors::Errors;
use super::figures::{fund_changes, indicator_changes};
use crate::db::Connection;
use crate::forms::{Form, is_execution};
use crate::http::error::Result;
use crate::imports::change::{Change, Table};
use crate::projects::model::ProjectRow;
use crate::scoring::Measure;
use crate::values::LongText;
use crate::workbooks::Place;
use crate::{budgets, indicators};

/// The changes of a form; none if it has errors.
pub(super) fn changes(
    c: &mut Connection,
    form: &Form,
    project: ProjectRow,
    is_new: bool,
    start: Place,
    errors: &mut Errors,
) -> Result<Option<Changed>> {
    let ids = std::slice::from_ref(&project.id);
    let (lines, indicators) = match is_new {
        true => (Vec::new(), Vec::new()),
        false => (budgets::store::of_projects(c, ids)?, indicators::store::of_projects(c, ids)?),
    };
    // How the money is scored when it is spent stands in few forms of goals: where it does not, that row stays.
    let names_execution = form.indicators.iter().any(|row| is_execution(&row.name.value));
    let is_goal = |one: &indicators::Indicator| names_execution || one.measure.0 != Measure::BudgetExecution;
    let (indicators, kept): (Vec<_>, Vec<_>) = indicators.into_iter().partition(is_goal);
    let mut notes = Vec::new();
    let mut figures = fund_changes(form, &project, &lines, errors, &mut notes);
    figures.extend(indicator_changes(form, &project, (&indicators, kept.len()), errors).0);
    let annual: Option<LongText> = errors.read(&form.expected_goal, "年度目标");
    let overall: Option<LongText> = errors.read(&form.overall_goal, "长期目标");
    if !errors.0.is_empty() {
        return Ok(None);
    }
    let location = project.location();
    let after = ProjectRow {
        annual_goal: annual.or_else(|| project.annual_goal.clone()),
        overall_goal: overall.or_else(|| project.overall_goal.clone()),
        ..project.clone()
    };
    let mut changes: Vec<Change> = project_change(project, after, is_new, !figures.is_empty()).into_iter().collect();
    changes.extend(figures);
    check(c, &changes, start, errors)?;
    Ok(Some((changes, location, !is_new, notes)))
}
