//! The way of an assessment: who may take which step from where, what each step freezes and clears.

use serde_json::{Value, json};

use crate::support::build::{budget_line, indicator, items, text};
use crate::support::{App, With, cases};

cases![
    an_assessment_goes_from_draft_to_a_published_revision_and_on,
    each_role_is_told_what_it_may_do,
    every_step_from_a_wrong_state_is_refused,
    each_step_needs_its_own_scope,
    errors_block_the_submission_and_all_of_them_are_told,
    what_was_submitted_stays_as_it_was,
    figures_are_locked_until_the_draft_is_back,
    reviewed_scores_change_the_final_total_alone,
    a_reviewed_score_lies_between_nothing_and_the_weight,
    reviewed_scores_are_set_while_submitted_only,
    a_withdrawal_is_possible_until_a_reviewer_sets_scores,
    a_return_needs_a_reason_and_clears_the_reviewed_scores,
    a_reopening_needs_a_reason,
    the_record_of_steps_says_who_and_why,
    a_revision_cannot_be_deleted,
    a_step_needs_the_tag_that_was_read,
    edit_and_delete_are_no_steps,
];

fn path(assessment: &str) -> String {
    format!("/api/v1/self-assessments/{assessment}")
}

async fn an_assessment_goes_from_draft_to_a_published_revision_and_on(app: App) {
    let sound = app.sound().await;
    let path = path(&sound.assessment);
    let mut version = 1;
    for (action, status) in
        [("submit", "submitted"), ("review", "reviewed"), ("approve", "approved"), ("publish", "published")]
    {
        app.take(&sound.assessment, &[action]).await;
        let now = app.unit().get(&path).await.json(200);
        version += 1;
        assert_eq!((&now["status"], &now["version"], &now["revision"]), (&json!(status), &json!(version), &json!(1)));
        assert!(now.get("content_hash").is_some() && now.get("submitted_at").is_some(), "{now:#}");
    }
    let first = items(&app.unit().get("/api/v1/scores").await.json(200));
    assert_eq!(first.len(), 1);
    app.take(&sound.assessment, &["reopen"]).await;
    let draft = app.unit().get(&path).await.json(200);
    assert_eq!((&draft["status"], &draft["revision"]), (&json!("draft"), &json!(2)));
    assert!(draft.get("content_hash").is_none() && draft.get("submitted_at").is_none(), "{draft:#}");
    let results = json!([
        {"indicator_id": sound.indicators[1], "actual_text": "100人", "declared_score": "20"},
        {"indicator_id": sound.indicators[2], "actual_text": "2021年12月", "declared_score": "30"},
        {"indicator_id": sound.indicators[3], "actual_text": "明显提高", "achievement": "achieved", "declared_score": "30"},
        {"indicator_id": sound.indicators[4], "actual_text": "90%", "declared_score": "10"},
    ]);
    app.unit().put(&format!("{path}/results"), "*", &results).await.status(200);
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    let scores = items(&app.unit().get("/api/v1/scores").await.json(200));
    assert_eq!(scores.len(), 2, "the old score stays readable");
    assert_eq!(scores[0], first[0], "and unchanged");
    assert_eq!(scores[1]["supersedes_id"], first[0]["id"]);
    assert_eq!((&scores[0]["final_total"], &scores[1]["final_total"]), (&json!("97.00"), &json!("100.00")));
    assert_eq!((&scores[0]["revision"], &scores[1]["revision"]), (&json!(1), &json!(2)));
}

/// What each role may do: unit, department, bureau.
async fn allowed(app: &App, path: &str) -> [Value; 3] {
    let mut allowed = Vec::new();
    for client in [app.unit(), app.department(), app.bureau()] {
        allowed.push(client.get(path).await.json(200)["allowed_actions"].take());
    }
    allowed.try_into().expect("three roles")
}

async fn each_role_is_told_what_it_may_do(app: App) {
    let sound = app.sound().await;
    let path = path(&sound.assessment);
    assert_eq!(allowed(&app, &path).await, [json!(["edit", "delete", "submit"]), json!([]), json!([])]);
    for (action, expected) in [
        ("submit", [json!(["withdraw"]), json!(["set_reviewed_scores", "review", "return"]), json!(["return"])]),
        ("review", [json!([]), json!(["return"]), json!(["return", "approve"])]),
        ("approve", [json!([]), json!([]), json!(["publish"])]),
        ("publish", [json!([]), json!([]), json!(["reopen"])]),
        ("reopen", [json!(["edit", "submit"]), json!([]), json!([])]),
    ] {
        app.take(&sound.assessment, &[action]).await;
        assert_eq!(allowed(&app, &path).await, expected, "after {action}");
    }
    let reader = app.client("410100", "projects:read").get(&path).await.json(200);
    assert_eq!(reader["allowed_actions"], json!([]));
}

