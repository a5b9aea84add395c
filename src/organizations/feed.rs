//! What the change feed says of organizations (单位): their events, their state, and who may read it.

use super::{Organization, store};
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{ChangeType, NaturalKey, Place, Recorded, Subject};
use crate::findings::Language;
use crate::http::error::Result;

/// As the feed knows them.
pub const RESOURCE: Resource =
    Resource { name: "organization", path: "organizations", scope: Scope::ProjectsRead, read, moved: None };

fn read(c: &mut Connection, caller: &Caller, _: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    states(found.into_iter().map(|row| (row.id.to_string(), row)))
}

impl Recorded for Organization {
    const CREATED: ChangeType = ChangeType::OrganizationCreated;
    const UPDATED: ChangeType = ChangeType::OrganizationUpdated;
    const DELETED: ChangeType = ChangeType::OrganizationDeleted;

    fn place(&self) -> Place {
        Place::Organization(self.id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        let key = NaturalKey::default();
        Some(Subject { id: self.id.to_string(), version: self.version, place: self.place(), key })
    }
}
