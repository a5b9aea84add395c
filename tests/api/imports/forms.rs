//! Forms: the published ones and others, alone and in archives, as drafts of their projects.

use serde_json::{Value, json};

use super::files::{check, commit, counts, form, revert, rows, total, upload, uploader, wrong, zip};
use crate::support::build::{id, items, organization, text};
use crate::support::client::Client;
use crate::support::{App, cases};

cases![
    the_published_forms_give_the_totals_of_their_tables,
    a_form_without_points_goes_in_and_is_completed,
    a_sheet_of_another_kind_is_refused_in_one_sentence_and_not_scored,
    a_project_that_is_registered_under_the_code_before_its_name_is_not_made_again,
    a_form_fills_the_draft_of_its_project_and_is_unchanged_the_second_time,
    a_form_names_its_project_by_code_or_else_by_name,
    an_unknown_project_is_an_error_with_near_ones,
    funds_in_another_breakdown_stay,
    a_second_form_of_a_project_is_refused,
    an_archive_names_the_file_of_each_form,
    a_form_is_given_back_with_its_errors_marked,
    a_column_that_is_not_read_is_said_in_the_report,
    a_revert_takes_a_form_back_as_a_whole,
    a_form_never_takes_the_project_of_another_unit,
    what_was_submitted_is_neither_changed_nor_reverted_but_may_be_sent_again,
    what_came_in_place_of_a_lost_indicator_stands_in_the_way_of_a_revert,
];

const FORMS: [&str; 5] = [
    "chizhou-tangxi-commission-2022.xlsx",
    "huanggang-soil-water-monitoring-2020.xlsx",
    "linxiang-wildlife-shelter-2023.xlsx",
    "shidian-agri-operators-2022.xlsx",
    "tianchang-flood-2022.xlsx",
];

/// Registers the units that a report of forms says are unknown.
async fn register(app: &App, client: &Client, report: &[Value]) {
    let tree = app.tree().await;
    for (at, error) in (1..).zip(report.iter().flat_map(|row| row["errors"].as_array().expect("errors"))) {
        if error["code"] == "unknown_organization" {
            let name = text(error, "value");
            let new = json!({"code": format!("U{at}"), "name": name, "kind": "unit", "parent_id": tree.department});
            client.post("/api/v1/organizations", &new).await.status(201);
        }
    }
}

async fn the_published_forms_give_the_totals_of_their_tables(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let files: Vec<(&str, Vec<u8>)> = FORMS.iter().map(|name| (*name, form(name))).collect();
    let parts: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let archive = zip(&parts);
    let parameters = "kind=self_assessment_forms&create_missing=true&mode=valid_rows";
    let (_, report) = check(&client, parameters, archive.clone()).await;
    register(&app, &client, &report).await;
    let (import, report) = check(&client, parameters, archive).await;
    assert_eq!(counts(&import), [4, 0, 0, 1], "{report:#?}");
    let shown: Vec<(String, Option<&str>, &str)> = report
        .iter()
        .map(|row| (text(row, "file"), row["computed_total"].as_str(), row["outcome"].as_str().expect("an outcome")))
        .collect();
    let expected = [
        (FORMS[0].to_owned(), Some("90.00"), "created"),
        (FORMS[1].to_owned(), None, "created"),
        (FORMS[2].to_owned(), Some("89.78"), "created"),
        (FORMS[3].to_owned(), None, "rejected"),
        (FORMS[4].to_owned(), Some("40.00"), "created"),
    ];
    assert_eq!(shown, expected);
    let year = [(1, "A1".to_owned(), "missing_field".to_owned())];
    assert_eq!(wrong(std::slice::from_ref(&report[3])), year, "（年度） names no year");
    commit(&client, &import).await.status(200);
    let assessments = items(&client.get("/api/v1/self-assessments").await.json(200));
    let mut totals: Vec<Option<&str>> = assessments.iter().map(|one| one["computed"]["total"].as_str()).collect();
    totals.sort_unstable();
    assert_eq!(totals, [None, Some("40.00"), Some("89.78"), Some("90.00")], "what is stored is scored as the form was");
    for row in report.iter().filter(|row| row["outcome"] == "created") {
        let stored = client.get(&text(row, "location")).in_english().await.json(200);
        let findings = client.get(&format!("{}/findings", text(row, "location"))).in_english().await.json(200);
        let codes = |list: &Value| {
            let mut codes: Vec<String> =
                list.as_array().expect("findings").iter().map(|one| text(one, "code")).collect();
            codes.sort();
            codes
        };
        assert_eq!(codes(&row["findings"]), codes(&findings["items"]), "{}", row["file"]);
        assert_eq!(
            row["declared_total"].as_str().map(|total| total.parse::<rust_decimal::Decimal>().expect("points")),
            stored["declared"]["total"].as_str().map(|total| total.parse().expect("points")),
            "what the form declares is kept as declared"
        );
    }
}

