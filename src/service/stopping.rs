//! Whether the service is about to stop: it still answers then, says so on each connection, and is not ready.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the service is about to stop.
#[derive(Debug, Default)]
pub struct Stopping(AtomicBool);

impl Stopping {
    /// It is.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it is.
    pub fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
