//! The database: how requests read and write, on SQLite and on Postgres alike.
//!
//! All work goes through [`Database::read`] or [`Database::write`]. A write is one transaction that
//! takes its lock before it reads, so whatever decides the write is read inside it and cannot be
//! overtaken. This folder is the only place where the two databases differ.

mod address;
pub mod among;
mod author;
pub mod backup;
pub mod beyond;
pub mod bulk;
mod change_type;
mod connection;
mod epochs;
mod fair_reads;
mod group;
mod guarded;
mod heads;
pub mod journal;
mod limits;
mod migrations;
pub mod owned;
mod place;
mod queues;
mod replica;
pub mod schema;
mod schema_of_servers;
mod schema_of_sums;
mod schema_of_webhooks;
pub mod sums;
pub mod taken;
mod tls;
mod turns;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use diesel::r2d2;

pub use address::{Address, AddressError};
pub use author::Author;
pub use connection::{Connection, Link};
pub use migrations::{MigrationError, State, redo as redo_migrations, state as migration_state};

use crate::http::error::{Code, Error, Result};
use crate::on;
use connection::Manager;
use fair_reads::FairReads;
pub use fair_reads::{ask_for, asking};
use group::Job;
pub use group::Share;
use guarded::guarded;
pub use heads::Heads;
pub use limits::{CACHE_BYTES, Limits};
use queues::Queues;
use replica::Replica;
use schema::blobs;
use writer::Writer;

/// The name of what is written to see whether something can be.
const PROBE: &str = "probe";

/// How much of a database is in use at a moment, by this process.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Writes that wait.
    pub waiting_writes: usize,
    /// Commits since the start.
    pub groups: u64,
    /// Writes in those commits.
    pub grouped_writes: u64,
    /// Connections of the pool.
    pub connections: u32,
    /// Those of them that nobody uses.
    pub idle_connections: u32,
}

/// What runs the waiting writes.
#[derive(Clone)]
enum Writes {
    /// SQLite's one writer.
    Sqlite(Writer),
    /// On Postgres: several threads, on connections of the pool.
    Postgres(Queues),
}

/// One open database: a pool for reads, and the queue of writes.
#[derive(Clone)]
pub struct Database {
    address: Address,
    pool: r2d2::Pool<Manager>,
    replica: Option<Arc<Replica>>,
    writes: Writes,
    heads: Heads,
    fair_reads: FairReads,
    /// Whether the last write found the disk full or read-only.
    is_unwritable: Arc<AtomicBool>,
    /// Bytes of resources that are kept beside it.
    pub bytes_of_representations: u64,
}

impl Database {
    /// Opens the database; it does not migrate it.
    ///
    /// # Errors
    /// When it cannot be reached or opened; nothing is created but the SQLite file itself.
    pub fn open(address: &Address, limits: &Limits) -> std::result::Result<Database, AddressError> {
        // The first connection is opened outside the pool, which would report only a timeout.
        let mut first = Connection::open_with(address, limits.bytes_of_writer())?;
        first.journal.is_off = !limits.is_recorded;
        let heads = Heads::default();
        let pool = r2d2::Pool::builder()
            .max_size(limits.connections)
            .min_idle(Some(1))
            .test_on_check_out(address.is_remote())
            .connection_timeout(limits.connection_timeout)
            .build(Manager { address: address.clone(), cache_bytes: limits.bytes_of_reader() })
            .map_err(|cause| AddressError::unreachable(address, &cause.to_string()))?;
        let writes = match &first.link {
            Link::Sqlite(_) => Writes::Sqlite(Writer::start(first, limits, heads.clone())),
            Link::Postgres(_) => {
                let queues = Queues::start(pool.clone(), limits, heads.clone());
                Writes::Postgres(queues.map_err(|cause| AddressError::unreachable(address, &cause.to_string()))?)
            }
        };
        Ok(Database {
            address: address.clone(),
            pool,
            replica: None,
            writes,
            heads,
            fair_reads: FairReads::new(limits.connections, limits.connection_timeout),
            is_unwritable: Arc::default(),
            bytes_of_representations: limits.bytes_of_representations(),
        })
    }

    /// The same database, with a replica for the reads that need not be made at the server that writes.
    ///
    /// # Errors
    /// When its address cannot be used. The replica itself may be away.
    pub fn with_replica(self, address: &Address, limits: &Limits) -> std::result::Result<Database, AddressError> {
        Ok(Database { replica: Some(Arc::new(Replica::open(address, limits.connections)?)), ..self })
    }

