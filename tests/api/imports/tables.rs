//! Flat tables: every kind in every format, in English and Chinese, by natural key.

use encoding_rs::GB18030;
use serde_json::{Value, json};

use super::files::{check, commit, counts, csv, ndjson, revert, total, upload, uploader, wrong, xlsx};
use crate::support::build::{id, items, text};
use crate::support::{App, cases};

cases![
    a_table_is_the_same_in_every_format,
    organizations_come_in_any_order_and_go_again,
    projects_are_made_and_changed_by_year_and_code,
    budget_lines_count_in_the_unit_of_their_heading,
    results_go_into_the_draft_of_their_project,
    a_row_that_comes_twice_is_named_with_the_first,
    all_that_is_wrong_with_a_row_comes_at_once_with_its_cell,
    a_code_that_a_number_has_cut_is_refused_and_what_stands_in_a_cell_is_shown,
    headings_that_are_unknown_are_refused_with_the_known_ones,
    the_year_of_the_import_stands_for_rows_that_say_none,
    a_table_without_the_second_level_names_the_indicator_that_is_there,
    rows_of_locked_projects_that_say_the_same_are_unchanged,
    a_csv_file_may_have_titles_above_its_header_and_tabs_or_semicolons,
    codes_and_figures_of_a_full_width_input_method_are_the_same,
    a_form_of_several_parts_is_told_to_send_the_file_itself,
    a_folder_of_a_unit_goes_in_as_it_is,
    an_empty_cell_clears_only_where_the_upload_says_so_and_the_report_names_what_changes,
];

const INDICATORS: [&[&str]; 3] = [
    &["预算年度", "项目代码", "一级指标", "二级指标", "三级指标", "分值", "指标值"],
    &["2021", "41010021T000000000001", "产出", "数量", "培训人数", "10", "≥100人"],
    &["2021", "41010021T000000000001", "满意度", "", "企业满意度", "5.5分", "98%"],
];

async fn a_table_is_the_same_in_every_format(app: App) {
    app.project().await;
    let client = uploader(&app);
    let text = csv(&INDICATORS);
    let english =
        text.replacen(&csv(&INDICATORS[..1]), "fiscal_year,project_code,level1,level2,name,weight,target_text\n", 1);
    let spaced: Vec<Vec<&str>> = INDICATORS.iter().map(|row| row.to_vec()).collect();
    let mut titled: Vec<&[&str]> = vec![&["2021年绩效指标表"], &[]];
    titled.extend(spaced.iter().map(Vec::as_slice));
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        ("GB18030", GB18030.encode(&text).0.into_owned()),
        ("English headings", english.into_bytes()),
        ("a workbook", xlsx(&INDICATORS)),
        ("a workbook with a title", xlsx(&titled)),
        (
            "NDJSON",
            ndjson(&[
                json!({"fiscal_year": 2021, "project_code": "41010021T000000000001", "level1": "产出", "level2": "数量",
                       "name": "培训人数", "weight": "10", "target_text": "≥100人"}),
                json!({"fiscal_year": 2021, "project_code": "41010021T000000000001", "level1": "满意度",
                       "name": "企业满意度", "weight": "5.5", "target_text": "98%"}),
            ]),
        ),
    ];
    for (format, file) in files {
        let import = upload(&client, "kind=indicators&commit=true", file).await.json(201);
        assert_eq!(counts(&import), [2, 0, 0, 0], "{format}");
        let made = items(&client.get("/api/v1/indicators").await.json(200));
        let shown: Vec<[&Value; 3]> =
            made.iter().map(|one| [&one["name"], &one["weight"], &one["target"]["value"]]).collect();
        assert_eq!(
            shown,
            [
                [&json!("培训人数"), &json!("10.00"), &json!("100")],
                [&json!("企业满意度"), &json!("5.50"), &json!("98")]
            ],
            "{format}"
        );
        revert(&client, &import).await.status(200);
        assert_eq!(total(&client, "indicators").await, 0, "{format}");
    }
}

