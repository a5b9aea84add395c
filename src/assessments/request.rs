//! What requests say of a self-assessment.

use crate::values::CodedAchievement;
use crate::values::{CodedEvaluationKind, CodedRowStatus};
use deserr::Deserr;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{Action, AssessmentSort, Declared, Status};
use super::narrative::Narrative;
use crate::http::page::{Count, Limit};
use crate::indicators::IndicatorId;
use crate::organizations::OrganizationId;
use crate::projects::ProjectId;
use crate::rule_profiles::model::RuleProfileChoice;
use crate::values::input::{Many, Parameter};
use crate::values::{LongText, Points};

/// A new self-assessment.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewSelfAssessment {
    /// The project, in the caller's subtree.
    pub project_id: ProjectId,
    /// 单位自评 (when left out) or 部门评价.
    #[deserr(default)]
    pub kind: Option<CodedEvaluationKind>,
    /// The rule to score it by; the default of its kind when left out.
    #[deserr(default)]
    pub rule_profile: Option<RuleProfileChoice>,
    /// What the unit declares of the whole.
    #[deserr(default)]
    #[schema(required = false)]
    pub declared: Declared,
    /// A deviation reason for the form as a whole.
    #[deserr(default)]
    pub deviation_reason: Option<LongText>,
    /// 实际完成情况: what came of the annual goal, in words.
    #[deserr(default)]
    pub goal_completion: Option<LongText>,
    /// What only people can write of it: the texts of its report.
    #[deserr(default)]
    #[schema(required = false)]
    pub narrative: Narrative,
    /// Results to begin with.
    #[deserr(default)]
    #[schema(required = false)]
    pub results: Vec<NewResult>,
}

/// What can be changed of a draft besides its results.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewDeclaration {
    /// The rule to score it by.
    pub rule_profile: RuleProfileChoice,
    /// What the unit declares of the whole.
    #[deserr(default)]
    #[schema(required = false)]
    pub declared: Declared,
    /// A deviation reason for the form as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub deviation_reason: Option<LongText>,
    /// 实际完成情况: what came of the annual goal, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub goal_completion: Option<LongText>,
    /// What only people can write of it: the texts of its report.
    #[deserr(default)]
    #[schema(required = false)]
    pub narrative: Narrative,
}

/// The result of one indicator, as the unit fills it in.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewResult {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// 实际完成值 as people write it.
    #[deserr(default)]
    pub actual_text: Option<LongText>,
    /// How far a qualitative target was achieved.
    #[deserr(default)]
    pub achievement: Option<CodedAchievement>,
    /// What became of the row; by the words of the actual when left out.
    #[deserr(default)]
    pub status: Option<CodedRowStatus>,
    /// 自评得分, points
    #[deserr(default)]
    pub declared_score: Option<Points>,
    /// 偏差原因分析及改进措施
    #[deserr(default)]
    pub deviation_reason: Option<LongText>,
}

/// A score that a reviewer sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct ReviewedScore {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// 复核得分, points from 0 to the weight
    pub reviewed_score: Points,
    /// Why; a unit that loses or gains points is told.
    pub review_reason: LongText,
}

/// A step of the workflow that a caller asks for.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewTransition {
    /// What to do: submit, withdraw, review, return, approve, publish or reopen.
    pub action: Action,
    /// Why; required to return and to reopen.
    #[deserr(default)]
    pub comment: Option<LongText>,
}

/// The parameters of the list of self-assessments.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct AssessmentQuery {
    /// Only those of one of these projects.
    #[deserr(default)]
    #[param(value_type = Vec<ProjectId>, explode = true)]
    pub project_id: Many<ProjectId>,
    /// Only those of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those of one of these organizations.
    #[deserr(default)]
    #[param(value_type = Vec<OrganizationId>, explode = true)]
    pub organization_id: Many<OrganizationId>,
    /// Only those in one of these states.
    #[deserr(default)]
    #[param(value_type = Vec<Status>, explode = true)]
    pub status: Many<Status>,
    /// Only those of one of these kinds.
    #[deserr(default)]
    #[param(value_type = Vec<CodedEvaluationKind>, explode = true)]
    pub kind: Many<CodedEvaluationKind>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<AssessmentSort>,
    /// Items of the page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    #[deserr(default)]
    pub limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    #[deserr(default)]
    pub cursor: Option<String>,
    /// Whether to count all.
    #[deserr(default)]
    pub count: Option<Count>,
}
