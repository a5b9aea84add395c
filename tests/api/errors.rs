//! Errors: each code of the table has a request that earns it, and a page that explains it.

use std::collections::BTreeSet;

use actix_web::http::Method;
use jixiao::findings::FindingCode;
use jixiao::forms::ProblemKind;
use jixiao::http::error::Code;
use serde_json::{Value, json};

use crate::imports::files::{check, commit, form, revert, upload, uploader, xlsx, zip};
use crate::reports::too_long;
use crate::support::build::{budget_line, indicator, made, organization, project};
use crate::support::client::Client;
use crate::support::{App, Kind, Reply, With, cases};

cases![
    every_code_has_a_request_that_earns_it,
    every_code_has_a_page_in_both_languages,
    a_code_that_is_none_has_no_page,
    a_problem_names_the_request_and_the_place,
    errors_speak_the_callers_language,
    what_the_caller_sent_is_shortened_in_errors;
    codes_are_unique_and_well_formed
];

/// Codes that no request in process can earn, and where they come from.
const ELSEWHERE: &[(Code, &str)] = &[
    (Code::LimitReached, "it takes fifty subscriptions: webhooks.rs"),
    (Code::RequestTimeout, "it takes a connection and time: serving.rs"),
    (Code::TooManyRequests, "it takes many requests at once: serving.rs"),
    (Code::HeadersTooLarge, "the HTTP server answers it before the service sees the request"),
    (Code::Interrupted, "imports/way.rs: what a killed server was checking"),
    (Code::Internal, "writes.rs: a panic in a write; databases.rs: in a read"),
    (Code::Busy, "writes.rs: a full queue of writes"),
    (Code::StorageUnavailable, "serving.rs: a database that cannot be written"),
    (Code::DatabaseUnavailable, "databases.rs: an exhausted pool, and a database of a newer program"),
];

struct Earned(BTreeSet<&'static str>);

impl Earned {
    /// The answer has the code, by itself or at one of its places.
    #[track_caller]
    fn by(&mut self, code: Code, reply: Reply) {
        let shown = reply.to_string();
        let problem: Value = serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("no problem:\n{shown}"));
        let places = problem["errors"].as_array().cloned().unwrap_or_default();
        let has = problem["code"] == code.as_str() || places.iter().any(|place| place["code"] == code.as_str());
        assert!(has, "expected {}:\n{shown}", code.as_str());
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{shown}");
        assert_eq!(problem["type"].as_str(), Some(format!("/problems/{}", problem["code"].as_str().unwrap()).as_str()));
        assert_eq!(reply.status.as_u16(), code.entry().status, "the table has another status:\n{shown}");
        self.0.insert(code.as_str());
    }
}

async fn every_code_has_a_request_that_earns_it(app: App) {
    let mut earned = Earned(ELSEWHERE.iter().map(|(code, _)| code.as_str()).collect());
    let unit = app.unit();
    requests(&app, &unit, &mut earned).await;
    fields(&app, &unit, &mut earned).await;
    states(&app, &unit, &mut earned).await;
    uploads(&app, &mut earned).await;
    let all: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let missing: Vec<&&str> = all.difference(&earned.0).collect();
    assert!(missing.is_empty(), "no request earns {missing:?}");
}

