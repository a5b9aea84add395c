//! A program that was built without the typesetter: it says so.

use super::document::Document;
use crate::error::{Result, Unwritten};

/// Sets nothing.
///
/// # Errors
/// [`Unwritten::NotBuilt`], always.
pub fn write(_: &Document) -> Result<Vec<u8>> {
    Err(Unwritten::NotBuilt)
}
