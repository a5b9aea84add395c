//! Templates: filled with what is registered, they come back unchanged.

use super::files::{check, counts, upload, uploader};
use crate::support::build::items;
use crate::support::build::{budget_line, indicator, made};
use crate::support::{App, cases};

cases![
    every_template_comes_back_unchanged,
    an_empty_template_has_its_headings_and_no_rows,
    a_template_is_filled_with_a_part_of_the_tree,
    the_template_of_the_form_is_read_as_a_form,
    what_a_template_is_filled_with_needs_the_right_to_read_it,
    a_table_as_csv_has_no_formulas_and_comes_back_as_it_was,
];

const TABLES: [&str; 5] = ["organizations", "projects", "budget_lines", "indicators", "results"];

async fn every_template_comes_back_unchanged(app: App) {
    app.sound().await;
    app.sound_of_code("P2").await;
    let client = uploader(&app);
    for kind in TABLES {
        for format in ["xlsx", "csv"] {
            for language in ["zh-CN", "en"] {
                let path = format!("/api/v1/import-templates/{kind}?fiscal_year=2021&format={format}");
                let file = client.get(&path).header("Accept-Language", language).await.status(200).body;
                if kind == "results" {
                    // The template of results has the result's own columns only.
                    let (import, rows) = check(&client, "kind=results", file).await;
                    assert_eq!(counts(&import), [0, 0, 10, 0], "{kind} {format} {language} {rows:#?}");
                    continue;
                }
                let (import, rows) = check(&client, &format!("kind={kind}"), file).await;
                let [created, updated, unchanged, rejected] = counts(&import);
                assert!(unchanged >= 2, "{kind} {format}: {import:#}");
                assert_eq!((created, updated, rejected), (0, 0, 0), "{kind} {format} {language}: {rows:#?}");
            }
        }
    }
    let path = "/api/v1/import-templates/self_assessment_forms?fiscal_year=2021";
    let file = client.get(path).await.status(200).body;
    let (first, rows) = check(&client, "kind=self_assessment_forms", file).await;
    assert_eq!(counts(&first), [0, 0, 2, 0], "{rows:#?}");
    // A project in which nothing is reported yet: its form opens no draft.
    let bare = app.project_of_code("P3").await;
    let (lines, indicators) =
        (format!("/api/v1/projects/{bare}/budget-lines"), format!("/api/v1/projects/{bare}/indicators"));
    made(&app.unit(), &lines, &budget_line()).await;
    made(&app.unit(), &indicators, &indicator()).await;
    let file = client.get(path).await.status(200).body;
    let (again, rows) = check(&client, "kind=self_assessment_forms&mode=valid_rows", file).await;
    assert_eq!(counts(&again), [0, 0, 3, 0], "{rows:#?}");
}

async fn an_empty_template_has_its_headings_and_no_rows(app: App) {
    app.tree().await;
    let client = uploader(&app);
    for kind in TABLES {
        for format in ["xlsx", "csv"] {
            let reply = client.get(&format!("/api/v1/import-templates/{kind}?format={format}")).await.status(200);
            let name = reply.required("content-disposition").to_owned();
            assert!(name.contains(&format!("{kind}.{format}")), "{name}");
            upload(&client, &format!("kind={kind}"), reply.body).await.problem(422, "empty_content");
        }
    }
    client.get("/api/v1/import-templates/nothing").await.problem(404, "not_found");
    let wrong = "/api/v1/import-templates/self_assessment_forms?format=csv";
    client.get(wrong).await.fields(400, "bad_query");
}

async fn a_template_is_filled_with_a_part_of_the_tree(app: App) {
    app.sound().await;
    let client = uploader(&app);
    let lines = async |parameters: &str| {
        let path = format!("/api/v1/import-templates/indicators?format=csv&{parameters}");
        String::from_utf8(client.get(&path).await.status(200).body).expect("UTF-8").lines().count()
    };
    assert_eq!(lines("fiscal_year=2021&organization=410100-06-01").await, 6);
    assert_eq!(lines("fiscal_year=2020&organization=410100-06-01").await, 1);
    let elsewhere = "/api/v1/import-templates/indicators?fiscal_year=2021&organization=420100";
    client.get(elsewhere).await.fields(400, "bad_query");
    client.get("/api/v1/import-templates/indicators?organization=410100").await.fields(400, "bad_query");
}

async fn the_template_of_the_form_is_read_as_a_form(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let empty = client.get("/api/v1/import-templates/self_assessment_forms").await.status(200).body;
    let (import, rows) = check(&client, "kind=self_assessment_forms", empty).await;
    assert_eq!(counts(&import), [0, 0, 0, 1], "an empty form says what is missing: {rows:#?}");
    let codes: Vec<&str> =
        rows[0]["errors"].as_array().expect("errors").iter().filter_map(|one| one["code"].as_str()).collect();
    assert!(codes.contains(&"project_name_missing"), "{codes:?}");
    assert_eq!(items(&client.get("/api/v1/projects").await.json(200)).len(), 0);
}

async fn what_a_template_is_filled_with_needs_the_right_to_read_it(app: App) {
    app.sound().await;
    let client = app.client("410100", "imports:write");
    client.get("/api/v1/import-templates/indicators").await.status(200);
    client.get("/api/v1/import-templates/indicators?fiscal_year=2021").await.problem(403, "scope_missing");
}

async fn a_table_as_csv_has_no_formulas_and_comes_back_as_it_was(app: App) {
    let tree = app.tree().await;
    let client = uploader(&app);
    let path = format!("/api/v1/organizations/{}", tree.unit);
    for name in ["=HYPERLINK(\"http://x\")", "'=1+1", "－2", "@甲"] {
        client.patch(&path, "*", &serde_json::json!({"name": name})).await.status(200);
        let file =
            client.get("/api/v1/import-templates/organizations?format=csv&fiscal_year=2021").await.status(200).body;
        let text = String::from_utf8_lossy(&file).into_owned();
        assert!(text.contains(&format!("'{}", name.replace('"', "\"\""))), "{text}");
        let (import, rows) = check(&client, "kind=organizations", file).await;
        let [created, updated, unchanged, rejected] = counts(&import);
        assert!(unchanged > 0 && (created, updated, rejected) == (0, 0, 0), "{name}: {rows:#?}");
    }
}
