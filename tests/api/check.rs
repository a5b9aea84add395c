//! `jixiao check`: forms scored with no server and no database.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::cases;

cases![
    ;
    a_form_is_scored_and_its_findings_name_their_rows,
    a_form_without_a_fault_ends_with_exit_code_0,
    a_column_that_is_not_read_is_said_and_is_no_error,
    markdown_cannot_be_broken_by_the_texts_of_a_form,
    what_is_no_form_gets_one_clear_error,
    a_form_says_first_what_it_is_and_what_it_comes_to,
    a_sheet_of_another_kind_says_what_it_is_and_a_ledger_where_the_forms_differ,
];

fn check(arguments: &[&str]) -> Output {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/forms");
    Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .arg("check")
        .args(arguments)
        .current_dir(fixtures)
        .output()
        .expect("a run")
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn a_form_is_scored_and_its_findings_name_their_rows() {
    let linxiang = "fixtures/linxiang-wildlife-shelter-2023.xlsx";
    let output = check(&[linxiang, "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "90 of 100 points are printed, and the rate has no reason");
    let files: Value = serde_json::from_str(&printed(&output)).expect("JSON");
    let form = &files[0]["forms"][0];
    assert_eq!(form["score"]["computed"]["total"], "89.78");
    assert_eq!(form["score"]["rule_profile"]["code"], "mof-2020");
    assert_eq!((&form["rows"][0]["row"], &form["rows"][3]["row"]), (&6.into(), &13.into()));
    assert_eq!(form["rows"][3]["target_text"], "2023年12月");
    assert_eq!(form["empty_rows"], serde_json::json!([18]));
    let table = printed(&check(&[linxiang, "--explain"]));
    assert!(table.contains("10 × 316900.00 ÷ 324000.00 = 9.78"), "{table}");
    assert!(table.contains("weights_not_100"), "{table}");
    let english = printed(&check(&["fixtures/shidian-agri-operators-2022.xlsx", "--lang", "en"]));
    assert!(english.contains("hubei-20-80 v2"), "the 20 points of the execution rate choose the profile");
    assert!(english.contains("weight_missing") && english.contains("cannot be computed"), "{english}");
    assert!(!english.contains("declared_exceeds_weight") && !english.contains("差 poor"), "{english}");
    let chosen = printed(&check(&[linxiang, "--rule-profile", "hubei-20-80"]));
    assert!(chosen.contains("hubei-20-80 v2"));
}

fn a_form_without_a_fault_ends_with_exit_code_0() {
    let output = check(&["fixtures/sound.xlsx", "--format", "json"]);
    let files: Value = serde_json::from_str(&printed(&output)).expect("JSON");
    assert_eq!(files[0]["forms"][0]["score"]["finding_counts"]["error"], 0, "{files:#}");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

fn a_column_that_is_not_read_is_said_and_is_no_error() {
    let file = "fixtures/sound-with-a-column-more.xlsx";
    let output = check(&[file]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(printed(&output).contains("表头“佐证材料目录”不认识，该列未读取"), "{}", printed(&output));
    let english = printed(&check(&[file, "--format", "markdown", "--lang", "en"]));
    assert!(english.contains("the heading 佐证材料目录 in"), "{english}");
}

fn markdown_cannot_be_broken_by_the_texts_of_a_form() {
    let page = printed(&check(&["fixtures/sound.xlsx", "--format", "markdown"]));
    assert!(page.contains("培训\\|人数\\<b\\>"), "{page}");
    assert!(page.contains("|  | 总分 |  |  | 100.00 |"), "{page}");
}

fn what_is_no_form_gets_one_clear_error() {
    let output = check(&["Cargo.toml", "nowhere.xlsx"]);
    assert_eq!(output.status.code(), Some(1));
    let printed = printed(&output);
    assert!(printed.contains("不是.xlsx工作簿"), "{printed}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("2 of 2 files have errors"));
    let output = check(&["Cargo.toml", "--rule-profile", "none"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("must be one of mof-2020"));
}

fn a_form_says_first_what_it_is_and_what_it_comes_to() {
    for (file, lines) in [
        ("department-2022.xlsx", ["部门（单位）整体支出绩效自评表  某省某局  2022年度", "自评 declared   99.00  —"]),
        (
            "transfer-payment-2021.xlsx",
            [
                "转移支付绩效自评表  中央食品监管补助资金  某县市场监督管理局  2021年度",
                "按规则不计分，6项指标达到5项 no points by design: 5 of 6 reached",
            ],
        ),
        (
            "without-levels-2023.xlsx",
            ["项目支出绩效自评表  融媒体内容生产经费  某融媒体中心  2023年度", "自评 declared   97.60  —"],
        ),
        (
            "farmland-2022.docx",
            ["项目支出绩效自评表  高标准农田建设  某县农田建设服务中心  2022年度", "自评 declared   97.00  —"],
        ),
    ] {
        let text = printed(&check(&[&format!("fixtures/{file}")]));
        let first: Vec<&str> = text.lines().filter(|line| !line.is_empty()).skip(1).take(2).collect();
        assert_eq!(first, lines, "{file}");
    }
    let total = |file: &str| {
        let output = check(&[&format!("fixtures/{file}"), "--format", "json"]);
        let files: Value = serde_json::from_str(&printed(&output)).expect("JSON");
        (files[0]["forms"][0]["score"]["computed"]["total"].clone(), files[0]["forms"][0]["kind"].clone())
    };
    let formats = ["farmland-2022.docx", "farmland-2022.xls", "farmland-2022.ods", "farmland-1997.xls"].map(total);
    assert!(formats.iter().all(|one| *one == ("97.13".into(), "项目支出绩效自评表".into())), "{formats:?}");
}

fn a_sheet_of_another_kind_says_what_it_is_and_a_ledger_where_the_forms_differ() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, rows: &[&[&str]]| {
        let path = folder.path().join(name);
        std::fs::write(&path, crate::imports::files::xlsx(rows)).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let ledger = write(
        "汇总.xlsx",
        &[
            &["2023年度项目支出绩效自评结果汇总表"],
            &["序号", "项目名称", "自评得分"],
            &["1", "道路养护", "98"],
            &["2", "校舍维修", "86.5"],
        ],
    );
    let goals = write(
        "目标.xlsx",
        &[
            &["项目支出绩效目标申报表（2023年度）"],
            &["项目名称", "道路养护"],
            &["年度目标", "养护50公里"],
            &["一级指标", "二级指标", "三级指标", "指标值", "分值"],
            &["产出指标", "数量指标", "里程", "≥50公里", "100"],
        ],
    );
    let form = write(
        "自评.xlsx",
        &[
            &["项目支出绩效自评表（2023年度）"],
            &["项目名称", "道路养护"],
            &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
            &["产出指标", "数量指标", "里程", "≥50公里", "50公里", "100", "97"],
            &["总分", "", "", "", "", "100", "97"],
        ],
    );
    let alone = printed(&check(&[&ledger, "--lang", "zh-CN"]));
    assert!(alone.contains("自评结果汇总表") && !alone.contains("没有随附"), "{alone}");
    let together = printed(&check(&[&ledger, &goals, &form, "--format", "json"]));
    let files: Value = serde_json::from_str(&together).expect("JSON");
    let notes = files[0]["notes"].to_string();
    assert!(notes.contains("校舍维修") && notes.contains("97") && notes.contains("98"), "{notes}");
    assert_eq!(files[1]["forms"][0]["goals"]["annual_goal"], "养护50公里");
    assert_eq!((files[1]["forms"][0].get("score"), &files[1]["forms"][0]["goals"]["weight"]), (None, &"100".into()));
    assert!(printed(&check(&[&goals, "--format", "markdown"])).contains("| 5 | 里程 | ≥50公里 | 100.00 |"));
}
