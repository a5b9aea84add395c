//! The shapes of a project.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::schema::projects;
use crate::http::error::{Code, Result};
use crate::http::etag::ETag;
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::organizations::OrganizationId;
use crate::organizations::row_counts::Counted;
use crate::values::input::{Listed, Many, Misread, Parameter};
use crate::values::{Instant, LongText, NaturalCode, ShortText, Stored, id_type, named_enum};

id_type! {
    /// The id of a project.
    ProjectId,
}

named_enum! {
    /// By what the list of projects may be sorted.
    ProjectSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
        /// By code.
        Code = "code",
        /// By name.
        Name = "name",
        /// By the last change.
        UpdatedAt = "updated_at",
    }
}

/// The order of the list.
pub type ProjectSort = Sort<ProjectSortKey>;

named_enum! {
    /// What a project can be read with.
    Include: "What to include in each project." {
        /// Its budget lines.
        BudgetLines = "budget_lines",
        /// Its indicators.
        Indicators = "indicators",
        /// Its self-assessment and its department's evaluation.
        SelfAssessment = "self_assessment",
    }
}

named_enum! {
    /// What a project stands for.
    #[derive(Default)]
    Subject: "项目 project (the default), 部门整体支出 organization: all that its organization spends" {
        /// 项目, what all of them were before there was anything else.
        #[default]
        Project = "project",
        /// 部门（单位）整体支出
        Organization = "organization",
    }
}

/// One step of an implementation plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct PlanStep {
    /// When, for example `2-3`.
    pub months: ShortText,
    /// What is done.
    pub work: ShortText,
}

/// What of a project itself an assessment rests on: year, code, goals. While one is under way or published none of it
/// changes, whoever changes it: requests, imports and reverts ask here. Its budget lines and indicators are figures as well.
pub type Figures<'a> = (i32, &'a NaturalCode, Option<&'a LongText>, Option<&'a LongText>);

/// A project as the database keeps it.
#[derive(Debug, Clone, Serialize, Deserialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProjectRow {
    /// Its id.
    pub id: ProjectId,
    /// Counts its changes, and those of its budget lines and indicators.
    pub version: i64,
    /// The root of its organization's tree.
    pub division_code: NaturalCode,
    /// 预算年度
    pub fiscal_year: i32,
    /// 项目代码
    pub code: NaturalCode,
    /// 项目名称
    pub name: ShortText,
    /// 实施单位
    pub organization_id: OrganizationId,
    /// 总体目标
    pub overall_goal: Option<LongText>,
    /// 年度目标
    pub annual_goal: Option<LongText>,
    /// 立项依据
    pub basis_documents: Stored<Vec<ShortText>>,
    /// 实施计划
    pub implementation_plan: Stored<Vec<PlanStep>>,
    /// When it was made.
    pub created_at: Instant,
    /// When it, its budget lines or its indicators were last changed.
    pub updated_at: Instant,
    /// What it stands for.
    #[serde(default)]
    pub subject: Subject,
}

/// Which project, in which version, with what lists are sorted by.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = projects)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ProjectHead {
    /// Its id.
    pub id: ProjectId,
    /// Its version.
    pub version: i64,
    /// 项目代码
    pub code: NaturalCode,
    /// 项目名称
    pub name: ShortText,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl ProjectRow {
    /// What an assessment rests on.
    pub fn figures(&self) -> Figures<'_> {
        (self.fiscal_year, &self.code, self.overall_goal.as_ref(), self.annual_goal.as_ref())
    }

    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// The project as it would be written anew.
    ///
    /// # Errors
    /// When what the database keeps is damaged.
    pub fn written(&self) -> Result<NewProject> {
        Ok(NewProject {
            fiscal_year: self.fiscal_year,
            code: self.code.clone(),
            name: self.name.clone(),
            organization_id: self.organization_id.clone(),
            overall_goal: self.overall_goal.clone(),
            annual_goal: self.annual_goal.clone(),
            basis_documents: self.basis_documents.read()?,
            implementation_plan: self.implementation_plan.read()?,
            subject: self.subject,
        })
    }
}

/// A project as it is written.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewProject {
    /// 预算年度
    #[deserr(try_from(i32) = checked_year -> Misread)]
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: i32,
    /// 项目代码, unique in its division and year.
    pub code: NaturalCode,
    /// 项目名称
    pub name: ShortText,
    /// 实施单位, in the caller's subtree.
    pub organization_id: OrganizationId,
    /// 总体目标
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub overall_goal: Option<LongText>,
    /// 年度目标
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub annual_goal: Option<LongText>,
    /// 立项依据
    #[deserr(default)]
    #[schema(required = false)]
    pub basis_documents: Vec<ShortText>,
    /// 实施计划
    #[deserr(default)]
    #[schema(required = false)]
    pub implementation_plan: Vec<PlanStep>,
    /// What it stands for: itself (when left out), or all that its organization spends.
    #[deserr(default)]
    #[schema(required = false)]
    pub subject: Subject,
}

impl NewProject {
    /// What an assessment rests on.
    pub fn figures(&self) -> Figures<'_> {
        (self.fiscal_year, &self.code, self.overall_goal.as_ref(), self.annual_goal.as_ref())
    }
}

/// Fiscal years lie between 2000 and 2100.
///
/// # Errors
/// When the year is another.
pub fn checked_year(year: i32) -> std::result::Result<i32, Misread> {
    if (2000..=2100).contains(&year) {
        return Ok(year);
    }
    Err(Misread::new(
        Code::OutOfRange,
        format!("预算年度须在2000到2100之间；收到{year}"),
        format!("a fiscal year lies between 2000 and 2100; got {year}"),
    ))
}

/// The parameters of one project.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ProjectParameters {
    /// What to read with it, separated by commas.
    #[deserr(default)]
    #[param(value_type = Vec<Include>, explode = false)]
    pub include: Listed<Include>,
}

/// The parameters of the list of projects.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ProjectQuery {
    /// Only those of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those with one of these codes.
    #[deserr(default)]
    #[param(value_type = Vec<NaturalCode>, explode = true)]
    pub code: Many<NaturalCode>,
    /// Only those of exactly this name.
    #[deserr(default)]
    pub name: Option<ShortText>,
    /// Only those of one of these organizations.
    #[deserr(default)]
    #[param(value_type = Vec<OrganizationId>, explode = true)]
    pub organization_id: Many<OrganizationId>,
    /// Only those at and below the organization of this code.
    #[deserr(default)]
    pub subtree_of: Option<NaturalCode>,
    /// Only those that stand for this: `project`, or `organization` for whole departments.
    #[deserr(default)]
    pub subject: Option<Subject>,
    /// Only those changed at or after this instant.
    #[deserr(default)]
    pub updated_since: Option<Instant>,
    /// What to read with each, separated by commas.
    #[deserr(default)]
    #[param(value_type = Vec<Include>, explode = false)]
    pub include: Listed<Include>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<ProjectSort>,
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

impl ProjectQuery {
    /// What is counted, if the counts that are kept know it.
    pub fn counted(&self) -> Option<Counted> {
        let is_known = self.code.0.is_empty() && self.name.is_none() && self.updated_since.is_none();
        (self.count.is_some() && is_known).then(|| Counted {
            resource: "projects",
            years: self.fiscal_year.0.iter().map(|year| year.0).collect(),
            kinds: self.subject.iter().map(|subject| subject.as_str()).collect(),
            states: Vec::new(),
            organizations: self.organization_id.0.clone(),
            tops: self.subtree_of.iter().map(ToString::to_string).collect(),
        })
    }
}
