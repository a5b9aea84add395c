//! The shapes of a published score.

use crate::values::CodedEvaluationKind;
use crate::values::CodedGrade;
use deserr::Deserr;
use diesel::prelude::*;
use memchr::memmem;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::assessments::AssessmentId;
use crate::assessments::LevelView;
use crate::db::schema::scores;
use crate::http::error::{Error, Result};
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::organizations::OrganizationId;
use crate::organizations::row_counts::Counted;
use crate::projects::ProjectId;
use crate::rule_profiles::model::RuleProfileRef;
use crate::values::input::{Listed, Many, Parameter};
use crate::values::{Exact, Instant, Money, NaturalCode, Points, ShortText, Stored, id_type, named_enum};

id_type! {
    /// The id of a score.
    ScoreId,
}

named_enum! {
    /// By what the list of scores may be sorted.
    ScoreSortKey: "id (the default) is the order of publication; - is descending." {
        /// In the order of publication.
        Id = "id",
        /// The lowest first.
        FinalTotal = "final_total",
        /// The earliest published first.
        PublishedAt = "published_at",
    }
}

/// The order of the list.
pub type ScoreSort = Sort<ScoreSortKey>;

/// A score as the database keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = scores)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ScoreRow {
    /// Its id.
    pub id: ScoreId,
    /// The assessment.
    pub assessment_id: AssessmentId,
    /// The project.
    pub project_id: ProjectId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// 预算年度.
    pub fiscal_year: i32,
    /// 项目代码, as published.
    pub project_code: NaturalCode,
    /// 项目名称, as published.
    pub project_name: ShortText,
    /// 单位代码, as published.
    pub organization_code: NaturalCode,
    /// 单位名称, as published.
    pub organization_name: ShortText,
    /// 单位自评 or 部门评价.
    pub kind: CodedEvaluationKind,
    /// 1, and one more after each reopening.
    pub revision: i32,
    /// The rule it is scored by.
    pub rule_profile_code: String,
    /// In which version.
    pub rule_profile_version: i32,
    /// 自评总分, points.
    pub declared_total: Option<Points>,
    /// 测算得分, points.
    pub computed_total: Points,
    /// With the reviewed scores, points.
    pub final_total: Points,
    /// The grade of the final total.
    pub grade: CodedGrade,
    /// 全年预算数, yuan.
    pub adjusted_amount: Money,
    /// 全年执行数, yuan.
    pub executed_amount: Money,
    /// A ratio.
    pub execution_rate: Option<Exact>,
    /// Sums by level 1 and level 2.
    pub levels: Stored<Vec<LevelView>>,
    /// Its SHA-256.
    pub content_hash: String,
    /// The score that it supersedes.
    pub supersedes_id: Option<ScoreId>,
    /// When it was published.
    pub published_at: Instant,
    /// 复核总分, points, where a reviewer set scores.
    pub reviewed_total: Option<Points>,
}

/// A published score (评价得分).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Score {
    /// Its id.
    pub id: ScoreId,
    /// The self-assessment that was published.
    pub self_assessment_id: AssessmentId,
    /// The project.
    pub project_id: ProjectId,
    /// 项目代码, as published.
    pub project_code: NaturalCode,
    /// 项目名称, as published.
    pub project_name: ShortText,
    /// The organization.
    pub organization_id: OrganizationId,
    /// 单位代码, as published.
    pub organization_code: NaturalCode,
    /// 单位名称, as published.
    pub organization_name: ShortText,
    /// 预算年度
    pub fiscal_year: i32,
    /// 单位自评 or 部门评价
    pub kind: CodedEvaluationKind,
    /// Which revision of the assessment.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// The rule it was scored by.
    pub rule_profile: RuleProfileRef,
    /// 自评总分, points
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_total: Option<Points>,
    /// 测算得分, points
    pub computed_total: Points,
    /// 复核总分, points; absent where no reviewer set a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_total: Option<Points>,
    /// What counts: the reviewed total, else the computed one, points.
    pub final_total: Points,
    /// The grade of the final total.
    pub grade: CodedGrade,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// 预算执行率 by the profile's denominator, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_rate: Option<Exact>,
    /// Sums by level 1 and level 2; in a list with `include=levels`.
    #[schema(value_type = Vec<LevelView>, required = false)]
    pub levels: Stored<Vec<LevelView>>,
    /// SHA-256 of the content, see `/scores/{id}/content`.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub content_hash: String,
    /// The score of an earlier revision that this one supersedes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes_id: Option<ScoreId>,
    /// When it was published.
    pub published_at: Instant,
}

