//! The Postgres server of a run: the one that TEST_DATABASE_URL names, or one started for it.
//!
//! The one that is started listens on a Unix socket in a directory of its own, never runs as root, and
//! ends with the run, however that ends: a shell between the two stops it when its input closes.

use std::cell::Cell;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::on;
use tempfile::TempDir;

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
    Ok(admin)
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

/// A folder that the account of the servers may use, and how its programs are called there.
struct Ground {
    folder: TempDir,
    account: Option<(u32, u32)>,
}

impl Ground {
    fn new() -> Result<Ground, String> {
        let folder = tempfile::Builder::new().prefix("jixiao-pg-").tempdir().map_err(failed)?;
        let is_root = std::fs::metadata(folder.path()).map_err(failed)?.uid() == 0;
        let account = if is_root { Some(account()?) } else { None };
        let ground = Ground { folder, account };
        ground.give(ground.path())?;
        Ok(ground)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives a file or folder to the account, and to nobody else.
    fn give(&self, path: &Path) -> Result<(), String> {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(failed)?;
        match self.account {
            Some((user, group)) => chown(path, Some(user), Some(group)).map_err(failed),
            None => Ok(()),
        }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdout(Stdio::null());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Result<(), String> {
        let made = self.command(program).args(arguments).output().map_err(failed)?;
        match made.status.success() {
            true => Ok(()),
            false => Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&made.stderr))),
        }
    }

    /// Starts a program that ends with the run, however that ends: a shell between the two stops it when its input
    /// closes.
    fn spawn(&self, program: &Path, arguments: &[&str], afterwards: &str) -> Result<Child, String> {
        let script = format!("\"$@\" 2>>server.log & read -r line; kill -INT $!; wait; {afterwards}");
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", &script, "sh"]).arg(program).args(arguments).env("FOLDER", self.path());
        command.stdin(Stdio::piped()).spawn().map_err(failed)
    }
}

fn failed(cause: std::io::Error) -> String {
    format!("Postgres cannot be started: {cause}")
}

const INITDB: &[&str] = &["-N", "-A", "trust", "-U", "jixiao", "-E", "UTF8", "--locale=C", "-D", "data"];

/// Settings of a server that nobody will miss.
const QUICK: &[&str] = &["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];

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

/// A server of one case's own, on a port of the loopback: with a certificate, behind a pooler, beside a replica, or
/// stopped.
pub struct Cluster {
    ground: Ground,
    programs: PathBuf,
    pub port: u16,
    child: Option<Child>,
    pooler: Option<Child>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for mut child in self.child.take().into_iter().chain(self.pooler.take()) {
            drop(child.stdin.take());
            drop(child.wait());
        }
    }
}

impl Cluster {
    /// A new, empty server.
    pub fn start() -> Cluster {
        let ground = Ground::new().expect("a folder");
        let programs = programs().expect("initdb and postgres are installed");
        ground.run(&programs.join("initdb"), INITDB).expect("initialized");
        Cluster::over(ground, programs)
    }

    /// A replica of this one.
    pub fn replica(&self) -> Cluster {
        let ground = Ground::new().expect("a folder");
        let source = format!("host=127.0.0.1 port={} user=jixiao", self.port);
        let arguments = ["-D", "data", "-R", "-X", "stream", "-c", "fast", "-d", source.as_str()];
        ground.run(&self.programs.join("pg_basebackup"), &arguments).expect("a copy");
        Cluster::over(ground, self.programs.clone())
    }

    fn over(ground: Ground, programs: PathBuf) -> Cluster {
        let port = super::program::free_port();
        let mut cluster = Cluster { ground, programs, port, child: None, pooler: None };
        cluster.restart();
        cluster
    }

