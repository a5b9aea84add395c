//! Forms of other kinds than a project's, in other formats than a workbook, and what a form says in words.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::files::{check, commit, counts, form, uploader, xlsx, zip};
use crate::support::build::{id, items, text};
use crate::support::client::Client;
use crate::support::{App, cases};

cases![
    a_form_of_a_whole_department_is_an_assessment_of_the_organization,
    a_transfer_payment_is_published_without_points,
    a_word_file_a_web_page_and_an_opendocument_spreadsheet_go_in_as_a_workbook_does,
    what_came_of_the_goal_is_kept_shown_frozen_and_printed,
    a_reason_that_the_form_has_no_cell_for_survives_the_next_upload,
    a_row_that_was_not_done_is_an_honest_zero,
    what_a_form_says_of_its_indicators_and_funds_is_kept,
    what_lies_beside_the_forms_of_a_folder_is_named_and_a_ledger_is_held_against_them,
];

const PARAMETERS: &str = "kind=self_assessment_forms&create_missing=true";

/// The unit of the tests under the name that a form gives it.
async fn unit(app: &App, client: &Client, name: &str) {
    let path = format!("/api/v1/organizations/{}", app.tree().await.unit);
    client.patch(&path, "*", &json!({"name": name})).await.status(200);
}

/// The assessment that an import has made.
async fn imported(client: &Client, file: Vec<u8>) -> Value {
    let (import, report) = check(client, PARAMETERS, file).await;
    assert_eq!(counts(&import), [1, 0, 0, 0], "{report:#?}");
    commit(client, &import).await.status(200);
    client.get(&text(&report[0], "location")).await.json(200)
}

async fn a_form_of_a_whole_department_is_an_assessment_of_the_organization(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "某省某局").await;
    let assessment = imported(&client, form("department-2022.xlsx")).await;
    assert_eq!((&assessment["subject"], &assessment["fiscal_year"]), (&json!("organization"), &json!(2022)));
    assert_eq!(
        (&assessment["computed"]["total"], &assessment["declared"]["total"]),
        (&json!("99.00"), &json!("99.00"))
    );
    let projects = items(&client.get("/api/v1/projects?subject=organization").await.json(200));
    assert_eq!((projects.len(), &projects[0]["name"]), (1, &json!("部门整体支出")));
    assert_eq!(items(&client.get("/api/v1/projects?subject=project").await.json(200)).len(), 0);
    // Its money is that of its projects again: it is summed up by itself.
    let sums = |query: &'static str| client.get(&format!("/api/v1/statistics/execution{query}"));
    assert_eq!(items(&sums("").await.json(200)).len(), 0);
    let whole = items(&sums("?subject=organization").await.json(200));
    assert_eq!((whole.len(), &whole[0]["adjusted_amount"]), (1, &json!("23500000.00")));
    // Without create_missing nothing is made.
    let other = xlsx(&[
        &["2023年度部门整体支出绩效自评表"],
        &["部门名称", "某省某局"],
        &["资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
        &["", "年度资金总额", "1", "1", "1", "10", "10"],
        &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
        &["产出指标", "数量指标", "检查次数", "≥20次", "22次", "90", "90"],
    ]);
    let (import, report) = check(&client, "kind=self_assessment_forms", other).await;
    assert_eq!((counts(&import), &report[0]["errors"][0]["code"]), ([0, 0, 0, 1], &json!("unknown_project")));
}

async fn a_transfer_payment_is_published_without_points(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "某县市场监督管理局").await;
    let assessment = imported(&client, form("transfer-payment-2021.xlsx")).await;
    assert_eq!(assessment["rule_profile"]["code"], "transfer-payment");
    assert!(assessment.get("computed").is_none(), "no points by design, and no 0 either: {assessment:#}");
    let reached: Vec<Option<bool>> =
        assessment["results"].as_array().expect("results").iter().map(|one| one["is_reached"].as_bool()).collect();
    assert_eq!(reached, [true, true, true, true, true, false].map(Some));
    assert_eq!(assessment["finding_counts"]["error"], 0, "{assessment:#}");
    let lines = format!("/api/v1/projects/{}/budget-lines", text(&assessment, "project_id"));
    let levels: Vec<Value> = items(&client.get(&lines).await.json(200))
        .iter()
        .map(|line| json!([line["economic_category"], line.get("government_level"), line["adjusted_amount"]]))
        .collect();
    let expected =
        json!([["中央财政资金", "central", "30000.00"], ["地方资金", "local", "20000.00"], ["其他资金", null, "0.00"]]);
    assert_eq!(json!(levels), expected);
    app.take(&id(&assessment), &["submit", "review", "approve", "publish"]).await;
    let read = client.get(&format!("/api/v1/self-assessments/{}", id(&assessment))).await.json(200);
    assert_eq!(read["status"], "published");
    assert_eq!(items(&client.get("/api/v1/scores").await.json(200)).len(), 0, "it has no score to pull");
}

