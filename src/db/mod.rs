//! The database: how requests read and write, on SQLite and on Postgres alike.
//!
//! All work goes through [`Database::read`] or [`Database::write`]. A write is one transaction that
//! takes its lock before it reads, so whatever decides the write is read inside it and cannot be
//! overtaken. This folder is the only place where the two databases differ.

pub mod bulk;
mod connection;
pub mod exact;
mod instant;
mod migrations;
pub mod money;
pub mod schema;
mod stored;
mod texts;
pub mod types;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use diesel::r2d2;

pub use connection::{Address, AddressError, Connection};
pub use migrations::{MigrationError, State, redo as redo_migrations, state as migration_state};

use crate::error::{Error, Result};
use connection::Manager;
use writer::Writer;

/// Seconds after which a client should try again when the service is too busy.
pub const RETRY_AFTER_SECONDS: u64 = 1;

/// How many connections and how long a queue the database gets.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections in the pool; reads use them, and on Postgres writes as well.
    pub connections: u32,
    /// Writes that may wait on SQLite before further ones are answered with 503.
    pub waiting_writes: usize,
    /// How long a request waits for a connection before it is answered with 503.
    pub connection_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { connections: 8, waiting_writes: 1024, connection_timeout: Duration::from_secs(5) }
    }
}

/// One open database: a pool for reads, and on SQLite the one writer.
#[derive(Clone)]
pub struct Database {
    address: Address,
    pool: r2d2::Pool<Manager>,
    writer: Option<Writer>,
}

impl Database {
    /// Opens the database; it does not migrate it.
    ///
    /// # Errors
    /// When it cannot be reached or opened; nothing is created but the SQLite file itself.
    pub fn open(address: &Address, limits: &Limits) -> std::result::Result<Database, AddressError> {
        // A first connection by hand: the pool would only say that it timed out.
        let first = Connection::open(address)?;
        let pool = r2d2::Pool::builder()
            .max_size(limits.connections)
            .min_idle(Some(1))
            .test_on_check_out(address.is_remote())
            .connection_timeout(limits.connection_timeout)
            .build(Manager(address.clone()))
            .map_err(|cause| AddressError::unreachable(address, &cause.to_string()))?;
        let writer = match first {
            sqlite @ Connection::Sqlite(_) => Some(Writer::start(sqlite, limits.waiting_writes)),
            Connection::Postgres(_) => None,
        };
        Ok(Database { address: address.clone(), pool, writer })
    }

    /// Applies what is missing of the migrations and says how many that were.
    ///
    /// # Errors
    /// When the database is newer than this program, or a statement fails.
    pub fn migrate(&self) -> std::result::Result<usize, MigrationError> {
        migrations::apply(&mut Connection::open(&self.address)?)
    }

    /// Whether all migrations of this program, and no others, are applied.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn migration_state(&self) -> std::result::Result<State, MigrationError> {
        migrations::state(&mut Connection::open(&self.address)?)
    }

    /// Where this database is, without any password.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Runs `work` on a pooled connection, off the async threads.
    ///
    /// # Errors
    /// What `work` gives; 503 when no connection came free in time.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = self.clone();
        actix_web::web::block(move || db.read_here(work)).await.map_err(|cause| Error::internal(&cause))?
    }

    /// The same on the caller's own thread, for work that goes on beside the requests.
    ///
    /// # Errors
    /// What `work` gives; 503 when no connection came free in time.
    pub fn read_here<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.pool.get().map_err(|cause| Error::database_unavailable(&cause))?;
        guarded(|| work(&mut connection))
    }

    /// Runs `work` in one transaction that excludes every other write of the same division.
    /// It returns once the transaction is durable.
    ///
    /// `organization_code` names any organization of the division; what is not registered yet
    /// counts as a division of its own.
    ///
    /// # Errors
    /// What `work` gives, after a rollback; 503 when too many writes wait.
    pub async fn write<T: Send + 'static>(
        &self,
        organization_code: &str,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(writer) = &self.writer else {
            let code = organization_code.to_owned();
            return self
                .read(move |connection| {
                    connection.transaction(|c| {
                        c.lock_division(&code)?;
                        guarded(|| work(c))
                    })
                })
                .await;
        };
        writer.run(work).await
    }
}

/// A panic in a request's database work becomes an error, so that its transaction is rolled back
/// and the connection, the writer and the service go on.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Error::panicked(panic.as_ref())))
}
