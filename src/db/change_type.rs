//! What the change feed tells: what can happen to what, and by what outside systems know it.

use serde::{Deserialize, Serialize};

use crate::values::named_enum;

named_enum! {
    /// What happened to what.
    ChangeType: "What happened to what." {
        /// An organization was registered.
        OrganizationCreated = "jixiao.organization.created",
        /// An organization was changed or moved.
        OrganizationUpdated = "jixiao.organization.updated",
        /// An organization was deleted.
        OrganizationDeleted = "jixiao.organization.deleted",
        /// A project was made.
        ProjectCreated = "jixiao.project.created",
        /// A project, its budget lines or its indicators were changed: once for all that a transaction changed.
        ProjectUpdated = "jixiao.project.updated",
        /// A project was deleted.
        ProjectDeleted = "jixiao.project.deleted",
        /// A budget line was added. No longer told: its project is.
        BudgetLineCreated = "jixiao.budget_line.created",
        /// A budget line was changed. No longer told: its project is.
        BudgetLineUpdated = "jixiao.budget_line.updated",
        /// A budget line was deleted. No longer told: its project is.
        BudgetLineDeleted = "jixiao.budget_line.deleted",
        /// An indicator was added. No longer told: its project is.
        IndicatorCreated = "jixiao.indicator.created",
        /// An indicator was changed. No longer told: its project is.
        IndicatorUpdated = "jixiao.indicator.updated",
        /// An indicator was deleted. No longer told: its project is.
        IndicatorDeleted = "jixiao.indicator.deleted",
        /// A self-assessment was opened.
        SelfAssessmentCreated = "jixiao.self_assessment.created",
        /// What a self-assessment declares, its results or its reviewed scores were changed.
        SelfAssessmentUpdated = "jixiao.self_assessment.updated",
        /// A draft was deleted.
        SelfAssessmentDeleted = "jixiao.self_assessment.deleted",
        /// 送审
        SelfAssessmentSubmitted = "jixiao.self_assessment.submitted",
        /// 撤回
        SelfAssessmentWithdrawn = "jixiao.self_assessment.withdrawn",
        /// 主管部门审核
        SelfAssessmentReviewed = "jixiao.self_assessment.reviewed",
        /// 退回
        SelfAssessmentReturned = "jixiao.self_assessment.returned",
        /// 财政终审
        SelfAssessmentApproved = "jixiao.self_assessment.approved",
        /// 公开
        SelfAssessmentPublished = "jixiao.self_assessment.published",
        /// 重启
        SelfAssessmentReopened = "jixiao.self_assessment.reopened",
        /// A score was published.
        ScorePublished = "jixiao.score.published",
        /// Another organization carries out the project of a score now.
        ScoreUpdated = "jixiao.score.updated",
        /// An upload was begun.
        ImportCreated = "jixiao.import.created",
        /// An upload was checked, committed or reverted.
        ImportUpdated = "jixiao.import.updated",
        /// An upload was deleted.
        ImportDeleted = "jixiao.import.deleted",
        /// An export was begun.
        ExportCreated = "jixiao.export.created",
        /// The file of an export is whole, or could not be made.
        ExportUpdated = "jixiao.export.updated",
        /// An export was deleted.
        ExportDeleted = "jixiao.export.deleted",
        /// A webhook subscription was made.
        WebhookSubscriptionCreated = "jixiao.webhook_subscription.created",
        /// A webhook subscription was changed, paused or given up, or has a new secret.
        WebhookSubscriptionUpdated = "jixiao.webhook_subscription.updated",
        /// A webhook subscription was deleted.
        WebhookSubscriptionDeleted = "jixiao.webhook_subscription.deleted",
    }
}

/// By what outside systems know a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NaturalKey {
    /// 预算年度
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<i32>,
    /// 项目代码
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_code: Option<String>,
    /// 资金来源 of a budget line
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funding_source: Option<String>,
    /// 支出经济分类 of a budget line
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub economic_category: Option<String>,
    /// 一级指标 of an indicator
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level1: Option<String>,
    /// 二级指标 of an indicator
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level2: Option<String>,
    /// 三级指标 of an indicator
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kind of a self-assessment, a score or an import
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Revision of a self-assessment or a score
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i32>,
}