async fn organizations_come_in_any_order_and_go_again(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let rows: [&[&str]; 5] = [
        &["单位代码", "单位名称", "单位类型", "上级单位代码"],
        &["410100-20-01", "二十所", "实施单位", "410100-20"],
        &["410100-20", "二十局", "主管部门", "410100"],
        &["410100-06", "新名称", "department", "410100"],
        &["410100-30", "三十局", "division", "410100-06"],
    ];
    let (import, report) = check(&client, "kind=organizations", csv(&rows)).await;
    assert_eq!(counts(&import), [2, 1, 0, 1]);
    assert_eq!(wrong(&report)[0].2, "not_allowed_here", "{report:#?}");
    let rows: Vec<&[&str]> = rows[..4].to_vec();
    let import = upload(&client, "kind=organizations&commit=true", csv(&rows)).await.json(201);
    assert_eq!(counts(&import), [2, 1, 0, 0]);
    let below = items(&client.get("/api/v1/organizations?subtree_of=410100-20").await.json(200));
    assert_eq!(below.len(), 2, "what is made stands in the tree");
    let inside = app.client("410100-20", "projects:read").get("/api/v1/organizations").await.json(200);
    assert_eq!(items(&inside).len(), 2, "and decides what its tokens see");
    let again = upload(&client, "kind=organizations&mode=valid_rows", csv(&rows)).await.json(201);
    assert_eq!(counts(&again), [0, 0, 3, 0]);
    revert(&client, &import).await.status(200);
    assert_eq!(total(&client, "organizations").await, 3);
    let unknown: [&[&str]; 2] = [rows[0], &["410100-99", "无上级", "unit", "410100-98"]];
    let (_, report) = check(&client, "kind=organizations", csv(&unknown)).await;
    assert_eq!(wrong(&report), [(2, "上级单位代码".to_owned(), "unknown_organization".to_owned())]);
}

async fn projects_are_made_and_changed_by_year_and_code(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let rows: [&[&str]; 3] = [
        &["预算年度", "项目代码", "项目名称", "单位代码", "年度目标", "立项依据", "实施计划"],
        &["2023", "P1", "道路养护", "410100-06-01", "养护50公里", "文件一\n文件二", "1-3：招标\n4-12：施工"],
        &["2023", "P2", "桥梁检测", "410100-06-02", "", "", ""],
    ];
    let (_, report) = check(&client, "kind=projects", csv(&rows)).await;
    assert_eq!(wrong(&report), [(5, "单位代码".to_owned(), "unknown_organization".to_owned())], "the line of the file");
    assert!(text(&report[1]["errors"][0], "detail").contains("410100-06-01"));
    let import = upload(&client, "kind=projects&mode=valid_rows&commit=true", csv(&rows)).await.json(201);
    assert_eq!(counts(&import), [1, 0, 0, 1]);
    let made = &items(&client.get("/api/v1/projects?code=P1").await.json(200))[0];
    assert_eq!(made["basis_documents"], json!(["文件一", "文件二"]));
    assert_eq!(made["implementation_plan"][1], json!({"months": "4-12", "work": "施工"}));
    let change = ndjson(&[json!({"fiscal_year": 2023, "code": "P1", "annual_goal": null, "name": "道路大修"})]);
    let changed = upload(&client, "kind=projects&commit=true", change).await.json(201);
    assert_eq!(counts(&changed), [0, 1, 0, 0]);
    let after = client.get(&format!("/api/v1/projects/{}", id(made))).await.json(200);
    assert_eq!((&after["name"], after.get("annual_goal"), &after["version"]), (&json!("道路大修"), None, &json!(2)));
    assert_eq!(after["implementation_plan"], made["implementation_plan"], "what is not given stays");
    revert(&client, &changed).await.status(200);
    let back = client.get(&format!("/api/v1/projects/{}", id(made))).await.json(200);
    assert_eq!((&back["name"], &back["annual_goal"]), (&json!("道路养护"), &json!("养护50公里")));
}

