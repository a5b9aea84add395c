//! Funds as units fill them in: sums and their details, the execution rate, the unit of amounts.

use super::layout_tests::{laid_out, lines};
use super::{Form, ProblemKind};

const HEADER: &[&str] = &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"];
const TOTAL: &[&str] = &["", "年度资金总额", "100", "100", "90", "10", "9"];
const TABLE: &[&str] = &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"];
const ROW: &[&str] = &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86"];

/// A form with these rows between its name and its indicators, and these indicators.
fn with(rows: &[&[&str]], indicators: &[&[&str]]) -> Form {
    let mut all: Vec<&[&str]> = vec![&["绩效自评表（2023年度）"], &["项目名称", "道路养护"]];
    all.extend(rows);
    all.push(TABLE);
    all.extend(indicators);
    let mut found = laid_out(&all, &[]);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn sums(form: &Form) -> String {
    let lines = lines(form).into_iter().map(|(label, amount)| format!("{label} {amount}"));
    lines.collect::<Vec<_>>().join(", ")
}

fn fund<'a>(label: &'a str, amount: &'a str) -> [&'a str; 5] {
    ["", label, amount, amount, amount]
}

fn kinds(form: &Form) -> Vec<(String, ProblemKind)> {
    form.problems.iter().map(|problem| (problem.place.to_string(), problem.kind)).collect()
}

#[test]
fn details_are_counted_once_and_no_source_is_taken_for_one() {
    let cases: [(&[(&str, &str)], &str); 10] = [
        // A source of its own that happens to fill the sum up.
        (
            &[("年度资金总额", "140"), ("财政拨款", "100"), ("其中：中央补助", "60"), ("其他资金", "40")],
            "财政拨款 1000000, 其他资金 400000",
        ),
        // Details that do not add up.
        (
            &[("年度资金总额", "100"), ("财政拨款", "100"), ("其中：上级补助", "30"), ("其他资金", "0")],
            "财政拨款 1000000, 其他资金 0",
        ),
        (&[("财政拨款", "100"), ("其中：上级补助", "30"), ("其他资金", "20")], "财政拨款 1000000, 其他资金 200000"),
        // Parts of the total that are all called its own.
        (
            &[("年度资金总额", "140"), ("其中：财政拨款", "100"), ("其中：上年结转", "40")],
            "财政拨款 1000000, 上年结转 400000",
        ),
        // A sum of its details within the total.
        (
            &[("年度资金总额", "120"), ("财政拨款", "100"), ("其中：中央", "60"), ("省级", "40"), ("自有资金", "20")],
            "财政拨款 1000000, 自有资金 200000",
        ),
        (
            &[("财政拨款", "100"), ("其中：中央", "60"), ("省级", "40"), ("自有资金", "20"), ("合计", "120")],
            "财政拨款 1000000, 自有资金 200000",
        ),
        // What is no detail by the total.
        (
            &[("年度资金总额", "150"), ("财政拨款", "100"), ("其中：中央", "60"), ("专项债券", "50")],
            "财政拨款 1000000, 专项债券 500000",
        ),
        // The same total at both ends.
        (
            &[("年度资金总额", "100"), ("财政拨款", "80"), ("其他资金", "20"), ("合计", "100")],
            "财政拨款 800000, 其他资金 200000",
        ),
        (&[("年度资金总额", "0"), ("其中：财政拨款", "80")], "财政拨款 800000"),
        (&[("年度资金总额", "100"), ("其中：财政拨款", "100"), ("其他资金", "0")], "财政拨款 1000000, 其他资金 0"),
    ];
    for (funds, expected) in cases {
        let rows: Vec<[&str; 5]> = funds.iter().map(|(label, amount)| fund(label, amount)).collect();
        let rows: Vec<&[&str]> = std::iter::once(HEADER).chain(rows.iter().map(|row| &row[..])).collect();
        let form = with(&rows, &[ROW]);
        assert_eq!(sums(&form), expected, "{funds:?}");
    }
}

#[test]
fn a_row_of_figures_that_is_no_money_is_no_fund_and_named() {
    let other: &[&str] = &["资金管理", "资金使用合规性", "5", "4", "3", "5", "5"];
    let form = with(&[HEADER, TOTAL, &["", "其中：财政拨款", "100", "100", "90"], other], &[ROW]);
    assert_eq!(sums(&form), "财政拨款 1000000");
    assert_eq!(kinds(&form), [("B6".to_owned(), ProblemKind::RowUnknown)]);
}

