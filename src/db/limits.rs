//! How much of a database may be in use.

use std::time::Duration;

/// The limits of the connection pool and of the write queue.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections in the pool; reads use them, and on Postgres writes as well.
    pub connections: u32,
    /// Writes that may wait of an organization before further ones are answered with 503.
    pub waiting_writes: usize,
    /// How long a request waits for a connection before it is answered with 503.
    pub connection_timeout: Duration,
    /// Whether changes are written to the feed; false only to measure what the feed costs.
    pub is_recorded: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { connections: 8, waiting_writes: 1024, connection_timeout: Duration::from_secs(5), is_recorded: true }
    }
}
