//! The Postgres server of a run: the one that TEST_DATABASE_URL names, or one started for it.
//!
//! The one that is started listens on a Unix socket in a directory of its own, never runs as root, and
//! ends with the run, however that ends: a shell between the two stops it when its input closes.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::on;
use tempfile::TempDir;

struct Server {
    /// The address of a database on it, without its name.
    base: Base,
    template: String,
    child: Option<(Child, TempDir)>,
}

/// An address up to the name of the database, and what follows it.
struct Base(String, String);

impl Base {
    fn of(&self, database: &str) -> Address {
        Address::Postgres(format!("{}/{database}{}", self.0, self.1))
    }
}

static SERVER: OnceLock<Result<Mutex<Server>, String>> = OnceLock::new();

fn given() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

/// Whether a server is named or can be started.
pub fn is_there() -> bool {
    given().is_some() || programs().is_some()
}

/// The directory with initdb and postgres, the newest version first.
fn programs() -> Option<PathBuf> {
    let has_both = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path().join("bin")))
        .collect();
    versions.sort();
    versions.reverse();
    let in_path = std::env::var_os("PATH").unwrap_or_default();
    versions.into_iter().chain(std::env::split_paths(&in_path)).find(has_both)
}

fn server() -> Result<&'static Mutex<Server>, String> {
    let start = || {
        let mut server = match given() {
            Some(url) => Server { base: split(&url)?, template: String::new(), child: None },
            None => start(&programs().ok_or("no initdb and postgres are installed")?)?,
        };
        server.template = format!("jixiao_test_{}_template", std::process::id());
        prepare(&server)?;
        Ok(Mutex::new(server))
    };
    SERVER.get_or_init(start).as_ref().map_err(Clone::clone)
}

/// `postgres://host/name?options` without the name.
fn split(url: &str) -> Result<Base, String> {
    let (url, options) = url.split_once('?').map_or((url, String::new()), |(url, rest)| (url, format!("?{rest}")));
    let (scheme, rest) = url.split_once("://").ok_or("TEST_DATABASE_URL is not a postgres:// address")?;
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    Ok(Base(format!("{scheme}://{host}"), options))
}

fn prepare(server: &Server) -> Result<(), String> {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut admin = loop {
        match Connection::open(&server.base.of("postgres")) {
            Ok(connection) => break connection,
            Err(cause) if Instant::now() > deadline => return Err(cause.to_string()),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    let template = &server.template;
    run(&mut admin, &format!("DROP DATABASE IF EXISTS {template}"))?;
    run(&mut admin, &format!("CREATE DATABASE {template}"))?;
    let limits = Limits { connections: 1, ..Limits::default() };
    let db = Database::open(&server.base.of(template), &limits).map_err(|cause| cause.to_string())?;
    db.migrate().map_err(|cause| cause.to_string())?;
    Ok(())
}

fn run(connection: &mut Connection, statement: &str) -> Result<(), String> {
    on!(connection, c => diesel::sql_query(statement).execute(c)).map_err(|cause| format!("{statement}: {cause}"))?;
    Ok(())
}

/// The account that a server runs under when the tests are root's: user and group.
fn account() -> Result<(u32, u32), String> {
    let accounts = std::fs::read_to_string("/etc/passwd").map_err(|cause| format!("/etc/passwd: {cause}"))?;
    let find = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut parts = line.split(':').skip(2);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    find("postgres").or_else(|| find("nobody")).ok_or_else(|| "no account postgres or nobody".to_owned())
}

fn start(programs: &Path) -> Result<Server, String> {
    let failed = |cause: std::io::Error| format!("Postgres cannot be started: {cause}");
    let folder = tempfile::Builder::new().prefix("jixiao-pg-").tempdir().map_err(failed)?;
    let path = folder.path();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)?;
    let is_root = std::fs::metadata(path).map_err(failed)?.uid() == 0;
    let account = if is_root { Some(account()?) } else { None };
    if let Some((user, group)) = account {
        chown(path, Some(user), Some(group)).map_err(failed)?;
    }
    let command = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir(path).stdout(Stdio::null());
        if let Some((user, group)) = account {
            command.uid(user).gid(group);
        }
        command
    };
    let data = path.join("data");
    let made = command(&programs.join("initdb"))
        .args(["-N", "-A", "trust", "-U", "jixiao", "-E", "UTF8", "--locale=C", "-D"])
        .arg(&data)
        .output()
        .map_err(failed)?;
    if !made.status.success() {
        return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let child = command(Path::new("/bin/sh"))
        .args(["-c", "\"$@\" 2>server.log & read -r line; kill -INT $!; wait; rm -rf data server.log", "sh"])
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(&data)
        .args(["-c", "listen_addresses=", "-c"])
        .arg(format!("unix_socket_directories={}", path.display()))
        .args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
        .args(["-c", "max_connections=200", "-c", "autovacuum=off", "-c", "shared_buffers=64MB"])
        .stdin(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let base = Base("postgres://jixiao@".to_owned(), format!("?host={}", path.display()));
    Ok(Server { base, template: String::new(), child: Some((child, folder)) })
}

/// Stops what was started, and removes what was made.
pub fn stop() {
    let Some(Ok(server)) = SERVER.get() else { return };
    let mut server = server.lock().expect("no case holds it");
    match server.child.take() {
        Some((mut child, _folder)) => {
            drop(child.stdin.take());
            child.wait().expect("it ends");
        }
        None => {
            let mut admin = Connection::open(&server.base.of("postgres")).expect("the server answers");
            run(&mut admin, &format!("DROP DATABASE IF EXISTS {}", server.template)).expect("dropped");
        }
    }
}

/// A database of one case; it is dropped with this.
pub struct Scratch {
    pub address: Address,
    admin: Address,
    name: String,
}

impl Scratch {
    pub fn new() -> Result<Scratch, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("jixiao_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = server()?.lock().map_err(|cause| cause.to_string())?;
        let admin = server.base.of("postgres");
        let mut connection = Connection::open(&admin).map_err(|cause| cause.to_string())?;
        run(&mut connection, &format!("CREATE DATABASE {name} TEMPLATE {}", server.template))?;
        Ok(Scratch { address: server.base.of(&name), admin, name })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut admin = Connection::open(&self.admin).expect("the server answers");
        run(&mut admin, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).expect("dropped");
    }
}
