//! The shapes of a self-assessment.

use crate::values::CodedEvaluationKind;
use crate::values::CodedGrade;
use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::ExecutionView;
use super::finding::{FindingCounts, FindingView};
use super::narrative::Narrative;
use super::request::ReviewedScore;
use super::result::ResultView;
use crate::db::schema::{assessment_transitions, self_assessments};
use crate::http::etag::ETag;
use crate::http::sort::Sort;
use crate::projects::ProjectId;
use crate::projects::model::Subject;
use crate::rule_profiles::model::RuleProfileRef;
use crate::values::{Instant, LongText, Money, Points, ShortText, Stored, id_type, named_enum};

id_type! {
    /// The id of a self-assessment.
    AssessmentId,
    /// The id of a transition.
    TransitionId,
}

named_enum! {
    /// Where an assessment is on its way.
    Status: "填报中 draft → 已送审 submitted → 主管部门已审 reviewed → 财政终审 approved → 已公开 published" {
        /// 填报中
        Draft = "draft",
        /// 已送审
        Submitted = "submitted",
        /// 主管部门已审
        Reviewed = "reviewed",
        /// 财政终审
        Approved = "approved",
        /// 已公开
        Published = "published",
    }
}

named_enum! {
    /// What can be done with an assessment.
    Action: "What can be done with an assessment." {
        /// Change its declaration and results.
        Edit = "edit",
        /// Delete it.
        Delete = "delete",
        /// 送审
        Submit = "submit",
        /// 撤回, while untouched
        Withdraw = "withdraw",
        /// Set reviewed scores.
        SetReviewedScores = "set_reviewed_scores",
        /// 审核通过
        Review = "review",
        /// 退回
        Return = "return",
        /// 终审
        Approve = "approve",
        /// 公开
        Publish = "publish",
        /// Start the next revision.
        Reopen = "reopen",
    }
}

named_enum! {
    /// By what the list of self-assessments may be sorted.
    AssessmentSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
        /// By the last change.
        UpdatedAt = "updated_at",
    }
}

/// The order of the list.
pub type AssessmentSort = Sort<AssessmentSortKey>;

/// An assessment as the database keeps it.
#[derive(Debug, Clone, Serialize, Deserialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = self_assessments)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AssessmentRow {
    /// Its id.
    pub id: AssessmentId,
    /// Counts its changes.
    pub version: i64,
    /// The project.
    pub project_id: ProjectId,
    /// 预算年度, its project's.
    pub fiscal_year: i32,
    /// 单位自评 or 部门评价.
    pub kind: CodedEvaluationKind,
    /// 1, and one more after each reopening.
    pub revision: i32,
    /// Where it is on its way.
    pub status: Status,
    /// The rule it is scored by.
    pub rule_profile_code: String,
    /// In which version.
    pub rule_profile_version: i32,
    /// 自评总分, points.
    pub declared_total: Option<Points>,
    /// 自评等级, as written.
    pub declared_grade_text: Option<ShortText>,
    /// The number of indicators that the form states.
    pub declared_indicator_count: Option<i32>,
    /// 年初预算数 as stated, yuan.
    pub declared_initial_amount: Option<Money>,
    /// 全年预算数 as stated, yuan.
    pub declared_adjusted_amount: Option<Money>,
    /// 全年执行数 as stated, yuan.
    pub declared_executed_amount: Option<Money>,
    /// 偏差原因.
    pub deviation_reason: Option<LongText>,
    /// SHA-256 of what is frozen; absent for a draft.
    pub content_hash: Option<String>,
    /// When it was submitted.
    pub submitted_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// What only people can write of it.
    #[serde(default)]
    pub narrative: Stored<Narrative>,
    /// 实际完成情况 of the goal, in words.
    #[serde(default)]
    pub goal_completion: Option<LongText>,
}