async fn budget_lines_count_in_the_unit_of_their_heading(app: App) {
    let project = app.project().await;
    let client = uploader(&app);
    let rows: [&[&str]; 4] = [
        &["项目代码", "资金来源", "支出经济分类", "年初预算数（万元）", "全年预算数(万元)", "全年执行数（元）"],
        &["41010021T000000000001", "当年财政拨款", "培训费", "100", "108.05", "1,080,500.00"],
        &["41010021T000000000001", "上年结转资金", "培训费", "0", "0", "0"],
        &["41010021T000000000001", "上年结转资金", "会议费", "0.0000001", "0", "1.001"],
    ];
    let (_, report) = check(&client, "kind=budget_lines&fiscal_year=2021", xlsx(&rows)).await;
    let too_fine = |cell: &str| (4, cell.to_owned(), "too_many_decimals".to_owned());
    assert_eq!(wrong(&report), [too_fine("D4"), too_fine("F4")]);
    let import =
        upload(&client, "kind=budget_lines&fiscal_year=2021&mode=valid_rows&commit=true", xlsx(&rows)).await.json(201);
    assert_eq!(counts(&import), [2, 0, 0, 1]);
    let lines = items(&client.get(&format!("/api/v1/projects/{project}/budget-lines")).await.json(200));
    assert_eq!(
        (&lines[0]["initial_amount"], &lines[0]["adjusted_amount"], &lines[0]["executed_amount"]),
        (&json!("1000000.00"), &json!("1080500.00"), &json!("1080500.00"))
    );
}

async fn results_go_into_the_draft_of_their_project(app: App) {
    let sound = app.sound().await;
    let client = uploader(&app);
    let row = |name: &str, actual: &str| json!({"fiscal_year": 2021, "project_code": "41010021T000000000001", "name": name, "actual_text": actual});
    let (import, report) =
        check(&client, "kind=results", ndjson(&[row("培训人数", "80人"), row("无此指标", "1")])).await;
    assert_eq!(counts(&import), [0, 1, 0, 1]);
    assert_eq!(wrong(&report), [(2, "name".to_owned(), "unknown_indicator".to_owned())]);
    let import = upload(&client, "kind=results&commit=true", ndjson(&[row("培训人数", "80人")])).await.json(201);
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let result = &client.get(&path).await.json(200)["results"][1];
    assert_eq!((&result["actual_text"], &result["computed_score"]), (&json!("80人"), &json!("16.00")));
    assert_eq!(result["declared_score"], "18.00", "what is not given stays");
    revert(&client, &import).await.status(200);
    assert_eq!(client.get(&path).await.json(200)["results"][1]["actual_text"], "90人");
    let bare = app.project_of_code("BARE").await;
    let indicator = json!({"level1": "产出", "name": "数量", "weight": "10", "target_text": "≥10"});
    client.post(&format!("/api/v1/projects/{bare}/indicators"), &indicator).await.status(201);
    let new = json!({"fiscal_year": 2021, "project_code": "BARE", "name": "数量", "actual_text": "10"});
    let (_, report) = check(&client, "kind=results", ndjson(std::slice::from_ref(&new))).await;
    assert_eq!(wrong(&report), [(1, "project_code".to_owned(), "no_draft".to_owned())]);
    let made = upload(&client, "kind=results&create_missing=true&commit=true", ndjson(&[new])).await.json(201);
    let drafts = format!("/api/v1/self-assessments?project_id={bare}");
    assert_eq!(items(&client.get(&drafts).await.json(200)).len(), 1);
    revert(&client, &made).await.status(200);
    assert_eq!(items(&client.get(&drafts).await.json(200)).len(), 0);
}

async fn a_row_that_comes_twice_is_named_with_the_first(app: App) {
    app.project().await;
    let client = uploader(&app);
    let rows = [INDICATORS[0], INDICATORS[1], INDICATORS[2], INDICATORS[1]];
    let (_, report) = check(&client, "kind=indicators", csv(&rows)).await;
    assert_eq!(wrong(&report), [(4, "三级指标".to_owned(), "duplicate".to_owned())]);
    assert!(text(&report[2]["errors"][0], "detail").contains("row 2"));
}