async fn a_form_without_points_goes_in_and_is_completed(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let file = form("shidian-agri-operators-2022.xlsx");
    let parameters = format!("{KIND}&create_missing=true&fiscal_year=2022");
    let (_, report) = check(&client, &format!("{parameters}&mode=valid_rows"), file.clone()).await;
    register(&app, &client, &report).await;
    let import = upload(&client, &format!("{parameters}&commit=true"), file).await.json(201);
    assert_eq!(counts(&import), [1, 0, 0, 0], "{import:#}");
    let assessment = items(&client.get("/api/v1/self-assessments").await.json(200))[0].clone();
    for missing in ["computed", "final", "attainable_total"] {
        assert!(assessment.get(missing).is_none(), "{missing}: {assessment:#}");
    }
    let path = format!("/api/v1/self-assessments/{}", id(&assessment));
    let findings = items(&client.get(&format!("{path}/findings")).await.json(200));
    let codes: Vec<String> = findings.iter().map(|one| text(one, "code")).collect();
    assert_eq!(codes.iter().filter(|code| *code == "weight_missing").count(), 1, "{codes:?}");
    for never in
        ["declared_exceeds_weight", "weights_not_100", "level1_weight_unusual", "declared_differs_from_computed"]
    {
        assert!(!codes.iter().any(|code| code == never), "{never}: {codes:?}");
    }
    let blocked = client.step(&id(&assessment), "submit").await.problem(422, "findings_block_submission");
    assert!(blocked["findings"].as_array().expect("findings").iter().any(|one| one["code"] == "weight_missing"));
    let derivation = client.get(&format!("{path}/derivation")).await.json(200);
    assert_eq!(derivation["rows"][1]["case"], "weight_missing", "{derivation:#}");
    // All that shows a draft shows this one.
    for format in ["docx", "html", "markdown", "xlsx"] {
        client.get(&format!("{path}/report?format={format}")).await.status(200);
    }
    let pdf = client.get(&format!("{path}/report?format=pdf")).await;
    assert_eq!(pdf.status.as_u16(), if cfg!(feature = "pdf") { 200 } else { 501 }, "{pdf}");
    // A mean of nothing is no mean, neither of the unit nor of all.
    let roll_up = client.get("/api/v1/roll-up").await.status(200);
    let book = jixiao::workbooks::read(&roll_up.body, &jixiao::workbooks::Limits::default()).expect("a workbook");
    for row in [2, 3] {
        let mean = book.sheets[0].cells.get(&jixiao::workbooks::Place { row, column: 8 });
        assert_eq!(mean.map_or("", |cell| cell.text.as_str()), "", "row {row}");
    }
    for kind in ["indicators", "results", "findings"] {
        let export = client.post("/api/v1/exports", &json!({"kind": kind, "format": "csv"})).await.json(201);
        let ready = client.get(&format!("/api/v1/exports/{}?wait=30", id(&export))).await.json(200);
        assert_eq!(ready["status"], "ready", "{ready:#}");
    }
    let filled = client.get("/api/v1/import-templates/indicators?fiscal_year=2022&format=csv").await.status(200);
    let (import, report) = check(&client, "kind=indicators", filled.body).await;
    assert_eq!(counts(&import)[2], 6, "what comes back as it was given changes nothing: {report:#?}");
    let indicators = items(&client.get("/api/v1/indicators?sort=id").await.json(200));
    let open = indicators.iter().filter(|one| one.get("weight").is_none());
    let mut open: Vec<&Value> = open.collect();
    assert_eq!(open.len(), 5, "{indicators:#?}");
    let last = open.pop().expect("one");
    for one in open {
        client.patch(&format!("/api/v1/indicators/{}", id(one)), "*", &json!({"weight": "10"})).await.status(200);
        assert!(client.get(&path).await.json(200).get("computed").is_none());
    }
    client.patch(&format!("/api/v1/indicators/{}", id(last)), "*", &json!({"weight": "50"})).await.status(200);
    let computed = client.get(&path).await.json(200);
    assert!(computed["computed"]["total"].is_string() && computed["computed"]["grade"].is_string(), "{computed:#}");
    // The same form again says nothing of points: what was given since stays.
    let again = form("shidian-agri-operators-2022.xlsx");
    upload(&client, &format!("{parameters}&commit=true"), again).await.json(201);
    let indicators = items(&client.get("/api/v1/indicators").await.json(200));
    assert!(indicators.iter().all(|one| one.get("weight").is_some()), "{indicators:#?}");
}

