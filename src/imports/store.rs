//! Every query of the imports.

use diesel::prelude::*;

use super::model::{ImportId, ImportRow};
use super::request::{ImportQuery, ImportSortKey};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::owned::{below, rows_of_makers, save_row};
use crate::db::schema::imports;
use crate::http::error::Result;
use crate::http::page::{Page, Paging, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::values::Instant;

/// Whether a row is owned by an organization of the caller's subtree.
#[diesel::dsl::auto_type]
fn visible<'a>(code: &'a str) -> _ {
    let codes: below<'a> = below(code);
    imports::organization_code.eq(code).or(imports::organization_code.eq_any(codes))
}

/// A row that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &ImportId) -> Result<ImportRow> {
    Ok(on!(c, c => imports::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(ImportRow::as_select())
        .first(c))?)
}

/// A row, without a check of the caller: for background work on it.
pub fn find(c: &mut Connection, id: &ImportId) -> Result<Option<ImportRow>> {
    Ok(on!(c, c => imports::table.find(id).select(ImportRow::as_select()).first(c).optional())?)
}

/// The rows with these ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[ImportId]) -> Result<Vec<ImportRow>> {
    Ok(on!(c, c => imports::table
        .filter(imports::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(ImportRow::as_select())
        .load(c))?)
}

/// All rows owned by the organizations with these codes, without a check of the caller.
pub fn of_makers(c: &mut Connection, codes: &[&str]) -> Result<Vec<ImportRow>> {
    rows_of_makers!(c, imports, ImportRow, codes)
}

/// Adds a row.
pub fn insert(c: &mut Connection, row: &ImportRow) -> Result<()> {
    on!(&mut *c, c => diesel::insert_into(imports::table).values(row).execute(c))?;
    c.created([row]);
    Ok(())
}

/// Updates a row to its next version.
pub fn save(c: &mut Connection, before: &ImportRow, row: &mut ImportRow) -> Result<()> {
    save_row!(c, imports, before, row)
}

/// The live import of a fingerprint.
pub fn of_fingerprint(c: &mut Connection, fingerprint: &str) -> Result<Option<ImportRow>> {
    Ok(on!(c, c => imports::table
        .filter(imports::fingerprint.eq(fingerprint))
        .select(ImportRow::as_select())
        .first(c)
        .optional())?)
}

/// A page of the imports that the caller sees.
pub fn list(c: &mut Connection, caller: &Caller, query: &ImportQuery, paging: &Paging) -> Result<Page<ImportRow>> {
    let sort = query.sort.unwrap_or(Sort::up(ImportSortKey::Id));
    let (rows, total) = on!(c, c => {
        let filtered = || {
            let mut found = imports::table.filter(visible(&caller.organization_code)).into_boxed();
            found = among!(found, imports::kind, query.kind.0);
            found = among!(found, imports::status, query.status.0);
            found
        };
        let page = keyset!(filtered(), paging, sort.way, imports::id);
        let rows = page.select(ImportRow::as_select()).limit(paging.fetch()).load(c)?;
        let total = query.count.map(|_| filtered().count().get_result::<i64>(c)).transpose()?;
        (rows, total)
    });
    Ok(paging.page(rows, total, |row: &ImportRow| (row.id.to_string(), row.id.to_string())))
}

/// Deletes an import, and those that repeat it.
pub fn delete(c: &mut Connection, id: &ImportId) -> Result<()> {
    let gone: Vec<ImportRow> = on!(&mut *c, c => imports::table
        .filter(imports::id.eq(id).or(imports::duplicate_of.eq(id)))
        .order(imports::id)
        .select(ImportRow::as_select())
        .load(c))?;
    c.deleted(&gone)?;
    on!(&mut *c, c => diesel::delete(imports::table.filter(imports::duplicate_of.eq(id))).execute(c))?;
    on!(c, c => diesel::delete(imports::table.find(id)).execute(c))?;
    Ok(())
}

/// When the files of some ids expire; ids without an import are left out.
pub fn expiries(c: &mut Connection, ids: &[String]) -> Result<Vec<(String, Instant)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(crate::db::bulk::CHUNK) {
        found.extend(on!(&mut *c, c => imports::table
            .filter(imports::id.eq_any(chunk))
            .select((imports::id, imports::expires_at))
            .load::<(String, Instant)>(c))?);
    }
    Ok(found)
}
