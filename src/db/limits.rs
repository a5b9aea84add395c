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
    /// Bytes of what is kept in memory: pages of SQLite, and resources that were read before.
    pub cache_bytes: u64,
}

/// How much is kept in memory where nobody says.
pub const CACHE_BYTES: u64 = 48 << 20;

impl Limits {
    /// For resources that were read before: three eighths.
    pub fn bytes_of_representations(&self) -> u64 {
        self.cache_bytes / 8 * 3
    }

    /// For the pages of SQLite's one writer: a quarter.
    pub(super) fn bytes_of_writer(&self) -> u64 {
        self.cache_bytes / 4
    }

    /// For the pages of each of SQLite's readers: three eighths together.
    pub(super) fn bytes_of_reader(&self) -> u64 {
        self.cache_bytes / 8 * 3 / u64::from(self.connections.max(1))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 8,
            waiting_writes: 1024,
            connection_timeout: Duration::from_secs(5),
            is_recorded: true,
            cache_bytes: CACHE_BYTES,
        }
    }
}