async fn a_project_that_is_registered_under_the_code_before_its_name_is_not_made_again(app: App) {
    let tree = app.tree().await;
    let client = uploader(&app);
    let unit = organization("410100-44", "unit", &tree.department);
    let unit = id(&client
        .post("/api/v1/organizations", &crate::support::With::with(unit, "name", "某县司法局"))
        .await
        .json(201));
    let file = || form("sichuan-two-forms-2023.xlsx");
    // One is registered under its code and another name, the other with the code in its name, as it was read before.
    for (code, name) in
        [("51092323T000009000001", "业务用房维修"), ("P1", "51092324T000010263357-2023年全县安可替代补助资金项目")]
    {
        let project = json!({"fiscal_year": 2023, "code": code, "name": name, "organization_id": unit});
        client.post("/api/v1/projects", &project).await.status(201);
    }
    let import = upload(&client, &format!("{KIND}&create_missing=true&commit=true"), file()).await.json(201);
    assert_eq!(counts(&import), [2, 0, 0, 0], "{import:#}");
    let projects = items(&client.get("/api/v1/projects").await.json(200));
    assert_eq!(projects.len(), 2, "{projects:#?}");
}

async fn a_sheet_of_another_kind_is_refused_in_one_sentence_and_not_scored(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let rows: [&[&str]; 4] = [
        &["项目支出绩效运行监控表（2023年度）"],
        &["项目名称", "水源地保护", "实施单位", "市水库管理处"],
        &["项目资金（万元）", "", "年初预算数", "1-7月执行数", "全年预计执行数"],
        &["一级指标", "二级指标", "三级指标", "年度指标值", "1-7月执行情况"],
    ];
    let (import, report) = check(&client, &format!("{KIND}&create_missing=true"), super::files::xlsx(&rows)).await;
    assert_eq!(counts(&import), [0, 0, 0, 1]);
    assert_eq!(
        wrong(&report),
        [(1, "A1".to_owned(), "monitoring_form".to_owned())],
        "no unit is to be registered for it"
    );
    assert!(report[0].get("computed_total").is_none(), "{report:#?}");
    assert_eq!(report[0]["key"], "水源地保护");
}

/// The unit and project of the sound form.
async fn training(app: &App) -> (Client, String) {
    let tree = app.tree().await;
    let client = uploader(app);
    let unit = organization("TRAIN", "unit", &tree.department);
    let mut unit = unit;
    unit["name"] = json!("市企业服务中心");
    let unit = id(&client.post("/api/v1/organizations", &unit).await.json(201));
    let project = json!({"fiscal_year": 2023, "code": "T1", "name": "企业培训", "organization_id": unit});
    let project = id(&client.post("/api/v1/projects", &project).await.json(201));
    (client, project)
}

const KIND: &str = "kind=self_assessment_forms";

/// The sound form, whose names have characters of its own.
fn sound() -> Vec<u8> {
    form("sound.xlsx")
}

