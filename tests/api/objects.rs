//! Files in a store of objects: a real one, `s3s-fs`, where it is installed (`cargo install s3s-fs --features binary`).
//! `REQUIRE_S3=1` makes its absence a failure.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jixiao::blobs::{Blobs, Objects};
use serde_json::json;
use tempfile::TempDir;

use crate::imports::files::{indicator_row, ndjson};
use crate::support::program::free_port;
use crate::support::{App, Kind, Program, cases};

cases![a_bucket_keeps_files_of_any_length, two_servers_share_a_bucket];

const KEY: &str = "a-key-of-the-tests";

/// The store, with one bucket; it ends with this value.
struct Store {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where the program of the store is.
fn installed() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin");
    std::env::split_paths(&folders).chain([own]).map(|folder| folder.join("s3s-fs")).find(|program| program.exists())
}

impl Store {
    fn start() -> Option<Store> {
        let Some(program) = installed() else {
            assert!(
                std::env::var("REQUIRE_S3").as_deref() != Ok("1"),
                "REQUIRE_S3=1 asks for s3s-fs, which is not there"
            );
            eprintln!("A store of objects is not tested: s3s-fs is not installed.");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("jixiao")).expect("a bucket");
        let port = free_port();
        let child = Command::new(program)
            .args(["--access-key", KEY, "--secret-key", KEY, "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the store starts");
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "the store does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Store { child, port, _folder: folder })
    }

    /// How it is reached, as the variables say it.
    fn settings(&self) -> Vec<(String, String)> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        let settings = [
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", KEY),
        ];
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }
}

async fn a_bucket_keeps_files_of_any_length(app: App) {
    let Some(store) = Store::start() else { return };
    let blobs = Blobs::Objects(Objects::open("s3://jixiao/of/tests", store.settings()).expect("a bucket"));
    blobs.check().await.expect("it answers");
    let folder = app.place.folder.path();
    for (name, length) in [("empty", 0), ("short", 10), ("whole", 8 << 20), ("long", (16 << 20) + 1)] {
        let (from, to) = (folder.join(name), folder.join("fetched").join(name));
        let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        std::fs::write(&from, &content).expect("written");
        blobs.keep(&format!("exports/{name}/file"), &from).await.expect("kept");
        assert!(blobs.fetch(&format!("exports/{name}/file"), &to).await.expect("fetched"), "{name}");
        assert!(std::fs::read(&to).expect("a file") == content, "{name}");
    }
    let folders = blobs.folders("exports").await.expect("folders");
    assert_eq!(folders.into_iter().collect::<Vec<_>>(), ["empty", "long", "short", "whole"]);
    let to = folder.join("fetched/none");
    assert!(!blobs.fetch("exports/none/file", &to).await.expect("an answer") && !to.exists());
    blobs.remove("exports/long").await.expect("removed");
    assert!(!blobs.fetch("exports/long/file", &to).await.expect("an answer"));
    assert_eq!(blobs.folders("exports").await.expect("folders").len(), 3);
    let wrong = [("AWS_SECRET_ACCESS_KEY".to_owned(), "another".to_owned())];
    let refused =
        Blobs::Objects(Objects::open("s3://jixiao", store.settings().into_iter().chain(wrong)).expect("a bucket"));
    assert_eq!(refused.check().await.expect_err("refused").code().as_str(), "storage_unavailable");
}

async fn two_servers_share_a_bucket(app: App) {
    let Some(store) = Store::start() else { return };
    if app.kind == Kind::Sqlite {
        return;
    }
    let project = app.sound().await.project;
    let [one, other] = ["-one", "-other"]
        .map(|suffix| Program::start_in(&app, suffix, &["--files", "s3://jixiao/files"], &store.settings()));
    let rows = ndjson(&[indicator_row("41010021T000000000001", "新的指标")]);
    let made = one.post("/api/v1/imports?kind=indicators", &rows).expect("taken");
    let path = format!("/api/v1/imports/{}", made["id"].as_str().expect("an id"));
    assert_eq!(other.get(&path)["status"], "validated", "{made:#}");
    assert_eq!(other.get(&format!("{path}/rows"))["items"].as_array().expect("rows").len(), 1);
    let committed = other.post(&format!("{path}/commit"), b"").expect("committed");
    assert_eq!(committed["status"], "committed", "{committed:#}");
    let indicators = one.get(&format!("/api/v1/projects/{project}/indicators"));
    assert!(indicators.to_string().contains("新的指标"));
    let export = json!({"kind": "indicators"}).to_string();
    let export = one.post("/api/v1/exports", export.as_bytes()).expect("begun");
    let path = format!("/api/v1/exports/{}", export["id"].as_str().expect("an id"));
    let ready = one.get(&format!("{path}?wait=20"));
    assert_eq!(ready["status"], "ready");
    let content = other.text(&format!("{path}/content"));
    assert_eq!(crate::support::sha256(content.as_bytes()), ready["manifest"]["sha256"].as_str().expect("a hash"));
}
