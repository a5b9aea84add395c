//! Exports: one file in one snapshot, signed, resumable, exact, and never a formula.

use std::process::Command;
use std::time::Duration;

use actix_web::web::Data;
use jixiao::exports::manifest::{Manifest, SignedManifest, verify};
use jixiao::exports::{self, ExportFiles, Signer};
use jixiao::workbooks;
use serde_json::{Value, json};

use crate::support::build::{id, items, made, organization, project, text};
use crate::support::client::{BUREAU, Client, UNIT};
use crate::support::{App, Reply, Sound, With, cases, sha256};

cases![
    scores_are_exported_as_the_api_shows_them,
    scores_that_are_older_than_their_documents_are_exported_as_well,
    scores_that_others_lie_between_are_exported_without_them,
    a_manifest_says_what_the_file_is_and_is_signed,
    every_kind_has_its_rows_in_every_format,
    a_text_never_becomes_a_formula,
    numbers_stay_exact_in_a_workbook,
    a_download_goes_on_where_it_broke_off,
    a_file_that_is_asked_for_at_once_comes_while_it_is_written,
    an_export_holds_what_its_caller_sees,
    filters_narrow_an_export,
    what_goes_wrong_is_said_at_its_place,
    a_retry_finds_the_export_that_was_begun,
    an_export_that_was_interrupted_begins_anew,
    an_export_is_removed_after_its_time,
    the_command_checks_a_file_against_its_manifest,
];

const SCOPES: &str = "exports:write scores:read projects:read projects:write changes:read";

fn exporter(app: &App, organization: &str) -> Client {
    app.client(organization, SCOPES)
}

/// Takes an export, and gives it when it is ready.
async fn export(client: &Client, body: &Value) -> Value {
    let id = made(client, "/api/v1/exports", body).await;
    let export = client.get(&format!("/api/v1/exports/{id}?wait=30")).await.json(200);
    assert_eq!(text(&export, "status"), "ready", "{export:#}");
    export
}

async fn content(client: &Client, export: &Value) -> Reply {
    client.get(&format!("/api/v1/exports/{}/content", id(export))).await.status(200)
}

