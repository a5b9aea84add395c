//! The processes that are measured: starting them, ending them, and the CPU time they took.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::load;

/// How long a process may take to answer its first request.
const STARTING: Duration = Duration::from_secs(30);

/// A server on a loopback port; it ends with this value.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, and then there is nothing to end.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_port() -> std::io::Result<u16> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr().map(|address| address.port())
}

impl Server {
    /// The product: the release binary, one worker, its log at warn.
    pub fn jixiao(database: &str, secret: &Path) -> Result<Server, Box<dyn Error>> {
        Server::jixiao_with(database, secret, &[])
    }

    /// The same with some arguments more.
    pub fn jixiao_with(database: &str, secret: &Path, arguments: &[&str]) -> Result<Server, Box<dyn Error>> {
        let port = free_port()?;
        let mut command = match std::env::var("JIXIAO_BENCH_UNDER") {
            Ok(wrapper) => {
                let mut words = wrapper.split_whitespace();
                let mut command = Command::new(words.next().unwrap_or("env"));
                command.args(words).arg(env!("CARGO_BIN_EXE_jixiao"));
                command
            }
            Err(_) => Command::new(env!("CARGO_BIN_EXE_jixiao")),
        };
        command.args(["serve", "--workers", "1", "--listen", &format!("127.0.0.1:{port}"), "--database", database]);
        command.args(arguments).arg("--jwt-secret-file").arg(secret).env("RUST_LOG", "warn").env_remove("JIXIAO_JWKS");
        Server { child: command.spawn()?, port }.ready("/healthz")
    }

    /// The floor: this program itself, serving `replies` from memory.
    pub fn floor(replies: &str) -> Result<Server, Box<dyn Error>> {
        let port = free_port()?;
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args([super::floor::ARGUMENT, &port.to_string()]).stdin(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(replies.as_bytes())?;
        }
        Server { child, port }.ready("/0")
    }

    /// Once it answers, whatever it answers.
    fn ready(mut self, path: &str) -> Result<Server, Box<dyn Error>> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n");
        let started = Instant::now();
        while load::once(self.port, request.as_bytes(), |_| ()).is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended at once: {status}").into());
            }
            if started.elapsed() > STARTING {
                return Err("the server does not answer".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(self)
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

/// CPU nanoseconds of each thread of some processes, from `/proc/PID/task/TID/schedstat`.
pub struct Clock(BTreeMap<(u32, u32), u64>);

impl Clock {
    pub fn read(processes: &[u32]) -> Result<Clock, Box<dyn Error>> {
        let mut threads = BTreeMap::new();
        for &process in processes {
            // A process or thread that has ended since it was listed took nothing more.
            let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else { continue };
            for task in tasks {
                let task = task?;
                let Ok(text) = fs::read_to_string(task.path().join("schedstat")) else { continue };
                let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
                let thread = task.file_name().to_str().and_then(|name| name.parse().ok());
                let (Some(nanoseconds), Some(thread)) = (nanoseconds, thread) else {
                    return Err("/proc has no schedstat".into());
                };
                threads.insert((process, thread), nanoseconds);
            }
        }
        Ok(Clock(threads))
    }

    /// What the threads have taken since `earlier`; one that ended in between slept out its time.
    pub fn since(&self, earlier: &Clock) -> u64 {
        self.0.iter().map(|(key, now)| now.saturating_sub(earlier.0.get(key).copied().unwrap_or_default())).sum()
    }
}

/// The processes whose parent is `parent`, and that one.
pub fn family(parent: u32) -> Result<Vec<u32>, Box<dyn Error>> {
    let mut found = vec![parent];
    for entry in fs::read_dir("/proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if parent_of(process) == Some(parent) {
            found.push(process);
        }
    }
    Ok(found)
}

/// The parent of a process of this machine.
pub fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name is in brackets and may hold anything; after it come the state and the parent.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// The name of a process of this machine.
pub fn name_of(process: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{process}/comm")).ok().map(|name| name.trim().to_owned())
}
