//! What the change feed says of projects (项目): their events, their state, and who may read it.

use std::sync::Arc;

use super::model::ProjectRow;
use super::{Project, ProjectId, store};
use crate::assessments::by_project;
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{ChangeType, NaturalKey, Place, Recorded, Subject};
use crate::findings::Language;
use crate::http::error::Result;
use crate::{budgets, indicators};

/// As the feed knows them.
pub const RESOURCE: Resource =
    Resource { name: "project", path: "projects", scope: Scope::ProjectsRead, read, moved: None };

fn read(c: &mut Connection, caller: &Caller, _: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    // A project is told with its parts: they have no events of their own.
    let ids: Vec<ProjectId> = found.iter().map(|row| row.id.clone()).collect();
    let mut lines = by_project(budgets::store::of_projects(c, &ids)?, |line| &line.project_id);
    let mut indicators = by_project(indicators::store::of_projects(c, &ids)?, |one| &one.project_id);
    states(found.into_iter().map(|row| {
        let mut project = Project::from(row);
        project.budget_lines = Some(lines.remove(&project.id).map(Arc::unwrap_or_clone).unwrap_or_default());
        project.indicators = Some(indicators.remove(&project.id).map(Arc::unwrap_or_clone).unwrap_or_default());
        (project.id.to_string(), project)
    }))
}

impl Recorded for ProjectRow {
    const CREATED: ChangeType = ChangeType::ProjectCreated;
    const UPDATED: ChangeType = ChangeType::ProjectUpdated;
    const DELETED: ChangeType = ChangeType::ProjectDeleted;

    fn place(&self) -> Place {
        Place::Organization(self.organization_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            id: self.id.to_string(),
            version: self.version,
            place: self.place(),
            key: NaturalKey {
                fiscal_year: Some(self.fiscal_year),
                project_code: Some(self.code.to_string()),
                ..NaturalKey::default()
            },
        })
    }
}
