//! Forms of provinces and of other kinds: what they have that the national form has not.

use super::layout_tests::{laid_out, lines};
use super::{Form, FormKind};

fn one(rows: &[&[&str]]) -> Form {
    let mut forms = laid_out(rows, &[]);
    assert_eq!(forms.len(), 1);
    let form = forms.remove(0);
    assert_eq!(form.problems, []);
    form
}

fn text(cited: &Option<super::Cited<String>>) -> &str {
    cited.as_ref().map(|cited| cited.value.as_str()).unwrap_or_default()
}

/// A form without levels, with adjusted targets and goals, and the points of the execution rate in columns of their own.
const WITHOUT_LEVELS: &[&[&str]] = &[
    &["2023年度项目绩效自评表"],
    &["项目名称", "内容生产经费", "项目编码", "50010723T000002000001", "自评总分（分）", "97.6"],
    &["主管部门", "甲中心", "财政归口处室", "教科文科", "实施单位", "甲中心"],
    &[
        "资金情况（万元）",
        "年初预算数",
        "全年（调整）预算数",
        "全年执行数",
        "执行率（%）",
        "执行率权重（分）",
        "执行率得分（分）",
    ],
    &["", "1200", "1000", "760", "76%", "10", "7.6"],
    &["当年绩效目标", "年初绩效目标", "全年（调整）绩效目标", "全年目标实际完成情况"],
    &["", "整合媒体", "无", "完成任务"],
    &[
        "绩效指标",
        "指标名称",
        "计量单位",
        "指标性质",
        "年初指标值",
        "调整指标值",
        "全年完成值",
        "得分系数（%）",
        "指标权重（分）",
        "指标得分（分）",
        "是否核心指标",
    ],
    &["", "培训次数", "次", "定量指标", "≥6次", "≥12次", "12次", "100%", "40", "40", "是"],
    &["", "播发篇数", "篇", "定量指标", "≥40", "", "43篇", "100%", "50", "50", "否"],
];

#[test]
fn a_form_without_levels_is_read_with_its_adjusted_targets() {
    let form = one(WITHOUT_LEVELS);
    assert_eq!(
        form.execution().map(|(weight, score)| (weight.to_string(), score.unwrap().to_string())),
        Some(("10".into(), "7.6".into()))
    );
    let rows: Vec<String> = form
        .indicators
        .iter()
        .map(|row| format!("{} {} {}", text(&row.level1), row.name.value, text(&row.target)))
        .collect();
    assert_eq!(rows, ["绩效指标 培训次数 ≥12次", "绩效指标 播发篇数 ≥40篇"]);
    assert_eq!((text(&form.expected_goal), text(&form.reached_goal)), ("整合媒体", "完成任务"));
    assert_eq!(form.total_score.as_ref().unwrap().value.to_string(), "97.6");
    assert_eq!(lines(&form), [("年度资金总额".to_owned(), "10000000".to_owned())]);
    // The adjusted goal counts where there is one.
    let mut adjusted = WITHOUT_LEVELS.to_vec();
    adjusted[6] = &["", "整合媒体", "调整后的目标", "完成任务"];
    assert_eq!(text(&one(&adjusted).expected_goal), "调整后的目标");
}

/// A form of a whole department, with a listing of its money in two columns.
const DEPARTMENT: &[&[&str]] = &[
    &["2022年度部门整体支出绩效自评表"],
    &["省级预算部门名称", "某省某局"],
    &["年度预算申请（万元）", "", "年初预算数", "全年预算数", "", "全年执行数", "分值", "执行率", "得分"],
    &["", "年度资金总额", "2100", "2350", "", "2115", "10", "90%", "9"],
    &["按收入性质分：", "", "", "", "按支出性质分："],
    &["其中：一般公共预算：1900", "", "", "", "其中：基本支出：1500"],
    &["年度总体目标", "预期目标", "", "", "实际完成情况"],
    &["", "履行职能", "", "", "完成"],
    &[
        "绩效指标",
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    ],
    &["", "产出指标", "数量指标", "检查次数", "≥20次", "22次", "90", "90"],
    &["总分", "", "", "", "", "", "100", "99"],
];

#[test]
fn a_form_of_a_whole_department_names_its_organization_and_needs_no_project() {
    let form = one(DEPARTMENT);
    assert_eq!((form.kind, form.project_name.as_ref()), (FormKind::Department, None));
    assert_eq!(form.organization().unwrap().value.name, "某省某局");
    assert_eq!((form.total_score.as_ref().unwrap().value.to_string().as_str(), form.funds.len()), ("99", 1));
    assert_eq!(form.fiscal_year.as_ref().unwrap().value, 2022);
    let mut of_unit = DEPARTMENT.to_vec();
    of_unit[0] = &["部门（单位）整体支出绩效自评表（2022年度）"];
    of_unit[1] = &["单位名称", "某单位"];
    assert_eq!(one(&of_unit).organization().unwrap().value.name, "某单位");
}

