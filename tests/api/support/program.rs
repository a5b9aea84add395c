//! The program itself over the database of a case, to be killed.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jixiao::auth::{Claims, mint};
use serde_json::Value;

use super::client::every_scope;
use super::{App, SECRET};

/// The program over the database of a case; it is killed with this value.
pub struct Program {
    child: Mutex<Child>,
    /// Its address.
    pub base: String,
    /// A token of the division for all acts.
    pub token: String,
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr()).expect("a port").port()
}

/// A token for all acts.
fn minted(subject: &str, organization: &str) -> String {
    let claims = Claims {
        sub: subject.to_owned(),
        org: organization.to_owned(),
        scope: every_scope(),
        iss: "jixiao".to_owned(),
        aud: "jixiao".into(),
        exp: chrono::Utc::now().timestamp() + 600,
    };
    mint(&claims, SECRET).expect("claims are JSON")
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Program {
    /// Starts it on a free port.
    pub fn start(app: &App) -> Program {
        let port = free_port();
        Program::start_on(app, port)
    }

    /// Starts another one on the same database, with folders of its own.
    pub fn start_beside(app: &App) -> Program {
        let port = free_port();
        Program::run(app, port, "-beside", &[])
    }

    /// Starts it with further arguments.
    pub fn start_with(app: &App, arguments: &[&str]) -> Program {
        Program::run(app, free_port(), "", arguments)
    }

    /// Starts it with folders of its own, further arguments and variables.
    #[cfg(feature = "s3")]
    pub fn start_in(app: &App, suffix: &str, arguments: &[&str], variables: &[(String, String)]) -> Program {
        Program::spawn(app, free_port(), suffix, arguments, variables)
    }

    /// Starts it on a port, as after it was killed there.
    pub fn start_on(app: &App, port: u16) -> Program {
        Program::run(app, port, "", &[])
    }

    fn run(app: &App, port: u16, suffix: &str, arguments: &[&str]) -> Program {
        Program::spawn(app, port, suffix, arguments, &[])
    }

    fn spawn(app: &App, port: u16, suffix: &str, arguments: &[&str], variables: &[(String, String)]) -> Program {
        let folder = app.place.folder.path();
        let secret = folder.join("secret");
        std::fs::write(&secret, SECRET).expect("a secret");
        let url = app.place.address.url();
        let child = Command::new(env!("CARGO_BIN_EXE_jixiao"))
            .args(["serve", "--database-connections", "3", "--listen", &format!("127.0.0.1:{port}")])
            .env("DATABASE_URL", url)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .arg("--jwt-secret-file")
            .arg(&secret)
            .args(["--import-folder", &format!("imports{suffix}"), "--export-folder", &format!("exports{suffix}")])
            .args(["--lease-seconds", "2"])
            .args(["--webhook-networks", "127.0.0.0/8"])
            .args(arguments)
            .current_dir(folder)
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let token = minted("tester", "410100");
        let program = Program { child: Mutex::new(child), base: format!("http://127.0.0.1:{port}"), token };
        let started = Instant::now();
        let is_secured = arguments.contains(&"--tls-certificate");
        let is_there = || match is_secured {
            true => std::net::TcpStream::connect(("127.0.0.1", port)).is_ok(),
            false => ureq::get(format!("{}/readyz", program.base)).call().is_ok(),
        };
        while !is_there() {
            assert!(started.elapsed() < Duration::from_secs(30), "the program does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        program
    }

    /// A token of somebody else.
    pub fn token_of(&self, subject: &str, organization: &str) -> String {
        minted(subject, organization)
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        let id = self.child.lock().unwrap_or_else(PoisonError::into_inner).id();
        let sent = Command::new("kill").args(["-TERM", &id.to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "it is told");
    }

    /// Whether it still runs.
    pub fn is_running(&self) -> bool {
        self.child.lock().unwrap_or_else(PoisonError::into_inner).try_wait().is_ok_and(|ended| ended.is_none())
    }

    /// Kills it at once, as a power cut does.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        drop(child.kill());
        drop(child.wait());
    }

    /// The most memory that it has had so far, bytes; none where the system does not tell.
    pub fn peak_memory(&self) -> Option<u64> {
        let id = self.child.lock().unwrap_or_else(PoisonError::into_inner).id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
    }

    /// The status of the answer to a body that comes packed.
    pub fn post_packed(&self, path: &str, media_type: &str, encoding: &str, body: &[u8]) -> u16 {
        let agent = ureq::Agent::from(ureq::Agent::config_builder().http_status_as_error(false).build());
        let request = agent.post(format!("{}{path}", self.base)).header("content-encoding", encoding);
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let answer = request.header("content-type", media_type).send(body).expect("an answer");
        answer.status().as_u16()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.base.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Tries a change, whatever version the resource has: the server may be gone.
    pub fn send(&self, method: &str, path: &str, body: Option<&str>) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .header("if-match", "*")
            .header("content-type", "application/merge-patch+json");
        let agent = ureq::Agent::from(ureq::Agent::config_builder().allow_non_standard_methods(true).build());
        match body {
            Some(body) => drop(request.body(body.to_owned()).map(|request| agent.run(request))),
            None => drop(request.body(()).map(|request| agent.run(request))),
        }
    }

    pub fn get(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path)).expect("JSON")
    }

    /// The text of an answer.
    pub fn text(&self, path: &str) -> String {
        let request =
            ureq::get(format!("{}{path}", self.base)).header("authorization", format!("Bearer {}", self.token));
        request.call().expect("an answer").body_mut().read_to_string().expect("a text")
    }

    pub fn post(&self, path: &str, body: &[u8]) -> Result<Value, ureq::Error> {
        let request =
            ureq::post(format!("{}{path}", self.base)).header("authorization", format!("Bearer {}", self.token));
        let kind = if body.starts_with(b"{") { "application/json" } else { "application/octet-stream" };
        let text = request.header("content-type", kind).send(body)?.body_mut().read_to_string()?;
        Ok(serde_json::from_str(&text).expect("JSON"))
    }
}
