//! The resources that events are about, as they are now: one query for each kind, however many events.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::model::{Change, ChangeRow, Resource};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::types::FromText;
use crate::error::{Error, Result};
use crate::exports::model::Export;
use crate::findings::Language;
use crate::imports::model::Import;
use crate::indicators::Indicator;
use crate::projects::Project;
use crate::scores::model::Score;
use crate::webhooks::model::WebhookSubscription;
use crate::{assessments, budgets, exports, imports, indicators, organizations, projects, scores, webhooks};

/// Passes when the caller may read what the events are about.
///
/// # Errors
/// 403 with the missing scope.
pub fn permit(caller: &Caller, rows: &[ChangeRow]) -> Result<()> {
    let kinds = [Resource::Project, Resource::Score, Resource::Import, Resource::Export, Resource::WebhookSubscription];
    let is_there = |kind: &&Resource| rows.iter().any(|row| Resource::of(row.change_type).scope() == kind.scope());
    kinds.iter().filter(is_there).try_for_each(|kind| caller.may(&[kind.scope()]))
}

/// Puts the state of its resource into the last event of each.
///
/// # Errors
/// When the database fails.
pub fn fill(
    c: &mut Connection,
    caller: &Caller,
    language: Language,
    rows: &[ChangeRow],
    events: &mut [Change],
) -> Result<()> {
    let mut wanted: HashMap<Resource, Vec<&str>> = HashMap::new();
    let mut last: HashMap<&str, i64> = HashMap::new();
    for row in rows {
        if last.insert(&row.resource_id, row.position).is_none() {
            wanted.entry(Resource::of(row.change_type)).or_default().push(&row.resource_id);
        }
    }
    let mut states = HashMap::new();
    for (kind, ids) in wanted {
        states.extend(read(c, caller, language, kind, &ids)?);
    }
    for (row, event) in rows.iter().zip(events) {
        match last.get(row.resource_id.as_str()) {
            Some(position) if *position == row.position => event.data.state = states.remove(&row.resource_id),
            other => event.data.superseded_by = other.copied(),
        }
    }
    Ok(())
}

fn ids<T: FromText>(texts: &[&str]) -> Vec<T> {
    texts.iter().filter_map(|text| T::from_text(text).ok()).collect()
}

/// Resources with their ids, as JSON.
fn shown<T: Serialize>(rows: impl IntoIterator<Item = (String, T)>) -> Result<Vec<(String, Value)>> {
    let json = |(id, row): (String, T)| Ok((id, serde_json::to_value(row).map_err(|cause| Error::internal(&cause))?));
    rows.into_iter().map(json).collect()
}

fn read(
    c: &mut Connection,
    caller: &Caller,
    language: Language,
    kind: Resource,
    texts: &[&str],
) -> Result<Vec<(String, Value)>> {
    match kind {
        Resource::Organization => {
            let found = organizations::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), row)))
        }
        Resource::Project => {
            let found = projects::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), Project::from(row))))
        }
        Resource::BudgetLine => {
            let found = budgets::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), row)))
        }
        Resource::Indicator => {
            let found = indicators::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), Indicator::from(row))))
        }
        Resource::SelfAssessment => {
            let found = assessments::store::seen(c, caller, &ids(texts))?;
            let found = assessments::actions::read_whole(c, caller, found)?;
            shown(found.into_iter().map(|one| (one.id.to_string(), one)))
        }
        Resource::Score => {
            let found = scores::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), Score::from(row))))
        }
        Resource::Import => {
            let found = imports::store::seen(c, caller, &ids(texts))?;
            let found = found.into_iter().map(|row| Ok((row.id.to_string(), Import::of(row, None, language)?)));
            shown(found.collect::<Result<Vec<_>>>()?)
        }
        Resource::Export => {
            let found = exports::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), Export::from(row))))
        }
        Resource::WebhookSubscription => {
            let found = webhooks::store::seen(c, caller, &ids(texts))?;
            shown(found.into_iter().map(|row| (row.id.to_string(), WebhookSubscription::from(row))))
        }
    }
}