async fn all_that_is_wrong_with_a_row_comes_at_once_with_its_cell(app: App) {
    app.project().await;
    let client = uploader(&app);
    let rows: [&[&str]; 2] = [INDICATORS[0], &["二〇二一", "有 空格", "", "数量", "培训\u{200b}人数", "十", "≥100人"]];
    let (_, report) = check(&client, "kind=indicators", xlsx(&rows)).await;
    let expected = [
        (2, "A2", "wrong_type"),
        (2, "B2", "invalid_code"),
        (2, "C2", "missing_field"),
        (2, "E2", "control_character"),
        (2, "F2", "not_a_decimal"),
    ];
    let mut found = wrong(&report);
    found.sort();
    assert_eq!(found, expected.map(|(row, cell, code)| (row, cell.to_owned(), code.to_owned())));
    let error = report[0]["errors"].as_array().expect("errors").iter().find(|one| one["cell"] == "F2").expect("F2");
    assert_eq!((&error["column"], &error["value"], &error["sheet"]), (&json!("分值"), &json!("十"), &json!("Sheet1")));
}

async fn headings_that_are_unknown_are_refused_with_the_known_ones(app: App) {
    let client = uploader(&app);
    let unknown = "项目代码,预算年度,颜色\nP,2021,红\n";
    let problem = upload(&client, "kind=indicators", unknown).await.problem(422, "unknown_column");
    let detail = text(&problem, "detail");
    assert!(detail.contains("颜色") && detail.contains("三级指标(name)"), "{detail}");
    upload(&client, "kind=indicators", "a,b\n1,2\n").await.problem(422, "header_not_found");
    upload(&client, "kind=indicators", "项目代码,三级指标\n").await.problem(422, "empty_content");
    let failed = items(&client.get("/api/v1/imports?status=failed").in_english().await.json(200));
    assert_eq!(failed.len(), 3, "and the import says so too");
    assert!(failed.iter().all(|one| one["problem"]["detail"].as_str().is_some_and(|text| text.len() > 10)));
    commit(&client, &failed[0]).await.problem(409, "action_not_allowed");
}

async fn the_year_of_the_import_stands_for_rows_that_say_none(app: App) {
    app.project().await;
    let client = uploader(&app);
    let row = "项目代码,一级指标,三级指标,分值\n41010021T000000000001,产出,甲,5\n";
    let (_, report) = check(&client, "kind=indicators", row).await;
    assert_eq!(wrong(&report), [(2, "fiscal_year".to_owned(), "missing_field".to_owned())]);
    let (import, _) = check(&client, "kind=indicators&fiscal_year=2021", row).await;
    assert_eq!(counts(&import), [1, 0, 0, 0]);
    upload(&client, "kind=indicators&fiscal_year=1999", row).await.problem(400, "bad_query");
}

async fn a_table_without_the_second_level_names_the_indicator_that_is_there(app: App) {
    app.sound().await;
    let client = uploader(&app);
    let row = "项目代码,预算年度,一级指标,三级指标,分值\n41010021T000000000001,2021,产出,培训人数,21\n";
    let import = upload(&client, "kind=indicators&commit=true", row).await.json(201);
    assert_eq!(counts(&import), [0, 1, 0, 0], "no second one is made");
    let named = "/api/v1/indicators?name=%E5%9F%B9%E8%AE%AD%E4%BA%BA%E6%95%B0";
    let found = items(&client.get(named).await.json(200));
    assert_eq!((found.len(), &found[0]["level2"], &found[0]["weight"]), (1, &json!("产出数量"), &json!("21.00")));
    let project = text(&found[0], "project_id");
    let other = json!({"level1": "产出", "level2": "产出质量", "name": "培训人数", "weight": "1"});
    client.post(&format!("/api/v1/projects/{project}/indicators"), &other).await.status(201);
    let (_, report) = check(&client, "kind=indicators&mode=valid_rows", row).await;
    assert_eq!(wrong(&report), [(2, "level2".to_owned(), "ambiguous".to_owned())]);
}