async fn a_form_fills_the_draft_of_its_project_and_is_unchanged_the_second_time(app: App) {
    let (client, project) = training(&app).await;
    let import = upload(&client, &format!("{KIND}&commit=true"), sound()).await.json(201);
    assert_eq!(counts(&import), [1, 0, 0, 0]);
    let path = format!("/api/v1/projects/{project}?include=budget_lines,indicators,self_assessment");
    let filled = client.get(&path).await.json(200);
    assert_eq!(filled["budget_lines"][0]["adjusted_amount"], "1000000.00", "万元 are yuan");
    assert_eq!(filled["annual_goal"], "培训企业人员100人次");
    let names: Vec<String> =
        filled["indicators"].as_array().expect("all").iter().map(|one| text(one, "name")).collect();
    assert_eq!(names, ["预算执行率", "培训|人数<b>", "参训企业覆盖率", "学员满意度"]);
    let assessment = &filled["self_assessment"];
    assert_eq!(
        (&assessment["declared"]["total"], &assessment["computed"]["total"]),
        (&json!("100.00"), &json!("100.00"))
    );
    assert_eq!(assessment["results"][1]["actual_text"], "105人次");
    let (again, report) = check(&client, &format!("{KIND}&mode=valid_rows"), sound()).await;
    assert_eq!(counts(&again), [0, 0, 1, 0], "{report:#?}");
    let step = client.step(&text(assessment, "id"), "submit").await;
    step.status(200);
    let (same, report) = check(&client, &format!("{KIND}&create_missing=true"), sound()).await;
    assert_eq!(counts(&same), [0, 0, 1, 0], "{report:#?}");
}

async fn a_form_names_its_project_by_code_or_else_by_name(app: App) {
    let (client, _) = training(&app).await;
    let tree = app.tree().await;
    let other = json!({"fiscal_year": 2023, "code": "T2", "name": "企业培训", "organization_id": tree.unit});
    client.post("/api/v1/projects", &other).await.status(201);
    let (import, report) = check(&client, KIND, sound()).await;
    assert_eq!(counts(&import), [1, 0, 0, 0], "of two projects of one name the unit's own is meant: {report:#?}");
    let another = json!({"fiscal_year": 2023, "code": "T3", "name": "企业培训",
                         "organization_id": items(&client.get("/api/v1/organizations?code=TRAIN").await.json(200))[0]["id"]});
    client.post("/api/v1/projects", &another).await.status(201);
    let (_, report) = check(&client, &format!("{KIND}&mode=valid_rows"), sound()).await;
    assert_eq!(wrong(&report), [(3, "B3".to_owned(), "ambiguous".to_owned())]);
}

async fn an_unknown_project_is_an_error_with_near_ones(app: App) {
    let (client, project) = training(&app).await;
    client.patch(&format!("/api/v1/projects/{project}"), "*", &json!({"name": "企业培训项目"})).await.status(200);
    let (_, report) = check(&client, KIND, sound()).await;
    assert_eq!(wrong(&report), [(3, "B3".to_owned(), "unknown_project".to_owned())]);
    let detail = text(&report[0]["errors"][0], "detail");
    assert!(detail.contains("T1 企业培训项目") && detail.contains("create_missing=true"), "{detail}");
    assert!(report[0]["findings"].is_array(), "what the form contradicts is said all the same");
    let made = upload(&client, &format!("{KIND}&create_missing=true&commit=true"), sound()).await.json(201);
    assert_eq!(counts(&made), [1, 0, 0, 0]);
    let found = items(&client.get("/api/v1/projects?name=%E4%BC%81%E4%B8%9A%E5%9F%B9%E8%AE%AD").await.json(200));
    assert!(text(&found[0], "code").starts_with("TRAIN-"), "a code is made of the unit's: {found:#?}");
    let (_, report) = check(&client, &format!("{KIND}&fiscal_year=2022"), sound()).await;
    assert_eq!(wrong(&report), [(2, "A2".to_owned(), "fiscal_year_differs".to_owned())]);
}

async fn funds_in_another_breakdown_stay(app: App) {
    let (client, project) = training(&app).await;
    let line = json!({"funding_source": "current_appropriation", "economic_category": "培训费",
                      "initial_amount": "900000", "adjusted_amount": "900000", "executed_amount": "900000"});
    client.post(&format!("/api/v1/projects/{project}/budget-lines"), &line).await.status(201);
    let (import, report) = check(&client, KIND, sound()).await;
    assert!(text(&json!({"n": report[0]["notes"][0]}), "n").contains("another breakdown"), "{report:#?}");
    commit(&client, &import).await.status(200);
    let lines = items(&client.get(&format!("/api/v1/projects/{project}/budget-lines")).await.json(200));
    assert_eq!((lines.len(), &lines[0]["adjusted_amount"]), (1, &json!("900000.00")));
    let findings = client.get(&format!("{}/findings", text(&report[0], "location"))).await.json(200);
    let codes: Vec<String> = items(&findings).iter().map(|one| text(one, "code")).collect();
    assert!(
        codes.iter().any(|code| code.contains("stated") || code.contains("fund") || code.contains("amount")),
        "{codes:?}"
    );
}

