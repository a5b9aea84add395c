//! The labels of forms: many wordings, one meaning.

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// 项目名称
    ProjectName,
    /// 项目代码
    ProjectCode,
    /// 主管部门
    Department,
    /// 实施单位
    Unit,
    /// 预算年度
    FiscalYear,
    /// 项目资金: the block of the amounts.
    Funds,
    /// 年初预算数
    Initial,
    /// 全年预算数
    Adjusted,
    /// 全年执行数
    Executed,
    /// 执行率
    Rate,
    /// 分值
    Weight,
    /// 得分
    Score,
    /// 年度总体目标: the block of the goals.
    Goals,
    /// 预期目标
    ExpectedGoal,
    /// 实际完成情况
    ReachedGoal,
    /// 一级指标
    Level1,
    /// 二级指标
    Level2,
    /// 三级指标
    Level3,
    /// 年度指标值
    Target,
    /// 指标性质: the sign in a column of its own.
    Nature,
    /// 度量单位
    TargetUnit,
    /// 实际完成值
    Actual,
    /// 偏差原因
    Reason,
    /// 总分
    Total,
    /// 自评等级
    Grade,
    /// 说明, 备注, 填表人: the form is over.
    Note,
}

/// Wordings without blanks, punctuation and what stands in brackets.
const WORDINGS: &[(Label, &[&str])] = &[
    (Label::ProjectName, &["项目名称", "项目支出名称", "政策名称", "项目政策名称", "专项名称", "专项资金名称"]),
    (Label::ProjectCode, &["项目代码", "项目编码", "项目编号"]),
    (Label::Department, &["主管部门", "主管部门及代码", "主管单位", "一级预算单位", "预算主管部门", "部门名称"]),
    (
        Label::Unit,
        &[
            "实施单位",
            "项目实施单位",
            "项目单位",
            "资金使用单位",
            "预算单位",
            "填报单位",
            "承担单位",
            "项目承担单位",
            "具体实施单位",
            "单位名称",
        ],
    ),
    (Label::FiscalYear, &["预算年度", "年度", "评价年度", "自评年度", "所属年度"]),
    (Label::Funds, &["项目资金", "资金情况", "项目资金情况", "预算执行情况", "项目预算资金", "预算资金情况"]),
    (Label::Initial, &["年初预算数", "年初预算", "年初预算金额", "年初预算安排数", "年初批复数"]),
    (
        Label::Adjusted,
        &[
            "全年预算数",
            "全年预算",
            "调整后预算数",
            "调整预算数",
            "调整后预算",
            "预算数",
            "全年预算金额",
            "调整后全年预算数",
            "预算金额",
        ],
    ),
    (
        Label::Executed,
        &[
            "全年执行数",
            "执行数",
            "实际执行数",
            "全年支出数",
            "实际支出数",
            "支出数",
            "全年实际支出数",
            "全年实际执行数",
            "执行金额",
            "实际支出",
            "全年执行金额",
        ],
    ),
    (Label::Rate, &["执行率", "预算执行率", "资金执行率"]),
    (Label::Weight, &["分值", "权重", "标准分", "标准分值", "指标分值", "分值权重", "指标权重", "满分"]),
    (Label::Score, &["得分", "自评得分", "自评分", "自评分数", "实际得分", "自评分值", "指标得分"]),
    (
        Label::Goals,
        &[
            "年度总体目标",
            "总体目标",
            "年度目标",
            "绩效目标",
            "年度绩效目标",
            "项目绩效目标",
            "年度总体绩效目标",
            "总体绩效目标",
        ],
    ),
    (Label::ExpectedGoal, &["预期目标", "年初设定目标", "年度预期目标", "年初目标", "设定目标", "年初预期目标"]),
    (
        Label::ReachedGoal,
        &[
            "实际完成情况",
            "目标完成情况",
            "全年实际完成情况",
            "目标实际完成情况",
            "年度目标完成情况",
            "完成情况",
            "年度实际完成情况",
        ],
    ),
    (Label::Level1, &["一级指标"]),
    (Label::Level2, &["二级指标"]),
    (Label::Level3, &["三级指标", "指标名称", "指标内容", "绩效指标名称", "具体指标", "三级指标名称"]),
    (
        Label::Target,
        &[
            "年度指标值",
            "指标值",
            "目标值",
            "预期指标值",
            "年初指标值",
            "年度目标值",
            "绩效目标值",
            "计划指标值",
            "年初目标值",
            "计划值",
            "预期值",
            "指标目标值",
            "全年目标值",
            "预期目标值",
            "年初设定指标值",
        ],
    ),
    (Label::Nature, &["指标性质", "指标方向", "计算符号", "运算符号", "符号"]),
    (Label::TargetUnit, &["度量单位", "计量单位", "指标单位", "单位", "金额单位"]),
    (
        Label::Actual,
        &[
            "实际完成值",
            "全年实际完成值",
            "全年完成值",
            "完成值",
            "实际值",
            "实际完成",
            "指标完成值",
            "年度实际完成值",
            "实际完成指标值",
            "全年实际值",
            "实际完成数",
            "年度完成值",
            "指标实际完成值",
        ],
    ),
    (Label::Reason, &["备注"]),
    (
        Label::Total,
        &["总分", "合计", "总计", "总得分", "自评总分", "综合得分", "得分合计", "总分合计", "合计得分", "自评总得分"],
    ),
    (
        Label::Grade,
        &[
            "评价等级",
            "自评等级",
            "等级",
            "评价等次",
            "自评等次",
            "绩效等级",
            "等次",
            "自评结果等级",
            "绩效评价等级",
            "自评结论",
        ],
    ),
    (
        Label::Note,
        &["说明", "注", "填表人", "填报人", "联系人", "联系电话", "填表说明", "填报说明", "负责人", "单位负责人"],
    ),
];

