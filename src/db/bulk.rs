//! Batch writes: what the stores of the imported tables share.

use super::{Connection, Link};

/// Rows in one statement: enough that the cost per statement no longer matters, few enough for the limits of both
/// databases.
pub const CHUNK: usize = 500;
/// Rows in one statement that SQLite prepares once and reuses for every piece. SQLite copies each page that a statement
/// changes, so more rows in one statement are cheaper.
pub const PIECE: usize = 250;

impl Connection {
    /// Splits rows into full pieces, for a prepared statement, and the rest, which is written in chunks.
    pub fn pieces<'a, T>(&self, rows: &'a [T]) -> (&'a [[T; PIECE]], &'a [T]) {
        match self.link {
            Link::Sqlite(_) => rows.as_chunks(),
            Link::Postgres(_) => (&[], rows),
        }
    }
}

/// Adds rows.
macro_rules! insert_rows {
    ($c:expr, $table:ident, $rows:expr) => {{
        let (c, rows) = ($c, $rows);
        let (pieces, rest) = c.pieces(rows);
        for piece in pieces {
            on!(&mut *c, c => diesel::insert_into($table::table).values(piece).execute(c))?;
        }
        for chunk in rest.chunks($crate::db::bulk::CHUNK) {
            on!(&mut *c, c => diesel::insert_into($table::table).values(chunk).execute(c))?;
        }
        c.created(rows);
        Ok(())
    }};
}
pub(crate) use insert_rows;

/// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
macro_rules! overwrite_row {
    ($c:expr, $table:ident, $before:expr, $row:expr) => {{
        let (c, before, row) = ($c, $before, $row);
        let written = on!(&mut *c, c => diesel::update($table::table.find(&row.id))
            .filter($table::version.eq(before.version))
            .set(row)
            .execute(c))?;
        if written == 1 {
            c.changed(before, row);
        }
        Ok(written == 1)
    }};
}
pub(crate) use overwrite_row;

/// Deletes rows.
macro_rules! delete_rows {
    ($c:expr, $table:ident, $rows:expr) => {{
        let (c, rows) = ($c, $rows);
        for chunk in rows.chunks($crate::db::bulk::CHUNK) {
            let ids: Vec<&str> = chunk.iter().map(|row| row.id.as_str()).collect();
            on!(&mut *c, c => diesel::delete($table::table.filter($table::id.eq_any(&ids))).execute(c))?;
        }
        Ok(())
    }};
}
pub(crate) use delete_rows;

/// The current versions of the rows that exist, by their ids.
macro_rules! versions_of {
    ($c:expr, $table:ident, $ids:expr) => {{
        let (c, ids) = ($c, $ids);
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks($crate::db::bulk::CHUNK) {
            let rows: Vec<(_, i64)> = on!(&mut *c, c => $table::table
                .filter($table::id.eq_any(chunk))
                .select(($table::id, $table::version))
                .load(c))?;
            found.extend(rows);
        }
        Ok(found)
    }};
}
pub(crate) use versions_of;

/// Increments the version of each row, because one of its parts has changed.
macro_rules! touch_rows {
    ($c:expr, $table:ident, $row:ty, $ids:expr) => {{
        let (c, ids) = ($c, $ids);
        for chunk in ids.chunks($crate::db::bulk::CHUNK) {
            let rows: Vec<$row> = on!(&mut *c, c => diesel::update($table::table.filter($table::id.eq_any(chunk)))
                .set(($table::version.eq($table::version + 1), $table::updated_at.eq(Instant::now())))
                .returning(<$row>::as_returning())
                .get_results(c))?;
            c.counted(&rows);
        }
        Ok(())
    }};
}
pub(crate) use touch_rows;
