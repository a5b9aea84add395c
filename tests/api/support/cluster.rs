//! Postgres servers of one case's own.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use jixiao::db::{Address, Connection};

use super::ground::{Ground, INITDB, QUICK, programs};
use super::postgres::run;
use super::program::free_port;

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
        let port = free_port();
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
        let port = free_port();
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
