//! `Idempotency-Key`: a retry gets the first answer, and its effect happens once.

use std::future::IntoFuture;

use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use jixiao::db::Connection;
use jixiao::on;
use serde_json::{Value, json};

use crate::support::build::{budget_line, items, project};
use crate::support::client::{Client, Request};
use crate::support::{App, With, cases};

cases![
    a_retry_gets_the_first_answer,
    another_body_under_the_same_key_is_refused,
    another_address_under_the_same_key_is_refused,
    a_key_belongs_to_its_caller,
    a_failed_request_does_not_use_up_its_key,
    concurrent_retries_happen_once,
    a_retry_of_a_step_is_not_stale,
    a_preview_can_be_retried,
    a_key_is_forgotten_after_three_days,
    a_key_has_1_to_200_characters,
];

async fn count(app: &App) -> usize {
    items(&app.unit().get("/api/v1/projects").await.json(200)).len()
}

fn post(client: &Client, key: &str, new: &Value) -> Request {
    client.post("/api/v1/projects", new).header("Idempotency-Key", key)
}

async fn a_retry_gets_the_first_answer(app: App) {
    let tree = app.tree().await;
    let new = project(&tree.unit);
    let first = post(&app.unit(), "k", &new).await.status(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = post(&app.unit(), "k", &new).await.status(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((again.required("location"), again.etag()), (first.required("location"), first.etag()));
    assert_eq!(again.body, first.body);
    assert_eq!(count(&app).await, 1);
    post(&app.unit(), "l", &new).await.problem(409, "taken");
}

async fn another_body_under_the_same_key_is_refused(app: App) {
    let tree = app.tree().await;
    post(&app.unit(), "k", &project(&tree.unit)).await.status(201);
    let other = project(&tree.unit).with("code", "OTHER");
    post(&app.unit(), "k", &other).await.problem(422, "idempotency_key_reused");
    assert_eq!(count(&app).await, 1);
}

async fn another_address_under_the_same_key_is_refused(app: App) {
    let (first, second) = (app.project_of_code("A").await, app.project_of_code("B").await);
    let send = |project: String| {
        let path = format!("/api/v1/projects/{project}/budget-lines");
        app.unit().post(&path, &budget_line()).header("Idempotency-Key", "k")
    };
    send(first).await.status(201);
    send(second.clone()).await.problem(422, "idempotency_key_reused");
    let lines = app.unit().get(&format!("/api/v1/projects/{second}/budget-lines")).await.json(200);
    assert!(items(&lines).is_empty());
}

async fn a_key_belongs_to_its_caller(app: App) {
    let tree = app.tree().await;
    post(&app.unit(), "k", &project(&tree.unit)).await.status(201);
    let other = project(&tree.unit).with("code", "OTHER");
    post(&app.bureau(), "k", &other).await.status(201);
    assert_eq!(count(&app).await, 2);
}

async fn a_failed_request_does_not_use_up_its_key(app: App) {
    let tree = app.tree().await;
    post(&app.unit(), "k", &project(&tree.unit).without("name")).await.problem(422, "invalid_fields");
    post(&app.unit(), "k", &project(&tree.division)).await.field("/organization_id", "unknown_reference");
    post(&app.unit(), "k", &project(&tree.unit)).await.status(201);
}

async fn concurrent_retries_happen_once(app: App) {
    let tree = app.tree().await;
    let (unit, new) = (app.unit(), project(&tree.unit));
    let replies = join_all((0..20).map(|_| post(&unit, "k", &new).into_future())).await;
    assert!(replies.iter().all(|reply| reply.status.as_u16() == 201 && reply.body == replies[0].body));
    let replayed = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_some()).count();
    assert_eq!(replayed, 19);
    assert_eq!(count(&app).await, 1);
}

async fn a_retry_of_a_step_is_not_stale(app: App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let etag = app.unit().get(&path).await.status(200).etag();
    let submit = || {
        let step = app.unit().post(&format!("{path}/transitions"), &json!({"action": "submit"}));
        step.header("If-Match", &etag).header("Idempotency-Key", "k")
    };
    let first = submit().await.status(200);
    let again = submit().await.status(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    assert_eq!(items(&app.unit().get(&format!("{path}/transitions")).await.json(200)).len(), 1);
}

async fn a_preview_can_be_retried(app: App) {
    let send = |body: Value| app.unit().post("/api/v1/score-previews", &body).header("Idempotency-Key", "k");
    let first = send(json!({})).await.status(200);
    let again = send(json!({})).await.status(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    send(json!({"annual_goal": "x"})).await.problem(422, "idempotency_key_reused");
}

async fn a_key_is_forgotten_after_three_days(app: App) {
    let tree = app.tree().await;
    let new = project(&tree.unit);
    post(&app.unit(), "k", &new).await.status(201);
    let mut c = Connection::open(&app.place.address).expect("a connection");
    let mut age = |hours: i64| {
        let then = chrono::Utc::now() - chrono::TimeDelta::hours(hours);
        let sql = format!("UPDATE idempotency_keys SET created_at = '{}'", then.format("%Y-%m-%d %H:%M:%S"));
        on!(&mut c, c => c.batch_execute(&sql)).expect("aged");
    };
    age(71);
    assert_eq!(post(&app.unit(), "k", &new).await.status(201).header("idempotency-replayed"), Some("true"));
    age(73);
    post(&app.unit(), "k", &new).await.problem(409, "taken");
    post(&app.unit(), "k", &new.with("code", "another")).await.status(201);
    assert_eq!(jixiao::http::idempotency::sweep(&app.db).await.unwrap(), 0);
    age(73);
    assert_eq!(jixiao::http::idempotency::sweep(&app.db).await.unwrap(), 1);
}

async fn a_key_has_1_to_200_characters(app: App) {
    let tree = app.tree().await;
    let new = project(&tree.unit);
    post(&app.unit(), &"k".repeat(201), &new).await.problem(400, "bad_header");
    post(&app.unit(), "", &new).await.problem(400, "bad_header");
    post(&app.unit(), "键", &new).await.problem(400, "bad_header");
    post(&app.unit(), &"k".repeat(200), &new).await.status(201);
}
