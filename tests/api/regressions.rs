//! What attacks on the service found, and must not come back.

use serde_json::{Value, json};

use crate::support::build::{indicator, made};
use crate::support::client::DEPARTMENT;
use crate::support::{App, cases};

cases![
    an_organization_whose_project_moved_away_keeps_its_published_scores,
    a_published_assessment_shows_what_was_frozen_while_another_kind_is_reworked,
    a_cleared_number_target_is_read_as_a_number_again,
    a_score_carries_the_names_that_its_hash_covers,
    an_answer_to_very_many_errors_lists_the_first_thousand,
    a_division_cannot_stand_below_a_unit,
    the_code_of_a_project_with_a_score_stays,
    texts_that_cannot_be_seen_are_refused,
];

const PUBLISHED: [&str; 4] = ["submit", "review", "approve", "publish"];

async fn an_organization_whose_project_moved_away_keeps_its_published_scores(app: App) {
    let sound = app.moved(&PUBLISHED).await;
    let tree = app.tree().await;
    let away = json!({"organization_id": tree.department});
    let mover = app.client(DEPARTMENT, "projects:write");
    mover.patch(&format!("/api/v1/projects/{}", sound.project), "*", &away).await.status(200);
    app.bureau().delete(&format!("/api/v1/organizations/{}", tree.unit), "*").await.problem(409, "in_use");
}

async fn a_published_assessment_shows_what_was_frozen_while_another_kind_is_reworked(app: App) {
    let sound = app.moved(&PUBLISHED).await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let before = app.unit().get(&path).await.json(200);
    let line = app.unit().get(&format!("/api/v1/projects/{}/budget-lines", sound.project)).await.json(200);
    let line = format!("/api/v1/budget-lines/{}", line["items"][0]["id"].as_str().unwrap());
    let spent = json!({"executed_amount": "1.00"});
    app.unit().patch(&line, "*", &spent).await.problem(409, "figures_locked");
    let second = json!({"project_id": sound.project, "kind": "department_evaluation"});
    made(&app.unit(), "/api/v1/self-assessments", &second).await;
    app.unit().patch(&line, "*", &spent).await.status(200);
    app.unit().delete(&format!("/api/v1/indicators/{}", sound.indicators[1]), "*").await.status(204);
    let after = app.unit().get(&path).await.json(200);
    for shown in ["results", "computed", "execution", "finding_counts", "content_hash"] {
        assert_eq!(before[shown], after[shown], "{shown}");
    }
}

async fn a_cleared_number_target_is_read_as_a_number_again(app: App) {
    let project = app.project().await;
    let id = made(&app.unit(), &format!("/api/v1/projects/{project}/indicators"), &indicator()).await;
    let path = format!("/api/v1/indicators/{id}");
    let cleared = app.unit().patch(&path, "*", &json!({"target_text": null})).await.json(200);
    assert_eq!((&cleared["measure"], cleared.get("target")), (&json!("number"), None));
    let again = app.unit().patch(&path, "*", &json!({"target_text": "≤5个"})).await.json(200);
    assert_eq!(again["measure"], "number");
    assert_eq!(again["comparison"], "at_most");
    assert_eq!(again["target"], json!({"value": "5", "unit": "个"}));
}

async fn a_score_carries_the_names_that_its_hash_covers(app: App) {
    let sound = app.moved(&PUBLISHED[..3]).await;
    let renamed = json!({"name": "改名后的项目"});
    app.unit().patch(&format!("/api/v1/projects/{}", sound.project), "*", &renamed).await.status(200);
    app.take(&sound.assessment, &PUBLISHED[3..]).await;
    let scores = app.bureau().get("/api/v1/scores").await.json(200);
    let score = &scores["items"][0];
    let content =
        app.bureau().get(&format!("/api/v1/scores/{}/content", score["id"].as_str().unwrap())).await.json(200);
    assert_eq!(score["project_name"], content["identity"]["project_name"]);
    assert_eq!(score["project_name"], "企业服务活动专项经费");
}

async fn an_answer_to_very_many_errors_lists_the_first_thousand(app: App) {
    let wrong: Vec<Value> = (0..5_000).map(|_| json!({"x": 1})).collect();
    let problem =
        app.unit().post("/api/v1/score-previews", &json!({"indicators": wrong})).await.problem(422, "invalid_fields");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1000);
    assert_eq!(problem["detail"], "15000处错误，列出前1000处");
}

async fn a_division_cannot_stand_below_a_unit(app: App) {
    let tree = app.tree().await;
    let below = json!({"code": "x", "name": "区", "kind": "division", "parent_id": tree.unit});
    app.bureau().post("/api/v1/organizations", &below).await.field("/kind", "not_allowed_here");
    let raised = json!({"kind": "division"});
    let unit = format!("/api/v1/organizations/{}", tree.unit);
    app.bureau().patch(&unit, "*", &raised).await.field("/kind", "not_allowed_here");
}

async fn the_code_of_a_project_with_a_score_stays(app: App) {
    let sound = app.moved(&PUBLISHED).await;
    app.take(&sound.assessment, &["reopen"]).await;
    let project = format!("/api/v1/projects/{}", sound.project);
    app.unit().patch(&project, "*", &json!({"fiscal_year": 2030})).await.problem(409, "in_use");
    app.unit().patch(&project, "*", &json!({"annual_goal": "更正后的目标"})).await.status(200);
}

async fn texts_that_cannot_be_seen_are_refused(app: App) {
    let project = format!("/api/v1/projects/{}", app.project().await);
    for name in ["\u{200b}", "\u{202e}项目", "项\u{feff}目"] {
        app.unit().patch(&project, "*", &json!({ "name": name })).await.field("/name", "control_character");
    }
}
