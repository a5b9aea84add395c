//! Every query of the exports.

use std::collections::HashSet;

use diesel::prelude::*;

use super::model::{ExportId, ExportQuery, ExportRow, ExportSort, ExportStatus};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::bulk::CHUNK;
use crate::db::owned::owned;
use crate::db::schema::{exports, organization_ancestors as ancestors, organizations};
use crate::http::error::Result;
use crate::http::page::{Page, Paging, keyset};
use crate::on;
use crate::values::Instant;

owned!(exports, ExportRow, ExportId, recorded);

/// A page of the exports that the caller sees.
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

/// The running exports among some ids: after a start, those that a previous process left.
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
