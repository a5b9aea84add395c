//! Every query of the organizations and of the tree they make.

#![expect(
    missing_docs,
    reason = "auto_type gives each condition a type alias, which cannot carry a comment of its own"
)]

use std::collections::{HashMap, HashSet};

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;

use super::model::{NewOrganization, Organization, OrganizationId, OrganizationQuery, OrganizationSortKey};
use super::reach::Reach;
use super::tree::{check_division, check_kind, check_move, link, parent, relink};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::bulk::{CHUNK, delete_rows, insert_rows, overwrite_row, versions_of};
use crate::db::schema::{organization_ancestors as ancestors, organizations, projects};
use crate::db::taken::Taken;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::IfMatch;
use crate::http::page::{Found, Page, Paging, SortKey, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::values::{Instant, NaturalCode};

/// Whether an organization lies in the subtree of the one with that code.
#[auto_type]
pub fn within<'a>(code: &'a str) -> _ {
    exists(
        ancestors::table
            .filter(ancestors::ancestor_code.eq(code).and(ancestors::organization_id.eq(organizations::id))),
    )
}

/// The organization of a code, whoever asks: for the caller's own.
pub fn find_by_code(c: &mut Connection, code: &str) -> Result<Option<Organization>> {
    Ok(on!(c, c => organizations::table
        .filter(organizations::code.eq(code))
        .select(Organization::as_select())
        .first(c)
        .optional())?)
}

/// The division of the organization of a code; one that is not registered is a division of its own.
pub fn division_of(c: &mut Connection, code: &str) -> Result<String> {
    let found = organizations::table.filter(organizations::code.eq(code)).select(organizations::division_code);
    let division: Option<String> = on!(c, c => found.first(c).optional())?;
    Ok(division.unwrap_or_else(|| code.to_owned()))
}

/// The divisions of some organizations, whoever asks.
pub fn divisions_of(c: &mut Connection, ids: &[OrganizationId]) -> Result<Vec<String>> {
    Ok(on!(c, c => organizations::table
        .filter(organizations::id.eq_any(ids))
        .select(organizations::division_code)
        .distinct()
        .load(c))?)
}

/// The organizations of some codes that the caller sees.
pub fn of_codes(c: &mut Connection, caller: &Caller, codes: &[&str]) -> Result<Vec<Organization>> {
    let mut found = Vec::new();
    for chunk in codes.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => organizations::table
            .filter(organizations::code.eq_any(chunk))
            .filter(within(&caller.organization_code))
            .select(Organization::as_select())
            .load::<Organization>(c))?);
    }
    Ok(found)
}

/// Those of some ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[OrganizationId]) -> Result<Vec<Organization>> {
    Ok(on!(c, c => organizations::table
        .filter(organizations::id.eq_any(ids))
        .filter(within(&caller.organization_code))
        .select(Organization::as_select())
        .load(c))?)
}

/// Whether one of some codes is that of another division.
pub fn any_division(c: &mut Connection, codes: &[&str], division_code: &NaturalCode) -> Result<bool> {
    let divisions = organizations::table.filter(organizations::code.eq_any(codes));
    let is_other = organizations::division_code.eq(organizations::code).and(organizations::code.ne(division_code));
    Ok(on!(c, c => diesel::select(exists(divisions.filter(is_other))).get_result(c))?)
}

/// Which of some codes are given, whoever asks.
pub fn taken_codes(c: &mut Connection, codes: &[&str]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for chunk in codes.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => organizations::table
            .filter(organizations::code.eq_any(chunk))
            .select(organizations::code)
            .load::<String>(c))?);
    }
    Ok(found)
}

/// The organizations of exactly that name that the caller sees.
pub fn of_name(c: &mut Connection, caller: &Caller, name: &str) -> Result<Vec<Organization>> {
    Ok(on!(c, c => organizations::table
        .filter(organizations::name.eq(name))
        .filter(within(&caller.organization_code))
        .order(organizations::id)
        .select(Organization::as_select())
        .limit(20)
        .load(c))?)
}

/// All that the caller sees, by code.
pub fn all(c: &mut Connection, caller: &Caller) -> Result<Vec<Organization>> {
    Ok(on!(c, c => organizations::table
        .filter(within(&caller.organization_code))
        .order(organizations::code)
        .select(Organization::as_select())
        .load(c))?)
}