/// A label: what it announces, what it says in brackets, and what stands in its own cell behind a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What it announces.
    pub label: Label,
    /// `万元` of `项目资金（万元）`.
    pub bracketed: Option<String>,
    /// `甲局` of `实施单位：甲局`.
    pub value: Option<String>,
}

/// Reads a cell as a label; none where it is none.
pub fn read(text: &str) -> Option<Read> {
    if let Some((head, value)) = text.split_once(['：', ':'])
        && !value.trim().is_empty()
    {
        let (bare, bracketed) = bare(head);
        let label = meaning(&bare)?;
        return Some(Read { label, bracketed, value: Some(value.trim().to_owned()) });
    }
    let (bare, bracketed) = bare(text);
    Some(Read { label: meaning(&bare)?, bracketed, value: None })
}

/// Whether a text is one of the known wordings, and not only like one.
pub fn is_wording(text: &str) -> bool {
    let (bare, _) = bare(text);
    WORDINGS.iter().any(|(_, wordings)| wordings.contains(&bare.as_str()))
}

fn meaning(bare: &str) -> Option<Label> {
    if bare.is_empty() || bare.chars().count() > 20 {
        return None;
    }
    let known = WORDINGS.iter().find(|(_, wordings)| wordings.contains(&bare)).map(|(label, _)| *label);
    known.or_else(|| match bare {
        _ if bare.ends_with("主管部门") => Some(Label::Department),
        _ if bare.contains("原因") => Some(Label::Reason),
        _ => None,
    })
}

/// The text without blanks, punctuation and brackets, and what stood in the first brackets.
pub fn bare(text: &str) -> (String, Option<String>) {
    let (mut kept, mut bracketed, mut depth) = (String::new(), String::new(), 0_u32);
    for char in text.chars() {
        match char {
            '(' | '（' | '[' | '【' | '〔' => depth += 1,
            ')' | '）' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if char.is_whitespace() => {}
            _ if depth > 0 => bracketed.push(char),
            ':' | '：' | '*' | '、' | '.' | '/' => {}
            _ => kept.push(char),
        }
    }
    (kept, (!bracketed.is_empty()).then_some(bracketed))
}
