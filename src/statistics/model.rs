//! The shapes of the statistics.

use crate::projects::model::Subject;
use crate::values::CodedEvaluationKind;
use deserr::Deserr;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::budgets::model::six_decimals;
use crate::values::input::{Many, Parameter};
use crate::values::{Exact, Instant, Money, NaturalCode, Points, named_enum};

named_enum! {
    /// What scores are grouped by.
    ScoreGrouping: "What scores are grouped by; fiscal_year when left out." {
        /// 预算年度
        FiscalYear = "fiscal_year",
        /// What the organization is in the tree: division, department, unit
        OrganizationKind = "organization_kind",
        /// 实施单位
        Organization = "organization",
        /// The grade
        Grade = "grade",
        /// 一级指标: points reached of each
        Level1 = "level1",
    }
}

named_enum! {
    /// What budget execution is grouped by.
    ExecutionGrouping: "What budget execution is grouped by; fiscal_year when left out." {
        /// 预算年度
        FiscalYear = "fiscal_year",
        /// What the organization is in the tree: division, department, unit
        OrganizationKind = "organization_kind",
        /// 实施单位
        Organization = "organization",
        /// 资金来源
        FundingSource = "funding_source",
        /// 支出经济分类
        EconomicCategory = "economic_category",
    }
}

/// Sums of a group of scores as SQL gives them, in hundredths of points and in fen.
#[derive(Debug, QueryableByName)]
pub struct ScoreSums {
    /// The group.
    #[diesel(sql_type = Text)]
    pub grouping_key: String,
    /// Scores.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
    /// Σ weights: 100 points each, or those of the level.
    #[diesel(sql_type = BigInt)]
    pub weight: i64,
    /// Σ computed points.
    #[diesel(sql_type = BigInt)]
    pub computed: i64,
    /// Σ final points.
    #[diesel(sql_type = BigInt)]
    pub final_sum: i64,
    /// The least.
    #[diesel(sql_type = BigInt)]
    pub least: i64,
    /// The most.
    #[diesel(sql_type = BigInt)]
    pub most: i64,
    /// The median, twice.
    #[diesel(sql_type = BigInt)]
    pub twice_median: i64,
    /// Scores that declare a total.
    #[diesel(sql_type = BigInt)]
    pub declared_count: i64,
    /// Σ declared points.
    #[diesel(sql_type = BigInt)]
    pub declared: i64,
    /// 优
    #[diesel(sql_type = BigInt)]
    pub excellent: i64,
    /// 良
    #[diesel(sql_type = BigInt)]
    pub good: i64,
    /// 中
    #[diesel(sql_type = BigInt)]
    pub fair: i64,
    /// 差
    #[diesel(sql_type = BigInt)]
    pub poor: i64,
    /// Σ 全年预算数.
    #[diesel(sql_type = BigInt)]
    pub adjusted: i64,
    /// Σ 全年执行数.
    #[diesel(sql_type = BigInt)]
    pub executed: i64,
}

/// How many scores have each grade.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Distribution {
    /// 优
    #[schema(minimum = 0)]
    pub excellent: i64,
    /// 良
    #[schema(minimum = 0)]
    pub good: i64,
    /// 中
    #[schema(minimum = 0)]
    pub fair: i64,
    /// 差
    #[schema(minimum = 0)]
    pub poor: i64,
}

/// A group of published scores. Means and medians are rounded to two decimals, half away from zero.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScoreGroup {
    /// The value that is common: a year, a kind or code of an organization, a grade, a level-1 indicator.
    pub group: String,
    /// Scores.
    #[schema(minimum = 1)]
    pub count: i64,
    /// The mean of what counts, points.
    pub mean: Points,
    /// The median, points.
    pub median: Points,
    /// The lowest, points.
    pub minimum: Points,
    /// The highest, points.
    pub maximum: Points,
    /// The mean of the computed points.
    pub computed_mean: Points,
    /// The mean of the declared totals, points, of those that declare one; absent where none does, and by level 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_mean: Option<Points>,
    /// Points reached of those that could be: Σ points ÷ Σ weights, a ratio; absent without a weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_rate: Option<Exact>,
    /// How many scores have each grade.
    pub distribution: Distribution,
    /// Σ 全年预算数, yuan
    pub adjusted_amount: Money,
    /// Σ 全年执行数, yuan
    pub executed_amount: Money,
    /// Σ executed ÷ Σ adjusted, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_rate: Option<Exact>,
}

/// Σ part ÷ Σ whole.
fn rate(part: i64, whole: i64) -> Option<Exact> {
    Decimal::from(part).checked_div(Decimal::from(whole)).map(six_decimals)
}

/// Hundredths of points shared by so many.
fn shared(hundredths: i64, by: i64) -> Points {
    let points = Decimal::new(hundredths, 2);
    Points::rounded(points.checked_div(Decimal::from(by)).unwrap_or(points))
}

impl ScoreGroup {
    /// The group of some sums.
    pub fn of(sums: ScoreSums, by: ScoreGrouping) -> ScoreGroup {
        let declares = by != ScoreGrouping::Level1 && sums.declared_count > 0;
        ScoreGroup {
            group: sums.grouping_key,
            count: sums.count,
            mean: shared(sums.final_sum, sums.count),
            median: shared(sums.twice_median, 2),
            minimum: shared(sums.least, 1),
            maximum: shared(sums.most, 1),
            computed_mean: shared(sums.computed, sums.count),
            declared_mean: declares.then(|| shared(sums.declared, sums.declared_count)),
            reached_rate: rate(sums.final_sum, sums.weight),
            distribution: Distribution { excellent: sums.excellent, good: sums.good, fair: sums.fair, poor: sums.poor },
            adjusted_amount: Money::from_fen(sums.adjusted),
            executed_amount: Money::from_fen(sums.executed),
            execution_rate: rate(sums.executed, sums.adjusted),
        }
    }
}

