//! The Postgres server of a run: the one that TEST_DATABASE_URL names, or one started for it.
//!
//! The one that is started listens on a Unix socket in a directory of its own, never runs as root, and
//! ends with the run, however that ends: a shell between the two stops it when its input closes.

use std::cell::Cell;
use std::path::Path;
use std::process::Child;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::on;
use tempfile::TempDir;

use super::ground::{Ground, INITDB, QUICK, programs};

struct Server {
    /// The address of a database on it, without its name.
    base: Base,
    admin: Connection,
    template: String,
    /// How many databases were made, and which of them are not in use.
    made: u32,
    free: Vec<String>,
    child: Option<(Child, TempDir)>,
}

/// An address up to the name of the database, and what follows it.
struct Base(String, String);

impl Base {
    fn of(&self, database: &str) -> Address {
        Address::parse(&format!("{}/{database}{}", self.0, self.1)).expect("an address")
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

/// Whether servers of a case's own can be started.
pub fn can_start() -> bool {
    programs().is_some()
}

fn server() -> Result<&'static Mutex<Server>, String> {
    let start = || {
        let (base, child) = match given() {
            Some(url) => (split(&url)?, None),
            None => {
                let (base, child) = start(&programs().ok_or("no initdb and postgres are installed")?)?;
                (base, Some(child))
            }
        };
        let template = format!("jixiao_test_{}_template", std::process::id());
        let admin = prepare(&base, &template)?;
        Ok(Mutex::new(Server { base, admin, template, made: 0, free: Vec::new(), child }))
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

fn prepare(base: &Base, template: &str) -> Result<Connection, String> {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut admin = loop {
        match Connection::open(&base.of("postgres")) {
            Ok(connection) => break connection,
            Err(cause) if Instant::now() > deadline => return Err(cause.to_string()),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    };
    run(&mut admin, &format!("DROP DATABASE IF EXISTS {template}"))?;
    run(&mut admin, &format!("CREATE DATABASE {template}"))?;
    let limits = Limits { connections: 1, ..Limits::default() };
    let db = Database::open(&base.of(template), &limits).map_err(|cause| cause.to_string())?;
    db.migrate().map_err(|cause| cause.to_string())?;
    if std::env::var("TEST_PARTITIONED").as_deref() == Ok("1") {
        // The whole suite, for once, on tables that are spread over partitions.
        let mut c = Connection::open(&base.of(template)).map_err(|cause| cause.to_string())?;
        on!(&mut c, c => c.batch_execute(crate::partitions::SPREAD)).map_err(|cause| cause.to_string())?;
    }
    Ok(admin)
}

pub fn run(connection: &mut Connection, statement: &str) -> Result<(), String> {
    on!(connection, c => diesel::sql_query(statement).execute(c)).map_err(|cause| format!("{statement}: {cause}"))?;
    Ok(())
}

fn start(programs: &Path) -> Result<(Base, (Child, TempDir)), String> {
    let ground = Ground::new()?;
    ground.run(&programs.join("initdb"), INITDB)?;
    let sockets = format!("unix_socket_directories={}", ground.path().display());
    let mut arguments = vec!["-D", "data", "-c", "listen_addresses=", "-c", &sockets];
    arguments.extend(["-c", "max_connections=200", "-c", "autovacuum=off", "-c", "shared_buffers=64MB"]);
    arguments.extend(QUICK);
    let child = ground.spawn(&programs.join("postgres"), &arguments, "cd /; rm -rf \"$FOLDER\"")?;
    let base = Base("postgres://jixiao@".to_owned(), format!("?host={}", ground.path().display()));
    Ok((base, (child, ground.folder)))
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
            let template = server.template.clone();
            for name in std::mem::take(&mut server.free).into_iter().chain([template]) {
                run(&mut server.admin, &format!("DROP DATABASE {name} WITH (FORCE)")).expect("dropped");
            }
        }
    }
}

/// A database of one case. Making one costs more than most cases do, so an emptied one is used again.
pub struct Scratch {
    pub address: Address,
    name: String,
    /// Set by a case that changes the schema: its database is not used again.
    pub is_spoiled: Cell<bool>,
}

/// Empties every table but those that the migrations fill, once nobody else is connected.
const EMPTY: &str = "DO $$ BEGIN \
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid(); \
    EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' CASCADE' FROM pg_tables \
        WHERE schemaname = 'public' AND tablename NOT IN ('__diesel_schema_migrations', 'feed_secrets')); END $$";

impl Scratch {
    pub fn new() -> Result<Scratch, String> {
        let mut server = server()?.lock().map_err(|cause| cause.to_string())?;
        let name = match server.free.pop() {
            Some(name) => name,
            None => {
                server.made += 1;
                let name = format!("jixiao_test_{}_{}", std::process::id(), server.made);
                let template = server.template.clone();
                run(&mut server.admin, &format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
                name
            }
        };
        Ok(Scratch { address: server.base.of(&name), name, is_spoiled: Cell::new(false) })
    }

    fn emptied(&self) -> Result<(), String> {
        let mut connection = Connection::open(&self.address).map_err(|cause| cause.to_string())?;
        run(&mut connection, EMPTY)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let is_clean = !self.is_spoiled.get() && self.emptied().is_ok();
        let mut server = server().expect("it runs").lock().expect("no case panics while it holds it");
        match is_clean {
            true => server.free.push(self.name.clone()),
            false => run(&mut server.admin, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).expect("dropped"),
        }
    }
}
