//! What `jixiao check` says of a form of goals.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::forms::{Cited, Form, FundRow};

/// What a form of goals says beside its rows.
#[derive(Debug, Serialize)]
pub struct CheckedGoals {
    /// 长期目标
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_goal: Option<String>,
    /// 年度目标
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annual_goal: Option<String>,
    /// 年度资金总额, yuan
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial_amount: Option<String>,
    /// The points of all rows together, where each has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
}

impl CheckedGoals {
    /// Of a form of goals.
    pub fn of(form: &Form) -> CheckedGoals {
        let text = |cited: &Option<Cited<String>>| cited.as_ref().map(|cited| cited.value.clone());
        let amount = |row: &FundRow| row.initial.as_ref().map(|cited| cited.value);
        let total = form.fund_total().map(amount).unwrap_or_else(|| form.fund_lines().map(amount).sum());
        let weight: Option<Decimal> =
            form.indicators.iter().map(|row| row.weight.as_ref().map(|cited| cited.value)).sum();
        CheckedGoals {
            overall_goal: text(&form.overall_goal),
            annual_goal: text(&form.expected_goal),
            initial_amount: total.filter(|total| !total.is_zero()).map(|total| total.to_string()),
            weight: weight.map(|weight| weight.to_string()),
        }
    }

    /// One line each.
    pub fn lines(&self) -> Vec<String> {
        let said = [
            ("长期目标 overall goal", &self.overall_goal),
            ("年度目标 annual goal", &self.annual_goal),
            ("年度资金 amount of the year (元)", &self.initial_amount),
            ("分值合计 weights", &self.weight),
        ];
        said.into_iter().filter_map(|(name, text)| Some(format!("{name}: {}", text.as_ref()?))).collect()
    }
}
