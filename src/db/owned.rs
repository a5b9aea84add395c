//! Resources of the organization whose token made them (imports, exports, webhooks): what their stores share.

/// Declares the queries of a table whose rows have an id and the `organization_code` of their owner; with `recorded`
/// also the writes, which record the change in the feed.
macro_rules! owned {
    ($table:ident, $row:ty, $id:ty) => {
        /// Whether a row is owned by an organization of the caller's subtree. The caller's own need not be registered
        /// yet.
        #[diesel::dsl::auto_type]
        fn visible<'a>(code: &'a str) -> _ {
            let below = diesel::dsl::exists(
                ancestors::table
                    .inner_join(organizations::table.on(organizations::id.eq(ancestors::organization_id)))
                    .filter(ancestors::ancestor_code.eq(code).and(organizations::code.eq($table::organization_code))),
            );
            $table::organization_code.eq(code).or(below)
        }

        /// A row that the caller sees.
        pub fn get(c: &mut Connection, caller: &Caller, id: &$id) -> Result<$row> {
            Ok(on!(c, c => $table::table
                .find(id)
                .filter(visible(&caller.organization_code))
                .select(<$row>::as_select())
                .first(c))?)
        }

        /// A row, without a check of the caller: for background work on it.
        pub fn find(c: &mut Connection, id: &$id) -> Result<Option<$row>> {
            Ok(on!(c, c => $table::table.find(id).select(<$row>::as_select()).first(c).optional())?)
        }
    };
    ($table:ident, $row:ty, $id:ty, recorded) => {
        $crate::db::owned::owned!($table, $row, $id);

        /// The rows with these ids that the caller sees.
        pub fn seen(c: &mut Connection, caller: &Caller, ids: &[$id]) -> Result<Vec<$row>> {
            Ok(on!(c, c => $table::table
                .filter($table::id.eq_any(ids))
                .filter(visible(&caller.organization_code))
                .select(<$row>::as_select())
                .load(c))?)
        }

        /// All rows owned by the organizations with these codes, without a check of the caller.
        pub fn of_makers(c: &mut Connection, codes: &[&str]) -> Result<Vec<$row>> {
            let mut found = Vec::new();
            for chunk in codes.chunks($crate::db::bulk::CHUNK) {
                found.extend(on!(&mut *c, c => $table::table
                    .filter($table::organization_code.eq_any(chunk))
                    .order($table::id)
                    .select(<$row>::as_select())
                    .load::<$row>(c))?);
            }
            Ok(found)
        }

        /// Adds a row.
        pub fn insert(c: &mut Connection, row: &$row) -> Result<()> {
            on!(&mut *c, c => diesel::insert_into($table::table).values(row).execute(c))?;
            c.created([row]);
            Ok(())
        }

        /// Updates a row to its next version.
        pub fn save(c: &mut Connection, before: &$row, row: &mut $row) -> Result<()> {
            row.version += 1;
            row.updated_at = Instant::now();
            on!(&mut *c, c => diesel::update($table::table.find(&row.id)).set(&*row).execute(c))?;
            c.changed(before, &*row);
            Ok(())
        }
    };
}
pub(crate) use owned;
