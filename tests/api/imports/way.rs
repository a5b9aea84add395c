//! The way of an import: made, given its content, reported, committed, repeated, reverted, forgotten.

use actix_web::http::Method;
use actix_web::web::Data;
use jixiao::imports::{files::ImportFiles, work};
use jixiao::values::FromText;
use serde_json::{Value, json};

use super::files::{check, commit, counts, indicator_row, ndjson, revert, rows, total, upload, uploader, wrong};
use crate::support::build::{id, items, text};
use crate::support::client::{Client, every_scope};
use crate::support::{App, Kind, cases};

cases![
    an_import_goes_from_its_making_to_its_undoing,
    one_request_does_all_or_says_each_place_that_is_wrong,
    the_valid_rows_go_in_alone_when_asked_for,
    a_retry_after_a_lost_answer_gets_the_first_import_and_doubles_nothing,
    the_same_file_sent_to_a_second_import_points_to_the_first,
    a_commit_that_is_repeated_changes_nothing_more,
    the_report_is_paged_and_filtered,
    what_changed_since_the_check_is_never_overwritten,
    what_changes_the_outcome_has_to_be_looked_at_again,
    a_revert_names_what_was_changed_later,
    a_revert_gives_back_what_was_changed,
    an_indicator_that_got_a_result_is_not_taken_away,
    a_content_is_sent_once,
    an_import_that_is_not_committed_is_forgotten_on_request,
    uploads_need_the_scopes_of_what_they_change,
    another_division_sees_nothing_of_an_import,
    an_interrupted_check_begins_anew_after_the_start,
    an_interrupted_check_whose_file_is_gone_is_a_failed_import,
    expired_files_are_removed_and_the_record_stays,
    locked_figures_are_not_changed,
    a_long_check_shows_its_progress_and_is_cancelled,
];

async fn an_import_goes_from_its_making_to_its_undoing(app: App) {
    let project = app.project().await;
    let client = uploader(&app);
    let made = client.request(Method::POST, "/api/v1/imports?kind=indicators&file_name=a.ndjson").await.json(201);
    assert_eq!(
        (&made["status"], &made["allowed_actions"]),
        (&json!("awaiting_content"), &json!(["put_content", "delete"]))
    );
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲"), indicator_row("41010021T000000000001", "乙")]);
    let path = format!("/api/v1/imports/{}/content", id(&made));
    let put = client.request(Method::PUT, &path).header("If-Match", "*").body("application/x-ndjson", file).await;
    let checked = put.json(200);
    assert_eq!((&checked["status"], counts(&checked)), (&json!("validated"), [2, 0, 0, 0]));
    assert_eq!(checked["content_hash"].as_str().map(str::len), Some(64));
    assert_eq!(total(&client, "indicators").await, 0, "a check changes nothing");
    let committed = commit(&client, &made).await.json(200);
    assert_eq!(committed["status"], "committed");
    assert!(committed["committed_at"].is_string());
    let listed = items(&client.get(&format!("/api/v1/projects/{project}/indicators")).await.json(200));
    let names: Vec<String> = listed.iter().map(|one| text(one, "name")).collect();
    assert_eq!(names, ["甲", "乙"]);
    assert_eq!(listed[0]["target"]["value"], "100", "a target is understood as everywhere");
    let version = &client.get(&format!("/api/v1/projects/{project}")).await.json(200)["version"];
    assert_eq!(version, 2, "the figures of the project changed once");
    let reverted = revert(&client, &made).await.json(200);
    assert_eq!(reverted["status"], "reverted");
    assert_eq!(total(&client, "indicators").await, 0);
}

