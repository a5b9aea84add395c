//! One connection to either database, and `on!`, which runs one query text on both.

use std::fmt;

use diesel::Connection as _;
use diesel::connection::{AnsiTransactionManager, CacheSize, SimpleConnection, TransactionManager};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::r2d2::{self, R2D2Connection};
use diesel::sql_types::{Text, Timestamp};

use super::Author;
use super::address::{Address, AddressError};
use super::journal::Journal;
use super::sums::Stale;
use crate::http::error::{Error, Result};
use crate::values::Instant;

/// `on!(connection, c => QUERY)`: the query is written once and compiled for each database with concrete types, so a
/// query that one database cannot run is a compile error at the query.
#[macro_export]
macro_rules! on {
    ($connection:expr, $c:ident => $body:expr) => {
        match &mut ($connection).link {
            $crate::db::Link::Sqlite($c) => $body,
            $crate::db::Link::Postgres($c) => $body,
        }
    };
}

/// The underlying connection to SQLite or to Postgres.
pub enum Link {
    /// An embedded SQLite file.
    Sqlite(SqliteConnection),
    /// A Postgres server.
    Postgres(PgConnection),
}

/// A connection to either database, with what its transaction has changed so far.
pub struct Connection {
    /// Used only by `on!`.
    pub link: Link,
    pub(super) journal: Journal,
    pub(super) stale: Stale,
    pub(super) author: Author,
}

impl From<Link> for Connection {
    fn from(link: Link) -> Connection {
        Connection { link, journal: Journal::default(), stale: Stale::default(), author: Author::default() }
    }
}

/// The file is not mapped: it would count as memory once for each connection.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";

/// Sets how many bytes of pages SQLite keeps.
fn cache_of(bytes: u64) -> String {
    format!("PRAGMA cache_size=-{};", bytes / 1024)
}

/// Bytes of pages that a connection keeps which is none of a pool.
const CACHE_OF_ONE: u64 = 8 << 20;

impl Connection {
    /// Opens one connection.
    ///
    /// # Errors
    /// With the address (without its password) and what the database said.
    pub fn open(address: &Address) -> std::result::Result<Connection, AddressError> {
        Connection::open_with(address, CACHE_OF_ONE)
    }

    /// Opens one that keeps so many bytes of pages, on SQLite.
    pub(super) fn open_with(address: &Address, cache_bytes: u64) -> std::result::Result<Connection, AddressError> {
        let failed = |cause: &dyn fmt::Display| AddressError::unreachable(address, &cause.to_string());
        match address {
            Address::Sqlite(path) => {
                let mut c = SqliteConnection::establish(path).map_err(|cause| failed(&cause))?;
                let settings = format!("{SQLITE_SETTINGS} {}", cache_of(cache_bytes));
                c.batch_execute(&settings).map_err(|cause| failed(&cause))?;
                Ok(Link::Sqlite(c).into())
            }
            Address::Postgres(postgres) => {
                let url = postgres.for_libpq().map_err(|cause| failed(&cause))?;
                let mut c = PgConnection::establish(&url).map_err(|cause| failed(&cause))?;
                if postgres.is_pooled {
                    // A named statement lives on one connection of the server, and the next transaction has another one.
                    c.set_prepared_statement_cache_size(CacheSize::Disabled);
                }
                c.batch_execute("SET TIME ZONE 'UTC'").map_err(|cause| failed(&cause))?;
                Ok(Link::Postgres(c).into())
            }
        }
    }

    /// The author of the changes of the current transaction.
    pub fn author(&self) -> &Author {
        &self.author
    }

    /// Begins an outer transaction and takes SQLite's write lock at once.
    pub(super) fn begin(&mut self) -> QueryResult<()> {
        match &mut self.link {
            Link::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
            Link::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
        }
    }

    /// Lets keys of several columns be broken until [`Connection::check_keys_now`], where tables are spread over
    /// partitions: a whole and its parts change their year one after the other.
    ///
    /// # Errors
    /// When the database fails.
    pub fn defer_keys(&mut self) -> Result<()> {
        if let Link::Postgres(c) = &mut self.link {
            c.batch_execute("SET CONSTRAINTS ALL DEFERRED")?;
        }
        Ok(())
    }