/// Codes about the request as such.
async fn requests(app: &App, unit: &Client, earned: &mut Earned) {
    let path = "/api/v1/projects";
    earned.by(Code::BadJson, unit.request(Method::POST, path).body("application/json", "{").await);
    earned.by(Code::BadPath, unit.get("/api/v1/projects/none").await);
    earned.by(Code::BadPath, unit.get("/api/v1/rule-profiles/mof-2020/versions/x").await);
    earned.by(Code::BadQuery, unit.get("/api/v1/projects?limit=0").await);
    earned.by(Code::UnknownParameter, unit.get("/api/v1/projects?colour=red").await);
    earned.by(Code::BadHeader, unit.post(path, &json!({})).header("Idempotency-Key", "").await);
    earned.by(Code::BadCursor, unit.get("/api/v1/projects?cursor=abc").await);
    earned.by(Code::Unauthenticated, app.anyone().get(path).await);
    earned.by(Code::ScopeMissing, app.department().post(path, &json!({})).await);
    earned.by(Code::NotFound, unit.get("/api/v1/projects/01a209ff-0000-7000-8000-000000000000").await);
    earned.by(Code::NoSuchPath, unit.get("/api/v1/nothing").await);
    earned.by(Code::MethodNotAllowed, unit.request(Method::PUT, path).json(&json!({})).await);
    earned.by(Code::NotAcceptable, unit.get(path).header("Accept-Encoding", "identity;q=0, x-none").await);
    let large = vec![b' '; crate::support::BODY_LIMIT as usize + 1];
    earned.by(Code::TooLarge, unit.request(Method::POST, path).body("application/json", large).await);
    earned.by(Code::UnsupportedMediaType, unit.request(Method::POST, path).body("text/plain", "{}").await);
    earned.by(Code::InvalidFields, unit.post(path, &json!({})).await);
}

/// Codes about one field.
async fn fields(app: &App, unit: &Client, earned: &mut Earned) {
    let tree = app.tree().await;
    let new = project(&tree.unit);
    let path = "/api/v1/projects";
    for (code, field, value) in [
        (Code::MissingField, "name", Value::Null),
        (Code::UnknownField, "nmae", json!("x")),
        (Code::WrongType, "fiscal_year", json!("2021")),
        (Code::OutOfRange, "fiscal_year", json!(1999)),
        (Code::Blank, "name", json!(" ")),
        (Code::TooLong, "name", json!("长".repeat(301))),
        (Code::ControlCharacter, "name", json!("a\u{7}b")),
        (Code::InvalidId, "organization_id", json!("x")),
        (Code::InvalidCode, "code", json!("有 空格")),
        (Code::UnknownReference, "organization_id", json!(tree.division)),
    ] {
        let wrong = match value {
            Value::Null => new.clone().without(field),
            value => new.clone().with(field, value),
        };
        earned.by(code, unit.post(path, &wrong).await);
    }
    earned.by(Code::NotAnInstant, unit.get("/api/v1/projects?updated_since=yesterday").await);
    let project = made(unit, path, &new).await;
    earned.by(Code::Taken, unit.post(path, &new).await);
    let (lines, indicators) = (format!("{path}/{project}/budget-lines"), format!("{path}/{project}/indicators"));
    earned.by(Code::NotADecimal, unit.post(&lines, &budget_line().with("initial_amount", 1)).await);
    earned.by(Code::TooManyDecimals, unit.post(&lines, &budget_line().with("initial_amount", "0.001")).await);
    earned.by(Code::UnknownValue, unit.post(&lines, &budget_line().with("funding_source", "gift")).await);
    let words = indicator().with("target_text", "很好");
    earned.by(Code::TargetNotUnderstood, unit.post(&indicators, &words.with("measure", "number")).await);
    let two = indicator().with("target", json!({"value": "1"}));
    earned.by(Code::TargetContradictsText, unit.post(&indicators, &two).await);
    let between = indicator().without("target_text").with("measure", "qualitative").with("comparison", "equal");
    earned.by(Code::NotAllowedHere, unit.post(&indicators, &between).await);
    let one = made(unit, &indicators, &indicator()).await;
    let twice = json!({"project_id": project, "results": [{"indicator_id": one}, {"indicator_id": one}]});
    earned.by(Code::Duplicate, unit.post("/api/v1/self-assessments", &twice).await);
    let organization = format!("/api/v1/organizations/{}", tree.unit);
    earned.by(Code::CannotChange, app.bureau().patch(&organization, "*", &json!({"code": "X"})).await);
}

