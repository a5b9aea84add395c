//! The plan of an import: a file with a line for each change, made when its rows are checked.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::mpsc::sync_channel;

use super::change::Change;
use crate::http::error::{Error, Result};

/// Writes a change.
///
/// # Errors
/// When the disk does not take it.
pub fn write(file: &mut impl Write, change: &Change) -> Result<()> {
    serde_json::to_writer(&mut *file, change).map_err(|cause| Error::internal(&cause))?;
    file.write_all(b"\n").map_err(|cause| Error::internal(&cause))
}

/// Changes that are read together, ahead of their use.
const TOGETHER: usize = 500;
/// Chunks that are read ahead.
const AHEAD: usize = 3;

/// Passes each change to `take`, in order. A thread of its own reads them ahead, so that a transaction that uses them
/// does not wait for the file.
///
/// # Errors
/// What `take` gives; when the file cannot be read.
pub fn each(path: &Path, mut take: impl FnMut(Change) -> Result<()>) -> Result<()> {
    let file = File::open(path).map_err(|cause| Error::internal(&cause))?;
    std::thread::scope(|threads| {
        let (sender, receiver) = sync_channel(AHEAD);
        threads.spawn(move || {
            let mut reader = BufReader::with_capacity(1 << 18, file);
            loop {
                let chunk = chunk(&mut reader);
                let is_over = chunk.as_ref().map_or(true, Vec::is_empty);
                // The receiver is gone if `take` has failed.
                if sender.send(chunk).is_err() || is_over {
                    break;
                }
            }
        });
        for chunk in receiver {
            chunk?.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    })
}

/// The next changes; none at the end.
fn chunk(reader: &mut BufReader<File>) -> Result<Vec<Change>> {
    let (mut changes, mut line) = (Vec::with_capacity(TOGETHER), Vec::new());
    while changes.len() < TOGETHER {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|cause| Error::internal(&cause))? == 0 {
            break;
        }
        changes.push(serde_json::from_slice(&line).map_err(|cause| Error::internal(&cause))?);
    }
    Ok(changes)
}