/// An organization and all below it, whoever asks.
pub fn subtree(c: &mut Connection, code: &str) -> Result<Vec<Organization>> {
    Ok(on!(c, c => organizations::table.filter(within(code)).select(Organization::as_select()).load(c))?)
}

/// Codes and names of those that the caller sees, for a suggestion: the first of them.
pub fn names(c: &mut Connection, caller: &Caller, limit: i64) -> Result<Vec<(String, String)>> {
    Ok(on!(c, c => organizations::table
        .filter(within(&caller.organization_code))
        .order(organizations::code)
        .select((organizations::code, organizations::name))
        .limit(limit)
        .load(c))?)
}

/// The organization of a code that has nothing below it: the whole of its subtree.
pub fn alone(c: &mut Connection, code: &str) -> Result<Option<OrganizationId>> {
    let subtree: Vec<OrganizationId> = on!(c, c => ancestors::table
        .filter(ancestors::ancestor_code.eq(code))
        .select(ancestors::organization_id)
        .limit(2)
        .load(c))?;
    Ok(<[_; 1]>::try_from(subtree).ok().map(|[one]| one))
}

/// One organization, whoever asks: for what belongs to a project that the caller sees.
pub fn find(c: &mut Connection, id: &OrganizationId) -> Result<Organization> {
    Ok(on!(c, c => organizations::table.find(id).select(Organization::as_select()).first(c))?)
}

/// One organization that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &OrganizationId) -> Result<Organization> {
    Ok(on!(c, c => organizations::table
        .find(id)
        .filter(within(&caller.organization_code))
        .select(Organization::as_select())
        .first(c))?)
}

/// A page of those that the caller sees.
pub fn list(
    c: &mut Connection,
    caller: &Caller,
    query: &OrganizationQuery,
    paging: &Paging,
) -> Result<Page<Organization>> {
    let sort = query.sort.unwrap_or(Sort::up(OrganizationSortKey::Id));
    let reach = Reach::within(c, &caller.organization_code, query.subtree_of.as_ref().map(NaturalCode::as_str))?;
    let mut all = Found::of(query.count);
    for division in &reach.divisions {
        on!(&mut *c, c => {
            let filtered = || {
                let mut found = organizations::table.filter(organizations::division_code.eq(division)).into_boxed();
                if let Some(code) = &reach.below {
                    found = found.filter(within(code));
                }
                found = among!(found, organizations::code, query.code.0);
                found = among!(found, organizations::kind, query.kind.0);
                if let Some(parent) = &query.parent_id {
                    found = found.filter(organizations::parent_id.eq(parent));
                }
                if let Some(top) = query.subtree_of.as_ref().filter(|top| top.as_str() != division) {
                    found = found.filter(within(top.as_str()));
                }
                found
            };
            use OrganizationSortKey as By;
            let page = match sort.key {
                By::Id => keyset!(filtered(), paging, sort.way, organizations::id),
                By::Code => keyset!(filtered(), paging, sort.way, organizations::id, organizations::code, String),
                By::Name => keyset!(filtered(), paging, sort.way, organizations::id, organizations::name, String),
            };
            all.rows(page.select(Organization::as_select()).limit(paging.fetch()).load(c)?);
            all.count(|| filtered().count().get_result(c))?;
        });
    }
    Ok(all.page(paging, sort.way, |row| {
        let key = match sort.key {
            OrganizationSortKey::Id => SortKey::Text(row.id.to_string()),
            OrganizationSortKey::Code => SortKey::Text(row.code.to_string()),
            OrganizationSortKey::Name => SortKey::Text(row.name.to_string()),
        };
        (key, row.id.to_string())
    }))
}

/// Registers an organization below its parent, or the caller's own root.
pub fn insert(c: &mut Connection, caller: &Caller, new: NewOrganization) -> Result<Organization> {
    let now = Instant::now();
    let parent = match &new.parent_id {
        Some(id) => Some(parent(c, caller, id)?),
        None if new.code.as_str() == caller.organization_code => None,
        None => {
            return Err(Error::new(
                Code::OrganizationOutOfReach,
                format!("没有上级的单位只能是令牌所属的{}；其他单位请给出parent_id", caller.organization_code),
                format!(
                    "only {}, the organization of the token, can have no parent; give a parent_id",
                    caller.organization_code
                ),
            ));
        }
    };
    check_kind(new.kind, parent.as_ref())?;
    let organization = Organization {
        id: OrganizationId::new(),
        version: 1,
        division_code: Organization::division_of(new.kind, &new.code, parent.as_ref()),
        code: new.code,
        name: new.name,
        kind: new.kind,
        parent_id: new.parent_id,
        created_at: now,
        updated_at: now,
    };
    on!(&mut *c, c => diesel::insert_into(organizations::table).values(&organization).execute(c)).taken(
        "/code",
        "单位代码已被占用",
        "the code of the organization is taken",
    )?;
    link(c, &organization)?;
    c.created([&organization]);
    Ok(organization)
}

