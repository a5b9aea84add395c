//! Score previews: the engine on a posted assessment; nothing of it is stored.

use serde_json::{Value, json};

use crate::support::build::{items, text};
use crate::support::{App, With, cases};

cases![
    a_preview_says_what_a_stored_assessment_would,
    each_row_of_the_rule_gives_its_points,
    a_profile_decides,
    the_errors_of_all_rows_come_at_once,
    an_empty_assessment_is_scored_as_well,
    extreme_figures_are_refused_or_scored_and_never_fatal,
];

const PATH: &str = "/api/v1/score-previews";

/// The sound project as one body.
fn whole() -> Value {
    let rows: Vec<Value> = crate::support::build::sound_rows()
        .into_iter()
        .map(|(mut indicator, result)| {
            for (field, value) in result.as_object().expect("an object") {
                indicator[field] = value.clone();
            }
            indicator
        })
        .collect();
    json!({"budget_lines": [crate::support::build::budget_line()], "indicators": rows})
}

async fn a_preview_says_what_a_stored_assessment_would(app: App) {
    let preview = app.unit().post(PATH, &whole()).await.json(200);
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let stored = app.unit().get(&path).await.json(200);
    for same in ["rule_profile", "computed", "attainable_total", "execution", "finding_counts"] {
        assert_eq!(preview[same], stored[same], "{same}");
    }
    let mut derivation = app.unit().get(&format!("{path}/derivation")).await.json(200);
    for row in derivation["rows"].as_array_mut().expect("rows") {
        row.as_object_mut().expect("an object").remove("indicator_id");
    }
    assert_eq!(preview["derivation"], derivation);
    app.unit().post(PATH, &whole()).in_english().await.status(200);
}

fn row(weight: &str, target: &str, actual: &str) -> Value {
    json!({"level1": "产出", "name": "一项", "weight": weight, "target_text": target, "actual_text": actual})
}

async fn each_row_of_the_rule_gives_its_points(app: App) {
    for (weight, target, actual, points, case) in [
        ("2", "≥5662人", "4044人", "1.43", "at_least.below_target"),
        ("10", "≤5300元/户", "5830元/户", "9.09", "at_most.above_target_ratio"),
        ("10", "≤100", "200", "5.00", "at_most.above_target_ratio"),
        ("1", "≥12次", "96次", "1.00", "at_least.met"),
        ("10", "0起", "0起", "10.00", "equal.met"),
        ("2", "≥100%", "97.30%", "1.95", "at_least.below_target"),
        ("5", "2023年12月", "2023年10月", "5.00", "deadline.met"),
        ("10", "5亿元", "6.47亿元", "10.00", "at_least.met"),
        ("10", "600万元", "5999999.00元", "10.00", "at_least.below_target"),
        ("8", "10-15天", "17天", "7.06", "between.above"),
        ("10", "≤202.6万元", "132.9", "10.00", "at_most.met"),
    ] {
        let body = json!({"indicators": [row(weight, target, actual)]});
        let preview = app.unit().post(PATH, &body).await.json(200);
        let derived = &preview["derivation"]["rows"][0];
        assert_eq!(derived["computed_score"], points, "{target} | {actual}: {derived:#}");
        assert_eq!(derived["case"], case, "{target} | {actual}: {derived:#}");
    }
}

async fn a_profile_decides(app: App) {
    let body = json!({"indicators": [row("10", "≤5300元/户", "5830元/户")]});
    let by = async |code: &str| {
        let body = body.clone().with("rule_profile", json!({"code": code}));
        app.unit().post(PATH, &body).await.json(200)["computed"]["total"].clone()
    };
    assert_eq!(by("mof-2020").await, "9.09");
    assert_eq!(by("linear-inverse").await, "9.00");
    let wrong = body.clone().with("rule_profile", json!({"code": "none"}));
    app.unit().post(PATH, &wrong).await.field("/rule_profile", "unknown_reference");
    let evaluation = body.clone().with("kind", "department_evaluation");
    let preview = app.unit().post(PATH, &evaluation).await.json(200);
    assert_eq!(preview["rule_profile"]["code"], "mof-2020-department");
    let line = json!({"funding_source": "other", "economic_category": "会议费", "initial_amount": "200.00",
                      "adjusted_amount": "100.00", "executed_amount": "100.00"});
    let funds = json!({"budget_lines": [line], "indicators": [
        {"level1": "预算执行", "name": "预算执行率", "measure": "budget_execution", "weight": "10"}]});
    let initial = funds.clone().with("rule_profile", json!({"code": "initial-budget"}));
    assert_eq!(app.unit().post(PATH, &funds).await.json(200)["computed"]["total"], "10.00");
    assert_eq!(app.unit().post(PATH, &initial).await.json(200)["computed"]["total"], "5.00");
}

async fn the_errors_of_all_rows_come_at_once(app: App) {
    let body = json!({"indicators": [
        row("10", "≥1", "1"),
        row("10", "很好", "好").with("measure", "number"),
        row("10", "≤1", "1").with("comparison", "at_least"),
    ]});
    let fields = app.unit().post(PATH, &body).await.fields(422, "invalid_fields");
    let expected = [
        ("/indicators/1/target_text", "target_not_understood"),
        ("/indicators/2/comparison", "target_contradicts_text"),
    ];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let body = json!({"indicators": [row("x", "≥1", "1")], "declared": {"total": 1}, "colour": "red"});
    let mut fields = app.unit().post(PATH, &body).await.fields(422, "invalid_fields");
    fields.sort();
    let pointers: Vec<&str> = fields.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/colour", "/declared/total", "/indicators/0/weight"]);
}

async fn an_empty_assessment_is_scored_as_well(app: App) {
    let preview = app.unit().post(PATH, &json!({})).await.json(200);
    assert_eq!(preview["computed"], json!({"total": "0.00", "grade": "poor"}));
    let codes: Vec<String> =
        preview["findings"].as_array().expect("findings").iter().map(|one| text(one, "code")).collect();
    assert!(
        codes.contains(&"weights_not_100".to_owned()) && codes.contains(&"execution_rate_undefined".to_owned()),
        "{codes:?}"
    );
    assert!(preview["execution"].get("rate").is_none());
    assert!(items(&app.unit().get("/api/v1/projects").await.json(200)).is_empty());
}

async fn extreme_figures_are_refused_or_scored_and_never_fatal(app: App) {
    let huge = "9".repeat(18);
    for (target, actual) in [
        (huge.clone(), huge.clone()),
        (format!("{huge}亿元"), "0.000000001元".to_owned()),
        ("0.000000001".to_owned(), huge.clone()),
        (format!("≤{huge}万"), format!("{huge}亿")),
        ("9".repeat(60), "9".repeat(60)),
        ("0.".to_owned() + &"0".repeat(60) + "1", "1".to_owned()),
        ("-5".to_owned(), "-5".to_owned()),
        ("≥0".to_owned(), "-1".to_owned()),
        ("9999年99月".to_owned(), "0000年00月".to_owned()),
        ("=".to_owned(), "≥≥≥".to_owned()),
        ("%".to_owned(), "万".to_owned()),
        ("长".repeat(20_000), "文".repeat(20_000)),
    ] {
        let reply = app.unit().post(PATH, &json!({"indicators": [row("10000", &target, &actual)]})).await;
        assert!(matches!(reply.status.as_u16(), 200 | 422), "{reply}");
    }
}
