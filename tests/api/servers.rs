//! A server that is killed at its work: another one goes on; on SQLite the same one, when it is started again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::imports::files::{indicator_row, ndjson, total, uploader};
use crate::support::{App, Kind, Program, cases};

cases![
    a_check_goes_on_at_another_server_when_its_own_is_killed,
    an_export_goes_on_at_another_server_when_its_own_is_killed,
    a_commit_that_is_killed_is_made_at_another_server,
    a_commit_that_waits_for_long_is_shown_and_not_taken_over,
    a_file_without_its_last_piece_is_none,
];

const ROWS: usize = 12_000;

/// Two servers on Postgres; on SQLite one, which is killed and started again.
struct Servers {
    first: Program,
    second: Option<Program>,
}

impl Servers {
    fn start(app: &App) -> Servers {
        let second = (app.kind == Kind::Postgres).then(|| Program::start_beside(app));
        Servers { first: Program::start(app), second }
    }

    /// The server that goes on after the first was killed.
    fn kill(self, app: &App) -> Program {
        self.first.kill();
        match self.second {
            Some(second) => second,
            None => Program::start_on(app, self.first.port()),
        }
    }
}

/// Polls a resource until its status is no longer `passing`.
fn settled(program: &Program, path: &str, passing: &str) -> Value {
    let started = Instant::now();
    loop {
        let shown = program.get(path);
        if shown["status"] != passing {
            return shown;
        }
        assert!(started.elapsed() < Duration::from_secs(120), "nobody has taken it over: {shown:#}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn many_rows() -> Vec<u8> {
    ndjson(&(0..ROWS).map(|at| indicator_row("41010021T000000000001", &format!("指标{at}"))).collect::<Vec<Value>>())
}

/// The only import, as soon as it has a status.
fn import_of(program: &Program, status: &str) -> String {
    let started = Instant::now();
    loop {
        let list = program.get("/api/v1/imports");
        let first = &list["items"][0];
        if first["status"] == status {
            return format!("/api/v1/imports/{}", first["id"].as_str().expect("an id"));
        }
        assert!(started.elapsed() < Duration::from_secs(60), "no import is {status}: {list:#}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

async fn a_check_goes_on_at_another_server_when_its_own_is_killed(app: App) {
    app.project().await;
    let servers = Servers::start(&app);
    let path = std::thread::scope(|threads| {
        let sent = threads.spawn(|| servers.first.post("/api/v1/imports?kind=indicators", &many_rows()));
        let path = import_of(&servers.first, "validating");
        // The upload is acknowledged only when every server can fetch it.
        while servers.first.get(&path)["progress"]["phase"] != "validating" && !sent.is_finished() {
            std::thread::sleep(Duration::from_millis(5));
        }
        servers.first.kill();
        drop(sent.join().expect("the thread"));
        path
    });
    let other = servers.kill(&app);
    let checked = settled(&other, &path, "validating");
    assert_eq!((&checked["status"], &checked["rows"]["created"]), (&json!("validated"), &json!(ROWS)), "{checked:#}");
    assert_eq!(other.get(&format!("{path}/rows"))["items"][0]["outcome"], "created");
    assert_eq!(other.post(&format!("{path}/commit"), b"").expect("committed")["status"], "committed");
    assert_eq!(total(&uploader(&app), "indicators").await, i64::try_from(ROWS).expect("a count"));
}

async fn an_export_goes_on_at_another_server_when_its_own_is_killed(app: App) {
    app.project().await;
    let servers = Servers::start(&app);
    let export = servers.first.post("/api/v1/exports", br#"{"kind":"projects","format":"csv"}"#).expect("made");
    let path = format!("/api/v1/exports/{}", export["id"].as_str().expect("an id"));
    let other = servers.kill(&app);
    let ready = settled(&other, &path, "running");
    assert_eq!((&ready["status"], &ready["manifest"]["rows"]), (&json!("ready"), &json!(1)), "{ready:#}");
    let file = other.text(&format!("{path}/content"));
    assert_eq!(json!(file.len()), ready["manifest"]["bytes"], "{file}");
}

async fn a_commit_that_is_killed_is_made_at_another_server(app: App) {
    app.project().await;
    let servers = Servers::start(&app);
    let import = servers.first.post("/api/v1/imports?kind=indicators", &many_rows()).expect("an import");
    let path = format!("/api/v1/imports/{}", import["id"].as_str().expect("an id"));
    settled(&servers.first, &path, "validating");
    std::thread::scope(|threads| {
        let sent = threads.spawn(|| servers.first.post(&format!("{path}/commit"), b"").is_ok());
        while servers.first.get(&path)["progress"]["phase"] != "committing" && !sent.is_finished() {}
        servers.first.kill();
        sent.join().expect("the thread");
    });
    let other = servers.kill(&app);
    // Postgres notices a moment later that its client is gone.
    std::thread::sleep(Duration::from_millis(500));
    let seen = total(&uploader(&app), "indicators").await;
    assert!(seen == 0 || json!(seen) == json!(ROWS), "all or nothing: {seen}");
    assert_eq!(other.post(&format!("{path}/commit"), b"").expect("committed")["status"], "committed");
    assert_eq!(total(&uploader(&app), "indicators").await, i64::try_from(ROWS).expect("a count"));
}

async fn a_commit_that_waits_for_long_is_shown_and_not_taken_over(app: App) {
    if app.kind == Kind::Sqlite {
        return;
    }
    app.project().await;
    let servers = Servers::start(&app);
    let rows = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let import = servers.first.post("/api/v1/imports?kind=indicators", &rows).expect("an import");
    let path = format!("/api/v1/imports/{}", import["id"].as_str().expect("an id"));
    let (begun, is_locked) = std::sync::mpsc::channel();
    // Far longer than a lease of these servers lasts.
    let lock = app.db.write("410100", move |_| {
        begun.send(()).expect("somebody waits");
        std::thread::sleep(Duration::from_secs(6));
        Ok(())
    });
    let (first, second) = (&servers.first, servers.second.as_ref().expect("two servers"));
    let waiting = async {
        actix_web::web::block(move || is_locked.recv()).await.expect("locked").expect("locked");
        std::thread::scope(|threads| {
            let sent = threads.spawn(|| first.post(&format!("{path}/commit"), b""));
            let mut phases = Vec::new();
            while !sent.is_finished() {
                phases.push(second.get(&path)["progress"]["phase"].clone());
                std::thread::sleep(Duration::from_millis(50));
            }
            assert!(phases.contains(&json!("committing")), "{phases:?}");
            sent.join().expect("the thread").expect("committed")
        })
    };
    let (locked, committed) = futures_util::future::join(lock, waiting).await;
    locked.expect("the lock");
    assert_eq!(committed["status"], "committed");
    assert_eq!(second.get(&path)["progress"], Value::Null);
}

async fn a_file_without_its_last_piece_is_none(app: App) {
    let blobs = jixiao::blobs::Blobs::Database(app.db.clone());
    let folder = app.place.folder.path();
    for (name, length) in [("empty", 0), ("short", 10), ("whole", 2 << 20), ("long", (2 << 20) + 1)] {
        let (from, to) = (folder.join(name), folder.join("fetched").join(name));
        std::fs::write(&from, vec![b'x'; length]).expect("written");
        blobs.keep(&format!("tests/{name}"), &from).await.expect("kept");
        assert!(blobs.fetch(&format!("tests/{name}"), &to).await.expect("fetched"), "{name}");
        assert_eq!(std::fs::read(&to).expect("a file").len(), length);
    }
    app.execute("DELETE FROM blobs WHERE name = 'tests/long' AND part = 2");
    let to = folder.join("fetched/cut");
    assert!(!blobs.fetch("tests/long", &to).await.expect("an answer"));
    assert!(!to.exists() && !blobs.fetch("tests/none", &to).await.expect("an answer"));
    blobs.remove("tests").await.expect("removed");
    assert!(!blobs.fetch("tests/short", &to).await.expect("an answer"));
    assert_eq!(std::fs::read_dir(folder.join("fetched")).expect("a folder").count(), 4, "nothing half is left");
}
