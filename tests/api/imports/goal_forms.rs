//! Forms of goals: what a project is to reach and the money for it go in before anything is reached.

use serde_json::{Value, json};

use super::files::{check, commit, counts, form, revert, upload, uploader, xlsx};
use crate::support::build::{id, items, text};
use crate::support::client::Client;
use crate::support::{App, cases};

cases![
    a_form_of_goals_makes_its_project_without_an_assessment,
    a_form_of_goals_leaves_what_was_spent_and_how_it_is_scored,
    each_kind_of_form_is_sent_to_its_own_kind_of_import,
    the_template_of_goals_comes_back_unchanged,
];

const PARAMETERS: &str = "kind=goal_forms&create_missing=true";

/// A form of goals of a project of the tests' unit.
fn goals(name: &str, unit: &str, target: &str) -> Vec<u8> {
    xlsx(&[
        &["项目支出绩效目标申报表（2023年度）"],
        &["项目名称", name, "", "实施单位", unit],
        &["项目资金（万元）", "资金总额：", "120", "年度资金总额：", "50"],
        &["", "其中：财政拨款", "100", "其中：财政拨款", "40"],
        &["", "其他资金", "20", "其他资金", "10"],
        &["总体目标", "中期目标", "", "年度目标"],
        &["", "三年养护150公里", "", "养护50公里"],
        &["一级指标", "二级指标", "三级指标", "指标值", "权重", "评分细则", "指标解释"],
        &["产出指标", "数量指标", "里程", target, "60", "按比例计分", "养护的里程"],
        &["满意度指标", "服务对象满意度指标", "满意度", "≥90%", "30", "", ""],
    ])
}

async fn unit(app: &App, client: &Client) {
    let path = format!("/api/v1/organizations/{}", app.tree().await.unit);
    client.patch(&path, "*", &json!({"name": "市养护中心"})).await.status(200);
}

/// The only project of the year.
async fn project(client: &Client) -> Value {
    let projects = items(&client.get("/api/v1/projects?fiscal_year=2023").await.json(200));
    assert_eq!(projects.len(), 1, "{projects:#?}");
    projects[0].clone()
}

async fn of_project(client: &Client, project: &Value, list: &str) -> Vec<Value> {
    items(&client.get(&format!("/api/v1/projects/{}/{list}", id(project))).await.json(200))
}

async fn a_form_of_goals_makes_its_project_without_an_assessment(app: App) {
    let client = uploader(&app);
    unit(&app, &client).await;
    let (import, report) = check(&client, PARAMETERS, goals("道路养护", "市养护中心", "≥50公里")).await;
    assert_eq!(counts(&import), [1, 0, 0, 0], "{report:#?}");
    assert!(report[0].get("computed_total").is_none(), "nothing is scored: {report:#?}");
    commit(&client, &import).await.status(200);
    let made = project(&client).await;
    assert_eq!((&made["overall_goal"], &made["annual_goal"]), (&json!("三年养护150公里"), &json!("养护50公里")));
    let money = of_project(&client, &made, "budget-lines").await;
    let amounts: Vec<[&Value; 3]> = money
        .iter()
        .map(|line| [&line["initial_amount"], &line["adjusted_amount"], &line["executed_amount"]])
        .collect();
    assert_eq!(json!(amounts), json!([["400000.00", "400000.00", "0.00"], ["100000.00", "100000.00", "0.00"]]));
    let rows = of_project(&client, &made, "indicators").await;
    assert_eq!(rows.len(), 2);
    assert_eq!(
        [&rows[0]["target_text"], &rows[0]["weight"], &rows[0]["scoring_standard"], &rows[0]["explanation"]],
        [&json!("≥50公里"), &json!("60.00"), &json!("按比例计分"), &json!("养护的里程")]
    );
    assert_eq!(items(&client.get("/api/v1/self-assessments").await.json(200)).len(), 0);
    // The same again changes nothing; a changed target is one change, and is undone.
    let (again, _) = check(&client, PARAMETERS, goals("道路养护", "市养护中心", " ≥50公里")).await;
    assert_eq!(counts(&again), [0, 0, 1, 0]);
    let (changed, _) = check(&client, PARAMETERS, goals("道路养护", "市养护中心", "≥60公里")).await;
    assert_eq!(counts(&changed), [0, 1, 0, 0]);
    commit(&client, &changed).await.status(200);
    assert_eq!(of_project(&client, &made, "indicators").await[0]["target_text"], "≥60公里");
    revert(&client, &changed).await.status(200);
    assert_eq!(of_project(&client, &made, "indicators").await[0]["target_text"], "≥50公里");
}

