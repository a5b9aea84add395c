//! The sample project of 2021: a real report that contradicts itself, and what the service says of it.

use serde_json::{Value, json};

use crate::support::build::{items, text};
use crate::support::{App, Sample, cases};

cases![
    the_budget_adds_up_line_by_line,
    the_rule_gives_35_50_where_100_are_declared,
    the_execution_row_earns_6_50_of_10,
    each_contradiction_is_found_with_its_figures,
    each_row_has_the_findings_it_earns,
    the_submission_is_refused_with_every_error,
    the_texts_are_kept_as_written,
];

/// Rows without any result, by their place in the form.
const WITHOUT_ACTUAL: [usize; 15] = [3, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20];

async fn read(sample: &Sample, part: &str) -> Value {
    sample.client.get(&format!("/api/v1/self-assessments/{}{part}", sample.assessment)).await.json(200)
}

async fn findings(sample: &Sample) -> Vec<Value> {
    items(&read(sample, "/findings").await)
}

async fn the_budget_adds_up_line_by_line(app: App) {
    let sample = app.sample().await;
    let budget = sample.client.get(&format!("/api/v1/projects/{}/budget", sample.project)).await.json(200);
    for (field, expected) in [
        ("initial_amount", "2070000.00"),
        ("adjusted_amount", "2070000.00"),
        ("executed_amount", "1345343.00"),
        ("balance", "724657.00"),
        ("execution_rate", "0.649924"),
    ] {
        assert_eq!(budget[field], expected, "{field}");
    }
    let parts: Vec<(String, String)> = budget["by_economic_category"]
        .as_array()
        .expect("categories")
        .iter()
        .map(|part| (text(part, "economic_category"), text(part, "execution_rate")))
        .collect();
    let expected = [("会议费", "1.000000"), ("培训费", "0.502355"), ("维修(护)费", "0.740000")];
    assert_eq!(parts, expected.map(|(name, rate)| (name.to_owned(), rate.to_owned())));
}

async fn the_rule_gives_35_50_where_100_are_declared(app: App) {
    let sample = app.sample().await;
    let read = read(&sample, "").await;
    assert_eq!(read["kind"], "department_evaluation");
    assert_eq!(read["declared"]["total"], "100.00");
    assert_eq!(read["computed"], json!({"total": "35.50", "grade": "poor"}));
    assert_eq!(read["attainable_total"], "96.50");
    assert_eq!(read["finding_counts"], json!({"error": 19, "warning": 8, "info": 1}));
    assert_eq!(read["allowed_actions"], json!(["edit", "delete"]));
    assert_eq!(read["blocked_actions"], json!([{"action": "submit", "code": "findings_block_submission"}]));
    let points: Vec<(usize, String)> = read["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| text(result, "computed_score"))
        .enumerate()
        .filter(|(_, points)| points != "0.00")
        .collect();
    let expected = [(0, "5.00"), (1, "6.50"), (2, "3.00"), (4, "3.00"), (11, "10.00"), (14, "8.00")];
    assert_eq!(points, expected.map(|(row, points)| (row, points.to_owned())));
}

async fn the_execution_row_earns_6_50_of_10(app: App) {
    let sample = app.sample().await;
    let row = read(&sample, "/derivation").await["rows"][1].take();
    assert_eq!((&row["name"], &row["weight"]), (&json!("预算执行率"), &json!("10.00")));
    assert_eq!(row["formula"], "10 × 1345343.00 ÷ 2070000.00");
    assert_eq!(row["unrounded"], "6.4992415459");
    assert_eq!(row["computed_score"], "6.50");
    assert_eq!(row["inputs"]["executed_amount"], "1345343.00");
    assert_eq!(row["inputs"]["adjusted_amount"], "2070000.00");
}

#[track_caller]
fn one<'a>(findings: &'a [Value], code: &str) -> &'a Value {
    let found: Vec<&Value> = findings.iter().filter(|finding| finding["code"] == code).collect();
    assert_eq!(found.len(), 1, "{code}: {found:#?}");
    found[0]
}