fn lines(reply: &Reply) -> Vec<Value> {
    let text = std::str::from_utf8(&reply.body).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

async fn published(app: &App, codes: &[&str]) -> Vec<Sound> {
    let mut all = Vec::new();
    for code in codes {
        let sound = app.sound_of_code(code).await;
        app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
        all.push(sound);
    }
    all
}

async fn scores_are_exported_as_the_api_shows_them(app: App) {
    published(&app, &["A", "B", "C"]).await;
    let client = exporter(&app, BUREAU);
    let taken = export(&client, &json!({"kind": "scores"})).await;
    let file = content(&client, &taken).await;
    assert_eq!(file.required("content-type"), "application/x-ndjson");
    assert_eq!(lines(&file), items(&client.get("/api/v1/scores?include=levels").await.json(200)));
}

async fn scores_that_are_older_than_their_documents_are_exported_as_well(app: App) {
    published(&app, &["A", "B"]).await;
    let client = exporter(&app, BUREAU);
    let whole = content(&client, &export(&client, &json!({"kind": "scores"})).await).await;
    app.execute("UPDATE score_documents SET document = NULL");
    let written = content(&client, &export(&client, &json!({"kind": "scores"})).await).await;
    assert_eq!(written.body, whole.body);
}

async fn scores_that_others_lie_between_are_exported_without_them(app: App) {
    published(&app, &["A", "B", "C", "D", "E", "F"]).await;
    // The first and the last are of another year, with four between them.
    app.execute("UPDATE scores SET fiscal_year = 2019 WHERE project_code IN ('A', 'F')");
    crate::databases::open(&app).recount_all().unwrap();
    let client = exporter(&app, BUREAU);
    let of_year = async |year: i32| -> Vec<String> {
        let taken = export(&client, &json!({"kind": "scores", "fiscal_year": [year]})).await;
        lines(&content(&client, &taken).await).iter().map(|row| text(row, "project_code")).collect()
    };
    assert_eq!(of_year(2019).await, ["A", "F"]);
    assert_eq!(of_year(2021).await, ["B", "C", "D", "E"]);
}

async fn a_manifest_says_what_the_file_is_and_is_signed(app: App) {
    published(&app, &["A"]).await;
    let client = exporter(&app, BUREAU);
    let before = client.get("/api/v1/changes/head").await.json(200)["position"].as_i64().unwrap();
    let taken = export(&client, &json!({"kind": "scores", "fiscal_year": [2021]})).await;
    let file = content(&client, &taken).await;
    let path = format!("/api/v1/exports/{}/manifest", id(&taken));
    let signed = client.get(&path).await.json(200);
    let mut signed: SignedManifest = serde_json::from_value(signed).expect("a signed manifest");
    assert_eq!(signed.manifest, taken["manifest"]);
    let manifest: Manifest = serde_json::from_value(signed.manifest.clone()).expect("a manifest");
    assert_eq!(manifest.bytes, i64::try_from(file.body.len()).unwrap());
    assert_eq!((manifest.sha256, manifest.rows), (sha256(&file.body), 1));
    assert_eq!(manifest.division_code, BUREAU);
    // The export's own beginning may be in the feed by then, the end of it is not.
    let position = manifest.position.expect("a division sees its numbers");
    assert!([before, before + 1].contains(&position), "{position} after {before}");
    assert_eq!(taken["manifest"]["filters"], json!({"fiscal_year": [2021]}));
    let keys = app.anyone().get("/.well-known/jwks.json").await.json(200);
    let key = verify(&signed).expect("signed");
    assert_eq!(serde_json::to_value(&key).unwrap(), keys["keys"][0]);
    signed.manifest["rows"] = 2.into();
    assert_eq!(verify(&signed).unwrap_err(), "the manifest was changed after it was signed");
}

async fn every_kind_has_its_rows_in_every_format(app: App) {
    let sound = published(&app, &["A"]).await.remove(0);
    let other = app.sound_of_code("B").await;
    app.unit()
        .put(&format!("/api/v1/self-assessments/{}/results", other.assessment), "*", &json!([]))
        .await
        .status(200);
    let client = exporter(&app, BUREAU);
    let found = client.get(&format!("/api/v1/self-assessments/{}/findings", other.assessment)).await.json(200);
    let found = items(&found).len() + {
        let of_first = client.get(&format!("/api/v1/self-assessments/{}/findings", sound.assessment)).await;
        items(&of_first.json(200)).len()
    };
    assert!(found > 3);
    let detail = client.get(&format!("/api/v1/self-assessments/{}", sound.assessment)).await.json(200);
    for (kind, count) in
        [("scores", 1), ("projects", 2), ("budget_lines", 2), ("indicators", 10), ("results", 10), ("findings", found)]
    {
        let ndjson = content(&client, &export(&client, &json!({"kind": kind})).await).await;
        let rows = lines(&ndjson);
        assert_eq!(rows.len(), count, "{kind}: {rows:#?}");
        for format in ["csv", "xlsx"] {
            let taken = export(&client, &json!({"kind": kind, "format": format})).await;
            assert_eq!(taken["manifest"]["rows"], count, "{kind} {format}");
            let table = table(&content(&client, &taken).await, format);
            assert_eq!(table.len(), count + 1, "{kind} {format}");
            // Each cell is the field of its heading, as the API has it.
            for (row, cells) in rows.iter().zip(&table[1..]) {
                for (name, cell) in table[0].iter().zip(cells) {
                    let expected = match &row[name] {
                        Value::Null => String::new(),
                        Value::String(text) => text.clone(),
                        Value::Object(one) if name == "rule_profile" => {
                            format!("{} {}", one["code"].as_str().unwrap(), one["version"])
                        }
                        other => other.to_string(),
                    };
                    let (cell, expected) = (cell.trim_end_matches(".00"), expected.trim_end_matches(".00"));
                    assert!(
                        cell == expected || same(cell, expected),
                        "{kind} {format} {name}: {cell} is not {expected}"
                    );
                }
            }
        }
        if kind == "results" {
            let of_first: Vec<&Value> =
                rows.iter().filter(|row| row["self_assessment_id"] == sound.assessment.as_str()).collect();
            let expected = detail["results"].as_array().unwrap();
            assert_eq!(of_first.len(), expected.len());
            for (row, result) in of_first.into_iter().zip(expected) {
                assert_eq!((&row["computed_score"], &row["name"]), (&result["computed_score"], &result["name"]));
                assert_eq!(row["project_code"], "A");
            }
        }
    }
}

/// Whether two texts are the same number.
fn same(one: &str, other: &str) -> bool {
    let number = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
    number(one).is_some() && number(one) == number(other)
}

fn table(reply: &Reply, format: &str) -> Vec<Vec<String>> {
    if format == "csv" {
        assert_eq!(&reply.body[..3], "\u{feff}".as_bytes());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&reply.body[3..]);
        return reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    }
    let book = workbooks::read(&reply.body, &workbooks::Limits::default()).expect("a workbook");
    let sheet = &book.sheets[0];
    let last = |of: fn(&workbooks::Place) -> u32| sheet.cells.keys().map(of).max().unwrap_or(0);
    let (rows, columns) = (last(|place| place.row), last(|place| place.column));
    let cell = |row, column| sheet.cells.get(&workbooks::Place { row, column }).map(|cell| cell.text.clone());
    (1..=rows).map(|row| (1..=columns).map(|column| cell(row, column).unwrap_or_default()).collect()).collect()
}

