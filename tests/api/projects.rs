//! Projects: natural keys, expansions, patches, and what a deletion takes along.

use serde_json::json;

use crate::support::build::{budget_line, id, indicator, items, made, organization, project, text};
use crate::support::{App, With, cases, snapshot};

cases![
    a_new_project_comes_back_as_it_was_written,
    the_code_is_unique_in_its_division_and_year,
    two_divisions_may_use_the_same_code,
    the_organization_must_be_in_the_callers_subtree,
    null_clears_an_optional_field_and_what_is_left_out_stays,
    a_required_field_cannot_be_cleared,
    include_reads_the_parts_with_the_project,
    an_unknown_include_is_refused,
    a_published_assessment_is_shown_beside_a_draft_of_another_kind,
    a_project_moves_to_another_unit_of_its_division,
    a_deleted_project_takes_its_parts_and_its_draft_along,
    the_figures_of_a_project_under_review_are_locked,
    a_project_with_a_published_score_cannot_be_deleted,
    the_fiscal_year_lies_between_2000_and_2100,
    filters_narrow_the_list,
    texts_keep_their_characters,
];

const PATH: &str = "/api/v1/projects";

async fn a_new_project_comes_back_as_it_was_written(app: App) {
    let tree = app.tree().await;
    let new = project(&tree.unit)
        .with("annual_goal", "举办培训3期")
        .with("basis_documents", json!(["豫政办〔2016〕18号"]))
        .with("implementation_plan", json!([{"months": "2-3", "work": "培训"}]));
    let reply = app.unit().post(PATH, &new).await.status(201);
    let (location, etag) = (reply.required("location"), reply.etag());
    let made = reply.json(201);
    assert_eq!(location, format!("{PATH}/{}", id(&made)));
    let read = app.unit().get(&location).await.status(200);
    assert_eq!(read.etag(), etag);
    assert_eq!(read.json(200), made);
    snapshot!(made, {".id" => "[id]", ".organization_id" => "[id]", ".created_at" => "[instant]", ".updated_at" => "[instant]"}, @r#"
    {
      "annual_goal": "举办培训3期",
      "basis_documents": [
        "豫政办〔2016〕18号"
      ],
      "code": "41010021T000000000001",
      "created_at": "[instant]",
      "fiscal_year": 2021,
      "id": "[id]",
      "implementation_plan": [
        {
          "months": "2-3",
          "work": "培训"
        }
      ],
      "name": "企业服务活动专项经费",
      "organization_id": "[id]",
      "subject": "project",
      "updated_at": "[instant]",
      "version": 1
    }
    "#);
}

async fn the_code_is_unique_in_its_division_and_year(app: App) {
    let tree = app.tree().await;
    let unit = app.unit();
    made(&unit, PATH, &project(&tree.unit)).await;
    let fields = unit.post(PATH, &project(&tree.unit).with("name", "另一个")).await.fields(409, "taken");
    assert_eq!(fields, [("/code".to_owned(), "taken".to_owned())]);
    let next_year = made(&unit, PATH, &project(&tree.unit).with("fiscal_year", 2022)).await;
    let back = json!({"fiscal_year": 2021});
    unit.patch(&format!("{PATH}/{next_year}"), "*", &back).await.problem(409, "taken");
}

async fn two_divisions_may_use_the_same_code(app: App) {
    let tree = app.tree().await;
    made(&app.unit(), PATH, &project(&tree.unit)).await;
    let root = json!({"code": "420100", "name": "武汉市", "kind": "division"});
    let other = made(&app.stranger(), "/api/v1/organizations", &root).await;
    made(&app.stranger(), PATH, &project(&other)).await;
    let seen = items(&app.stranger().get(&format!("{PATH}?code=41010021T000000000001")).await.json(200));
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["organization_id"], other);
}

async fn the_organization_must_be_in_the_callers_subtree(app: App) {
    let tree = app.tree().await;
    app.unit().post(PATH, &project(&tree.department)).await.field("/organization_id", "unknown_reference");
    app.stranger().post(PATH, &project(&tree.unit)).await.field("/organization_id", "unknown_reference");
    let own = app.project().await;
    app.stranger().get(&format!("{PATH}/{own}")).await.problem(404, "not_found");
    app.stranger().patch(&format!("{PATH}/{own}"), "*", &json!({"name": "x"})).await.problem(404, "not_found");
    app.stranger().delete(&format!("{PATH}/{own}"), "*").await.problem(404, "not_found");
}

