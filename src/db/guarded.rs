//! Panics in database work.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::http::error::{Error, Result};

/// A panic in a request's database work becomes an error, so that its transaction is rolled back
/// and the connection, the writer and the service go on.
pub fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::panicked(panic.as_ref())))
}
