//! Statistics: counted and summed as one does by hand, of the caller's subtree alone.

use serde_json::{Value, json};

use crate::support::build::{budget_line, items, made, organization, text};
use crate::support::client::{BUREAU, DEPARTMENT, UNIT};
use crate::support::{App, Sound, cases, snapshot};

cases![
    scores_are_counted_averaged_and_distributed,
    a_median_of_an_even_count_lies_between_the_two_in_the_middle,
    a_superseded_score_no_longer_counts,
    points_are_summed_by_level_1,
    the_furthest_deviations_are_listed,
    a_rate_is_the_quotient_of_the_sums,
    execution_is_grouped_by_what_is_asked,
    statistics_are_of_the_subtree_of_the_caller,
    what_is_kept_is_what_a_count_of_all_rows_gives,
    sums_follow_what_moves_and_what_becomes_another_kind,
    the_command_finds_and_mends_a_sum_that_is_not_that_of_the_rows,
];

/// Publishes a sound project whose second indicator reached so many of 100, weight 20.
async fn published(app: &App, code: &str, reached: u32) -> Sound {
    let sound = app.sound_of_code(code).await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let detail = app.unit().get(&path).await.json(200);
    let mut results = Vec::new();
    for one in detail["results"].as_array().unwrap() {
        let mut result = json!({});
        for field in ["indicator_id", "actual_text", "achievement", "declared_score", "deviation_reason"] {
            if !one[field].is_null() {
                result[field] = one[field].clone();
            }
        }
        results.push(result);
    }
    results[1]["actual_text"] = format!("{reached}人").into();
    results[1]["declared_score"] = "18".into();
    app.unit().put(&format!("{path}/results"), "*", &json!(results)).await.status(200);
    app.unit().patch(&path, "*", &json!({"declared": {"total": "97"}})).await.status(200);
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    sound
}

async fn scores(app: &App, query: &str) -> Value {
    app.bureau().get(&format!("/api/v1/statistics/scores?{query}")).await.json(200)
}

