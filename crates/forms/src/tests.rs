//! Forms as they come: the five of the repository, and other layouts of the same kind.

use proptest::prelude::*;

use super::{Form, ProblemKind, read};
use crate::workbooks::built::workbook;
use crate::workbooks::{self, Limits};
use jixiao_scoring::Profile;

fn forms(bytes: &[u8]) -> Vec<Form> {
    workbooks::read(bytes, &Limits::default()).unwrap().sheets.iter().flat_map(read).collect()
}

/// The forms of one sheet with these cells.
fn on_sheet(cells: &[(&str, &str)], merged: &[&str]) -> Vec<Form> {
    forms(&workbook(&[("自评表", cells, merged)], &[]))
}

fn kinds(form: &Form) -> Vec<ProblemKind> {
    form.problems.iter().map(|problem| problem.kind).collect()
}

/// Name, target, actual, weight and declared score of each indicator, a dash where there is none.
fn rows(form: &Form) -> Vec<String> {
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let row = |one: &super::FormIndicator| {
        format!(
            "{} {}/{}/{} {} {} {} {}",
            one.row,
            text(one.level1.as_ref().map(|cited| cited.value.clone())),
            text(one.level2.as_ref().map(|cited| cited.value.clone())),
            one.name.value,
            text(one.target.as_ref().map(|cited| cited.value.clone())),
            text(one.actual.as_ref().map(|cited| cited.value.clone())),
            text(one.weight.as_ref().map(|cited| cited.value.to_string())),
            text(one.score.as_ref().map(|cited| cited.value.to_string())),
        )
    };
    form.indicators.iter().map(row).collect()
}

fn total(form: &Form, profile: &str) -> String {
    let scored = jixiao_scoring::score(&form.assessment(), Profile::latest(profile).unwrap());
    scored.computed_total.unwrap().round_dp(2).to_string()
}

macro_rules! form {
    ($name:literal) => {{
        let mut forms = forms(include_bytes!(concat!("../fixtures/", $name, ".xlsx")));
        assert_eq!(forms.len(), 1);
        forms.remove(0)
    }};
}

#[test]
fn linxiang_is_read_row_by_row_and_scores_89_78() {
    let form = form!("linxiang-wildlife-shelter-2023");
    assert_eq!(form.problems, []);
    assert_eq!(form.fiscal_year.as_ref().unwrap().value, 2023);
    assert_eq!(form.project_name.as_ref().unwrap().value, "2023年马鹿坑国有林场新建野生动物收容所建设项目");
    assert_eq!(form.unit.as_ref().unwrap().value.name, "临沧市临翔区林业和草原局");
    let funds: Vec<_> = form.funds.iter().map(|fund| (fund.label.as_str(), fund.is_total)).collect();
    assert_eq!(funds, [("年度资金总额", true), ("其中:当年财政拨款", false)]);
    assert_eq!(form.funds[1].category(), "当年财政拨款");
    assert_eq!(form.funds[1].executed.as_ref().unwrap().value.to_string(), "316900");
    assert_eq!(
        form.execution().map(|(weight, score)| (weight.to_string(), score.unwrap().to_string())),
        Some(("10".into(), "9".into()))
    );
    assert_eq!(rows(&form)[0], "11 产出指标/数量指标/野生动物收容所 ≥200平方米 204.46平方米 10 10");
    assert_eq!(rows(&form)[2], "13 产出指标/时效指标/项目完工时限 2023年12月 2023年10月 15 15");
    assert_eq!(rows(&form).len(), 7);
    assert_eq!(form.empty_rows, [18], "the last row is printed and not filled in");
    assert_eq!((form.total_weight.as_ref().unwrap().value.to_string(), &form.total_score), ("100".into(), &None));
    assert_eq!(total(&form, "mof-2020"), "89.78");
}