/// What the unit declares of the whole: kept as declared, contradictions included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct Declared {
    /// 自评总分, points
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub total: Option<Points>,
    /// 自评等级 as written, for example 优
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub grade_text: Option<ShortText>,
    /// How many indicators the form says it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 65535)]
    #[deserr(default)]
    pub indicator_count: Option<u16>,
    /// 年度资金总额, 年初预算数, as the form states it, yuan
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub initial_amount: Option<Money>,
    /// 年度资金总额, 全年预算数, as the form states it, yuan
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub adjusted_amount: Option<Money>,
    /// 年度资金总额, 全年执行数, as the form states it, yuan
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub executed_amount: Option<Money>,
}

/// A total and its grade.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Total {
    /// Points
    pub total: Points,
    /// The grade it gives.
    pub grade: CodedGrade,
}

impl Total {
    /// A total, where there is one.
    pub fn of(total: Option<Points>, grade: Option<CodedGrade>) -> Option<Total> {
        total.zip(grade).map(|(total, grade)| Total { total, grade })
    }
}

/// An action that the caller may not do now, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BlockedAction {
    /// The action.
    pub action: Action,
    /// The code of the error that it would give.
    #[schema(example = "findings_block_submission")]
    pub code: &'static str,
}

/// A self-assessment (绩效自评) or department evaluation (部门评价) of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SelfAssessment {
    /// Its id.
    pub id: AssessmentId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The project.
    pub project_id: ProjectId,
    /// 预算年度
    pub fiscal_year: i32,
    /// What it assesses: a project, or all that an organization spends.
    pub subject: Subject,
    /// 单位自评 or 部门评价
    pub kind: CodedEvaluationKind,
    /// 1, and one more after each reopening.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// Where it is on its way.
    pub status: Status,
    /// The rule it is scored by.
    pub rule_profile: RuleProfileRef,
    /// What the unit declares of the whole.
    pub declared: Declared,
    /// A deviation reason for the form as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation_reason: Option<LongText>,
    /// 实际完成情况: what came of the annual goal, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_completion: Option<LongText>,
    /// What only people can write of it: the texts of its report.
    #[schema(value_type = Narrative)]
    pub narrative: Stored<Narrative>,
    /// What the rule gives; absent, as the two below, where an indicator has no weight, or the rule gives no points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<Total>,
    /// With the reviewed scores in place of the computed ones; the same as `computed` where there are none.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none")]
    pub final_result: Option<Total>,
    /// The best case: the weights less what was lost on rows that have figures, points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attainable_total: Option<Points>,
    /// The spending.
    pub execution: ExecutionView,
    /// How many findings there are.
    pub finding_counts: FindingCounts,
    /// What the caller may do now.
    pub allowed_actions: Vec<Action>,
    /// What the state and the caller's scopes would allow, but something else blocks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub blocked_actions: Vec<BlockedAction>,
    /// The indicators with their results, in the order of the form; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Vec<ResultView>>,
    /// SHA-256 of what is frozen: on submission, and again with the reviewed scores on review.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub content_hash: Option<String>,
    /// When it was submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// The tag of what this is made of.
    #[serde(skip)]
    #[schema(ignore)]
    pub etag: ETag,
}

/// A step of the workflow that was taken.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessment_transitions)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct Transition {
    /// Its id.
    pub id: TransitionId,
    /// The assessment.
    pub assessment_id: AssessmentId,
    /// The revision that was left.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// What was done.
    pub action: Action,
    /// From where.
    pub from_status: Status,
    /// To where.
    pub to_status: Status,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<LongText>,
    /// Who did it: the subject of the token.
    pub subject: String,
    /// For which organization: the code of the token.
    pub organization_code: String,
    /// SHA-256 of what was frozen at that moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<String>,
    /// The reviewed scores at that moment; a return or a reopening clears them from the draft.
    #[schema(value_type = Vec<ReviewedScore>)]
    pub reviewed_scores: Stored<Vec<ReviewedScore>>,
    /// When.
    pub created_at: Instant,
}

/// The steps that an assessment took, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransitionList {
    /// The steps.
    pub items: Vec<Transition>,
}

/// The findings of an assessment.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingList {
    /// The findings: row by row, then about the whole.
    pub items: Vec<FindingView>,
}
