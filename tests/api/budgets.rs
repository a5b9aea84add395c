//! Budget lines: amounts, their sums and rates, and the limits of both.

use serde_json::{Value, json};

use crate::support::build::{budget_line, id, items, made, text};
use crate::support::{App, With, cases, snapshot};

cases![
    a_new_line_comes_back_with_two_decimals,
    amounts_are_strings_with_at_most_two_decimals,
    a_source_and_category_stand_once_in_a_project,
    full_width_and_half_width_brackets_are_one_category,
    the_summary_adds_up_by_category_and_by_source,
    nothing_budgeted_has_no_rate,
    spending_beyond_the_budget_is_taken_and_shown,
    a_line_is_a_change_of_its_project,
    a_patch_of_one_amount_leaves_the_others,
    a_deleted_line_leaves_the_sum,
    lines_of_another_division_are_absent,
    filters_narrow_the_list,
    the_largest_amount_is_kept_to_the_fen,
];

async fn lines(app: &App) -> String {
    format!("/api/v1/projects/{}/budget-lines", app.project().await)
}

fn line(source: &str, category: &str, adjusted: &str, executed: &str) -> Value {
    json!({"funding_source": source, "economic_category": category,
           "initial_amount": adjusted, "adjusted_amount": adjusted, "executed_amount": executed})
}