async fn null_clears_an_optional_field_and_what_is_left_out_stays(app: App) {
    let tree = app.tree().await;
    let new = project(&tree.unit)
        .with("annual_goal", "一")
        .with("overall_goal", "二")
        .with("basis_documents", json!(["甲", "乙"]));
    let made = made(&app.unit(), PATH, &new).await;
    let path = format!("{PATH}/{made}");
    let patch = json!({"annual_goal": null, "basis_documents": ["丙"]});
    let after = app.unit().patch(&path, "\"1\"", &patch).await.json(200);
    assert!(after.get("annual_goal").is_none(), "{after:#}");
    assert_eq!(after["overall_goal"], "二");
    assert_eq!(after["basis_documents"], json!(["丙"]));
    assert_eq!(after["version"], 2);
    let after = app.unit().patch(&path, "\"2\"", &json!({"basis_documents": null})).await.json(200);
    assert_eq!(after["basis_documents"], json!([]));
}

async fn a_required_field_cannot_be_cleared(app: App) {
    let path = format!("{PATH}/{}", app.project().await);
    app.unit().patch(&path, "*", &json!({"name": null})).await.field("/name", "missing_field");
    app.unit().patch(&path, "*", &json!({"naem": "x"})).await.field("/naem", "unknown_field");
    app.unit().patch(&path, "*", &json!(["name"])).await.field("", "wrong_type");
}

async fn include_reads_the_parts_with_the_project(app: App) {
    let sound = app.sound().await;
    let all = "include=budget_lines,indicators,self_assessment";
    let whole = app.unit().get(&format!("{PATH}/{}?{all}", sound.project)).await.json(200);
    assert_eq!(whole["budget_lines"].as_array().map(Vec::len), Some(1));
    let ids: Vec<String> = whole["indicators"].as_array().expect("a list").iter().map(id).collect();
    assert_eq!(ids, sound.indicators);
    assert_eq!(whole["self_assessment"]["id"], sound.assessment);
    assert_eq!(whole["self_assessment"]["results"].as_array().map(Vec::len), Some(5));
    let listed = items(&app.unit().get(&format!("{PATH}?{all}")).await.json(200));
    assert_eq!(listed, [whole]);
    let repeated = "include=indicators&include=budget_lines";
    let some = app.unit().get(&format!("{PATH}/{}?{repeated}", sound.project)).await.json(200);
    assert!(some.get("indicators").is_some() && some.get("budget_lines").is_some());
    assert!(some.get("self_assessment").is_none());
    let bare = app.unit().get(&format!("{PATH}/{}", sound.project)).await.json(200);
    assert!(bare.get("indicators").is_none());
}

async fn an_unknown_include_is_refused(app: App) {
    let path = format!("{PATH}/{}?include=budget", app.project().await);
    let fields = app.unit().get(&path).await.fields(400, "bad_query");
    assert_eq!(fields, [("include".to_owned(), "unknown_value".to_owned())]);
}

async fn a_project_moves_to_another_unit_of_its_division(app: App) {
    let tree = app.tree().await;
    let bureau = app.bureau();
    let other = made(&bureau, "/api/v1/organizations", &organization("410100-06-02", "unit", &tree.department)).await;
    let path = format!("{PATH}/{}", app.project().await);
    app.unit()
        .patch(&path, "*", &json!({"organization_id": other}))
        .await
        .field("/organization_id", "unknown_reference");
    let moved = bureau.patch(&path, "*", &json!({"organization_id": other})).await.json(200);
    assert_eq!(moved["organization_id"], other);
    app.unit().get(&path).await.problem(404, "not_found");
    app.client("410100-06-02", "projects:read").get(&path).await.status(200);
}

async fn a_deleted_project_takes_its_parts_and_its_draft_along(app: App) {
    let sound = app.sound().await;
    let unit = app.unit();
    let project = format!("{PATH}/{}", sound.project);
    let etag = unit.get(&project).await.status(200).etag();
    unit.delete(&project, &etag).await.status(204);
    unit.get(&project).await.problem(404, "not_found");
    unit.get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.problem(404, "not_found");
    unit.get(&format!("/api/v1/indicators/{}", sound.indicators[0])).await.problem(404, "not_found");
    assert!(items(&unit.get("/api/v1/budget-lines").await.json(200)).is_empty());
}

async fn the_figures_of_a_project_under_review_are_locked(app: App) {
    let sound = app.moved(&["submit"]).await;
    let unit = app.unit();
    let project = format!("{PATH}/{}", sound.project);
    unit.patch(&project, "*", &json!({"annual_goal": "别的目标"})).await.problem(409, "figures_locked");
    unit.delete(&project, "*").await.problem(409, "in_use");
    unit.post(&format!("{project}/budget-lines"), &budget_line().with("funding_source", "other"))
        .await
        .problem(409, "figures_locked");
    unit.post(&format!("{project}/indicators"), &indicator()).await.problem(409, "figures_locked");
}

async fn a_project_with_a_published_score_cannot_be_deleted(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let project = format!("{PATH}/{}", sound.project);
    app.unit().delete(&project, "*").await.problem(409, "in_use");
    app.take(&sound.assessment, &["reopen"]).await;
    app.unit().delete(&project, "*").await.problem(409, "in_use");
    app.unit().get(&format!("{project}?include=self_assessment")).await.status(200);
}

