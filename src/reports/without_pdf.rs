//! A program that was built without the typesetter: it says so.

use super::document::Document;
use crate::http::error::{Code, Error, Result};

/// Sets nothing.
///
/// # Errors
/// 501, always.
pub fn write(_: &Document) -> Result<Vec<u8>> {
    Err(Error::of(Code::FormatNotBuilt))
}
