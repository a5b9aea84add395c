//! The columns of the flat tables: their fields and the headings that people write over them.

use super::model::ImportKind;
use crate::forms::yuan_of;

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text, taken as it is.
    Text,
    /// A whole number.
    Whole,
    /// An amount in yuan, or in 千元, 万元 or 亿元 if the heading says so.
    Amount,
    /// Points.
    Points,
    /// 是 or 否.
    YesNo,
    /// Several texts, a line each.
    Lines,
    /// Steps of a plan, a line each: months, a colon, what is done.
    Steps,
    /// One of some names; what people write for each.
    Names(&'static [(&'static str, &'static str)]),
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The field of NDJSON, and the English heading.
    pub field: &'static str,
    /// The Chinese headings; the first is the one of the template.
    pub zh: &'static [&'static str],
    /// What its cells hold.
    pub holds: Holds,
    /// Whether a new record needs it.
    pub required: bool,
}

const fn column(field: &'static str, zh: &'static [&'static str], holds: Holds, required: bool) -> Column {
    Column { field, zh, holds, required }
}

const YEAR: Column = column("fiscal_year", &["预算年度", "年度", "年份"], Holds::Whole, true);
const PROJECT: Column = column("project_code", &["项目代码", "项目编码", "项目编号"], Holds::Text, true);
const LEVEL1: &[&str] = &["一级指标"];
const LEVEL2: &[&str] = &["二级指标"];
const NAME: &[&str] = &["三级指标", "指标名称", "绩效指标"];

const ORGANIZATIONS: &[Column] = &[
    column("code", &["单位代码", "单位编码", "代码"], Holds::Text, true),
    column("name", &["单位名称", "名称"], Holds::Text, true),
    column(
        "kind",
        &["单位类型", "类型"],
        Holds::Names(&[
            ("财政区划", "division"),
            ("区划", "division"),
            ("主管部门", "department"),
            ("部门", "department"),
            ("实施单位", "unit"),
            ("单位", "unit"),
        ]),
        true,
    ),
    column("parent_code", &["上级单位代码", "上级代码", "主管部门代码"], Holds::Text, false),
];

const PROJECTS: &[Column] = &[
    YEAR,
    column("code", &["项目代码", "项目编码", "项目编号"], Holds::Text, true),
    column("name", &["项目名称"], Holds::Text, true),
    column("organization_code", &["单位代码", "实施单位代码", "单位编码"], Holds::Text, true),
    column("overall_goal", &["总体目标"], Holds::Text, false),
    column("annual_goal", &["年度目标", "年度绩效目标"], Holds::Text, false),
    column("basis_documents", &["立项依据"], Holds::Lines, false),
    column("implementation_plan", &["实施计划"], Holds::Steps, false),
    column(
        "subject",
        &["评价对象"],
        Holds::Names(&[("项目", "project"), ("部门整体支出", "organization"), ("整体支出", "organization")]),
        false,
    ),
];

const BUDGET_LINES: &[Column] = &[
    YEAR,
    PROJECT,
    column(
        "funding_source",
        &["资金来源"],
        Holds::Names(&[
            ("当年财政拨款", "current_appropriation"),
            ("财政拨款", "current_appropriation"),
            ("上年结转资金", "carryover"),
            ("上年结转", "carryover"),
            ("财政专户管理资金", "special_account"),
            ("其他资金", "other"),
            ("其他", "other"),
        ]),
        true,
    ),
    column("economic_category", &["支出经济分类", "经济分类"], Holds::Text, true),
    column("initial_amount", &["年初预算数"], Holds::Amount, true),
    column("adjusted_amount", &["全年预算数", "调整后预算数"], Holds::Amount, true),
    column("executed_amount", &["全年执行数", "执行数"], Holds::Amount, true),
    column(
        "government_level",
        &["政府级次", "资金级次"],
        Holds::Names(&[
            ("中央", "central"),
            ("省级", "provincial"),
            ("市级", "prefecture"),
            ("县级", "county"),
            ("区级", "county"),
            ("地方", "local"),
            ("其他", "other"),
        ]),
        false,
    ),
    column(
        "fund_nature",
        &["资金性质"],
        Holds::Names(&[
            ("一般公共预算", "general_public"),
            ("政府性基金", "government_fund"),
            ("国有资本经营预算", "state_capital"),
            ("财政专户管理资金", "special_account"),
            ("单位资金", "unit_funds"),
            ("上年结转", "carryover"),
            ("其他", "other"),
        ]),
        false,
    ),
];

const INDICATORS: &[Column] = &[
    YEAR,
    PROJECT,
    column("position", &["序号", "顺序"], Holds::Whole, false),
    column("level1", LEVEL1, Holds::Text, true),
    column("level2", LEVEL2, Holds::Text, false),
    column("name", NAME, Holds::Text, true),
    column(
        "measure",
        &["指标性质", "性质"],
        Holds::Names(&[
            ("预算执行率", "budget_execution"),
            ("数值", "number"),
            ("定量", "number"),
            ("时限", "deadline"),
            ("定性", "qualitative"),
        ]),
        false,
    ),
    column(
        "comparison",
        &["比较方式", "指标方向"],
        Holds::Names(&[
            ("≥", "at_least"),
            (">=", "at_least"),
            ("≤", "at_most"),
            ("<=", "at_most"),
            ("=", "equal"),
            ("＝", "equal"),
            ("区间", "between"),
        ]),
        false,
    ),
    column("weight", &["分值", "权重"], Holds::Points, false),
    column("target_text", &["指标值", "年度指标值", "目标值"], Holds::Text, false),
    column("explanation", &["指标解释", "指标说明"], Holds::Text, false),
    column("scoring_standard", &["评分标准", "评分细则", "评扣分标准"], Holds::Text, false),
    column("data_source", &["数据来源"], Holds::Text, false),
    column("is_core", &["是否核心指标", "核心指标"], Holds::YesNo, false),
];

const RESULTS: &[Column] = &[
    YEAR,
    PROJECT,
    column("level1", LEVEL1, Holds::Text, false),
    column("level2", LEVEL2, Holds::Text, false),
    column("name", NAME, Holds::Text, true),
    column("actual_text", &["实际完成值", "完成值"], Holds::Text, false),
    column(
        "achievement",
        &["完成情况", "达成情况"],
        Holds::Names(&[
            ("达成预期指标", "achieved"),
            ("达成", "achieved"),
            ("部分达成预期指标并具有一定效果", "partial"),
            ("部分达成", "partial"),
            ("未达成预期指标且效果较差", "not_achieved"),
            ("未达成", "not_achieved"),
        ]),
        false,
    ),
    column(
        "status",
        &["指标状态", "填报状态"],
        Holds::Names(&[
            ("已填报", "reported"),
            ("未开展", "not_done"),
            ("不适用", "not_applicable"),
            ("尚无数据", "not_yet_available"),
            ("未开展调查", "no_survey"),
        ]),
        false,
    ),
    column("declared_score", &["自评得分", "得分"], Holds::Points, false),
    column("deviation_reason", &["偏差原因分析及改进措施", "偏差原因"], Holds::Text, false),
];

/// The columns of a kind's table; forms have none.
pub fn of(kind: ImportKind) -> &'static [Column] {
    match kind {
        ImportKind::SelfAssessmentForms | ImportKind::GoalForms => &[],
        ImportKind::Organizations => ORGANIZATIONS,
        ImportKind::Projects => PROJECTS,
        ImportKind::BudgetLines => BUDGET_LINES,
        ImportKind::Indicators => INDICATORS,
        ImportKind::Results => RESULTS,
    }
}

