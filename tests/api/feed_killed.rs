//! A server that is killed under load: what was acknowledged is in the feed, and what is not committed is not.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::build::{items, project, text};
use crate::support::client::BUREAU;
use crate::support::{App, Program, With, cases};

cases![what_was_acknowledged_before_a_kill_is_in_the_feed_and_nothing_else];

async fn what_was_acknowledged_before_a_kill_is_in_the_feed_and_nothing_else(app: App) {
    let unit = app.tree().await.unit;
    let (acknowledged, next) = (Mutex::new(BTreeSet::new()), AtomicUsize::new(0));
    for round in 0..3 {
        let program = Program::start(&app);
        let is_over = AtomicBool::new(false);
        let before = acknowledged.lock().unwrap().len();
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    while !is_over.load(Ordering::Relaxed) {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let body = project(&unit).with("code", format!("K{number}"));
                        if let Ok(made) = program.post("/api/v1/projects", body.to_string().as_bytes()) {
                            acknowledged.lock().unwrap().insert(text(&made, "id"));
                        }
                    }
                });
            }
            while acknowledged.lock().unwrap().len() < before + 50 {
                std::thread::sleep(Duration::from_millis(5));
            }
            program.kill();
            is_over.store(true, Ordering::Relaxed);
        });
        assert!(acknowledged.lock().unwrap().len() >= 50 * (round + 1));
    }
    // Postgres notices a moment later that its client is gone.
    std::thread::sleep(Duration::from_millis(500));
    let reader = app.client(BUREAU, "changes:read projects:read");
    let (mut told, mut numbers, mut after) = (Vec::new(), Vec::new(), 0);
    loop {
        let page = reader.get(&format!("/api/v1/changes?limit=1000&after={after}")).await.json(200);
        for event in items(&page) {
            numbers.push(event["sequence"].as_i64().unwrap());
            if event["type"] == "jixiao.project.created" {
                told.push(text(&event, "subject").trim_start_matches("projects/").to_owned());
            }
        }
        after = page["next_after"].as_i64().unwrap();
        if page["next_after"] == page["head"] {
            break;
        }
    }
    assert_eq!(numbers, (1..=after).collect::<Vec<_>>(), "no number is missing");
    let mut there: Vec<String> = Vec::new();
    let mut path = "/api/v1/projects?limit=200".to_owned();
    loop {
        let page = reader.get(&path).await.json(200);
        there.extend(items(&page).iter().map(|one| text(one, "id")));
        match &page["next_cursor"] {
            Value::String(cursor) => path = format!("/api/v1/projects?limit=200&cursor={cursor}"),
            _ => break,
        }
    }
    told.sort();
    there.sort();
    assert_eq!(told, there, "the feed tells of what is there, once each");
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.iter().all(|id| told.binary_search(id).is_ok()), "{}", json!(acknowledged.len()));
}