async fn a_second_form_of_a_project_is_refused(app: App) {
    let (client, _) = training(&app).await;
    let (import, report) = check(&client, KIND, zip(&[("a.xlsx", &sound()), ("b.xlsx", &sound())])).await;
    assert_eq!(counts(&import), [1, 0, 0, 1]);
    assert_eq!(wrong(&report), [(3, "B3".to_owned(), "duplicate".to_owned())]);
    assert!(text(&report[1]["errors"][0], "detail").contains("a.xlsx"));
}

async fn an_archive_names_the_file_of_each_form(app: App) {
    let (client, _) = training(&app).await;
    let archive = zip(&[
        ("一局/sound.xlsx", &sound()),
        ("一局/broken.xlsx", b"hello"),
        ("一局/report.docx", b"hello"),
        ("一局/readme.txt", b"hello"),
        ("__MACOSX/._sound.xlsx", b"x"),
        (".DS_Store", b"x"),
        ("二局/~$sound.xlsx", b"x"),
    ]);
    let (import, report) = check(&client, &format!("{KIND}&mode=valid_rows"), archive).await;
    assert_eq!(counts(&import), [1, 0, 0, 1], "{report:#?}");
    assert_eq!((&report[0]["file"], &report[0]["sheet"]), (&json!("一局/sound.xlsx"), &json!("自评表")));
    let error = &report[1]["errors"][0];
    assert_eq!((&error["file"], &error["code"]), (&json!("一局/broken.xlsx"), &json!("not_a_workbook")));
    let notes = import["notes"].to_string();
    for name in ["readme.txt", "report.docx"] {
        assert!(notes.contains(name), "what is left alone is said: {notes}");
    }
}

async fn a_form_is_given_back_with_its_errors_marked(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let file = form("shidian-agri-operators-2022.xlsx");
    let (import, report) = check(&client, KIND, file.clone()).await;
    let cells: Vec<String> = wrong(&report).into_iter().map(|(_, cell, _)| cell).collect();
    assert_eq!(cells, ["A1", "F4"], "{report:#?}");
    let reply = client.get(&format!("/api/v1/imports/{}/annotated", id(&import))).await.status(200);
    let limits = jixiao::workbooks::Limits::default();
    let marked = jixiao::workbooks::read(&reply.body, &limits).expect("a workbook");
    let before = jixiao::workbooks::read(&file, &limits).expect("a workbook");
    let texts = |book: &jixiao::workbooks::Workbook| {
        let cells = book.sheets[0].cells.iter().filter(|(_, cell)| !cell.text.is_empty());
        cells.map(|(place, cell)| (*place, cell.text.clone())).collect::<Vec<_>>()
    };
    assert_eq!(texts(&marked), texts(&before), "the same texts at the same places");
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(reply.body)).expect("an archive");
    let mut comments = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/jixiao-comments1.xml").expect("comments"), &mut comments)
        .expect("text");
    assert!(cells.iter().any(|cell| comments.contains(&format!("ref=\"{cell}\""))), "{cells:?}\n{comments}");
    assert!(comments.contains("unknown_organization"));
    let table = "项目代码,预算年度,一级指标,三级指标,分值\nNONE,2021,产出,甲,5\n";
    let (import, _) = check(&client, "kind=indicators", table).await;
    let reply = client.get(&format!("/api/v1/imports/{}/annotated", id(&import))).await.status(200);
    let marked = jixiao::workbooks::read(&reply.body, &limits).expect("a workbook");
    assert!(marked.sheets[0].cells.values().any(|cell| cell.text == "NONE"));
}

