//! Every query of the exports.

use std::collections::HashSet;

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;

use super::model::{ExportId, ExportQuery, ExportRow, ExportSort, ExportStatus};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::bulk::CHUNK;
use crate::db::schema::{exports, organization_ancestors as ancestors, organizations};
use crate::db::types::Instant;
use crate::error::Result;
use crate::filter::among;
use crate::on;
use crate::page::{Page, Paging, keyset};

/// Whether an export was made by an organization of the subtree; the caller's own may not be registered yet.
#[auto_type]
fn visible<'a>(code: &'a str) -> _ {
    let below = exists(
        ancestors::table
            .inner_join(organizations::table.on(organizations::id.eq(ancestors::organization_id)))
            .filter(ancestors::ancestor_code.eq(code).and(organizations::code.eq(exports::organization_code))),
    );
    exports::organization_code.eq(code).or(below)
}

/// One export that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &ExportId) -> Result<ExportRow> {
    Ok(on!(c, c => exports::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(ExportRow::as_select())
        .first(c))?)
}

/// Those of some ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[ExportId]) -> Result<Vec<ExportRow>> {
    Ok(on!(c, c => exports::table
        .filter(exports::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(ExportRow::as_select())
        .load(c))?)
}

/// One export, whoever asks: for what works on it.
pub fn find(c: &mut Connection, id: &ExportId) -> Result<Option<ExportRow>> {
    Ok(on!(c, c => exports::table.find(id).select(ExportRow::as_select()).first(c).optional())?)
}

/// A page of those that the caller sees.
pub fn list(c: &mut Connection, caller: &Caller, query: &ExportQuery, paging: &Paging) -> Result<Page<ExportRow>> {
    let sort = query.sort.unwrap_or(ExportSort::Id);
    let (rows, total) = on!(c, c => {
        let filtered = || {
            let mut found = exports::table.filter(visible(&caller.organization_code)).into_boxed();
            found = among!(found, exports::kind, query.kind.0);
            found = among!(found, exports::status, query.status.0);
            found
        };
        let page = match sort {
            ExportSort::Id => keyset!(filtered(), paging, exports::id, ascending),
            ExportSort::IdDescending => keyset!(filtered(), paging, exports::id, descending),
        };
        let rows = page.select(ExportRow::as_select()).limit(paging.fetch()).load(c)?;
        let total = query.count.map(|_| filtered().count().get_result::<i64>(c)).transpose()?;
        (rows, total)
    });
    Ok(paging.page(rows, total, |row: &ExportRow| (row.id.to_string(), row.id.to_string())))
}

/// Adds an export.
pub fn insert(c: &mut Connection, row: &ExportRow) -> Result<()> {
    on!(&mut *c, c => diesel::insert_into(exports::table).values(row).execute(c))?;
    c.created([row]);
    Ok(())
}

/// Writes an export anew, as its next version.
pub fn save(c: &mut Connection, row: &mut ExportRow) -> Result<()> {
    row.version += 1;
    row.updated_at = Instant::now();
    on!(&mut *c, c => diesel::update(exports::table.find(&row.id)).set(&*row).execute(c))?;
    c.updated([&*row]);
    Ok(())
}

/// Deletes an export.
pub fn delete(c: &mut Connection, row: &ExportRow) -> Result<()> {
    c.deleted([row])?;
    on!(c, c => diesel::delete(exports::table.find(&row.id)).execute(c))?;
    Ok(())
}

/// Those whose time is over, the first of them.
pub fn expired(c: &mut Connection, now: Instant, most: i64) -> Result<Vec<ExportRow>> {
    Ok(on!(c, c => exports::table
        .filter(exports::expires_at.le(now))
        .order(exports::expires_at)
        .limit(most)
        .select(ExportRow::as_select())
        .load(c))?)
}

/// Those of some ids that are being written: after a start, what a former process left.
pub fn unfinished(c: &mut Connection, ids: &[ExportId]) -> Result<Vec<ExportRow>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => exports::table
            .filter(exports::id.eq_any(chunk))
            .filter(exports::status.eq(ExportStatus::Running))
            .select(ExportRow::as_select())
            .load::<ExportRow>(c))?);
    }
    Ok(found)
}

/// Which of some ids are registered.
pub fn known(c: &mut Connection, ids: &[ExportId]) -> Result<HashSet<ExportId>> {
    let mut found = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        found.extend(on!(&mut *c, c => exports::table
            .filter(exports::id.eq_any(chunk))
            .select(exports::id)
            .load::<ExportId>(c))?);
    }
    Ok(found)
}
