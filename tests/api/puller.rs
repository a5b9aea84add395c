//! The puller of `examples/`: killed again and again, with the server, while others write; in the end both are equal.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::support::build::{budget_line, id, indicator, items, project};
use crate::support::client::{BUREAU, Client, every_scope};
use crate::support::{App, Program, With, cases};

cases![a_copy_that_is_killed_again_and_again_is_equal_in_the_end];

const WRITERS: usize = 32;
const ROUNDS: usize = 4;

fn puller(program: &Program, copy: &Path, extra: &[&str]) -> Option<Child> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/puller/pull.py");
    Command::new("python3")
        .args([script, &program.base, &program.token])
        .arg(copy)
        .args(extra)
        .stdout(Stdio::null())
        .spawn()
        .ok()
}

/// One writer: makes projects with a part or two, changes and deletes some of them.
fn write(program: &Program, organization: &str, next: &AtomicUsize, is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let body = project(organization).with("code", format!("P{number}"));
        // The server may be killed at any moment; what it did not acknowledge does not matter here.
        let Ok(made) = program.post("/api/v1/projects", body.to_string().as_bytes()) else {
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        let path = format!("/api/v1/projects/{}", made["id"].as_str().expect("an id"));
        drop(program.post(&format!("{path}/budget-lines"), budget_line().to_string().as_bytes()));
        drop(program.post(&format!("{path}/indicators"), indicator().to_string().as_bytes()));
        if number.is_multiple_of(3) {
            let change = json!({"name": format!("改名{number}")}).to_string();
            program.send("PATCH", &path, Some(&change));
        }
        if number.is_multiple_of(5) {
            program.send("DELETE", &path, None);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

async fn a_copy_that_is_killed_again_and_again_is_equal_in_the_end(app: App) {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("the puller is not tested: there is no python3");
        return;
    }
    let unit = app.tree().await.unit;
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let copy = app.place.folder.path().join("copy.db");
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut program = Program::start(&app);
    let port = program.port();
    for round in 0..ROUNDS {
        is_over.store(false, Ordering::Relaxed);
        std::thread::scope(|threads| {
            for _ in 0..WRITERS {
                threads.spawn(|| write(&program, &unit, &next, &is_over));
            }
            for _ in 0..3 {
                let mut pulling = puller(&program, &copy, &[]).expect("python3 runs");
                std::thread::sleep(Duration::from_millis(700));
                drop(pulling.kill());
                drop(pulling.wait());
            }
            if round % 2 == 0 {
                program.kill();
            }
            is_over.store(true, Ordering::Relaxed);
        });
        if round % 2 == 0 {
            drop(program);
            program = Program::start_on(&app, port);
        }
    }
    let status = puller(&program, &copy, &["--until-caught-up"]).expect("python3 runs").wait().expect("it ends");
    assert!(status.success());
    let expected = there(&app.client(BUREAU, &every_scope())).await;
    let found = copied(&copy);
    assert!(next.load(Ordering::Relaxed) > 100 && expected.len() > 100, "{} resources", expected.len());
    assert!(found.keys().eq(expected.keys()), "{} in the copy, {} there", found.len(), expected.len());
    for (subject, state) in &expected {
        assert_eq!(found[subject], *state, "{subject}");
    }
    assert!(found.keys().any(|subject| subject.starts_with("scores/")), "{}", sound.assessment);
}

/// What the service has, by path.
async fn there(client: &Client) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (kind, include) in [("projects", ""), ("budget-lines", ""), ("indicators", ""), ("scores", "&include=levels")] {
        let mut path = format!("/api/v1/{kind}?limit=200{include}");
        loop {
            let page = client.get(&path).await.json(200);
            found.extend(items(&page).into_iter().map(|one| (format!("{kind}/{}", id(&one)), one)));
            match &page["next_cursor"] {
                Value::String(cursor) => path = format!("/api/v1/{kind}?limit=200{include}&cursor={cursor}"),
                _ => break,
            }
        }
    }
    found
}

/// What the copy has, by path.
fn copied(path: &Path) -> BTreeMap<String, Value> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        subject: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        state: String,
    }
    let mut copy = SqliteConnection::establish(path.to_str().expect("a path")).expect("the copy opens");
    let rows: Vec<Row> = diesel::sql_query("SELECT subject, state FROM resource").load(&mut copy).expect("rows");
    rows.into_iter().map(|row| (row.subject, serde_json::from_str(&row.state).expect("JSON"))).collect()
}
