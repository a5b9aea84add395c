//! Undoing the changes of an import, as long as nothing has changed since what it wrote.

use std::collections::HashSet;
use std::path::Path;

use diesel::QueryResult;
use diesel::result::DatabaseErrorKind;

use super::change::{Change, Table, Written};
use super::{apply, plan};
use crate::assessments::guard::{self, Refusal, Write};
use crate::assessments::model::AssessmentId;
use crate::assessments::result::ResultRow;
use crate::db::Connection;
use crate::db::bulk::CHUNK;
use crate::http::error::{Code, Error, FieldError, Message, Result};
use crate::projects::ProjectId;
use crate::{assessments, changes, organizations, projects};

/// The most later changes that one answer lists.
const LISTED: usize = 1000;

/// The later changes that prevent the revert.
#[derive(Default)]
struct Conflicts(Vec<FieldError>);

impl Conflicts {
    fn add(&mut self, location: String, zh: String, en: String) {
        if self.0.len() < LISTED {
            self.0.push(FieldError::new(location, Code::ImportTouched, Message::new(zh, en)));
        }
    }

    /// A write that the guard refuses, unless a later change of the same thing is listed already.
    fn refused(&mut self, write: &Write, refusal: &Refusal) {
        let location = match write {
            Write::InYear(year, organization) => {
                format!("/api/v1/projects?fiscal_year={year}&organization_id={organization}")
            }
            Write::Figures(id) | Write::Opening(id) => format!("/api/v1/projects/{id}"),
            Write::Assessment(id, _) => format!("/api/v1/self-assessments/{id}"),
        };
        if !self.0.iter().any(|listed| listed.pointer == location) {
            let message = refusal.message();
            self.add(location, message.zh, message.en);
        }
    }

    fn touched<T: Table>(&mut self, row: &T, exists: bool) {
        let (zh, en) = row.called();
        match exists {
            true => self.add(
                row.location(),
                format!("{zh}在导入后又被修改"),
                format!("the {en} was changed after the import"),
            ),
            false => self.add(
                row.location(),
                format!("{zh}在导入后被删除"),
                format!("the {en} was deleted after the import"),
            ),
        }
    }

    /// Fails when there are any.
    fn check(self) -> Result<()> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(Error::fields(Code::ImportTouched, self.0)),
        }
    }
}

/// Turns a foreign key violation into the error that a record is still referred to and cannot be deleted.
fn unreferenced<T>(result: QueryResult<T>) -> Result<T> {
    result.map_err(|cause| match cause {
        diesel::result::Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Error::new(
            Code::ImportTouched,
            "导入建立的记录已被其他记录引用（例如项目已有自评、单位已有项目），不能撤销",
            "records that the import made are referred to by later ones, such as an assessment of a project or a \
             project of an organization, so it cannot be reverted",
        ),
        other => other.into(),
    })
}

/// Undoes the changes of a plan.
///
/// # Errors
/// `import_touched` with each later change that stands in the way.
pub fn revert(c: &mut Connection, path: &Path) -> Result<()> {
    check(c, path)?;
    let mut results = Vec::new();
    each_chunk(path, result, |chunk: Vec<Written<ResultRow>>| {
        results.clear();
        results.extend(chunk.into_iter().filter_map(|written| written.after));
        assessments::store::delete_results(c, &results)
    })?;
    each_chunk(path, assessment, |chunk| undo(c, chunk))?;
    each_chunk(path, indicator, |chunk| undo(c, chunk))?;
    each_chunk(path, line, |chunk| undo(c, chunk))?;
    each_chunk(path, result, |chunk| {
        let before: Vec<ResultRow> = chunk.into_iter().filter_map(|written| written.before).collect();
        Ok(assessments::store::insert_results(c, &before)?)
    })?;
    each_chunk(path, project, |chunk| {
        // Before and after are swapped, so that a moved project moves back to its former organization.
        let back = chunk.iter().map(|one| Written { before: one.after.clone(), after: one.before.clone() });
        let moved: Vec<_> = back.filter_map(|one| apply::moved(&one)).collect();
        undo(c, chunk)?;
        for (project, former) in moved {
            changes::actions::tell_moved_parts(c, &[project], &former)?;
        }
        Ok(())
    })?;
    // Children first: a plan has parents before children.
    let mut made = Vec::new();
    each_chunk(path, organization, |chunk| {
        made.extend(chunk);
        Ok(())
    })?;
    made.reverse();
    for chunk in made.chunks(1) {
        undo(c, chunk.to_vec())?;
    }
    each_chunk(path, touched_project, |ids: Vec<ProjectId>| {
        projects::store::touch_all(c, &ids)?;
        c.spill_journal()
    })?;
    each_chunk(path, figures, |ids| {
        assessments::store::tell_rescored(c, &ids)?;
        c.spill_journal()
    })?;
    each_chunk(path, touched_assessment, |touched: Vec<(AssessmentId, i64)>| {
        let ids: Vec<AssessmentId> = touched.into_iter().map(|(id, _)| id).collect();
        Ok(assessments::store::touch_all(c, &ids)?)
    })
}