/// A score whose declared total lies far from what counts, as SQL gives it.
#[derive(Debug, QueryableByName)]
pub struct DeviationRow {
    /// The score.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// Its year.
    #[diesel(sql_type = Integer)]
    pub fiscal_year: i32,
    /// Its project.
    #[diesel(sql_type = Text)]
    pub project_code: String,
    /// The project's name.
    #[diesel(sql_type = Text)]
    pub project_name: String,
    /// Its organization.
    #[diesel(sql_type = Text)]
    pub organization_code: String,
    /// Declared.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub declared_total: Option<i64>,
    /// What counts.
    #[diesel(sql_type = BigInt)]
    pub final_total: i64,
}

/// A score whose declared total lies far from what counts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Deviation {
    /// The score.
    pub score_id: String,
    /// 预算年度
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: i32,
    /// 项目代码
    pub project_code: String,
    /// 项目名称
    pub project_name: String,
    /// 单位代码
    pub organization_code: String,
    /// 自评总分, points
    pub declared_total: Points,
    /// What counts, points
    pub final_total: Points,
    /// By how many points the declared total is higher; lower where it is negative.
    pub deviation: Exact,
}

impl From<DeviationRow> for Deviation {
    fn from(row: DeviationRow) -> Deviation {
        let declared = row.declared_total.unwrap_or_default();
        Deviation {
            score_id: row.id,
            fiscal_year: row.fiscal_year,
            project_code: row.project_code,
            project_name: row.project_name,
            organization_code: row.organization_code,
            declared_total: shared(declared, 1),
            final_total: shared(row.final_total, 1),
            deviation: Exact(Decimal::new(declared.saturating_sub(row.final_total), 2)),
        }
    }
}

/// Statistics of published scores.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScoreStatistics {
    /// What they are grouped by.
    pub group_by: ScoreGrouping,
    /// The groups, in the order of their values.
    pub items: Vec<ScoreGroup>,
    /// The scores whose declared totals lie furthest from what counts.
    pub top_deviations: Vec<Deviation>,
}

/// Sums of a group of budget lines as SQL gives them, in fen.
#[derive(Debug, QueryableByName)]
pub struct ExecutionSums {
    /// The group.
    #[diesel(sql_type = Text)]
    pub grouping_key: String,
    /// Projects with a line.
    #[diesel(sql_type = BigInt)]
    pub projects: i64,
    /// Σ 年初预算数.
    #[diesel(sql_type = BigInt)]
    pub initial: i64,
    /// Σ 全年预算数.
    #[diesel(sql_type = BigInt)]
    pub adjusted: i64,
    /// Σ 全年执行数.
    #[diesel(sql_type = BigInt)]
    pub executed: i64,
}

/// A group of budget lines.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExecutionGroup {
    /// The value that is common: a year, a kind or code of an organization, a funding source, an economic category.
    pub group: String,
    /// Projects with a line.
    #[schema(minimum = 1)]
    pub projects: i64,
    /// Σ 年初预算数, yuan
    pub initial_amount: Money,
    /// Σ 全年预算数, yuan
    pub adjusted_amount: Money,
    /// Σ 全年执行数, yuan
    pub executed_amount: Money,
    /// Σ executed ÷ Σ adjusted, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_rate: Option<Exact>,
}

impl From<ExecutionSums> for ExecutionGroup {
    fn from(sums: ExecutionSums) -> ExecutionGroup {
        ExecutionGroup {
            group: sums.grouping_key,
            projects: sums.projects,
            initial_amount: Money::from_fen(sums.initial),
            adjusted_amount: Money::from_fen(sums.adjusted),
            executed_amount: Money::from_fen(sums.executed),
            execution_rate: rate(sums.executed, sums.adjusted),
        }
    }
}

/// Statistics of budget execution.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExecutionStatistics {
    /// What it is grouped by.
    pub group_by: ExecutionGrouping,
    /// The groups, in the order of their values.
    pub items: Vec<ExecutionGroup>,
}

/// The parameters of the statistics of scores.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ScoreStatisticsQuery {
    /// What to group by.
    #[deserr(default)]
    pub group_by: Option<ScoreGrouping>,
    /// Only scores of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only scores at and below the organization of this code.
    #[deserr(default)]
    pub subtree_of: Option<NaturalCode>,
    /// Only scores of this kind.
    #[deserr(default)]
    pub kind: Option<CodedEvaluationKind>,
    /// What the sums are of: projects (when left out), or whole departments, whose money is that of their projects again.
    #[deserr(default)]
    pub subject: Option<Subject>,
    /// Those in force at this instant; at present when left out.
    #[deserr(default)]
    pub as_of: Option<Instant>,
}

/// The parameters of the statistics of budget execution.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct ExecutionStatisticsQuery {
    /// What to group by.
    #[deserr(default)]
    pub group_by: Option<ExecutionGrouping>,
    /// Only projects of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only projects at and below the organization of this code.
    #[deserr(default)]
    pub subtree_of: Option<NaturalCode>,
    /// What the sums are of: projects (when left out), or whole departments, whose money is that of their projects again.
    #[deserr(default)]
    pub subject: Option<Subject>,
}