async fn the_fiscal_year_lies_between_2000_and_2100(app: App) {
    let tree = app.tree().await;
    for year in [1999, 2101] {
        let reply = app.unit().post(PATH, &project(&tree.unit).with("fiscal_year", year)).await;
        reply.field("/fiscal_year", "out_of_range");
    }
    for year in [2000, 2100] {
        made(&app.unit(), PATH, &project(&tree.unit).with("fiscal_year", year)).await;
    }
    let text = project(&tree.unit).with("fiscal_year", "2021");
    app.unit().post(PATH, &text).await.field("/fiscal_year", "wrong_type");
}

async fn filters_narrow_the_list(app: App) {
    let tree = app.tree().await;
    let unit = app.unit();
    for (code, year, name) in [("A1", 2021, "甲"), ("A2", 2021, "乙"), ("A3", 2022, "甲"), ("A4", 2023, "丙")] {
        let new = project(&tree.unit).with("code", code).with("fiscal_year", year).with("name", name);
        made(&unit, PATH, &new).await;
    }
    for (filter, expected) in [
        ("fiscal_year=2021", "A1 A2"),
        ("fiscal_year=2022&fiscal_year=2023", "A3 A4"),
        ("code=A1&code=A4", "A1 A4"),
        ("name=%E7%94%B2", "A1 A3"),
        ("name=%E7%94%B2&fiscal_year=2022", "A3"),
        ("subtree_of=410100-06", "A1 A2 A3 A4"),
        ("subtree_of=no-such", ""),
        ("updated_since=2000-01-01T00:00:00Z&sort=-code", "A4 A3 A2 A1"),
        ("updated_since=2100-01-01T00:00:00Z", ""),
    ] {
        let found = items(&unit.get(&format!("{PATH}?{filter}")).await.json(200));
        let codes: Vec<String> = found.iter().map(|one| text(one, "code")).collect();
        assert_eq!(codes.join(" "), expected, "{filter}");
    }
    let of_unit = unit.get(&format!("{PATH}?organization_id={}&organization_id={}", tree.unit, tree.division)).await;
    assert_eq!(items(&of_unit.json(200)).len(), 4);
    let of_division = unit.get(&format!("{PATH}?organization_id={}", tree.division)).await;
    assert!(items(&of_division.json(200)).is_empty());
}

async fn texts_keep_their_characters(app: App) {
    let tree = app.tree().await;
    let name = "𠮷田“项目”（一期）%_'\\;—é";
    let made = made(&app.unit(), PATH, &project(&tree.unit).with("name", format!("  {name} "))).await;
    let read = app.unit().get(&format!("{PATH}/{made}")).await.json(200);
    assert_eq!(read["name"], name, "kept, but for the space around it");
    let control = project(&tree.unit).with("code", "B").with("name", "a\u{0}b");
    app.unit().post(PATH, &control).await.field("/name", "control_character");
    let long = project(&tree.unit).with("code", "B").with("name", "长".repeat(301));
    app.unit().post(PATH, &long).await.field("/name", "too_long");
}

async fn a_published_assessment_is_shown_beside_a_draft_of_another_kind(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let second = json!({"project_id": sound.project, "kind": "department_evaluation"});
    let draft = made(&app.unit(), "/api/v1/self-assessments", &second).await;
    let one = format!("{PATH}/{}?include=self_assessment", sound.project);
    let list = format!("{PATH}?include=self_assessment");
    let reply = app.unit().get(&one).await.status(200);
    let tag = reply.etag().to_owned();
    let listed = app.unit().get(&list).await.json(200)["items"][0].clone();
    for project in [reply.json(200), listed] {
        assert_eq!(project["self_assessment"]["id"], draft, "{project:#}");
        assert_eq!(project["self_assessment"]["status"], "draft");
        let others = project["other_self_assessments"].as_array().expect("the other kinds");
        assert_eq!(others.len(), 1, "{project:#}");
        assert_eq!(others[0]["id"], sound.assessment);
        assert_eq!((&others[0]["kind"], &others[0]["status"]), (&json!("unit_self_assessment"), &json!("published")));
    }
    // A change of either is one of the representation; what was read is good for a change of the project.
    app.unit().get(&one).header("If-None-Match", &tag).await.status(304);
    let assessment = format!("/api/v1/self-assessments/{draft}");
    app.unit().patch(&assessment, "*", &json!({"declared": {"total": "90"}})).await.status(200);
    let changed = app.unit().get(&one).header("If-None-Match", &tag).await.status(200);
    let tag = changed.etag().to_owned();
    app.unit().patch(&format!("{PATH}/{}", sound.project), &tag, &json!({"name": "改名"})).await.status(200);
}
