//! Changes of a project's budget lines: each counts as a change of the project.

use super::model::{BudgetLine, BudgetLineId, BudgetSummary, NewBudgetLine};
use super::store;
use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::Result;
use crate::http::etag::IfMatch;
use crate::projects::{self, ProjectId};

/// The sum of a project's lines, with the project's version.
pub fn summarize(c: &mut Connection, caller: &Caller, id: &ProjectId) -> Result<(BudgetSummary, i64)> {
    let project = projects::store::get(c, caller, id)?;
    let lines = store::of_projects(c, std::slice::from_ref(id))?;
    Ok((BudgetSummary::of(&lines), project.version))
}

/// Adds a line to a project.
pub fn create(c: &mut Connection, caller: &Caller, id: &ProjectId, new: NewBudgetLine) -> Result<BudgetLine> {
    let project = projects::actions::change_figures(c, caller, id)?;
    store::insert(c, &project, new)
}

/// Changes a line.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &BudgetLineId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewBudgetLine) -> Result<NewBudgetLine>,
) -> Result<BudgetLine> {
    let before = store::get(c, caller, id)?;
    if_match.check(&before.etag())?;
    let new = change(&NewBudgetLine::from(&before))?;
    projects::actions::change_figures(c, caller, &before.project_id)?;
    store::update(c, &before, new)
}

/// Deletes a line.
pub fn delete(c: &mut Connection, caller: &Caller, id: &BudgetLineId, if_match: &IfMatch) -> Result<()> {
    let before = store::get(c, caller, id)?;
    if_match.check(&before.etag())?;
    projects::actions::change_figures(c, caller, &before.project_id)?;
    store::delete(c, &before)
}