async fn one_request_does_all_or_says_each_place_that_is_wrong(app: App) {
    app.project().await;
    let client = uploader(&app);
    let good = indicator_row("41010021T000000000001", "甲");
    let mut bad = indicator_row("41010021T000000000002", "乙");
    bad["weight"] = json!("1.234");
    let mut worse = indicator_row("41010021T00000000001", "丙");
    worse["target_text"] = json!("很好");
    worse["measure"] = json!("number");
    let refused = upload(&client, "kind=indicators&commit=true", ndjson(&[good.clone(), bad, worse])).await;
    let problem = refused.problem(422, "rows_rejected");
    let places: Vec<(&Value, &Value)> =
        problem["errors"].as_array().expect("errors").iter().map(|one| (&one["row"], &one["code"])).collect();
    assert_eq!(places, [(&json!(2), &json!("too_many_decimals")), (&json!(3), &json!("unknown_project"))]);
    let near = text(&problem["errors"][1], "detail");
    assert!(near.contains("did you mean 41010021T000000000001"), "{near}");
    assert_eq!(total(&client, "indicators").await, 0, "all rows or none");
    let done = upload(&client, "kind=indicators&commit=true", ndjson(&[good])).await.json(201);
    assert_eq!((&done["status"], counts(&done)), (&json!("committed"), [1, 0, 0, 0]));
}

async fn the_valid_rows_go_in_alone_when_asked_for(app: App) {
    app.project().await;
    let client = uploader(&app);
    let rows = [indicator_row("41010021T000000000001", "甲"), indicator_row("NONE", "乙")];
    let done = upload(&client, "kind=indicators&mode=valid_rows&commit=true", ndjson(&rows)).await.json(201);
    assert_eq!((&done["status"], counts(&done)), (&json!("committed"), [1, 0, 0, 1]));
    assert_eq!(total(&client, "indicators").await, 1);
}

async fn a_retry_after_a_lost_answer_gets_the_first_import_and_doubles_nothing(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let first = upload(&client, "kind=indicators&commit=true", file.clone()).await.json(201);
    let again = upload(&client, "kind=indicators&commit=true", file.clone()).await.status(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again}");
    assert_eq!(id(&again.json(201)), id(&first));
    assert_eq!((total(&client, "indicators").await, total(&client, "imports").await), (1, 1));
    let other = upload(&client, "kind=indicators&mode=valid_rows", file).await.json(201);
    assert_ne!(id(&other), id(&first), "another mode is another import");
    assert_eq!(counts(&other), [0, 0, 1, 0], "and finds everything as it is");
}

async fn the_same_file_sent_to_a_second_import_points_to_the_first(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let mut made = Vec::new();
    for _ in 0..2 {
        made.push(client.request(Method::POST, "/api/v1/imports?kind=indicators").await.json(201));
        let path = format!("/api/v1/imports/{}/content", id(&made[made.len() - 1]));
        let put = client.request(Method::PUT, &path).header("If-Match", "*");
        assert_eq!(id(&put.body("text/plain", file.clone()).await.json(200)), id(&made[0]));
    }
    let second = client.get(&format!("/api/v1/imports/{}", id(&made[1]))).await.json(200);
    assert_eq!((&second["status"], text(&second, "duplicate_of")), (&json!("duplicate"), id(&made[0])));
    assert_eq!(id(&commit(&client, &made[1]).await.json(200)), id(&made[0]), "its commit is the first one's");
    assert_eq!(rows(&client, &id(&made[1]), "").await.len(), 1, "and so is its report");
    assert_eq!(total(&client, "indicators").await, 1);
}

async fn a_commit_that_is_repeated_changes_nothing_more(app: App) {
    let project = app.project().await;
    let client = uploader(&app);
    let (import, _) = check(&client, "kind=indicators", ndjson(&[indicator_row("41010021T000000000001", "甲")])).await;
    let first = commit(&client, &import).await.json(200);
    assert_eq!(commit(&client, &import).await.json(200), first);
    assert_eq!(client.get(&format!("/api/v1/projects/{project}")).await.json(200)["version"], 2);
    assert_eq!(revert(&client, &import).await.json(200), revert(&client, &import).await.json(200));
    commit(&client, &import).await.problem(409, "action_not_allowed");
}