/// Recognises a heading: its column, and how many yuan the unit of its amounts has. A heading with an unknown unit is
/// not recognised, so that no amount is misread.
pub fn recognise(kind: ImportKind, heading: &str) -> Option<(&'static Column, u32)> {
    let plain: String = heading
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '*' | '＊' | '\u{feff}'))
        .map(|char| match char {
            '（' => '(',
            '）' => ')',
            '：' => ':',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    let (name, said) = plain.split_once('(').unwrap_or((plain.as_str(), ""));
    let column = of(kind).iter().find(|column| column.field == name || column.zh.contains(&name))?;
    let mut factor = None;
    for part in said.split(['(', ')']) {
        let unit = part.rsplit(':').next().unwrap_or(part);
        match yuan_of(unit) {
            Some(_) if factor.is_some() => return None,
            Some(yuan) => factor = Some(yuan),
            None if part.contains("单位") || unit.contains(['元', '万', '亿']) => return None,
            None => {}
        }
    }
    let factor = factor.unwrap_or(1);
    (factor == 1 || column.holds == Holds::Amount).then_some((column, factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_count_in_what_their_heading_says_and_never_in_a_guess() {
        let factor = |heading: &str| recognise(ImportKind::BudgetLines, heading).map(|(_, factor)| factor);
        for (heading, expected) in [
            ("年初预算数", Some(1)),
            ("年初预算数（元）", Some(1)),
            ("年初预算数(千元)", Some(1_000)),
            ("年初预算数（万元）", Some(10_000)),
            ("年初预算数（单位：万元）", Some(10_000)),
            ("年初预算数（百万元）", Some(1_000_000)),
            ("全年预算数（A）（千万元）", Some(10_000_000)),
            ("adjusted_amount (亿元)", Some(100_000_000)),
            ("年初预算数（A）", Some(1)),
            ("年初预算数（万美元）", None),
            ("年初预算数（单位：千）", None),
            ("预算年度（万元）", None),
        ] {
            assert_eq!(factor(heading), expected, "{heading}");
        }
    }
}
