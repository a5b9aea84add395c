//! Layouts of forms as units fill them in: what must not be lost, doubled or turned round.

use super::{Form, ProblemKind, read};
use crate::workbooks::built::workbook;
use crate::workbooks::{self, Limits};

/// The forms of a sheet with these rows, written from column A on.
fn forms(rows: &[&[&str]]) -> Vec<Form> {
    laid_out(rows, &[])
}

/// The forms of a sheet with these rows and merged areas.
pub fn laid_out(rows: &[&[&str]], merged: &[&str]) -> Vec<Form> {
    let mut cells: Vec<(String, &str)> = Vec::new();
    for (row, texts) in (1..).zip(rows) {
        for (column, text) in ('A'..='Z').zip(*texts) {
            if !text.is_empty() {
                cells.push((format!("{column}{row}"), text));
            }
        }
    }
    let cells: Vec<(&str, &str)> = cells.iter().map(|(place, text)| (place.as_str(), *text)).collect();
    let book = workbooks::read(&workbook(&[("表", &cells, merged)], &[]), &Limits::default()).unwrap();
    book.sheets.iter().flat_map(read).collect()
}

/// One form of a head, funds and indicators.
fn form(head: &[&[&str]], funds: &[&[&str]], indicators: &[&[&str]]) -> Form {
    let mut rows: Vec<&[&str]> = vec![&["绩效自评表"], &["（2023年度）"], &["项目名称", "道路养护"]];
    rows.extend(head);
    rows.push(&["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"]);
    rows.extend(funds);
    rows.push(&["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "实际完成值", "分值", "得分"]);
    rows.extend(indicators);
    let mut found = forms(&rows);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

const FUNDS: &[&[&str]] = &[&["", "年度资金总额", "100", "100", "90", "10", "9"]];
const ROW: &[&[&str]] = &[&["产出指标", "数量指标", "里程", "≥", "50", "公里", "48", "90", "86"]];

pub fn lines(form: &Form) -> Vec<(String, String)> {
    let amount = |fund: &super::FundRow| fund.adjusted.as_ref().map_or("-".to_owned(), |cited| cited.value.to_string());
    form.fund_lines().map(|fund| (fund.category(), amount(fund))).collect()
}

#[test]
fn a_target_in_three_columns_keeps_its_sense_and_its_unit() {
    for (nature, value, unit, expected) in [
        ("≥", "50", "公里", "≥50公里"),
        ("不大于", "5", "起", "≤5起"),
        ("小于或等于", "5", "起", "≤5起"),
        ("≧", "5", "起", "≥5起"),
        ("大于或等于", "5", "起", "≥5起"),
        ("", "≥95", "人", "≥95人"),
        ("≥", "约100", "人次", "约100人次"),
        ("≥", "95%", "%", "≥95%"),
        ("定量", "95", "%", "95%"),
        ("越少越好", "5", "起", "越少越好5起"),
        ("定性", "效果明显", "/", "效果明显"),
    ] {
        let row: &[&str] = &["产出指标", "数量指标", "里程", nature, value, unit, "48", "90", "86"];
        let form = form(&[], FUNDS, &[row]);
        assert_eq!(form.indicators[0].target.as_ref().unwrap().value, expected, "{nature} {value} {unit}");
    }
}

#[test]
fn the_total_of_the_funds_is_never_a_line_beside_its_parts() {
    let parts: [&[&str]; 2] = [&["", "其中：财政拨款", "100", "100", "90"], &["", "其他资金", "20", "20", "10"]];
    let expected = [("财政拨款".to_owned(), "1000000".to_owned()), ("其他资金".to_owned(), "200000".to_owned())];
    for label in ["年度资金总额", "总金额", "年度预算资金", "合计", "甲乙丙"] {
        let total: &[&str] = &["", label, "120", "120", "100", "10", "9"];
        for rows in [[total, parts[0], parts[1]], [parts[0], parts[1], total]] {
            let form = form(&[], &rows, ROW);
            assert_eq!(lines(&form), expected, "{label}");
            assert_eq!(form.fund_total().map(|fund| fund.label.as_str()), Some(label));
        }
    }
}

#[test]
fn details_of_a_fund_row_are_counted_once() {
    let form = form(
        &[],
        &[
            &["", "年度资金总额", "120", "120", "110", "10", "9"],
            &["", "财政拨款", "100", "100", "90"],
            &["", "其中：中央补助", "60", "60", "55"],
            &["", "地方资金", "40", "40", "35"],
            &["", "其他资金", "20", "20", "20"],
        ],
        ROW,
    );
    let expected = [("财政拨款".to_owned(), "1000000".to_owned()), ("其他资金".to_owned(), "200000".to_owned())];
    assert_eq!(lines(&form), expected);
}

#[test]
fn the_unit_of_amounts_is_found_wherever_it_is_said() {
    for (heading, first, adjusted) in [
        ("项目资金（万元）（10分）", "年初预算数", "全年预算数"),
        ("项目资金", "年初预算数（单位：万元）", "全年预算数"),
        ("项目资金", "年初预算数（元）", "全年预算数（万元）"),
    ] {
        let found = forms(&[
            &["绩效自评表（2023年度）"],
            &["项目名称", "道路养护"],
            &[heading, "", first, adjusted, "全年执行数（万元）", "分值", "得分"],
            FUNDS[0],
            &["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "实际完成值", "分值", "得分"],
            ROW[0],
        ]);
        let total = found[0].fund_total().unwrap();
        assert_eq!(total.adjusted.as_ref().unwrap().value.to_string(), "1000000", "{heading} {adjusted}");
        assert!(found[0].problems.is_empty(), "{heading}: {:?}", found[0].problems);
    }
}

#[test]
fn the_year_is_that_of_the_account_and_the_unit_who_carries_it_out() {
    let found = forms(&[
        &["附件：2023年部门预算绩效自评工作表"],
        &["（2022年度）"],
        &["填报单位（盖章）：乙局"],
        &["项目名称", "道路养护"],
        &["实施单位", "甲中心（公章）"],
        &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
        FUNDS[0],
        &["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "实际完成值", "分值", "得分"],
        ROW[0],
    ]);
    assert_eq!(found[0].fiscal_year.as_ref().unwrap().value, 2022);
    assert_eq!(found[0].unit.as_ref().unwrap().value.name, "甲中心");
}

#[test]
fn a_note_below_a_form_is_no_title_of_the_next() {
    let one: [&[&str]; 6] = [
        &["（2022年度）"],
        &["项目名称", "甲项目"],
        &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
        FUNDS[0],
        &["一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "实际完成值", "分值", "得分"],
        ROW[0],
    ];
    let mut rows: Vec<&[&str]> = one.to_vec();
    rows.push(&["注：数据截至2023年末"]);
    rows.extend(one);
    let found = forms(&rows);
    let years: Vec<i32> = found.iter().map(|form| form.fiscal_year.as_ref().unwrap().value).collect();
    assert_eq!(years, [2022, 2022]);
}

#[test]
fn levels_repeated_or_with_points_are_the_levels_that_they_name() {
    let form = form(
        &[],
        FUNDS,
        &[
            &["产出指标（50分）", "数量指标", "甲", "≥", "1", "个", "1", "30", "30"],
            &["产出指标（50分）", "", "乙", "≥", "1", "个", "1", "10", "10"],
            &["效益指标40分", "/", "丙", "≥", "1", "个", "1", "10", "10"],
            &["满意度指标(满分10)", "", "丁", "≥", "1", "个", "1", "10", "10"],
            &["", "", "小计", "", "", "", "", "60", "60"],
            &["总分", "", "", "", "", "", "", "100", "100"],
        ],
    );
    let text = |level: &Option<super::Cited<String>>| level.as_ref().map_or("-".to_owned(), |one| one.value.clone());
    let levels: Vec<String> =
        form.indicators.iter().map(|one| format!("{}/{}", text(&one.level1), text(&one.level2))).collect();
    assert_eq!(levels, ["产出指标/数量指标", "产出指标/数量指标", "效益指标/-", "满意度指标/-"]);
    assert_eq!(form.total_score.as_ref().unwrap().value.to_string(), "100");
}

#[test]
fn what_stands_below_the_table_is_no_indicator() {
    for below in ["备注：本表一式两份", "其他需要说明的问题", "说明"] {
        let form = form(&[], FUNDS, &[ROW[0], &[below, "无"]]);
        assert_eq!((form.indicators.len(), form.problems.len()), (1, 0), "{below}");
    }
}

#[test]
fn a_reason_is_that_of_the_deviation_and_not_a_remark() {
    let found = forms(&[
        &["（2023年度）"],
        &["项目名称", "因病致贫原因调查"],
        &["项目资金（元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
        FUNDS[0],
        &["一级指标", "二级指标", "三级指标", "备注", "年度指标值", "偏差原因分析", "实际完成值", "分值", "得分"],
        &["产出指标", "数量指标", "里程", "见附件", "≥50公里", "因疫情", "48", "90", "86"],
    ]);
    assert_eq!(found[0].project_name.as_ref().unwrap().value, "因病致贫原因调查");
    assert_eq!(found[0].indicators[0].reason.as_ref().unwrap().value, "因疫情");
}

#[test]
fn a_form_of_thousands_of_rows_is_stopped() {
    let rows: Vec<&[&str]> = vec![ROW[0]; 2_500];
    let form = form(&[], FUNDS, &rows);
    assert_eq!(form.indicators.len(), 2_000);
    assert!(form.problems.iter().any(|problem| problem.kind == ProblemKind::TooManyRows));
}