async fn every_step_from_a_wrong_state_is_refused(app: App) {
    let sound = app.sound().await;
    let everyone = app.client("410100", &crate::support::client::every_scope());
    let steps = ["submit", "withdraw", "review", "return", "approve", "publish", "reopen"];
    for (next, possible) in [
        ("submit", &["submit"][..]),
        ("review", &["withdraw", "review", "return"]),
        ("approve", &["return", "approve"]),
        ("publish", &["publish"]),
        ("reopen", &["reopen"]),
    ] {
        for step in steps.iter().filter(|step| !possible.contains(step)) {
            everyone.step(&sound.assessment, step).await.problem(409, "action_not_allowed");
        }
        app.take(&sound.assessment, &[next]).await;
    }
    app.take(&sound.assessment, &["submit"]).await;
    everyone.patch(&path(&sound.assessment), "*", &json!({})).await.problem(409, "action_not_allowed");
    everyone
        .put(&format!("{}/results", path(&sound.assessment)), "*", &json!([]))
        .await
        .problem(409, "action_not_allowed");
    everyone.delete(&path(&sound.assessment), "*").await.problem(409, "action_not_allowed");
}

async fn each_step_needs_its_own_scope(app: App) {
    let sound = app.sound().await;
    for (action, scope) in [
        ("submit", "assessments:write"),
        ("review", "assessments:review"),
        ("approve", "assessments:approve"),
        ("publish", "scores:publish"),
        ("reopen", "assessments:approve"),
    ] {
        let all = crate::support::client::every_scope();
        let others: Vec<&str> = all.split(' ').filter(|one| *one != scope).collect();
        let lacking = app.client("410100", &others.join(" "));
        let problem = lacking.step(&sound.assessment, action).in_english().await.problem(403, "scope_missing");
        assert!(text(&problem, "detail").contains(scope), "{problem:#}");
        app.client("410100", scope).step(&sound.assessment, action).await.status(200);
    }
}

async fn errors_block_the_submission_and_all_of_them_are_told(app: App) {
    let sound = app.sound().await;
    let results = json!([{"indicator_id": sound.indicators[1], "actual_text": "90人"}]);
    app.unit().put(&format!("{}/results", path(&sound.assessment)), "*", &results).await.status(200);
    let problem = app.unit().step(&sound.assessment, "submit").await.problem(422, "findings_block_submission");
    let found = problem["findings"].as_array().expect("findings");
    let codes: Vec<(String, String)> = found.iter().map(|one| (text(one, "code"), text(one, "pointer"))).collect();
    let expected = [
        ("reason_missing", "/results/1/deviation_reason"),
        ("actual_missing", "/results/2/actual_text"),
        ("actual_missing", "/results/3/actual_text"),
        ("actual_missing", "/results/4/actual_text"),
    ];
    assert_eq!(codes, expected.map(|(code, pointer)| (code.to_owned(), pointer.to_owned())));
    assert!(found.iter().all(|one| one["severity"] == "error"), "{problem:#}");
    assert_eq!(found[0]["indicator_id"], sound.indicators[1].as_str());
    let english =
        app.unit().step(&sound.assessment, "submit").in_english().await.problem(422, "findings_block_submission");
    assert_ne!(english["findings"][0]["message"], found[0]["message"]);
    let still = app.unit().get(&path(&sound.assessment)).await.json(200);
    assert_eq!(still["status"], "draft");
}

async fn what_was_submitted_stays_as_it_was(app: App) {
    let sound = app.sound().await;
    let path = path(&sound.assessment);
    let read = async |part: &str| app.unit().get(&format!("{path}{part}")).await.json(200);
    let (derivation, findings) = (read("/derivation").await, read("/findings").await);
    app.take(&sound.assessment, &["submit"]).await;
    assert_eq!(read("/derivation").await, derivation);
    assert_eq!(read("/findings").await, findings);
    let hash = text(&read("").await, "content_hash");
    let reply = app.unit().get(&format!("{path}/content")).await.status(200);
    assert_eq!(crate::support::sha256(&reply.body), hash);
    assert_eq!(reply.etag(), format!("\"{hash}\""));
    let content: Value = serde_json::from_slice(&reply.body).expect("the content is JSON");
    assert_eq!(content["zh-CN"]["derivation"], derivation);
    app.unit().get(&format!("{path}/content")).header("If-None-Match", &reply.etag()).await.status(304);
}

