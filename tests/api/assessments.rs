//! Self-assessments: drafts, results, what is computed on every read, and the list.

use serde_json::{Value, json};

use crate::support::build::{id, items, made, text};
use crate::support::{App, With, cases, snapshot};

cases![
    a_draft_is_scored_on_every_read,
    a_project_has_one_open_assessment,
    the_project_must_be_in_the_callers_subtree,
    the_profile_must_be_known_and_of_the_kind,
    the_kind_follows_from_the_profile,
    null_clears_what_is_declared,
    results_are_replaced_as_a_whole,
    results_name_indicators_of_the_project_once,
    a_draft_follows_the_figures_of_its_project,
    the_tag_changes_with_the_figures_of_the_project,
    a_draft_can_be_deleted,
    findings_and_derivation_speak_both_languages,
    a_draft_has_no_frozen_content,
    the_derivation_shows_each_formula_with_its_numbers,
    assessments_of_another_division_are_absent,
    filters_narrow_the_list,
    lists_leave_the_results_out,
];

const PATH: &str = "/api/v1/self-assessments";

async fn draft(app: &App) -> (String, String) {
    let sound = app.sound().await;
    (format!("{PATH}/{}", sound.assessment), sound.project)
}

async fn a_draft_is_scored_on_every_read(app: App) {
    let (path, _) = draft(&app).await;
    let read = app.unit().get(&path).await.json(200);
    let mut shown = read.clone();
    shown["results"] = json!([shown["results"][0], shown["results"][1]]);
    snapshot!(shown, {".id" => "[id]", ".project_id" => "[id]", ".created_at" => "[instant]", ".updated_at" => "[instant]",
        ".results[].indicator_id" => "[id]"}, @r#"
    {
      "allowed_actions": [
        "edit",
        "delete",
        "submit"
      ],
      "attainable_total": "97.00",
      "computed": {
        "grade": "excellent",
        "total": "97.00"
      },
      "created_at": "[instant]",
      "declared": {},
      "execution": {
        "adjusted_amount": "1000000.00",
        "executed_amount": "1000000.00",
        "initial_amount": "1000000.00",
        "rate": "1.000000"
      },
      "final": {
        "grade": "excellent",
        "total": "97.00"
      },
      "finding_counts": {
        "error": 0,
        "info": 0,
        "warning": 0
      },
      "fiscal_year": 2021,
      "id": "[id]",
      "kind": "unit_self_assessment",
      "narrative": {},
      "project_id": "[id]",
      "results": [
        {
          "computed_score": "10.00",
          "indicator_id": "[id]",
          "level1": "预算执行",
          "name": "预算执行率",
          "weight": "10.00"
        },
        {
          "actual": {
            "unit": "人",
            "value": "90"
          },
          "actual_text": "90人",
          "computed_score": "18.00",
          "declared_score": "18.00",
          "deviation_reason": "一期培训改为线上",
          "indicator_id": "[id]",
          "level1": "产出",
          "level2": "产出数量",
          "name": "培训人数",
          "target": {
            "unit": "人",
            "value": "100"
          },
          "target_text": "≥100人",
          "weight": "20.00"
        }
      ],
      "revision": 1,
      "rule_profile": {
        "code": "mof-2020",
        "version": 2
      },
      "status": "draft",
      "subject": "project",
      "updated_at": "[instant]",
      "version": 1
    }
    "#);
}

async fn a_project_has_one_open_assessment(app: App) {
    let (_, project) = draft(&app).await;
    let fields = app.unit().post(PATH, &json!({"project_id": project})).await.fields(409, "taken");
    assert_eq!(fields, [("/project_id".to_owned(), "taken".to_owned())]);
    let evaluation = json!({"project_id": project, "kind": "department_evaluation"});
    app.unit().post(PATH, &evaluation).await.problem(409, "taken");
}

async fn the_project_must_be_in_the_callers_subtree(app: App) {
    let project = app.project().await;
    app.stranger().post(PATH, &json!({"project_id": project})).await.field("/project_id", "unknown_reference");
}

async fn the_profile_must_be_known_and_of_the_kind(app: App) {
    let new = json!({"project_id": app.project().await});
    for (profile, code) in [
        (json!({"code": "mof-1999"}), "unknown_reference"),
        (json!({"code": "mof-2020", "version": 99}), "unknown_reference"),
        (json!({"code": "mof-2020-department"}), "not_allowed_here"),
    ] {
        let wrong = new.clone().with("kind", "unit_self_assessment").with("rule_profile", profile);
        app.unit().post(PATH, &wrong).await.field("/rule_profile", code);
    }
    let id = made(&app.unit(), PATH, &new).await;
    let patch = json!({"rule_profile": {"code": "mof-2020-department"}});
    app.unit().patch(&format!("{PATH}/{id}"), "*", &patch).await.field("/rule_profile", "not_allowed_here");
    let patch = json!({"rule_profile": {"code": "hubei-20-80"}});
    let changed = app.unit().patch(&format!("{PATH}/{id}"), "*", &patch).await.json(200);
    assert_eq!(changed["rule_profile"], json!({"code": "hubei-20-80", "version": 2}));
}

async fn the_kind_follows_from_the_profile(app: App) {
    let new = json!({"project_id": app.project().await, "rule_profile": {"code": "mof-2020-department"}});
    let made = app.unit().post(PATH, &new).await.json(201);
    assert_eq!(made["kind"], "department_evaluation");
}

async fn null_clears_what_is_declared(app: App) {
    let (path, _) = draft(&app).await;
    let patch = json!({"declared": {"total": "97", "grade_text": "优", "adjusted_amount": "1000000"},
                       "deviation_reason": "总体说明"});
    let filled = app.unit().patch(&path, "*", &patch).await.json(200);
    assert_eq!(filled["declared"], json!({"total": "97.00", "grade_text": "优", "adjusted_amount": "1000000.00"}));
    assert_eq!(filled["deviation_reason"], "总体说明");
    let patch = json!({"declared": {"grade_text": null}, "deviation_reason": null});
    let cleared = app.unit().patch(&path, "*", &patch).await.json(200);
    assert_eq!(cleared["declared"], json!({"total": "97.00", "adjusted_amount": "1000000.00"}));
    assert!(cleared.get("deviation_reason").is_none());
    assert_eq!(app.unit().patch(&path, "*", &json!({"declared": null})).await.json(200)["declared"], json!({}));
    app.unit().patch(&path, "*", &json!({"status": "published"})).await.field("/status", "unknown_field");
    let wrong = json!({"declared": {"total": 97, "indicator_count": -1}});
    let fields = app.unit().patch(&path, "*", &wrong).await.fields(422, "invalid_fields");
    assert_eq!(fields.len(), 2, "{fields:?}");
}

async fn results_are_replaced_as_a_whole(app: App) {
    let sound = app.sound().await;
    let path = format!("{PATH}/{}", sound.assessment);
    let etag = app.unit().get(&path).await.status(200).etag();
    let results = json!([{"indicator_id": sound.indicators[1], "actual_text": "120人", "declared_score": "20"}]);
    let reply = app.unit().put(&format!("{path}/results"), &etag, &results).await.status(200);
    let tag = reply.etag();
    let after = reply.json(200);
    assert_eq!(after["results"][1]["computed_score"], "20.00");
    assert!(after["results"][2].get("actual_text").is_none(), "what is left out has no result: {after:#}");
    assert_eq!(after["version"], 2);
    let read = app.unit().get(&path).await.status(200);
    assert_eq!(read.etag(), tag);
    assert_eq!(read.json(200), after);
    app.unit().put(&format!("{path}/results"), &etag, &json!([])).await.problem(412, "stale");
}

async fn results_name_indicators_of_the_project_once(app: App) {
    let sound = app.sound().await;
    let other = app.sound_of_code("B").await;
    let path = format!("{PATH}/{}/results", sound.assessment);
    let results = json!([
        {"indicator_id": sound.indicators[0]},
        {"indicator_id": other.indicators[0]},
        {"indicator_id": sound.indicators[0]},
    ]);
    let fields = app.unit().put(&path, "*", &results).await.fields(422, "invalid_fields");
    let expected = [("/1/indicator_id", "unknown_reference"), ("/2/indicator_id", "duplicate")];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let wrong = json!([{"indicator_id": "x", "achievement": "great", "declared_score": 5, "score": "5"}]);
    let mut fields = app.unit().put(&path, "*", &wrong).await.fields(422, "invalid_fields");
    fields.sort();
    let expected = [
        ("/0/achievement", "unknown_value"),
        ("/0/declared_score", "not_a_decimal"),
        ("/0/indicator_id", "invalid_id"),
        ("/0/score", "unknown_field"),
    ];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let project = app.project_of_code("C").await;
    let new = json!({"project_id": project, "results": [{"indicator_id": sound.indicators[0]}]});
    app.unit().post(PATH, &new).await.field("/results/0/indicator_id", "unknown_reference");
    let listed = app.unit().get(&format!("{PATH}?project_id={project}")).await.json(200);
    assert!(items(&listed).is_empty(), "a refused assessment leaves nothing behind");
}

async fn a_draft_follows_the_figures_of_its_project(app: App) {
    let (path, project) = draft(&app).await;
    let line = id(&items(&app.unit().get(&format!("/api/v1/projects/{project}/budget-lines")).await.json(200))[0]);
    let patch = json!({"executed_amount": "649924.00"});
    app.unit().patch(&format!("/api/v1/budget-lines/{line}"), "*", &patch).await.status(200);
    let after = app.unit().get(&path).await.json(200);
    assert_eq!(after["results"][0]["computed_score"], "6.50");
    assert_eq!(after["execution"]["rate"], "0.649924");
    assert_eq!(after["computed"]["total"], "93.50");
    assert_eq!(after["finding_counts"]["error"], 1, "the execution rate needs a reason now: {after:#}");
    assert_eq!(after["blocked_actions"], json!([{"action": "submit", "code": "findings_block_submission"}]));
    assert_eq!(after["allowed_actions"], json!(["edit", "delete"]));
}

async fn the_tag_changes_with_the_figures_of_the_project(app: App) {
    let (path, project) = draft(&app).await;
    let before = app.unit().get(&path).await.status(200).etag();
    app.unit().get(&path).header("If-None-Match", &before).await.status(304);
    let line = id(&items(&app.unit().get(&format!("/api/v1/projects/{project}/budget-lines")).await.json(200))[0]);
    let patch = json!({"executed_amount": "1.00"});
    app.unit().patch(&format!("/api/v1/budget-lines/{line}"), "*", &patch).await.status(200);
    let reply = app.unit().get(&path).header("If-None-Match", &before).await.status(200);
    assert_ne!(reply.etag(), before);
    app.unit().patch(&path, &before, &json!({"deviation_reason": "x"})).await.problem(412, "stale");
}

async fn a_draft_can_be_deleted(app: App) {
    let (path, project) = draft(&app).await;
    let etag = app.unit().get(&path).await.status(200).etag();
    app.unit().delete(&path, &etag).await.status(204);
    app.unit().get(&path).await.problem(404, "not_found");
    made(&app.unit(), PATH, &json!({"project_id": project})).await;
}

async fn findings_and_derivation_speak_both_languages(app: App) {
    let (path, project) = draft(&app).await;
    app.unit()
        .patch(&format!("/api/v1/projects/{project}"), "*", &json!({"overall_goal": "同", "annual_goal": "同"}))
        .await
        .status(200);
    for part in ["findings", "derivation"] {
        let path = format!("{path}/{part}");
        let zh = app.unit().get(&path).await.status(200);
        let en = app.unit().get(&path).in_english().await.status(200);
        assert_ne!(zh.etag(), en.etag(), "{part}");
        app.unit().get(&path).header("If-None-Match", &zh.etag()).await.status(304);
        app.unit().get(&path).in_english().header("If-None-Match", &zh.etag()).await.status(200);
        assert_ne!(zh.body, en.body, "{part}");
    }
    let zh = items(&app.unit().get(&format!("{path}/findings")).await.json(200));
    let en = items(&app.unit().get(&format!("{path}/findings")).in_english().await.json(200));
    assert_eq!((zh.len(), en.len()), (1, 1), "{zh:#?}");
    assert_eq!((&en[0]["code"], &en[0]["status"]), (&json!("identical_goals"), &json!("open")));
    assert_eq!(zh[0].clone().without("message"), en[0].clone().without("message"));
    assert!(text(&zh[0], "message").contains("目标"), "{zh:#?}");
    assert!(text(&en[0], "message").contains("goal"), "{en:#?}");
}

async fn a_draft_has_no_frozen_content(app: App) {
    let (path, _) = draft(&app).await;
    app.unit().get(&format!("{path}/content")).await.problem(404, "not_found");
    assert!(items(&app.unit().get(&format!("{path}/transitions")).await.json(200)).is_empty());
}

async fn the_derivation_shows_each_formula_with_its_numbers(app: App) {
    let (path, _) = draft(&app).await;
    let derivation = app.unit().get(&format!("{path}/derivation")).in_english().await.json(200);
    let row = &derivation["rows"][1];
    assert_eq!(row["case"], "at_least.below_target");
    assert_eq!(row["formula"], "20 × 90 ÷ 100");
    assert_eq!((&row["unrounded"], &row["computed_score"]), (&json!("18"), &json!("18.00")));
    assert_eq!(derivation["rows"][0]["formula"], "1000000.00 ≥ 1000000.00 → 10");
    let levels: Vec<(String, String)> = derivation["levels"]
        .as_array()
        .expect("levels")
        .iter()
        .map(|level| (text(level, "level1"), text(level, "computed")))
        .collect();
    let expected = [("预算执行", "10.00"), ("产出", "48.00"), ("效益", "29.00"), ("满意度", "10.00")];
    assert_eq!(levels, expected.map(|(name, points)| (name.to_owned(), points.to_owned())));
    assert_eq!(derivation["total"]["computed"], "97.00");
    assert_eq!(derivation["total"]["grade_limits"], json!({"excellent": "90", "good": "80", "fair": "60"}));
}

async fn assessments_of_another_division_are_absent(app: App) {
    let (path, _) = draft(&app).await;
    let stranger = app.stranger();
    for part in ["", "/derivation", "/findings", "/content", "/transitions"] {
        stranger.get(&format!("{path}{part}")).await.problem(404, "not_found");
    }
    stranger.patch(&path, "*", &json!({"deviation_reason": "x"})).await.problem(404, "not_found");
    stranger.delete(&path, "*").await.problem(404, "not_found");
    stranger.put(&format!("{path}/results"), "*", &json!([])).await.problem(404, "not_found");
    stranger.put(&format!("{path}/reviewed-scores"), "*", &json!([])).await.problem(404, "not_found");
    stranger
        .post(&format!("{path}/transitions"), &json!({"action": "submit"}))
        .header("If-Match", "*")
        .await
        .problem(404, "not_found");
    assert!(items(&stranger.get(PATH).await.json(200)).is_empty());
}

async fn filters_narrow_the_list(app: App) {
    let first = app.sound_of_code("A").await;
    app.sound_of_code("B").await;
    app.take(&first.assessment, &["submit"]).await;
    let count = async |query: &str| items(&app.unit().get(&format!("{PATH}?{query}")).await.json(200)).len();
    assert_eq!(count("status=submitted").await, 1);
    assert_eq!(count("status=submitted&status=draft").await, 2);
    assert_eq!(count("status=published").await, 0);
    assert_eq!(count(&format!("project_id={}", first.project)).await, 1);
    assert_eq!(count("fiscal_year=2021").await, 2);
    assert_eq!(count("fiscal_year=2022").await, 0);
    assert_eq!(count("kind=department_evaluation").await, 0);
    let tree = app.tree().await;
    assert_eq!(count(&format!("organization_id={}", tree.unit)).await, 2);
    assert_eq!(count(&format!("organization_id={}", tree.division)).await, 0);
}

async fn lists_leave_the_results_out(app: App) {
    app.sound().await;
    let list = items(&app.unit().get(PATH).await.json(200));
    assert!(list[0].get("results").is_none());
    assert_eq!(list[0]["computed"]["total"], "97.00");
    let whole: Value = app.unit().get(&format!("{PATH}/{}", id(&list[0]))).await.json(200);
    assert_eq!(whole.without("results"), list[0]);
}
