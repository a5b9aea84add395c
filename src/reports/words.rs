//! How figures and names are written in a report.

use rust_decimal::Decimal;

use crate::budgets::model::FundingSource;
use crate::findings::{Language, Severity};
use crate::scoring::{Achievement, EvaluationKind, Grade};
use crate::values::{Exact, Money, Points};

/// Chooses between the two languages of a report.
macro_rules! say {
    ($language:expr, $zh:expr, $en:expr) => {
        match $language {
            $crate::findings::Language::Zh => $zh,
            $crate::findings::Language::En => $en,
        }
    };
}
pub(super) use say;

/// Yuan of a 万元.
const TEN_THOUSAND: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);

/// An amount in 万元, to the last digit and no further: 134.5343.
pub fn ten_thousands(amount: Money) -> String {
    (amount.yuan() / TEN_THOUSAND).normalize().to_string()
}

/// A ratio as a percentage with two decimals: 64.99%.
pub fn percentage(ratio: Exact) -> String {
    format!("{:.2}%", (ratio.0 * Decimal::ONE_HUNDRED).round_dp(2))
}

/// Points, if there are any.
pub fn points(value: Option<Points>) -> String {
    value.map(|points| points.to_string()).unwrap_or_default()
}

/// The grade in a word.
pub fn grade(grade: Grade, language: Language) -> String {
    say!(language, grade.zh(), grade.as_str()).to_owned()
}

/// How bad a finding is, in a word.
pub fn severity(severity: Severity, language: Language) -> String {
    say!(language, severity.zh(), severity.as_str()).to_owned()
}

/// How far a qualitative target was achieved.
pub fn achievement(value: Achievement, language: Language) -> &'static str {
    match value {
        Achievement::Achieved => say!(language, "达成预期指标", "achieved"),
        Achievement::Partial => say!(language, "部分达成预期指标", "partly achieved"),
        Achievement::NotAchieved => say!(language, "未达成预期指标", "not achieved"),
    }
}

/// Where the money comes from; a name that is not known stays as it is.
pub fn funding_source(name: &str, language: Language) -> String {
    match FundingSource::from_name(name) {
        Some(FundingSource::CurrentAppropriation) => say!(language, "当年财政拨款", "current appropriation"),
        Some(FundingSource::Carryover) => say!(language, "上年结转资金", "carry-over"),
        Some(FundingSource::SpecialAccount) => say!(language, "财政专户管理资金", "special account"),
        Some(FundingSource::Other) => say!(language, "其他资金", "other funds"),
        None => name,
    }
    .to_owned()
}

/// What kind of report it is.
pub fn title(kind: EvaluationKind, language: Language) -> String {
    match kind {
        EvaluationKind::UnitSelfAssessment => {
            say!(language, "项目支出绩效自评报告", "Self-assessment report on project performance")
        }
        EvaluationKind::DepartmentEvaluation => {
            say!(language, "项目支出部门绩效评价报告", "Department evaluation report on project performance")
        }
    }
    .to_owned()
}

/// A whole number up to ten in Chinese, as headings count.
pub fn counted(number: usize) -> String {
    const DIGITS: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    DIGITS.get(number).map_or_else(|| number.to_string(), ToString::to_string)
}
