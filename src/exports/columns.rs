//! The columns of each kind of export: a name and how to get its cell from a row.

use serde_json::Value;

use super::file::Cell;
use super::model::ExportKind;
use super::record::{OfOrganization, Owned, Part};
use crate::assessments::result::ResultView;
use crate::budgets::BudgetLine;
use crate::indicators::Indicator;
use crate::scores::model::Score;

/// A column of a table of `T`.
pub type Column<T> = (&'static str, fn(&T) -> Cell);

/// The cells of a row.
pub fn cells<T>(columns: &[Column<T>], row: &T) -> Vec<Cell> {
    columns.iter().map(|(_, cell)| cell(row)).collect()
}

/// The names of the columns of a kind.
pub fn names(kind: ExportKind) -> Vec<&'static str> {
    fn of<T>(columns: &[Column<T>]) -> Vec<&'static str> {
        columns.iter().map(|(name, _)| *name).collect()
    }
    match kind {
        ExportKind::Scores => of(SCORES),
        ExportKind::Projects => of(PROJECTS),
        ExportKind::BudgetLines => of(BUDGET_LINES),
        ExportKind::Indicators => of(INDICATORS),
        ExportKind::Results => of(&results()),
        ExportKind::Findings => of(&findings()),
    }
}

/// 评价得分
pub const SCORES: &[Column<Score>] = &[
    ("id", |score| Cell::Text(score.id.to_string())),
    ("self_assessment_id", |score| Cell::Text(score.self_assessment_id.to_string())),
    ("fiscal_year", |score| Cell::Number(score.fiscal_year.to_string())),
    ("project_code", |score| Cell::Text(score.project_code.to_string())),
    ("project_name", |score| Cell::Text(score.project_name.to_string())),
    ("organization_code", |score| Cell::Text(score.organization_code.to_string())),
    ("organization_name", |score| Cell::Text(score.organization_name.to_string())),
    ("kind", |score| Cell::Text(score.kind.as_str().to_owned())),
    ("revision", |score| Cell::Number(score.revision.to_string())),
    ("rule_profile", |score| Cell::Text(format!("{} {}", score.rule_profile.code, score.rule_profile.version))),
    ("declared_total", |score| Cell::number(&score.declared_total)),
    ("computed_total", |score| Cell::Number(score.computed_total.to_string())),
    ("reviewed_total", |score| Cell::number(&score.reviewed_total)),
    ("final_total", |score| Cell::Number(score.final_total.to_string())),
    ("grade", |score| Cell::Text(score.grade.as_str().to_owned())),
    ("adjusted_amount", |score| Cell::Number(score.adjusted_amount.to_string())),
    ("executed_amount", |score| Cell::Number(score.executed_amount.to_string())),
    ("execution_rate", |score| Cell::number(&score.execution_rate)),
    ("content_hash", |score| Cell::Text(score.content_hash.clone())),
    ("supersedes_id", |score| Cell::text(&score.supersedes_id)),
    ("published_at", |score| Cell::Text(score.published_at.to_string())),
];

/// 项目
pub const PROJECTS: &[Column<OfOrganization>] = &[
    ("id", |of| Cell::Text(of.project.id.to_string())),
    ("version", |of| Cell::Number(of.project.version.to_string())),
    ("fiscal_year", |of| Cell::Number(of.project.fiscal_year.to_string())),
    ("code", |of| Cell::Text(of.project.code.to_string())),
    ("name", |of| Cell::Text(of.project.name.to_string())),
    ("organization_code", |of| Cell::Text(of.organization_code.clone())),
    ("organization_name", |of| Cell::Text(of.organization_name.clone())),
    ("overall_goal", |of| Cell::text(&of.project.overall_goal)),
    ("annual_goal", |of| Cell::text(&of.project.annual_goal)),
    ("subject", |of| Cell::Text(of.project.subject.as_str().to_owned())),
    ("created_at", |of| Cell::Text(of.project.created_at.to_string())),
    ("updated_at", |of| Cell::Text(of.project.updated_at.to_string())),
];

/// 项目资金
pub const BUDGET_LINES: &[Column<Owned<BudgetLine>>] = &[
    ("id", |of| Cell::Text(of.resource.id.to_string())),
    ("version", |of| Cell::Number(of.resource.version.to_string())),
    ("fiscal_year", |of| Cell::Number(of.resource.fiscal_year.to_string())),
    ("organization_code", |of| Cell::Text(of.owner.organization_code.clone())),
    ("project_code", |of| Cell::Text(of.owner.project_code.clone())),
    ("funding_source", |of| Cell::Text(of.resource.funding_source.as_str().to_owned())),
    ("economic_category", |of| Cell::Text(of.resource.economic_category.to_string())),
    ("initial_amount", |of| Cell::Number(of.resource.initial_amount.to_string())),
    ("adjusted_amount", |of| Cell::Number(of.resource.adjusted_amount.to_string())),
    ("executed_amount", |of| Cell::Number(of.resource.executed_amount.to_string())),
    ("government_level", |of| Cell::text(&of.resource.government_level.map(|level| level.as_str()))),
    ("fund_nature", |of| Cell::text(&of.resource.fund_nature.map(|nature| nature.as_str()))),
    ("updated_at", |of| Cell::Text(of.resource.updated_at.to_string())),
];

