//! Making the changes of an import, set-wise, in one transaction.

use std::collections::HashSet;
use std::path::Path;

use diesel::QueryResult;
use diesel::result::DatabaseErrorKind;

use super::change::{Change, Table, Written};
use super::plan;
use crate::assessments::guard::{self, Write};
use crate::assessments::model::{AssessmentId, AssessmentRow};
use crate::assessments::result::ResultRow;
use crate::budgets::model::BudgetLine;
use crate::db::Connection;
use crate::db::journal::Place;
use crate::http::error::{Code, Error, Result};
use crate::indicators::model::IndicatorRow;
use crate::organizations::codes::CodeRanges;
use crate::organizations::model::Organization;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::{assessments, changes, organizations, projects};

/// Changes in one batch: few enough to fit in memory, enough that the cost per batch does not matter.
const TOGETHER: usize = 2_000;

/// The error of a plan that no longer fits the registered data.
fn outdated() -> Error {
    Error::of(Code::ImportOutdated)
}

/// Turns a constraint violation into `import_outdated`: a record was added or deleted since the plan was made.
fn current<T>(result: QueryResult<T>) -> Result<T> {
    result.map_err(|cause| match cause {
        diesel::result::Error::DatabaseError(
            DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::ForeignKeyViolation,
            _,
        ) => outdated(),
        other => other.into(),
    })
}

/// The changes of one table in a batch.
struct Pending<T> {
    added: Vec<T>,
    /// Each as it was, and as it will be.
    changed: Vec<(T, T)>,
    gone: Vec<T>,
}

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Pending { added: Vec::new(), changed: Vec::new(), gone: Vec::new() }
    }
}

impl<T: Table> Pending<T> {
    fn take(&mut self, written: Written<T>) {
        match (written.before, written.after) {
            (None, Some(after)) => self.added.push(after),
            (Some(before), Some(after)) => self.changed.push((before, after)),
            (Some(before), None) => self.gone.push(before),
            (None, None) => {}
        }
    }

    /// Deletes the rows in `gone`, if their versions are unchanged.
    fn delete(&mut self, c: &mut Connection) -> Result<()> {
        if self.gone.is_empty() {
            return Ok(());
        }
        let ids: Vec<T::Id> = self.gone.iter().map(|row| row.id().clone()).collect();
        let versions = T::versions(c, &ids)?;
        if self.gone.iter().any(|row| versions.get(row.id()) != Some(&row.version())) {
            return Err(outdated());
        }
        let gone = std::mem::take(&mut self.gone);
        c.deleted(&gone)?;
        current(T::delete_all(c, &gone))
    }

    fn change(&mut self, c: &mut Connection) -> Result<()> {
        for (before, row) in self.changed.drain(..) {
            if !current(T::overwrite(c, &before, &row))? {
                return Err(outdated());
            }
        }
        Ok(())
    }

    fn add(&mut self, c: &mut Connection) -> Result<()> {
        current(T::insert_all(c, &self.added))?;
        self.added.clear();
        Ok(())
    }
}

/// A batch: changes of all tables that are written together.
#[derive(Default)]
struct Batch {
    size: usize,
    organizations: Pending<Organization>,
    projects: Pending<ProjectRow>,
    lines: Pending<BudgetLine>,
    indicators: Pending<IndicatorRow>,
    assessments: Pending<AssessmentRow>,
    results_gone: Vec<ResultRow>,
    results_added: Vec<ResultRow>,
    /// What it writes, for the guard.
    writes: HashSet<Write>,
    /// Projects whose figures change: their drafts are scored again.
    figures: Vec<ProjectId>,
    /// Projects that another organization carries out now, with the former one.
    moved: Vec<(ProjectId, Place)>,
    touched_projects: Vec<(ProjectId, i64)>,
    touched_assessments: Vec<(AssessmentId, i64)>,
}