impl From<ScoreRow> for Score {
    fn from(row: ScoreRow) -> Score {
        Score {
            id: row.id,
            self_assessment_id: row.assessment_id,
            project_id: row.project_id,
            project_code: row.project_code,
            project_name: row.project_name,
            organization_id: row.organization_id,
            organization_code: row.organization_code,
            organization_name: row.organization_name,
            fiscal_year: row.fiscal_year,
            kind: row.kind,
            revision: row.revision,
            rule_profile: RuleProfileRef {
                code: row.rule_profile_code,
                version: u32::try_from(row.rule_profile_version).unwrap_or_default(),
            },
            declared_total: row.declared_total,
            computed_total: row.computed_total,
            reviewed_total: row.reviewed_total,
            final_total: row.final_total,
            grade: row.grade,
            adjusted_amount: row.adjusted_amount,
            executed_amount: row.executed_amount,
            execution_rate: row.execution_rate,
            levels: row.levels,
            content_hash: row.content_hash,
            supersedes_id: row.supersedes_id,
            published_at: row.published_at,
        }
    }
}

named_enum! {
    /// What scores can be listed with.
    ScoreInclude: "What to include in each score." {
        /// The sums by level 1 and level 2.
        Levels = "levels",
    }
}

/// A score of a list.
#[derive(Debug)]
pub struct ListedScore {
    /// Its id.
    pub id: ScoreId,
    /// The score as it is shown, JSON.
    pub document: String,
}

impl ListedScore {
    /// What is before the sums by level and after them. A quote in a text is escaped, so no text of a document looks like
    /// one of its members.
    pub fn without_levels(&self) -> [&str; 2] {
        let document = self.document.as_str();
        let at = |member: &str| memmem::find(document.as_bytes(), member.as_bytes());
        let (begin, end) = (at(",\"levels\":"), at(",\"content_hash\":"));
        let cut = begin.zip(end).and_then(|(begin, end)| Some([document.get(..begin)?, document.get(end..)?]));
        cut.unwrap_or([document, ""])
    }
}

impl Score {
    /// The score as every answer shows it, JSON; it is kept, since a score never changes.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn document(row: ScoreRow) -> Result<String> {
        serde_json::to_string(&Score::from(row)).map_err(|cause| Error::internal(&cause))
    }
}

/// The parameters of the list of scores.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ScoreQuery {
    /// Only those of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those of one of these organizations (单位代码).
    #[deserr(default)]
    #[param(value_type = Vec<NaturalCode>, explode = true)]
    pub organization: Many<NaturalCode>,
    /// Only those of one of these projects (项目代码).
    #[deserr(default)]
    #[param(value_type = Vec<NaturalCode>, explode = true)]
    pub project_code: Many<NaturalCode>,
    /// Only those of one of these grades.
    #[deserr(default)]
    #[param(value_type = Vec<CodedGrade>, explode = true)]
    pub grade: Many<CodedGrade>,
    /// Only those of one of these kinds.
    #[deserr(default)]
    #[param(value_type = Vec<CodedEvaluationKind>, explode = true)]
    pub kind: Many<CodedEvaluationKind>,
    /// Only final totals of at least so many points.
    #[deserr(default)]
    pub score_gte: Option<Points>,
    /// Only final totals of at most so many points.
    #[deserr(default)]
    pub score_lte: Option<Points>,
    /// Only those published at or after this instant.
    #[deserr(default)]
    pub published_since: Option<Instant>,
    /// Only those in force at this instant: published by then, and not superseded by then.
    #[deserr(default)]
    pub as_of: Option<Instant>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<ScoreSort>,
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
    /// What to read with each, separated by commas.
    #[deserr(default)]
    #[param(value_type = Vec<ScoreInclude>, explode = false)]
    pub include: Listed<ScoreInclude>,
}

impl ScoreQuery {
    /// What is counted, if the counts that are kept know it.
    pub fn counted(&self) -> Option<Counted> {
        let is_narrowed = !self.organization.0.is_empty() || !self.project_code.0.is_empty();
        let has_bounds = self.score_gte.is_some() || self.score_lte.is_some();
        let is_timed = self.published_since.is_some() || self.as_of.is_some();
        (self.count.is_some() && !is_narrowed && !has_bounds && !is_timed).then(|| Counted {
            resource: "scores",
            years: self.fiscal_year.0.iter().map(|year| year.0).collect(),
            kinds: self.kind.0.iter().map(|kind| kind.as_str()).collect(),
            states: self.grade.0.iter().map(|grade| grade.as_str()).collect(),
            organizations: Vec::new(),
            tops: Vec::new(),
        })
    }
}