async fn a_new_line_comes_back_with_two_decimals(app: App) {
    let path = lines(&app).await;
    let new = budget_line().with("initial_amount", "270000").with("adjusted_amount", "0270000.5");
    let reply = app.unit().post(&path, &new).await.status(201);
    let location = reply.required("location");
    let made = reply.json(201);
    assert_eq!(location, format!("/api/v1/budget-lines/{}", id(&made)));
    assert_eq!(app.unit().get(&location).await.json(200), made);
    snapshot!(made, {".id" => "[id]", ".project_id" => "[id]", ".created_at" => "[instant]", ".updated_at" => "[instant]"}, @r#"
    {
      "adjusted_amount": "270000.50",
      "created_at": "[instant]",
      "economic_category": "培训费",
      "executed_amount": "1000000.00",
      "fiscal_year": 2021,
      "funding_source": "current_appropriation",
      "id": "[id]",
      "initial_amount": "270000.00",
      "project_id": "[id]",
      "updated_at": "[instant]",
      "version": 1
    }
    "#);
}

async fn amounts_are_strings_with_at_most_two_decimals(app: App) {
    let path = lines(&app).await;
    for (amount, code) in [
        (json!("1.005"), "too_many_decimals"),
        (json!(270000), "not_a_decimal"),
        (json!(0.5), "not_a_decimal"),
        (json!("-1"), "out_of_range"),
        (json!("1e3"), "not_a_decimal"),
        (json!("1,000"), "not_a_decimal"),
        (json!(""), "not_a_decimal"),
        (json!("１"), "not_a_decimal"),
        (json!("10000000000000.01"), "out_of_range"),
        (json!("99999999999999999999999999999999"), "out_of_range"),
        (json!(null), "not_a_decimal"),
    ] {
        let new = budget_line().with("executed_amount", amount.clone());
        let fields = app.unit().post(&path, &new).await.fields(422, "invalid_fields");
        assert_eq!(fields, [("/executed_amount".to_owned(), code.to_owned())], "{amount}");
    }
    let zeros = budget_line().with("executed_amount", "1.5000");
    assert_eq!(app.unit().post(&path, &zeros).await.json(201)["executed_amount"], "1.50");
}

async fn a_source_and_category_stand_once_in_a_project(app: App) {
    let path = lines(&app).await;
    made(&app.unit(), &path, &budget_line()).await;
    let fields = app.unit().post(&path, &budget_line()).await.fields(409, "taken");
    assert_eq!(fields, [("/economic_category".to_owned(), "taken".to_owned())]);
    let other = made(&app.unit(), &path, &budget_line().with("funding_source", "carryover")).await;
    let patch = json!({"funding_source": "current_appropriation"});
    app.unit().patch(&format!("/api/v1/budget-lines/{other}"), "*", &patch).await.problem(409, "taken");
}

async fn full_width_and_half_width_brackets_are_one_category(app: App) {
    let path = lines(&app).await;
    let made = app.unit().post(&path, &line("other", "维修（护）费", "1", "1")).await.json(201);
    assert_eq!(made["economic_category"], "维修(护)费");
    app.unit().post(&path, &line("other", "维修(护)费", "1", "1")).await.problem(409, "taken");
}

async fn the_summary_adds_up_by_category_and_by_source(app: App) {
    let path = lines(&app).await;
    for new in [
        line("current_appropriation", "会议费", "270000.00", "270000.00"),
        line("current_appropriation", "培训费", "1000000.00", "500000.00"),
        line("carryover", "培训费", "80000.00", "42543.00"),
        line("other", "维修（护）费", "720000.00", "532800.00"),
    ] {
        made(&app.unit(), &path, &new).await;
    }
    let reply = app.unit().get(&path.replace("budget-lines", "budget")).await.status(200);
    let summary = reply.json(200);
    snapshot!(summary, {}, @r#"
    {
      "adjusted_amount": "2070000.00",
      "balance": "724657.00",
      "by_economic_category": [
        {
          "adjusted_amount": "270000.00",
          "economic_category": "会议费",
          "executed_amount": "270000.00",
          "execution_rate": "1.000000",
          "initial_amount": "270000.00"
        },
        {
          "adjusted_amount": "1080000.00",
          "economic_category": "培训费",
          "executed_amount": "542543.00",
          "execution_rate": "0.502355",
          "initial_amount": "1080000.00"
        },
        {
          "adjusted_amount": "720000.00",
          "economic_category": "维修(护)费",
          "executed_amount": "532800.00",
          "execution_rate": "0.740000",
          "initial_amount": "720000.00"
        }
      ],
      "by_funding_source": [
        {
          "adjusted_amount": "1270000.00",
          "executed_amount": "770000.00",
          "execution_rate": "0.606299",
          "funding_source": "current_appropriation",
          "initial_amount": "1270000.00"
        },
        {
          "adjusted_amount": "80000.00",
          "executed_amount": "42543.00",
          "execution_rate": "0.531788",
          "funding_source": "carryover",
          "initial_amount": "80000.00"
        },
        {
          "adjusted_amount": "720000.00",
          "executed_amount": "532800.00",
          "execution_rate": "0.740000",
          "funding_source": "other",
          "initial_amount": "720000.00"
        }
      ],
      "executed_amount": "1345343.00",
      "execution_rate": "0.649924",
      "initial_amount": "2070000.00"
    }
    "#);
}

async fn nothing_budgeted_has_no_rate(app: App) {
    let path = lines(&app).await;
    let summary = path.replace("budget-lines", "budget");
    let empty = app.unit().get(&summary).await.json(200);
    assert_eq!(empty["adjusted_amount"], "0.00");
    assert_eq!(empty["balance"], "0.00");
    assert!(empty.get("execution_rate").is_none(), "{empty:#}");
    made(&app.unit(), &path, &line("other", "会议费", "0", "0")).await;
    let zero = app.unit().get(&summary).await.json(200);
    assert!(zero["by_economic_category"][0].get("execution_rate").is_none(), "{zero:#}");
}

async fn spending_beyond_the_budget_is_taken_and_shown(app: App) {
    let path = lines(&app).await;
    made(&app.unit(), &path, &line("other", "会议费", "50.00", "52.00")).await;
    let summary = app.unit().get(&path.replace("budget-lines", "budget")).await.json(200);
    assert_eq!(summary["balance"], "-2.00");
    assert_eq!(summary["execution_rate"], "1.040000");
}

async fn a_line_is_a_change_of_its_project(app: App) {
    let path = lines(&app).await;
    let project = path.replace("/budget-lines", "");
    let version = async || app.unit().get(&project).await.json(200)["version"].as_i64();
    assert_eq!(version().await, Some(1));
    let line = made(&app.unit(), &path, &budget_line()).await;
    assert_eq!(version().await, Some(2));
    let line = format!("/api/v1/budget-lines/{line}");
    app.unit().patch(&line, "\"1\"", &json!({"executed_amount": "1"})).await.status(200);
    assert_eq!(version().await, Some(3));
    app.unit().patch(&line, "\"1\"", &json!({"executed_amount": "2"})).await.problem(412, "stale");
    assert_eq!(version().await, Some(3), "a refused change is none");
    app.unit().delete(&line, "\"2\"").await.status(204);
    assert_eq!(version().await, Some(4));
}

async fn a_patch_of_one_amount_leaves_the_others(app: App) {
    let path = lines(&app).await;
    let line = made(&app.unit(), &path, &line("carryover", "会议费", "123.45", "100.01")).await;
    let patch = json!({"executed_amount": "99.99"});
    let after = app.unit().patch(&format!("/api/v1/budget-lines/{line}"), "\"1\"", &patch).await.json(200);
    assert_eq!(
        (text(&after, "initial_amount"), text(&after, "adjusted_amount"), text(&after, "executed_amount")),
        ("123.45".to_owned(), "123.45".to_owned(), "99.99".to_owned())
    );
    assert_eq!(after["funding_source"], "carryover");
    assert_eq!(after["version"], 2);
}

async fn a_deleted_line_leaves_the_sum(app: App) {
    let path = lines(&app).await;
    let first = made(&app.unit(), &path, &line("other", "会议费", "10", "10")).await;
    made(&app.unit(), &path, &line("other", "培训费", "30", "15")).await;
    app.unit().delete(&format!("/api/v1/budget-lines/{first}"), "*").await.status(204);
    let summary = app.unit().get(&path.replace("budget-lines", "budget")).await.json(200);
    assert_eq!(summary["execution_rate"], "0.500000");
    assert_eq!(summary["by_economic_category"].as_array().map(Vec::len), Some(1));
    app.unit().get(&format!("/api/v1/budget-lines/{first}")).await.problem(404, "not_found");
}

async fn lines_of_another_division_are_absent(app: App) {
    let path = lines(&app).await;
    let line = format!("/api/v1/budget-lines/{}", made(&app.unit(), &path, &budget_line()).await);
    let stranger = app.stranger();
    stranger.get(&path).await.problem(404, "not_found");
    stranger.post(&path, &budget_line()).await.problem(404, "not_found");
    stranger.get(&path.replace("budget-lines", "budget")).await.problem(404, "not_found");
    stranger.get(&line).await.problem(404, "not_found");
    stranger.patch(&line, "*", &json!({"executed_amount": "1"})).await.problem(404, "not_found");
    stranger.delete(&line, "*").await.problem(404, "not_found");
    assert!(items(&stranger.get("/api/v1/budget-lines").await.json(200)).is_empty());
    assert_eq!(items(&app.department().get("/api/v1/budget-lines").await.json(200)).len(), 1);
}

async fn filters_narrow_the_list(app: App) {
    let path = lines(&app).await;
    for (source, category) in [("carryover", "会议费"), ("other", "会议费"), ("other", "维修（护）费")] {
        made(&app.unit(), &path, &line(source, category, "1", "1")).await;
    }
    let count = async |query: &str| items(&app.unit().get(&format!("{path}?{query}")).await.json(200)).len();
    assert_eq!(count("funding_source=other").await, 2);
    assert_eq!(count("funding_source=other&funding_source=carryover").await, 3);
    assert_eq!(count("economic_category=%E4%BC%9A%E8%AE%AE%E8%B4%B9").await, 2);
    let full_width = "economic_category=%E7%BB%B4%E4%BF%AE%EF%BC%88%E6%8A%A4%EF%BC%89%E8%B4%B9";
    assert_eq!(count(full_width).await, 1, "a filter is read as the category is");
    assert_eq!(count("fiscal_year=2021").await, 3);
    assert_eq!(count("fiscal_year=2020").await, 0);
    let other = app.project_of_code("B").await;
    assert!(items(&app.unit().get(&format!("/api/v1/projects/{other}/budget-lines")).await.json(200)).is_empty());
}

async fn the_largest_amount_is_kept_to_the_fen(app: App) {
    let path = lines(&app).await;
    for source in ["current_appropriation", "other"] {
        made(&app.unit(), &path, &line(source, "会议费", "10000000000000.00", "9999999999999.99")).await;
    }
    let summary = app.unit().get(&path.replace("budget-lines", "budget")).await.json(200);
    assert_eq!(summary["adjusted_amount"], "20000000000000.00");
    assert_eq!(summary["executed_amount"], "19999999999999.98");
    assert_eq!(summary["balance"], "0.02");
}