fn check(c: &mut Connection, path: &Path) -> Result<()> {
    let mut conflicts = Conflicts::default();
    each_chunk(path, organization, |chunk| unchanged(c, &chunk, &mut conflicts))?;
    each_chunk(path, project, |chunk| unchanged(c, &chunk, &mut conflicts))?;
    each_chunk(path, line, |chunk| unchanged(c, &chunk, &mut conflicts))?;
    each_chunk(path, indicator, |chunk| unchanged(c, &chunk, &mut conflicts))?;
    let mut own: HashSet<AssessmentId> = HashSet::new();
    each_chunk(path, assessment, |chunk| {
        own.extend(chunk.iter().filter_map(|written| written.after.as_ref()).map(|row| row.id.clone()));
        unchanged(c, &chunk, &mut conflicts)
    })?;
    each_chunk(path, touched_assessment, |chunk| {
        let ids: Vec<AssessmentId> = chunk.iter().map(|(id, _)| id.clone()).collect();
        let found = assessments::store::versions(c, &ids)?;
        for (id, version) in chunk.into_iter().filter(|(id, version)| found.get(id) != Some(&(version + 1))) {
            let (zh, en) = (
                format!("自评{id}在导入后又被修改"),
                format!("the self-assessment {id} was changed after the import (version {version} before it)"),
            );
            conflicts.add(format!("/api/v1/self-assessments/{id}"), zh, en);
            own.insert(id);
        }
        own.extend(ids);
        Ok(())
    })?;
    each_chunk(path, indicator, |chunk| {
        let made: Vec<_> = chunk
            .iter()
            .filter(|written| written.before.is_none())
            .filter_map(|written| written.after.as_ref())
            .collect();
        let ids: Vec<_> = made.iter().map(|row| row.id.clone()).collect();
        for (assessment, indicator) in assessments::store::results_of_indicators(c, &ids)? {
            let row = made.iter().find(|row| row.id == indicator);
            if let Some(row) = row.filter(|_| !own.contains(&assessment)) {
                let name = &row.name;
                let (zh, en) = (format!("指标{name}已填报结果"), format!("the indicator {name} has a result by now"));
                conflicts.add(row.location(), zh, en);
            }
        }
        Ok(())
    })?;
    each_chunk(
        path,
        |change| change.write(),
        |writes| {
            for (write, refusal) in writes.iter().zip(guard::refusals(c, &writes)?) {
                if let Some(refusal) = refusal {
                    conflicts.refused(write, &refusal);
                }
            }
            Ok(())
        },
    )?;
    let mut lost: HashSet<ProjectId> = HashSet::new();
    each_chunk(path, of_gone, |ids| {
        lost.extend(ids);
        Ok(())
    })?;
    each_chunk(path, project_version, |touched| {
        let touched: Vec<_> = touched.into_iter().filter(|(id, _)| lost.contains(id)).collect();
        let ids: Vec<ProjectId> = touched.iter().map(|(id, _)| id.clone()).collect();
        let found = projects::store::versions(c, &ids)?;
        for (id, _) in touched.into_iter().filter(|(id, version)| found.get(id) != Some(version)) {
            let (zh, en) = (
                "项目的指标或资金在导入后又被修改".to_owned(),
                "indicators or budget lines of the project were changed after the import".to_owned(),
            );
            conflicts.add(format!("/api/v1/projects/{id}"), zh, en);
        }
        Ok(())
    })?;
    conflicts.check()
}

