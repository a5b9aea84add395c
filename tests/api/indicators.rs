//! Indicators: the forms of a target, the whole set at once, positions.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::build::{id, indicator, items, made, text};
use crate::support::client::every_scope;
use crate::support::{App, With, cases, snapshot};

cases![
    the_execution_rate_is_measured_from_the_budget_by_its_name,
    texts_and_what_was_understood_stand_side_by_side,
    targets_are_understood_as_people_write_them,
    a_target_alone_is_as_good_as_its_text,
    a_text_and_a_target_that_agree_are_taken,
    a_text_and_a_target_that_disagree_are_refused,
    parts_that_do_not_go_together_are_refused,
    a_new_text_is_understood_anew,
    null_clears_the_target,
    the_whole_set_keeps_the_ids_of_the_same_levels_and_name,
    no_indicator_weighs_more_than_all_points_together,
    the_whole_set_reports_the_errors_of_all_rows,
    the_whole_set_needs_the_tag_of_the_project,
    positions_follow_the_form,
    a_deleted_indicator_takes_its_result_along,
    indicators_of_another_division_are_absent,
    filters_narrow_the_list,
    weights_have_at_most_two_decimals,
];

async fn path(app: &App) -> String {
    format!("/api/v1/projects/{}/indicators", app.project().await)
}

