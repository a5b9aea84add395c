//! Every query of the projects.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::model::{NewProject, ProjectHead, ProjectId, ProjectQuery, ProjectRow, ProjectSortKey, Subject};
use super::places::{below, of_division, visible};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::{among, any_of};
use crate::db::bulk::{CHUNK, delete_rows, insert_rows, overwrite_row, touch_rows, versions_of};
use crate::db::schema::projects;
use crate::db::taken::Taken;
use crate::http::error::Result;
use crate::http::page::{Found, Page, Paging, SortKey, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::organizations::reach::Reach;
use crate::organizations::slice::Slice;
use crate::organizations::{self, OrganizationId};
use crate::values::{Instant, NaturalCode, Stored};

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
    Ok(of_codes(c, caller, year, &[code])?.pop())
}

/// The projects of some codes in a year that the caller sees. Where it sees several divisions, the code may name one in
/// each: that of its own division then, and none where only others have it.
pub fn of_codes(c: &mut Connection, caller: &Caller, year: i32, codes: &[&str]) -> Result<Vec<ProjectRow>> {
    let reach = Reach::of(c, &caller.organization_code)?;
    let mut found = Vec::new();
    for division in &reach.divisions {
        found.extend(of_codes_in(c, (division, &reach.below), year, codes)?);
    }
    if reach.divisions.len() > 1 {
        let mut of_code: HashMap<NaturalCode, Vec<ProjectRow>> = HashMap::new();
        found.into_iter().for_each(|one: ProjectRow| of_code.entry(one.code.clone()).or_default().push(one));
        let one_of = |mut several: Vec<ProjectRow>| match several.len() {
            1 => several.pop(),
            _ => several.into_iter().find(|one| one.division_code.as_str() == reach.own),
        };
        return Ok(of_code.into_values().filter_map(one_of).collect());
    }
    Ok(found)
}

/// The projects of some codes in a year and one division, as far as they lie below an organization.
fn of_codes_in(
    c: &mut Connection,
    (division, top): (&str, &Option<String>),
    year: i32,
    codes: &[&str],
) -> Result<Vec<ProjectRow>> {
    let mut found = Vec::new();
    for chunk in codes.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => {
            let of_codes = any_of!(projects::table.into_boxed(), projects::code, chunk);
            of_division!(of_codes.filter(projects::fiscal_year.eq(year)), division, top)
                .select(ProjectRow::as_select())
                .load::<ProjectRow>(c)
        })?);
    }
    Ok(found)
}