async fn rows_of_locked_projects_that_say_the_same_are_unchanged(app: App) {
    app.moved(&["submit"]).await;
    let client = uploader(&app);
    for kind in ["organizations", "projects", "budget_lines", "indicators", "results"] {
        let path = format!("/api/v1/import-templates/{kind}?fiscal_year=2021&organization=410100-06&format=csv");
        let file = client.get(&path).await.status(200).body;
        let (import, report) = check(&client, &format!("kind={kind}"), file).await;
        let [created, updated, unchanged, rejected] = counts(&import);
        assert_eq!((created, updated, rejected), (0, 0, 0), "{kind}: {report:#?}");
        assert!(unchanged > 0, "{kind}");
    }
    let row = "项目代码,预算年度,三级指标,实际完成值\n41010021T000000000001,2021,培训人数,1人\n";
    let (_, report) = check(&client, "kind=results", row).await;
    assert_eq!(wrong(&report), [(2, "项目代码".to_owned(), "figures_locked".to_owned())]);
}

async fn a_code_that_a_number_has_cut_is_refused_and_what_stands_in_a_cell_is_shown(app: App) {
    app.project().await;
    let client = uploader(&app);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, text) in (0_u16..).zip(["项目代码", "预算年度", "一级指标", "三级指标", "分值"]) {
        sheet.write_string(0, column, text).expect("a cell");
    }
    // As a formula's value the file keeps the digits as a number.
    let code = rust_xlsxwriter::Formula::new("=1*410100210000000001").set_result("410100210000000000");
    sheet.write_formula(1, 0, code).expect("a cell");
    for (column, text) in (1_u16..).zip(["2021", "产出", "甲", "5"]) {
        sheet.write_string(1, column, text).expect("a cell");
    }
    let (_, report) = check(&client, "kind=indicators", book.save_to_buffer().expect("a workbook")).await;
    assert_eq!(wrong(&report), [(2, "A2".to_owned(), "cell_error".to_owned())]);
    assert!(text(&report[0]["errors"][0], "detail").contains("fifteenth"), "{report:#?}");
    let rows: [&[&str]; 2] = [
        &["项目代码", "预算年度", "资金来源", "支出经济分类", "年初预算数（万元）", "全年预算数", "全年执行数"],
        &["41010021T000000000001", "2021", "当年财政拨款", "培训费", "0.1234567", "1,000,000.123", "1"],
    ];
    let (_, report) = check(&client, "kind=budget_lines", xlsx(&rows)).await;
    let values: Vec<&Value> = report[0]["errors"].as_array().expect("errors").iter().map(|one| &one["value"]).collect();
    assert_eq!(values, ["0.1234567", "1,000,000.123"], "as it stands in the cell");
}

async fn a_csv_file_may_have_titles_above_its_header_and_tabs_or_semicolons(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let rows = ["单位代码,单位名称,单位类型,上级单位代码", "X1,甲局,主管部门,410100", "X2,乙局,主管部门,NONE"];
    for (separator, above) in
        [(",", ""), ("\t", ""), (";", ""), (",", "单位名录\r\n\r\n填报:2021年,,\r\n"), ("\t", "单位名录\n")]
    {
        let text = format!("{above}{}\n", rows.join("\n").replace(',', separator));
        let (import, report) = check(&client, "kind=organizations&mode=valid_rows", text).await;
        assert_eq!(counts(&import), [1, 0, 0, 1], "{separator:?} {above:?}: {report:#?}");
        let last = u64::try_from(above.matches('\n').count() + 3).expect("a row");
        assert_eq!(report[1]["errors"][0]["row"], last, "rows are counted as they stand");
    }
    let titles = "名录\n".repeat(11);
    let reply = upload(&client, "kind=organizations", format!("{titles}{}\n", rows.join("\n"))).await;
    assert_eq!(reply.json(422)["code"], "header_not_found");
}

