//! The parts of a row of an export: the resource, and its owner by natural keys.

use serde::Serialize;

use crate::assessments::Judgement;
use crate::assessments::model::AssessmentId;
use crate::projects::{Project, ProjectId};

/// The owner of a row, by natural keys.
#[derive(Debug, Clone, Serialize)]
pub struct Owner {
    /// 单位代码
    pub organization_code: String,
    /// 项目代码
    pub project_code: String,
}

/// A resource with its owner.
#[derive(Serialize)]
pub struct Owned<T> {
    /// The resource.
    #[serde(flatten)]
    pub resource: T,
    /// Whose it is.
    #[serde(flatten)]
    pub owner: Owner,
}

/// A project with its organization.
#[derive(Serialize)]
pub struct OfOrganization {
    /// The project.
    #[serde(flatten)]
    pub project: Project,
    /// 单位代码
    pub organization_code: String,
    /// 单位名称
    pub organization_name: String,
}

/// Which assessment a row belongs to.
#[derive(Debug, Clone, Serialize)]
pub struct OfAssessment {
    /// The assessment.
    pub self_assessment_id: AssessmentId,
    /// Its project.
    pub project_id: ProjectId,
    /// 预算年度
    pub fiscal_year: i32,
    /// 单位自评 or 部门评价
    pub kind: &'static str,
    /// Its revision.
    pub revision: i32,
    /// Where it is on its way.
    pub assessment_status: &'static str,
}

impl OfAssessment {
    /// That of a judged assessment.
    pub fn of(judgement: &Judgement) -> OfAssessment {
        let row = &judgement.row;
        OfAssessment {
            self_assessment_id: row.id.clone(),
            project_id: row.project_id.clone(),
            fiscal_year: row.fiscal_year,
            kind: row.kind.as_str(),
            revision: row.revision,
            assessment_status: row.status.as_str(),
        }
    }
}

/// The result or the finding of an assessment.
#[derive(Serialize)]
pub struct Part<'a, T> {
    /// Which assessment.
    #[serde(flatten)]
    pub assessment: &'a OfAssessment,
    /// Whose it is.
    #[serde(flatten)]
    pub owner: &'a Owner,
    /// The result or the finding.
    #[serde(flatten)]
    pub part: &'a T,
}
