//! Every query of the projects.

#![expect(
    missing_docs,
    reason = "auto_type gives each condition a type alias, which cannot carry a comment of its own"
)]

use std::collections::{HashMap, HashSet};

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;

use super::model::{NewProject, ProjectHead, ProjectId, ProjectQuery, ProjectRow, ProjectSortKey, Subject};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::{among, any_of};
use crate::db::bulk::{CHUNK, delete_rows, insert_rows, overwrite_row, touch_rows, versions_of};
use crate::db::schema::{organization_ancestors as ancestors, projects};
use crate::db::taken::Taken;
use crate::http::error::Result;
use crate::http::page::{Page, Paging, Slice, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::organizations::{self, OrganizationId};
use crate::values::{Instant, NaturalCode, Stored};

/// Whether a project's organization lies in the subtree of the one with that code.
#[auto_type]
fn below<'a>(code: &'a str) -> _ {
    exists(
        ancestors::table
            .filter(ancestors::ancestor_code.eq(code).and(ancestors::organization_id.eq(projects::organization_id))),
    )
}

/// The same; who sees a whole division is known by its code alone.
#[auto_type]
pub fn visible<'a>(code: &'a str) -> _ {
    let below: below<'a> = below(code);
    projects::division_code.eq(code).or(below)
}

/// The same where the division is known, for what is found by anything but its id: only rows of the division are read.
#[auto_type]
fn seen_in<'a>(division: &'a str, code: &'a str) -> _ {
    let visible: visible<'a> = visible(code);
    projects::division_code.eq(division).and(visible)
}

/// The division of the caller.
fn division_of(c: &mut Connection, caller: &Caller) -> Result<String> {
    organizations::store::division_of(c, &caller.organization_code)
}

/// One project that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &ProjectId) -> Result<ProjectRow> {
    Ok(on!(c, c => projects::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(ProjectRow::as_select())
        .first(c))?)
}

/// The project of a natural key, if the caller sees it.
pub fn find_by_code(c: &mut Connection, caller: &Caller, year: i32, code: &str) -> Result<Option<ProjectRow>> {
    let division = division_of(c, caller)?;
    Ok(on!(c, c => projects::table
        .filter(projects::fiscal_year.eq(year).and(projects::code.eq(code)))
        .filter(seen_in(&division, &caller.organization_code))
        .select(ProjectRow::as_select())
        .first(c)
        .optional())?)
}

/// The projects of some codes in a year that the caller sees.
pub fn of_codes(c: &mut Connection, caller: &Caller, year: i32, codes: &[&str]) -> Result<Vec<ProjectRow>> {
    let division = division_of(c, caller)?;
    let mut found = Vec::new();
    for chunk in codes.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => projects::table
            .filter(projects::fiscal_year.eq(year).and(projects::code.eq_any(chunk)))
            .filter(seen_in(&division, &caller.organization_code))
            .select(ProjectRow::as_select())
            .load::<ProjectRow>(c))?);
    }
    Ok(found)
}

/// Which of some codes a division has given in a year, whoever asks.
pub fn taken_codes(c: &mut Connection, division: &str, year: i32, codes: &[&str]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for chunk in codes.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => projects::table
            .filter(projects::division_code.eq(division).and(projects::fiscal_year.eq(year)))
            .filter(projects::code.eq_any(chunk))
            .select(projects::code)
            .load::<String>(c))?);
    }
    Ok(found)
}

/// The projects of exactly that name in a year that the caller sees.
pub fn of_name(c: &mut Connection, caller: &Caller, year: i32, name: &str) -> Result<Vec<ProjectRow>> {
    let division = division_of(c, caller)?;
    Ok(on!(c, c => projects::table
        .filter(projects::fiscal_year.eq(year).and(projects::name.eq(name)))
        .filter(seen_in(&division, &caller.organization_code))
        .order(projects::id)
        .select(ProjectRow::as_select())
        .limit(20)
        .load(c))?)
}

/// The projects of some organizations, whoever asks.
pub fn of_organizations(c: &mut Connection, ids: &[OrganizationId]) -> Result<Vec<ProjectRow>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => projects::table
            .filter(projects::organization_id.eq_any(chunk))
            .select(ProjectRow::as_select())
            .load::<ProjectRow>(c))?);
    }
    Ok(found)
}

/// All of a year's projects that the caller sees, by code.
pub fn of_year(c: &mut Connection, caller: &Caller, year: i32) -> Result<Vec<ProjectRow>> {
    let division = division_of(c, caller)?;
    Ok(on!(c, c => projects::table
        .filter(projects::fiscal_year.eq(year))
        .filter(seen_in(&division, &caller.organization_code))
        .order(projects::code)
        .select(ProjectRow::as_select())
        .load(c))?)
}

