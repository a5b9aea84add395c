//! What is kept of a read: never another version's, never another caller's, never what was rolled back.

use serde_json::{Value, json};

use crate::support::build::{budget_line, items, made, text};
use crate::support::{App, cases};

cases![
    every_change_of_a_project_and_its_parts_is_read_at_once,
    what_a_caller_may_do_is_its_own,
    a_list_shows_each_project_as_it_is_now,
    what_was_rolled_back_is_never_read,
];

const ALL: &str = "include=budget_lines,indicators,self_assessment";

async fn detail(app: &App, project: &str) -> Value {
    app.unit().get(&format!("/api/v1/projects/{project}?{ALL}")).await.json(200)
}

async fn every_change_of_a_project_and_its_parts_is_read_at_once(app: App) {
    let sound = app.sound().await;
    let unit = app.unit();
    let (project, assessment) = (&sound.project, &sound.assessment);
    let before = detail(&app, project).await;
    assert_eq!(detail(&app, project).await, before);
    unit.patch(&format!("/api/v1/projects/{project}"), "*", &json!({"name": "又一名称"})).await.status(200);
    assert_eq!(text(&detail(&app, project).await, "name"), "又一名称");
    let line = made(&unit, &format!("/api/v1/projects/{project}/budget-lines"), &{
        let mut line = budget_line();
        line["economic_category"] = "会议费".into();
        line
    })
    .await;
    let read = detail(&app, project).await;
    assert_eq!(read["budget_lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(text(&read["self_assessment"]["execution"], "adjusted_amount"), "2000000.00");
    unit.delete(&format!("/api/v1/budget-lines/{line}"), "*").await.status(204);
    assert_eq!(detail(&app, project).await["budget_lines"].as_array().map(Vec::len), Some(1));
    let indicator = &sound.indicators[1];
    unit.patch(&format!("/api/v1/indicators/{indicator}"), "*", &json!({"weight": "21"})).await.status(200);
    assert_eq!(text(&detail(&app, project).await["indicators"][1], "weight"), "21.00");
    let path = format!("/api/v1/self-assessments/{assessment}");
    let scored = unit.get(&path).await.json(200);
    let results = json!([{"indicator_id": indicator, "actual_text": "100人", "declared_score": "21"}]);
    unit.put(&format!("{path}/results"), "*", &results).await.status(200);
    let again = unit.get(&path).await.json(200);
    assert_ne!(again["computed"], scored["computed"]);
    assert_eq!(detail(&app, project).await["self_assessment"], again);
    unit.delete(&path, "*").await.status(204);
    assert_eq!(detail(&app, project).await["self_assessment"], Value::Null);
}

async fn what_a_caller_may_do_is_its_own(app: App) {
    let sound = app.moved(&["submit"]).await;
    let path = format!("/api/v1/projects/{}?{ALL}", sound.project);
    let mut allowed = Vec::new();
    for client in [app.unit(), app.department(), app.unit()] {
        let of_project = client.get(&path).await.json(200)["self_assessment"]["allowed_actions"].clone();
        let of_itself = client.get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.json(200);
        assert_eq!(of_project, of_itself["allowed_actions"]);
        allowed.push(of_project);
    }
    assert_eq!(allowed[0], json!(["withdraw"]));
    assert_eq!(allowed[1], json!(["set_reviewed_scores", "review", "return"]));
    assert_eq!(allowed[2], allowed[0]);
    app.stranger().get(&path).await.problem(404, "not_found");
}

async fn a_list_shows_each_project_as_it_is_now(app: App) {
    let (first, second) = (app.project_of_code("A").await, app.project_of_code("B").await);
    let unit = app.unit();
    let names = async || -> Vec<String> {
        items(&unit.get("/api/v1/projects?sort=code").await.json(200)).iter().map(|one| text(one, "name")).collect()
    };
    assert_eq!(names().await, ["企业服务活动专项经费"; 2]);
    unit.patch(&format!("/api/v1/projects/{second}"), "*", &json!({"name": "甲"})).await.status(200);
    assert_eq!(names().await, ["企业服务活动专项经费", "甲"]);
    unit.delete(&format!("/api/v1/projects/{first}"), "*").await.status(204);
    assert_eq!(names().await, ["甲"]);
}

async fn what_was_rolled_back_is_never_read(app: App) {
    let project = app.project().await;
    let unit = app.unit();
    let path = format!("/api/v1/projects/{project}");
    // The project's own version moves within the transaction before the line is refused.
    made(&unit, &format!("{path}/budget-lines"), &budget_line()).await;
    unit.post(&format!("{path}/budget-lines"), &budget_line()).await.status(409);
    unit.patch(&path, "*", &json!({"name": "乙"})).await.status(200);
    assert_eq!(text(&detail(&app, &project).await, "name"), "乙");
    let listed = items(&unit.get("/api/v1/projects").await.json(200));
    assert_eq!((listed.len(), text(&listed[0], "name")), (1, "乙".to_owned()));
}
