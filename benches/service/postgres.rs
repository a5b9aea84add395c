//! The Postgres that is measured: a throw-away server, or a throw-away database of the one that
//! TEST_DATABASE_URL names.

use std::error::Error;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use jixiao::db::{Address, Connection};

use super::processes;

/// A database to measure; it and its server, when that was started here, end with this value.
pub struct Postgres {
    pub url: String,
    /// What it is, for the report.
    pub name: String,
    at: At,
}

enum At {
    Own(Own),
    /// `postmaster` is the server's first process, when it runs on this machine.
    Given {
        administration: String,
        database: String,
        postmaster: Option<u32>,
    },
}

/// A server of one's own in a temporary directory.
struct Own {
    programs: PathBuf,
    directory: tempfile::TempDir,
    account: Option<(u32, u32)>,
    child: Option<Child>,
}

impl Postgres {
    /// `None` where there is neither a server to be had nor one named.
    pub fn start() -> Result<Option<Postgres>, Box<dyn Error>> {
        if let Ok(administration) = std::env::var("TEST_DATABASE_URL") {
            let database = format!("jixiao_bench_{}", std::process::id());
            PgConnection::establish(&administration)?.batch_execute(&format!("CREATE DATABASE {database}"))?;
            let url = with_database(&administration, &database);
            let (version, postmaster) = describe(&url)?;
            let name = format!("Postgres {} (TEST_DATABASE_URL)", short(&version));
            return Ok(Some(Postgres { url, name, at: At::Given { administration, database, postmaster } }));
        }
        let Some(programs) = installed() else { return Ok(None) };
        let own = Own::start(programs)?;
        let url = own.url();
        let (version, _) = describe(&url)?;
        Ok(Some(Postgres { url, name: format!("Postgres {} (unix socket)", short(&version)), at: At::Own(own) }))
    }

    /// Every process of the server, when they can be seen.
    pub fn processes(&self) -> Result<Vec<u32>, Box<dyn Error>> {
        let postmaster = match &self.at {
            At::Own(own) => own.child.as_ref().map(Child::id),
            At::Given { postmaster, .. } => *postmaster,
        };
        postmaster.map_or_else(|| Ok(Vec::new()), processes::family)
    }

    /// What autovacuum would do some time after the load.
    pub fn settle(&self) -> Result<(), Box<dyn Error>> {
        Ok(PgConnection::establish(&self.url)?.batch_execute("VACUUM ANALYZE")?)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let At::Given { administration, database, .. } = &self.at {
            let dropped =
                PgConnection::establish(administration).map_err(|cause| cause.to_string()).and_then(|mut c| {
                    c.batch_execute(&format!("DROP DATABASE {database} WITH (FORCE)"))
                        .map_err(|cause| cause.to_string())
                });
            if let Err(cause) = dropped {
                eprintln!("the database {database} is left behind: {cause}");
            }
        }
    }
}

/// The server's version, and its first process when it runs on this machine.
fn describe(url: &str) -> Result<(String, Option<u32>), Box<dyn Error>> {
    let facts = (sql::<Text>("current_setting('server_version')"), sql::<Integer>("pg_backend_pid()"));
    let (version, backend): (String, i32) = diesel::select(facts).get_result(&mut PgConnection::establish(url)?)?;
    let backend = u32::try_from(backend)?;
    let is_here = processes::name_of(backend).is_some_and(|name| name.starts_with("postgres"));
    Ok((version, processes::parent_of(backend).filter(|_| is_here)))
}

/// A version without the name of its package.
fn short(version: &str) -> &str {
    version.split(' ').next().unwrap_or(version)
}

/// The newest installed server's programs.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.filter(|path| path.join("bin/postgres").exists()).max_by_key(|path| number(path))?;
    Some(newest.join("bin"))
}

/// The address of another database of the same server.
pub fn with_database(url: &str, database: &str) -> String {
    let (place, parameters) =
        url.split_once('?').map_or((url, String::new()), |(place, rest)| (place, format!("?{rest}")));
    let authority = place.find("://").map_or(0, |at| at + 3);
    let end = place[authority..].find('/').map_or(place.len(), |at| authority + at);
    format!("{}/{database}{parameters}", &place[..end])
}

impl Own {
    fn start(programs: PathBuf) -> Result<Own, Box<dyn Error>> {
        let directory = tempfile::Builder::new().prefix("jixiao-bench-").tempdir()?;
        // Postgres refuses to run as root.
        let account = if fs::metadata("/proc/self")?.uid() == 0 { Some(unprivileged()?) } else { None };
        if let Some((user, group)) = account {
            chown(directory.path(), Some(user), Some(group))?;
        }
        let mut own = Own { programs, directory, account, child: None };
        let path = own.directory.path().display().to_string();
        let data = format!("{path}/data");
        let made = own
            .command("initdb")
            .args(["-D", &data, "-U", "jixiao", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .output()?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)).into());
        }
        let mut server = own.command("postgres");
        server.args(["-D", &data, "-k", &path, "-c", "listen_addresses="]).stderr(Stdio::null());
        own.child = Some(server.spawn()?);
        let address = Address::parse(&own.url())?;
        for _ in 0..500 {
            if Connection::open(&address).is_ok() {
                return Ok(own);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("the Postgres server does not answer".into())
    }

    fn url(&self) -> String {
        format!("postgres:///postgres?host={}&user=jixiao", self.directory.path().display())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.directory.path()).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let data = self.directory.path().join("data");
        drop(self.command("pg_ctl").arg("-D").arg(data).args(["-m", "immediate", "-w", "stop"]).output());
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The account of Postgres, or else of nobody.
fn unprivileged() -> Result<(u32, u32), Box<dyn Error>> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let of = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map_while(|field| field.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    };
    of("postgres").or_else(|| of("nobody")).ok_or_else(|| "no account postgres or nobody to run Postgres as".into())
}