async fn the_report_is_paged_and_filtered(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file: Vec<Value> = (0..25)
        .map(|at| indicator_row(if at % 5 == 4 { "NONE" } else { "41010021T000000000001" }, &format!("指标{at}")))
        .collect();
    let (import, all) = check(&client, "kind=indicators", ndjson(&file)).await;
    assert_eq!((all.len(), counts(&import)), (25, [20, 0, 0, 5]));
    for (filter, expected) in [("", 25), ("outcome=rejected&", 5), ("outcome=created&outcome=rejected&", 25)] {
        let mut found: Vec<u64> = Vec::new();
        let mut next = format!("/api/v1/imports/{}/rows?{filter}limit=4", id(&import));
        loop {
            let reply = client.get(&next).await.status(200);
            let link = reply.header("link").map(str::to_owned);
            found.extend(items(&reply.json(200)).iter().filter_map(|row| row["row"].as_u64()));
            let Some(link) = link else { break };
            next = link.trim_start_matches('<').split('>').next().expect("a link").to_owned();
        }
        let mut sorted = found.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((found.len(), &sorted), (expected, &found), "{filter}");
    }
    let cursor =
        text(&client.get(&format!("/api/v1/imports/{}/rows?limit=4", id(&import))).await.json(200), "next_cursor");
    let other = format!("/api/v1/imports/{}/rows?outcome=rejected&limit=4&cursor={cursor}", id(&import));
    client.get(&other).await.problem(400, "bad_cursor");
}

async fn what_changed_since_the_check_is_never_overwritten(app: App) {
    let project = app.project().await;
    let client = uploader(&app);
    let path = format!("/api/v1/projects/{project}/indicators");
    let (import, _) = check(&client, "kind=indicators", ndjson(&[indicator_row("41010021T000000000001", "甲")])).await;
    let other = json!({"level1": "效益", "name": "别的", "weight": "1"});
    client.post(&path, &other).await.status(201);
    // The same row still makes the same record: it is checked anew and committed.
    assert_eq!(commit(&client, &import).await.json(200)["status"], "committed");
    let names: Vec<String> = items(&client.get(&path).await.json(200)).iter().map(|one| text(one, "name")).collect();
    assert_eq!(names, ["别的", "甲"]);
}

async fn what_changes_the_outcome_has_to_be_looked_at_again(app: App) {
    let project = app.project().await;
    let client = uploader(&app);
    let (import, _) = check(&client, "kind=indicators", ndjson(&[indicator_row("41010021T000000000001", "甲")])).await;
    let same = json!({"level1": "产出", "level2": "数量", "name": "甲", "weight": "30", "target_text": "≥100人"});
    client.post(&format!("/api/v1/projects/{project}/indicators"), &same).await.status(201);
    commit(&client, &import).await.problem(409, "import_outdated");
    let again = client.get(&format!("/api/v1/imports/{}", id(&import))).await.json(200);
    assert_eq!((&again["status"], counts(&again)), (&json!("validated"), [0, 1, 0, 0]), "the report is new");
    assert_eq!(commit(&client, &import).await.json(200)["status"], "committed");
    assert_eq!(total(&client, "indicators").await, 1);
}

async fn a_revert_names_what_was_changed_later(app: App) {
    app.project().await;
    let client = uploader(&app);
    let rows = [indicator_row("41010021T000000000001", "甲"), indicator_row("41010021T000000000001", "乙")];
    let import = upload(&client, "kind=indicators&commit=true", ndjson(&rows)).await.json(201);
    let listed = items(&client.get("/api/v1/indicators").await.json(200));
    let touched = format!("/api/v1/indicators/{}", id(&listed[1]));
    client.patch(&touched, "*", &json!({"weight": "11"})).await.status(200);
    let places = revert(&client, &import).await.fields(409, "import_touched");
    assert_eq!(places, [(touched, "import_touched".to_owned())]);
    assert_eq!(total(&client, "indicators").await, 2, "nothing is undone by halves");
}

