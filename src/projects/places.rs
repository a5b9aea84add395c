//! Whose a project is, and what belongs to it: the conditions that other tables share, and the division of their rows.

#![expect(
    missing_docs,
    reason = "auto_type gives each condition a type alias, which cannot carry a comment of its own"
)]

use std::collections::HashMap;

use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;

use super::model::ProjectId;
use crate::db::Connection;
use crate::db::among::any_of;
use crate::db::bulk::CHUNK;
use crate::db::schema::{organization_ancestors as ancestors, projects};
use crate::on;

/// Whether a project's organization lies in the subtree of the one with that code.
#[auto_type]
pub fn below<'a>(code: &'a str) -> _ {
    exists(
        ancestors::table
            .filter(ancestors::ancestor_code.eq(code).and(ancestors::organization_id.eq(projects::organization_id))),
    )
}

/// The same; who sees a whole division is known by its code alone.
#[auto_type]
pub fn visible<'a>(code: &'a str) -> _ {
    let below: below<'a> = below(code);
    projects::division_code.eq(code).or(below)
}

/// Keeps what a caller sees of the projects of one division, in a boxed query: without a condition on the organizations
/// the rows of a whole division are read and counted in its index.
macro_rules! of_division {
    ($query:expr, $division:expr, $below:expr) => {{
        let found = $query.filter(projects::division_code.eq($division));
        match $below {
            Some(code) => found.filter($crate::projects::places::below(code)),
            None => found,
        }
    }};
}
pub(crate) use of_division;

/// The projects of the organizations in the subtree of the one with that code, for what another table has of them.
#[auto_type]
pub fn ids_below<'a>(code: &'a str) -> _ {
    // Not by EXISTS: SQLite would go through all projects for it.
    let organizations = ancestors::table.filter(ancestors::ancestor_code.eq(code)).select(ancestors::organization_id);
    projects::table.filter(projects::organization_id.eq_any(organizations)).select(projects::id)
}

/// The divisions of some projects, whoever asks.
pub fn divisions_of(c: &mut Connection, ids: &[ProjectId]) -> QueryResult<HashMap<ProjectId, String>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(ProjectId, String)> = on!(&mut *c, c => any_of!(projects::table.into_boxed(), projects::id, chunk)
            .select((projects::id, projects::division_code))
            .load(c))?;
        found.extend(rows);
    }
    Ok(found)
}

/// Adds rows of projects, each with the division of its project. One whose project is gone has none: the database refuses
/// it.
macro_rules! insert_rows_of_projects {
    ($c:expr, $table:ident, $rows:expr) => {{
        let (c, rows) = ($c, $rows);
        let mut projects: Vec<ProjectId> = rows.iter().map(|row| row.project_id.clone()).collect();
        projects.sort_unstable();
        projects.dedup();
        let divisions = $crate::projects::places::divisions_of(c, &projects)?;
        let division_of = |id: &ProjectId| $table::division_code.eq(divisions.get(id).cloned().unwrap_or_default());
        let (pieces, rest) = c.pieces(rows);
        for piece in pieces {
            // Owned, since a statement of several rows is prepared once only for what owns its values.
            let piece = piece.each_ref().map(|row| (row.clone(), division_of(&row.project_id)));
            let piece = &piece;
            on!(&mut *c, c => diesel::insert_into($table::table).values(piece).execute(c))?;
        }
        for chunk in rest.chunks($crate::db::bulk::CHUNK) {
            let chunk: Vec<_> = chunk.iter().map(|row| (row, division_of(&row.project_id))).collect();
            on!(&mut *c, c => diesel::insert_into($table::table).values(chunk).execute(c))?;
        }
        c.created(rows);
        Ok(())
    }};
}
pub(crate) use insert_rows_of_projects;
