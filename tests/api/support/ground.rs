//! Where the database servers of a run live: which programs there are, under which account they run, and in which folder.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The directory with initdb and postgres, the newest version first.
pub fn programs() -> Option<PathBuf> {
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
pub struct Ground {
    pub folder: TempDir,
    account: Option<(u32, u32)>,
}

impl Ground {
    pub fn new() -> Result<Ground, String> {
        let folder = tempfile::Builder::new().prefix("jixiao-pg-").tempdir().map_err(failed)?;
        let is_root = std::fs::metadata(folder.path()).map_err(failed)?.uid() == 0;
        let account = if is_root { Some(account()?) } else { None };
        let ground = Ground { folder, account };
        ground.give(ground.path())?;
        Ok(ground)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Gives a file or folder to the account, and to nobody else.
    pub fn give(&self, path: &Path) -> Result<(), String> {
        let mode = if path.is_dir() { 0o700 } else { 0o600 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(failed)?;
        match self.account {
            Some((user, group)) => chown(path, Some(user), Some(group)).map_err(failed),
            None => Ok(()),
        }
    }

    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).stdout(Stdio::null());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        command
    }

    pub fn run(&self, program: &Path, arguments: &[&str]) -> Result<(), String> {
        let made = self.command(program).args(arguments).output().map_err(failed)?;
        match made.status.success() {
            true => Ok(()),
            false => Err(format!("{}: {}", program.display(), String::from_utf8_lossy(&made.stderr))),
        }
    }

    /// Starts a program that ends with the run, however that ends: a shell between the two stops it when its input
    /// closes.
    pub fn spawn(&self, program: &Path, arguments: &[&str], afterwards: &str) -> Result<Child, String> {
        let script = format!("\"$@\" 2>>server.log & read -r line; kill -INT $!; wait; {afterwards}");
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", &script, "sh"]).arg(program).args(arguments).env("FOLDER", self.path());
        command.stdin(Stdio::piped()).spawn().map_err(failed)
    }
}

pub fn failed(cause: std::io::Error) -> String {
    format!("Postgres cannot be started: {cause}")
}

pub const INITDB: &[&str] = &["-N", "-A", "trust", "-U", "jixiao", "-E", "UTF8", "--locale=C", "-D", "data"];

/// Settings of a server that nobody will miss.
pub const QUICK: &[&str] = &["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];
