//! The change feed: everything that happens is told once, in order, to those who may see it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::build::{budget_line, id, indicator, items, made, organization, project, text};
use crate::support::client::{BUREAU, Client, UNIT};
use crate::support::{App, cases, snapshot};

cases![
    an_event_names_what_happened_to_what,
    every_change_of_every_resource_is_told,
    a_deletion_tells_of_all_that_goes_with_it,
    what_fails_is_not_told_and_leaves_no_gap,
    a_caller_sees_the_events_of_its_subtree_and_below_the_division_no_number,
    a_reader_below_the_division_goes_on_from_what_it_was_given,
    another_division_has_a_sequence_of_its_own,
    the_state_of_a_resource_comes_with_its_last_event,
    the_state_is_what_the_resource_itself_says,
    what_a_caller_no_longer_sees_is_told_to_it_without_a_state,
    a_moved_organization_is_told_with_all_below_it,
    a_draft_is_told_when_a_figure_of_its_project_changes,
    an_import_is_told_project_by_project,
    types_narrow_the_feed,
    a_scope_is_needed_for_the_feed_and_for_what_it_shows,
];

pub fn follower(app: &App, organization: &str) -> Client {
    app.client(organization, "changes:read projects:read scores:read imports:write webhooks:admin")
}

pub async fn read(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/changes?{query}")).await.json(200)
}

/// All events after a number.
pub async fn after(client: &Client, after: i64) -> Vec<Value> {
    items(&read(client, &format!("after={after}&limit=1000")).await)
}

pub async fn position(client: &Client) -> i64 {
    client.get("/api/v1/changes/head").await.json(200)["position"].as_i64().expect("a number")
}

/// Where a reader that starts now begins.
pub async fn stand(client: &Client) -> String {
    text(&client.get("/api/v1/changes/head").await.json(200), "next")
}

pub fn types(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| text(event, "type").trim_start_matches("jixiao.").to_owned()).collect()
}

pub fn numbers(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["sequence"].as_i64().expect("a number")).collect()
}

/// The types of what one act is told as.
async fn told(app: &App, act: impl AsyncFnOnce()) -> Vec<String> {
    let reader = follower(app, BUREAU);
    let before = position(&reader).await;
    act().await;
    let events = after(&reader, before).await;
    assert_eq!(numbers(&events), (before + 1..=before + i64::try_from(events.len()).unwrap()).collect::<Vec<_>>());
    types(&events)
}

