//! A copy of an embedded database, whole and checked, while the service writes to it.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Address;

/// Why there is no copy.
#[derive(Debug)]
pub enum BackupError {
    /// A database server copies its databases itself: its address, and the file that was asked for.
    OnAServer(String, String),
    /// There is no such database.
    NoDatabase(String),
    /// A backup never replaces another.
    IsThere(String),
    /// The database or the disk failed: at which file, and how.
    Failed(String, String),
    /// The copy is not sound; it was removed.
    Unsound(String),
}

/// With what to do.
impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackupError::OnAServer(address, file) => write!(
                f,
                "{address} is on a server, which copies it itself: pg_dump --format=custom --file={file} \
                 --dbname='{address}' (its password by PGPASSWORD or ~/.pgpass); pg_restore brings it back"
            ),
            BackupError::NoDatabase(path) => {
                write!(f, "{path} is no file; the database is named by --database or DATABASE_URL")
            }
            BackupError::IsThere(path) => write!(f, "{path} is there already; name another file"),
            BackupError::Failed(path, cause) => write!(f, "{path}: {cause}"),
            BackupError::Unsound(said) => {
                write!(f, "the copy is not sound ({said}), so it was removed; check the database and its disk")
            }
        }
    }
}

impl std::error::Error for BackupError {}

/// What SQLite says of a file.
#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Copies a database to a file that is not there yet: what was committed when the copy began, and nothing of what is
/// written meanwhile. The file has its name once it is whole, checked and on disk. Returns its bytes.
///
/// # Errors
/// When the database is on a server, the file is there already, or the disk fails.
pub fn backup(address: &Address, to: &Path) -> Result<u64, BackupError> {
    let named = to.display().to_string();
    let from = match address {
        Address::Sqlite(path) => path,
        Address::Postgres(_) => return Err(BackupError::OnAServer(address.to_string(), named)),
    };
    if !Path::new(from).is_file() {
        return Err(BackupError::NoDatabase(from.clone()));
    }
    if to.exists() {
        return Err(BackupError::IsThere(named));
    }
    let failed = |what: &str, cause: &dyn std::fmt::Display| BackupError::Failed(what.to_owned(), cause.to_string());
    let partial = PathBuf::from(format!("{named}.part-{}", uuid::Uuid::now_v7()));
    let made = copied(from, &partial).and_then(|bytes| {
        // Another one may have been made meanwhile: a link never replaces it.
        std::fs::hard_link(&partial, to).map_err(|cause| failed(&named, &cause))?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|cause| failed(&named, &cause))?;
        Ok(bytes)
    });
    // Whole or not, the file under this name is not needed any more.
    drop(std::fs::remove_file(&partial));
    made
}

fn copied(from: &str, to: &Path) -> Result<u64, BackupError> {
    let name = to.display().to_string();
    let failed = |cause: &dyn std::fmt::Display| BackupError::Failed(name.clone(), cause.to_string());
    let mut source = SqliteConnection::establish(from).map_err(|cause| failed(&cause))?;
    diesel::sql_query("PRAGMA busy_timeout=5000").execute(&mut source).map_err(|cause| failed(&cause))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(&name).execute(&mut source).map_err(|cause| failed(&cause))?;
    let mut copy = SqliteConnection::establish(&name).map_err(|cause| failed(&cause))?;
    let said: Vec<Said> =
        diesel::sql_query("PRAGMA integrity_check").load(&mut copy).map_err(|cause| failed(&cause))?;
    if !matches!(&said[..], [one] if one.integrity_check == "ok") {
        let said: Vec<String> = said.into_iter().take(3).map(|one| one.integrity_check).collect();
        return Err(BackupError::Unsound(said.join("; ")));
    }
    drop(copy);
    let file = File::open(to).map_err(|cause| failed(&cause))?;
    file.sync_all().map_err(|cause| failed(&cause))?;
    file.metadata().map(|file| file.len()).map_err(|cause| failed(&cause))
}