#[test]
fn the_points_of_the_execution_rate_are_those_that_the_form_prints() {
    let points = |rows: &[&[&str]]| {
        let form = with(&[HEADER, TOTAL], rows);
        let sum: Option<rust_decimal::Decimal> = form.assessment().rows.iter().map(|row| row.weight).sum();
        sum.unwrap().to_string()
    };
    let named: &[&str] = &["", "", "预算执行率达标单位数", "≥10个", "12个", "10", "10"];
    assert_eq!(points(&[&["产出指标", "数量指标", "里程", "≥5公里", "5公里", "80", "80"], named]), "100");
    let own: &[&str] = &["", "", "预算执行率", "≥95%", "90%", "5", "5"];
    assert_eq!(points(&[&["产出指标", "数量指标", "里程", "≥5公里", "5公里", "85", "85"], own]), "100");
    // The same points printed twice.
    let same: &[&str] = &["预算执行", "", "预算执行率", "100%", "90%", "10", "9"];
    let total: &[&str] = &["总分", "", "", "", "", "100", "95"];
    assert_eq!(points(&[same, ROW, total]), "100");
}

#[test]
fn the_unit_of_amounts_is_never_taken_from_prose() {
    let bare: &[&str] = &["项目资金", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"];
    let goal: [&[&str]; 2] = [&["年度总体目标", "预期目标", "实际完成情况"], &["", "人均补助（元）达到1000", "完成"]];
    for rows in [[bare, TOTAL, goal[0], goal[1]], [goal[0], goal[1], bare, TOTAL]] {
        let form = with(&rows, &[ROW]);
        let found: Vec<ProblemKind> = form.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(found, [ProblemKind::AmountUnitMissing]);
    }
}

#[test]
fn the_unit_of_amounts_is_that_of_labels_and_notes() {
    let bare: &[&str] = &["项目资金", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"];
    for note in [
        &["资金单位：万元"][..],
        &["单位：万元、%"],
        &["单位", "万元"],
        &["", "", "", "金额单位:万元（保留两位小数）"],
        &["填报单位：市公路局 单位：万元"],
        &["填报日期：2024年1月5日   金额单位：万元"],
        &["币种：人民币 单位：万元"],
        &["（金额单位：万元）"],
    ] {
        let form = with(&[note, bare, TOTAL], &[ROW]);
        assert_eq!((sums(&form).as_str(), kinds(&form)), ("年度资金总额 1000000", vec![]), "{note:?}");
    }
    let form = with(&[&["填报单位：市公路局 单位：万元"], bare, TOTAL], &[ROW]);
    assert_eq!(form.unit.as_ref().unwrap().value.name, "市公路局");
    let own: &[&str] = &["", "年度资金总额", "100（万元）", "100(万元)", "90 万元", "10", "9"];
    let form = with(&[bare, own], &[ROW]);
    assert_eq!((sums(&form).as_str(), kinds(&form)), ("年度资金总额 1000000", vec![]));
    assert_eq!(sums(&with(&[&["金额单位：亿元"], bare, TOTAL], &[ROW])), "年度资金总额 10000000000");
}

#[test]
fn the_columns_of_the_funds_are_known_by_each_of_their_headings() {
    for (initial, adjusted, executed) in [
        ("年初预算", "调整预算", "执行数"),
        ("年初预算数", "调整预算数", "实际使用数"),
        ("年初预算数", "全年预算数", "支出金额"),
        ("年初预算数", "全年预算数", "全年支出"),
        ("年初批复预算数", "调整后预算数", "预算执行数"),
        ("年初预算数", "年度预算数", "年度执行数"),
        ("年初预算数", "本年预算数", "本年执行数"),
        ("年初预算数", "到位数", "执行数"),
    ] {
        let header = ["项目资金（万元）", "", initial, adjusted, executed, "分值", "得分"];
        let form = with(&[&header, TOTAL], &[ROW]);
        let total = form.fund_total().unwrap();
        let amounts = [&total.initial, &total.adjusted, &total.executed];
        let amounts: Vec<String> = amounts.into_iter().flatten().map(|cited| cited.value.to_string()).collect();
        assert_eq!(amounts, ["1000000", "1000000", "900000"], "{initial} {adjusted} {executed}");
    }
    let upper: &[&str] = &["项目资金（万元）", "", "预算数", "", "全年执行数", "分值", "得分"];
    for lower in [["年初预算数", "全年预算数"], ["年初", "全年"], ["年初", "调整后"]] {
        let form = with(&[upper, &["", "", lower[0], lower[1]], &["", "总额", "90", "100", "80", "10", "9"]], &[ROW]);
        let total = form.fund_total().unwrap();
        assert_eq!(total.initial.as_ref().unwrap().value.to_string(), "900000", "{lower:?}");
        assert_eq!(total.adjusted.as_ref().unwrap().value.to_string(), "1000000", "{lower:?}");
        assert_eq!((form.funds.len(), kinds(&form)), (1, vec![]), "{lower:?}");
    }
}