/// The national form of transfer payments: no points by design.
const TRANSFER: &[&[&str]] = &[
    &["转移支付区域（项目）绩效目标自评表"],
    &["（2021年度）"],
    &["转移支付（项目）名称", "", "中央食品监管补助资金"],
    &["地方主管部门", "", "某州局", "资金使用单位", "某县局"],
    &["资金投入情况（万元）", "", "", "", "全年预算数（A）", "全年执行数（B）", "预算执行率"],
    &["", "年度资金总额：", "", "", "5", "4.62", "92.4%"],
    &["", "其中：中央财政资金", "", "", "3", "2.7", "90%"],
    &["", "地方资金", "", "", "2", "1.92", "96%"],
    &["", "其他资金", "", "", "0", "0", "—"],
    &["资金管理情况", "", "", "情况说明", "", "", "存在问题和改进措施"],
    &["", "分配科学性", "", "按因素法分配"],
    &["总体目标完成情况", "总体目标", "", "", "全年实际完成情况"],
    &["", "抽检150批次。", "", "", "抽检156批次。"],
    &["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "全年实际完成值", "未完成原因和改进措施"],
    &["", "产出指标", "数量指标", "抽检批次", "≥150批次", "156批次"],
    &["", "满意度指标", "满意度指标", "群众满意度", "≥85%", "82%", "宣传不足"],
];

#[test]
fn a_transfer_payment_has_its_funds_by_level_and_no_points_by_design() {
    let form = one(TRANSFER);
    assert_eq!((form.kind, form.is_unscored()), (FormKind::TransferPayment, true));
    let sums: Vec<String> = lines(&form).into_iter().map(|(label, amount)| format!("{label} {amount}")).collect();
    assert_eq!(sums, ["中央财政资金 30000", "地方资金 20000", "其他资金 0"]);
    assert_eq!((text(&form.expected_goal), text(&form.reached_goal)), ("抽检150批次。", "抽检156批次。"));
    assert_eq!(text(&form.indicators[1].reason), "宣传不足");
    // One that prints points is scored as others are.
    let mut scored = TRANSFER.to_vec();
    scored[13] = &["绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "全年实际完成值", "分值", "得分"];
    scored[14] = &["", "产出指标", "数量指标", "抽检批次", "≥150批次", "156批次", "50", "50"];
    scored.pop();
    assert!(!one(&scored).is_unscored());
}

#[test]
fn blank_amounts_of_the_parts_are_no_zeros() {
    let header: &[&str] = &["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"];
    let form = |funds: &[&[&'static str]]| {
        let head: [&[&str]; 2] = [&["绩效自评表（2023年度）"], &["项目名称", "道路养护"]];
        let table: [&[&str]; 2] = [
            &["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
            &["产出指标", "数量指标", "里程", "≥50公里", "48公里", "90", "86"],
        ];
        one(&[&head[..], &[header], funds, &table].concat())
    };
    let executed = |form: &Form| {
        let amount = |fund: &super::FundRow| fund.executed.as_ref().map(|cited| cited.value.to_string());
        form.fund_lines().map(|fund| (fund.category(), amount(fund))).collect::<Vec<_>>()
    };
    // The only part takes what its total says; several parts cannot share it, and the total stands alone.
    let alone = form(&[&["", "年度资金总额", "100", "100", "90", "10", "9"], &["", "其中：财政拨款", "100", "100"]]);
    assert_eq!(executed(&alone), [("财政拨款".to_owned(), Some("900000".to_owned()))]);
    let several = form(&[
        &["", "年度资金总额", "100", "100", "90", "10", "9"],
        &["", "其中：财政拨款", "60", "60"],
        &["", "其他资金", "40", "40"],
    ]);
    assert_eq!(executed(&several), [("年度资金总额".to_owned(), Some("900000".to_owned()))]);
    assert_eq!(several.blank_parts, [5, 6]);
    assert!(several.notes().iter().any(|(zh, _)| zh.contains("资金第5、6行")), "{:?}", several.notes());
    // Without a total the points of the execution rate are those of the row that has them.
    let without = form(&[&["", "财政拨款", "60", "60", "60", "10", "9"], &["", "其他资金", "40", "40", "30"]]);
    assert_eq!(without.execution().map(|(weight, _)| weight.to_string()).as_deref(), Some("10"));
}
