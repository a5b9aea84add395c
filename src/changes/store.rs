//! Every query of the change feed.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::model::ChangeRow;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::journal::ChangeType;
use crate::db::schema::{change_heads as heads, changes};
use crate::http::error::Result;
use crate::on;
use crate::organizations;
use crate::values::Instant;

/// The most events that one request scans for those that its caller sees, so that the cost of a page is bounded
/// wherever it begins.
pub const LOOKED_THROUGH: i64 = 20_000;

/// Whose events a caller sees: those of its subtree in the sequence of its division.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// The division.
    pub division_code: String,
    /// The caller's organization.
    pub organization_code: String,
}

impl View {
    /// Whether all events of the division are seen.
    pub fn is_whole(&self) -> bool {
        self.division_code == self.organization_code
    }

    /// How the audience of an event names the organization.
    fn named(&self) -> String {
        format!("/{}/", self.organization_code)
    }
}

/// Filters the events that a view sees. Not by LIKE: codes are case-sensitive and may contain its wildcards.
macro_rules! seen_by {
    ($query:expr, $view:expr) => {
        match $view.is_whole() {
            true => $query,
            false => {
                $query.filter(sql::<Bool>("replace(audience, ").bind::<Text, _>($view.named()).sql(", '') <> audience"))
            }
        }
    };
}

/// The view of the organization with this code; one that is not registered is a division of its own.
pub fn view(c: &mut Connection, organization_code: &str) -> Result<View> {
    let division_code = organizations::store::division_of(c, organization_code)?;
    Ok(View { division_code, organization_code: organization_code.to_owned() })
}

/// The last number of a division, and the number up to which its events are deleted.
pub fn head(c: &mut Connection, division: &str) -> Result<(i64, i64)> {
    let found = on!(c, c => heads::table
        .find(division)
        .select((heads::position, heads::forgotten))
        .first(c)
        .optional())?;
    Ok(found.unwrap_or_default())
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