/// The projects of some codes in a year that the caller sees in one division.
pub fn of_division_and_codes(
    c: &mut Connection,
    caller: &Caller,
    division: &str,
    year: i32,
    codes: &[&str],
) -> Result<Vec<ProjectRow>> {
    let reach = Reach::of(c, &caller.organization_code)?;
    match reach.divisions.iter().any(|one| one == division) {
        true => of_codes_in(c, (division, &reach.below), year, codes),
        false => Ok(Vec::new()),
    }
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
    let reach = Reach::of(c, &caller.organization_code)?;
    let mut found = Vec::new();
    for division in &reach.divisions {
        found.extend(on!(&mut *c, c => {
            let of_name = projects::table.filter(projects::fiscal_year.eq(year).and(projects::name.eq(name)));
            of_division!(of_name.into_boxed(), division, &reach.below)
                .order(projects::id)
                .select(ProjectRow::as_select())
                .limit(20)
                .load::<ProjectRow>(c)
        })?);
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.truncate(20);
    Ok(found)
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

/// All of a year's projects that the caller sees, by division and code.
pub fn of_year(c: &mut Connection, caller: &Caller, year: i32) -> Result<Vec<ProjectRow>> {
    let reach = Reach::of(c, &caller.organization_code)?;
    let mut found = Vec::new();
    for division in &reach.divisions {
        found.extend(on!(&mut *c, c => {
            let of_year = projects::table.filter(projects::fiscal_year.eq(year)).into_boxed();
            of_division!(of_year, division, &reach.below)
                .order(projects::code)
                .select(ProjectRow::as_select())
                .load::<ProjectRow>(c)
        })?);
    }
    Ok(found)
}

/// Codes and names of a year's projects that the caller sees, for a suggestion: the first of them.
pub fn names(c: &mut Connection, caller: &Caller, year: i32, limit: i64) -> Result<Vec<(String, String)>> {
    let reach = Reach::of(c, &caller.organization_code)?;
    let mut found: Vec<(String, String)> = Vec::new();
    for division in &reach.divisions {
        let missing = limit.saturating_sub(i64::try_from(found.len()).unwrap_or(i64::MAX));
        if missing <= 0 {
            break;
        }
        found.extend(on!(&mut *c, c => {
            let of_year = projects::table.filter(projects::fiscal_year.eq(year)).into_boxed();
            of_division!(of_year, division, &reach.below)
                .order(projects::code)
                .select((projects::code, projects::name))
                .limit(missing)
                .load::<(String, String)>(c)
        })?);
    }
    Ok(found)
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
    let mut reach = Reach::within(c, &caller.organization_code, query.subtree_of.as_ref().map(NaturalCode::as_str))?;
    if !query.organization_id.0.is_empty() {
        reach.keep(&organizations::store::divisions_of(c, &query.organization_id.0)?);
    }
    // A unit's few projects are found by their unit; the whole year would be read for them otherwise.
    let unit = organizations::store::alone(c, &caller.organization_code)?;
    let known = query.counted().map(|counted| counted.of(c, &reach)).transpose()?;
    let mut all = Found::of(query.count).known(known);
    for division in &reach.divisions {
        on!(&mut *c, c => {
            let filtered = || {
                let mut found = of_division!(projects::table.into_boxed(), division, &reach.below);
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
                if let Some(top) = query.subtree_of.as_ref().filter(|top| top.as_str() != division) {
                    found = found.filter(below(top.as_str()));
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
            all.rows(page.select(ProjectHead::as_select()).limit(paging.fetch()).load(c)?);
            all.count(|| filtered().count().get_result(c))?;
        });
    }
    Ok(all.page(paging, sort.way, |row| {
        let key = match sort.key {
            ProjectSortKey::Id => SortKey::Text(row.id.to_string()),
            ProjectSortKey::Code => SortKey::Text(row.code.to_string()),
            ProjectSortKey::Name => SortKey::Text(row.name.to_string()),
            ProjectSortKey::UpdatedAt => SortKey::Moment(row.updated_at),
        };
        (key, row.id.to_string())
    }))
}

/// A piece of those that the caller sees, with code and name of their organizations.
pub fn slice(c: &mut Connection, slice: &Slice) -> Result<Vec<(ProjectRow, String, String)>> {
    use crate::db::schema::organizations as of;
    Ok(on!(c, c => {
        let found = projects::table.inner_join(of::table).into_boxed();
        let mut found = of_division!(found, &slice.division, &slice.below).filter(projects::id.gt(&slice.after));
        found = among!(found, projects::fiscal_year, slice.wanted.years);
        if let Some(top) = &slice.wanted.subtree_of {
            found = found.filter(below(top));
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
    note(c, before, &row);
    c.changed(before, &row);
    Ok(row)
}

/// Notes that what a project spends is of another year or organization now, or is something else.
fn note(c: &mut Connection, before: &ProjectRow, row: &ProjectRow) {
    let place = |row: &ProjectRow| (row.fiscal_year, row.organization_id.clone(), row.subject);
    if place(before) != place(row) {
        for one in [before, row] {
            c.funds_of_organization_changed(one.fiscal_year, one.organization_id.as_str());
        }
    }
    if before.subject != row.subject {
        c.grouping_changed(row.division_code.as_str());
    }
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
    c.funds_of_organization_changed(row.fiscal_year, row.organization_id.as_str());
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
    note(c, before, row);
    overwrite_row!(c, projects, before, row)
}

/// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
pub fn delete_all(c: &mut Connection, rows: &[ProjectRow]) -> QueryResult<()> {
    rows.iter().for_each(|row| c.funds_of_organization_changed(row.fiscal_year, row.organization_id.as_str()));
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