    /// Checks them now, and each at its statement again: other writes may share the transaction.
    ///
    /// # Errors
    /// When the database fails, or a key is broken.
    pub fn check_keys_now(&mut self) -> Result<()> {
        if let Link::Postgres(c) = &mut self.link {
            c.batch_execute("SET CONSTRAINTS ALL IMMEDIATE")?;
        }
        Ok(())
    }

    /// The last statements of a transaction: what it changed is added up, and told.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.keep_sums()?;
        self.write_journal()
    }

    pub(super) fn commit(&mut self) -> QueryResult<()> {
        on!(self, c => AnsiTransactionManager::commit_transaction(c))
    }

    /// After a failed commit: rolls back, so that no transaction is open whatever state the commit left.
    pub(super) fn abandon(&mut self) {
        if let Err(cause) = on!(self, c => AnsiTransactionManager::rollback_transaction(c)) {
            log::debug!("rollback after a failed commit: {cause}");
        }
    }

    /// Runs `work` in a transaction that takes its lock at once; inside another transaction it runs in a savepoint.
    ///
    /// # Errors
    /// What `work` gives, after a rollback.
    pub fn transaction<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let outer = self.depth();
        match outer {
            0 => self.begin()?,
            _ => on!(&mut *self, c => AnsiTransactionManager::begin_transaction(c))?,
        }
        let mark = self.journal.mark();
        let result = work(self).and_then(|value| {
            if self.depth() == 1 {
                self.finish()?;
            }
            self.commit()?;
            Ok(value)
        });
        if result.is_err() {
            self.journal.forget_since(mark);
            if outer == 0 {
                self.stale = Stale::default();
            }
            // A failed commit may have ended this transaction already; the enclosing one must not be rolled back here.
            if self.depth() > outer {
                self.abandon();
            }
        }
        result
    }

    /// On SQLite: keeps so many bytes of pages from now on, and gives back what is more.
    pub(super) fn keep_pages(&mut self, bytes: u64) {
        if let Link::Sqlite(c) = &mut self.link
            && let Err(cause) = c.batch_execute(&format!("{} PRAGMA shrink_memory", cache_of(bytes)))
        {
            log::debug!("the page cache keeps its size: {cause}");
        }
    }

    /// On SQLite: moves the log into the file and shortens it, after a long write; as far as readers let it.
    pub(super) fn shorten_log(&mut self) {
        if let Link::Sqlite(c) = &mut self.link
            && let Err(cause) = c.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            log::debug!("the write-ahead log is not shortened: {cause}");
        }
    }

    /// On SQLite: writes the file anew without what is free in it. Postgres does so by itself, as far as it does.
    ///
    /// # Errors
    /// When another program uses the file, or the disk has no room for a second one.
    pub fn give_space_back(&mut self) -> QueryResult<()> {
        match &mut self.link {
            Link::Sqlite(c) => c.batch_execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"),
            Link::Postgres(_) => Ok(()),
        }
    }

    /// The current time by the one clock that all servers on this database share: that of Postgres, or on SQLite the
    /// local one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn now(&mut self) -> QueryResult<Instant> {
        match &mut self.link {
            Link::Sqlite(_) => Ok(Instant::now()),
            Link::Postgres(c) => {
                let clock = "DATE_TRUNC('milliseconds', CLOCK_TIMESTAMP() AT TIME ZONE 'UTC')";
                diesel::select(sql::<Timestamp>(clock)).get_result(c)
            }
        }
    }

    /// The nesting depth of open transactions: 0 outside of any, more than 1 inside savepoints.
    pub(super) fn depth(&mut self) -> u32 {
        let status = on!(self, c => AnsiTransactionManager::transaction_manager_status_mut(c)).transaction_depth();
        status.ok().flatten().map_or(0, u32::from)
    }

    /// Runs several queries on one snapshot of the database.
    ///
    /// # Errors
    /// What `work` gives.
    pub fn snapshot<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        match &mut self.link {
            Link::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?,
            Link::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(
                c,
                "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
            )?,
        }
        let result = work(self);
        on!(self, c => AnsiTransactionManager::rollback_transaction(c))?;
        result
    }

    /// Like [`Connection::snapshot`], for tables that are read in pieces by keyset, each piece in the order of an
    /// index. Without these settings Postgres sorts all remaining rows (as long as it has no statistics) or starts
    /// parallel workers, for every piece again.
    ///
    /// # Errors
    /// Those of `work`, and when the database fails.
    pub fn snapshot_in_pieces<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.snapshot(|c| {
            if let Link::Postgres(c) = &mut c.link {
                c.batch_execute("SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0")?;
            }
            work(c)
        })
    }

    /// Takes the write lock of the organization's division, held until the transaction ends, and a share of those of the
    /// divisions above it: whoever writes there may write anything below. SQLite has a single writer and needs no such
    /// lock.
    pub(super) fn lock_division(&mut self, organization_code: &str) -> Result<()> {
        if let Link::Postgres(c) = &mut self.link {
            // All take their locks in the order of the codes, so that none waits for one that waits for it.
            diesel::sql_query(
                "SELECT CASE WHEN held.code = held.own THEN pg_advisory_xact_lock(held.key)::TEXT \
                 ELSE pg_advisory_xact_lock_shared(held.key)::TEXT END FROM (\
                 SELECT above.code, own.code AS own, hashtextextended(above.code, 0) AS key FROM \
                 (SELECT COALESCE((SELECT division_code FROM organizations WHERE code = $1), $1) AS code) AS own \
                 CROSS JOIN LATERAL (SELECT own.code UNION \
                 SELECT ancestor_code FROM division_ancestors WHERE division_code = own.code) AS above (code) \
                 ORDER BY above.code) AS held",
            )
            .bind::<Text, _>(organization_code)
            .execute(c)?;
        }
        Ok(())
    }
}

