//! What a form says, with the cell of each thing.

use rust_decimal::Decimal;

use super::ledger::LedgerRow;
use super::problem::{FormProblem, ProblemKind};
use crate::workbooks::Place;

/// Something that a form says, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited<T> {
    /// What it says.
    pub value: T,
    /// In which cell.
    pub place: Place,
}

impl<T> Cited<T> {
    /// A value read in another way, of the same cell.
    pub fn with<U>(&self, value: U) -> Cited<U> {
        Cited { value, place: self.place }
    }
}

/// An organization as a form names it: `219001-池州市贵池区棠溪镇人民政府`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// 单位代码, where the form gives one.
    pub code: Option<String>,
    /// 单位名称
    pub name: String,
}

/// One row of 项目资金; amounts in yuan, whatever the form counts in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FundRow {
    /// As a person counts it.
    pub row: u32,
    /// As written: `年度资金总额`, `其中：当年财政拨款`.
    pub label: String,
    /// Whether it is the total over the others.
    pub is_total: bool,
    /// 年初预算数, yuan.
    pub initial: Option<Cited<Decimal>>,
    /// 全年预算数, yuan.
    pub adjusted: Option<Cited<Decimal>>,
    /// 全年执行数, yuan.
    pub executed: Option<Cited<Decimal>>,
    /// 分值, points.
    pub weight: Option<Cited<Decimal>>,
    /// 得分, points.
    pub score: Option<Cited<Decimal>>,
}

impl FundRow {
    /// Whether it gives any amount.
    pub fn has_amounts(&self) -> bool {
        self.initial.is_some() || self.adjusted.is_some() || self.executed.is_some()
    }
}

/// One row of 绩效指标.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormIndicator {
    /// As a person counts it.
    pub row: u32,
    /// 一级指标, without the points that forms print beside it.
    pub level1: Option<Cited<String>>,
    /// 二级指标
    pub level2: Option<Cited<String>>,
    /// 三级指标
    pub name: Cited<String>,
    /// 年度指标值 as written; a sign, a value and a unit in three columns are put together.
    pub target: Option<Cited<String>>,
    /// 实际完成值 as written.
    pub actual: Option<Cited<String>>,
    /// 分值, points.
    pub weight: Option<Cited<Decimal>>,
    /// 自评得分, points.
    pub score: Option<Cited<Decimal>>,
    /// 偏差原因分析及改进措施
    pub reason: Option<Cited<String>>,
    /// 指标解释
    pub explanation: Option<Cited<String>>,
    /// 评分标准
    pub scoring_standard: Option<Cited<String>>,
    /// 数据来源
    pub data_source: Option<Cited<String>>,
    /// 是否核心指标
    pub is_core: Option<bool>,
}

/// What a form assesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FormKind {
    /// 项目支出绩效自评表: a project.
    #[default]
    Project,
    /// 部门（单位）整体支出绩效自评表: all that an organization spends.
    Department,
    /// 转移支付区域（项目）绩效自评表: a transfer payment, mostly without points by design.
    TransferPayment,
    /// 项目支出绩效目标申报表: what a project is to reach. Nothing of it is reached yet, and nothing is scored.
    Goals,
}

/// What forms are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// 绩效自评: what was reached.
    #[default]
    SelfAssessment,
    /// 绩效目标: what is to be reached.
    Goals,
    /// Whatever it is.
    Any,
}

impl Purpose {
    /// What its forms are called, in Chinese and in English.
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            Purpose::SelfAssessment => ("绩效自评表", "self-assessment form"),
            Purpose::Goals => ("绩效目标申报表", "form of goals"),
            Purpose::Any => ("绩效表", "form"),
        }
    }
}