async fn a_form_of_goals_leaves_what_was_spent_and_how_it_is_scored(app: App) {
    let client = uploader(&app);
    unit(&app, &client).await;
    let (import, _) = check(&client, PARAMETERS, goals("道路养护", "市养护中心", "≥50公里")).await;
    commit(&client, &import).await.status(200);
    let made = project(&client).await;
    let line = of_project(&client, &made, "budget-lines").await[0].clone();
    let path = format!("/api/v1/projects/{}", id(&made));
    let spent = json!({"adjusted_amount": "300000.00", "executed_amount": "250000.00"});
    client.patch(&format!("/api/v1/budget-lines/{}", id(&line)), "*", &spent).await.status(200);
    let execution =
        json!({"level1": "预算执行", "name": "预算执行率", "measure": "budget_execution", "weight": "10.00"});
    client.post(&format!("{path}/indicators"), &execution).await.status(201);
    let (import, report) = check(&client, PARAMETERS, goals("道路养护", "市养护中心", "≥55公里")).await;
    assert_eq!(counts(&import), [0, 1, 0, 0], "{report:#?}");
    commit(&client, &import).await.status(200);
    let line = of_project(&client, &made, "budget-lines").await[0].clone();
    assert_eq!((&line["adjusted_amount"], &line["executed_amount"]), (&json!("300000.00"), &json!("250000.00")));
    let rows = of_project(&client, &made, "indicators").await;
    assert!(rows.iter().any(|row| row["measure"] == "budget_execution"), "{rows:#?}");
    assert_eq!(rows.len(), 3);
}

async fn each_kind_of_form_is_sent_to_its_own_kind_of_import(app: App) {
    let client = uploader(&app);
    unit(&app, &client).await;
    let file = goals("道路养护", "市养护中心", "≥50公里");
    let (import, report) = check(&client, "kind=self_assessment_forms&create_missing=true", file).await;
    assert_eq!((counts(&import), &report[0]["errors"][0]["code"]), ([0, 0, 0, 1], &json!("goal_form")));
    assert!(text(&report[0]["errors"][0], "detail").contains("goal_forms"), "{report:#?}");
    let (import, report) = check(&client, PARAMETERS, form("sound.xlsx")).await;
    assert_eq!((counts(&import), &report[0]["errors"][0]["code"]), ([0, 0, 0, 1], &json!("not_a_goal_form")));
    // Without the right to write projects no goals go in.
    let reader = app.client("410100", "imports:write assessments:write");
    upload(&reader, "kind=goal_forms", goals("道路养护", "市养护中心", "≥50公里")).await.problem(403, "scope_missing");
}

async fn the_template_of_goals_comes_back_unchanged(app: App) {
    app.sound().await;
    let client = uploader(&app);
    let file = client.get("/api/v1/import-templates/goal_forms?fiscal_year=2021").await.status(200).body;
    let (import, report) = check(&client, "kind=goal_forms", file).await;
    assert_eq!(counts(&import), [0, 0, 1, 0], "{report:#?}");
    let empty = client.get("/api/v1/import-templates/goal_forms").await.status(200).body;
    let (import, report) = check(&client, "kind=goal_forms&fiscal_year=2021", empty).await;
    assert_eq!((counts(&import), &report[0]["errors"][0]["code"]), ([0, 0, 0, 1], &json!("project_name_missing")));
    client.get("/api/v1/import-templates/goal_forms?format=csv").await.problem(400, "bad_query");
}
