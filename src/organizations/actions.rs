//! Changes of an organization that concern what is below it.

use super::model::{NewOrganization, Organization, OrganizationId};
use super::store;
use crate::auth::Caller;
use crate::changes;
use crate::db::Connection;
use crate::db::journal::Place;
use crate::error::Result;
use crate::etag::IfMatch;

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
