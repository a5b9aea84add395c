//! The shapes of budget lines and of their sums.

use deserr::Deserr;
use diesel::prelude::*;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::schema::budget_lines;
use crate::http::etag::ETag;
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::projects::ProjectId;
use crate::scoring::{Denominator, Execution, FundLine, half_width};
use crate::values::input::{FromText, Many, Misread, Parameter};
use crate::values::{Exact, Instant, Money, ShortText, id_type, named_enum};

id_type! {
    /// The id of a budget line.
    BudgetLineId,
}

named_enum! {
    /// Where the money comes from (资金来源).
    FundingSource: "当年财政拨款 current_appropriation, 上年结转资金 carryover, 财政专户管理资金 special_account, 其他资金 other" {
        /// 当年财政拨款
        CurrentAppropriation = "current_appropriation",
        /// 上年结转资金
        Carryover = "carryover",
        /// 财政专户管理资金
        SpecialAccount = "special_account",
        /// 其他资金
        Other = "other",
    }
}

named_enum! {
    /// Which level of government pays (政府级次).
    GovernmentLevel: "中央 central, 省级 provincial, 市级 prefecture, 县级 county, 地方 local where no level is said, 其他 other" {
        /// 中央
        Central = "central",
        /// 省级
        Provincial = "provincial",
        /// 市级
        Prefecture = "prefecture",
        /// 县级
        County = "county",
        /// 地方, of no level that is said
        Local = "local",
        /// 其他
        Other = "other",
    }
}

named_enum! {
    /// Out of what is paid (资金性质).
    FundNature: "一般公共预算 general_public, 政府性基金 government_fund, 国有资本经营预算 state_capital, 财政专户管理资金 special_account, 单位资金 unit_funds, 上年结转 carryover, 其他 other" {
        /// 一般公共预算
        GeneralPublic = "general_public",
        /// 政府性基金
        GovernmentFund = "government_fund",
        /// 国有资本经营预算
        StateCapital = "state_capital",
        /// 财政专户管理资金
        SpecialAccount = "special_account",
        /// 单位资金
        UnitFunds = "unit_funds",
        /// 上年结转
        Carryover = "carryover",
        /// 其他
        Other = "other",
    }
}

named_enum! {
    /// By what the list of budget lines may be sorted.
    BudgetLineSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
        /// By economic category.
        EconomicCategory = "economic_category",
    }
}

/// The order of the list.
pub type BudgetLineSort = Sort<BudgetLineSortKey>;

/// 支出经济分类 such as 培训费: full-width signs and letters are kept as their half-width forms, so
/// that 维修（护）费 and 维修(护)费 are one category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EconomicCategory(ShortText);

impl EconomicCategory {
    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    fn from_database(text: String) -> diesel::deserialize::Result<Self> {
        ShortText::from_text(&text).map(EconomicCategory).map_err(|misread| misread.detail.en.into())
    }
}

impl std::fmt::Display for EconomicCategory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromText for EconomicCategory {
    const PATTERN: &'static str = ShortText::PATTERN;
    const EXAMPLE: &'static str = "培训费";

    fn from_text(text: &str) -> Result<Self, Misread> {
        let text: String = text.chars().map(half_width).collect();
        ShortText::from_text(&text).map(EconomicCategory)
    }
}

crate::values::text_json!(EconomicCategory);
crate::values::text_sql!(EconomicCategory);

/// A budget line: one funding source × economic category of a project.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = budget_lines)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct BudgetLine {
    /// Its id.
    pub id: BudgetLineId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The project that the money is for.
    pub project_id: ProjectId,
    /// 预算年度, its project's.
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: i32,
    /// 资金来源
    pub funding_source: FundingSource,
    /// 支出经济分类
    pub economic_category: EconomicCategory,
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// 政府级次: which level of government pays
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub government_level: Option<GovernmentLevel>,
    /// 资金性质: out of what
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fund_nature: Option<FundNature>,
}

impl BudgetLine {
    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// The line as the core reads it.
    pub fn fund_line(&self) -> FundLine {
        NewBudgetLine::from(self).fund_line()
    }
}

/// A budget line as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewBudgetLine {
    /// 资金来源
    pub funding_source: FundingSource,
    /// 支出经济分类, unique in the project for its funding source.
    pub economic_category: EconomicCategory,
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// 政府级次: which level of government pays
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub government_level: Option<GovernmentLevel>,
    /// 资金性质: out of what
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub fund_nature: Option<FundNature>,
}

impl NewBudgetLine {
    /// The line as the core reads it.
    pub fn fund_line(&self) -> FundLine {
        FundLine {
            label: self.economic_category.to_string(),
            initial: self.initial_amount.yuan(),
            adjusted: self.adjusted_amount.yuan(),
            executed: self.executed_amount.yuan(),
        }
    }
}

