//! A copy of an embedded database, whole and checked, while the service writes to it.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use diesel::Connection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::migrations::{self, State};
use super::{Address, Connection, Link};

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
    /// A database server restores its databases itself: its address, and the file that was given.
    RestoredByAServer(String, String),
    /// Somebody has the database open.
    InUse(String),
    /// A file that is no whole database of this program, and why.
    NoCopy(String, String),
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
            BackupError::RestoredByAServer(address, file) => write!(
                f,
                "{address} is on a server, which restores it itself: pg_restore --clean --if-exists --single-transaction \
                 --dbname='{address}' {file}, while the service is stopped; it finds out at its next start, and \
                 `jixiao feed renew` says so to those who follow the feeds in any other case"
            ),
            BackupError::InUse(path) => {
                write!(f, "{path} is in use: stop the service, which nothing is taken from, and try again")
            }
            BackupError::NoCopy(path, cause) => write!(f, "{path} cannot be restored: {cause}"),
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
        sync_folder(to).map_err(|cause| failed(&named, &cause))?;
        Ok(bytes)
    });
    // Whole or not, the file under this name is not needed any more.
    drop(std::fs::remove_file(&partial));
    made
}

/// Makes sure that the name of a file is on disk.
fn sync_folder(of: &Path) -> std::io::Result<()> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Moves the log of a database into its file, and returns how the next log will be kept: `delete`, unless somebody else
/// has the database open.
fn fold_log(c: &mut SqliteConnection) -> QueryResult<String> {
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode=DELETE").get_result(c)?;
    Ok(mode.journal_mode)
}

/// Whether a database is whole, or what is not.
fn check(c: &mut SqliteConnection) -> QueryResult<Result<(), String>> {
    let said: Vec<Said> = diesel::sql_query("PRAGMA integrity_check").load(c)?;
    Ok(match &said[..] {
        [one] if one.integrity_check == "ok" => Ok(()),
        _ => Err(said.into_iter().take(3).map(|one| one.integrity_check).collect::<Vec<String>>().join("; ")),
    })
}

fn copied(from: &str, to: &Path) -> Result<u64, BackupError> {
    let name = to.display().to_string();
    let failed = |cause: &dyn std::fmt::Display| BackupError::Failed(name.clone(), cause.to_string());
    let mut source = SqliteConnection::establish(from).map_err(|cause| failed(&cause))?;
    diesel::sql_query("PRAGMA busy_timeout=5000").execute(&mut source).map_err(|cause| failed(&cause))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(&name).execute(&mut source).map_err(|cause| failed(&cause))?;
    let mut copy = SqliteConnection::establish(&name).map_err(|cause| failed(&cause))?;
    check(&mut copy).map_err(|cause| failed(&cause))?.map_err(BackupError::Unsound)?;
    drop(copy);
    let file = File::open(to).map_err(|cause| failed(&cause))?;
    file.sync_all().map_err(|cause| failed(&cause))?;
    file.metadata().map(|file| file.len()).map_err(|cause| failed(&cause))
}

/// What a restore has done.
#[derive(Debug)]
pub struct Restored {
    /// Where the former database was put, if there was one.
    pub former: Option<PathBuf>,
    /// From where the feeds count.
    pub base: i64,
}

/// Puts a copy in the place of a database that nobody has open. The copy stays; the former database is put aside under
/// a name of its own. The copy is checked, brought up to date and its feeds are renewed before it takes the place.
///
/// # Errors
/// When the database is on a server or in use, the copy is not whole or of a newer program, or the disk fails; the
/// database is as it was then.
pub fn restore(address: &Address, from: &Path) -> Result<Restored, BackupError> {
    let named = from.display().to_string();
    let to = match address {
        Address::Sqlite(path) => path,
        Address::Postgres(_) => return Err(BackupError::RestoredByAServer(address.to_string(), named)),
    };
    let failed = |what: &str, cause: &dyn fmt::Display| BackupError::Failed(what.to_owned(), cause.to_string());
    if !from.is_file() {
        return Err(BackupError::NoCopy(named, "it is no file".to_owned()));
    }
    close(Path::new(to))?;
    let moment = chrono::Utc::now().format("%Y%m%dT%H%M%SZ");
    let partial = format!("{to}.restored-{}", uuid::Uuid::now_v7());
    let copied = std::fs::copy(from, &partial).map_err(|cause| failed(&partial, &cause));
    let made = copied.and_then(|_| prepared(&partial, &named)).and_then(|base| {
        let aside = format!("{to}.before-{moment}");
        let former = Path::new(to).exists().then(|| PathBuf::from(&aside));
        if former.is_some() {
            // Both names are of one file for a moment, so that there is always a database.
            std::fs::hard_link(to, &aside).map_err(|cause| failed(&aside, &cause))?;
        }
        // A log that a broken or removed database has left would be played into the new one.
        for suffix in ["-wal", "-journal"] {
            let log = format!("{to}{suffix}");
            if Path::new(&log).exists() {
                std::fs::rename(&log, format!("{aside}{suffix}")).map_err(|cause| failed(&log, &cause))?;
            }
        }
        drop(std::fs::remove_file(format!("{to}-shm")));
        std::fs::rename(&partial, to).map_err(|cause| failed(to, &cause))?;
        sync_folder(Path::new(to)).map_err(|cause| failed(to, &cause))?;
        Ok(Restored { former, base })
    });
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{partial}{suffix}")));
    }
    made
}

/// Makes sure that nobody has a database open; its log is in its file afterwards, unless it is broken.
fn close(database: &Path) -> Result<(), BackupError> {
    if !database.exists() {
        return Ok(());
    }
    let name = database.display().to_string();
    let mut c =
        SqliteConnection::establish(&name).map_err(|cause| BackupError::Failed(name.clone(), cause.to_string()))?;
    match fold_log(&mut c) {
        Ok(mode) if mode == "delete" => Ok(()),
        Ok(_) => Err(BackupError::InUse(name)),
        Err(cause) if cause.to_string().contains("locked") => Err(BackupError::InUse(name)),
        // A database that is broken is what is to be replaced.
        Err(cause) => {
            log::warn!("{name}: {cause}");
            Ok(())
        }
    }
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Checks a copy, brings its schema up to date and renews its feeds; its log is in its file afterwards.
fn prepared(path: &str, named: &str) -> Result<i64, BackupError> {
    let refused = |cause: &dyn fmt::Display| BackupError::NoCopy(named.to_owned(), cause.to_string());
    let mut connection =
        Connection::open(&Address::Sqlite(path.to_owned())).map_err(|_| refused(&"it is no database of SQLite"))?;
    if let Link::Sqlite(c) = &mut connection.link {
        check(c).map_err(|cause| refused(&cause))?.map_err(|cause| refused(&cause))?;
    }
    match migrations::state(&mut connection).map_err(|cause| refused(&cause))? {
        State::Behind(missing) if missing == migrations::count() => {
            return Err(refused(&"it is no database of this program"));
        }
        _ => migrations::apply(&mut connection).map_err(|cause| refused(&cause))?,
    };
    let base = connection.renew_feeds().map_err(|cause| refused(&cause))?;
    if let Link::Sqlite(c) = &mut connection.link {
        fold_log(c).map_err(|cause| refused(&cause))?;
    }
    drop(connection);
    File::open(path).and_then(|file| file.sync_all()).map_err(|cause| refused(&cause))?;
    Ok(base)
}
