//! Scores as JSON lines, on two connections: one selects the ids of the next scores while the other reads the documents
//! of the previous ones.
//!
//! The connection that selects holds the snapshot and decides which scores are written. The one that reads may see a
//! later state, which makes no difference: a document is written with its score, never changes and is never removed.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, scope};

use super::file::Output;
use super::model::ExportFilters;
use crate::auth::Caller;
use crate::db::{Address, Connection};
use crate::http::error::{Error, Result};
use crate::organizations::slice::Slice;
use crate::scores::model::ScoreId;
use crate::scores::store;

/// The most pieces of ids that are selected ahead.
const AHEAD: usize = 2;
/// Documents that are copied at once: about half a megabyte, so that most of it stays in the processor's cache.
const COPIED: usize = 500;

/// Ids of scores, and their division.
type Piece = (String, Vec<ScoreId>);

/// Writes the scores that the caller sees.
///
/// # Errors
/// When the database or the file fails.
pub fn write(
    c: &mut Connection,
    address: &Address,
    caller: &Caller,
    filters: &ExportFilters,
    first: Option<Slice>,
    output: &mut Output,
) -> Result<()> {
    scope(|scope| {
        let (pieces, found) = sync_channel(AHEAD);
        let copy = move || copy(address, caller, &found, output);
        let copying = Builder::new().name("export rows".to_owned()).spawn_scoped(scope, copy);
        let copying = copying.map_err(|cause| Error::internal(&cause))?;
        let find = || {
            let mut next = first;
            while let Some(slice) = next {
                let ids = store::ids(c, &slice, filters.as_of)?;
                let (count, last) = (ids.len(), ids.last().map(ToString::to_string));
                // The channel is closed if copying has failed; its error is returned below.
                if pieces.send((slice.division.clone(), ids)).is_err() {
                    break;
                }
                next = slice.next(count, last);
            }
            Ok(())
        };
        let is_found = find();
        drop(pieces);
        let is_copied = copying.join().unwrap_or_else(|panic| Err(Error::panicked(panic.as_ref())));
        is_found.and(is_copied)
    })
}

/// Copies the documents of each piece into the file.
fn copy(address: &Address, caller: &Caller, found: &Receiver<Piece>, output: &mut Output) -> Result<()> {
    let mut connection = Connection::open(address).map_err(|cause| Error::database_unavailable(&cause))?;
    connection.snapshot_in_pieces(|c| {
        for (division, piece) in found {
            piece.chunks(COPIED).try_for_each(|ids| copy_some(c, caller, (&division, ids), output))?;
        }
        Ok(())
    })
}

fn copy_some(
    c: &mut Connection,
    caller: &Caller,
    (division, ids): (&str, &[ScoreId]),
    output: &mut Output,
) -> Result<()> {
    if let Some(lines) = store::lines(c, division, ids)? {
        return output.json(lines, ids.len());
    }
    let mut documents = store::documents(c, ids)?;
    for id in ids {
        match documents.remove(id).flatten() {
            Some(document) => output.json(document.into_bytes(), 1)?,
            None => output.row(&store::get(c, caller, id)?, Vec::new)?,
        }
    }
    Ok(())
}
