//! What a form says that is left alone, and said to be.

use super::Form;
use super::layout_tests::laid_out;

fn form(rows: &[&[&str]]) -> Form {
    let mut found = laid_out(rows, &[]);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn whole(funds: &str, indicators: &str, above: &[&str], total: &str) -> Form {
    form(&[
        &["绩效自评表"],
        &["（2023年度）"],
        &["项目名称", "道路养护"],
        above,
        &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分", funds],
        &["", "年度资金总额", "100", "100", "90", "10", "9", "甲"],
        &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", indicators],
        &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86", "乙"],
        &["总分", "", "", "", "", "100", total],
    ])
}

#[test]
fn a_column_whose_heading_is_not_known_is_said_and_is_no_problem() {
    let form = whole("拨款文号", "佐证材料目录", &[], "95");
    assert_eq!(form.problems, []);
    let said: Vec<String> = form.notes().into_iter().map(|(_, en)| en).collect();
    let expected = ["拨款文号 in H5", "佐证材料目录 in H7"];
    assert_eq!(said, expected.map(|one| format!("the heading {one} is not known; its column was not read")));
}

#[test]
fn headings_that_are_known_and_columns_that_are_empty_are_not_said() {
    assert_eq!(whole("执行率", "偏差原因", &[], "95").notes(), []);
    let form = form(&[
        &["项目名称", "道路养护"],
        &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "拨款文号"],
        &["", "年度资金总额", "100", "100", "90"],
        &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "佐证材料目录"],
        &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86"],
    ]);
    assert_eq!(form.notes(), []);
}

#[test]
fn a_second_total_that_differs_is_said() {
    let form = whole("", "", &["自评得分：96分"], "95");
    let said: Vec<String> = form.notes().into_iter().map(|(zh, _)| zh).collect();
    assert_eq!(said, ["总分有两处且不同：A4为96，G9为95；以后者为准"]);
    assert_eq!(whole("", "", &["自评得分：95分"], "95").notes(), [], "the same total twice");
    assert_eq!(whole("", "", &["总分：100分"], "95").notes(), [], "what the form is out of");
}
