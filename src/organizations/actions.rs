//! Changes of an organization that concern what is below it.

use super::codes::CodeRanges;
use super::model::{NewOrganization, Organization, OrganizationId};
use super::{store, tree};
use crate::auth::Caller;
use crate::changes;
use crate::db::Connection;
use crate::db::journal::Place;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::IfMatch;

/// Registers an organization: the caller's own root, or one below a parent to whose division its code belongs.
pub fn create(c: &mut Connection, caller: &Caller, ranges: &CodeRanges, new: NewOrganization) -> Result<Organization> {
    if new.parent_id.is_none() && !ranges.may_be_root(c, &new.code)? {
        let (zh, en) = CodeRanges::NO_ROOT;
        return Err(Error::new(Code::OrganizationOutOfReach, zh, en));
    }
    if let Some(parent) = &new.parent_id {
        let division_code = tree::parent(c, caller, parent)?.division_code;
        if !ranges.belongs(c, new.kind, &new.code, &division_code)? {
            let refused = CodeRanges::refused(&new.code, &division_code);
            return Err(Error::fields(Code::InvalidFields, vec![refused]));
        }
    }
    store::insert(c, caller, new)
}

/// Changes an organization; moving it takes its subtree along, and those above the old place and the new are told.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &OrganizationId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewOrganization) -> Result<NewOrganization>,
) -> Result<Organization> {
    let (after, former) = store::update(c, caller, id, if_match, change)?;
    if let Some(former) = former {
        changes::actions::tell_moved(c, &after, &Place::Organization(former.to_string()))?;
    }
    Ok(after)
}
