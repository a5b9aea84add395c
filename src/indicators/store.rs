//! Every query of the indicators.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Indicator, IndicatorId, IndicatorRow, IndicatorSortKey};
use super::request::IndicatorQuery;
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::{among, any_of};
use crate::db::bulk::{delete_rows, overwrite_row, versions_of};
use crate::db::schema::{indicators, organizations, projects};
use crate::http::error::Result;
use crate::http::page::{Found, Page, Paging, SortKey, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::organizations::reach::Reach;
use crate::organizations::slice::Slice;
use crate::projects::ProjectId;
use crate::projects::places::{below, ids_below, insert_rows_of_projects, visible};

/// The indicators of some projects, whoever asks, in the order of the form.
pub fn of_projects(c: &mut Connection, ids: &[ProjectId]) -> Result<Vec<Indicator>> {
    let rows: Vec<IndicatorRow> = on!(c, c => any_of!(indicators::table.into_boxed(), indicators::project_id, ids)
        .order((indicators::project_id, indicators::position, indicators::id))
        .select(IndicatorRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Indicator::from).collect())
}

/// One indicator that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &IndicatorId) -> Result<Indicator> {
    let row: IndicatorRow = on!(c, c => indicators::table
        .inner_join(projects::table)
        .filter(indicators::id.eq(id))
        .filter(visible(&caller.organization_code))
        .select(IndicatorRow::as_select())
        .first(c))?;
    Ok(row.into())
}

/// Those of some ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[IndicatorId]) -> Result<Vec<IndicatorRow>> {
    Ok(on!(c, c => indicators::table
        .inner_join(projects::table)
        .filter(indicators::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(IndicatorRow::as_select())
        .load(c))?)
}

/// A page of those that the caller sees.
pub fn list(c: &mut Connection, caller: &Caller, query: &IndicatorQuery, paging: &Paging) -> Result<Page<Indicator>> {
    let sort = query.sort.unwrap_or(Sort::up(IndicatorSortKey::Id));
    let years: Vec<i32> = query.fiscal_year.0.iter().map(|year| year.0).collect();
    let reach = Reach::of(c, &caller.organization_code)?;
    let mut all = Found::of(query.count);
    for division in &reach.divisions {
        on!(&mut *c, c => {
            let filtered = || {
                let mut found = indicators::table.filter(indicators::division_code.eq(division)).into_boxed();
                if let Some(code) = &reach.below {
                    found = found.filter(indicators::project_id.eq_any(ids_below(code)));
                }
                found = among!(found, indicators::fiscal_year, years);
                found = among!(found, indicators::measure, query.measure.0);
                found = among!(found, indicators::level1, query.level1.0);
                if let Some(wanted) = &query.name {
                    found = found.filter(indicators::name.eq(wanted));
                }
                found
            };
            use IndicatorSortKey as By;
            use indicators::{id, name};
            let page = match sort.key {
                By::Id => keyset!(filtered(), paging, sort.way, id),
                By::Name => keyset!(filtered(), paging, sort.way, id, name, String),
            };
            all.rows(page.select(IndicatorRow::as_select()).limit(paging.fetch()).load(c)?);
            all.count(|| filtered().count().get_result(c))?;
        });
    }
    let page = all.page(paging, sort.way, |row| {
        let key = match sort.key {
            IndicatorSortKey::Id => SortKey::Text(row.id.to_string()),
            IndicatorSortKey::Name => SortKey::Text(row.name.to_string()),
        };
        (key, row.id.to_string())
    });
    Ok(page.map(Indicator::from))
}

/// A piece of those that the caller sees, with the codes of their projects and organizations.
pub fn slice(c: &mut Connection, slice: &Slice) -> Result<Vec<(IndicatorRow, String, String)>> {
    Ok(on!(c, c => {
        let mut found = indicators::table
            .inner_join(projects::table.inner_join(organizations::table))
            .filter(indicators::division_code.eq(&slice.division))
            .filter(indicators::id.gt(&slice.after))
            .into_boxed();
        if let Some(code) = &slice.below {
            found = found.filter(below(code));
        }
        found = among!(found, indicators::fiscal_year, slice.wanted.years);
        if let Some(top) = &slice.wanted.subtree_of {
            found = found.filter(below(top));
        }
        found
            .order(indicators::id)
            .limit(slice.limit)
            .select((IndicatorRow::as_select(), projects::code, organizations::code))
            .load(c)
    })?)
}

/// Writes an indicator anew.
pub fn update(c: &mut Connection, before: &IndicatorRow, row: &IndicatorRow) -> Result<()> {
    on!(&mut *c, c => diesel::update(indicators::table.find(&row.id)).set(row).execute(c))?;
    c.changed(before, row);
    Ok(())
}

/// Indicators carry the year of their project, so that a year's are read in the order of an index.
pub fn set_fiscal_year(c: &mut Connection, project: &ProjectId, year: i32) -> Result<()> {
    on!(c, c => diesel::update(indicators::table.filter(indicators::project_id.eq(project)))
        .set((indicators::fiscal_year.eq(year), indicators::version.eq(indicators::version + 1)))
        .execute(c))?;
    Ok(())
}

/// Adds rows.
pub fn insert_all(c: &mut Connection, rows: &[IndicatorRow]) -> QueryResult<()> {
    insert_rows_of_projects!(c, indicators, rows)
}

/// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
pub fn overwrite(c: &mut Connection, before: &IndicatorRow, row: &IndicatorRow) -> QueryResult<bool> {
    overwrite_row!(c, indicators, before, row)
}

/// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
pub fn delete_all(c: &mut Connection, rows: &[IndicatorRow]) -> QueryResult<()> {
    delete_rows!(c, indicators, rows)
}

/// The current versions of the rows that exist.
pub fn versions(c: &mut Connection, ids: &[IndicatorId]) -> Result<HashMap<IndicatorId, i64>> {
    versions_of!(c, indicators, ids)
}