impl Batch {
    fn take(&mut self, change: Change) {
        self.size += 1;
        self.writes.extend(change.write());
        match change {
            Change::Organization(written) => self.organizations.take(*written),
            Change::Project(written) => {
                if let (Some(before), Some(after)) = (&written.before, &written.after)
                    && before.figures() != after.figures()
                {
                    self.figures.push(after.id.clone());
                }
                self.moved.extend(moved(&written));
                self.projects.take(*written);
            }
            Change::BudgetLine(written) => self.lines.take(*written),
            Change::Indicator(written) => self.indicators.take(*written),
            Change::Assessment(written) => self.assessments.take(*written),
            Change::Result(written) => {
                self.results_gone.extend(written.before);
                self.results_added.extend(written.after);
            }
            Change::TouchedProject(id, version) => {
                self.figures.push(id.clone());
                self.touched_projects.push((id, version));
            }
            Change::TouchedAssessment(id, version) => self.touched_assessments.push((id, version)),
        }
    }

    /// Writes the batch in the order of the foreign keys: referenced rows are added first and deleted last.
    fn write(&mut self, c: &mut Connection, code_ranges: &CodeRanges) -> Result<()> {
        self.size = 0;
        let writes: Vec<Write> = std::mem::take(&mut self.writes).into_iter().collect();
        if guard::refusals(c, &writes)?.iter().any(Option::is_some) {
            return Err(outdated());
        }
        let figures = std::mem::take(&mut self.figures);
        assessments::store::tell_rescored(c, &figures)?;
        let touched = std::mem::take(&mut self.touched_projects);
        touch(c, &touched, projects::store::versions, projects::store::touch_all)?;
        let touched = std::mem::take(&mut self.touched_assessments);
        touch(c, &touched, assessments::store::versions, assessments::store::touch_all)?;
        assessments::store::delete_results(c, &std::mem::take(&mut self.results_gone))?;
        self.indicators.delete(c)?;
        self.lines.delete(c)?;
        self.organizations.change(c)?;
        let added = self.organizations.added.clone();
        self.organizations.add(c)?;
        for organization in &added {
            // Another division may have been registered since the check.
            if !code_ranges.allow(c, organization)? {
                return Err(outdated());
            }
            organizations::tree::link(c, organization)?;
        }
        self.projects.change(c)?;
        self.projects.add(c)?;
        self.lines.change(c)?;
        self.lines.add(c)?;
        self.indicators.change(c)?;
        self.indicators.add(c)?;
        self.assessments.change(c)?;
        self.assessments.add(c)?;
        let added = std::mem::take(&mut self.results_added);
        current(assessments::store::insert_results(c, &added))?;
        for (project, former) in std::mem::take(&mut self.moved) {
            changes::actions::tell_moved_parts(c, &[project], &former)?;
        }
        Ok(())
    }
}

/// A project that goes to another organization, with the former one.
pub fn moved(written: &Written<ProjectRow>) -> Option<(ProjectId, Place)> {
    let (before, after) = (written.before.as_ref()?, written.after.as_ref()?);
    let is_moved = before.organization_id != after.organization_id;
    is_moved.then(|| (after.id.clone(), Place::Organization(before.organization_id.to_string())))
}

/// The versions of the rows that exist, by id.
type Versions<I> = std::collections::HashMap<I, i64>;

fn touch<I: Clone + Eq + std::hash::Hash>(
    c: &mut Connection,
    touched: &[(I, i64)],
    versions: fn(&mut Connection, &[I]) -> Result<Versions<I>>,
    touch_all: fn(&mut Connection, &[I]) -> QueryResult<()>,
) -> Result<()> {
    if touched.is_empty() {
        return Ok(());
    }
    let ids: Vec<I> = touched.iter().map(|(id, _)| id.clone()).collect();
    let found = versions(c, &ids)?;
    if touched.iter().any(|(id, version)| found.get(id) != Some(version)) {
        return Err(outdated());
    }
    current(touch_all(c, &ids))
}

/// Makes the changes of a plan in batches. `code_ranges` says which division may use a code; `done` is called with the
/// size of each full batch, and may stop the import.
///
/// # Errors
/// `import_outdated` when something that the plan rests on has changed since.
pub fn apply(
    c: &mut Connection,
    path: &Path,
    code_ranges: &CodeRanges,
    mut done: impl FnMut(u64) -> Result<()>,
) -> Result<()> {
    let mut batch = Batch::default();
    plan::each(path, |change| {
        batch.take(change);
        if batch.size >= TOGETHER {
            done(u64::try_from(batch.size).unwrap_or(u64::MAX))?;
            batch.write(c, code_ranges)?;
            c.spill_journal()?;
        }
        Ok(())
    })?;
    batch.write(c, code_ranges)
}