async fn an_event_names_what_happened_to_what(app: App) {
    let project = app.project().await;
    made(&app.unit(), &format!("/api/v1/projects/{project}/budget-lines"), &budget_line()).await;
    let event = after(&follower(&app, BUREAU), 0).await.pop().expect("an event");
    assert_eq!(text(&event, "subject"), format!("projects/{project}"));
    snapshot!(event, {".subject" => "[subject]", ".time" => "[instant]"}, @r#"
    {
      "data": {
        "fiscal_year": 2021,
        "organization_code": "410100-06-01",
        "project_code": "41010021T000000000001",
        "version": 2
      },
      "datacontenttype": "application/json",
      "id": "410100:5",
      "sequence": 5,
      "source": "/api/v1",
      "specversion": "1.0",
      "subject": "[subject]",
      "time": "[instant]",
      "type": "jixiao.project.updated"
    }
    "#);
}

async fn every_change_of_every_resource_is_told(app: App) {
    let sound = app.sound().await;
    let (unit, bureau) = (app.unit(), app.bureau());
    let (project, assessment) = (format!("/api/v1/projects/{}", sound.project), &sound.assessment);
    let changed = told(&app, async || {
        unit.patch(&project, "*", &json!({"name": "又一名称"})).await.status(200);
    });
    assert_eq!(changed.await, ["project.updated", "self_assessment.updated"]);
    let line = items(&unit.get(&format!("{project}/budget-lines")).await.json(200)).remove(0);
    let line = format!("/api/v1/budget-lines/{}", id(&line));
    let changed = told(&app, async || {
        unit.patch(&line, "*", &json!({"executed_amount": "999999.00"})).await.status(200);
    });
    assert_eq!(changed.await, ["self_assessment.updated", "project.updated"]);
    let indicators = unit.get(&format!("{project}/indicators")).await.json(200);
    let mut set: Vec<Value> = indicators["items"].as_array().unwrap().clone();
    for one in &mut set {
        for field in ["id", "version", "project_id", "fiscal_year", "position", "created_at", "updated_at", "target"] {
            one.as_object_mut().unwrap().remove(field);
        }
    }
    set.pop();
    set.push(json!({"level1": "满意度", "name": "新指标", "weight": "10", "target_text": "≥90%"}));
    let changed = told(&app, async || {
        unit.put(&format!("{project}/indicators"), "*", &json!(set)).await.status(200);
    })
    .await;
    assert_eq!(changed, ["self_assessment.updated", "project.updated", "self_assessment.updated"]);
    let last = items(&unit.get(&format!("{project}/indicators")).await.json(200)).pop().unwrap();
    let mut results: Vec<Value> =
        unit.get(&format!("/api/v1/self-assessments/{assessment}")).await.json(200)["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let mut kept = json!({});
                for field in ["indicator_id", "actual_text", "achievement", "declared_score", "deviation_reason"] {
                    if !one[field].is_null() {
                        kept[field] = one[field].clone();
                    }
                }
                kept
            })
            .collect();
    results.pop();
    results.push(json!({"indicator_id": id(&last), "actual_text": "95%", "declared_score": "10"}));
    let path = format!("/api/v1/self-assessments/{assessment}");
    let changed = told(&app, async || {
        unit.put(&format!("{path}/results"), "*", &json!(results)).await.status(200);
    });
    assert_eq!(changed.await, ["self_assessment.updated"]);
    let changed = told(&app, async || {
        app.take(assessment, &["submit", "withdraw", "submit", "review", "return"]).await;
        app.take(assessment, &["submit", "review", "approve", "publish", "reopen"]).await;
    });
    assert_eq!(
        changed.await,
        [
            "self_assessment.submitted",
            "self_assessment.withdrawn",
            "self_assessment.submitted",
            "self_assessment.reviewed",
            "self_assessment.returned",
            "self_assessment.submitted",
            "self_assessment.reviewed",
            "self_assessment.approved",
            "score.published",
            "self_assessment.published",
            "self_assessment.reopened"
        ]
    );
    let tree = app.tree().await;
    let changed = told(&app, async || {
        let new =
            made(&bureau, "/api/v1/organizations", &organization("410100-07", "department", &tree.division)).await;
        bureau.patch(&format!("/api/v1/organizations/{new}"), "*", &json!({"name": "七局"})).await.status(200);
        bureau.delete(&format!("/api/v1/organizations/{new}"), "*").await.status(204);
    });
    assert_eq!(changed.await, ["organization.created", "organization.updated", "organization.deleted"]);
    let changed = told(&app, async || {
        unit.patch(&project, "*", &json!({"annual_goal": "又一目标"})).await.status(200);
    });
    assert_eq!(changed.await, ["project.updated", "self_assessment.updated"]);
}

async fn a_deletion_tells_of_all_that_goes_with_it(app: App) {
    let sound = app.sound().await;
    let unit = app.unit();
    let told = told(&app, async || {
        unit.delete(&format!("/api/v1/projects/{}", sound.project), "*").await.status(204);
    })
    .await;
    assert_eq!(told, ["self_assessment.deleted", "project.deleted"]);
    let last = after(&follower(&app, UNIT), 0).await.pop().unwrap();
    assert_eq!(text(&last["data"], "project_code"), "41010021T000000000001");
}

async fn what_fails_is_not_told_and_leaves_no_gap(app: App) {
    let project_id = app.project().await;
    let unit = app.unit();
    let path = format!("/api/v1/projects/{project_id}/budget-lines");
    let told = told(&app, async || {
        made(&unit, &path, &budget_line()).await;
        unit.post(&path, &budget_line()).await.status(409);
        unit.patch(&format!("/api/v1/projects/{project_id}"), "\"1\"", &json!({"name": "x"})).await.status(412);
        made(&unit, &format!("/api/v1/projects/{project_id}/indicators"), &indicator()).await;
    });
    assert_eq!(told.await, ["project.updated", "project.updated"]);
}

