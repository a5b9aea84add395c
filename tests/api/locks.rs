//! Locked figures: no way of writing changes what an assessment rests on while it is under review.
//!
//! The operations are those of the document and the kinds of imports those that there are, so that a new way of writing
//! fails here until it says what it tries.

use actix_web::http::Method;
use jixiao::imports::model::ImportKind;
use serde_json::{Value, json};

use crate::support::build::{budget_line, id, indicator, items};
use crate::support::client::{Client, UNIT, every_scope};
use crate::support::document::{ids, operations};
use crate::support::{App, Sound, With, cases};

cases![no_operation_changes_locked_figures, no_import_changes_locked_figures, no_revert_changes_locked_figures,];

/// All that an assessment rests on and declares, without what counts changes of other things.
async fn figures(client: &Client, project: &str) -> Value {
    let path = format!("/api/v1/projects/{project}?include=budget_lines,indicators,self_assessment");
    let whole = client.get(&path).await.json(200);
    let parts = |name: &str| -> Vec<Value> {
        let parts = whole[name].as_array().expect("parts").iter();
        parts.map(|part| part.clone().without("updated_at")).collect()
    };
    let assessment = &whole["self_assessment"];
    let results: Vec<Value> = assessment["results"].as_array().into_iter().flatten().cloned().collect();
    let results: Vec<Value> =
        results.into_iter().map(|one| one.without("reviewed_score").without("review_reason")).collect();
    json!({
        "declared": assessment["declared"], "narrative": assessment["narrative"],
        "deviation_reason": assessment.get("deviation_reason"), "rule_profile": assessment["rule_profile"],
        "results": results,
        "fiscal_year": whole["fiscal_year"], "code": whole["code"], "overall_goal": whole.get("overall_goal"),
        "annual_goal": whole.get("annual_goal"), "budget_lines": parts("budget_lines"), "indicators": parts("indicators"),
    })
}

/// Changes of figures by the operations that are for them.
fn change(operation: &str) -> Option<Value> {
    Some(match operation {
        "update_project" => {
            json!({"annual_goal": "另一个目标", "overall_goal": "另一个", "code": "Z9", "fiscal_year": 2022})
        }
        "create_budget_line" => budget_line().with("economic_category", "会议费"),
        "update_budget_line" => json!({"executed_amount": "1.00"}),
        "create_indicator" => indicator(),
        "update_indicator" => json!({"weight": "1", "target_text": "≥1人"}),
        "replace_indicators" => json!([indicator()]),
        "update_self_assessment" => json!({"declared": {"total": "1.00"}, "deviation_reason": "另一个原因"}),
        "replace_results" => json!([]),
        "delete_project" | "delete_budget_line" | "delete_indicator" | "delete_self_assessment" => Value::Null,
        _ => return None,
    })
}

async fn no_operation_changes_locked_figures(app: App) {
    let mut ids = ids(&app).await;
    let sound: Sound = app.sound_of_code("L1").await;
    app.take(&sound.assessment, &["submit"]).await;
    let everyone = app.client("410100", &every_scope());
    let lines = everyone.get(&format!("/api/v1/projects/{}/budget-lines", sound.project)).await.json(200);
    ids.insert("projects", sound.project.clone());
    ids.insert("self-assessments", sound.assessment.clone());
    ids.insert("indicators", sound.indicators[0].clone());
    ids.insert("budget-lines", id(&items(&lines)[0]));
    let before = figures(&everyone, &sound.project).await;
    let mut refused = Vec::new();
    for operation in operations().filter(|one| one.method != Method::GET) {
        let mut request = operation.request(&everyone, Some(&ids));
        let own = change(&operation.id);
        if let Some(body) = own.as_ref().filter(|body| !body.is_null()) {
            let media_type = match operation.method {
                Method::PATCH => "application/merge-patch+json",
                _ => "application/json",
            };
            request = request.body(media_type, body.to_string());
        }
        let reply = request.await;
        assert!(!reply.status.is_server_error(), "{}: {reply}", operation.id);
        if own.is_some() {
            assert_eq!(reply.status.as_u16(), 409, "{}: {reply}", operation.id);
            refused.push(operation.id.clone());
        }
        assert_eq!(figures(&everyone, &sound.project).await, before, "{} changed locked figures", operation.id);
    }
    assert_eq!(refused.len(), 12, "{refused:?}");
    let status = everyone.get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.json(200);
    assert_eq!(status["status"], "submitted", "nothing unlocked it on the way");
}

/// A sound project of 2023 and of a unit, as the form `sound.xlsx` names both.
async fn subject(app: &App, code: &str, name: &str) -> Sound {
    let sound = app.sound_of_code(code).await;
    let everyone = app.client("410100", &every_scope());
    let named = json!({"name": name, "fiscal_year": 2023});
    everyone.patch(&format!("/api/v1/projects/{}", sound.project), "*", &named).await.status(200);
    let unit = format!("/api/v1/organizations/{}", app.tree().await.unit);
    everyone.patch(&unit, "*", &json!({"name": "市企业服务中心"})).await.status(200);
    sound
}

