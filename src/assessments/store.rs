//! Every query of the self-assessments, their results and their transitions.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{AssessmentId, AssessmentRow, AssessmentSortKey, Status, Transition};
use super::request::AssessmentQuery;
use super::result::ResultRow;
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::{among, any_of};
use crate::db::bulk::{CHUNK, delete_rows, overwrite_row, touch_rows, versions_of};
use crate::db::journal::ChangeType;
use crate::db::schema::{
    assessment_results as results, assessment_transitions as transitions, organizations, projects,
    self_assessments as assessments,
};
use crate::db::taken::Taken;
use crate::http::error::Result;
use crate::http::page::{Found, Page, Paging, SortKey, keyset};
use crate::http::sort::Sort;
use crate::indicators::IndicatorId;
use crate::on;
use crate::organizations::reach::Reach;
use crate::organizations::slice::Slice;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::projects::places::{below, divisions_of, insert_rows_of_projects, visible};
use crate::values::Instant;

const OPEN: (&str, &str) = (
    "该项目已有进行中的自评，或已有同类自评；已公开的请用reopen修订",
    "the project has an open assessment, or one of this kind; a published one is revised by reopen",
);

/// One assessment that the caller sees, with its project.
pub fn get(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<(AssessmentRow, ProjectRow)> {
    Ok(on!(c, c => assessments::table
        .inner_join(projects::table)
        .filter(assessments::id.eq(id))
        .filter(visible(&caller.organization_code))
        .select((AssessmentRow::as_select(), ProjectRow::as_select()))
        .first(c))?)
}

/// The assessments of some projects, one of each kind, without a check of the caller: the open ones first, then the
/// latest.
pub fn of_projects(c: &mut Connection, ids: &[ProjectId]) -> Result<Vec<(AssessmentRow, ProjectRow)>> {
    let mut found: Vec<(AssessmentRow, ProjectRow)> = on!(c, c => {
        let found = assessments::table.inner_join(projects::table).into_boxed();
        any_of!(found, assessments::project_id, ids)
            .order(assessments::updated_at.desc())
            .select((AssessmentRow::as_select(), ProjectRow::as_select()))
            .load(c)
    })?;
    found.sort_by_key(|(row, _)| row.status == Status::Published);
    Ok(found)
}

/// The assessments that a project is shown with, and their versions: one of each kind, the open one first.
pub fn shown_of_project(c: &mut Connection, id: &ProjectId) -> Result<Vec<(AssessmentId, i64)>> {
    let mut found: Vec<(AssessmentId, i64, Status)> = on!(c, c => assessments::table
        .filter(assessments::project_id.eq(id))
        .order(assessments::updated_at.desc())
        .select((assessments::id, assessments::version, assessments::status))
        .load(c))?;
    found.sort_by_key(|(_, _, status)| *status == Status::Published);
    Ok(found.into_iter().map(|(id, version, _)| (id, version)).collect())
}

/// The versions of an assessment that the caller sees, and of its project.
pub fn versions_of(c: &mut Connection, caller: &Caller, id: &AssessmentId) -> Result<(i64, i64)> {
    Ok(on!(c, c => assessments::table
        .inner_join(projects::table)
        .filter(assessments::id.eq(id))
        .filter(visible(&caller.organization_code))
        .select((assessments::version, projects::version))
        .first(c))?)
}

/// The assessments with these ids that the caller sees, with their projects.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[AssessmentId]) -> Result<Vec<(AssessmentRow, ProjectRow)>> {
    Ok(on!(c, c => assessments::table
        .inner_join(projects::table)
        .filter(assessments::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select((AssessmentRow::as_select(), ProjectRow::as_select()))
        .load(c))?)
}

/// Records in the feed that drafts are scored again, because figures of their projects have changed.
pub fn tell_rescored(c: &mut Connection, projects: &[ProjectId]) -> Result<()> {
    for chunk in projects.chunks(CHUNK) {
        let drafts: Vec<AssessmentRow> = on!(&mut *c, c => assessments::table
            .filter(assessments::project_id.eq_any(chunk).and(assessments::status.eq(Status::Draft)))
            .select(AssessmentRow::as_select())
            .load(c))?;
        c.counted(&drafts);
    }
    Ok(())
}

/// A page of the assessments that the caller sees.
pub fn list(
    c: &mut Connection,
    caller: &Caller,
    query: &AssessmentQuery,
    paging: &Paging,
) -> Result<Page<(AssessmentRow, ProjectRow)>> {
    let sort = query.sort.unwrap_or(Sort::up(AssessmentSortKey::Id));
    let years: Vec<i32> = query.fiscal_year.0.iter().map(|year| year.0).collect();
    let mut reach = Reach::of(c, &caller.organization_code)?;
    if !query.project_id.0.is_empty() {
        let of_projects = divisions_of(c, &query.project_id.0)?;
        reach.keep(&of_projects.into_values().collect::<Vec<_>>());
    }
    if !query.organization_id.0.is_empty() {
        reach.keep(&crate::organizations::store::divisions_of(c, &query.organization_id.0)?);
    }
    let mut all = Found::of(query.count);
    for division in &reach.divisions {
        on!(&mut *c, c => {
            let filtered = || {
                let mut found = assessments::table
                    .inner_join(projects::table)
                    .filter(assessments::division_code.eq(division))
                    .into_boxed();
                if let Some(code) = &reach.below {
                    found = found.filter(below(code));
                }
                found = among!(found, assessments::project_id, query.project_id.0);
                found = among!(found, assessments::fiscal_year, years);
                found = among!(found, projects::organization_id, query.organization_id.0);
                found = among!(found, assessments::status, query.status.0);
                found = among!(found, assessments::kind, query.kind.0);
                found
            };
            use AssessmentSortKey as By;
            use assessments::{id, updated_at};
            let page = match sort.key {
                By::Id => keyset!(filtered(), paging, sort.way, id),
                By::UpdatedAt => keyset!(filtered(), paging, sort.way, id, updated_at, Instant),
            };
            all.rows(page
                .select((AssessmentRow::as_select(), ProjectRow::as_select()))
                .limit(paging.fetch())
                .load(c)?);
            all.count(|| filtered().count().get_result(c))?;
        });
    }
    Ok(all.page(paging, sort.way, |(row, _)| {
        let key = match sort.key {
            AssessmentSortKey::Id => SortKey::Text(row.id.to_string()),
            AssessmentSortKey::UpdatedAt => SortKey::Moment(row.updated_at),
        };
        (key, row.id.to_string())
    }))
}

/// A piece of the assessments that the caller sees, with their projects and the codes of the organizations.
pub fn slice(c: &mut Connection, slice: &Slice) -> Result<Vec<(AssessmentRow, ProjectRow, String)>> {
    Ok(on!(c, c => {
        let mut found = assessments::table
            .inner_join(projects::table.inner_join(organizations::table))
            .filter(assessments::division_code.eq(&slice.division))
            .filter(assessments::id.gt(&slice.after))
            .into_boxed();
        if let Some(code) = &slice.below {
            found = found.filter(below(code));
        }
        found = among!(found, assessments::fiscal_year, slice.wanted.years);
        if let Some(top) = &slice.wanted.subtree_of {
            found = found.filter(below(top));
        }
        found
            .order(assessments::id)
            .limit(slice.limit)
            .select((AssessmentRow::as_select(), ProjectRow::as_select(), organizations::code))
            .load(c)
    })?)
}

/// The results of some assessments.
pub fn results(c: &mut Connection, ids: &[AssessmentId]) -> Result<Vec<ResultRow>> {
    Ok(on!(c, c => any_of!(results::table.into_boxed(), results::assessment_id, ids)
        .select(ResultRow::as_select())
        .load(c))?)
}

/// Adds an assessment.
pub fn insert(c: &mut Connection, project: &ProjectRow, row: &AssessmentRow) -> Result<()> {
    let of_division = (row, assessments::division_code.eq(&project.division_code));
    on!(&mut *c, c => diesel::insert_into(assessments::table).values(of_division).execute(c)).taken(
        "/project_id",
        OPEN.0,
        OPEN.1,
    )?;
    c.created([row]);
    Ok(())
}

/// Updates an assessment, and records the change in the feed as `what`.
pub fn update(c: &mut Connection, before: &AssessmentRow, row: &AssessmentRow, what: ChangeType) -> Result<()> {
    on!(&mut *c, c => diesel::update(assessments::table.find(&row.id)).set(row).execute(c))
        .taken("/action", OPEN.0, OPEN.1)?;
    c.changed_by(what, before, row);
    Ok(())
}

/// Replaces the results of an assessment.
pub fn replace_results(c: &mut Connection, id: &AssessmentId, rows: &[ResultRow]) -> Result<()> {
    on!(&mut *c, c => diesel::delete(results::table.filter(results::assessment_id.eq(id))).execute(c))?;
    Ok(insert_results(c, rows)?)
}

/// Deletes an assessment with its results.
pub fn delete(c: &mut Connection, row: &AssessmentRow) -> Result<()> {
    c.deleted([row])?;
    on!(c, c => diesel::delete(assessments::table.find(&row.id)).execute(c))?;
    Ok(())
}

/// Deletes the drafts of a project that were never published.
pub fn delete_drafts(c: &mut Connection, project: &ProjectId) -> Result<()> {
    let drafts: Vec<AssessmentRow> = on!(&mut *c, c => assessments::table
        .filter(assessments::project_id.eq(project).and(assessments::status.eq(Status::Draft)))
        .filter(assessments::revision.eq(1))
        .select(AssessmentRow::as_select())
        .load(c))?;
    c.deleted(&drafts)?;
    Ok(delete_all(c, &drafts)?)
}

/// The division and the year of some assessments, which their parts carry as well.
fn places_of(c: &mut Connection, ids: &[AssessmentId]) -> QueryResult<HashMap<AssessmentId, (String, i32)>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let places: Vec<(AssessmentId, String, i32)> = on!(&mut *c, c => assessments::table
            .filter(assessments::id.eq_any(chunk))
            .select((assessments::id, assessments::division_code, assessments::fiscal_year))
            .load(c))?;
        found.extend(places.into_iter().map(|(id, division, year)| (id, (division, year))));
    }
    Ok(found)
}

