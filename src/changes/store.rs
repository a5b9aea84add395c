//! Every query of the change feed.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::model::ChangeRow;
use super::sealed::Numbering;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::bulk::CHUNK;
use crate::db::journal::ChangeType;
use crate::db::schema::{change_heads as heads, changes};
use crate::http::error::Result;
use crate::on;
use crate::organizations::reach::Reach;
use crate::values::Instant;

/// The most events that one request scans for those that its caller sees, so that the cost of a page is bounded
/// wherever it begins.
pub const LOOKED_THROUGH: i64 = 20_000;

/// Whose events a caller sees in the sequence of one division: all of them, or those of its subtree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// The division.
    pub division_code: String,
    /// The caller's organization, where it does not see the whole division.
    pub below: Option<String>,
}

/// The sequences that an organization sees.
#[derive(Debug, Clone)]
pub struct Views {
    /// Its own division.
    pub own: String,
    /// One of each division, by their codes; one alone unless others lie below its own.
    pub all: Vec<View>,
    /// How their numbers are shown to it.
    pub numbering: Numbering,
}

impl Views {
    /// The sequence of its own division.
    pub fn own(&self) -> View {
        let own = self.all.iter().find(|view| view.division_code == self.own).cloned();
        own.unwrap_or_else(|| View { division_code: self.own.clone(), below: None })
    }
}

/// How far the sequence of a division reaches.
#[derive(Debug, Clone, Copy, Default, Queryable, PartialEq, Eq)]
pub struct Head {
    /// Its last number.
    pub position: i64,
    /// Events up to this number are deleted.
    pub forgotten: i64,
    /// It counts from this number on.
    pub begun: i64,
}

/// Filters the events that a view sees. Not by LIKE: codes are case-sensitive and may contain its wildcards.
macro_rules! seen_by {
    ($query:expr, $view:expr) => {
        match &$view.below {
            None => $query,
            Some(code) => {
                let named = format!("/{code}/");
                $query.filter(sql::<Bool>("replace(audience, ").bind::<Text, _>(named).sql(", '') <> audience"))
            }
        }
    };
}

/// What the organization with this code sees; one that is not registered is a division of its own.
pub fn views(c: &mut Connection, organization_code: &str) -> Result<Views> {
    let Reach { own, divisions, below } = Reach::of(c, organization_code)?;
    let numbering = Numbering::of(c, below.as_deref())?;
    let all = divisions.into_iter().map(|division_code| View { division_code, below: below.clone() }).collect();
    Ok(Views { own, all, numbering })
}

/// How far the sequence of a division reaches.
pub fn head(c: &mut Connection, division: &str) -> Result<Head> {
    let found = on!(c, c => heads::table
        .find(division)
        .select((heads::position, heads::forgotten, heads::begun))
        .first(c)
        .optional())?;
    Ok(found.unwrap_or_default())
}

/// How far each of the sequences reaches, in their order.
pub fn heads_of(c: &mut Connection, views: &[View]) -> Result<Vec<Head>> {
    if let [one] = views {
        return Ok(vec![head(c, &one.division_code)?]);
    }
    let mut found: HashMap<String, Head> = HashMap::with_capacity(views.len());
    for chunk in views.chunks(CHUNK) {
        let codes: Vec<&str> = chunk.iter().map(|view| view.division_code.as_str()).collect();
        found.extend(on!(&mut *c, c => heads::table
            .filter(heads::division_code.eq_any(codes))
            .select((heads::division_code, (heads::position, heads::forgotten, heads::begun)))
            .load::<(String, Head)>(c))?);
    }
    Ok(views.iter().map(|view| found.get(&view.division_code).copied().unwrap_or_default()).collect())
}

/// The last number of every division.
pub fn heads(c: &mut Connection) -> Result<Vec<(String, i64)>> {
    Ok(on!(c, c => heads::table.select((heads::division_code, heads::position)).load(c))?)
}

/// The events of a view after a number and up to another, in their order.
pub fn after(
    c: &mut Connection,
    view: &View,
    (after, until): (i64, i64),
    types: &[ChangeType],
    limit: i64,
) -> Result<Vec<ChangeRow>> {
    Ok(on!(c, c => {
        let found = changes::table
            .filter(changes::division_code.eq(&view.division_code))
            .filter(changes::position.gt(after).and(changes::position.le(until)))
            .into_boxed();
        let found = seen_by!(found, view);
        among!(found, changes::change_type, types)
            .order(changes::position)
            .limit(limit)
            .select(ChangeRow::as_select())
            .load(c)
    })?)
}

/// The number of the last event of a view after another.
pub fn last(c: &mut Connection, view: &View, after: i64) -> Result<Option<i64>> {
    Ok(on!(c, c => {
        let found = changes::table.filter(changes::division_code.eq(&view.division_code)).into_boxed();
        let found = found.filter(changes::position.gt(after));
        let found = seen_by!(found, view);
        found.order(changes::position.desc()).select(changes::position).first(c).optional()
    })?)
}

/// The number up to which the events of a division are older than an instant, among the first `most` of them.
pub fn older(c: &mut Connection, division: &str, than: Instant, most: i64) -> Result<Option<i64>> {
    let first: Vec<(i64, Instant)> = on!(c, c => changes::table
        .filter(changes::division_code.eq(division))
        .order(changes::position)
        .limit(most)
        .select((changes::position, changes::created_at))
        .load(c))?;
    Ok(first.into_iter().take_while(|(_, at)| *at < than).last().map(|(position, _)| position))
}

/// Deletes the events of a division up to a number.
pub fn forget(c: &mut Connection, division: &str, until: i64) -> Result<()> {
    on!(&mut *c, c => diesel::delete(changes::table
        .filter(changes::division_code.eq(division).and(changes::position.le(until))))
        .execute(c))?;
    on!(c, c => diesel::update(heads::table.find(division)).set(heads::forgotten.eq(until)).execute(c))?;
    Ok(())
}