/// Codes about the state that something is in.
async fn states(app: &App, unit: &Client, earned: &mut Earned) {
    let tree = app.tree().await;
    let root = organization("999999", "division", &tree.division).without("parent_id");
    earned.by(Code::OrganizationOutOfReach, app.bureau().post("/api/v1/organizations", &root).await);
    let department = format!("/api/v1/organizations/{}", tree.department);
    earned.by(Code::InUse, app.bureau().delete(&department, "*").await);
    earned.by(Code::Stale, app.bureau().patch(&department, "\"99\"", &json!({"name": "x"})).await);
    let bare = app.bureau().patch(&department, "*", &json!({"name": "x"})).without("If-Match");
    earned.by(Code::PreconditionRequired, bare.await);
    let sound = app.sound_of_code("S").await;
    earned.by(Code::ActionNotAllowed, unit.step(&sound.assessment, "withdraw").await);
    let empty = made(unit, "/api/v1/self-assessments", &json!({"project_id": app.project_of_code("E").await})).await;
    earned.by(Code::FindingsBlockSubmission, unit.step(&empty, "submit").await);
    app.take(&sound.assessment, &["submit"]).await;
    let lines = format!("/api/v1/projects/{}/budget-lines", sound.project);
    earned.by(Code::FiguresLocked, unit.post(&lines, &budget_line().with("funding_source", "other")).await);
    let keyed = |name: &str| {
        let new = project(&tree.unit).with("code", name);
        unit.post("/api/v1/projects", &new).header("Idempotency-Key", "one")
    };
    keyed("K").await.status(201);
    earned.by(Code::IdempotencyKeyReused, keyed("L").await);
    let report = format!("/api/v1/self-assessments/{}/report?format=pdf", too_long(app).await);
    // A program that sets PDFs refuses one that is too long, one that does not refuses each.
    let (earns, never) = match cfg!(feature = "pdf") {
        true => (Code::ReportTooLong, Code::FormatNotBuilt),
        false => (Code::FormatNotBuilt, Code::ReportTooLong),
    };
    earned.by(earns, unit.get(&report).await);
    earned.0.insert(never.as_str());
}