/// The division and the year of an assessment.
pub fn place_of(c: &mut Connection, id: &AssessmentId) -> QueryResult<(String, i32)> {
    let place = assessments::table.find(id).select((assessments::division_code, assessments::fiscal_year));
    on!(c, c => place.first(c))
}

/// Adds results.
pub fn insert_results(c: &mut Connection, rows: &[ResultRow]) -> QueryResult<()> {
    let mut ids: Vec<AssessmentId> = rows.iter().map(|row| row.assessment_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let places = places_of(c, &ids)?;
    let place = |row: &ResultRow| {
        let (division, year) = places.get(&row.assessment_id).cloned().unwrap_or_default();
        (results::division_code.eq(division), results::fiscal_year.eq(year))
    };
    for chunk in rows.chunks(CHUNK) {
        let chunk: Vec<_> = chunk.iter().map(|row| (row, place(row))).collect();
        on!(&mut *c, c => diesel::insert_into(results::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Deletes results.
pub fn delete_results(c: &mut Connection, rows: &[ResultRow]) -> Result<()> {
    for of_one in rows.chunk_by(|one, other| one.assessment_id == other.assessment_id) {
        let Some(first) = of_one.first() else { continue };
        let ids: Vec<IndicatorId> = of_one.iter().map(|row| row.indicator_id.clone()).collect();
        on!(&mut *c, c => diesel::delete(results::table
            .filter(results::assessment_id.eq(&first.assessment_id).and(results::indicator_id.eq_any(&ids))))
            .execute(c))?;
    }
    Ok(())
}

/// The assessments in which some indicators have a result.
pub fn results_of_indicators(c: &mut Connection, ids: &[IndicatorId]) -> Result<Vec<(AssessmentId, IndicatorId)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => results::table
            .filter(results::indicator_id.eq_any(chunk))
            .select((results::assessment_id, results::indicator_id))
            .load::<(AssessmentId, IndicatorId)>(c))?);
    }
    Ok(found)
}

/// Records a step of the workflow.
pub fn record(c: &mut Connection, transition: &Transition) -> Result<()> {
    let (division, year) = place_of(c, &transition.assessment_id)?;
    let row = (transition, transitions::division_code.eq(division), transitions::fiscal_year.eq(year));
    on!(c, c => diesel::insert_into(transitions::table).values(row).execute(c))?;
    Ok(())
}

/// The steps that an assessment took, the oldest first.
pub fn transitions(c: &mut Connection, id: &AssessmentId) -> Result<Vec<Transition>> {
    Ok(on!(c, c => transitions::table
        .filter(transitions::assessment_id.eq(id))
        .order(transitions::id)
        .select(Transition::as_select())
        .load(c))?)
}

/// Copies the year of a project to its assessments, so that a year's assessments can be read in the order of an index.
pub fn set_fiscal_year(c: &mut Connection, project: &ProjectId, year: i32) -> Result<()> {
    let rows: Vec<AssessmentRow> = on!(&mut *c, c =>
        diesel::update(assessments::table.filter(assessments::project_id.eq(project)))
            .set((assessments::fiscal_year.eq(year), assessments::version.eq(assessments::version + 1)))
            .returning(AssessmentRow::as_returning())
            .get_results(c))?;
    let ids: Vec<AssessmentId> = rows.iter().map(|row| row.id.clone()).collect();
    on!(&mut *c, c => diesel::update(results::table.filter(results::assessment_id.eq_any(&ids)))
        .set(results::fiscal_year.eq(year))
        .execute(c))?;
    on!(&mut *c, c => diesel::update(transitions::table.filter(transitions::assessment_id.eq_any(&ids)))
        .set(transitions::fiscal_year.eq(year))
        .execute(c))?;
    super::frozen::store::set_fiscal_year(c, &ids, year)?;
    c.counted(&rows);
    Ok(())
}

/// Adds rows.
pub fn insert_all(c: &mut Connection, rows: &[AssessmentRow]) -> QueryResult<()> {
    insert_rows_of_projects!(c, assessments, rows)
}

/// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
pub fn overwrite(c: &mut Connection, before: &AssessmentRow, row: &AssessmentRow) -> QueryResult<bool> {
    overwrite_row!(c, assessments, before, row)
}

/// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
pub fn delete_all(c: &mut Connection, rows: &[AssessmentRow]) -> QueryResult<()> {
    delete_rows!(c, assessments, rows)
}

/// The current versions of the rows that exist.
pub fn versions(c: &mut Connection, ids: &[AssessmentId]) -> Result<HashMap<AssessmentId, i64>> {
    versions_of!(c, assessments, ids)
}

/// Increments the version of each row, because one of its parts has changed.
pub fn touch_all(c: &mut Connection, ids: &[AssessmentId]) -> QueryResult<()> {
    touch_rows!(c, assessments, AssessmentRow, ids)
}
