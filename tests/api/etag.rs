//! Versions in HTTP: `If-Match` before a change, `If-None-Match` before reading again.

use serde_json::json;

use crate::support::build::made;
use crate::support::build::{budget_line, indicator};
use crate::support::client::every_scope;
use crate::support::document::{Operation, ids, operations};
use crate::support::{App, cases};

cases![
    every_single_resource_has_a_strong_tag_and_304,
    any_of_several_tags_may_match,
    a_star_matches_what_is_there,
    a_tag_that_a_proxy_made_weak_is_the_strong_one_that_it_was,
    a_malformed_tag_is_refused,
    of_two_who_read_the_same_version_one_may_change_it,
    the_tag_of_a_translation_allows_a_change,
];

async fn every_single_resource_has_a_strong_tag_and_304(app: App) {
    let ids = ids(&app).await;
    let client = app.client("410100", &every_scope());
    let mut checked = 0;
    for operation in operations().filter(|one| one.id.starts_with("get_") && one.path.contains('{')) {
        if operation.path.starts_with("/problems") || operation.id == "get_content" {
            continue;
        }
        let path = Operation::concrete(&operation.path, Some(&ids));
        let reply = client.get(&path).await.status(200);
        let etag = reply.etag();
        assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2, "{etag}");
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let again = client.get(&path).header("If-None-Match", &known).await.status(304);
            assert!(again.body.is_empty(), "{again}");
            assert_eq!(again.etag(), etag);
        }
        let other = client.get(&path).header("If-None-Match", "\"x\"").await.status(200);
        assert_eq!(other.body, reply.body, "{path}");
        checked += 1;
    }
    assert!(checked >= 10, "{checked}");
}

async fn any_of_several_tags_may_match(app: App) {
    let project = format!("/api/v1/projects/{}", app.project().await);
    let patch = json!({"annual_goal": "x"});
    app.unit().patch(&project, "\"7\", \"1\"", &patch).await.status(200);
    app.unit().patch(&project, "\"7\"", &patch).header("If-Match", "\"2\"").await.status(200);
    app.unit().patch(&project, "\"7\", \"8\"", &patch).await.problem(412, "stale");
}

async fn a_star_matches_what_is_there(app: App) {
    let project = format!("/api/v1/projects/{}", app.project().await);
    app.unit().patch(&project, "*", &json!({"annual_goal": "x"})).await.status(200);
    let gone = "/api/v1/projects/01a209ff-0000-7000-8000-000000000000";
    app.unit().patch(gone, "*", &json!({"annual_goal": "x"})).await.problem(404, "not_found");
}

async fn a_tag_that_a_proxy_made_weak_is_the_strong_one_that_it_was(app: App) {
    let project = format!("/api/v1/projects/{}", app.project().await);
    app.unit().patch(&project, "W/\"99\"", &json!({"annual_goal": "x"})).await.problem(412, "stale");
    app.unit().patch(&project, "W/\"1\"", &json!({"annual_goal": "x"})).await.status(200);
    app.unit().patch(&project, "W/\"1\"", &json!({"annual_goal": "y"})).await.problem(412, "stale");
}

async fn a_malformed_tag_is_refused(app: App) {
    let project = format!("/api/v1/projects/{}", app.project().await);
    for tag in ["1", "\"1", "1\"", "'1'", "\"a\"b\"", "latest"] {
        app.unit().patch(&project, tag, &json!({"annual_goal": "x"})).await.problem(400, "bad_header");
        app.unit().get(&project).header("If-None-Match", tag).await.problem(400, "bad_header");
    }
    app.unit().patch(&project, "", &json!({})).await.problem(428, "precondition_required");
}

async fn of_two_who_read_the_same_version_one_may_change_it(app: App) {
    let project = app.project().await;
    let unit = app.unit();
    let line = made(&unit, &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
    let one = made(&unit, &format!("/api/v1/projects/{project}/indicators"), &indicator()).await;
    for (path, field) in [
        (format!("/api/v1/projects/{project}"), json!({"annual_goal": "一"})),
        (format!("/api/v1/budget-lines/{line}"), json!({"executed_amount": "1"})),
        (format!("/api/v1/indicators/{one}"), json!({"weight": "1"})),
    ] {
        let etag = unit.get(&path).await.status(200).etag();
        let (first, second) = futures_util::future::join(async { unit.patch(&path, &etag, &field).await }, async {
            unit.patch(&path, &etag, &field).await
        })
        .await;
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{path}");
    }
}

async fn the_tag_of_a_translation_allows_a_change(app: App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let etag = app.unit().get(&format!("{path}/findings")).in_english().await.status(200).etag();
    app.unit().patch(&path, &etag, &json!({"deviation_reason": "x"})).await.status(200);
    app.unit().patch(&path, &etag, &json!({"deviation_reason": "y"})).await.problem(412, "stale");
}
