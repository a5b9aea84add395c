//! The texts that people write for an assessment: the sections of the report that cannot be computed from figures
//! (财预〔2020〕10号, outline of the self-evaluation report).

use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::AssessmentRow;
use crate::budgets::BudgetLine;
use crate::http::error::Result;
use crate::projects::model::{PlanStep, ProjectRow, Subject};
use crate::values::{LongText, Money, named_enum};

named_enum! {
    /// How the evaluation was done.
    EvaluationMethod: "查看资料 document_review, 电话沟通 telephone, 走访调研 field_visit, 问卷 questionnaire" {
        /// 查看资料
        DocumentReview = "document_review",
        /// 电话沟通
        Telephone = "telephone",
        /// 走访调研
        FieldVisit = "field_visit",
        /// 问卷
        Questionnaire = "questionnaire",
    }
}

/// What only people can write of an assessment: the texts of its report. Paragraphs are separated by line breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct Narrative {
    /// 项目概况: why the project was set up, and what it does
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub overview: Option<LongText>,
    /// 评价目的
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub purpose: Option<LongText>,
    /// 评价组织实施: who evaluated, and how that was organised
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub organisation: Option<LongText>,
    /// 评价方法
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[deserr(default)]
    #[schema(required = false)]
    pub methods: Vec<EvaluationMethod>,
    /// 评价方法, in words
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub methods_note: Option<LongText>,
    /// 项目决策情况
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub decision_analysis: Option<LongText>,
    /// 项目过程情况
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub process_analysis: Option<LongText>,
    /// 项目产出情况
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub output_analysis: Option<LongText>,
    /// 项目效益情况
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub benefit_analysis: Option<LongText>,
    /// 主要经验及做法
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub experience: Option<LongText>,
    /// 存在的问题及原因分析
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub problems: Option<LongText>,
    /// 有关建议
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub proposals: Option<LongText>,
    /// 其他需要说明的问题
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub other: Option<LongText>,
}

impl Narrative {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        *self == Narrative::default()
    }
}

/// The spending of a budget line, as the report shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Spending {
    /// 资金来源
    pub funding_source: String,
    /// 支出经济分类
    pub economic_category: String,
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
}

/// What the report says about the project besides the scores. It is frozen with them, so that a published report does
/// not change.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Particulars {
    /// 主管部门, the organization above the unit
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department_name: Option<String>,
    /// A deviation reason for the form as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation_reason: Option<LongText>,
    /// 总体目标
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall_goal: Option<LongText>,
    /// 年度目标
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_goal: Option<LongText>,
    /// 实际完成情况: what came of the annual goal
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal_completion: Option<LongText>,
    /// What is assessed; absent for a project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// 立项依据
    #[serde(default)]
    pub basis_documents: Vec<String>,
    /// 实施计划
    #[serde(default)]
    pub implementation_plan: Vec<PlanStep>,
    /// 项目资金
    #[serde(default)]
    pub budget_lines: Vec<Spending>,
    /// What people wrote.
    #[serde(default, skip_serializing_if = "Narrative::is_empty")]
    pub narrative: Narrative,
}

impl Particulars {
    /// Those of a project and its assessment.
    ///
    /// # Errors
    /// When what the database keeps is damaged.
    pub fn of(
        project: &ProjectRow,
        lines: &[BudgetLine],
        row: &AssessmentRow,
        department_name: Option<String>,
    ) -> Result<Particulars> {
        let spending = |line: &BudgetLine| Spending {
            funding_source: line.funding_source.as_str().to_owned(),
            economic_category: line.economic_category.to_string(),
            initial_amount: line.initial_amount,
            adjusted_amount: line.adjusted_amount,
            executed_amount: line.executed_amount,
        };
        Ok(Particulars {
            department_name,
            deviation_reason: row.deviation_reason.clone(),
            overall_goal: project.overall_goal.clone(),
            annual_goal: project.annual_goal.clone(),
            goal_completion: row.goal_completion.clone(),
            subject: Some(project.subject).filter(|subject| *subject != Subject::Project),
            basis_documents: project.basis_documents.read()?.iter().map(ToString::to_string).collect(),
            implementation_plan: project.implementation_plan.read()?,
            budget_lines: lines.iter().map(spending).collect(),
            narrative: row.narrative.read()?,
        })
    }
}
