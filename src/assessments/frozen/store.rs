//! Every query of what is frozen.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool};

use super::packing::{Place, Unpacked};
use super::{FORM, PLAIN, Shown, pack as pack_text, unpack_text};
use crate::assessments::content::Content;
use crate::assessments::model::{AssessmentId, AssessmentRow};
use crate::assessments::store::place_of;
use crate::db::Connection;
use crate::db::among::any_of;
use crate::db::beyond::{Way, beyond};
use crate::db::bulk::CHUNK;
use crate::db::schema::{frozen_contents as contents, scores, self_assessments as assessments};
use crate::http::error::{Error, Result};
use crate::on;

/// A content as it is kept, with the part that is shown.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = contents)]
struct Packed {
    form: i32,
    content: Vec<u8>,
    shown: Vec<u8>,
}

impl Packed {
    fn of(text: &str, shown: &Shown) -> Result<Packed> {
        Ok(Packed { form: FORM, content: pack_text(text.as_bytes())?, shown: shown.pack()? })
    }
}

/// Reads what is frozen of some assessments in their revisions: all of it, or the part that is shown.
fn frozen_of<T>(
    c: &mut Connection,
    rows: &[&AssessmentRow],
    column: &str,
    read: impl Fn(i32, Vec<u8>) -> Result<T>,
) -> Result<HashMap<AssessmentId, T>> {
    let revisions: HashMap<&AssessmentId, i32> = rows.iter().map(|row| (&row.id, row.revision)).collect();
    let mut found = HashMap::with_capacity(rows.len());
    for chunk in rows.chunks(CHUNK) {
        let ids: Vec<AssessmentId> = chunk.iter().map(|row| row.id.clone()).collect();
        let kept = on!(&mut *c, c => any_of!(contents::table.into_boxed(), contents::assessment_id, ids)
            .select((contents::assessment_id, contents::revision, contents::form, sql::<Binary>(column)))
            .load::<(AssessmentId, i32, i32, Vec<u8>)>(c))?;
        for (id, revision, form, packed) in kept {
            if revisions.get(&id) == Some(&revision) {
                found.insert(id, read(form, packed)?);
            }
        }
    }
    match rows.iter().find(|row| !found.contains_key(&row.id)) {
        Some(row) => Err(Error::internal(&format!("assessment {} has a hash and no content", row.id))),
        None => Ok(found),
    }
}

/// The part of what is frozen that some assessments are shown with.
pub fn shown(c: &mut Connection, rows: &[&AssessmentRow]) -> Result<HashMap<AssessmentId, Shown>> {
    // What is not packed yet has no part of its own.
    frozen_of(c, rows, "COALESCE(shown, content)", Shown::unpack)
}

/// All that is frozen of some assessments.
pub fn contents(c: &mut Connection, rows: &[&AssessmentRow]) -> Result<HashMap<AssessmentId, Content>> {
    frozen_of(c, rows, "content", |form, packed| Content::thaw(&unpack_text(form, packed)?))
}

/// All that is frozen of an assessment, unless it is a draft.
pub fn content_of(c: &mut Connection, row: &AssessmentRow) -> Result<Option<Content>> {
    row.content_hash.is_some().then(|| Content::thaw(&content(c, &row.id, row.revision)?)).transpose()
}

/// What is frozen of an assessment in a revision: canonical JSON.
pub fn content(c: &mut Connection, id: &AssessmentId, revision: i32) -> Result<String> {
    let (form, packed): (i32, Vec<u8>) = on!(c, c => contents::table
        .find((id, revision))
        .select((contents::form, contents::content))
        .first(c))?;
    unpack_text(form, packed)
}

/// Keeps what is frozen of an assessment in its revision, instead of what was.
pub fn freeze(c: &mut Connection, row: &AssessmentRow, text: &str, shown: &Shown) -> Result<()> {
    unfreeze(c, row)?;
    let (division, year) = place_of(c, &row.id)?;
    let place = (
        contents::assessment_id.eq(&row.id),
        contents::revision.eq(row.revision),
        contents::division_code.eq(division),
        contents::fiscal_year.eq(year),
    );
    let packed = Packed::of(text, shown)?;
    on!(c, c => diesel::insert_into(contents::table).values((place, &packed)).execute(c))?;
    Ok(())
}

/// Contents after a place that are not packed yet.
pub fn unpacked(c: &mut Connection, after: Option<&Place>, most: i64) -> Result<Vec<Unpacked>> {
    let last = after.map_or(("", 0), |(id, revision)| (id.as_str(), *revision));
    Ok(on!(c, c => contents::table
        .inner_join(assessments::table)
        .left_join(scores::table.on(scores::assessment_id
            .eq(contents::assessment_id)
            .and(scores::revision.eq(contents::revision))))
        // Written out and not bound: the index of those that are not packed is known to serve it then.
        .filter(sql::<Bool>("form = 0"))
        .filter(beyond((contents::assessment_id, contents::revision), Way::Up, last))
        .order((contents::assessment_id, contents::revision))
        .limit(most)
        .select((
            contents::assessment_id,
            contents::revision,
            contents::content,
            scores::content_hash.nullable(),
            assessments::content_hash,
        ))
        .load(c))?)
}

/// Replaces a content that is not packed by the same, packed.
pub fn pack(c: &mut Connection, (id, revision): &Place, text: &str, shown: &Shown) -> Result<()> {
    let packed = Packed::of(text, shown)?;
    on!(c, c => diesel::update(contents::table.find((id, revision)).filter(contents::form.eq(PLAIN)))
        .set(&packed)
        .execute(c))?;
    Ok(())
}

/// Copies the year of some assessments to what is frozen of them.
pub fn set_fiscal_year(c: &mut Connection, ids: &[AssessmentId], year: i32) -> Result<()> {
    on!(c, c => diesel::update(contents::table.filter(contents::assessment_id.eq_any(ids)))
        .set(contents::fiscal_year.eq(year))
        .execute(c))?;
    Ok(())
}

/// Forgets what is frozen of an assessment in its revision.
pub fn unfreeze(c: &mut Connection, row: &AssessmentRow) -> Result<()> {
    on!(c, c => diesel::delete(contents::table.find((&row.id, row.revision))).execute(c))?;
    Ok(())
}
