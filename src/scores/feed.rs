//! What the change feed says of scores (评价得分): their events, their state, and who may read it.

use super::model::{Score, ScoreRow};
use super::store;
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{NaturalKey, Place, Subject};
use crate::findings::Language;
use crate::http::error::Result;

/// As the feed knows them.
pub const RESOURCE: Resource = Resource { name: "score", path: "scores", scope: Scope::ScoresRead, read, moved: None };

fn read(c: &mut Connection, caller: &Caller, _: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    states(found.into_iter().map(|row| (row.id.to_string(), Score::from(row))))
}

impl ScoreRow {
    /// How the feed names it. It is never changed, so it has one version.
    pub fn subject(&self) -> Subject {
        Subject {
            id: self.id.to_string(),
            version: 1,
            place: Place::Organization(self.organization_id.to_string()),
            key: NaturalKey {
                fiscal_year: Some(self.fiscal_year),
                project_code: Some(self.project_code.to_string()),
                kind: Some(self.kind.as_str().to_owned()),
                revision: Some(self.revision),
                ..NaturalKey::default()
            },
        }
    }
}