#[test]
fn chizhou_has_a_total_of_nothing_above_its_component() {
    let form = form!("chizhou-tangxi-commission-2022");
    assert_eq!(form.problems, []);
    let unit = form.unit.as_ref().unwrap();
    assert_eq!((unit.value.code.as_deref(), unit.value.name.as_str()), (Some("219001"), "池州市贵池区棠溪镇人民政府"));
    let amounts = |fund: &super::FundRow| fund.adjusted.as_ref().map(|cited| cited.value.to_string());
    assert_eq!(amounts(form.fund_total().unwrap()).as_deref(), Some("0"));
    let lines: Vec<_> = form.fund_lines().map(|fund| (fund.category(), amounts(fund).unwrap())).collect();
    assert_eq!(lines, [("本年财政拨款".to_owned(), "899740".to_owned())]);
    assert!(form.expected_goal.as_ref().unwrap().value.starts_with("本项目共申请预算资金90万元"));
    assert!(form.reached_goal.as_ref().unwrap().value.starts_with("本项目共完成预算资金89.97万元"));
    assert_eq!(rows(&form)[2], "15 产出指标/质量指标/经费支出合规性 严格执行相关制度规定 达成预期指标 8 8");
    assert_eq!(
        rows(&form)[8],
        "21 效益指标/可持续影响指标/对推动基建项目“四项制度”健全和落实的持续性影响 效果明显 达成预期指标 10 10"
    );
    assert_eq!(total(&form, "mof-2020"), "90.00");
}

#[test]
fn shidian_and_huanggang_print_no_weights_for_their_rows_and_are_taken_as_they_are() {
    let shidian = form!("shidian-agri-operators-2022");
    assert_eq!(shidian.problems, []);
    assert!(shidian.indicators.iter().all(|row| row.weight.is_none()));
    assert_eq!(shidian.fiscal_year, None, "（年度） names no year");
    assert_eq!(shidian.fund_total().unwrap().score.as_ref().unwrap().value.to_string(), "2.9");
    assert_eq!(rows(&shidian)[2], "12 效益指标/经济效益指标/新型经营主体实现产值(%) 8000 12767.36 - 31.9");
    assert_eq!(shidian.total_score.as_ref().unwrap().value.to_string(), "71.7");
    let huanggang = form!("huanggang-soil-water-monitoring-2020");
    assert_eq!(huanggang.problems, []);
    let assessment = huanggang.assessment();
    let scored = jixiao_scoring::score(&assessment, crate::suited(&huanggang));
    assert_eq!((scored.computed_total, scored.grade), (None, None));
    let found = jixiao_scoring::findings::check(&assessment, crate::suited(&huanggang), &scored);
    let found: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(found, ["weight_missing"]);
    assert_eq!(rows(&huanggang)[2], "12 效益指标/满意度指标服务对象满意度指标/整编资料审核 98% 98% - 19.6");
    assert_eq!(rows(&huanggang)[3], "13 产出指标/质量指标/监测数据资料整编 100% 100% - 20");
    assert_eq!(huanggang.total_score.as_ref().unwrap().value.to_string(), "99.6");
}

#[test]
fn tianchang_leaves_a_placeholder_row_out_and_scores_40() {
    let form = form!("tianchang-flood-2022");
    assert_eq!(form.problems, []);
    assert_eq!(form.empty_rows, [20]);
    assert_eq!(form.department, None, "主管部门 is empty, and 实施单位 beside it is no value");
    assert_eq!(rows(&form)[2], "15 产出指标/质量指标/指标1:工程质量合格 - - 10 10");
    assert_eq!(total(&form, "mof-2020"), "40.00");
}

