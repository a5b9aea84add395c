//! Every query of the budget lines.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{BudgetLine, BudgetLineId, BudgetLineQuery, BudgetLineSortKey, NewBudgetLine};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::{among, any_of};
use crate::db::bulk::{delete_rows, overwrite_row, versions_of};
use crate::db::schema::{budget_lines, organizations, projects};
use crate::db::taken::Taken;
use crate::http::error::Result;
use crate::http::page::{Found, Page, Paging, SortKey, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::organizations::reach::Reach;
use crate::organizations::slice::Slice;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::projects::places::{below, divisions_of, ids_below, insert_rows_of_projects, visible};
use crate::values::Instant;

const TAKEN: (&str, &str) = (
    "该项目已有同一资金来源和经济分类的资金",
    "the project has a line of this funding source and economic category already",
);

/// The lines of some projects, whoever asks, in the order in which they were made.
pub fn of_projects(c: &mut Connection, ids: &[ProjectId]) -> Result<Vec<BudgetLine>> {
    Ok(on!(c, c => any_of!(budget_lines::table.into_boxed(), budget_lines::project_id, ids)
        .order((budget_lines::project_id, budget_lines::id))
        .select(BudgetLine::as_select())
        .load(c))?)
}

/// One line that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &BudgetLineId) -> Result<BudgetLine> {
    Ok(on!(c, c => budget_lines::table
        .inner_join(projects::table)
        .filter(budget_lines::id.eq(id))
        .filter(visible(&caller.organization_code))
        .select(BudgetLine::as_select())
        .first(c))?)
}

/// Those of some ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[BudgetLineId]) -> Result<Vec<BudgetLine>> {
    Ok(on!(c, c => budget_lines::table
        .inner_join(projects::table)
        .filter(budget_lines::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(BudgetLine::as_select())
        .load(c))?)
}

/// A page of those that the caller sees; of one project, if it is given.
pub fn list(
    c: &mut Connection,
    caller: &Caller,
    project: Option<&ProjectId>,
    query: &BudgetLineQuery,
    paging: &Paging,
) -> Result<Page<BudgetLine>> {
    let sort = query.sort.unwrap_or(Sort::up(BudgetLineSortKey::Id));
    let years: Vec<i32> = query.fiscal_year.0.iter().map(|year| year.0).collect();
    let mut reach = Reach::of(c, &caller.organization_code)?;
    if let Some(project) = project {
        let of_project = divisions_of(c, std::slice::from_ref(project))?;
        reach.keep(&of_project.into_values().collect::<Vec<_>>());
    }
    let mut all = Found::of(query.count);
    for division in &reach.divisions {
        on!(&mut *c, c => {
            let filtered = || {
                let mut found = budget_lines::table.filter(budget_lines::division_code.eq(division)).into_boxed();
                if let Some(code) = &reach.below {
                    found = found.filter(budget_lines::project_id.eq_any(ids_below(code)));
                }
                if let Some(project) = project {
                    found = found.filter(budget_lines::project_id.eq(project));
                }
                found = among!(found, budget_lines::fiscal_year, years);
                found = among!(found, budget_lines::funding_source, query.funding_source.0);
                found = among!(found, budget_lines::economic_category, query.economic_category.0);
                found
            };
            use BudgetLineSortKey as By;
            use budget_lines::{economic_category, id};
            let page = match sort.key {
                By::Id => keyset!(filtered(), paging, sort.way, id),
                By::EconomicCategory => keyset!(filtered(), paging, sort.way, id, economic_category, String),
            };
            all.rows(page.select(BudgetLine::as_select()).limit(paging.fetch()).load(c)?);
            all.count(|| filtered().count().get_result(c))?;
        });
    }
    Ok(all.page(paging, sort.way, |row| {
        let key = match sort.key {
            BudgetLineSortKey::Id => SortKey::Text(row.id.to_string()),
            BudgetLineSortKey::EconomicCategory => SortKey::Text(row.economic_category.to_string()),
        };
        (key, row.id.to_string())
    }))
}

/// A piece of those that the caller sees, with the codes of their projects and organizations.
pub fn slice(c: &mut Connection, slice: &Slice) -> Result<Vec<(BudgetLine, String, String)>> {
    Ok(on!(c, c => {
        let mut found = budget_lines::table
            .inner_join(projects::table.inner_join(organizations::table))
            .filter(budget_lines::division_code.eq(&slice.division))
            .filter(budget_lines::id.gt(&slice.after))
            .into_boxed();
        if let Some(code) = &slice.below {
            found = found.filter(below(code));
        }
        found = among!(found, budget_lines::fiscal_year, slice.wanted.years);
        if let Some(top) = &slice.wanted.subtree_of {
            found = found.filter(below(top));
        }
        found
            .order(budget_lines::id)
            .limit(slice.limit)
            .select((BudgetLine::as_select(), projects::code, organizations::code))
            .load(c)
    })?)
}