async fn a_caller_sees_the_events_of_its_subtree_and_below_the_division_no_number(app: App) {
    let tree = app.tree().await;
    let other = organization("410100-06-02", "unit", &tree.department);
    let other = made(&app.bureau(), "/api/v1/organizations", &other).await;
    made(&app.unit(), "/api/v1/projects", &project(&tree.unit)).await;
    let mut of_other = project(&other);
    of_other["code"] = "B".into();
    made(&app.bureau(), "/api/v1/projects", &of_other).await;
    let whole: Vec<String> =
        after(&follower(&app, BUREAU), 0).await.iter().map(|event| text(event, "subject")).collect();
    let seen = async |code: &str| {
        let events = after(&follower(&app, code), 0).await;
        let number = |event: &Value| whole.iter().position(|one| *one == text(event, "subject")).expect("seen") + 1;
        assert!(events.iter().all(|event| event.get("sequence").is_some() == (code == BUREAU)), "{code}: {events:?}");
        events.iter().map(number).collect::<Vec<usize>>()
    };
    assert_eq!(seen(BUREAU).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(seen("410100-06").await, [2, 3, 4, 5, 6]);
    assert_eq!(seen(UNIT).await, [3, 5]);
    assert_eq!(seen("410100-06-02").await, [4, 6]);
    // A code that only begins alike, or differs by case, sees nothing of it.
    assert_eq!(seen("410100-0").await, Vec::<usize>::new());
    let head = async |code: &str| follower(&app, code).get("/api/v1/changes/head").await.json(200);
    assert_eq!(
        head(BUREAU).await,
        json!({"next": "6", "division_code": BUREAU, "position": 6, "last_event_position": 6, "forgotten_position": 0})
    );
    let of_unit = head(UNIT).await;
    assert_eq!(of_unit, json!({"next": of_unit["next"], "division_code": BUREAU}));
    let nothing = json!({"division_code": BUREAU, "items": [], "next": of_unit["next"], "has_more": false});
    let query = format!("after={}", text(&of_unit, "next"));
    assert_eq!(read(&follower(&app, UNIT), &query).await, nothing);
    // Where it stands does not move while others write: it would count them.
    of_other["code"] = "C".into();
    made(&app.bureau(), "/api/v1/projects", &of_other).await;
    assert_eq!(read(&follower(&app, UNIT), &query).await, nothing);
    assert_eq!(head(UNIT).await, of_unit);
}

async fn a_reader_below_the_division_goes_on_from_what_it_was_given(app: App) {
    let sound = app.sound().await;
    let (bureau, unit) = (follower(&app, BUREAU), follower(&app, UNIT));
    let of_bureau = after(&bureau, 0).await;
    let (mut at, mut seen) = ("0".to_owned(), Vec::new());
    loop {
        let page = read(&unit, &format!("after={at}&limit=3&include=data")).await;
        assert!(!page.to_string().contains("sequence") && page.get("head").is_none(), "{page}");
        seen.extend(items(&page));
        at = text(&page, "next");
        if page["has_more"] == false {
            break;
        }
    }
    let subjects = |events: &[Value]| events.iter().map(|event| text(event, "subject")).collect::<Vec<_>>();
    // The division's own two organizations lie above the unit.
    assert_eq!(subjects(&seen), subjects(&of_bureau[2..]));
    let ids: std::collections::BTreeSet<String> = seen.iter().map(|event| text(event, "id")).collect();
    assert_eq!(ids.len(), seen.len(), "each has an id of its own");
    let again = after(&unit, 0).await;
    assert_eq!(again.iter().map(|event| text(event, "id")).collect::<std::collections::BTreeSet<_>>(), ids);
    app.unit()
        .patch(&format!("/api/v1/projects/{}", sound.project), "*", &json!({"name": "又一名称"}))
        .await
        .status(200);
    let next = items(&read(&unit, &format!("after={at}")).await);
    assert_eq!(types(&next), ["project.updated", "self_assessment.updated"]);
    // What a reader could try to learn the numbers by.
    for position in ["1", "5", "999999"] {
        let problem = unit.get(&format!("/api/v1/changes?after={position}")).await.problem(410, "snapshot_required");
        assert!(!text(&problem, "detail").contains(|sign: char| sign.is_ascii_digit()), "{problem}");
    }
    let forged = format!("{}A", &at[..at.len() - 1]);
    let other = stand(&follower(&app, "410100-06")).await;
    unit.get(&format!("/api/v1/changes?after={other}")).await.status(200);
    for position in [forged.as_str(), &at] {
        let reader = if position == at { &bureau } else { &unit };
        reader.get(&format!("/api/v1/changes?after={position}")).await.problem(410, "snapshot_required");
    }
}

async fn another_division_has_a_sequence_of_its_own(app: App) {
    app.tree().await;
    let stranger = app.stranger();
    let root = json!({"code": "420100", "name": "武汉市", "kind": "division"});
    made(&stranger, "/api/v1/organizations", &root).await;
    let events = items(&stranger.get("/api/v1/changes").await.json(200));
    assert_eq!((types(&events), numbers(&events)), (vec!["organization.created".to_owned()], vec![1]));
}

async fn the_state_of_a_resource_comes_with_its_last_event(app: App) {
    let project = app.project().await;
    let path = format!("/api/v1/projects/{project}");
    app.unit().patch(&path, "*", &json!({"name": "甲"})).await.status(200);
    let events = items(
        &read(&follower(&app, UNIT), "include=data&type=jixiao.project.created&type=jixiao.project.updated").await,
    );
    assert_eq!(types(&events), ["project.created", "project.updated"]);
    assert_eq!(events[0]["data"]["superseded_by_id"], events[1]["id"]);
    let of_bureau = items(&read(&follower(&app, BUREAU), "include=data").await);
    let [.., first, second] = &of_bureau[..] else { panic!("two events of the project") };
    assert_eq!(first["data"]["superseded_by"], second["sequence"]);
    assert_eq!(events[0]["data"]["state"], Value::Null);
    let whole = app.unit().get(&format!("{path}?include=budget_lines,indicators")).await.json(200);
    assert_eq!(events[1]["data"]["state"], whole);
    app.unit().delete(&path, "*").await.status(204);
    let last = items(&read(&follower(&app, UNIT), "include=data").await).pop().unwrap();
    assert_eq!(
        (types(std::slice::from_ref(&last)), &last["data"]["state"]),
        (vec!["project.deleted".to_owned()], &Value::Null)
    );
}

async fn the_state_is_what_the_resource_itself_says(app: App) {
    let sound = app.sound().await;
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    let every = app.client(BUREAU, "changes:read projects:read scores:read imports:write org:admin");
    let mut kinds = std::collections::BTreeSet::new();
    for event in items(&read(&every, "include=data&limit=1000").await) {
        let state = &event["data"]["state"];
        if event["data"]["superseded_by_id"].is_null() {
            let parts = if text(&event, "type").starts_with("jixiao.project.") {
                "?include=budget_lines,indicators"
            } else {
                ""
            };
            let path = format!("/api/v1/{}{parts}", text(&event, "subject"));
            assert_eq!(*state, every.get(&path).await.json(200), "{path}");
            kinds.insert(text(&event, "subject").split('/').next().unwrap().to_owned());
        }
    }
    let kinds: Vec<String> = kinds.into_iter().collect();
    assert_eq!(kinds, ["organizations", "projects", "scores", "self-assessments"]);
}

async fn what_a_caller_no_longer_sees_is_told_to_it_without_a_state(app: App) {
    let sound = app.sound().await;
    let tree = app.tree().await;
    let other = organization("410100-06-02", "unit", &tree.department);
    let other = made(&app.bureau(), "/api/v1/organizations", &other).await;
    let before = stand(&follower(&app, "410100-06")).await;
    let path = format!("/api/v1/projects/{}", sound.project);
    app.bureau().patch(&path, "*", &json!({"organization_id": other})).await.status(200);
    for (code, is_seen) in [(UNIT, false), ("410100-06-02", true), ("410100-06", true)] {
        let events = items(&read(&follower(&app, code), &format!("include=data&after={before}")).await);
        let subjects: std::collections::BTreeSet<String> = events.iter().map(|event| text(event, "subject")).collect();
        // The project with its parts, and its assessment, each once.
        assert_eq!((subjects.len(), events.len()), (2, 2), "{code}");
        let last = events.iter().filter(|event| event["data"]["superseded_by_id"].is_null());
        assert!(last.into_iter().all(|event| event["data"]["state"].is_object() == is_seen), "{code}: {events:#?}");
    }
}

async fn a_moved_organization_is_told_with_all_below_it(app: App) {
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let tree = app.tree().await;
    let bureau = app.bureau();
    let other = made(&bureau, "/api/v1/organizations", &organization("410100-07", "department", &tree.division)).await;
    let admin = app.client(UNIT, "webhooks:admin");
    let new = json!({"name": "x", "url": "http://127.0.0.1:9/"});
    made(&admin, "/api/v1/webhook-subscriptions", &new).await;
    let before = stand(&follower(&app, UNIT)).await;
    let path = format!("/api/v1/organizations/{}", tree.unit);
    bureau.patch(&path, "*", &json!({"parent_id": other})).await.status(200);
    let seen = items(&read(&follower(&app, "410100-07"), &format!("include=data&after={before}")).await);
    assert!(seen.iter().all(|event| event["data"]["state"].is_object()), "{seen:#?}");
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for event in &seen {
        *kinds.entry(text(event, "type")).or_default() += 1;
    }
    let kinds: Vec<(&str, usize)> = kinds.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(
        kinds,
        [
            ("jixiao.organization.updated", 1),
            ("jixiao.project.updated", 1),
            ("jixiao.score.updated", 1),
            ("jixiao.self_assessment.updated", 1),
            ("jixiao.webhook_subscription.updated", 1)
        ]
    );
    let gone = items(&read(&follower(&app, "410100-06"), &format!("include=data&after={before}")).await);
    assert_eq!(gone.len(), seen.len());
    assert!(gone.iter().all(|event| event["data"]["state"].is_null()));
    follower(&app, "410100-07").get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.status(200);
}

async fn a_draft_is_told_when_a_figure_of_its_project_changes(app: App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/indicators/{}", sound.indicators[1]);
    let told = told(&app, async || {
        app.unit().patch(&path, "*", &json!({"target_text": "≥200人"})).await.status(200);
    });
    assert_eq!(told.await, ["self_assessment.updated", "project.updated"]);
    let reader = follower(&app, UNIT);
    let event = items(&read(&reader, "include=data&type=jixiao.self_assessment.updated").await).pop().unwrap();
    let assessment = reader.get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.json(200);
    assert_eq!(event["data"]["state"]["computed"], assessment["computed"]);
}

async fn an_import_is_told_project_by_project(app: App) {
    app.project().await;
    let uploader = app.client(UNIT, "imports:write projects:read projects:write");
    let rows: String = (0..1200)
        .map(|number| {
            let row = json!({"fiscal_year": 2021, "project_code": "41010021T000000000001", "level1": "产出",
                             "name": format!("指标{number}"), "weight": "0.01"});
            format!("{row}\n")
        })
        .collect();
    let reader = follower(&app, BUREAU);
    let before = position(&reader).await;
    let path = "/api/v1/imports?kind=indicators&commit=true";
    let import = uploader
        .request(actix_web::http::Method::POST, path)
        .body("application/octet-stream", rows.into_bytes())
        .await
        .json(201);
    let (mut seen, mut from) = (Vec::new(), before);
    loop {
        let page = read(&reader, &format!("after={from}&limit=500")).await;
        seen.extend(items(&page));
        from = page["next_after"].as_i64().unwrap();
        if page["next_after"] == page["head"] {
            break;
        }
    }
    assert_eq!(numbers(&seen), (before + 1..=from).collect::<Vec<_>>());
    // What is told is the project, once for all of its rows.
    let of_rows: Vec<String> = types(&seen).into_iter().filter(|name| !name.starts_with("import.")).collect();
    assert_eq!(of_rows, ["project.updated"]);
    let with_parts = items(&read(&reader, &format!("after={before}&include=data&type=jixiao.project.updated")).await);
    assert_eq!(with_parts[0]["data"]["state"]["indicators"].as_array().map(Vec::len), Some(1200));
    let path = format!("/api/v1/imports/{}/revert", id(&import));
    let reverted = told(&app, async || {
        uploader.post(&path, &json!(null)).without("Content-Type").await.status(200);
    });
    assert_eq!(reverted.await, ["project.updated", "import.updated"]);
    let last = items(&read(&reader, &format!("after={before}&include=data&type=jixiao.project.updated")).await).pop();
    assert_eq!(last.expect("the revert")["data"]["state"]["indicators"], json!([]));
}

async fn types_narrow_the_feed(app: App) {
    app.sound().await;
    let reader = follower(&app, BUREAU);
    let page = read(&reader, "type=jixiao.project.created&type=jixiao.self_assessment.created").await;
    assert_eq!(types(&items(&page)), ["project.created", "self_assessment.created"]);
    assert_eq!(page["next_after"], page["head"]);
    reader.get("/api/v1/changes?type=jixiao.project.exploded").await.problem(400, "bad_query");
    reader.get("/api/v1/changes?after=-1").await.problem(400, "bad_query");
    reader.get("/api/v1/changes?wait=31").await.problem(400, "bad_query");
}

async fn a_scope_is_needed_for_the_feed_and_for_what_it_shows(app: App) {
    app.project().await;
    app.unit().get("/api/v1/changes").await.problem(403, "scope_missing");
    let narrow = app.client(UNIT, "changes:read");
    assert_eq!(after(&narrow, 0).await.len(), 2);
    narrow.get("/api/v1/changes?include=data").await.problem(403, "scope_missing");
}