/// Imports a change of a project; none but the form's makes it unfit to be submitted.
async fn send(client: &Client, kind: ImportKind, code: &str) -> Value {
    let path = format!("/api/v1/imports?kind={}&mode=valid_rows&commit=true", kind.as_str());
    let request = client.request(Method::POST, &path);
    let of_project = json!({"fiscal_year": 2023, "project_code": code});
    let row = match kind {
        ImportKind::SelfAssessmentForms => {
            let form = request.body("application/octet-stream", crate::imports::files::form("sound.xlsx"));
            return form.await.json(201);
        }
        ImportKind::GoalForms => {
            return request.body("application/octet-stream", goals(client, code).await).await.json(201);
        }
        ImportKind::Organizations => json!({"code": UNIT, "name": format!("改名{code}")}),
        ImportKind::Projects => json!({"fiscal_year": 2023, "code": code, "annual_goal": "另一个目标"}),
        ImportKind::BudgetLines => of_project
            .with("funding_source", "current_appropriation")
            .with("economic_category", "培训费")
            .with("initial_amount", "1000001.00"),
        ImportKind::Indicators => of_project
            .with("level1", "产出")
            .with("level2", "产出数量")
            .with("name", "培训人数")
            .with("target_text", "≥95人"),
        ImportKind::Results => of_project
            .with("level1", "产出")
            .with("level2", "产出数量")
            .with("name", "培训人数")
            .with("actual_text", "91人"),
    };
    request.body("application/x-ndjson", row.to_string()).await.json(201)
}

/// A form of goals with another goal, and the indicators that the project has.
async fn goals(client: &Client, code: &str) -> Vec<u8> {
    let project =
        items(&client.get(&format!("/api/v1/projects?fiscal_year=2023&code={code}")).await.json(200)).remove(0);
    let indicators = items(&client.get(&format!("/api/v1/projects/{}/indicators", id(&project))).await.json(200));
    let cell = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let rows: Vec<Vec<String>> = indicators
        .iter()
        .filter(|row| row["measure"] != "budget_execution")
        .map(|row| ["level1", "level2", "name", "target_text", "weight"].map(|field| cell(row, field)).into())
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let name = cell(&project, "name");
    let mut sheet: Vec<&[&str]> = vec![&["项目支出绩效目标申报表（2023年度）"]];
    let head = ["项目名称", &name, "项目代码", code];
    sheet.extend([&head[..], &["年度目标", "另一个目标"], &["一级指标", "二级指标", "三级指标", "指标值", "分值"]]);
    sheet.extend(rows.iter().map(Vec::as_slice));
    crate::imports::files::xlsx(&sheet)
}

async fn no_import_changes_locked_figures(app: App) {
    let sound = subject(&app, "L1", "企业培训").await;
    app.take(&sound.assessment, &["submit"]).await;
    let everyone = app.client("410100", &every_scope());
    let before = figures(&everyone, &sound.project).await;
    for kind in ImportKind::ALL {
        let import = send(&everyone, *kind, "L1").await;
        assert_eq!(figures(&everyone, &sound.project).await, before, "{} changed locked figures", kind.as_str());
        if *kind == ImportKind::Organizations {
            continue;
        }
        let rows = everyone.get(&format!("/api/v1/imports/{}/rows", id(&import))).await.json(200);
        let errors = &rows["items"][0]["errors"];
        assert_eq!(errors[0]["code"], "figures_locked", "{}: {rows:#}", kind.as_str());
    }
}

async fn no_revert_changes_locked_figures(app: App) {
    let everyone = app.client("410100", &every_scope());
    let mut reverted = 0;
    for (number, kind) in (1..).zip(ImportKind::ALL) {
        // A form's results are those of its own rows: forms.rs reverts it.
        if matches!(kind, ImportKind::Organizations | ImportKind::SelfAssessmentForms) {
            continue;
        }
        let code = format!("R{number}");
        let sound = subject(&app, &code, &format!("项目{number}")).await;
        let import = send(&everyone, *kind, &code).await;
        assert_eq!(import["rows"]["updated"], 1, "{}: {import:#}", kind.as_str());
        app.take(&sound.assessment, &["submit"]).await;
        let before = figures(&everyone, &sound.project).await;
        let revert = everyone.request(Method::POST, &format!("/api/v1/imports/{}/revert", id(&import))).await;
        revert.problem(409, "import_touched");
        assert_eq!(
            figures(&everyone, &sound.project).await,
            before,
            "{} was reverted under a submission",
            kind.as_str()
        );
        reverted += 1;
    }
    assert_eq!(reverted, 5);
}