async fn a_revert_gives_back_what_was_changed(app: App) {
    let sound = app.sound().await;
    let client = uploader(&app);
    let before = client.get(&format!("/api/v1/indicators/{}", sound.indicators[1])).await.json(200);
    let row = json!({"fiscal_year": 2021, "project_code": "41010021T000000000001", "level1": "产出",
                     "level2": "产出数量", "name": "培训人数", "weight": "25"});
    let import = upload(&client, "kind=indicators&commit=true", ndjson(&[row])).await.json(201);
    assert_eq!(counts(&import), [0, 1, 0, 0]);
    let changed = client.get(&format!("/api/v1/indicators/{}", sound.indicators[1])).await.json(200);
    assert_eq!(
        (&changed["weight"], &changed["target_text"]),
        (&json!("25.00"), &json!("≥100人")),
        "what is not given stays"
    );
    revert(&client, &import).await.status(200);
    let after = client.get(&format!("/api/v1/indicators/{}", sound.indicators[1])).await.json(200);
    assert_eq!((&after["weight"], &after["target"]), (&before["weight"], &before["target"]));
    assert_eq!(after["version"], 3);
}

async fn an_indicator_that_got_a_result_is_not_taken_away(app: App) {
    let sound = app.sound().await;
    let client = uploader(&app);
    let import =
        upload(&client, "kind=indicators&commit=true", ndjson(&[indicator_row("41010021T000000000001", "新")]))
            .await
            .json(201);
    let listed = items(&client.get(&format!("/api/v1/projects/{}/indicators", sound.project)).await.json(200));
    let results = json!([{"indicator_id": id(&listed[5]), "actual_text": "100人"}]);
    client.put(&format!("/api/v1/self-assessments/{}/results", sound.assessment), "*", &results).await.status(200);
    let places = revert(&client, &import).await.fields(409, "import_touched");
    assert_eq!(places.len(), 1);
}

async fn a_content_is_sent_once(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let (import, _) = check(&client, "kind=indicators", file.clone()).await;
    let path = format!("/api/v1/imports/{}/content", id(&import));
    let again = client.request(Method::PUT, &path).header("If-Match", "*").body("text/plain", file).await;
    again.problem(409, "action_not_allowed");
    let empty = client.request(Method::POST, "/api/v1/imports?kind=indicators&commit=true").await;
    empty.problem(422, "empty_content");
}

async fn an_import_that_is_not_committed_is_forgotten_on_request(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let (import, _) = check(&client, "kind=indicators", file.clone()).await;
    let path = format!("/api/v1/imports/{}", id(&import));
    let folder = app.place.folder.path().join("imports").join(id(&import));
    assert!(folder.join("content").exists());
    client.delete(&path, "*").await.status(204);
    client.get(&path).await.problem(404, "not_found");
    assert!(!folder.exists(), "its files go with it");
    let done = upload(&client, "kind=indicators&commit=true", file).await.json(201);
    client.delete(&format!("/api/v1/imports/{}", id(&done)), "*").await.problem(409, "action_not_allowed");
}

async fn uploads_need_the_scopes_of_what_they_change(app: App) {
    app.project().await;
    for (kind, scope) in [
        ("organizations", "org:admin"),
        ("projects", "projects:write"),
        ("budget_lines", "projects:write"),
        ("indicators", "projects:write"),
        ("results", "assessments:write"),
        ("self_assessment_forms", "projects:write assessments:write"),
    ] {
        let others: Vec<String> = every_scope()
            .split(' ')
            .filter(|one| *one != scope.split(' ').next().unwrap_or_default())
            .map(str::to_owned)
            .collect();
        let path = format!("/api/v1/imports?kind={kind}");
        app.client("410100", &others.join(" ")).request(Method::POST, &path).await.problem(403, "scope_missing");
        let enough = app.client("410100", &format!("imports:write {scope}"));
        enough.request(Method::POST, &path).await.status(201);
    }
}