impl From<&BudgetLine> for NewBudgetLine {
    fn from(line: &BudgetLine) -> NewBudgetLine {
        NewBudgetLine {
            funding_source: line.funding_source,
            economic_category: line.economic_category.clone(),
            initial_amount: line.initial_amount,
            adjusted_amount: line.adjusted_amount,
            executed_amount: line.executed_amount,
            government_level: line.government_level,
            fund_nature: line.fund_nature,
        }
    }
}

/// The parameters of the lists of budget lines.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct BudgetLineQuery {
    /// Only those of one of these fiscal years.
    #[deserr(default)]
    #[param(value_type = Vec<i32>, explode = true)]
    pub fiscal_year: Many<Parameter<i32>>,
    /// Only those of one of these funding sources.
    #[deserr(default)]
    #[param(value_type = Vec<FundingSource>, explode = true)]
    pub funding_source: Many<FundingSource>,
    /// Only those of one of these economic categories.
    #[deserr(default)]
    #[param(value_type = Vec<EconomicCategory>, explode = true)]
    pub economic_category: Many<EconomicCategory>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<BudgetLineSort>,
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

/// The sum of a project's budget lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct BudgetSummary {
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// adjusted − executed, yuan; negative when more was spent than budgeted.
    pub balance: Exact,
    /// 预算执行率: executed ÷ adjusted, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_rate: Option<Exact>,
    /// By 支出经济分类, in the order in which the lines were made.
    pub by_economic_category: Vec<CategorySum>,
    /// By 资金来源, in the order in which the lines were made.
    pub by_funding_source: Vec<SourceSum>,
}

/// The sum of one economic category.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategorySum {
    /// 支出经济分类
    pub economic_category: EconomicCategory,
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// executed ÷ adjusted, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_rate: Option<Exact>,
}

/// The sum of one funding source.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceSum {
    /// 资金来源
    pub funding_source: FundingSource,
    /// 年初预算数, yuan
    pub initial_amount: Money,
    /// 全年预算数, yuan
    pub adjusted_amount: Money,
    /// 全年执行数, yuan
    pub executed_amount: Money,
    /// executed ÷ adjusted, a ratio; absent when nothing was budgeted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_rate: Option<Exact>,
}

struct Sum {
    initial: Money,
    adjusted: Money,
    executed: Money,
    balance: Exact,
    rate: Option<Exact>,
}

fn sum<'a>(lines: impl Iterator<Item = &'a BudgetLine>) -> Sum {
    let funds: Vec<FundLine> = lines.map(BudgetLine::fund_line).collect();
    let execution = Execution::of_lines(&funds, Denominator::FullYear);
    Sum {
        initial: Money::from_yuan(execution.initial),
        adjusted: Money::from_yuan(execution.adjusted),
        executed: Money::from_yuan(execution.executed),
        balance: two_decimals(execution.balance),
        rate: execution.rate.map(six_decimals),
    }
}

/// A rate as it is shown: a ratio with six decimals.
pub fn six_decimals(rate: Decimal) -> Exact {
    let mut rate = rate;
    rate.rescale(6);
    Exact(rate)
}

/// An amount in yuan that may be negative, with two decimals.
pub fn two_decimals(amount: Decimal) -> Exact {
    let mut amount = amount;
    amount.rescale(2);
    Exact(amount)
}

impl BudgetSummary {
    /// The sum of `lines`.
    pub fn of(lines: &[BudgetLine]) -> BudgetSummary {
        let total = sum(lines.iter());
        let mut summary = BudgetSummary {
            initial_amount: total.initial,
            adjusted_amount: total.adjusted,
            executed_amount: total.executed,
            balance: total.balance,
            execution_rate: total.rate,
            by_economic_category: Vec::new(),
            by_funding_source: Vec::new(),
        };
        for line in lines {
            if !summary.by_economic_category.iter().any(|one| one.economic_category == line.economic_category) {
                let part = sum(lines.iter().filter(|other| other.economic_category == line.economic_category));
                summary.by_economic_category.push(CategorySum {
                    economic_category: line.economic_category.clone(),
                    initial_amount: part.initial,
                    adjusted_amount: part.adjusted,
                    executed_amount: part.executed,
                    execution_rate: part.rate,
                });
            }
            if !summary.by_funding_source.iter().any(|one| one.funding_source == line.funding_source) {
                let part = sum(lines.iter().filter(|other| other.funding_source == line.funding_source));
                summary.by_funding_source.push(SourceSum {
                    funding_source: line.funding_source,
                    initial_amount: part.initial,
                    adjusted_amount: part.adjusted,
                    executed_amount: part.executed,
                    execution_rate: part.rate,
                });
            }
        }
        summary
    }
}