async fn codes_and_figures_of_a_full_width_input_method_are_the_same(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let table = |year: &str, code: &str, name: &str| {
        csv(&[&["预算年度", "项目代码", "项目名称", "单位代码"], &[year, code, name, "４１０１００－０６－０１"]])
    };
    let import = upload(&client, "kind=projects&commit=true", table("２０２２", "Ｐ－００１", "供水（一期）")).await;
    assert_eq!(counts(&import.json(201)), [1, 0, 0, 0]);
    let project = items(&client.get("/api/v1/projects").await.json(200))[0].clone();
    assert_eq!((&project["fiscal_year"], &project["code"]), (&json!(2022), &json!("P-001")));
    assert_eq!(project["name"], "供水（一期）", "a name keeps the width that people gave it");
    let (import, _) = check(&client, "kind=projects", table("2022.0", "P-001", "供水（一期）")).await;
    assert_eq!(counts(&import)[2], 1, "unchanged");
    let (_, report) = check(&client, "kind=projects", table("二〇二二", "P-002", "甲")).await;
    let zh = client.get("/api/v1/imports?limit=1&sort=-id").await.json(200);
    let rows = client.get(&format!("/api/v1/imports/{}/rows", id(&items(&zh)[0]))).await.json(200);
    assert_eq!(wrong(&report)[0].2, "wrong_type");
    assert_eq!(rows["items"][0]["errors"][0]["detail"], "类型须为整数；收到文本", "no word of JSON for a clerk");
}

async fn a_form_of_several_parts_is_told_to_send_the_file_itself(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let request = client.request(actix_web::http::Method::POST, "/api/v1/imports?kind=self_assessment_forms");
    let body =
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\nPK\r\n--x--\r\n".to_vec();
    let problem = request.body("multipart/form-data; boundary=x", body).await.problem(415, "unsupported_media_type");
    assert!(text(&problem, "detail").contains("multipart/form-data"), "{problem:#}");
}

async fn a_folder_of_a_unit_goes_in_as_it_is(app: App) {
    app.tree().await;
    let client = uploader(&app);
    let unit = crate::support::build::organization("TRAIN", "unit", &app.tree().await.department);
    let unit = crate::support::With::with(unit, "name", "市企业服务中心");
    client.post("/api/v1/organizations", &unit).await.status(201);
    let form = super::files::form("sound.xlsx");
    let archive = super::files::zip(&[
        ("某单位/1.自评表.xlsx", &form),
        ("某单位/2.绩效自评报告.docx", b"PK\x03\x04"),
        ("某单位/3.扫描件.pdf", b"%PDF-1.4"),
        ("某单位/佐证/合同.jpg", b"\xFF\xD8\xFF"),
    ]);
    let import = upload(&client, "kind=self_assessment_forms&create_missing=true&commit=true", archive).await.json(201);
    assert_eq!(counts(&import), [1, 0, 0, 0], "{import:#}");
    let notes = import["notes"].to_string();
    for name in ["2.绩效自评报告.docx", "3.扫描件.pdf", "合同.jpg"] {
        assert!(notes.contains(name), "{name}: {notes}");
    }
}

async fn an_empty_cell_clears_only_where_the_upload_says_so_and_the_report_names_what_changes(app: App) {
    app.project().await;
    let client = uploader(&app);
    let head = ["预算年度", "项目代码", "一级指标", "三级指标", "分值", "指标值", "数据来源"];
    let code = "41010021T000000000001";
    let send = async |row: &[&str], parameters: &str| {
        let (import, report) = check(&client, parameters, xlsx(&[&head, row])).await;
        commit(&client, &import).await.status(200);
        (import, report[0].clone())
    };
    let (_, made) = send(&["2021", code, "产出", "培训人数", "10", "≥100人", "签到表"], "kind=indicators").await;
    assert_eq!((&made["outcome"], &made["changed"]), (&json!("created"), &json!([])));
    let blank = ["2021", code, "产出", "培训人数", "12", "≥100人", ""];
    let (import, kept) = send(&blank, "kind=indicators").await;
    assert_eq!((&import["empty"], &kept["changed"]), (&json!("keep"), &json!(["weight"])));
    let (import, cleared) = send(&blank, "kind=indicators&empty=clear").await;
    assert_eq!((&import["empty"], &cleared["changed"]), (&json!("clear"), &json!(["data_source"])));
    // A null of NDJSON is said on purpose.
    let row =
        json!({"fiscal_year": 2021, "project_code": code, "level1": "产出", "name": "培训人数", "target_text": null});
    let (_, report) = check(&client, "kind=indicators", ndjson(&[row])).await;
    let changed = report[0]["changed"].as_array().expect("names");
    assert!(changed.contains(&json!("target_text")), "{changed:?}");
}
