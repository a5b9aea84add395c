//! The plan of an import: a file with a line for each change, made when its rows are checked.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use super::change::Change;
use crate::error::{Error, Result};

/// Writes a change.
///
/// # Errors
/// When the disk does not take it.
pub fn write(file: &mut impl Write, change: &Change) -> Result<()> {
    serde_json::to_writer(&mut *file, change).map_err(|cause| Error::internal(&cause))?;
    file.write_all(b"\n").map_err(|cause| Error::internal(&cause))
}

/// Gives each change to `take`, in their order.
///
/// # Errors
/// What `take` gives; when the file cannot be read.
pub fn each(path: &Path, mut take: impl FnMut(Change) -> Result<()>) -> Result<()> {
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(|cause| Error::internal(&cause))?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|cause| Error::internal(&cause))? == 0 {
            return Ok(());
        }
        take(serde_json::from_slice(&line).map_err(|cause| Error::internal(&cause))?)?;
    }
}