async fn another_division_sees_nothing_of_an_import(app: App) {
    app.project().await;
    let (import, _) =
        check(&uploader(&app), "kind=indicators", ndjson(&[indicator_row("41010021T000000000001", "甲")])).await;
    let stranger = app.stranger();
    assert_eq!(total(&stranger, "imports").await, 0);
    commit(&stranger, &import).await.problem(404, "not_found");
    let (theirs, report) =
        check(&stranger, "kind=indicators", ndjson(&[indicator_row("41010021T000000000001", "甲")])).await;
    assert_ne!(id(&theirs), id(&import), "the same file of another division is another import");
    assert_eq!(wrong(&report), [(1, "project_code".to_owned(), "unknown_project".to_owned())]);
    let detail = text(&report[0]["errors"][0], "detail");
    assert!(!detail.contains("企业服务"), "no name of another division is suggested: {detail}");
}

/// An import as a server leaves it that is killed while it checks it; its lease has ended.
async fn left_behind(app: &App, client: &Client, file: Vec<u8>) -> Value {
    use jixiao::imports::model::ImportId;
    use jixiao::leases::{LeaseSettings, WorkKind, store};
    let settings = LeaseSettings { duration: std::time::Duration::ZERO, ..LeaseSettings::default() };
    let (import, _) = check(client, "kind=indicators", file).await;
    let killed = ImportId::from_text(&id(&import)).expect("an id");
    app.db
        .write("410100", move |c| {
            use diesel::prelude::*;
            use jixiao::db::schema::imports;
            use jixiao::on;
            let caller = jixiao::auth::Caller::new("tester", "410100", jixiao::auth::Scopes::default());
            store::take(c, WorkKind::Import, killed.as_str(), &caller, settings)?;
            Ok(on!(c, c => diesel::update(imports::table.find(&killed)).set(imports::status.eq("validating")).execute(c))?)
        })
        .await
        .expect("as a killed server leaves it");
    // The lease ends within a millisecond, and only the next one sees it ended.
    actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
    import
}

fn files_of(app: &App, folder: &str) -> Data<ImportFiles> {
    let leases = jixiao::leases::LeaseSettings::default();
    Data::new(ImportFiles::new(app.place.folder.path().join(folder), 1 << 20, 30).shared(app.blobs(), leases))
}

