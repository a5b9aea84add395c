//! Every query of the exports.

use std::collections::HashSet;

use diesel::prelude::*;

use super::manifest::PublicKey;
use super::model::{ExportId, ExportQuery, ExportRow, ExportSortKey};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::bulk::CHUNK;
use crate::db::owned::{below, rows_of_makers, save_row};
use crate::db::schema::{exports, signing_keys};
use crate::http::error::Result;
use crate::http::page::{Page, Paging, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::values::{Instant, Stored};

/// Whether a row is owned by an organization of the caller's subtree.
#[diesel::dsl::auto_type]
fn visible<'a>(code: &'a str) -> _ {
    let codes: below<'a> = below(code);
    exports::organization_code.eq(code).or(exports::organization_code.eq_any(codes))
}

/// A row that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &ExportId) -> Result<ExportRow> {
    Ok(on!(c, c => exports::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(ExportRow::as_select())
        .first(c))?)
}

/// A row, without a check of the caller: for background work on it.
pub fn find(c: &mut Connection, id: &ExportId) -> Result<Option<ExportRow>> {
    Ok(on!(c, c => exports::table.find(id).select(ExportRow::as_select()).first(c).optional())?)
}

/// The rows with these ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[ExportId]) -> Result<Vec<ExportRow>> {
    Ok(on!(c, c => exports::table
        .filter(exports::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(ExportRow::as_select())
        .load(c))?)
}

/// All rows owned by the organizations with these codes, without a check of the caller.
pub fn of_makers(c: &mut Connection, codes: &[&str]) -> Result<Vec<ExportRow>> {
    rows_of_makers!(c, exports, ExportRow, codes)
}

/// Adds a row.
pub fn insert(c: &mut Connection, row: &ExportRow) -> Result<()> {
    on!(&mut *c, c => diesel::insert_into(exports::table).values(row).execute(c))?;
    c.created([row]);
    Ok(())
}

/// Updates a row to its next version.
pub fn save(c: &mut Connection, before: &ExportRow, row: &mut ExportRow) -> Result<()> {
    save_row!(c, exports, before, row)
}

/// A page of the exports that the caller sees.
pub fn list(c: &mut Connection, caller: &Caller, query: &ExportQuery, paging: &Paging) -> Result<Page<ExportRow>> {
    let sort = query.sort.unwrap_or(Sort::up(ExportSortKey::Id));
    let (rows, total) = on!(c, c => {
        let filtered = || {
            let mut found = exports::table.filter(visible(&caller.organization_code)).into_boxed();
            found = among!(found, exports::kind, query.kind.0);
            found = among!(found, exports::status, query.status.0);
            found
        };
        let page = keyset!(filtered(), paging, sort.way, exports::id);
        let rows = page.select(ExportRow::as_select()).limit(paging.fetch()).load(c)?;
        let total = query.count.map(|_| filtered().count().get_result::<i64>(c)).transpose()?;
        (rows, total)
    });
    Ok(paging.page(rows, total, |row: &ExportRow| (row.id.to_string(), row.id.to_string())))
}

/// Deletes an export.
pub fn delete(c: &mut Connection, row: &ExportRow) -> Result<()> {
    c.deleted([row])?;
    on!(c, c => diesel::delete(exports::table.find(&row.id)).execute(c))?;
    Ok(())
}

/// The expired exports, at most `most`.
pub fn expired(c: &mut Connection, now: Instant, most: i64) -> Result<Vec<ExportRow>> {
    Ok(on!(c, c => exports::table
        .filter(exports::expires_at.le(now))
        .order(exports::expires_at)
        .limit(most)
        .select(ExportRow::as_select())
        .load(c))?)
}

/// Adds the key of a server that signs.
pub fn add_key(c: &mut Connection, key: &PublicKey) -> Result<()> {
    let key = (
        signing_keys::kid.eq(&key.kid),
        signing_keys::public_key.eq(Stored::new(key)?),
        signing_keys::added_at.eq(Instant::now()),
    );
    on!(c, c => diesel::insert_into(signing_keys::table).values(&key).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The keys of all servers that have signed.
pub fn keys(c: &mut Connection) -> Result<Vec<PublicKey>> {
    let found: Vec<Stored<PublicKey>> = on!(c, c => signing_keys::table
        .order(signing_keys::added_at)
        .select(signing_keys::public_key)
        .load(c))?;
    found.iter().map(Stored::read).collect()
}

/// The ids that have a row.
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
