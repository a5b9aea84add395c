//! Resources of the organization whose token made them (imports, exports, webhooks): what their stores share.

use diesel::prelude::*;

use super::schema::{organization_ancestors as ancestors, organizations};

/// The codes of the organizations at and below the one of a code. That one need not be registered yet: compare with its
/// code too.
#[diesel::dsl::auto_type]
pub(crate) fn below<'a>(code: &'a str) -> _ {
    ancestors::table
        .inner_join(organizations::table.on(organizations::id.eq(ancestors::organization_id)))
        .filter(ancestors::ancestor_code.eq(code))
        .select(organizations::code)
}

/// All rows owned by the organizations with these codes.
macro_rules! rows_of_makers {
    ($c:expr, $table:ident, $row:ty, $codes:expr) => {{
        let (c, mut found) = ($c, Vec::new());
        for chunk in $codes.chunks($crate::db::bulk::CHUNK) {
            found.extend(on!(&mut *c, c => $table::table
                .filter($table::organization_code.eq_any(chunk))
                .order($table::id)
                .select(<$row>::as_select())
                .load::<$row>(c))?);
        }
        Ok(found)
    }};
}
pub(crate) use rows_of_makers;

/// Updates a row to its next version.
macro_rules! save_row {
    ($c:expr, $table:ident, $before:expr, $row:expr) => {{
        let (c, row) = ($c, $row);
        row.version += 1;
        row.updated_at = Instant::now();
        on!(&mut *c, c => diesel::update($table::table.find(&row.id)).set(&*row).execute(c))?;
        c.changed($before, &*row);
        Ok(())
    }};
}
pub(crate) use save_row;