impl FormKind {
    /// What it is called, in Chinese and in English.
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            FormKind::Project => ("项目支出绩效自评表", "self-assessment of a project"),
            FormKind::Department => ("部门（单位）整体支出绩效自评表", "self-assessment of an organization"),
            FormKind::TransferPayment => ("转移支付绩效自评表", "self-assessment of a transfer payment"),
            FormKind::Goals => ("项目支出绩效目标申报表", "goals of a project"),
        }
    }
}

/// A form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// What it assesses.
    pub kind: FormKind,
    /// The title that says so, where one does.
    pub title: Option<Cited<String>>,
    /// The name of its sheet.
    pub sheet: String,
    /// Its first row.
    pub first_row: u32,
    /// 预算年度
    pub fiscal_year: Option<Cited<i32>>,
    /// 项目名称
    pub project_name: Option<Cited<String>>,
    /// The name as written, with a code that stands before it.
    pub project_title: Option<String>,
    /// 项目代码
    pub project_code: Option<Cited<String>>,
    /// 主管部门
    pub department: Option<Cited<Organization>>,
    /// 实施单位
    pub unit: Option<Cited<Organization>>,
    /// 项目资金, in its order.
    pub funds: Vec<FundRow>,
    /// 长期目标: of a form of goals, those of several years.
    pub overall_goal: Option<Cited<String>>,
    /// 预期目标; of a form of goals, those of the year.
    pub expected_goal: Option<Cited<String>>,
    /// 实际完成情况
    pub reached_goal: Option<Cited<String>>,
    /// 绩效指标, in their order.
    pub indicators: Vec<FormIndicator>,
    /// The points that stand at level 1: `产出指标（50分）`.
    pub level1_points: Vec<(String, Decimal)>,
    /// The points that the form is out of, as printed in its last row.
    pub total_weight: Option<Cited<Decimal>>,
    /// 自评总分, points.
    pub total_score: Option<Cited<Decimal>>,
    /// 自评等级, as written.
    pub grade: Option<Cited<String>>,
    /// Rows of the indicators that the form prints and nobody filled in.
    pub empty_rows: Vec<u32>,
    /// Headings of columns that were not read, since nothing needs them.
    pub unread: Vec<Cited<String>>,
    /// Hidden rows that were read, as a person counts them.
    pub hidden_rows: Vec<u32>,
    /// Hidden columns that were read, as a person names them.
    pub hidden_columns: Vec<String>,
    /// Rows between the funds that have texts and no amounts.
    pub text_rows: Vec<u32>,
    /// The column of the year's budget is empty or missing, and the initial amounts were taken for it.
    pub is_adjusted_from_initial: bool,
    /// Rows of funds that were left out, since the columns that they leave blank stand in the total alone.
    pub blank_parts: Vec<u32>,
    /// Whether a form of goals has a table of indicators of several years beside that of the year, which was left alone.
    pub has_long_term_table: bool,
    /// Whether its table has a column of reasons.
    pub has_reasons: bool,
    /// A total that differs from the one that was taken.
    pub other_total: Option<Cited<Decimal>>,
    /// Of a ledger (汇总表), its rows.
    pub ledger: Vec<LedgerRow>,
    /// What could not be understood.
    pub problems: Vec<FormProblem>,
}