/// Codes and names of a year's projects that the caller sees, for a suggestion: the first of them.
pub fn names(c: &mut Connection, caller: &Caller, year: i32, limit: i64) -> Result<Vec<(String, String)>> {
    let division = division_of(c, caller)?;
    Ok(on!(c, c => projects::table
        .filter(projects::fiscal_year.eq(year))
        .filter(seen_in(&division, &caller.organization_code))
        .order(projects::code)
        .select((projects::code, projects::name))
        .limit(limit)
        .load(c))?)
}

/// Some projects, whoever asks.
pub fn of_ids(c: &mut Connection, ids: &[ProjectId]) -> Result<Vec<ProjectRow>> {
    Ok(on!(c, c => any_of!(projects::table.into_boxed(), projects::id, ids).select(ProjectRow::as_select()).load(c))?)
}

/// Those of some ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[ProjectId]) -> Result<Vec<ProjectRow>> {
    Ok(on!(c, c => projects::table
        .filter(projects::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(ProjectRow::as_select())
        .load(c))?)
}

/// A page of those that the caller sees: which they are, and in which version.
pub fn list(c: &mut Connection, caller: &Caller, query: &ProjectQuery, paging: &Paging) -> Result<Page<ProjectHead>> {
    let sort = query.sort.unwrap_or(Sort::up(ProjectSortKey::Id));
    let years: Vec<i32> = query.fiscal_year.0.iter().map(|year| year.0).collect();
    let division = division_of(c, caller)?;
    // A unit's few projects are found by their unit; the whole year would be read for them otherwise.
    let unit = organizations::store::alone(c, &caller.organization_code)?;
    let (rows, total) = on!(c, c => {
        let filtered = || {
            let mut found = projects::table.filter(projects::division_code.eq(&division)).into_boxed();
            // Without this condition the rows of a whole division are counted in its index.
            if division != caller.organization_code {
                found = found.filter(below(&caller.organization_code));
            }
            found = match &unit {
                // The sum says nothing new; it keeps SQLite from the index of the year.
                Some(unit) => {
                    among!(found.filter(projects::organization_id.eq(unit)), projects::fiscal_year + 0, years)
                }
                None => among!(found, projects::fiscal_year, years),
            };
            found = among!(found, projects::code, query.code.0);
            if let Some(name) = &query.name {
                found = found.filter(projects::name.eq(name));
            }
            found = among!(found, projects::organization_id, query.organization_id.0);
            if let Some(top) = &query.subtree_of {
                found = found.filter(projects::organization_id.eq_any(
                    ancestors::table.filter(ancestors::ancestor_code.eq(top)).select(ancestors::organization_id),
                ));
            }
            if let Some(subject) = query.subject {
                found = found.filter(projects::subject.eq(subject));
            }
            if let Some(since) = query.updated_since {
                found = found.filter(projects::updated_at.ge(since));
            }
            found
        };
        use ProjectSortKey as By;
        let page = match sort.key {
            By::Id => keyset!(filtered(), paging, sort.way, projects::id),
            By::Code => keyset!(filtered(), paging, sort.way, projects::id, projects::code, String),
            By::Name => keyset!(filtered(), paging, sort.way, projects::id, projects::name, String),
            By::UpdatedAt => keyset!(filtered(), paging, sort.way, projects::id, projects::updated_at, Instant),
        };
        let rows = page.select(ProjectHead::as_select()).limit(paging.fetch()).load(c)?;
        let total = query.count.map(|_| filtered().count().get_result::<i64>(c)).transpose()?;
        (rows, total)
    });
    Ok(paging.page(rows, total, |row| {
        let key = match sort.key {
            ProjectSortKey::Id => row.id.to_string(),
            ProjectSortKey::Code => row.code.to_string(),
            ProjectSortKey::Name => row.name.to_string(),
            ProjectSortKey::UpdatedAt => row.updated_at.to_string(),
        };
        (key, row.id.to_string())
    }))
}

/// A piece of those that the caller sees, with code and name of their organizations.
pub fn slice(c: &mut Connection, caller: &Caller, slice: &Slice) -> Result<Vec<(ProjectRow, String, String)>> {
    use crate::db::schema::organizations as of;
    let division = division_of(c, caller)?;
    Ok(on!(c, c => {
        let mut found = projects::table
            .inner_join(of::table)
            .filter(seen_in(&division, &caller.organization_code))
            .filter(projects::id.gt(&slice.after))
            .into_boxed();
        found = among!(found, projects::fiscal_year, slice.years);
        if let Some(top) = &slice.subtree_of {
            found = found.filter(projects::organization_id.eq_any(
                ancestors::table.filter(ancestors::ancestor_code.eq(top)).select(ancestors::organization_id),
            ));
        }
        found
            .order(projects::id)
            .limit(slice.limit)
            .select((ProjectRow::as_select(), of::code, of::name))
            .load(c)
    })?)
}

