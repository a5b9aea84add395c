//! The labels of forms: many wordings, one meaning.

use super::wordings::{TOTALS, WORDINGS};

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
    /// 到位数: what of the budget came in.
    Received,
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
    /// 绩效指标: a column of names beside levels, or else the name of the whole table.
    Names,
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
    /// 指标解释
    Explanation,
    /// 评分标准
    Standard,
    /// 数据来源
    DataSource,
    /// 是否核心指标
    Core,
    /// 总分
    Total,
    /// 自评等级
    Grade,
    /// 说明, 备注, 填表人: the form is over.
    Note,
}

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

/// The labels of a cell that has several, `自评总分：100分，自评等级：优`, each with its value; none where it has one.
pub fn several(text: &str) -> Vec<&str> {
    let is_parting = |char: char| char.is_whitespace() || matches!(char, ',' | '，' | ';' | '；');
    let mut starts = vec![0];
    for (at, char) in text.char_indices().filter(|(_, char)| is_parting(*char)) {
        let from = at + char.len_utf8();
        let rest = text.get(from..).unwrap_or_default();
        // No label is longer, and a text of many words is gone through once.
        let near = rest.char_indices().take(LONGEST).find(|(_, char)| matches!(char, '：' | ':'));
        let head = near.and_then(|(at, _)| rest.get(..at)).map(|head| bare(head).0);
        let is_label = |head: &String| OTHERS.contains(&head.as_str()) || meaning(head).is_some();
        if !rest.starts_with(is_parting) && head.is_some_and(|head| is_label(&head)) {
            starts.push(from);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let parts = starts.iter().zip(ends).filter_map(|(from, to)| text.get(*from..to));
    let parts: Vec<&str> = parts.map(|part| part.trim_matches(|char: char| is_parting(char))).collect();
    let is_first = parts.first().is_some_and(|first| first.contains(['：', ':']));
    if parts.len() > 1 && is_first { parts } else { Vec::new() }
}

/// Characters of a label with its brackets and blanks, at most.
const LONGEST: usize = 40;

/// Labels of nothing that a form is read for, which end the value of the one before them.
const OTHERS: &[&str] = &["填报日期", "填表日期", "日期", "填报时间", "币种", "货币单位"];

/// Whether a text is one of the known wordings, and not only like one.
pub fn is_wording(text: &str) -> bool {
    let (bare, _) = bare(text);
    WORDINGS.iter().any(|(_, wordings)| wordings.contains(&bare.as_str()))
}

/// Whether a text that begins a row says that the row has the totals of the table.
pub fn is_total(text: &str) -> bool {
    let (head, value) = text.split_once(['：', ':']).unwrap_or((text, ""));
    if !value.trim().is_empty() && !value.trim().starts_with(|char: char| char.is_ascii_digit()) {
        return false;
    }
    let (bare, _) = bare(head);
    // 自评得分 heads a column too; at the start of a row it is the total.
    let mut name = bare.as_str();
    while let Some(rest) = ["项目", "绩效", "自评", "评价", "单位"].iter().find_map(|whose| name.strip_prefix(whose))
    {
        name = rest;
    }
    TOTALS.contains(&name) || TOTALS.contains(&bare.as_str()) || name == "得分" && !bare.starts_with("得分")
}

fn meaning(bare: &str) -> Option<Label> {
    if bare.is_empty() || bare.chars().count() > 20 {
        return None;
    }
    let known = WORDINGS.iter().find(|(_, wordings)| wordings.contains(&bare)).map(|(label, _)| *label);
    known.or_else(|| match bare {
        _ if bare.ends_with("主管部门") || bare.ends_with("预算部门名称") => Some(Label::Department),
        _ if bare.contains("原因") => Some(Label::Reason),
        _ => None,
    })
}

/// The text without blanks, punctuation and brackets, and what stood in the brackets.
pub fn bare(text: &str) -> (String, Option<String>) {
    let (mut kept, bracketed) = parted(text);
    kept.retain(|char| !matches!(char, ':' | '：' | '*' | '、' | '.' | '/'));
    (kept, bracketed)
}

/// The text without blanks and brackets, and what stood in the brackets: a number keeps its sign, its point and its unit.
pub fn parted(text: &str) -> (String, Option<String>) {
    let (mut kept, mut bracketed, mut depth) = (String::new(), String::new(), 0_u32);
    for char in text.chars() {
        match char {
            '(' | '（' | '[' | '【' | '〔' => depth += 1,
            ')' | '）' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if char.is_whitespace() => {}
            _ if depth > 0 => bracketed.push(char),
            _ => kept.push(char),
        }
    }
    (kept, (!bracketed.is_empty()).then_some(bracketed))
}