/// The head of a form in yuan, and its funds.
const HEAD: &[(&str, &str)] = &[
    ("A1", "某市2023年度项目支出绩效自评表"),
    ("A2", "金额单位：元"),
    ("A3", "项目（政策）名称"),
    ("C3", "节水改造"),
    ("E3", "项目编码"),
    ("F3", "33010023T000000001"),
    ("A4", "市级主管部门："),
    ("C4", "市水利局"),
    ("E4", "项目实施单位"),
    ("F4", "[330106]市水库管理处"),
    ("A5", "资金情况"),
    ("C5", "年初预算"),
    ("D5", "调整后预算数(A)"),
    ("E5", "实际支出数(B)"),
    ("F5", "权重"),
    ("G5", "预算执行率(B/A)"),
    ("H5", "自评得分"),
    ("B6", "合计"),
    ("C6", "1,080.50"),
    ("D6", "1080.50"),
    ("E6", "540.25"),
    ("F6", "10"),
    ("G6", "%0.5"),
    ("H6", "5"),
];

fn with_head(more: &[(&str, &str)], merged: &[&str]) -> Vec<Form> {
    let cells: Vec<(&str, &str)> = HEAD.iter().chain(more).copied().collect();
    on_sheet(&cells, merged)
}

#[test]
fn a_target_in_three_columns_under_a_split_heading_is_put_together() {
    let more = [
        ("A8", "一级指标"),
        ("B8", "二级指标"),
        ("C8", "指标名称"),
        ("D8", "年度指标值"),
        ("G8", "全年完成值"),
        ("H8", "指标分值"),
        ("I8", "得分"),
        ("J8", "未完成原因及改进措施"),
        ("D9", "指标性质"),
        ("E9", "指标值"),
        ("F9", "度量单位"),
        ("A10", "产出\n指标（50分）"),
        ("B10", "数量指标"),
        ("C10", "改造灌区"),
        ("D10", "≥"),
        ("E10", "3"),
        ("F10", "处"),
        ("G10", "4"),
        ("H10", "40分"),
        ("I10", "40"),
        ("C11", "完工时间"),
        ("D11", "＝"),
        ("E11", "&45261"),
        ("G11", "@45230"),
        ("H11", "10"),
        ("I11", "10"),
        ("A12", "效益指标"),
        ("C12", "农户满意率"),
        ("D12", "大于等于"),
        ("E12", "%0.9"),
        ("F12", "%"),
        ("G12", "%0.978"),
        ("H12", "40"),
        ("I12", "40"),
        ("J12", "无"),
        ("A13", "合 计"),
        ("H13", "100"),
        ("I13", "95"),
        ("J13", "优"),
        ("A15", "填表人：某某"),
        ("C15", "其他文字"),
    ];
    let forms = with_head(&more, &["D8:F8", "A10:A11", "B10:B11"]);
    let form = &forms[0];
    assert_eq!(form.problems, []);
    assert_eq!(form.fiscal_year.as_ref().unwrap().value, 2023);
    assert_eq!(form.project_name.as_ref().unwrap().value, "节水改造");
    assert_eq!(form.project_code.as_ref().unwrap().value, "33010023T000000001");
    assert_eq!(form.department.as_ref().unwrap().value.name, "市水利局");
    let unit = &form.unit.as_ref().unwrap().value;
    assert_eq!((unit.code.as_deref(), unit.name.as_str()), (Some("330106"), "市水库管理处"));
    assert_eq!(
        form.fund_total().unwrap().initial.as_ref().unwrap().value.to_string(),
        "1080.5",
        "元 is taken as it is"
    );
    assert_eq!(
        rows(form),
        [
            "10 产出指标/数量指标/改造灌区 ≥3处 4 40 40",
            "11 产出指标/数量指标/完工时间 =2023-12 2023-10-31 10 10",
            "12 效益指标/-/农户满意率 ≥90% 97.8% 40 40",
        ]
    );
    assert_eq!(form.indicators[2].reason, None);
    assert_eq!(form.total_score.as_ref().unwrap().value.to_string(), "95");
    assert_eq!(form.grade.as_ref().unwrap().value, "优");
}

