//! Following the change feed: waiting for it, coming too late, and many writers at once.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use jixiao::changes::work;
use jixiao::db::{Database, Limits};
use jixiao::http::body::typed;
use jixiao::http::error::{Code, Error};
use jixiao::projects;
use serde_json::{Value, json};

use crate::changes::{after, follower, numbers, position, read, stand, types};
use crate::support::build::{items, made, organization, project, text};
use crate::support::client::{BUREAU, Client, UNIT};
use crate::support::{App, Kind, cases};

cases![
    a_waiting_reader_is_answered_as_soon_as_something_happens,
    a_waiting_reader_is_answered_with_nothing_in_the_end,
    a_waiting_reader_is_answered_in_time_whatever_others_write,
    a_reader_that_comes_too_late_takes_a_snapshot,
    a_reader_that_is_ahead_of_the_database_takes_a_snapshot,
    many_writers_and_a_reader_miss_nothing_and_double_nothing,
    two_servers_on_one_database_make_one_sequence,
];

async fn a_waiting_reader_is_answered_as_soon_as_something_happens(app: App) {
    let tree = app.tree().await;
    let reader = follower(&app, UNIT);
    let before = stand(&reader).await;
    let started = Instant::now();
    let query = format!("/api/v1/changes?wait=30&after={before}");
    let write = async {
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
        // Nothing of the reader's own: it goes on waiting.
        let other = organization("410100-06-02", "unit", &tree.department);
        made(&app.bureau(), "/api/v1/organizations", &other).await;
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
        made(&app.unit(), "/api/v1/projects", &project(&tree.unit)).await
    };
    let (reply, _) = join(async { reader.get(&query).await }, write).await;
    assert_eq!(types(&items(&reply.json(200))), ["project.created"]);
    assert!(started.elapsed() < Duration::from_secs(20));
}

async fn a_waiting_reader_is_answered_with_nothing_in_the_end(app: App) {
    app.tree().await;
    let started = Instant::now();
    let page = read(&follower(&app, BUREAU), "wait=1&after=3").await;
    assert_eq!(
        page,
        json!({"division_code": BUREAU, "items": [], "next": "3", "next_after": 3, "head": 3, "has_more": false})
    );
    assert!(started.elapsed() >= Duration::from_secs(1));
}

async fn a_waiting_reader_is_answered_in_time_whatever_others_write(app: App) {
    let unit = app.tree().await.unit;
    let reader = follower(&app, BUREAU);
    let db = app.db.clone();
    let writing = actix_web::rt::spawn(async move {
        for number in 0.. {
            let new = json!({"fiscal_year": 2021, "code": format!("B{number}"), "name": "x", "organization_id": unit});
            let write = db.write(BUREAU, move |c| projects::store::insert(c, typed(json!(BUREAU))?, typed(new)?));
            write.await.expect("written");
        }
    });
    let started = Instant::now();
    let page = read(&reader, "wait=1&type=jixiao.score.published").await;
    assert!(started.elapsed() < Duration::from_secs(10));
    writing.abort();
    assert_eq!(items(&page), Vec::<Value>::new());
    assert!(page["next_after"].as_i64().unwrap() > 3, "it says how far it has looked: {page}");
}

async fn a_reader_that_comes_too_late_takes_a_snapshot(app: App) {
    app.tree().await;
    let reader = follower(&app, BUREAU);
    assert_eq!(work::sweep(&app.db, 1).await.unwrap(), 0);
    actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(work::sweep(&app.db, 0).await.unwrap(), 3);
    let problem = reader.get("/api/v1/changes?after=2").in_english().await.problem(410, "snapshot_required");
    assert!(text(&problem, "detail").contains("from 4 on"), "{problem}");
    assert_eq!(after(&reader, 3).await, Vec::<Value>::new());
    app.project().await;
    assert_eq!(numbers(&after(&reader, 3).await), [4]);
    let head = reader.get("/api/v1/changes/head").await.json(200);
    assert_eq!(head["forgotten_position"], 3);
}

async fn a_reader_that_is_ahead_of_the_database_takes_a_snapshot(app: App) {
    app.tree().await;
    follower(&app, BUREAU).get("/api/v1/changes?after=4").await.problem(410, "snapshot_required");
}

/// Writers of projects on some databases, every fifth of which fails after its change; gives those that were committed.
async fn write_many(databases: &[Database], organization: &str, count: usize) -> Vec<String> {
    let division = BUREAU.to_owned();
    let writes = (0..count).map(|number| {
        let new =
            json!({"fiscal_year": 2021, "code": format!("W{number}"), "name": "x", "organization_id": organization});
        let (db, division) = (databases[number % databases.len()].clone(), division.clone());
        async move {
            let written = db
                .write(&division, move |c| {
                    let row = projects::store::insert(c, typed(json!(BUREAU))?, typed(new)?)?;
                    match number % 5 {
                        0 => Err(Error::of(Code::Busy)),
                        _ => Ok(row.id.to_string()),
                    }
                })
                .await;
            assert_eq!(written.is_err(), number % 5 == 0);
            written.ok()
        }
    });
    let mut writes: Vec<_> = writes.collect();
    let mut done = Vec::new();
    while !writes.is_empty() {
        let group: Vec<_> = writes.drain(..writes.len().min(32)).collect();
        done.extend(join_all(group).await.into_iter().flatten());
    }
    done
}

/// Follows the feed until so many projects were told of.
async fn follow(reader: &Client, from: i64, count: usize) -> Vec<Value> {
    let (mut seen, mut at) = (Vec::new(), from);
    while seen.len() < count {
        let page = read(reader, &format!("after={at}&wait=10&limit=100")).await;
        let events = items(&page);
        assert!(!events.is_empty(), "the feed is silent after {at}, {} of {count} seen", seen.len());
        seen.extend(events);
        at = page["next_after"].as_i64().unwrap();
    }
    seen
}

async fn check_feed(app: &App, databases: &[Database], count: usize) {
    let unit = app.tree().await.unit;
    let reader = follower(app, BUREAU);
    let from = position(&reader).await;
    let expected = count - count.div_ceil(5);
    let (committed, events) = join(write_many(databases, &unit, count), follow(&reader, from, expected)).await;
    assert_eq!(numbers(&events), (from + 1..=from + i64::try_from(expected).unwrap()).collect::<Vec<_>>());
    let mut told: Vec<String> =
        events.iter().map(|event| text(event, "subject").trim_start_matches("projects/").to_owned()).collect();
    let mut committed = committed;
    told.sort();
    committed.sort();
    assert_eq!(told, committed);
    assert_eq!(position(&reader).await, from + i64::try_from(expected).unwrap());
}

async fn many_writers_and_a_reader_miss_nothing_and_double_nothing(app: App) {
    check_feed(&app, std::slice::from_ref(&app.db), 3000).await;
}

async fn two_servers_on_one_database_make_one_sequence(app: App) {
    let limits = Limits { connections: 4, connection_timeout: Duration::from_secs(20), ..Limits::default() };
    let second = Database::open(&app.place.address, &limits).expect("opened");
    // The reader's server hears of the other's writes by looking for them.
    let looking = actix_web::rt::spawn(work::look_at_others(app.db.clone()));
    let count = if app.kind == Kind::Postgres { 1000 } else { 300 };
    check_feed(&app, &[app.db.clone(), second], count).await;
    looking.abort();
}
