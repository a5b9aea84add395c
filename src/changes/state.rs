//! The current state of the resources that events are about: one query for each kind, however many events.

use std::collections::HashMap;

use super::model::{Change, ChangeRow};
use super::resources::{self, RESOURCES};
use super::sealed::Numbering;
use crate::auth::{Caller, Scope};
use crate::db::Connection;
use crate::findings::Language;
use crate::http::error::Result;

/// Passes when the caller may read what the events are about.
///
/// # Errors
/// 403 with the missing scope.
pub fn permit(caller: &Caller, rows: &[ChangeRow]) -> Result<()> {
    let mut needed: Vec<Scope> = Vec::new();
    for row in rows {
        let scope = resources::of(row.change_type)?.scope;
        if !needed.contains(&scope) {
            needed.push(scope);
        }
    }
    needed.iter().try_for_each(|scope| caller.may(&[*scope]))
}

/// For each resource, puts its current state into the last of its events on the page.
///
/// # Errors
/// When the database fails.
pub fn fill(
    c: &mut Connection,
    caller: &Caller,
    language: Language,
    numbering: &Numbering,
    rows: &[ChangeRow],
    events: &mut [Change],
) -> Result<()> {
    let mut wanted: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut last: HashMap<&str, i64> = HashMap::new();
    for row in rows {
        if last.insert(&row.resource_id, row.position).is_none() {
            wanted.entry(resources::of(row.change_type)?.name).or_default().push(&row.resource_id);
        }
    }
    let mut states = HashMap::new();
    for resource in RESOURCES {
        if let Some(ids) = wanted.get(resource.name) {
            states.extend((resource.read)(c, caller, language, ids)?);
        }
    }
    for (row, event) in rows.iter().zip(events) {
        match last.get(row.resource_id.as_str()) {
            Some(position) if *position == row.position => event.data.state = states.remove(&row.resource_id),
            other => {
                event.data.superseded_by = other.and_then(|later| numbering.plain(*later));
                event.data.superseded_by_id = other.map(|later| numbering.id(&row.division_code, *later));
            }
        }
    }
    Ok(())
}
