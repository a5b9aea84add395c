//! A kind of resource, as the feed knows it: each folder says in `feed.rs` what its own is.

use serde::Serialize;
use serde_json::Value;

use crate::auth::{Caller, Scope};
use crate::db::Connection;
use crate::db::journal::Place;
use crate::findings::Language;
use crate::http::error::{Error, Result};
use crate::values::FromText;

/// A kind of resource whose changes are in the feed.
pub struct Resource {
    /// The middle of its events' types: `budget_line` of `jixiao.budget_line.updated`.
    pub name: &'static str,
    /// Where it is found below `/api/v1`.
    pub path: &'static str,
    /// What a caller needs to read it.
    pub scope: Scope,
    /// Reads the current state of the resources with some ids that the caller sees, in one query.
    pub read: Read,
    /// Of resources that belong to the organization whose token made them: records that those of some organizations, by
    /// their codes, have moved with them. None of what is told with its project.
    pub moved: Option<Moved>,
}

/// Records that what some organizations made has moved from a place.
pub type Moved = fn(&mut Connection, &[&str], &Place) -> Result<()>;

/// Reads resources for the feed.
pub type Read = fn(&mut Connection, &Caller, Language, &[&str]) -> Result<Vec<State>>;

/// A resource as JSON, with its id.
pub type State = (String, Value);

/// Parses ids, leaving out texts that are not ids.
pub fn ids<T: FromText>(texts: &[&str]) -> Vec<T> {
    texts.iter().filter_map(|text| T::from_text(text).ok()).collect()
}

/// Resources with their ids, as JSON.
///
/// # Errors
/// When one cannot be written as JSON.
pub fn states<T: Serialize>(rows: impl IntoIterator<Item = (String, T)>) -> Result<Vec<State>> {
    let json = |(id, row): (String, T)| Ok((id, serde_json::to_value(row).map_err(|cause| Error::internal(&cause))?));
    rows.into_iter().map(json).collect()
}