async fn a_text_never_becomes_a_formula(app: App) {
    let tree = app.tree().await;
    let client = exporter(&app, UNIT);
    let names = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "a=1"];
    for (number, name) in names.iter().enumerate() {
        let new = project(&tree.unit).with("code", format!("F{number}")).with("name", *name);
        made(&client, "/api/v1/projects", &new).await;
    }
    let column = |rows: &[Vec<String>]| -> Vec<String> {
        let at = rows[0].iter().position(|name| name == "name").unwrap();
        rows[1..].iter().map(|row| row[at].clone()).collect()
    };
    let csv = content(&client, &export(&client, &json!({"kind": "projects", "format": "csv"})).await).await;
    assert_eq!(column(&table(&csv, "csv")), ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'＝1", "a=1"]);
    let xlsx = content(&client, &export(&client, &json!({"kind": "projects", "format": "xlsx"})).await).await;
    assert_eq!(column(&table(&xlsx, "xlsx")), names);
    let ndjson = content(&client, &export(&client, &json!({"kind": "projects"})).await).await;
    assert_eq!(lines(&ndjson).iter().map(|row| text(row, "name")).collect::<Vec<_>>(), names);
}

async fn numbers_stay_exact_in_a_workbook(app: App) {
    let id = app.project().await;
    let client = exporter(&app, UNIT);
    let amounts = ["0.01", "54.25", "9999999999999.99", "1234567890123.45", "10.05"];
    for (amount, category) in amounts.iter().zip(["会议费", "培训费", "差旅费", "维修(护)费", "办公费"])
    {
        let line = json!({"funding_source": "other", "economic_category": category, "initial_amount": amount,
                          "adjusted_amount": amount, "executed_amount": "0.00"});
        made(&client, &format!("/api/v1/projects/{id}/budget-lines"), &line).await;
    }
    let xlsx = content(&client, &export(&client, &json!({"kind": "budget_lines", "format": "xlsx"})).await).await;
    let rows = table(&xlsx, "xlsx");
    let at = rows[0].iter().position(|name| name == "initial_amount").unwrap();
    let kept: Vec<&str> = rows[1..].iter().map(|row| row[at].as_str()).collect();
    assert_eq!(kept, amounts);
}

