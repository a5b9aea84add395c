//! The settings of the database.

use clap::{Args, ValueEnum};

use crate::db::{Address, AddressError, CACHE_BYTES, Database, Limits};

/// What stands between the service and Postgres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Pooler {
    /// Nothing, or a pooler that keeps a connection for as long as the service does
    None,
    /// A pooler by transaction: nothing is kept on a connection from one transaction to the next
    Transaction,
}

/// Where the database is.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    /// The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(
        long = "database",
        env = "DATABASE_URL",
        default_value = "sqlite://jixiao.db",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub database: String,
    /// A replica of the Postgres server, for lists, exports and statistics that it has caught up with
    #[arg(long, env = "DATABASE_READ_URL", hide_env_values = true, value_name = "URL")]
    pub database_read: Option<String>,
    /// Whether a pooler such as pgbouncer stands between, and gives each transaction to another connection of the server
    #[arg(long, env = "DATABASE_POOLER", value_enum, default_value_t = Pooler::None, value_name = "KIND")]
    pub database_pooler: Pooler,
    /// Connections to the database: 8 on Postgres, where they stay below its max_connections; on SQLite two more than there are processors, 8 at most
    #[arg(long, env = "JIXIAO_DATABASE_CONNECTIONS", value_parser = clap::value_parser!(u32).range(1..=1000), value_name = "N")]
    pub database_connections: Option<u32>,
    /// Writes of an organization that may wait before further ones get 503
    #[arg(long, env = "JIXIAO_WAITING_WRITES", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N")]
    pub waiting_writes: u32,
    /// Bytes that are kept in memory to answer sooner: pages of SQLite, and resources that were read before
    #[arg(long, env = "JIXIAO_CACHE_BYTES", default_value_t = CACHE_BYTES, value_parser = clap::value_parser!(u64).range(1 << 20..), value_name = "N")]
    pub cache_bytes: u64,
}

/// Connections that are usual at most.
const MOST: u32 = 8;

impl DatabaseSettings {
    /// Those of a command that asks for the address alone.
    pub fn of(database: &str) -> DatabaseSettings {
        DatabaseSettings {
            database: database.to_owned(),
            database_read: None,
            database_pooler: Pooler::None,
            database_connections: None,
            waiting_writes: 1024,
            cache_bytes: CACHE_BYTES,
        }
    }

    /// Where it is.
    ///
    /// # Errors
    /// When the address is of no database that the service works on.
    pub fn address(&self) -> Result<Address, AddressError> {
        self.pooled(&self.database)
    }

    fn pooled(&self, url: &str) -> Result<Address, AddressError> {
        let address = Address::parse(url)?;
        Ok(match self.database_pooler {
            Pooler::None => address,
            Pooler::Transaction => address.pooled(),
        })
    }

    /// The database, opened, with its replica.
    ///
    /// # Errors
    /// When it cannot be reached, or an address is not one.
    pub fn open(&self) -> Result<Database, AddressError> {
        let db = Database::open(&self.address()?, &self.limits())?;
        match &self.database_read {
            Some(url) => db.with_replica(&self.pooled(url)?, &self.limits()),
            None => Ok(db),
        }
    }

    /// Connections to it. Those of Postgres wait for it most of the time; those of SQLite work, and each has pages of its own,
    /// so that few keep more of them. Two may be held by long answers.
    pub fn connections(&self) -> u32 {
        let processors =
            || std::thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap_or(8));
        let is_embedded = self.address().is_ok_and(|address| !address.is_remote());
        let usual = if is_embedded { processors().saturating_add(2).min(MOST) } else { MOST };
        self.database_connections.unwrap_or(usual)
    }

    /// Its limits.
    pub fn limits(&self) -> Limits {
        Limits {
            connections: self.connections(),
            cache_bytes: self.cache_bytes,
            waiting_writes: usize::try_from(self.waiting_writes).unwrap_or(usize::MAX),
            ..Limits::default()
        }
    }
}
