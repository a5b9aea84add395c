//! A project as it is shown, with what `include` adds.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::{PlanStep, ProjectId, ProjectRow, Subject};
use crate::assessments::SelfAssessment;
use crate::budgets::BudgetLine;
use crate::indicators::Indicator;
use crate::organizations::OrganizationId;
use crate::values::{Instant, LongText, NaturalCode, ShortText, Stored};

/// A project (项目) in one fiscal year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Counts its changes, and those of its budget lines and indicators.
    #[schema(minimum = 1)]
    pub version: i64,
    /// 预算年度
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: i32,
    /// 项目代码, unique in its division and year.
    pub code: NaturalCode,
    /// 项目名称
    pub name: ShortText,
    /// 实施单位
    pub organization_id: OrganizationId,
    /// 总体目标
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_goal: Option<LongText>,
    /// 年度目标
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annual_goal: Option<LongText>,
    /// 立项依据
    #[schema(value_type = Vec<ShortText>)]
    pub basis_documents: Stored<Vec<ShortText>>,
    /// 实施计划
    #[schema(value_type = Vec<PlanStep>)]
    pub implementation_plan: Stored<Vec<PlanStep>>,
    /// What it stands for: itself, or all that its organization spends.
    pub subject: Subject,
    /// When it was made.
    pub created_at: Instant,
    /// When it, its budget lines or its indicators were last changed.
    pub updated_at: Instant,
    /// With `include=budget_lines`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_lines: Option<Vec<BudgetLine>>,
    /// With `include=indicators`, in the order of their positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicators: Option<Vec<Indicator>>,
    /// With `include=self_assessment`: the open one, or else the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub self_assessment: Option<SelfAssessment>,
    /// With `include=self_assessment`: those of the other kinds, a published one beside a draft for example.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_self_assessments: Vec<SelfAssessment>,
}

impl From<ProjectRow> for Project {
    fn from(row: ProjectRow) -> Project {
        Project {
            id: row.id,
            version: row.version,
            fiscal_year: row.fiscal_year,
            code: row.code,
            name: row.name,
            organization_id: row.organization_id,
            overall_goal: row.overall_goal,
            annual_goal: row.annual_goal,
            basis_documents: row.basis_documents,
            implementation_plan: row.implementation_plan,
            subject: row.subject,
            created_at: row.created_at,
            updated_at: row.updated_at,
            budget_lines: None,
            indicators: None,
            self_assessment: None,
            other_self_assessments: Vec::new(),
        }
    }
}