/// Codes about uploads, their files and their rows.
async fn uploads(app: &App, earned: &mut Earned) {
    let client = uploader(app);
    let send = async |parameters: &str, file: Vec<u8>| upload(&client, parameters, file).await;
    let old = crate::imports::files::container("Book");
    let locked = crate::imports::files::container("EncryptedPackage");
    let forms = "kind=self_assessment_forms&commit=true";
    let tables = "kind=indicators&commit=true";
    let binary = zip(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"x")]);
    let head = "fiscal_year,project_code,level1,name,weight\n";
    let row = |project: &str| format!("{head}2021,{project},产出,甲,5\n").into_bytes();
    let mut broken = format!("{head}2021,P,").into_bytes();
    broken.extend_from_slice(b"\xff\xff,b,5\n");
    for (code, parameters, file) in [
        (Code::OldWorkbookFormat, forms, old),
        (Code::PasswordProtected, forms, locked),
        (Code::BinaryWorkbookFormat, forms, binary),
        (Code::NotAWorkbook, forms, b"hello".to_vec()),
        (Code::DamagedFile, forms, b"PK\x03\x04 and no more".to_vec()),
        (Code::FileTooLarge, tables, format!("{{\"a\":\"{}\"}}\n", "x".repeat(1 << 20)).into_bytes()),
        (Code::EmptyContent, tables, head.as_bytes().to_vec()),
        (Code::HeaderNotFound, tables, b"a,b\n1,2\n".to_vec()),
        (Code::UnknownColumn, tables, b"name,colour\na,b\n".to_vec()),
        (Code::NoForms, forms, xlsx(&[&["x"]])),
        (Code::BadEncoding, tables, broken),
        (Code::UnknownProject, tables, row("NONE")),
        (Code::RowsRejected, tables, row("NONE2")),
        (
            Code::UnknownOrganization,
            "kind=organizations&commit=true",
            b"code,name,kind,parent_code\nA,A,unit,B\n".to_vec(),
        ),
        (Code::CellError, tables, formula()),
        (Code::DigitsLost, forms, code_as_number()),
        (Code::FiscalYearDiffers, "kind=self_assessment_forms&commit=true&fiscal_year=2001", form("sound.xlsx")),
    ] {
        earned.by(code, send(parameters, file).await);
    }
    let packed = client.request(Method::POST, "/api/v1/imports?kind=results").header("Content-Encoding", "gzip");
    earned.by(Code::BrokenUpload, packed.body("text/plain", "this is not packed").await);
    let bare = app.project_of_code("BARE").await;
    for level in ["一", "二"] {
        let path = format!("/api/v1/projects/{bare}/indicators");
        client.post(&path, &indicator().with("level2", level)).await.status(201);
    }
    let result =
        |name: &str| format!("fiscal_year,project_code,level2,name,actual_text\n2021,BARE,{name},1\n").into_bytes();
    earned.by(Code::UnknownIndicator, send("kind=results&commit=true", result(",无")).await);
    earned.by(Code::Ambiguous, send("kind=results&commit=true", result(",培训人数")).await);
    earned.by(Code::NoDraft, send("kind=results&commit=true", result("一,培训人数")).await);
    let import = check(&client, "kind=indicators", row("BARE")).await.0;
    let path = format!("/api/v1/projects/{bare}/indicators");
    client.post(&path, &json!({"level1": "产出", "name": "甲", "weight": "6"})).await.status(201);
    earned.by(Code::ImportOutdated, commit(&client, &import).await);
    commit(&client, &import).await.status(200);
    let made = &crate::support::build::items(&client.get("/api/v1/indicators?name=%E7%94%B2").await.json(200))[0];
    let touched = format!("/api/v1/indicators/{}", crate::support::build::id(made));
    client.patch(&touched, "*", &json!({"weight": "7"})).await.status(200);
    earned.by(Code::ImportTouched, revert(&client, &import).await);
    forget(app, "imports");
    let reader = app.client(crate::support::client::UNIT, "changes:read");
    earned.by(Code::SnapshotRequired, reader.get("/api/v1/changes?after=999999").await);
    let exporter = app.client(crate::support::client::UNIT, "exports:write projects:read");
    let export = crate::support::build::made(&exporter, "/api/v1/exports", &json!({"kind": "projects"})).await;
    exporter.get(&format!("/api/v1/exports/{export}?wait=30")).await.status(200);
    let beyond = exporter.get(&format!("/api/v1/exports/{export}/content")).header("Range", "bytes=999999-");
    earned.by(Code::RangeNotSatisfiable, beyond.await);
    forget(app, "exports");
    let admin = app.client(crate::support::client::UNIT, "webhooks:admin");
    let to = |url: &str| admin.post("/api/v1/webhook-subscriptions", &json!({"name": "x", "url": url}));
    earned.by(Code::InvalidUrl, to("ftp://x.example/").await);
    earned.by(Code::TargetRefused, to("https://10.0.0.1/").await);
    earned.by(Code::ExportGone, exporter.get(&format!("/api/v1/exports/{export}/content")).await);
    earned.by(Code::ImportExpired, revert(&client, &import).await);
}

/// The files of all servers go.
fn forget(app: &App, what: &str) {
    app.execute("DELETE FROM blobs");
    for suffix in ["", "-1"] {
        drop(std::fs::remove_dir_all(app.place.folder.path().join(format!("{what}{suffix}"))));
    }
}

/// A workbook whose formula gave an error.
fn formula() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0_u16..).zip(["project_code", "fiscal_year", "level1", "name", "weight"]) {
        sheet.write_string(0, column, text).expect("a cell");
    }
    sheet.write_string(1, 0, "P").expect("a cell");
    let formula = rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!");
    sheet.write_formula(1, 4, formula).expect("a formula");
    book.save_to_buffer().expect("a workbook")
}

/// A form whose project's code stands in a cell as a number.
fn code_as_number() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, column, text) in [(0, 0, "项目名称"), (0, 1, "道路养护"), (1, 0, "项目代码")] {
        sheet.write_string(row, column, text).expect("a cell");
    }
    sheet.write_number(1, 1, 5.109_232_4e19).expect("a number");
    book.save_to_buffer().expect("a workbook")
}