/// Whether rows are as the import left them.
fn unchanged<T: Table>(c: &mut Connection, chunk: &[Written<T>], conflicts: &mut Conflicts) -> Result<()> {
    let after: Vec<&T> = chunk.iter().filter_map(|written| written.after.as_ref()).collect();
    let ids: Vec<T::Id> = after.iter().map(|row| row.id().clone()).collect();
    let found = T::versions(c, &ids)?;
    for row in after {
        match found.get(row.id()) {
            Some(version) if *version == row.version() => {}
            other => conflicts.touched(row, other.is_some()),
        }
    }
    Ok(())
}

/// Restores rows: added ones are deleted, changed ones are written back as their next version, deleted ones are added.
fn undo<T: Table>(c: &mut Connection, chunk: Vec<Written<T>>) -> Result<()> {
    let (mut made, mut gone) = (Vec::new(), Vec::new());
    for written in chunk {
        match (written.before, written.after) {
            (None, Some(after)) => made.push(after),
            (Some(mut before), Some(after)) => {
                before.follow(after.version());
                unreferenced(T::overwrite(c, &after, &before))?;
            }
            (Some(before), None) => gone.push(before),
            (None, None) => {}
        }
    }
    c.deleted(&made)?;
    unreferenced(T::delete_all(c, &made))?;
    unreferenced(T::insert_all(c, &gone))?;
    c.spill_journal()
}

/// Passes the changes of one kind to `take` in chunks, so that memory does not grow with the plan.
fn each_chunk<T>(path: &Path, pick: fn(Change) -> Option<T>, mut take: impl FnMut(Vec<T>) -> Result<()>) -> Result<()> {
    let mut chunk = Vec::new();
    plan::each(path, |change| {
        chunk.extend(pick(change));
        match chunk.len() >= CHUNK {
            true => take(std::mem::take(&mut chunk)),
            false => Ok(()),
        }
    })?;
    match chunk.is_empty() {
        true => Ok(()),
        false => take(chunk),
    }
}

macro_rules! picks {
    ($($name:ident: $variant:ident -> $row:ty;)+) => {$(
        fn $name(change: Change) -> Option<Written<$row>> {
            match change {
                Change::$variant(written) => Some(*written),
                _ => None,
            }
        }
    )+};
}

picks! {
    organization: Organization -> organizations::Organization;
    project: Project -> projects::model::ProjectRow;
    line: BudgetLine -> crate::budgets::BudgetLine;
    indicator: Indicator -> crate::indicators::model::IndicatorRow;
    assessment: Assessment -> crate::assessments::model::AssessmentRow;
    result: Result -> ResultRow;
}

/// The project whose figures a change concerns.
fn figures(change: Change) -> Option<ProjectId> {
    match change {
        Change::TouchedProject(id, _) => Some(id),
        Change::Project(written) => {
            let (before, after) = (written.before?, written.after?);
            (before.figures() != after.figures()).then_some(after.id)
        }
        _ => None,
    }
}

/// The project of a deleted row: a row that has replaced it since must not exist beside the restored one.
fn of_gone(change: Change) -> Option<ProjectId> {
    match change {
        Change::Indicator(written) if written.after.is_none() => written.before.map(|row| row.project_id),
        Change::BudgetLine(written) if written.after.is_none() => written.before.map(|row| row.project_id),
        _ => None,
    }
}

fn project_version(change: Change) -> Option<(ProjectId, i64)> {
    match change {
        Change::TouchedProject(id, version) => Some((id, version + 1)),
        _ => None,
    }
}

fn touched_project(change: Change) -> Option<ProjectId> {
    match change {
        Change::TouchedProject(id, _) => Some(id),
        _ => None,
    }
}

fn touched_assessment(change: Change) -> Option<(AssessmentId, i64)> {
    match change {
        Change::TouchedAssessment(id, version) => Some((id, version)),
        _ => None,
    }
}
