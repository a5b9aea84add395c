//! A fresh, migrated database for one case, gone when the case ends.

use std::path::PathBuf;
use std::sync::OnceLock;

use jixiao::db::{Address, Connection, Database, Limits, Link};
use tempfile::TempDir;

use super::postgres;

/// Which database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// What a case runs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// A server on SQLite.
    Sqlite,
    /// A server on Postgres.
    Postgres,
    /// Two servers on one Postgres, which take the requests by turns.
    TwoServers,
}

impl Setting {
    pub const ALL: [Setting; 3] = [Setting::Sqlite, Setting::Postgres, Setting::TwoServers];

    pub fn name(self) -> &'static str {
        match self {
            Setting::Sqlite => "sqlite",
            Setting::Postgres => "postgres",
            Setting::TwoServers => "two_servers",
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            Setting::Sqlite => Kind::Sqlite,
            Setting::Postgres | Setting::TwoServers => Kind::Postgres,
        }
    }
}

/// Where a case's database is.
pub struct Place {
    /// How many servers there are on it.
    pub servers: usize,
    pub kind: Kind,
    pub address: Address,
    /// For files: the SQLite database, and those of imports.
    pub folder: TempDir,
    database: Option<postgres::Scratch>,
}

impl Place {
    /// A copy of a database that was migrated once for the whole run.
    pub fn new(setting: Setting) -> Result<Place, String> {
        let (kind, servers) = (setting.kind(), if setting == Setting::TwoServers { 2 } else { 1 });
        let folder = tempfile::tempdir().map_err(|cause| cause.to_string())?;
        match kind {
            Kind::Sqlite => {
                let file = folder.path().join("jixiao.db");
                std::fs::write(&file, sqlite_template()).map_err(|cause| cause.to_string())?;
                Ok(Place { servers, kind, address: sqlite(&file), folder, database: None })
            }
            Kind::Postgres => {
                let scratch = postgres::Scratch::new()?;
                Ok(Place { servers, kind, address: scratch.address.clone(), folder, database: Some(scratch) })
            }
        }
    }

    /// A database that the case has made itself, on a Postgres server of its own.
    pub fn at(address: Address) -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        Place { servers: 1, kind: Kind::Postgres, address, folder, database: None }
    }

    /// The case changes the schema, so that no other one may use this database.
    pub fn spoil(&self) {
        if let Some(scratch) = &self.database {
            scratch.is_spoiled.set(true);
        }
    }
}

fn sqlite(file: &std::path::Path) -> Address {
    Address::Sqlite(file.to_str().expect("a path in UTF-8").to_owned())
}

/// The bytes of an empty, migrated SQLite file.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let files = tempfile::tempdir().expect("a directory");
        let file: PathBuf = files.path().join("template.db");
        let address = sqlite(&file);
        let db = Database::open(&address, &Limits { connections: 1, ..Limits::default() }).expect("opened");
        db.migrate().expect("migrated");
        drop(db);
        // The last connection to close moves the log into the file; make sure that it is done.
        let mut last = Connection::open(&address).expect("opened");
        if let Link::Sqlite(c) = &mut last.link {
            diesel::connection::SimpleConnection::batch_execute(c, "PRAGMA wal_checkpoint(TRUNCATE)").expect("moved");
        }
        std::fs::read(&file).expect("read")
    })
}
