//! Tables of indicators as units fill them in: totals and subtotals, headings, merged cells.

use super::layout_tests::laid_out;
use super::{Form, FormIndicator, ProblemKind};

const HEAD: &[&[&str]] = &[
    &["绩效自评表（2023年度）"],
    &["项目名称", "道路养护"],
    &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
    &["", "年度资金总额", "100", "100", "90", "10", "9"],
];
/// Row 5, where the table begins.
const HEADER: &[&str] = &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"];
const ROW: &[&str] = &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86"];

/// The form with this table.
fn with(table: &[&[&str]], merged: &[&str]) -> Form {
    let rows: Vec<&[&str]> = HEAD.iter().chain(table).copied().collect();
    let mut found = laid_out(&rows, merged);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn kinds(form: &Form) -> Vec<(String, ProblemKind)> {
    form.problems.iter().map(|problem| (problem.place.to_string(), problem.kind)).collect()
}

fn total(form: &Form) -> (String, String) {
    let text = |cited: &Option<super::Cited<rust_decimal::Decimal>>| {
        cited.as_ref().map_or("-".to_owned(), |cited| cited.value.to_string())
    };
    (text(&form.total_weight), text(&form.total_score))
}

/// Name, target, actual, weight and score of an indicator.
fn figures(one: &FormIndicator) -> String {
    let text =
        |cited: &Option<super::Cited<String>>| cited.as_ref().map_or("-".to_owned(), |cited| cited.value.clone());
    let points = |cited: &Option<super::Cited<rust_decimal::Decimal>>| {
        cited.as_ref().map_or("-".to_owned(), |cited| cited.value.to_string())
    };
    let (target, actual) = (text(&one.target), text(&one.actual));
    format!("{} {target} {actual} {} {}", one.name.value, points(&one.weight), points(&one.score))
}

fn all(form: &Form) -> Vec<String> {
    form.indicators.iter().map(figures).collect()
}

#[test]
fn a_row_of_totals_is_known_by_each_of_its_labels() {
    for label in [
        "自评得分",
        "总评分",
        "评价总分",
        "自评得分合计",
        "绩效自评总分",
        "项目自评总分",
        "最终得分",
        "得分总计",
        "总分值",
        "分值合计",
        "自评综合得分",
        "总 分（100分）",
        "合计",
    ] {
        let form = with(&[HEADER, ROW, &[label, "", "", "", "", "100", "95"]], &["A7:E7"]);
        assert_eq!((all(&form).len(), kinds(&form)), (1, vec![]), "{label}");
        assert_eq!(total(&form), ("100".into(), "95".into()), "{label}");
    }
    let form = with(&[HEADER, ROW, &["", "", "合计", "", "", "100", "95"]], &["A6:A7"]);
    assert_eq!((all(&form).len(), kinds(&form), total(&form)), (1, vec![], ("100".into(), "95".into())));
}

#[test]
fn a_subtotal_is_no_indicator_wherever_it_stands() {
    for label in ["小计", "产出指标小计", "小 计"] {
        for at in 0..3 {
            let mut subtotal = [""; 7];
            subtotal[at] = label;
            subtotal[5..].copy_from_slice(&["50", "46"]);
            let other: &[&str] = &["效益指标", "社会效益", "出行", "≥90%", "95%", "40", "40"];
            let rows = [HEADER, ROW, &subtotal, other, &["总分", "", "", "", "", "100", "95"]];
            let form = with(&rows, if at == 0 { &["A7:E7"] } else { &[] });
            assert_eq!((all(&form).len(), kinds(&form)), (2, vec![]), "{label} {at}");
            assert_eq!(form.indicators[1].level1.as_ref().unwrap().value, "效益指标");
            assert_eq!(total(&form), ("100".into(), "95".into()));
        }
    }
}

#[test]
fn a_row_of_totals_above_the_indicators_does_not_end_the_table() {
    let form = with(&[HEADER, &["总分", "", "", "", "", "100", "95"], ROW], &["A6:E6"]);
    assert_eq!(all(&form), ["里程 ≥50公里 48公里 90 86"]);
    assert_eq!((kinds(&form), total(&form)), (vec![], ("100".into(), "95".into())));
}

#[test]
fn an_indicator_whose_name_begins_like_a_label_is_one() {
    for name in ["等级：一级公路里程", "合计:培训人数", "注：册护士人数", "说明书印发数量", "填表人：培训数"]
    {
        let second: &[&str] = &["", "", name, "≥1公里", "1公里", "10", "10"];
        let form = with(&[HEADER, ROW, second, ROW], &["A6:A8", "B6:B8"]);
        assert_eq!(all(&form).len(), 3, "{name}");
        assert_eq!(form.indicators[1].name.value, name);
    }
}

#[test]
fn the_columns_of_a_table_are_known_by_each_of_their_headings() {
    for target in ["绩效指标值", "全年指标值", "计划完成值", "年度预期指标值", "绩效目标", "目标值", "预期值"]
    {
        let header = ["一级指标", "二级指标", "三级指标", target, "实际完成值", "分值", "得分"];
        assert_eq!(all(&with(&[&header, ROW], &[])), ["里程 ≥50公里 48公里 90 86"], "{target}");
    }
    for actual in ["业绩值", "年末完成值", "指标完成情况", "实际指标值", "全年实现值", "完成值", "实际值"]
    {
        let header = ["一级指标", "二级指标", "三级指标", "年度指标值", actual, "分值", "得分"];
        assert_eq!(all(&with(&[&header, ROW], &[])), ["里程 ≥50公里 48公里 90 86"], "{actual}");
    }
    for score in ["单位自评得分", "评分", "实得分", "自评", "单项得分"] {
        let header = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", score];
        assert_eq!(all(&with(&[&header, ROW], &[])), ["里程 ≥50公里 48公里 90 86"], "{score}");
    }
    for weight in ["权重分", "分数", "赋分", "满分值", "设定分值", "权重（分）"] {
        let header = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", weight, "得分"];
        assert_eq!(all(&with(&[&header, ROW], &[])), ["里程 ≥50公里 48公里 90 86"], "{weight}");
    }
    for name in ["指标", "绩效指标", "三级指标内容", "考核指标", "评价指标", "具体指标内容"] {
        let header = ["一级指标", "二级指标", name, "年度指标值", "实际完成值", "分值", "得分"];
        assert_eq!(all(&with(&[&header, ROW], &[])), ["里程 ≥50公里 48公里 90 86"], "{name}");
    }
}

#[test]
fn a_table_without_a_column_that_it_needs_says_so() {
    for (at, column) in [(3, "D5"), (4, "E5"), (6, "G5")] {
        let mut header = [""; 7];
        header.copy_from_slice(HEADER);
        header[at] = "甲乙丙";
        let form = with(&[&header, ROW], &[]);
        assert_eq!(kinds(&form), [(column.to_owned(), ProblemKind::HeadingUnknown)]);
        assert_eq!(form.problems[0].value.as_deref(), Some("甲乙丙"));
    }
    let header = ["一级指标", "二级指标", "三级指标", "年度指标值", "", "分值", "得分"];
    let form = with(&[&header, &["产出指标", "数量指标", "里程", "≥50公里", "", "90", "86"]], &[]);
    assert_eq!(kinds(&form), [("C5".to_owned(), ProblemKind::ColumnMissing)]);
}

#[test]
fn a_heading_over_several_columns_holds_all_their_cells() {
    let header: &[&str] = &["一级指标", "二级指标", "三级指标", "年度指标值", "", "", "实际完成值", "", "分值", "得分"];
    let rows: [&[&str]; 4] = [
        header,
        &["产出指标", "数量指标", "里程", "≥", "50", "公里", "48", "公里", "60", "56"],
        &["", "质量指标", "完好率", "大于等于", "95", "%", "97.8", "%", "20", "20"],
        &["", "时效指标", "完工", "", "2023年12月", "", "2023年11月", "", "10", "10"],
    ];
    let form = with(&rows, &["D5:F5", "G5:H5", "A6:A8"]);
    assert_eq!(
        all(&form),
        ["里程 ≥50公里 48公里 60 56", "完好率 ≥95% 97.8% 20 20", "完工 2023年12月 2023年11月 10 10"]
    );
    assert_eq!(kinds(&form), []);
}

#[test]
fn a_cell_over_two_rows_holds_for_both() {
    let rows: [&[&str]; 3] = [
        &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因"],
        &["产出指标", "数量指标", "甲", "≥5个", "6个", "40", "30", "疫情"],
        &["", "", "乙", "", "", "50", "45", ""],
    ];
    let form = with(&rows, &["A6:A7", "B6:B7", "D6:D7", "E6:E7", "H6:H7"]);
    assert_eq!(all(&form), ["甲 ≥5个 6个 40 30", "乙 ≥5个 6个 50 45"]);
    assert_eq!(form.indicators[1].reason.as_ref().unwrap().value, "疫情");
    assert_eq!(kinds(&form), []);
}

#[test]
fn headings_in_two_rows_are_read_together() {
    let upper: [&[&str]; 3] =
        [&["绩效指标", "", "", "年度指标值", "实际完成值", "分值", "得分"], &["一级指标", "二级指标", "三级指标"], ROW];
    let form = with(&upper, &["A5:C5", "D5:D6", "E5:E6", "F5:F6", "G5:G6"]);
    assert_eq!((all(&form), kinds(&form)), (vec!["里程 ≥50公里 48公里 90 86".to_owned()], vec![]));
    for value in ["数值", "指标值", "值"] {
        let lower: [&[&str]; 3] = [
            &["一级指标", "二级指标", "三级指标", "年度指标值", "", "", "实际完成值", "", "分值", "得分"],
            &["", "", "", "符号", value, "单位", "数值", "单位"],
            &["产出指标", "数量指标", "里程", "≥", "50", "公里", "48", "公里", "90", "86"],
        ];
        let form = with(&lower, &["D5:F5", "G5:H5"]);
        assert_eq!((all(&form), kinds(&form)), (vec!["里程 ≥50公里 48公里 90 86".to_owned()], vec![]), "{value}");
    }
}

#[test]
fn what_is_printed_between_and_below_the_rows_is_no_indicator() {
    let note = "1.其他资金包括和财政拨款共同投入到同一项目的自有资金、社会资金。";
    let form =
        with(&[HEADER, ROW, &[note], &["2.定量指标若为正向指标，则全年实际值/年度指标值*分值。"]], &["A7:G7", "A8:G8"]);
    assert_eq!((all(&form).len(), kinds(&form)), (1, vec![]));
    let form = with(&[HEADER, ROW, HEADER, ROW, &["总分", "", "", "", "", "100", "95"]], &[]);
    assert_eq!((all(&form).len(), kinds(&form), total(&form)), (2, vec![], ("100".into(), "95".into())));
    let reason: &[&str] = &["偏差原因分析及改进措施", "", "无重大偏差"];
    let form = with(&[HEADER, ROW, reason, &["总分", "", "", "", "", "100", "95"]], &["A7:B7", "C7:G7"]);
    assert_eq!((all(&form).len(), kinds(&form), total(&form)), (1, vec![], ("100".into(), "95".into())));
}