async fn figures_are_locked_until_the_draft_is_back(app: App) {
    let sound = app.sound().await;
    let unit = app.unit();
    let project = format!("/api/v1/projects/{}", sound.project);
    let line = text(&items(&unit.get(&format!("{project}/budget-lines")).await.json(200))[0], "id");
    for steps in [&["submit"][..], &["review"], &["approve"], &["publish"]] {
        app.take(&sound.assessment, steps).await;
        let other = budget_line().with("funding_source", "other");
        unit.post(&format!("{project}/budget-lines"), &other).await.problem(409, "figures_locked");
        unit.patch(&format!("/api/v1/budget-lines/{line}"), "*", &json!({"executed_amount": "1"}))
            .await
            .problem(409, "figures_locked");
        unit.delete(&format!("/api/v1/budget-lines/{line}"), "*").await.problem(409, "figures_locked");
        unit.post(&format!("{project}/indicators"), &indicator()).await.problem(409, "figures_locked");
        unit.put(&format!("{project}/indicators"), "*", &json!([])).await.problem(409, "figures_locked");
        let one = format!("/api/v1/indicators/{}", sound.indicators[0]);
        unit.patch(&one, "*", &json!({"weight": "1"})).await.problem(409, "figures_locked");
        unit.delete(&one, "*").await.problem(409, "figures_locked");
    }
    app.take(&sound.assessment, &["reopen"]).await;
    unit.patch(&format!("/api/v1/budget-lines/{line}"), "*", &json!({"executed_amount": "1"})).await.status(200);
}

fn reviewed(indicator: &str, score: &str) -> Value {
    json!({"indicator_id": indicator, "reviewed_score": score, "review_reason": "佐证材料不足"})
}

async fn reviewed_scores_change_the_final_total_alone(app: App) {
    let sound = app.moved(&["submit"]).await;
    let path = path(&sound.assessment);
    let scores = json!([reviewed(&sound.indicators[3], "20.5")]);
    let after = app.department().put(&format!("{path}/reviewed-scores"), "*", &scores).await.json(200);
    assert_eq!(after["computed"]["total"], "97.00");
    assert_eq!(after["final"], json!({"total": "88.50", "grade": "good"}));
    assert_eq!(after["results"][3]["reviewed_score"], "20.50");
    assert_eq!(after["results"][3]["computed_score"], "29.00");
    app.take(&sound.assessment, &["review"]).await;
    let derivation = app.unit().get(&format!("{path}/derivation")).await.json(200);
    assert_eq!(derivation["rows"][3]["final_score"], "20.50");
    assert_eq!((&derivation["total"]["final"], &derivation["total"]["computed"]), (&json!("88.50"), &json!("97.00")));
    app.take(&sound.assessment, &["approve", "publish"]).await;
    let score = items(&app.unit().get("/api/v1/scores").await.json(200)).remove(0);
    assert_eq!(
        (&score["final_total"], &score["computed_total"], &score["grade"]),
        (&json!("88.50"), &json!("97.00"), &json!("good"))
    );
}