async fn a_revert_takes_a_form_back_as_a_whole(app: App) {
    let (client, project) = training(&app).await;
    let path = format!("/api/v1/projects/{project}?include=budget_lines,indicators,self_assessment");
    let old = json!({"level1": "产出", "name": "旧指标", "weight": "10"});
    client.post(&format!("/api/v1/projects/{project}/indicators"), &old).await.status(201);
    let before = client.get(&path).await.json(200);
    let import = upload(&client, &format!("{KIND}&commit=true"), sound()).await.json(201);
    let filled = client.get(&path).await.json(200);
    assert_eq!(filled["indicators"].as_array().map(Vec::len), Some(4), "the form's set is the project's");
    revert(&client, &import).await.status(200);
    let after = client.get(&path).await.json(200);
    assert_eq!(after["indicators"], before["indicators"]);
    assert_eq!((&after["budget_lines"], after.get("self_assessment")), (&json!([]), None));
    assert_eq!(after.get("annual_goal"), None);
    let made = upload(&client, &format!("{KIND}&commit=true&file_name=x.xlsx"), sound()).await.json(201);
    assert_ne!(id(&made), id(&import), "what was reverted may be uploaded again");
    client
        .post(
            &format!("/api/v1/projects/{project}/indicators"),
            &json!({"level1": "效益", "name": "后加", "weight": "1"}),
        )
        .await
        .status(201);
    let report = rows(&client, &id(&made), "").await;
    assert_eq!(report.len(), 1);
    let places = revert(&client, &made).await.fields(409, "import_touched");
    assert!(places.iter().any(|(place, _)| *place == format!("/api/v1/projects/{project}")), "{places:?}");
    assert_eq!(total(&client, "self-assessments").await, 1);
}

async fn a_form_never_takes_the_project_of_another_unit(app: App) {
    let (client, project) = training(&app).await;
    let tree = app.tree().await;
    client.patch(&format!("/api/v1/projects/{project}"), "*", &json!({"organization_id": tree.unit})).await.status(200);
    let (_, report) = check(&client, KIND, sound()).await;
    assert_eq!(wrong(&report), [(3, "B3".to_owned(), "unknown_project".to_owned())]);
    let made = upload(&client, &format!("{KIND}&create_missing=true&commit=true"), sound()).await.json(201);
    assert_eq!(counts(&made), [1, 0, 0, 0]);
    assert_eq!(total(&client, "projects").await, 2, "the other unit's project of that name stays as it is");
    let other = client.get(&format!("/api/v1/projects/{project}?include=indicators")).await.json(200);
    assert_eq!((&other["version"], &other["indicators"]), (&json!(2), &json!([])));
}

async fn what_was_submitted_is_neither_changed_nor_reverted_but_may_be_sent_again(app: App) {
    let (client, project) = training(&app).await;
    let first = upload(&client, &format!("{KIND}&commit=true"), sound()).await.json(201);
    let path = format!("/api/v1/projects/{project}?include=self_assessment");
    let goal = client.get(&path).await.json(200)["annual_goal"].clone();
    let change = "项目代码,预算年度,年度目标\nT1,2023,另一个目标\n";
    let second = upload(&client, "kind=projects&commit=true", change).await.json(201);
    let assessment = text(&client.get(&path).await.json(200)["self_assessment"], "id");
    client.step(&assessment, "submit").await.status(200);
    revert(&client, &second).await.problem(409, "import_touched");
    revert(&client, &first).await.problem(409, "import_touched");
    assert_eq!(client.get(&path).await.json(200)["annual_goal"], "另一个目标", "not {goal}");
    client.step(&assessment, "withdraw").await.status(200);
    revert(&client, &second).await.status(200);
    client.step(&assessment, "submit").await.status(200);
    let (same, report) = check(&client, &format!("{KIND}&mode=valid_rows"), sound()).await;
    assert_eq!(counts(&same), [0, 0, 1, 0], "{report:#?}");
}

async fn what_came_in_place_of_a_lost_indicator_stands_in_the_way_of_a_revert(app: App) {
    let (client, project) = training(&app).await;
    let old = json!({"level1": "产出", "name": "旧指标", "weight": "10"});
    let path = format!("/api/v1/projects/{project}/indicators");
    client.post(&path, &old).await.status(201);
    let import = upload(&client, &format!("{KIND}&commit=true"), sound()).await.json(201);
    client.post(&path, &old).await.status(201);
    revert(&client, &import).await.problem(409, "import_touched");
    assert_eq!(total(&client, "indicators?name=%E6%97%A7%E6%8C%87%E6%A0%87").await, 1);
}

async fn a_column_that_is_not_read_is_said_in_the_report(app: App) {
    let (client, _) = training(&app).await;
    let (import, report) = check(&client, KIND, form("sound-with-a-column-more.xlsx")).await;
    assert_eq!(counts(&import), [1, 0, 0, 0], "{report:#?}");
    assert!(report[0]["notes"].to_string().contains("the heading 佐证材料目录 in"), "{report:#?}");
}