    /// Starts it again, where it was.
    pub fn restart(&mut self) {
        let port = format!("port={}", self.port);
        let sockets = format!("unix_socket_directories={}", self.ground.path().display());
        let mut arguments = vec!["-D", "data", "-c", "listen_addresses=127.0.0.1", "-c", &port, "-c", &sockets];
        arguments.extend(["-c", "shared_buffers=16MB"]);
        arguments.extend(QUICK);
        self.child = Some(self.ground.spawn(&self.programs.join("postgres"), &arguments, "").expect("started"));
        let deadline = Instant::now() + Duration::from_secs(30);
        while let Err(cause) = Connection::open(&self.address("postgres", "sslmode=disable")) {
            assert!(Instant::now() < deadline, "{cause}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops it as a fail-over does: connections are closed at once.
    pub fn stop(&mut self) {
        let mut child = self.child.take().expect("it runs");
        drop(child.stdin.take());
        child.wait().expect("it ends");
    }

    /// Has it show a certificate, and admit nothing but TLS.
    pub fn secure(&mut self, certificate: &str, key: &str) {
        self.stop();
        let data = self.ground.path().join("data");
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            std::fs::write(data.join(name), text).expect("written");
            self.ground.give(&data.join(name)).expect("given");
        }
        let settings = std::fs::read_to_string(data.join("postgresql.conf")).expect("settings");
        std::fs::write(data.join("postgresql.conf"), format!("{settings}\nssl = on\n")).expect("written");
        self.restart();
        let hosts = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
        std::fs::write(data.join("pg_hba.conf"), hosts).expect("written");
        self.execute("SELECT pg_reload_conf()");
    }

    /// A statement of the administrator, through the local socket.
    pub fn execute(&self, sql: &str) {
        let folder = self.ground.path().display();
        let url = format!("postgres://jixiao@/postgres?host={folder}&port={}", self.port);
        let mut connection = Connection::open(&Address::parse(&url).expect("an address")).expect("a connection");
        run(&mut connection, sql).expect("done");
    }

    /// A database dumped and restored under another name, as an operator does it.
    pub fn restored(&self, database: &str, other: &str) -> Address {
        let port = self.port.to_string();
        let at = ["-h", "127.0.0.1", "-p", port.as_str(), "-U", "jixiao"];
        let dump = [&at[..], &["--format=custom", "--file=copy.dump", database]].concat();
        self.ground.run(&self.programs.join("pg_dump"), &dump).expect("dumped");
        self.execute(&format!("CREATE DATABASE {other}"));
        let restore = [&at[..], &["--dbname", other, "copy.dump"]].concat();
        self.ground.run(&self.programs.join("pg_restore"), &restore).expect("restored");
        self.address(other, "")
    }

    /// A database on it over TCP.
    pub fn address(&self, database: &str, values: &str) -> Address {
        let url = format!("postgres://jixiao@127.0.0.1:{}/{database}?{values}", self.port);
        Address::parse(&url).expect("an address")
    }

    /// The address of pgbouncer before it, which gives each transaction to one of two connections; none where it is not
    /// installed.
    pub fn pooled(&mut self, database: &str) -> Option<Address> {
        let program =
            ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().map(Path::new).find(|one| one.exists())?;
        let port = super::program::free_port();
        let users = self.ground.path().join("users.txt");
        std::fs::write(&users, "\"jixiao\" \"\"\n").expect("written");
        self.ground.give(&users).expect("given");
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\ndefault_pool_size = 2\n\
             server_round_robin = 1\n",
            self.port,
            users.display()
        );
        let file = self.ground.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).expect("written");
        self.ground.give(&file).expect("given");
        self.pooler = Some(self.ground.spawn(program, &["pgbouncer.ini"], "").expect("started"));
        let url = format!("postgres://jixiao@127.0.0.1:{port}/{database}");
        let address = Address::parse(&url).expect("an address").pooled();
        let deadline = Instant::now() + Duration::from_secs(20);
        while let Err(cause) = Connection::open(&address) {
            assert!(Instant::now() < deadline, "{cause}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(address)
    }
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

/// Empties every table but the one of the migrations, once nobody else is connected.
const EMPTY: &str = "DO $$ BEGIN \
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid(); \
    EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' CASCADE' FROM pg_tables \
        WHERE schemaname = 'public' AND tablename <> '__diesel_schema_migrations'); END $$";

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