/// Opens pooled connections.
pub struct Manager {
    /// Where to.
    pub address: Address,
    /// Bytes of pages that each keeps, on SQLite.
    pub cache_bytes: u64,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Connection;
    type Error = r2d2::Error;

    fn connect(&self) -> std::result::Result<Connection, r2d2::Error> {
        Connection::open_with(&self.address, self.cache_bytes)
            .map_err(|cause| r2d2::Error::ConnectionError(ConnectionError::BadConnection(cause.to_string())))
    }

    fn is_valid(&self, connection: &mut Connection) -> std::result::Result<(), r2d2::Error> {
        on!(connection, c => c.ping()).map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        std::thread::panicking() || on!(connection, c => c.is_broken())
    }
}

impl From<diesel::result::Error> for Error {
    fn from(cause: diesel::result::Error) -> Error {
        match cause {
            diesel::result::Error::NotFound => Error::not_found(),
            other if is_of_storage(&other) => Error::storage_unavailable(&other),
            other if is_passing(&other) => Error::database_unavailable(&other),
            other => Error::internal(&other),
        }
    }
}

/// Texts in the databases' messages for transient errors that have no kind of their own in diesel.
const PASSING: &[&str] = &[
    // SQLite
    "database is locked",
    // Postgres
    "deadlock detected",
    "terminating connection",
    "the database system is",
    "remaining connection slots",
    "canceling statement due to",
    // Postgres in Chinese (`lc_messages`); SQLSTATE is not given by diesel
    "检测到死锁",
    "中断联接",
    "中断连接",
    "终止连接",
    "数据库系统",
    "已保留的连接位置",
    "正在取消查询",
    "取消语句操作",
];

/// Texts for a disk that is full or cannot be written.
const STORAGE: &[&str] = &[
    "database or disk is full",
    "disk I/O error",
    "attempt to write a readonly database",
    "No space left on device",
    "设备上没有空间",
];

/// Whether nothing can be written until an operator does something.
fn is_of_storage(cause: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind as Kind;
    use diesel::result::Error as Cause;
    match cause {
        Cause::DatabaseError(Kind::ReadOnlyTransaction, _) => true,
        Cause::DatabaseError(_, information) => STORAGE.iter().any(|text| information.message().contains(text)),
        Cause::RollbackErrorOnCommit { commit_error, .. } => is_of_storage(commit_error),
        _ => false,
    }
}

/// Whether an error is transient, so that a retry may succeed: the connection was lost, or the database is restarting,
/// full or busy.
fn is_passing(cause: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind as Kind;
    use diesel::result::Error as Cause;
    match cause {
        Cause::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _) => true,
        Cause::DatabaseError(Kind::SerializationFailure, _) => true,
        Cause::DatabaseError(_, information) => PASSING.iter().any(|text| information.message().contains(text)),
        Cause::BrokenTransactionManager => true,
        Cause::RollbackErrorOnCommit { rollback_error, commit_error } => {
            is_passing(rollback_error) || is_passing(commit_error)
        }
        _ => false,
    }
}