async fn a_download_goes_on_where_it_broke_off(app: App) {
    published(&app, &["A", "B"]).await;
    let client = exporter(&app, BUREAU);
    let taken = export(&client, &json!({"kind": "scores"})).await;
    let whole = content(&client, &taken).await;
    let path = format!("/api/v1/exports/{}/content", id(&taken));
    let (etag, length) = (whole.required("etag").to_owned(), whole.body.len());
    let rest = client.get(&path).header("Range", "bytes=100-").header("If-Range", &etag).await.status(206);
    assert_eq!(rest.body, whole.body[100..]);
    assert_eq!(rest.required("content-range"), format!("bytes 100-{}/{length}", length - 1));
    let middle = client.get(&path).header("Range", "bytes=5-9").header("Accept-Encoding", "gzip").await.status(206);
    assert_eq!(middle.body, whole.body[5..10]);
    client.get(&path).header("Range", &format!("bytes={length}-")).await.status(416);
    client.get(&path).header("If-None-Match", &etag).await.status(304);
    let zipped = client.get(&path).header("Accept-Encoding", "gzip").await.status(200);
    assert!(zipped.body == whole.body, "the bytes that the manifest counts");
}

async fn a_file_that_is_asked_for_at_once_comes_while_it_is_written(app: App) {
    published(&app, &["A", "B"]).await;
    let client = exporter(&app, BUREAU);
    for format in ["ndjson", "csv", "xlsx"] {
        let export = made(&client, "/api/v1/exports", &json!({"kind": "scores", "format": format})).await;
        let path = format!("/api/v1/exports/{export}");
        let followed = client.get(&format!("{path}/content")).header("Accept-Encoding", "gzip").await.status(200);
        let ready = client.get(&format!("{path}?wait=30")).await.json(200);
        assert_eq!(ready["manifest"]["bytes"], followed.body.len(), "{format}");
        let whole = client.get(&format!("{path}/content")).await.status(200);
        assert!(followed.body == whole.body, "{format}");
        for name in ["content-type", "content-disposition"] {
            assert_eq!(followed.required(name), whole.required(name), "{format}");
        }
    }
}

async fn an_export_holds_what_its_caller_sees(app: App) {
    let tree = app.tree().await;
    let other = organization("410100-06-02", "unit", &tree.department);
    let other = made(&app.bureau(), "/api/v1/organizations", &other).await;
    app.project().await;
    made(&app.bureau(), "/api/v1/projects", &project(&other).with("code", "B")).await;
    let codes = async |organization: &str| -> Vec<String> {
        let client = exporter(&app, organization);
        let file = content(&client, &export(&client, &json!({"kind": "projects"})).await).await;
        lines(&file).iter().map(|row| text(row, "code")).collect()
    };
    assert_eq!(codes(BUREAU).await, ["41010021T000000000001", "B"]);
    assert_eq!(codes(UNIT).await, ["41010021T000000000001"]);
    assert_eq!(codes("410100-06-02").await, ["B"]);
    let taken = export(&exporter(&app, UNIT), &json!({"kind": "projects"})).await;
    for suffix in ["", "/content", "/manifest"] {
        let path = format!("/api/v1/exports/{}{suffix}", id(&taken));
        exporter(&app, "410100-06-02").get(&path).await.problem(404, "not_found");
        exporter(&app, BUREAU).get(&path).await.status(200);
    }
    let path = format!("/api/v1/exports/{}/content", id(&taken));
    app.client(UNIT, "exports:write").get(&path).await.problem(403, "scope_missing");
}