async fn each_contradiction_is_found_with_its_figures(app: App) {
    let findings = findings(&app.sample().await).await;
    let evidence = |code: &str| &one(&findings, code)["evidence"];
    let attainable = evidence("declared_total_exceeds_attainable");
    assert_eq!((&attainable["declared_total"], &attainable["attainable_total"]), (&json!("100.00"), &json!("96.50")));
    assert_eq!(attainable["lost"][0]["name"], "预算执行率");
    assert_eq!(attainable["lost"][0]["points"], "3.50");
    assert_eq!(attainable["lost"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        one(&findings, "declared_total_exceeds_attainable")["message"],
        "自评总分100.00分高于可达到的最高分96.50分：预算执行率64.99%，失3.50分。"
    );
    let total = one(&findings, "declared_differs_from_computed");
    assert_eq!(total["pointer"], "/declared/total");
    assert_eq!(
        (&total["evidence"]["computed_score"], &total["evidence"]["difference"]),
        (&json!("35.50"), &json!("64.50"))
    );
    let balance = evidence("large_unspent_balance");
    assert_eq!((&balance["balance"], &balance["unspent_share"]), (&json!("724657.00"), &json!("0.350076")));
    let outruns = evidence("performance_outruns_spending");
    assert_eq!((&outruns["total"], &outruns["execution_rate"]), (&json!("100.00"), &json!("0.649924")));
    let over = one(&findings, "over_achievement");
    assert_eq!(over["pointer"], "/results/11/actual_text");
    // 1200 ÷ 343 = 3.498…
    assert_eq!(over["evidence"]["ratio"], "3.50");
    let unit = evidence("unit_mismatch");
    assert_eq!((&unit["target"], &unit["actual"]), (&json!("343人次"), &json!("约1200名")));
    assert_eq!(one(&findings, "unit_mismatch")["pointer"], "/results/11/actual_text");
    assert_eq!(evidence("approximate_actual")["actual_text"], "1200余名");
    assert_eq!(evidence("grade_differs")["grade_text"], "优秀");
    assert_eq!(one(&findings, "identical_goals")["severity"], "info");
}

async fn each_row_has_the_findings_it_earns(app: App) {
    let findings = findings(&app.sample().await).await;
    let pointers = |code: &str| -> Vec<String> {
        findings.iter().filter(|one| one["code"] == code).map(|one| text(one, "pointer")).collect()
    };
    assert_eq!(pointers("actual_missing"), WITHOUT_ACTUAL.map(|row| format!("/results/{row}/actual_text")));
    assert_eq!(pointers("target_missing"), [12, 16, 19].map(|row| format!("/results/{row}/target_text")));
    // What is missing is said once: its reason is not asked for as well.
    assert_eq!(pointers("reason_missing"), ["/results/1/deviation_reason"]);
    assert_eq!(findings.len(), 28, "and nothing else");
}

async fn the_submission_is_refused_with_every_error(app: App) {
    let sample = app.sample().await;
    let problem = sample.client.step(&sample.assessment, "submit").await.problem(422, "findings_block_submission");
    let errors: Vec<Value> =
        findings(&sample).await.into_iter().filter(|finding| finding["severity"] == "error").collect();
    assert_eq!(problem["findings"], json!(errors));
    assert_eq!(errors.len(), 19);
}

async fn the_texts_are_kept_as_written(app: App) {
    let sample = app.sample().await;
    let row = read(&sample, "").await["results"][11].take();
    assert_eq!(row["target_text"], "343人次");
    assert_eq!(row["actual_text"], "1200余名");
    assert_eq!(row["actual"], json!({"value": "1200", "unit": "名", "is_approximate": true}));
    let project = sample.client.get(&format!("/api/v1/projects/{}", sample.project)).await.json(200);
    assert_eq!(project["basis_documents"].as_array().map(Vec::len), Some(6));
    assert_eq!(project["implementation_plan"][1], json!({"months": "2-3", "work": "企业家培训、政策宣讲"}));
}