async fn a_word_file_a_web_page_and_an_opendocument_spreadsheet_go_in_as_a_workbook_does(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "某县农田建设服务中心").await;
    let first = imported(&client, form("farmland-2022.docx")).await;
    assert_eq!(first["computed"]["total"], "97.13");
    for name in ["farmland-2022.xls", "farmland-2022.ods"] {
        let (import, report) = check(&client, PARAMETERS, form(name)).await;
        assert_eq!(counts(&import)[3], 0, "{name}: {report:#?}");
        assert_eq!(report[0]["computed_total"], "97.13", "{name}");
    }
}

fn sound_with(completion: &str, reason: &str) -> Vec<u8> {
    xlsx(&[
        &["项目支出绩效自评表（2023年度）"],
        &["项目名称", "道路养护", "实施单位", "市养护中心"],
        &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
        &["", "年度资金总额", "100", "100", "60", "10", "6"],
        &["年度总体目标", "预期目标", "", "实际完成情况"],
        &["", "养护50公里", "", completion],
        &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"],
        &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86.4", reason],
    ])
}

async fn what_came_of_the_goal_is_kept_shown_frozen_and_printed(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "市养护中心").await;
    let assessment = imported(&client, sound_with("养护48公里", "汛期停工")).await;
    let path = format!("/api/v1/self-assessments/{}", id(&assessment));
    assert_eq!(assessment["goal_completion"], "养护48公里");
    // A form that leaves the cell empty leaves what was written.
    let patched = json!({"goal_completion": "养护48公里，桥梁2座", "deviation_reason": "资金年末到位"});
    client.patch(&path, "*", &patched).await.status(200);
    let (import, report) = check(&client, PARAMETERS, sound_with("", "汛期停工，已补")).await;
    assert_eq!(counts(&import), [0, 1, 0, 0], "{report:#?}");
    commit(&client, &import).await.status(200);
    let read = client.get(&path).await.json(200);
    assert_eq!(read["goal_completion"], "养护48公里，桥梁2座");
    let report = client.request(Method::GET, &format!("{path}/report?format=markdown")).await.status(200);
    assert!(String::from_utf8_lossy(&report.body).contains("养护48公里，桥梁2座"));
    app.take(&id(&assessment), &["submit"]).await;
    let content = client.get(&format!("{path}/content")).await.json(200);
    assert_eq!(content["particulars"]["goal_completion"], "养护48公里，桥梁2座");
    let printed = client.request(Method::GET, &format!("{path}/report?format=xlsx")).await.status(200);
    let book = jixiao::workbooks::read(&printed.body, &jixiao::workbooks::Limits::default()).expect("a workbook");
    let texts = || book.sheets.iter().flat_map(|sheet| sheet.cells.values()).map(|cell| cell.text.as_str());
    assert!(texts().any(|text| text == "养护48公里，桥梁2座"), "the form to print has it in its cell");
}

async fn a_reason_that_the_form_has_no_cell_for_survives_the_next_upload(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "市养护中心").await;
    let assessment = imported(&client, sound_with("完成", "汛期停工")).await;
    let path = format!("/api/v1/self-assessments/{}", id(&assessment));
    let new: Vec<Value> = assessment["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|one| {
            let reason = one.get("deviation_reason").cloned().unwrap_or_else(|| json!("资金年末到位"));
            json!({"indicator_id": one["indicator_id"], "actual_text": one.get("actual_text"),
                "declared_score": one["declared_score"], "deviation_reason": reason})
        })
        .collect();
    client.put(&format!("{path}/results"), "*", &json!(new)).await.status(200);
    let (import, _) = check(&client, PARAMETERS, sound_with("完成", "汛期停工，已补")).await;
    commit(&client, &import).await.status(200);
    let read = client.get(&path).await.json(200);
    let reasons: Vec<&str> = read["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|one| one["deviation_reason"].as_str())
        .collect();
    assert_eq!(reasons, ["资金年末到位", "汛期停工，已补"]);
}

async fn a_row_that_was_not_done_is_an_honest_zero(app: App) {
    let sound = app.sound().await;
    let path = format!("/api/v1/self-assessments/{}", sound.assessment);
    let unit = app.unit();
    let read = unit.get(&path).await.json(200);
    let mut results: Vec<Value> = read["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|one| {
            json!({"indicator_id": one["indicator_id"], "actual_text": one.get("actual_text"),
            "declared_score": one.get("declared_score"), "deviation_reason": one.get("deviation_reason")})
        })
        .collect();
    let last = results.len() - 1;
    results[last] = json!({"indicator_id": results[last]["indicator_id"], "status": "no_survey",
        "declared_score": "0", "deviation_reason": "本年未开展问卷"});
    let shown = unit.put(&format!("{path}/results"), "*", &json!(results)).await.json(200);
    let row = &shown["results"][last];
    assert_eq!((&row["status"], &row["computed_score"]), (&json!("no_survey"), &json!("0.00")));
    assert_eq!(shown["finding_counts"]["error"], 0, "{shown:#}");
    results[last]["status"] = json!("tired");
    let fields = unit.put(&format!("{path}/results"), "*", &json!(results)).await.fields(422, "invalid_fields");
    assert_eq!(fields[0].0, format!("/{last}/status"));
}