    /// Applies the missing migrations and returns how many there were.
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
        let turn = self.fair_reads.turn().await?;
        let read = move |db: &Database| {
            let _turn = turn;
            db.read_here(work)
        };
        self.off_thread(read).await
    }

    /// Runs `work` off the async threads.
    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let db = self.clone();
        actix_web::web::block(move || work(&db)).await.map_err(|cause| Error::internal(&cause))?
    }

    /// Like [`Database::read`], but on the calling thread: for background work.
    ///
    /// # Errors
    /// What `work` gives; 503 when no connection came free in time.
    pub fn read_here<T>(&self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.pool.get().map_err(|cause| Error::database_unavailable(&cause))?;
        guarded(|| work(&mut connection))
    }

    /// Like [`Database::read`], at the replica where there is one that has all that the caller's division has changed: for
    /// lists and statistics. Should the replica fail, `work` runs again at the server that writes.
    ///
    /// # Errors
    /// Those of [`Database::read`].
    pub async fn read_many<T: Send + 'static>(
        &self,
        organization_code: String,
        work: impl Fn(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(replica) = self.replica.clone() else { return self.read(work).await };
        let turn = self.fair_reads.turn().await?;
        let read = move |db: &Database| {
            let _turn = turn;
            let head = db.read_here(|c| replica::head_of(c, &organization_code))?;
            let at_replica = guarded(|| replica.read(&organization_code, head, &work).transpose())?;
            at_replica.map_or_else(|| db.read_here(&work), Ok)
        };
        self.off_thread(read).await
    }

    /// Where a long read of an organization is made, on a connection of its own: at the replica, like
    /// [`Database::read_many`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn address_for_reading(&self, organization_code: &str) -> Result<Address> {
        let Some(replica) = &self.replica else { return Ok(self.address.clone()) };
        let head = self.read_here(|c| replica::head_of(c, organization_code))?;
        let is_there = replica.has_reached(organization_code, head);
        Ok(if is_there { replica.address.clone() } else { self.address.clone() })
    }

    /// Runs `work` in one transaction that excludes every other write of the same division.
    /// It returns once the transaction is durable.
    ///
    /// What runs inside knows its author ([`Connection::author`]): a request's caller, or the service itself.
    ///
    /// # Errors
    /// What `work` gives, after a rollback; 503 when too many writes wait.
    pub async fn write<T: Send + 'static>(
        &self,
        author: impl Into<Author>,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(Share::Group, author, work).await
    }

    /// Like [`Database::write`], with a choice of whether the commit is shared with other writes.
    ///
    /// # Errors
    /// What `work` gives, after a rollback; 503 when too many writes wait.
    pub async fn write_as<T: Send + 'static>(
        &self,
        share: Share,
        author: impl Into<Author>,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (job, answered) = Job::new(share, author.into(), work);
        match &self.writes {
            Writes::Sqlite(writer) => writer.send(job)?,
            Writes::Postgres(queues) => queues.send(job)?,
        }
        let answer = answered.await.map_err(|cause| Error::internal(&cause))?;
        let is_unwritable = answer.as_ref().is_err_and(|cause| cause.code() == Code::StorageUnavailable);
        if is_unwritable || answer.is_ok() {
            self.is_unwritable.store(is_unwritable, Ordering::Relaxed);
        }
        answer
    }

    /// Whether writes are possible: after one that found the disk full or read-only, by trying another.
    ///
    /// # Errors
    /// 503 when they are not.
    pub async fn try_to_write(&self) -> Result<()> {
        if !self.is_unwritable.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.write("", |c| {
            // As much as a small commit takes, gone with its end.
            let piece = (blobs::name.eq(PROBE), blobs::part.eq(0), blobs::bytes.eq(vec![0_u8; 64 << 10]));
            let row = (piece, blobs::is_last.eq(false));
            on!(&mut *c, c => diesel::insert_into(blobs::table).values(row).on_conflict_do_nothing().execute(c))?;
            on!(c, c => diesel::delete(blobs::table.filter(blobs::name.eq(PROBE))).execute(c))?;
            Ok(())
        })
        .await
    }

    /// Runs one small write that must not wait behind the long ones of a division: on Postgres on a connection of the
    /// pool, without a lock and without a journal; on SQLite as any other.
    ///
    /// # Errors
    /// What `work` gives; 503 when no connection came free in time.
    pub async fn write_beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &self.writes {
            Writes::Sqlite(_) => self.write("", work).await,
            // Without a turn among the readers: a lease that is renewed too late is taken over.
            Writes::Postgres(_) => self.off_thread(move |db| db.read_here(work)).await,
        }
    }

    /// How much of it is in use now.
    pub fn usage(&self) -> Usage {
        let waiting_writes = match &self.writes {
            Writes::Sqlite(writer) => writer.waiting(),
            Writes::Postgres(queues) => queues.waiting(),
        };
        let (groups, grouped_writes) = self.heads.commits();
        let pool = self.pool.state();
        let (connections, idle_connections) = (pool.connections, pool.idle_connections);
        Usage { waiting_writes, groups, grouped_writes, connections, idle_connections }
    }

    /// The last numbers of the change feeds, and waiting for new ones.
    pub fn heads(&self) -> &Heads {
        &self.heads
    }
}
