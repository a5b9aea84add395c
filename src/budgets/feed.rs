//! What the change feed says of budget lines (项目资金): they are told with their project. Their own events are of before.

use super::{BudgetLine, store};
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{ChangeType, Place, Recorded, Subject};
use crate::findings::Language;
use crate::http::error::Result;

/// As the feed knows them.
pub const RESOURCE: Resource =
    Resource { name: "budget_line", path: "budget-lines", scope: Scope::ProjectsRead, read, moved: None };

fn read(c: &mut Connection, caller: &Caller, _: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    states(found.into_iter().map(|row| (row.id.to_string(), row)))
}

impl Recorded for BudgetLine {
    const CREATED: ChangeType = ChangeType::BudgetLineCreated;
    const UPDATED: ChangeType = ChangeType::BudgetLineUpdated;
    const DELETED: ChangeType = ChangeType::BudgetLineDeleted;

    fn place(&self) -> Place {
        Place::Project(self.project_id.to_string())
    }

    fn subject(&self) -> Option<Subject> {
        None
    }
}