async fn what_a_form_says_of_its_indicators_and_funds_is_kept(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "某融媒体中心").await;
    let assessment = imported(&client, form("without-levels-2023.xlsx")).await;
    assert_eq!(assessment["declared"]["total"], "97.60");
    let path = format!("/api/v1/projects/{}/indicators", text(&assessment, "project_id"));
    let of = |list: &Value, name: &str| {
        list["items"].as_array().expect("items").iter().find(|one| one["name"] == name).expect("listed").clone()
    };
    let core = of(&client.get(&path).await.json(200), "党性教育培训次数");
    assert_eq!((&core["is_core"], &core["target_text"]), (&json!(true), &json!("≥12次")));
    // A table says the rest; what it does not say stays.
    let project = client.get(&format!("/api/v1/projects/{}", text(&assessment, "project_id"))).await.json(200);
    let table = [
        &["预算年度", "项目代码", "一级指标", "三级指标", "评分标准", "数据来源"][..],
        &["2023", &text(&project, "code"), "绩效指标", "党性教育培训次数", "每少1次扣1分", "签到表"],
    ];
    let (import, report) = check(&client, "kind=indicators", xlsx(&table)).await;
    assert_eq!(counts(&import), [0, 1, 0, 0], "{report:#?}");
    commit(&client, &import).await.status(200);
    let core = of(&client.get(&path).await.json(200), "党性教育培训次数");
    assert_eq!(
        (&core["scoring_standard"], &core["data_source"], &core["is_core"]),
        (&json!("每少1次扣1分"), &json!("签到表"), &json!(true))
    );
    let one = format!("/api/v1/indicators/{}", id(&core));
    let cleared = client.patch(&one, "*", &json!({"is_core": null, "explanation": "全年培训"})).await.json(200);
    assert_eq!((cleared.get("is_core"), &cleared["explanation"]), (None, &json!("全年培训")));
}

async fn what_lies_beside_the_forms_of_a_folder_is_named_and_a_ledger_is_held_against_them(app: App) {
    let client = uploader(&app);
    unit(&app, &client, "市养护中心").await;
    let ledger = xlsx(&[
        &["2023年度项目支出绩效自评结果汇总表"],
        &["金额单位：万元"],
        &["序号", "项目名称", "全年预算数", "全年执行数", "自评得分"],
        &["1", "道路养护", "100", "50", "98"],
        &["2", "校舍维修", "280", "210", "86.5"],
    ]);
    let accounts = xlsx(&[&["收入支出决算总表"], &["功能科目", "本年收入"], &["教育支出", "100"]]);
    let monitoring = xlsx(&[&["项目支出绩效运行监控表（2023年度）"], &["项目名称", "道路养护"]]);
    let beside = [("汇总表.xlsx", &ledger[..]), ("决算表.xlsx", &accounts), ("监控表.xlsx", &monitoring)];
    let sound = sound_with("", "汛期停工");
    let folder: Vec<(&str, &[u8])> = beside.iter().copied().chain([("自评表.xlsx", &sound[..])]).collect();
    let (import, report) = check(&client, PARAMETERS, zip(&folder)).await;
    assert_eq!(counts(&import), [1, 0, 0, 0], "{report:#?}");
    let notes: Vec<&str> = import["notes"].as_array().expect("notes").iter().filter_map(Value::as_str).collect();
    let has = |part: &str| notes.iter().any(|note| note.contains(part));
    assert!(has("the file 监控表.xlsx is not imported: the sheet is a form of monitoring"), "{notes:#?}");
    assert!(has("the file 决算表.xlsx holds no self-assessment form"), "{notes:#?}");
    assert!(has("row 5 of the ledger 汇总表.xlsx names 校舍维修, whose form was not sent with it"), "{notes:#?}");
    assert!(has("道路养护: its amount executed is 500000, and 600000 in the form"), "{notes:#?}");
    // Without any form each says what it is.
    let (import, report) = check(&client, PARAMETERS, zip(&beside)).await;
    assert_eq!(counts(&import), [0, 0, 0, 3]);
    let codes: Vec<String> = report.iter().map(|row| text(&row["errors"][0], "code")).collect();
    assert_eq!(codes, ["ledger", "no_forms", "monitoring_form"]);
}