fn taken(new: &NewProject) -> (String, String) {
    (
        format!("{}年度已有代码为{}的项目", new.fiscal_year, new.code),
        format!("the fiscal year {} has a project {} already", new.fiscal_year, new.code),
    )
}

/// What stands for all that an organization spends in a year, if it is registered.
pub fn whole_of(
    c: &mut Connection,
    caller: &Caller,
    year: i32,
    organization: &OrganizationId,
) -> Result<Option<ProjectRow>> {
    Ok(on!(c, c => projects::table
        .filter(visible(&caller.organization_code))
        .filter(projects::organization_id.eq(organization))
        .filter(projects::fiscal_year.eq(year).and(projects::subject.eq(Subject::Organization)))
        .order(projects::id)
        .select(ProjectRow::as_select())
        .first(c)
        .optional())?)
}

/// Adds a project to an organization of the division.
pub fn insert(c: &mut Connection, division_code: NaturalCode, new: NewProject) -> Result<ProjectRow> {
    let now = Instant::now();
    let (zh, en) = taken(&new);
    let row = ProjectRow {
        id: ProjectId::new(),
        version: 1,
        division_code,
        fiscal_year: new.fiscal_year,
        code: new.code,
        name: new.name,
        organization_id: new.organization_id,
        overall_goal: new.overall_goal,
        annual_goal: new.annual_goal,
        basis_documents: Stored::new(&new.basis_documents)?,
        implementation_plan: Stored::new(&new.implementation_plan)?,
        created_at: now,
        updated_at: now,
        subject: new.subject,
    };
    on!(&mut *c, c => diesel::insert_into(projects::table).values(&row).execute(c)).taken("/code", &zh, &en)?;
    c.created([&row]);
    Ok(row)
}

/// Writes a project anew, as its next version.
pub fn update(c: &mut Connection, before: &ProjectRow, new: NewProject) -> Result<ProjectRow> {
    let (zh, en) = taken(&new);
    let row = on!(&mut *c, c => diesel::update(projects::table.find(&before.id))
        .set((
            projects::fiscal_year.eq(new.fiscal_year),
            projects::code.eq(new.code),
            projects::name.eq(new.name),
            projects::organization_id.eq(new.organization_id),
            projects::overall_goal.eq(new.overall_goal),
            projects::annual_goal.eq(new.annual_goal),
            projects::basis_documents.eq(Stored::new(&new.basis_documents)?),
            projects::subject.eq(new.subject),
            projects::implementation_plan.eq(Stored::new(&new.implementation_plan)?),
            projects::version.eq(projects::version + 1),
            projects::updated_at.eq(Instant::now()),
        ))
        .returning(ProjectRow::as_returning())
        .get_result(c))
    .taken("/code", &zh, &en)?;
    c.changed(before, &row);
    Ok(row)
}

/// Counts a change of what belongs to the project as a change of the project.
pub fn touch(c: &mut Connection, id: &ProjectId) -> Result<ProjectRow> {
    let row = on!(&mut *c, c => diesel::update(projects::table.find(id))
        .set((projects::version.eq(projects::version + 1), projects::updated_at.eq(Instant::now())))
        .returning(ProjectRow::as_returning())
        .get_result(c))?;
    c.counted([&row]);
    Ok(row)
}

/// Deletes a project; its budget lines and indicators go with it.
pub fn delete(c: &mut Connection, row: &ProjectRow) -> Result<()> {
    c.deleted([row])?;
    on!(c, c => diesel::delete(projects::table.find(&row.id)).execute(c))
        .in_use("该项目已有自评或得分，不能删除", "the project has assessments or scores and cannot be deleted")?;
    Ok(())
}

/// Adds rows.
pub fn insert_all(c: &mut Connection, rows: &[ProjectRow]) -> QueryResult<()> {
    insert_rows!(c, projects, rows)
}

/// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
pub fn overwrite(c: &mut Connection, before: &ProjectRow, row: &ProjectRow) -> QueryResult<bool> {
    overwrite_row!(c, projects, before, row)
}

/// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
pub fn delete_all(c: &mut Connection, rows: &[ProjectRow]) -> QueryResult<()> {
    delete_rows!(c, projects, rows)
}

/// The current versions of the rows that exist.
pub fn versions(c: &mut Connection, ids: &[ProjectId]) -> Result<HashMap<ProjectId, i64>> {
    versions_of!(c, projects, ids)
}

/// Increments the version of each row, because one of its parts has changed.
pub fn touch_all(c: &mut Connection, ids: &[ProjectId]) -> QueryResult<()> {
    touch_rows!(c, projects, ProjectRow, ids)
}