async fn filters_narrow_an_export(app: App) {
    let tree = app.tree().await;
    let client = exporter(&app, BUREAU);
    app.project().await;
    made(&client, "/api/v1/projects", &project(&tree.department).with("code", "D").with("fiscal_year", 2022)).await;
    let codes = async |filters: Value| -> Vec<String> {
        let file = content(&client, &export(&client, &filters.with("kind", "projects")).await).await;
        lines(&file).iter().map(|row| text(row, "code")).collect()
    };
    assert_eq!(codes(json!({"fiscal_year": [2022]})).await, ["D"]);
    assert_eq!(codes(json!({"fiscal_year": [2022, 2021]})).await, ["41010021T000000000001", "D"]);
    assert_eq!(codes(json!({"subtree_of": UNIT})).await, ["41010021T000000000001"]);
    let sound = published(&app, &["A"]).await.remove(0);
    let first = items(&client.get("/api/v1/scores?include=levels").await.json(200)).remove(0);
    app.take(&sound.assessment, &["reopen", "submit", "review", "approve", "publish"]).await;
    let scores = async |filters: Value| -> Vec<Value> {
        lines(&content(&client, &export(&client, &filters.with("kind", "scores")).await).await)
    };
    assert_eq!(scores(json!({})).await.len(), 2);
    assert_eq!(scores(json!({"as_of": first["published_at"]})).await, [first]);
}