impl Form {
    /// What of the form was left alone, in Chinese and in English: nothing that has to be mended.
    pub fn notes(&self) -> Vec<(String, String)> {
        let unread = self.unread.iter().map(|Cited { value, place }| {
            (
                format!("{place}的表头“{value}”不认识，该列未读取"),
                format!("the heading {value} in {place} is not known; its column was not read"),
            )
        });
        let totals = self.other_total.as_ref().zip(self.total_score.as_ref()).map(|(other, taken)| {
            (
                format!(
                    "总分有两处且不同：{}为{}，{}为{}；以后者为准",
                    other.place, other.value, taken.place, taken.value
                ),
                format!(
                    "the total is given twice and differs: {} in {}, {} in {}; the latter was taken",
                    other.value, other.place, taken.value, taken.place
                ),
            )
        });
        let list = |rows: &[u32]| rows.iter().map(u32::to_string).collect::<Vec<String>>().join("、");
        let text_rows = (!self.text_rows.is_empty()).then(|| {
            let rows = list(&self.text_rows);
            (
                format!("第{rows}行在资金中只有文字，未读取"),
                format!("rows between the funds that have texts alone were not read: {rows}"),
            )
        });
        let adjusted = self.is_adjusted_from_initial.then(|| {
            (
                "没有全年预算数，以年初预算数代替".to_owned(),
                "there is no 全年预算数; the initial amounts were taken for it".to_owned(),
            )
        });
        let blank_parts = (!self.blank_parts.is_empty()).then(|| {
            let rows = list(&self.blank_parts);
            (
                format!("资金第{rows}行缺少部分金额，而合计行有，故以合计为准，各行未单列"),
                format!("rows of the funds lack amounts that their total has, which was taken alone: {rows}"),
            )
        });
        let hidden_rows = (!self.hidden_rows.is_empty()).then(|| {
            let rows = list(&self.hidden_rows);
            (format!("第{rows}行是隐藏行，已读取"), format!("hidden rows were read: {rows}"))
        });
        let hidden_columns = (!self.hidden_columns.is_empty()).then(|| {
            let columns = self.hidden_columns.join("、");
            (format!("{columns}列是隐藏列，已读取"), format!("hidden columns were read: {columns}"))
        });
        let long_term = self.has_long_term_table.then(|| {
            (
                "绩效指标左右两半分别为中长期和年度，只读取了年度指标".to_owned(),
                "the table has the indicators of several years beside those of the year, which alone were read"
                    .to_owned(),
            )
        });
        unread
            .chain(totals)
            .chain(long_term)
            .chain(text_rows)
            .chain(adjusted)
            .chain(blank_parts)
            .chain(hidden_rows)
            .chain(hidden_columns)
            .collect()
    }

    /// Whether its sheet is of another kind than a self-assessment: it is named, and nothing of it is scored.
    pub fn is_other_kind(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind.is_other_kind())
    }

    /// Why a form is none of those that are wanted; nothing where it is.
    pub fn is_not_for(&self, purpose: Purpose) -> Option<FormProblem> {
        let kind = match (purpose, self.kind == FormKind::Goals) {
            (Purpose::SelfAssessment, true) => ProblemKind::GoalForm,
            (Purpose::Goals, false) => ProblemKind::NotAGoalForm,
            _ => return None,
        };
        let place = self.title.as_ref().map_or(Place { row: self.first_row, column: 1 }, |title| title.place);
        let value = self.title.as_ref().map(|title| title.value.clone());
        Some(FormProblem { kind, place, column: "标题".to_owned(), value })
    }

    /// Whether it has no points by design: a transfer payment whose rows print none.
    pub fn is_unscored(&self) -> bool {
        let has_points = self.indicators.iter().any(|row| row.weight.is_some() || row.score.is_some());
        self.kind == FormKind::TransferPayment && !has_points && self.level1_points.is_empty()
    }

    /// The organization that carries it out: of a form of a whole department, the department itself.
    pub fn organization(&self) -> Option<&Cited<Organization>> {
        match self.kind {
            FormKind::Department => self.unit.as_ref().or(self.department.as_ref()),
            _ => self.unit.as_ref(),
        }
    }

    /// The row of the fund totals.
    pub fn fund_total(&self) -> Option<&FundRow> {
        self.funds.iter().find(|row| row.is_total)
    }

    /// The fund rows that make up the total, or the total where it stands alone.
    pub fn fund_lines(&self) -> impl Iterator<Item = &FundRow> {
        let has_parts = self.funds.iter().any(|row| !row.is_total && row.has_amounts());
        self.funds.iter().filter(move |row| row.has_amounts() && row.is_total != has_parts)
    }
}