async fn an_interrupted_check_begins_anew_after_the_start(app: App) {
    app.project().await;
    let client = uploader(&app);
    let import = left_behind(&app, &client, ndjson(&[indicator_row("41010021T000000000001", "甲")])).await;
    // On Postgres by a server that has not seen the file before.
    let folder = if app.kind == Kind::Sqlite { "imports" } else { "imports-of-another" };
    work::after_start(&Data::new(app.db.clone()), &files_of(&app, folder)).await.expect("the start goes on");
    let path = format!("/api/v1/imports/{}", id(&import));
    while client.get(&path).await.json(200)["status"] == "validating" {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let rows = items(&client.get(&format!("{path}/rows")).await.json(200)).to_vec();
    assert_eq!((rows.len(), &rows[0]["outcome"]), (1, &json!("created")));
    assert_eq!(commit(&client, &import).await.json(200)["status"], "committed");
    assert_eq!(total(&client, "indicators").await, 1);
}

async fn an_interrupted_check_whose_file_is_gone_is_a_failed_import(app: App) {
    app.project().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let import = left_behind(&app, &client, file.clone()).await;
    let files = files_of(&app, "imports-of-another");
    files.blobs.remove(&format!("imports/{}", id(&import))).await.expect("removed");
    work::after_start(&Data::new(app.db.clone()), &files).await.expect("the start goes on");
    let path = format!("/api/v1/imports/{}", id(&import));
    while client.get(&path).await.json(200)["status"] == "validating" {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let failed = client.get(&path).in_english().await.json(200);
    assert_eq!((&failed["status"], &failed["problem"]["code"]), (&json!("failed"), &json!("interrupted")));
    commit(&client, &import).await.problem(409, "action_not_allowed");
    assert_eq!(total(&client, "indicators").await, 0, "nothing of it is visible");
    let again = upload(&client, "kind=indicators&commit=true", file).await.json(201);
    assert_ne!(id(&again), id(&import));
    assert_eq!(total(&client, "indicators").await, 1);
}

async fn expired_files_are_removed_and_the_record_stays(app: App) {
    use diesel::prelude::*;
    use jixiao::db::schema::imports;
    use jixiao::on;
    use jixiao::values::Instant;
    app.project().await;
    let client = uploader(&app);
    let import =
        upload(&client, "kind=indicators&commit=true", ndjson(&[indicator_row("41010021T000000000001", "甲")]))
            .await
            .json(201);
    let files = files_of(&app, "imports");
    assert_eq!(work::sweep(&app.db, &files).await.expect("swept"), 0, "its time is not over");
    let old = id(&import);
    app.db
        .write("410100", move |c| {
            let past = imports::expires_at.eq(Instant::now().hours_before(1));
            Ok(on!(c, c => diesel::update(imports::table.find(&old)).set(past).execute(c))?)
        })
        .await
        .expect("time passes");
    assert_eq!(work::sweep(&app.db, &files).await.expect("swept"), 1);
    client.get(&format!("/api/v1/imports/{}", id(&import))).await.status(200);
    client.get(&format!("/api/v1/imports/{}/rows", id(&import))).await.problem(410, "import_expired");
    revert(&client, &import).await.problem(410, "import_expired");
}

async fn locked_figures_are_not_changed(app: App) {
    let sound = app.sound().await;
    let client = uploader(&app);
    let file = ndjson(&[indicator_row("41010021T000000000001", "甲")]);
    let (import, _) = check(&client, "kind=indicators", file.clone()).await;
    app.take(&sound.assessment, &["submit"]).await;
    commit(&client, &import).await.problem(409, "import_outdated");
    let report = rows(&client, &id(&import), "").await;
    assert_eq!(wrong(&report), [(1, "project_code".to_owned(), "figures_locked".to_owned())]);
    commit(&client, &import).await.problem(422, "rows_rejected");
}

async fn a_long_check_shows_its_progress_and_is_cancelled(app: App) {
    app.project().await;
    let client = uploader(&app);
    let rows: Vec<Value> = (0..15_000).map(|at| indicator_row("41010021T000000000001", &format!("指标{at}"))).collect();
    let made = client.request(Method::POST, "/api/v1/imports?kind=indicators").await.json(201);
    let path = format!("/api/v1/imports/{}", id(&made));
    let put = client.request(Method::PUT, &format!("{path}/content")).header("If-Match", "*");
    let put = async { put.body("application/x-ndjson", ndjson(&rows)).await };
    let cancel = async {
        let mut last = 0;
        while last < 1_000 {
            let import = client.get(&path).await.json(200);
            assert_ne!(import["status"], "validated", "the check was over before it could be cancelled");
            if import["status"] == "validating" {
                let progress = &import["progress"];
                let (processed, total) = (progress["processed"].as_u64(), progress["total"].as_u64());
                assert!(processed >= Some(last) && processed <= total, "{progress:#}");
                last = processed.unwrap_or(0);
            }
            actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        client.delete(&path, "*").await.status(204);
    };
    let (answer, ()) = futures_util::future::join(put, cancel).await;
    answer.problem(404, "not_found");
    client.get(&path).await.problem(404, "not_found");
    assert!(!app.place.folder.path().join("imports").join(id(&made)).exists());
    assert_eq!(total(&client, "imports").await, 0);
}
