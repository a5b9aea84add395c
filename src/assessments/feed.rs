//! What the change feed says of self assessments (绩效自评): their events, their state, and who may read it.

use super::model::AssessmentRow;
use super::{actions, store};
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{ChangeType, NaturalKey, Place, Recorded, Subject};
use crate::findings::Language;
use crate::http::error::Result;

/// As the feed knows them.
pub const RESOURCE: Resource =
    Resource { name: "self_assessment", path: "self-assessments", scope: Scope::ProjectsRead, read, moved: None };

fn read(c: &mut Connection, caller: &Caller, _: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    let found = actions::read_whole(c, caller, found)?;
    states(found.into_iter().map(|one| (one.id.to_string(), one)))
}

impl Recorded for AssessmentRow {
    const CREATED: ChangeType = ChangeType::SelfAssessmentCreated;
    const UPDATED: ChangeType = ChangeType::SelfAssessmentUpdated;
    const DELETED: ChangeType = ChangeType::SelfAssessmentDeleted;

    fn place(&self) -> Place {
        Place::Project(self.project_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            id: self.id.to_string(),
            version: self.version,
            place: self.place(),
            key: NaturalKey {
                kind: Some(self.kind.as_str().to_owned()),
                revision: Some(self.revision),
                ..NaturalKey::default()
            },
        })
    }
}
