//! Many rows at once: what the stores of the imported tables share.

use super::{Connection, Link};

/// Rows of one statement: enough to make its cost vanish, few enough for either database.
pub const CHUNK: usize = 500;
/// Rows of a statement that SQLite prepares once for all pieces. Within a statement it keeps a copy of each page that it
/// changes, so more rows together are cheaper.
pub const PIECE: usize = 250;

impl Connection {
    /// The rows that go in pieces, and those that go in chunks.
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

        /// Writes a row anew; false where it is no longer of the version that it was.
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

        /// Deletes rows; `c.deleted(rows)` comes before it, where the feed has to tell of them.
        pub fn delete_all(c: &mut Connection, rows: &[$row]) -> diesel::QueryResult<()> {
            for chunk in rows.chunks($crate::db::bulk::CHUNK) {
                let ids: Vec<&str> = chunk.iter().map(|row| row.id.as_str()).collect();
                on!(&mut *c, c => diesel::delete($table::table.filter($table::id.eq_any(&ids))).execute(c))?;
            }
            Ok(())
        }

        /// The versions of those that are there.
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
    // For a table whose rows count the changes of what belongs to them.
    ($table:ident, $row:ty, $id:ty, counting) => {
        $crate::db::bulk::bulk!($table, $row, $id);

        /// Counts a change of what belongs to each of them.
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