/// Indicators of one row below the head.
const ONE_ROW: &[(&str, &str)] = &[
    ("A8", "一级指标"),
    ("B8", "二级指标"),
    ("C8", "三级指标"),
    ("D8", "目标值"),
    ("E8", "完成情况"),
    ("F8", "分值"),
    ("G8", "自评得分"),
    ("A9", "产出"),
    ("B9", "数量"),
    ("C9", "灌区"),
    ("D9", "3"),
    ("E9", "3"),
    ("F9", "90"),
    ("G9", "90"),
];

#[test]
fn several_forms_on_a_sheet_are_told_apart_by_their_project_names() {
    let second = [
        ("A20", "某市2024年度项目支出绩效自评表"),
        ("A21", "项目名称：乙项目"),
        ("A22", "项目资金（万元）"),
        ("C22", "年初预算数"),
        ("D22", "全年预算数"),
        ("E22", "全年执行数"),
        ("B23", "年度资金总额"),
        ("D23", "10"),
        ("E23", "8"),
        ("A25", "一级指标"),
        ("B25", "二级指标"),
        ("C25", "三级指标"),
        ("D25", "目标值"),
        ("E25", "实际完成值"),
        ("F25", "分值"),
        ("G25", "得分"),
        ("A26", "产出"),
        ("C26", "水库"),
        ("D26", "1座"),
        ("E26", "1座"),
        ("F26", "90"),
        ("G26", "90"),
        ("A27", "自评总分：95分（良）"),
    ];
    let more: Vec<(&str, &str)> = ONE_ROW.iter().chain(&second).copied().collect();
    let forms = with_head(&more, &[]);
    assert_eq!(forms.len(), 2);
    assert_eq!((forms[0].project_name.as_ref().unwrap().value.as_str(), forms[0].first_row), ("节水改造", 1));
    let second = &forms[1];
    assert_eq!((second.project_name.as_ref().unwrap().value.as_str(), second.first_row), ("乙项目", 20));
    assert_eq!(second.fiscal_year.as_ref().unwrap().value, 2024);
    assert_eq!(second.fund_total().unwrap().executed.as_ref().unwrap().value.to_string(), "80000");
    assert_eq!(second.total_score.as_ref().unwrap().value.to_string(), "95");
    assert_eq!(second.grade.as_ref().unwrap().value, "良");
    assert_eq!((rows(&forms[0]).len(), rows(second).len()), (1, 1));
}

#[test]
fn what_cannot_be_understood_is_named_with_its_cell() {
    let more = [
        ("A8", "一级指标"),
        ("C8", "三级指标"),
        ("D8", "目标值"),
        ("E8", "实际完成值"),
        ("F8", "分值"),
        ("G8", "自评得分"),
        ("A9", "产出"),
        ("C9", "灌区"),
        ("D9", "3"),
        ("E9", "3"),
        ("F9", "四十"),
        ("G9", "-5"),
        ("D10", "5"),
        ("E10", "5"),
        ("F10", "10"),
        ("C11", "水库"),
        ("D11", "1"),
        ("E11", "#DIV/0!"),
        ("F11", "10"),
        ("C12", "渠道"),
        ("D12", "1"),
        ("E12", "1"),
    ];
    let forms = with_head(&more, &[]);
    let found: Vec<String> =
        forms[0].problems.iter().map(|problem| format!("{} {}", problem.place, problem.kind.code())).collect();
    assert_eq!(found, ["F9 not_a_number", "G9 out_of_range", "C10 name_missing", "E11 cell_error"]);
    assert_eq!(forms[0].problems[0].value.as_deref(), Some("四十"));
}

