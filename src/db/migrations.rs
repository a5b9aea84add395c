//! The schema's history: embedded, one tree per database with the same names in both.

use std::collections::BTreeSet;
use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, Link};
use crate::http::error::{Code, Error};
use crate::on;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How a database's schema compares with the migrations of this program.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// All migrations are applied.
    Current,
    /// This many are not applied yet.
    Behind(usize),
    /// It has migrations that this program does not know.
    Newer(Vec<String>),
}

/// Why a database was not migrated: one line for the operator.
#[derive(Debug)]
pub struct MigrationError(String);

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MigrationError {}

impl From<super::AddressError> for MigrationError {
    fn from(cause: super::AddressError) -> MigrationError {
        MigrationError(cause.to_string())
    }
}

fn failed(cause: &dyn fmt::Display) -> MigrationError {
    MigrationError(format!("the database's migrations failed: {}", cause.to_string().replace('\n', " ")))
}

/// Whether all migrations of this program, and no others, are applied.
///
/// # Errors
/// When the database does not answer.
pub fn state(connection: &mut Connection) -> Result<State, MigrationError> {
    let known: BTreeSet<String> = match &connection.link {
        Link::Sqlite(_) => names(&MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE)),
        Link::Postgres(_) => names(&MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES)),
    }?;
    let applied: BTreeSet<String> = on!(connection, c => c.applied_migrations())
        .map_err(|cause| failed(&cause))?
        .iter()
        .map(MigrationVersion::to_string)
        .collect();
    let unknown: Vec<String> = applied.difference(&known).cloned().collect();
    Ok(match known.difference(&applied).count() {
        _ if !unknown.is_empty() => State::Newer(unknown),
        0 => State::Current,
        missing => State::Behind(missing),
    })
}

/// How many migrations this program has.
pub(super) fn count() -> usize {
    names(&MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE)).map_or(0, |names| names.len())
}

fn names<DB: diesel::backend::Backend>(
    migrations: &diesel::migration::Result<Vec<Box<dyn Migration<DB>>>>,
) -> Result<BTreeSet<String>, MigrationError> {
    let migrations = migrations.as_ref().map_err(|cause| failed(cause))?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).collect())
}

/// Applies the missing migrations, and returns how many there were. On Postgres all of them or none.
///
/// # Errors
/// When the database is newer than this program, or a statement fails.
pub fn apply(connection: &mut Connection) -> Result<usize, MigrationError> {
    if let Link::Sqlite(_) = &connection.link {
        return apply_missing(connection);
    }
    let mut failure = None;
    let done = connection.transaction(|connection| {
        // Several servers may start at once: one migrates, the others wait and find nothing to do. Reading what is applied
        // makes the table of it already, so the lock comes before. It is one of the transaction and not of the connection,
        // which a pooler gives to others.
        if let Link::Postgres(c) = &mut connection.link {
            c.batch_execute("SELECT pg_advisory_xact_lock(20261123)")?;
        }
        apply_missing(connection).map_err(|cause| {
            let error = Error::of(Code::Internal);
            failure = Some(cause);
            error
        })
    });
    done.map_err(|cause| failure.unwrap_or_else(|| failed(&cause)))
}

fn apply_missing(connection: &mut Connection) -> Result<usize, MigrationError> {
    if let State::Newer(unknown) = state(connection)? {
        return Err(MigrationError(format!(
            "the database is newer than this program: it has the migrations {} that {} {} does not know; \
             start the newer program, or restore the backup made before it was upgraded",
            unknown.join(", "),
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION"),
        )));
    }
    match &mut connection.link {
        Link::Sqlite(c) => c.run_pending_migrations(SQLITE).map(|done| done.len()),
        Link::Postgres(c) => c.run_pending_migrations(POSTGRES).map(|done| done.len()),
    }
    .map_err(|cause| failed(&cause))
}

/// Reverts all migrations and applies them again: for the test that both directions work.
///
/// # Errors
/// When a statement fails.
pub fn redo(connection: &mut Connection) -> Result<usize, MigrationError> {
    match &mut connection.link {
        Link::Sqlite(c) => c.revert_all_migrations(SQLITE).map(|_| ()),
        Link::Postgres(c) => c.revert_all_migrations(POSTGRES).map(|_| ()),
    }
    .map_err(|cause| failed(&cause))?;
    apply(connection)
}
