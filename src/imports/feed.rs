//! What the change feed says of imports (批量导入): their events, their state, and who may read it.

use super::model::{Import, ImportRow};
use super::store;
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{ChangeType, NaturalKey, Place, Recorded, Subject};
use crate::findings::Language;
use crate::http::error::Result;

/// As the feed knows them.
pub const RESOURCE: Resource =
    Resource { name: "import", path: "imports", scope: Scope::ImportsWrite, read, moved: Some(moved) };

fn read(c: &mut Connection, caller: &Caller, language: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    let found = found.into_iter().map(|row| Ok((row.id.to_string(), Import::of(row, None, language)?)));
    states(found.collect::<Result<Vec<_>>>()?)
}

fn moved(c: &mut Connection, codes: &[&str], former: &Place) -> Result<()> {
    let made = store::of_makers(c, codes)?;
    c.moved(&made, former);
    Ok(())
}

impl Recorded for ImportRow {
    const CREATED: ChangeType = ChangeType::ImportCreated;
    const UPDATED: ChangeType = ChangeType::ImportUpdated;
    const DELETED: ChangeType = ChangeType::ImportDeleted;

    fn place(&self) -> Place {
        Place::Code(self.organization_code.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            id: self.id.to_string(),
            version: self.version,
            place: self.place(),
            key: NaturalKey { kind: Some(self.kind.as_str().to_owned()), ..NaturalKey::default() },
        })
    }
}