async fn texts_and_what_was_understood_stand_side_by_side(app: App) {
    let path = path(&app).await;
    let new = json!({"level1": "产出", "level2": "产出数量", "name": "培训和参加论坛人数", "weight": "10",
                     "target_text": "343人次"});
    let reply = app.unit().post(&path, &new).await.status(201);
    let location = reply.required("location");
    let made = reply.json(201);
    assert_eq!(app.unit().get(&location).await.json(200), made);
    snapshot!(made, {".id" => "[id]", ".project_id" => "[id]", ".created_at" => "[instant]", ".updated_at" => "[instant]"}, @r#"
    {
      "comparison": "at_least",
      "created_at": "[instant]",
      "fiscal_year": 2021,
      "id": "[id]",
      "level1": "产出",
      "level2": "产出数量",
      "measure": "number",
      "name": "培训和参加论坛人数",
      "position": 1,
      "project_id": "[id]",
      "target": {
        "unit": "人次",
        "value": "343"
      },
      "target_text": "343人次",
      "updated_at": "[instant]",
      "version": 1,
      "weight": "10.00"
    }
    "#);
}

async fn targets_are_understood_as_people_write_them(app: App) {
    let path = path(&app).await;
    for (written, measure, comparison, target) in [
        ("≥266米", "number", "at_least", json!({"value": "266", "unit": "米"})),
        ("98%以上", "number", "at_least", json!({"value": "98", "unit": "%"})),
        ("＜＝100", "number", "at_most", json!({"value": "100"})),
        ("不超过５３００元/户", "number", "at_most", json!({"value": "5300", "unit": "元/户"})),
        ("=12期", "number", "equal", json!({"value": "12", "unit": "期"})),
        ("10-15天", "number", "between", json!({"value": "10", "upper": "15", "unit": "天"})),
        ("10至15天", "number", "between", json!({"value": "10", "upper": "15", "unit": "天"})),
        ("5亿元", "number", "at_least", json!({"value": "5", "unit": "亿元"})),
        ("1,200余名", "number", "at_least", json!({"value": "1200", "unit": "名", "is_approximate": true})),
        ("530元/人*月", "number", "at_least", json!({"value": "530", "unit": "元/人*月"})),
        ("2023年12月", "deadline", "", json!({"deadline": "2023-12"})),
        ("2023年12月31日前", "deadline", "", json!({"deadline": "2023-12-31"})),
        ("严格执行相关制度规定", "qualitative", "", json!(null)),
    ] {
        let made = app.unit().post(&path, &indicator().with("target_text", written)).await.json(201);
        assert_eq!(made["target_text"], written);
        assert_eq!(made["measure"], measure, "{written}: {made:#}");
        assert_eq!(made["comparison"].as_str().unwrap_or_default(), comparison, "{written}: {made:#}");
        assert_eq!(made["target"], target, "{written}: {made:#}");
    }
}

async fn a_target_alone_is_as_good_as_its_text(app: App) {
    let path = path(&app).await;
    let bare = indicator().without("target_text");
    let number = bare.clone().with("comparison", "at_most").with("target", json!({"value": "5300", "unit": "元/户"}));
    let made = app.unit().post(&path, &number).await.json(201);
    assert_eq!((&made["measure"], &made["comparison"]), (&json!("number"), &json!("at_most")));
    assert!(made.get("target_text").is_none());
    let range = bare.clone().with("target", json!({"value": "10", "upper": "15"}));
    assert_eq!(app.unit().post(&path, &range).await.json(201)["comparison"], "between");
    let deadline = bare.clone().with("target", json!({"deadline": "2023-12"}));
    assert_eq!(app.unit().post(&path, &deadline).await.json(201)["measure"], "deadline");
    let nothing = app.unit().post(&path, &bare).await.json(201);
    assert_eq!(nothing["measure"], "qualitative");
    let execution = app.unit().post(&path, &bare.with("measure", "budget_execution")).await.json(201);
    assert_eq!(execution["measure"], "budget_execution");
    assert!(execution.get("target").is_none());
}

async fn a_text_and_a_target_that_agree_are_taken(app: App) {
    let path = path(&app).await;
    let both = indicator()
        .with("target_text", "≤5300元/户")
        .with("measure", "number")
        .with("comparison", "at_most")
        .with("target", json!({"value": "5300", "unit": "元/户"}));
    let made = app.unit().post(&path, &both).await.json(201);
    assert_eq!(made["target"], json!({"value": "5300", "unit": "元/户"}));
    let unsigned = indicator().with("target_text", "100人").with("comparison", "at_most");
    let made = app.unit().post(&path, &unsigned).await.json(201);
    assert_eq!(made["comparison"], "at_most", "a text without a sign leaves the comparison open");
}

async fn a_text_and_a_target_that_disagree_are_refused(app: App) {
    let path = path(&app).await;
    let text = indicator().with("target_text", "≤5300元/户");
    let target = json!({"value": "5200", "unit": "元/户"});
    app.unit().post(&path, &text.clone().with("target", target)).await.field("/target", "target_contradicts_text");
    let unit = json!({"value": "5300", "unit": "元"});
    app.unit().post(&path, &text.clone().with("target", unit)).await.field("/target", "target_contradicts_text");
    app.unit()
        .post(&path, &text.clone().with("comparison", "at_least"))
        .await
        .field("/comparison", "target_contradicts_text");
    app.unit().post(&path, &text.with("measure", "deadline")).await.field("/target_text", "target_not_understood");
    let words = indicator().with("target_text", "效果明显").with("measure", "number");
    app.unit().post(&path, &words).await.field("/target_text", "target_not_understood");
}

async fn parts_that_do_not_go_together_are_refused(app: App) {
    let path = path(&app).await;
    let bare = indicator().without("target_text");
    for (field, value, measure, pointer, code) in [
        ("target", json!({"value": "1", "deadline": "2023-12"}), "", "/target/deadline", "not_allowed_here"),
        ("target", json!({"unit": "米"}), "", "/target/value", "missing_field"),
        ("target", json!({"value": "10", "upper": "5"}), "", "/target/upper", "out_of_range"),
        ("target", json!({"value": "1"}), "deadline", "/target", "not_allowed_here"),
        ("target", json!({"value": 1}), "", "/target/value", "not_a_decimal"),
        ("target", json!({"deadline": "2023-13"}), "", "/target/deadline", "wrong_type"),
        ("comparison", json!("at_least"), "qualitative", "/comparison", "not_allowed_here"),
        ("position", json!(0), "", "/position", "out_of_range"),
    ] {
        let mut new = bare.clone().with(field, value.clone());
        if !measure.is_empty() {
            new["measure"] = json!(measure);
        }
        let fields = app.unit().post(&path, &new).await.fields(422, "invalid_fields");
        assert_eq!(fields, [(pointer.to_owned(), code.to_owned())], "{field}: {value}");
    }
    let between = bare.clone().with("comparison", "between").with("target", json!({"value": "1"}));
    app.unit().post(&path, &between).await.field("/target/upper", "missing_field");
    let upper = bare.with("comparison", "at_least").with("target", json!({"value": "1", "upper": "2"}));
    let fields = app.unit().post(&path, &upper).await.fields(422, "invalid_fields");
    assert!(fields.contains(&("/target/upper".to_owned(), "not_allowed_here".to_owned())), "{fields:?}");
}

async fn a_new_text_is_understood_anew(app: App) {
    let path = path(&app).await;
    let one = format!("/api/v1/indicators/{}", made(&app.unit(), &path, &indicator()).await);
    for (written, measure, comparison) in [
        ("≤5天", "number", "at_most"),
        ("2023年12月", "deadline", ""),
        ("效果明显", "qualitative", ""),
        ("≥9米", "number", "at_least"),
    ] {
        let after = app.unit().patch(&one, "*", &json!({"target_text": written})).await.json(200);
        assert_eq!(after["measure"], measure, "{written}: {after:#}");
        assert_eq!(after["comparison"].as_str().unwrap_or_default(), comparison, "{written}: {after:#}");
    }
    let renamed = app.unit().patch(&one, "*", &json!({"name": "里程"})).await.json(200);
    assert_eq!((&renamed["target"], &renamed["version"]), (&json!({"value": "9", "unit": "米"}), &json!(6)));
}

async fn null_clears_the_target(app: App) {
    let path = path(&app).await;
    let one = format!("/api/v1/indicators/{}", made(&app.unit(), &path, &indicator()).await);
    let patch = json!({"target_text": null, "level2": null, "measure": "number"});
    let after = app.unit().patch(&one, "\"1\"", &patch).await.json(200);
    for gone in ["target_text", "target", "level2"] {
        assert!(after.get(gone).is_none(), "{gone}: {after:#}");
    }
    let bare = indicator().without("target_text").with("target", json!({"value": "5", "unit": "米"}));
    let other = format!("/api/v1/indicators/{}", made(&app.unit(), &path, &bare).await);
    let after = app.unit().patch(&other, "\"1\"", &json!({"target": {"unit": null, "value": "6"}})).await.json(200);
    assert_eq!(after["target"], json!({"value": "6"}));
    let after = app.unit().patch(&other, "\"2\"", &json!({"target": null})).await.json(200);
    assert!(after.get("target").is_none(), "{after:#}");
    let after = app.unit().patch(&other, "*", &json!({"weight": null})).await.json(200);
    assert!(after.get("weight").is_none(), "a form may print none: {after:#}");
    app.unit().patch(&other, "*", &json!({"name": null})).await.field("/name", "missing_field");
}

async fn the_whole_set_keeps_the_ids_of_the_same_levels_and_name(app: App) {
    let path = path(&app).await;
    let unit = app.unit();
    let kept = made(&unit, &path, &indicator()).await;
    made(&unit, &path, &indicator().with("name", "将删除")).await;
    let etag = unit.get(&path).await.status(200).etag();
    let set = json!([indicator().with("name", "新增"), indicator().with("weight", "12.5")]);
    let reply = unit.put(&path, &etag, &set).await.status(200);
    let new_etag = reply.etag();
    let set = items(&reply.json(200));
    let names: Vec<String> = set.iter().map(|one| text(one, "name")).collect();
    assert_eq!(names, ["新增", "培训人数"]);
    assert_eq!(set[1]["id"], kept);
    assert_eq!((&set[1]["weight"], &set[1]["version"], &set[1]["position"]), (&json!("12.50"), &json!(2), &json!(2)));
    let read = unit.get(&path).await.status(200);
    assert_eq!(read.etag(), new_etag, "the tag is the project's");
    assert_eq!(items(&read.json(200)), set);
    unit.put(&path, &etag, &json!([])).await.problem(412, "stale");
    assert!(items(&unit.put(&path, &new_etag, &json!([])).await.json(200)).is_empty());
}

async fn the_whole_set_reports_the_errors_of_all_rows(app: App) {
    let path = path(&app).await;
    let set = json!([
        indicator(),
        indicator().with("weight", 10),
        indicator().with("nmae", "x"),
        {"level1": "产出", "weight": "5"},
    ]);
    let mut fields = app.unit().put(&path, "*", &set).await.fields(422, "invalid_fields");
    fields.sort();
    let expected = [("/1/weight", "not_a_decimal"), ("/2/nmae", "unknown_field"), ("/3/name", "missing_field")];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let set =
        json!([indicator().with("position", 2), indicator().with("measure", "number").with("target_text", "好"),]);
    let fields = app.unit().put(&path, "*", &set).await.fields(422, "invalid_fields");
    let expected = [("/0/position", "not_allowed_here"), ("/1/target_text", "target_not_understood")];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    assert!(items(&app.unit().get(&path).await.json(200)).is_empty(), "nothing of a wrong set is kept");
}

async fn the_whole_set_needs_the_tag_of_the_project(app: App) {
    let path = path(&app).await;
    let project = path.replace("/indicators", "");
    let etag = app.unit().get(&project).await.status(200).etag();
    app.unit().put(&path, &etag, &json!([indicator()])).await.status(200);
    app.unit().put(&path, &etag, &json!([])).await.problem(412, "stale");
    let again = app.unit().get(&project).await.status(200).etag();
    app.unit().put(&path, &again, &json!([])).await.status(200);
}

async fn positions_follow_the_form(app: App) {
    let path = path(&app).await;
    for (name, position) in [("一", json!(null)), ("二", json!(null)), ("三", json!(null))] {
        let mut new = indicator().with("name", name);
        if !position.is_null() {
            new["position"] = position;
        }
        made(&app.unit(), &path, &new).await;
    }
    let set = items(&app.unit().get(&path).await.json(200));
    let positions: Vec<&Value> = set.iter().map(|one| &one["position"]).collect();
    assert_eq!(positions, [&json!(1), &json!(2), &json!(3)]);
    let third = format!("/api/v1/indicators/{}", id(&set[2]));
    app.unit().patch(&third, "*", &json!({"position": 1})).await.status(200);
    let names: Vec<String> =
        items(&app.unit().get(&path).await.json(200)).iter().map(|one| text(one, "name")).collect();
    assert_eq!(names, ["一", "三", "二"], "of two at one place the older stands first");
}

async fn a_deleted_indicator_takes_its_result_along(app: App) {
    let sound = app.sound().await;
    let one = format!("/api/v1/indicators/{}", sound.indicators[1]);
    app.unit().delete(&one, "\"1\"").await.status(204);
    app.unit().get(&one).await.problem(404, "not_found");
    let assessment = app.unit().get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.json(200);
    let results = assessment["results"].as_array().expect("a list");
    assert_eq!(results.len(), 4);
    assert!(results.iter().all(|result| result["indicator_id"] != sound.indicators[1].as_str()));
}

async fn indicators_of_another_division_are_absent(app: App) {
    let path = path(&app).await;
    let one = format!("/api/v1/indicators/{}", made(&app.unit(), &path, &indicator()).await);
    let stranger = app.stranger();
    stranger.get(&path).await.problem(404, "not_found");
    stranger.post(&path, &indicator()).await.problem(404, "not_found");
    stranger.put(&path, "*", &json!([])).await.problem(404, "not_found");
    stranger.get(&one).await.problem(404, "not_found");
    stranger.patch(&one, "*", &json!({"name": "x"})).await.problem(404, "not_found");
    stranger.delete(&one, "*").await.problem(404, "not_found");
    assert!(items(&stranger.get("/api/v1/indicators").await.json(200)).is_empty());
}

async fn filters_narrow_the_list(app: App) {
    let path = path(&app).await;
    made(&app.unit(), &path, &indicator()).await;
    made(&app.unit(), &path, &indicator().with("name", "满意度").with("level1", "满意度")).await;
    made(&app.unit(), &path, &indicator().with("name", "效果").with("target_text", "明显")).await;
    let count =
        async |query: &str| items(&app.unit().get(&format!("/api/v1/indicators?{query}")).await.json(200)).len();
    assert_eq!(count("measure=number").await, 2);
    assert_eq!(count("measure=number&measure=qualitative").await, 3);
    assert_eq!(count("level1=%E6%BB%A1%E6%84%8F%E5%BA%A6").await, 1);
    assert_eq!(count("name=%E6%95%88%E6%9E%9C").await, 1);
    assert_eq!(count("fiscal_year=2021&fiscal_year=2022").await, 3);
    assert_eq!(count("fiscal_year=2022").await, 0);
}

async fn weights_have_at_most_two_decimals(app: App) {
    let path = path(&app).await;
    app.unit().post(&path, &indicator().with("weight", "1.005")).await.field("/weight", "too_many_decimals");
    app.unit().post(&path, &indicator().with("weight", "10000.01")).await.field("/weight", "out_of_range");
    app.unit().post(&path, &indicator().with("weight", "-1")).await.field("/weight", "out_of_range");
    let made = app.unit().post(&path, &indicator().with("weight", "0.10")).await.json(201);
    assert_eq!(made["weight"], "0.10");
}

async fn the_execution_rate_is_measured_from_the_budget_by_its_name(app: App) {
    let project = app.project().await;
    let path = format!("/api/v1/projects/{project}/indicators");
    let named = json!({"level1": "过程", "name": "预算执行率", "weight": "10", "target_text": "100%"});
    let made = app.unit().post(&path, &named).await.json(201);
    assert_eq!((&made["measure"], &made["target_text"]), (&json!("budget_execution"), &json!("100%")));
    assert_eq!((made.get("target"), made.get("comparison")), (None, None));
}

async fn no_indicator_weighs_more_than_all_points_together(app: App) {
    let project = app.project().await;
    let list = format!("/api/v1/projects/{project}/indicators");
    let new = app.unit().post(&list, &indicator().with("weight", "100")).await.json(201);
    let reply = app.unit().post(&list, &indicator().with("name", "另一").with("weight", "100.01")).await;
    reply.field("/weight", "out_of_range");
    let path = format!("/api/v1/indicators/{}", id(&new));
    app.unit().patch(&path, "*", &json!({"weight": "101"})).await.field("/weight", "out_of_range");
    let row = json!({"project_code": "41010021T000000000001", "level1": "产出", "name": "又一", "weight": "101"});
    let importer = app.client("410100", &every_scope());
    let request = importer.request(Method::POST, "/api/v1/imports?kind=indicators&fiscal_year=2021&commit=true");
    let refused = request.body("application/octet-stream", row.to_string()).await.json(422);
    let error = &refused["errors"][0];
    assert!(text(error, "pointer").ends_with("/weight"), "{refused:#}");
    assert_eq!(error["code"], "out_of_range");
}
