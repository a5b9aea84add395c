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

/// Declares the set-wise queries of a table whose rows have an id and a version.
macro_rules! bulk {
    ($table:ident, $row:ty, $id:ty) => {
        /// Adds rows.
        pub fn insert_all(c: &mut Connection, rows: &[$row]) -> diesel::QueryResult<()> {
            let (pieces, rest) = c.pieces(rows);
            for piece in pieces {
                on!(&mut *c, c => diesel::insert_into($table::table).values(piece).execute(c))?;
            }
            for chunk in rest.chunks($crate::db::bulk::CHUNK) {
                on!(&mut *c, c => diesel::insert_into($table::table).values(chunk).execute(c))?;
            }
            c.created(rows);
            Ok(())
        }

        /// Updates a row under an optimistic lock; false when its version is no longer that of `before`.
        pub fn overwrite(c: &mut Connection, before: &$row, row: &$row) -> diesel::QueryResult<bool> {
            let written = on!(&mut *c, c => diesel::update($table::table.find(&row.id))
                .filter($table::version.eq(before.version))
                .set(row)
                .execute(c))?;
            if written == 1 {
                c.changed(before, row);
            }
            Ok(written == 1)
        }

        /// Deletes rows. Call `c.deleted(rows)` first if the deletion belongs in the change feed.
        pub fn delete_all(c: &mut Connection, rows: &[$row]) -> diesel::QueryResult<()> {
            for chunk in rows.chunks($crate::db::bulk::CHUNK) {
                let ids: Vec<&str> = chunk.iter().map(|row| row.id.as_str()).collect();
                on!(&mut *c, c => diesel::delete($table::table.filter($table::id.eq_any(&ids))).execute(c))?;
            }
            Ok(())
        }

        /// The current versions of the rows that exist.
        pub fn versions(c: &mut Connection, ids: &[$id]) -> Result<std::collections::HashMap<$id, i64>> {
            let mut found = std::collections::HashMap::with_capacity(ids.len());
            for chunk in ids.chunks($crate::db::bulk::CHUNK) {
                let rows: Vec<($id, i64)> = on!(&mut *c, c => $table::table
                    .filter($table::id.eq_any(chunk))
                    .select(($table::id, $table::version))
                    .load(c))?;
                found.extend(rows);
            }
            Ok(found)
        }
    };
    // For a table whose rows get a new version when one of their parts changes.
    ($table:ident, $row:ty, $id:ty, counting) => {
        $crate::db::bulk::bulk!($table, $row, $id);

        /// Increments the version of each row, because one of its parts has changed.
        pub fn touch_all(c: &mut Connection, ids: &[$id]) -> diesel::QueryResult<()> {
            for chunk in ids.chunks($crate::db::bulk::CHUNK) {
                let rows: Vec<$row> = on!(&mut *c, c => diesel::update($table::table.filter($table::id.eq_any(chunk)))
                    .set(($table::version.eq($table::version + 1), $table::updated_at.eq(Instant::now())))
                    .returning(<$row>::as_returning())
                    .get_results(c))?;
                c.counted(&rows);
            }
            Ok(())
        }
    };
}
pub(crate) use bulk;
