//! Every query of the blobs that the database keeps.

use diesel::prelude::*;

use crate::db::Connection;
use crate::db::schema::blobs;
use crate::http::error::Result;
use crate::on;

/// Keeps a piece of a file, in place of one that an earlier attempt may have kept.
pub fn put(c: &mut Connection, name: &str, part: i64, bytes: &[u8], is_last: bool) -> Result<()> {
    let content = (blobs::bytes.eq(bytes), blobs::is_last.eq(is_last));
    on!(c, c => diesel::insert_into(blobs::table)
        .values((blobs::name.eq(name), blobs::part.eq(part), content))
        .on_conflict((blobs::name, blobs::part))
        .do_update()
        .set(content)
        .execute(c))?;
    Ok(())
}

/// A piece of a file, and whether it is the last one; none where there is no such piece (yet, or any more).
pub fn get(c: &mut Connection, name: &str, part: i64) -> Result<Option<(Vec<u8>, bool)>> {
    Ok(on!(c, c => blobs::table.find((name, part)).select((blobs::bytes, blobs::is_last)).first(c).optional())?)
}

/// Removes the files whose names begin with `folder` and a slash.
pub fn remove(c: &mut Connection, folder: &str) -> Result<()> {
    let (from, to) = within(folder);
    on!(c, c => diesel::delete(blobs::table.filter(blobs::name.ge(from)).filter(blobs::name.lt(to))).execute(c))?;
    Ok(())
}

/// The names of the files in a folder that follow a name, at most `most`.
pub fn names(c: &mut Connection, folder: &str, after: &str, most: i64) -> Result<Vec<String>> {
    let (from, to) = within(folder);
    Ok(on!(c, c => blobs::table
        .filter(blobs::name.gt(from.as_str().max(after)))
        .filter(blobs::name.lt(to))
        .filter(blobs::part.eq(0))
        .order(blobs::name)
        .limit(most)
        .select(blobs::name)
        .load(c))?)
}

/// The range of the names in a folder: `0` follows `/` in the order of both databases.
fn within(folder: &str) -> (String, String) {
    (format!("{folder}/"), format!("{folder}0"))
}