/// 绩效指标
pub const INDICATORS: &[Column<Owned<Indicator>>] = &[
    ("id", |of| Cell::Text(of.resource.id.to_string())),
    ("version", |of| Cell::Number(of.resource.version.to_string())),
    ("fiscal_year", |of| Cell::Number(of.resource.fiscal_year.to_string())),
    ("organization_code", |of| Cell::Text(of.owner.organization_code.clone())),
    ("project_code", |of| Cell::Text(of.owner.project_code.clone())),
    ("position", |of| Cell::Number(of.resource.position.to_string())),
    ("level1", |of| Cell::Text(of.resource.level1.to_string())),
    ("level2", |of| Cell::text(&of.resource.level2)),
    ("name", |of| Cell::Text(of.resource.name.to_string())),
    ("measure", |of| Cell::Text(of.resource.measure.as_str().to_owned())),
    ("comparison", |of| Cell::text(&of.resource.comparison.map(|comparison| comparison.as_str()))),
    ("weight", |of| Cell::number(&of.resource.weight)),
    ("target_text", |of| Cell::text(&of.resource.target_text)),
    ("explanation", |of| Cell::text(&of.resource.explanation)),
    ("scoring_standard", |of| Cell::text(&of.resource.scoring_standard)),
    ("data_source", |of| Cell::text(&of.resource.data_source)),
    ("is_core", |of| Cell::text(&of.resource.is_core.map(|is_core| is_core.to_string()))),
    ("updated_at", |of| Cell::Text(of.resource.updated_at.to_string())),
];

/// The first columns of results and findings: which assessment they belong to, and whose it is.
fn of_assessment<'a, T>() -> [Column<Part<'a, T>>; 7] {
    [
        ("self_assessment_id", |of| Cell::Text(of.assessment.self_assessment_id.to_string())),
        ("fiscal_year", |of| Cell::Number(of.assessment.fiscal_year.to_string())),
        ("kind", |of| Cell::Text(of.assessment.kind.to_owned())),
        ("revision", |of| Cell::Number(of.assessment.revision.to_string())),
        ("assessment_status", |of| Cell::Text(of.assessment.assessment_status.to_owned())),
        ("organization_code", |of| Cell::Text(of.owner.organization_code.clone())),
        ("project_code", |of| Cell::Text(of.owner.project_code.clone())),
    ]
}

/// Indicators with their results.
pub fn results<'a>() -> Vec<Column<Part<'a, ResultView>>> {
    let own: [Column<Part<'a, ResultView>>; 15] = [
        ("indicator_id", |of| Cell::Text(of.part.indicator_id.to_string())),
        ("level1", |of| Cell::Text(of.part.level1.to_string())),
        ("level2", |of| Cell::text(&of.part.level2)),
        ("name", |of| Cell::Text(of.part.name.to_string())),
        ("weight", |of| Cell::number(&of.part.weight)),
        ("target_text", |of| Cell::text(&of.part.target_text)),
        ("actual_text", |of| Cell::text(&of.part.actual_text)),
        ("achievement", |of| Cell::text(&of.part.achievement.map(|achievement| achievement.as_str()))),
        ("status", |of| Cell::text(&of.part.status.map(|status| status.as_str()))),
        ("is_reached", |of| Cell::text(&of.part.is_reached.map(|reached| reached.to_string()))),
        ("declared_score", |of| Cell::number(&of.part.declared_score)),
        ("computed_score", |of| Cell::number(&of.part.computed_score)),
        ("reviewed_score", |of| Cell::number(&of.part.reviewed_score)),
        ("deviation_reason", |of| Cell::text(&of.part.deviation_reason)),
        ("review_reason", |of| Cell::text(&of.part.review_reason)),
    ];
    of_assessment().into_iter().chain(own).collect()
}

/// 疑点
pub fn findings<'a>() -> Vec<Column<Part<'a, Value>>> {
    let own: [Column<Part<'a, Value>>; 6] = [
        ("code", |of| Cell::text(&of.part["code"].as_str())),
        ("severity", |of| Cell::text(&of.part["severity"].as_str())),
        ("pointer", |of| Cell::text(&of.part["pointer"].as_str())),
        ("indicator_id", |of| Cell::text(&of.part["indicator_id"].as_str())),
        ("message", |of| Cell::text(&of.part["message"].as_str())),
        ("evidence", |of| Cell::Text(of.part["evidence"].to_string())),
    ];
    of_assessment().into_iter().chain(own).collect()
}