/// Adds a line to a project.
pub fn insert(c: &mut Connection, project: &ProjectRow, new: NewBudgetLine) -> Result<BudgetLine> {
    let now = Instant::now();
    let line = BudgetLine {
        id: BudgetLineId::new(),
        version: 1,
        project_id: project.id.clone(),
        fiscal_year: project.fiscal_year,
        funding_source: new.funding_source,
        economic_category: new.economic_category,
        initial_amount: new.initial_amount,
        adjusted_amount: new.adjusted_amount,
        executed_amount: new.executed_amount,
        created_at: now,
        updated_at: now,
        government_level: new.government_level,
        fund_nature: new.fund_nature,
    };
    on!(&mut *c, c => diesel::insert_into(budget_lines::table)
        .values((&line, budget_lines::division_code.eq(&project.division_code)))
        .execute(c))
    .taken("/economic_category", TAKEN.0, TAKEN.1)?;
    c.created([&line]);
    c.funds_changed(line.fiscal_year, line.project_id.as_str());
    Ok(line)
}

/// Writes a line anew, as its next version.
pub fn update(c: &mut Connection, before: &BudgetLine, new: NewBudgetLine) -> Result<BudgetLine> {
    let line = on!(&mut *c, c => diesel::update(budget_lines::table.find(&before.id))
        .set((
            budget_lines::funding_source.eq(new.funding_source),
            budget_lines::economic_category.eq(new.economic_category),
            budget_lines::initial_amount.eq(new.initial_amount),
            budget_lines::adjusted_amount.eq(new.adjusted_amount),
            budget_lines::executed_amount.eq(new.executed_amount),
            budget_lines::government_level.eq(new.government_level),
            budget_lines::fund_nature.eq(new.fund_nature),
            budget_lines::version.eq(budget_lines::version + 1),
            budget_lines::updated_at.eq(Instant::now()),
        ))
        .returning(BudgetLine::as_returning())
        .get_result(c))
    .taken("/economic_category", TAKEN.0, TAKEN.1)?;
    c.changed(before, &line);
    c.funds_changed(line.fiscal_year, line.project_id.as_str());
    Ok(line)
}

/// Deletes a line.
pub fn delete(c: &mut Connection, line: &BudgetLine) -> Result<()> {
    c.deleted([line])?;
    c.funds_changed(line.fiscal_year, line.project_id.as_str());
    on!(c, c => diesel::delete(budget_lines::table.find(&line.id)).execute(c))?;
    Ok(())
}

/// Lines carry the year of their project, so that a year's lines are read in the order of an index.
pub fn set_fiscal_year(c: &mut Connection, project: &ProjectId, year: i32) -> Result<()> {
    on!(c, c => diesel::update(budget_lines::table.filter(budget_lines::project_id.eq(project)))
        .set((budget_lines::fiscal_year.eq(year), budget_lines::version.eq(budget_lines::version + 1)))
        .execute(c))?;
    Ok(())
}

/// Notes that lines change, so that they are added up again.
fn note<'a>(c: &mut Connection, rows: impl IntoIterator<Item = &'a BudgetLine>) {
    rows.into_iter().for_each(|row| c.funds_changed(row.fiscal_year, row.project_id.as_str()));
}

/// Adds rows.
pub fn insert_all(c: &mut Connection, rows: &[BudgetLine]) -> QueryResult<()> {
    note(c, rows);
    insert_rows_of_projects!(c, budget_lines, rows)
}

/// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
pub fn overwrite(c: &mut Connection, before: &BudgetLine, row: &BudgetLine) -> QueryResult<bool> {
    note(c, [before, row]);
    overwrite_row!(c, budget_lines, before, row)
}

/// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
pub fn delete_all(c: &mut Connection, rows: &[BudgetLine]) -> QueryResult<()> {
    note(c, rows);
    delete_rows!(c, budget_lines, rows)
}

/// The current versions of the rows that exist.
pub fn versions(c: &mut Connection, ids: &[BudgetLineId]) -> Result<HashMap<BudgetLineId, i64>> {
    versions_of!(c, budget_lines, ids)
}