async fn a_reviewed_score_lies_between_nothing_and_the_weight(app: App) {
    let sound = app.moved(&["submit"]).await;
    let path = format!("{}/reviewed-scores", path(&sound.assessment));
    let scores = json!([
        reviewed(&sound.indicators[0], "10.01"),
        reviewed(&sound.indicators[1], "20"),
        reviewed(&sound.indicators[1], "0"),
        reviewed(&sound.project, "0"),
    ]);
    let mut fields = app.department().put(&path, "*", &scores).await.fields(422, "invalid_fields");
    fields.sort();
    let expected = [
        ("/0/reviewed_score", "out_of_range"),
        ("/2/indicator_id", "duplicate"),
        ("/3/indicator_id", "unknown_reference"),
    ];
    assert_eq!(fields, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    let bare = json!([reviewed(&sound.indicators[0], "1").without("review_reason")]);
    app.department().put(&path, "*", &bare).await.field("/0/review_reason", "missing_field");
    for edge in ["0", "10"] {
        app.department().put(&path, "*", &json!([reviewed(&sound.indicators[0], edge)])).await.status(200);
    }
    let cleared = app.department().put(&path, "*", &json!([])).await.json(200);
    assert!(cleared["results"][0].get("reviewed_score").is_none(), "a set of none clears all: {cleared:#}");
}

async fn reviewed_scores_are_set_while_submitted_only(app: App) {
    let sound = app.sound().await;
    let path = format!("{}/reviewed-scores", path(&sound.assessment));
    app.department().put(&path, "*", &json!([])).await.problem(409, "action_not_allowed");
    app.take(&sound.assessment, &["submit", "review"]).await;
    app.department().put(&path, "*", &json!([])).await.problem(409, "action_not_allowed");
    app.unit().put(&path, "*", &json!([])).await.problem(403, "scope_missing");
}

async fn a_withdrawal_is_possible_until_a_reviewer_sets_scores(app: App) {
    let sound = app.moved(&["submit", "withdraw", "submit"]).await;
    let scores = json!([reviewed(&sound.indicators[1], "18")]);
    let path = path(&sound.assessment);
    app.department().put(&format!("{path}/reviewed-scores"), "*", &scores).await.status(200);
    let seen = app.unit().get(&path).await.json(200);
    assert_eq!(seen["allowed_actions"], json!([]));
    assert_eq!(seen["blocked_actions"], json!([{"action": "withdraw", "code": "action_not_allowed"}]));
    app.unit().step(&sound.assessment, "withdraw").await.problem(409, "action_not_allowed");
    app.department().put(&format!("{path}/reviewed-scores"), "*", &json!([])).await.status(200);
    app.take(&sound.assessment, &["withdraw"]).await;
}

async fn a_return_needs_a_reason_and_clears_the_reviewed_scores(app: App) {
    let sound = app.moved(&["submit"]).await;
    let path = path(&sound.assessment);
    let scores = json!([reviewed(&sound.indicators[1], "10")]);
    app.department().put(&format!("{path}/reviewed-scores"), "*", &scores).await.status(200);
    let silent = json!({"action": "return"});
    app.department()
        .post(&format!("{path}/transitions"), &silent)
        .header("If-Match", "*")
        .await
        .field("/comment", "missing_field");
    app.take(&sound.assessment, &["return"]).await;
    let draft = app.unit().get(&path).await.json(200);
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["final"]["total"], "97.00");
    assert!(draft["results"][1].get("reviewed_score").is_none(), "{draft:#}");
    let steps = items(&app.unit().get(&format!("{path}/transitions")).await.json(200));
    assert_eq!(steps[1]["reviewed_scores"], json!([reviewed(&sound.indicators[1], "10.00")]), "the record keeps them");
    app.take(&sound.assessment, &["submit", "review", "return"]).await;
}

async fn a_reopening_needs_a_reason(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    app.bureau()
        .post(&format!("{}/transitions", path(&sound.assessment)), &json!({"action": "reopen"}))
        .header("If-Match", "*")
        .await
        .field("/comment", "missing_field");
}

async fn the_record_of_steps_says_who_and_why(app: App) {
    let sound = app.moved(&["submit", "return", "submit", "review"]).await;
    let steps = items(&app.unit().get(&format!("{}/transitions", path(&sound.assessment))).await.json(200));
    let shown: Vec<[String; 4]> = steps
        .iter()
        .map(|step| ["action", "from_status", "to_status", "organization_code"].map(|field| text(step, field)))
        .collect();
    let expected = [
        ["submit", "draft", "submitted", "410100-06-01"],
        ["return", "submitted", "draft", "410100-06"],
        ["submit", "draft", "submitted", "410100-06-01"],
        ["review", "submitted", "reviewed", "410100-06"],
    ];
    assert_eq!(shown, expected.map(|step| step.map(str::to_owned)));
    assert_eq!(steps[1]["comment"], "请更正");
    assert_eq!(steps[0]["subject"], "tester of 410100-06-01");
    assert!(steps.iter().all(|step| step.get("content_hash").is_some()), "{steps:#?}");
}

async fn a_revision_cannot_be_deleted(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish", "reopen"]).await;
    app.unit().delete(&path(&sound.assessment), "*").await.problem(409, "in_use");
}

async fn a_step_needs_the_tag_that_was_read(app: App) {
    let sound = app.sound().await;
    let etag = app.unit().get(&path(&sound.assessment)).await.status(200).etag();
    let results = json!([{"indicator_id": sound.indicators[1], "actual_text": "1人"}]);
    app.unit().put(&format!("{}/results", path(&sound.assessment)), &etag, &results).await.status(200);
    app.unit()
        .post(&format!("{}/transitions", path(&sound.assessment)), &json!({"action": "submit"}))
        .header("If-Match", &etag)
        .await
        .problem(412, "stale");
}

async fn edit_and_delete_are_no_steps(app: App) {
    let sound = app.sound().await;
    for action in ["edit", "delete", "set_reviewed_scores", "fly"] {
        app.unit().step(&sound.assessment, action).await.field("/action", "unknown_value");
    }
}