#[test]
fn amounts_are_never_rounded_and_their_unit_is_never_guessed() {
    let head = |unit: &'static str, amount: &'static str| {
        let funds = [
            ("A1", "项目名称"),
            ("B1", "甲"),
            ("A2", unit),
            ("C2", "全年预算数"),
            ("D2", "全年执行数"),
            ("B3", "总额"),
            ("C3", amount),
            ("D3", "1"),
        ];
        let cells: Vec<(&str, &str)> = funds.into_iter().chain(ONE_ROW.iter().copied()).collect();
        let mut forms = on_sheet(&cells, &[]);
        let form = forms.remove(0);
        let kinds = kinds(&form);
        (form.funds[0].adjusted.as_ref().map(|cited| cited.value.to_string()), kinds)
    };
    assert_eq!(head("项目资金（万元）", "31.690000000000001"), (Some("316900".into()), vec![]));
    assert_eq!(head("项目资金（万元）", "33.3333333"), (None, vec![ProblemKind::TooManyDecimals]));
    assert_eq!(head("项目资金（元）", "33.33"), (Some("33.33".into()), vec![]));
    assert_eq!(head("项目资金（元）", "5万元"), (Some("50000".into()), vec![]));
    assert_eq!(head("项目资金", "5").1, [ProblemKind::AmountUnitMissing]);
    assert_eq!(head("项目资金（元）", "1，234,567.5"), (Some("1234567.5".into()), vec![]));
    let none = ["约5", "99,5", "99，5", "1,2345", "1.234,5"].map(|text| head("项目资金（元）", text).1);
    assert_eq!(none.concat(), [ProblemKind::NotANumber; 5]);
    assert_eq!(head("项目资金（元）", "-5").1, [ProblemKind::OutOfRange]);
}

#[test]
fn a_sheet_without_a_form_gives_none_and_one_without_a_name_says_so() {
    assert_eq!(on_sheet(&[("A1", "目录"), ("A2", "1")], &[]), []);
    let forms = on_sheet(ONE_ROW, &[]);
    assert_eq!(kinds(&forms[0]), [ProblemKind::ProjectNameMissing, ProblemKind::FundsNotFound]);
}

#[test]
fn the_year_is_that_of_the_title_and_never_that_of_a_date() {
    let year = |title: &'static str| {
        let cells: Vec<(&str, &str)> =
            [("A1", title), ("A2", "项目名称"), ("B2", "甲")].into_iter().chain(ONE_ROW.iter().copied()).collect();
        on_sheet(&cells, &[])[0].fiscal_year.as_ref().map(|cited| cited.value)
    };
    assert_eq!(year("（2022年度）"), Some(2022));
    assert_eq!(year("2022 年项目支出绩效自评表"), Some(2022));
    assert_eq!(year("填报日期：2023年1月15日"), None);
    assert_eq!(year("填报日期：2023年 1月15日　2022年度"), Some(2022));
    assert_eq!(year("120220年"), None);
    let without_a_name: Vec<(&str, &str)> = ONE_ROW.iter().chain(&[("D10", "2023年底前")]).copied().collect();
    assert_eq!(on_sheet(&without_a_name, &[])[0].fiscal_year, None, "a target's year is not the form's");
}

proptest! {
    #[test]
    fn any_sheet_of_labels_and_texts_is_read_without_a_panic(
        cells in prop::collection::vec((1..12_u32, 1..30_u32, 0..60_usize, ".{0,6}"), 0..80),
        merges in prop::collection::vec((1..12_u32, 1..30_u32, 0..4_u32, 0..4_u32), 0..10),
    ) {
        use crate::workbooks::{Area, Cell, Place, Sheet};
        let labels: Vec<&str> = HEAD.iter().chain(ONE_ROW).map(|(_, text)| *text).collect();
        let mut sheet = Sheet { name: "2023年".into(), ..Sheet::default() };
        for (column, row, label, text) in cells {
            let text = labels.get(label).map_or(text, |label| (*label).to_owned());
            sheet.cells.insert(Place { row, column }, Cell { text, is_error: false, is_number: false });
        }
        for (column, row, wide, high) in merges {
            let last = Place { row: row + high, column: column + wide };
            sheet.merged.push(Area { first: Place { row, column }, last });
        }
        for form in read(&sheet) {
            drop(form.assessment());
        }
    }
}