async fn scores_are_counted_averaged_and_distributed(app: App) {
    // 10 + 20 × reached + 30 + 29 + 10: 97, 87 and 84.
    for (code, reached) in [("A", 90), ("B", 40), ("C", 25)] {
        published(&app, code, reached).await;
    }
    let found = scores(&app, "").await;
    snapshot!(found["items"], {}, @r#"
    [
      {
        "adjusted_amount": "3000000.00",
        "computed_mean": "89.33",
        "count": 3,
        "declared_mean": "97.00",
        "distribution": {
          "excellent": 1,
          "fair": 0,
          "good": 2,
          "poor": 0
        },
        "executed_amount": "3000000.00",
        "execution_rate": "1.000000",
        "group": "2021",
        "maximum": "97.00",
        "mean": "89.33",
        "median": "87.00",
        "minimum": "84.00",
        "reached_rate": "0.893333"
      }
    ]
    "#);
    let by_grade = items(&scores(&app, "group_by=grade").await);
    let groups: Vec<(String, i64)> =
        by_grade.iter().map(|one| (text(one, "group"), one["count"].as_i64().unwrap())).collect();
    assert_eq!(groups, [("excellent".to_owned(), 1), ("good".to_owned(), 2)]);
    let by_kind = items(&scores(&app, "group_by=organization_kind").await);
    assert_eq!((text(&by_kind[0], "group"), &by_kind[0]["count"]), ("unit".to_owned(), &json!(3)));
    let by_unit = items(&scores(&app, "group_by=organization&fiscal_year=2021").await);
    assert_eq!(text(&by_unit[0], "group"), UNIT);
    assert_eq!(items(&scores(&app, "fiscal_year=2022").await), Vec::<Value>::new());
    assert_eq!(items(&scores(&app, "kind=department_evaluation").await), Vec::<Value>::new());
    app.bureau().get("/api/v1/statistics/scores?group_by=colour").await.problem(400, "bad_query");
}

async fn a_median_of_an_even_count_lies_between_the_two_in_the_middle(app: App) {
    for (code, reached) in [("A", 90), ("B", 40), ("C", 25), ("D", 75)] {
        published(&app, code, reached).await;
    }
    // 97, 94, 87, 84.
    let found = items(&scores(&app, "").await).remove(0);
    assert_eq!((text(&found, "median"), text(&found, "mean")), ("90.50".to_owned(), "90.50".to_owned()));
}

async fn a_superseded_score_no_longer_counts(app: App) {
    let sound = published(&app, "A", 90).await;
    let first = items(&app.bureau().get("/api/v1/scores").await.json(200)).remove(0);
    app.take(&sound.assessment, &["reopen", "submit", "review", "approve", "publish"]).await;
    let found = items(&scores(&app, "").await).remove(0);
    assert_eq!(found["count"], 1);
    let then = items(&scores(&app, &format!("as_of={}", text(&first, "published_at"))).await);
    assert_eq!(then[0]["count"], 1);
    assert_eq!(items(&scores(&app, "as_of=2020-01-01T00:00:00Z").await), Vec::<Value>::new());
}

async fn points_are_summed_by_level_1(app: App) {
    published(&app, "A", 90).await;
    published(&app, "B", 40).await;
    let found = items(&scores(&app, "group_by=level1").await);
    let output = found.iter().find(|one| one["group"] == "产出").expect("产出");
    // 18 + 30 and 8 + 30, of 50 each.
    assert_eq!((text(output, "mean"), text(output, "minimum")), ("43.00".to_owned(), "38.00".to_owned()));
    assert_eq!((text(output, "reached_rate"), output["count"].clone()), ("0.860000".to_owned(), json!(2)));
    assert_eq!(found.len(), 4);
}

async fn the_furthest_deviations_are_listed(app: App) {
    published(&app, "A", 90).await;
    published(&app, "B", 25).await;
    published(&app, "C", 40).await;
    let found = scores(&app, "").await["top_deviations"].as_array().unwrap().clone();
    let listed: Vec<(String, String)> =
        found.iter().map(|one| (text(one, "project_code"), text(one, "deviation"))).collect();
    let expected = [("B", "13.00"), ("C", "10.00")];
    assert_eq!(listed, expected.map(|(code, by)| (code.to_owned(), by.to_owned())));
}

async fn a_rate_is_the_quotient_of_the_sums(app: App) {
    let project = app.project().await;
    let path = format!("/api/v1/projects/{project}/budget-lines");
    for (category, adjusted, executed) in [("会议费", "100.00", "100.00"), ("培训费", "900.00", "0.00")] {
        let line = json!({"funding_source": "other", "economic_category": category, "initial_amount": "0",
                          "adjusted_amount": adjusted, "executed_amount": executed});
        made(&app.unit(), &path, &line).await;
    }
    let found = items(&app.unit().get("/api/v1/statistics/execution").await.json(200));
    snapshot!(found, {}, @r#"
    [
      {
        "adjusted_amount": "1000.00",
        "executed_amount": "100.00",
        "execution_rate": "0.100000",
        "group": "2021",
        "initial_amount": "0.00",
        "projects": 1
      }
    ]
    "#);
}

async fn execution_is_grouped_by_what_is_asked(app: App) {
    app.sound_of_code("A").await;
    app.sound_of_code("B").await;
    for (by, expected) in [
        ("economic_category", "培训费"),
        ("funding_source", "current_appropriation"),
        ("organization", UNIT),
        ("organization_kind", "unit"),
        ("fiscal_year", "2021"),
    ] {
        let path = format!("/api/v1/statistics/execution?group_by={by}");
        let found = app.bureau().get(&path).await.json(200);
        assert_eq!(found["group_by"], by);
        let group = items(&found).remove(0);
        assert_eq!(
            (text(&group, "group"), text(&group, "adjusted_amount")),
            (expected.to_owned(), "2000000.00".to_owned())
        );
        assert_eq!(group["projects"], 2);
    }
}

async fn statistics_are_of_the_subtree_of_the_caller(app: App) {
    published(&app, "A", 90).await;
    let tree = app.tree().await;
    made(&app.bureau(), "/api/v1/organizations", &organization("410100-06-02", "unit", &tree.department)).await;
    let count = async |organization: &str, query: &str| -> usize {
        let client = app.client(organization, "scores:read projects:read");
        let scores = items(&client.get(&format!("/api/v1/statistics/scores?{query}")).await.json(200)).len();
        let lines = items(&client.get(&format!("/api/v1/statistics/execution?{query}")).await.json(200)).len();
        assert_eq!(scores, lines, "{organization} {query}");
        scores
    };
    for (organization, query, expected) in [
        (BUREAU, "", 1),
        (DEPARTMENT, "", 1),
        (UNIT, "", 1),
        ("410100-06-02", "", 0),
        ("420100", "", 0),
        (BUREAU, "subtree_of=410100-06-01", 1),
        (BUREAU, "subtree_of=410100-06-02", 0),
        // A filter widens nothing.
        ("410100-06-02", "subtree_of=410100", 0),
    ] {
        assert_eq!(count(organization, query).await, expected, "{organization} {query}");
    }
}

const SCORE_GROUPINGS: [&str; 5] = ["fiscal_year", "organization_kind", "organization", "grade", "level1"];

/// Compares what is kept with what an `as_of` later than all counts from the rows, for each role, grouping and filter.
async fn compare(app: &App) {
    for client in [app.bureau(), app.department(), app.unit()] {
        for grouping in SCORE_GROUPINGS {
            for filter in ["", "&fiscal_year=2021", &format!("&subtree_of={DEPARTMENT}"), "&kind=unit_self_assessment"]
            {
                let path = format!("/api/v1/statistics/scores?group_by={grouping}{filter}");
                let kept = client.get(&path).await.json(200);
                let counted = client.get(&format!("{path}&as_of=2100-01-01T00:00:00Z")).await.json(200);
                assert_eq!(kept, counted, "{path}");
            }
        }
    }
    let differing = crate::databases::open(app).differing_sums().unwrap();
    assert!(differing.iter().all(|(_, count)| *count == 0), "{differing:?}");
}

async fn what_is_kept_is_what_a_count_of_all_rows_gives(app: App) {
    compare(&app).await;
    for (code, reached) in [("A", 90), ("B", 40), ("C", 25), ("D", 41), ("E", 41)] {
        published(&app, code, reached).await;
        compare(&app).await;
    }
    let again = published(&app, "F", 1).await;
    app.take(&again.assessment, &["reopen", "submit", "review", "approve", "publish"]).await;
    compare(&app).await;
}

async fn sums_follow_what_moves_and_what_becomes_another_kind(app: App) {
    let tree = app.tree().await;
    published(&app, "A", 90).await;
    let bureau = app.bureau();
    let other = made(&bureau, "/api/v1/organizations", &organization("410100-07", "department", &tree.division)).await;
    let execution = async |client: &crate::support::client::Client, grouping: &str| {
        let found = client.get(&format!("/api/v1/statistics/execution?group_by={grouping}")).await.json(200);
        items(&found)
            .iter()
            .map(|one| format!("{} {}", text(one, "group"), text(one, "executed_amount")))
            .collect::<Vec<_>>()
    };
    let project = app.project_of_code("B").await;
    let line = made(&app.unit(), &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
    assert_eq!(execution(&bureau, "fiscal_year").await, ["2021 2000000.00"]);
    let (project, line) = (format!("/api/v1/projects/{project}"), format!("/api/v1/budget-lines/{line}"));
    bureau.patch(&line, "*", &json!({"executed_amount": "250000.00", "funding_source": "other"})).await.status(200);
    assert_eq!(execution(&bureau, "funding_source").await, ["current_appropriation 1000000.00", "other 250000.00"]);
    bureau.patch(&project, "*", &json!({"fiscal_year": 2022})).await.status(200);
    assert_eq!(execution(&bureau, "fiscal_year").await, ["2021 1000000.00", "2022 250000.00"]);
    bureau.patch(&project, "*", &json!({"organization_id": other})).await.status(200);
    assert_eq!(execution(&app.department(), "fiscal_year").await, ["2021 1000000.00"]);
    assert_eq!(execution(&bureau, "organization_kind").await, ["department 250000.00", "unit 1000000.00"]);
    compare(&app).await;
    // The unit goes to the other department, which becomes a unit's equal, and the project goes.
    let unit = format!("/api/v1/organizations/{}", tree.unit);
    bureau.patch(&unit, "*", &json!({"parent_id": other})).await.status(200);
    assert_eq!(execution(&app.department(), "fiscal_year").await, Vec::<String>::new());
    compare(&app).await;
    bureau.patch(&unit, "*", &json!({"kind": "department"})).await.status(200);
    assert_eq!(execution(&bureau, "organization_kind").await, ["department 1250000.00"]);
    compare(&app).await;
    bureau.patch(&project, "*", &json!({"subject": "organization"})).await.status(200);
    assert_eq!(execution(&bureau, "fiscal_year").await, ["2021 1000000.00"]);
    bureau.delete(&line, "*").await.status(204);
    bureau.delete(&project, "*").await.status(204);
    compare(&app).await;
}

async fn the_command_finds_and_mends_a_sum_that_is_not_that_of_the_rows(app: App) {
    published(&app, "A", 90).await;
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jixiao"));
        let database = app.place.address.url();
        let output =
            command.args(["verify", "--statistics", "--database", &database]).args(arguments).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run(&[]), (true, SOUND.to_owned()));
    app.execute("UPDATE score_sums SET reached = reached + 1 WHERE organization_code = '' AND group_kind = 'all'");
    let (is_sound, said) = run(&[]);
    assert!(!is_sound && said.starts_with("score_sums: 2 rows differ"), "{said}");
    assert!(run(&["--mend"]).0);
    assert_eq!(run(&[]), (true, SOUND.to_owned()));
    compare(&app).await;
}

const SOUND: &str = "score_sums: as counted\nscore_counts: as counted\nrow_counts: as counted\nexecution_sums: as counted\n\
                     division_execution_sums: as counted\n";