async fn what_goes_wrong_is_said_at_its_place(app: App) {
    app.project().await;
    let client = exporter(&app, UNIT);
    let body = json!({"kind": "projects", "fiscal_year": [2021, 1999], "as_of": "2026-01-01T00:00:00Z"});
    let problem = client.post("/api/v1/exports", &body).await.problem(422, "invalid_fields");
    let places: Vec<(String, String)> =
        problem["errors"].as_array().unwrap().iter().map(|one| (text(one, "pointer"), text(one, "code"))).collect();
    let expected = [("/fiscal_year/1", "out_of_range"), ("/as_of", "not_allowed_here")];
    assert_eq!(places, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
    client.post("/api/v1/exports", &json!({"kind": "everything"})).await.problem(422, "invalid_fields");
    let narrow = app.client(UNIT, "exports:write projects:read");
    narrow.post("/api/v1/exports", &json!({"kind": "scores"})).await.problem(403, "scope_missing");
}

async fn a_retry_finds_the_export_that_was_begun(app: App) {
    app.project().await;
    let client = exporter(&app, UNIT);
    let send = || client.post("/api/v1/exports", &json!({"kind": "projects"})).header("Idempotency-Key", "once");
    let first = send().await.json(201);
    let again = send().await.status(201);
    assert_eq!(again.required("idempotency-replayed"), "true");
    assert_eq!(id(&again.json(201)), id(&first));
    client.get(&format!("/api/v1/exports/{}?wait=30", id(&first))).await.status(200);
    assert_eq!(items(&client.get("/api/v1/exports").await.json(200)).len(), 1);
    assert_eq!(items(&client.get("/api/v1/exports?status=ready&kind=projects").await.json(200)).len(), 1);
    assert_eq!(items(&client.get("/api/v1/exports?kind=scores").await.json(200)).len(), 0);
    client.delete(&format!("/api/v1/exports/{}", id(&first)), "*").await.status(204);
    client.get(&format!("/api/v1/exports/{}", id(&first))).await.problem(404, "not_found");
}

fn files(app: &App) -> Data<ExportFiles> {
    // As if the lease of whoever made the export had ended.
    let leases = jixiao::leases::LeaseSettings { duration: Duration::ZERO, is_alone: true, each: 50 };
    let folder = app.place.folder.path().join("exports");
    Data::new(ExportFiles::new(folder, 7, Signer::random()).shared(app.blobs(), leases))
}

async fn an_export_that_was_interrupted_begins_anew(app: App) {
    app.project().await;
    let files = files(&app);
    let caller = jixiao::auth::Caller::new("tester", UNIT, jixiao::auth::Scope::ALL.iter().copied().collect());
    let new = jixiao::http::body::typed(json!({"kind": "projects"})).unwrap();
    let kept = files.clone();
    // Registered, and never begun.
    let (row, _) = app.db.write(UNIT, move |c| exports::actions::create(c, &caller, new, &kept)).await.unwrap();
    let client = exporter(&app, UNIT);
    let path = format!("/api/v1/exports/{}", row.id);
    client.get(&format!("{path}/content")).header("Range", "bytes=0-").await.problem(409, "action_not_allowed");
    exports::work::after_start(&Data::new(app.db.clone()), &files).await.unwrap();
    while client.get(&path).await.json(200)["status"] == "running" {
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
    let after = client.get(&path).await.json(200);
    assert_eq!(text(&after, "status"), "ready");
    assert_eq!(content(&client, &after).await.body.iter().filter(|byte| **byte == b'\n').count(), 1);
}

async fn an_export_is_removed_after_its_time(app: App) {
    app.project().await;
    let client = exporter(&app, UNIT);
    let taken = export(&client, &json!({"kind": "projects"})).await;
    let files = files(&app);
    assert_eq!(exports::work::sweep(&app.db, &files).await.unwrap(), 0);
    let key = id(&taken);
    app.db
        .write(UNIT, move |c| {
            use diesel::prelude::*;
            use jixiao::db::schema::exports::dsl::{exports, expires_at};
            jixiao::on!(c, c => diesel::update(exports.find(&key)).set(expires_at.eq(chrono::DateTime::UNIX_EPOCH.naive_utc())).execute(c))?;
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(exports::work::sweep(&app.db, &files).await.unwrap(), 1);
    client.get(&format!("/api/v1/exports/{}", id(&taken))).await.problem(404, "not_found");
    assert_eq!(std::fs::read_dir(app.place.folder.path().join("exports")).unwrap().count(), 0);
}

async fn the_command_checks_a_file_against_its_manifest(app: App) {
    published(&app, &["A"]).await;
    let client = exporter(&app, BUREAU);
    let taken = export(&client, &json!({"kind": "scores", "format": "csv"})).await;
    let folder = app.place.folder.path();
    let (file, manifest, keys) = (folder.join("scores.csv"), folder.join("manifest.json"), folder.join("keys.json"));
    let bytes = content(&client, &taken).await.body;
    std::fs::write(&file, &bytes).unwrap();
    let signed = client.get(&format!("/api/v1/exports/{}/manifest", id(&taken))).await.json(200);
    std::fs::write(&manifest, signed.to_string()).unwrap();
    std::fs::write(&keys, app.anyone().get("/.well-known/jwks.json").await.json(200).to_string()).unwrap();
    let run = |extra: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
        let output = command.arg("verify").arg(&file).arg(&manifest).args(extra).output().expect("a run");
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), said(output.stdout), said(output.stderr))
    };
    let known = ["--jwks", keys.to_str().unwrap()];
    let (code, said, _) = run(&known);
    assert_eq!(code, Some(0));
    assert!(said.contains("1 rows of scores") && said.contains("position"), "{said}");
    assert_eq!(run(&[]).0, Some(0));
    let mut changed = bytes.clone();
    *changed.last_mut().unwrap() = b'x';
    std::fs::write(&file, changed).unwrap();
    let (code, _, error) = run(&known);
    assert_eq!(code, Some(1));
    assert!(error.contains("the manifest says"), "{error}");
    std::fs::write(&file, &bytes).unwrap();
    std::fs::write(&manifest, signed.clone().with("manifest", json!({"rows": 1})).to_string()).unwrap();
    let (code, _, error) = run(&known);
    assert!(code == Some(1) && error.contains("changed after it was signed"), "{error}");
    std::fs::write(&manifest, signed.to_string()).unwrap();
    let other = serde_json::to_string(&exports::manifest::SigningKeys { keys: vec![Signer::random().public()] });
    std::fs::write(&keys, other.unwrap()).unwrap();
    let (code, _, error) = run(&known);
    assert!(code == Some(1) && error.contains("which is none of"), "{error}");
}