async fn every_code_has_a_page_in_both_languages(app: App) {
    if app.kind == Kind::Postgres {
        // The pages are made of the program's tables alone.
        return;
    }
    let list = String::from_utf8(app.anyone().get("/problems").await.status(200).body).expect("UTF-8");
    let errors = Code::ALL.iter().map(|code| (code.as_str(), code.entry().title, code.entry().remedy));
    let findings = FindingCode::ALL.iter().map(|code| {
        let entry = code.entry();
        (entry.code, (entry.title_zh, entry.title_en), (entry.remedy_zh, entry.remedy_en))
    });
    let forms = ProblemKind::ALL.iter().filter(|problem| Code::from_name(problem.code()).is_none());
    let forms = forms.map(|problem| (problem.code(), problem.text(), problem.text()));
    for (name, titles, remedies) in errors.chain(findings).chain(forms) {
        assert!(list.contains(&format!("\"problems/{name}\"")), "{name} is not listed");
        let page = app.anyone().get(&format!("/problems/{name}")).await.status(200);
        assert_eq!(page.required("content-type"), "text/html; charset=utf-8");
        let page = String::from_utf8(page.body).expect("UTF-8");
        for text in [titles.0, titles.1, remedies.0, remedies.1] {
            assert!(!text.is_empty() && page.contains(text), "{name} lacks {text:?}");
        }
    }
}

async fn a_code_that_is_none_has_no_page(app: App) {
    app.anyone().get("/problems/no_such_code").await.problem(404, "not_found");
}

async fn a_problem_names_the_request_and_the_place(app: App) {
    let path = format!("/api/v1/projects/{}/indicators", app.project().await);
    let reply = app.unit().post(&path, &indicator().with("weight", 10)).header("X-Request-Id", "my-id-1").await;
    assert_eq!(reply.required("x-request-id"), "my-id-1");
    let problem = reply.problem(422, "invalid_fields");
    assert_eq!((&problem["instance"], &problem["request_id"]), (&json!(path), &json!("my-id-1")));
    assert_eq!(problem["type"], "/problems/invalid_fields");
    assert_eq!(problem["errors"][0]["pointer"], "/weight");
    let made = app.unit().get("/api/v1/nothing").header("X-Request-Id", "has a space").await;
    let given = made.required("x-request-id");
    assert_ne!(given, "has a space", "an id that is not plain is replaced");
    assert_eq!(made.problem(404, "no_such_path")["request_id"], given);
}

async fn errors_speak_the_callers_language(app: App) {
    for (accepted, tag) in [
        ("en", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh-CN", "zh-CN"),
        ("fr, zh;q=0.1", "zh-CN"),
        ("fr", "zh-CN"),
        ("*", "zh-CN"),
        (";;", "zh-CN"),
    ] {
        let reply = app.unit().get("/api/v1/nothing").header("Accept-Language", accepted).await;
        assert_eq!(reply.required("content-language"), tag, "{accepted}");
        let problem = reply.problem(404, "no_such_path");
        let expected = if tag == "en" { "There is no such path" } else { "没有这个路径" };
        assert_eq!(problem["title"], expected, "{accepted}");
    }
}

async fn what_the_caller_sent_is_shortened_in_errors(app: App) {
    let tree = app.tree().await;
    let long = "x".repeat(100_000);
    let reply =
        app.unit().post("/api/v1/projects", &project(&tree.unit).with(&long, 1).with("code", long.as_str())).await;
    assert!(reply.body.len() < 2_000, "an error repeats {} bytes", reply.body.len());
    reply.problem(422, "invalid_fields");
}

fn codes_are_unique_and_well_formed() {
    let errors: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let findings: Vec<&str> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
    let unique: BTreeSet<&str> = errors.iter().chain(&findings).copied().collect();
    assert_eq!(unique.len(), errors.len() + findings.len(), "a page belongs to one code");
    for name in unique {
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{name}");
    }
    for code in Code::ALL {
        assert!((400..600).contains(&code.entry().status), "{}", code.as_str());
        assert_eq!(Code::from_name(code.as_str()), Some(*code));
    }
    assert!(ELSEWHERE.iter().all(|(_, reason)| !reason.is_empty()));
}
