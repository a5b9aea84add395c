//! The tree of organizations: who is above whom, and what may be.

use diesel::prelude::*;

use super::model::{Organization, OrganizationId, OrganizationKind};
use super::store::{get, subtree};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::schema::{change_heads as heads, division_ancestors as divisions, organization_ancestors as ancestors};
use crate::http::error::{Code, Error, Result};
use crate::on;
use crate::values::NaturalCode;

/// The parent that a new or moved organization names, if the caller sees it.
pub fn parent(c: &mut Connection, caller: &Caller, id: &OrganizationId) -> Result<Organization> {
    get(c, caller, id).map_err(|error| error.of_reference("/parent_id", ("单位", "organization"), id))
}

/// A division holds departments, a department units; nothing stands above what is higher than itself.
pub fn check_kind(kind: OrganizationKind, parent: Option<&Organization>) -> Result<()> {
    match parent {
        Some(parent) if parent.kind > kind => {
            let (kind, above) = (kind.as_str(), parent.kind.as_str());
            Err(Error::field(
                "/kind",
                Code::NotAllowedHere,
                format!("{kind}不能在{above}之下"),
                format!("a {kind} cannot be below a {above}"),
            ))
        }
        _ => Ok(()),
    }
}

/// An organization stays in its division: its rows are of it.
pub fn check_division(kind: OrganizationKind, before: &Organization, parent: Option<&Organization>) -> Result<()> {
    match Organization::division_of(kind, &before.code, parent) == before.division_code {
        true => Ok(()),
        false => Err(Error::field(
            "/kind",
            Code::CannotChange,
            "有上级的单位不能改为财政区划，下级财政区划也不能改为部门或单位：数据归属于区划；请另行登记",
            "an organization below another cannot become a division, nor a division anything else, since rows belong to \
             divisions; register another one",
        )),
    }
}

/// Puts an organization below itself and all ancestors of its parent.
pub fn link(c: &mut Connection, organization: &Organization) -> Result<()> {
    let mut above: Vec<NaturalCode> = vec![organization.code.clone()];
    if let Some(parent) = &organization.parent_id {
        above.extend(on!(&mut *c, c => ancestors::table
            .filter(ancestors::organization_id.eq(parent))
            .select(ancestors::ancestor_code)
            .load::<NaturalCode>(c))?);
    }
    let rows: Vec<_> = above
        .iter()
        .map(|code| (ancestors::ancestor_code.eq(code), ancestors::organization_id.eq(&organization.id)))
        .collect();
    on!(&mut *c, c => diesel::insert_into(ancestors::table).values(&rows).execute(c))?;
    link_division(c, organization, &above)?;
    Ok(())
}

/// Puts a division below all that are above it. It stays there when it is deleted: they read its feed to the end, and
/// when it is registered again they go on in it. Events from before it was first registered are not theirs.
fn link_division(c: &mut Connection, organization: &Organization, above: &[NaturalCode]) -> Result<()> {
    let code = &organization.code;
    let known = divisions::table.filter(divisions::division_code.eq(code));
    let was_linked = on!(&mut *c, c => diesel::delete(known).execute(c))? > 0;
    if !organization.is_division() {
        return Ok(());
    }
    let division = divisions::division_code.eq(code);
    let rows: Vec<_> = above.iter().map(|above| (divisions::ancestor_code.eq(above), division)).collect();
    on!(&mut *c, c => diesel::insert_into(divisions::table).values(&rows).execute(c))?;
    if !was_linked {
        on!(c, c => diesel::update(heads::table.find(code.as_str())).set(heads::begun.eq(heads::position)).execute(c))?;
    }
    Ok(())
}

/// Whether an organization may be moved below another: it stays in its division.
pub fn check_move(
    c: &mut Connection,
    caller: &Caller,
    moved: &Organization,
    to: Option<&OrganizationId>,
) -> Result<()> {
    let refused = |zh: &str, en: &str| Err(Error::field("/parent_id", Code::NotAllowedHere, zh, en));
    if moved.is_division() && moved.parent_id.is_some() {
        return refused("财政区划不能移动", "a division cannot be moved");
    }
    let Some(to) = to.filter(|_| moved.parent_id.is_some()) else {
        return refused(
            "顶级单位不能移动，其他单位不能成为顶级",
            "a root cannot be moved, and nothing else can become one",
        );
    };
    let new_parent = parent(c, caller, to)?;
    if new_parent.division_code != moved.division_code {
        return refused("不能移到另一区划", "it cannot be moved into another division");
    }
    let below: i64 = on!(c, c => ancestors::table
        .filter(ancestors::ancestor_code.eq(&moved.code).and(ancestors::organization_id.eq(to)))
        .count()
        .get_result(c))?;
    if below > 0 {
        return refused("不能移到自身之下", "it cannot be moved below itself");
    }
    check_kind(moved.kind, Some(&new_parent))
}

/// Rebuilds the ancestors of a moved subtree, from its top down.
pub fn relink(c: &mut Connection, top: &Organization) -> Result<()> {
    let subtree = subtree(c, top.code.as_str())?;
    for organization in &subtree {
        on!(&mut *c, c => diesel::delete(ancestors::table.filter(ancestors::organization_id.eq(&organization.id))).execute(c))?;
    }
    let mut waiting: Vec<&Organization> = vec![top];
    while let Some(organization) = waiting.pop() {
        link(c, organization)?;
        waiting.extend(subtree.iter().filter(|child| child.parent_id.as_ref() == Some(&organization.id)));
    }
    Ok(())
}