/// Changes an organization; moving it takes its subtree along, and gives the parent that it had as well.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &OrganizationId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewOrganization) -> Result<NewOrganization>,
) -> Result<(Organization, Option<OrganizationId>)> {
    let before = get(c, caller, id)?;
    if_match.check(&before.etag())?;
    let new = change(&NewOrganization::from(&before))?;
    if new.code != before.code {
        return Err(Error::field(
            "/code",
            Code::CannotChange,
            "单位代码不能修改：令牌以它为准",
            "the code cannot be changed: tokens carry it",
        ));
    }
    if new.kind != before.kind {
        let above = before.parent_id.as_ref().map(|id| find(c, id)).transpose()?;
        check_kind(new.kind, above.as_ref())?;
        check_division(new.kind, &before, above.as_ref())?;
    }
    let moved = new.parent_id != before.parent_id;
    if moved {
        check_move(c, caller, &before, new.parent_id.as_ref())?;
    }
    let after = on!(&mut *c, c => diesel::update(organizations::table.find(id))
        .set((
            organizations::name.eq(&new.name),
            organizations::kind.eq(new.kind),
            organizations::parent_id.eq(&new.parent_id),
            organizations::version.eq(before.version + 1),
            organizations::updated_at.eq(Instant::now()),
        ))
        .returning(Organization::as_returning())
        .get_result(c))?;
    note(c, &before, &after);
    if !moved {
        c.changed(&before, &after);
        return Ok((after, None));
    }
    relink(c, &after)?;
    Ok((after, before.parent_id))
}

/// Notes that what an organization does counts for another kind now.
fn note(c: &mut Connection, before: &Organization, row: &Organization) {
    if before.kind != row.kind {
        c.grouping_changed(row.division_code.as_str());
    }
}

/// Deletes an organization that has nothing below it and no projects.
pub fn delete(c: &mut Connection, caller: &Caller, id: &OrganizationId, if_match: &IfMatch) -> Result<()> {
    let organization = get(c, caller, id)?;
    if_match.check(&organization.etag())?;
    let children: i64 = on!(&mut *c, c => organizations::table
        .filter(organizations::parent_id.eq(id))
        .count()
        .get_result(c))?;
    let with_projects: i64 = on!(&mut *c, c => projects::table
        .filter(projects::organization_id.eq(id))
        .count()
        .get_result(c))?;
    if children > 0 || with_projects > 0 {
        return Err(Error::new(
            Code::InUse,
            format!("该单位下还有{children}个单位、{with_projects}个项目"),
            format!("it still has {children} organizations below it and {with_projects} projects"),
        ));
    }
    c.deleted([&organization])?;
    // What its former projects spent is taken from its division while its own sums are there.
    c.keep_sums()?;
    on!(c, c => diesel::delete(organizations::table.find(id)).execute(c))
        .in_use("该单位已有公开的得分，不能删除", "the organization has published scores and cannot be deleted")?;
    Ok(())
}

/// Adds rows.
pub fn insert_all(c: &mut Connection, rows: &[Organization]) -> QueryResult<()> {
    insert_rows!(c, organizations, rows)
}

/// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
pub fn overwrite(c: &mut Connection, before: &Organization, row: &Organization) -> QueryResult<bool> {
    note(c, before, row);
    overwrite_row!(c, organizations, before, row)
}

/// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
pub fn delete_all(c: &mut Connection, rows: &[Organization]) -> QueryResult<()> {
    // Their own sums go with them.
    rows.iter().for_each(|row| c.grouping_changed(row.division_code.as_str()));
    delete_rows!(c, organizations, rows)
}

/// The current versions of the rows that exist.
pub fn versions(c: &mut Connection, ids: &[OrganizationId]) -> Result<HashMap<OrganizationId, i64>> {
    versions_of!(c, organizations, ids)
}
