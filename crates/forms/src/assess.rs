//! A form as the core scores it.

use rust_decimal::Decimal;

use super::model::{Cited, Form, FormIndicator};
use jixiao_scoring::findings::has_levels_of;
use jixiao_scoring::{Assessment, EvaluationKind, FundLine, Measure, Profile, Row, StatedAmounts};

/// 一级指标 of the row that the funds are scored by.
pub const EXECUTION_LEVEL: &str = "预算执行";
/// Its name.
pub const EXECUTION_NAME: &str = "预算执行率";

/// Whether an indicator is the execution rate itself, and not one that only speaks of it (预算执行率达标单位数).
pub fn is_execution(name: &str) -> bool {
    super::label::bare(name).0.ends_with(EXECUTION_NAME)
}

impl Form {
    /// The row of the execution rate, which forms print among the funds: its weight and declared score, points.
    /// None where the indicators have the same points.
    pub fn execution(&self) -> Option<(Decimal, Option<Decimal>)> {
        let total = self.execution_row()?;
        let weight = value(&total.weight)?;
        let has_own = self.indicators.iter().any(|one| is_execution(&one.name.value));
        let sum =
            self.indicators.iter().filter_map(|one| value(&one.weight)).try_fold(Decimal::ZERO, Decimal::checked_add);
        let printed = value(&self.total_weight).unwrap_or(Decimal::ONE_HUNDRED);
        // Where the indicators alone make up what the form is out of, the funds print the points of one of them again.
        let is_again = has_own && sum.is_some_and(|sum| sum >= printed);
        (!is_again).then_some((weight, value(&total.score)))
    }

    /// The row of the funds that prints the points of the execution rate: the total, or the one that has them.
    pub fn execution_row(&self) -> Option<&super::FundRow> {
        let has_points = |row: &&super::FundRow| row.weight.is_some();
        self.fund_total().filter(has_points).or_else(|| self.funds.iter().find(has_points)).or(self.fund_total())
    }

    /// The form as the core scores it; a row without a weight has none.
    pub fn assessment(&self) -> Assessment {
        let line = |fund: &super::FundRow| FundLine {
            label: fund.category(),
            initial: value(&fund.initial).unwrap_or_default(),
            adjusted: value(&fund.adjusted).unwrap_or_default(),
            executed: value(&fund.executed).unwrap_or_default(),
        };
        let execution = self.execution().map(|(weight, score)| Row {
            level1: EXECUTION_LEVEL.to_owned(),
            declared_score: score,
            ..Row::new(EXECUTION_NAME, Measure::BudgetExecution, weight)
        });
        let total = self.fund_total();
        let stated =
            |amount: fn(&super::FundRow) -> &Option<Cited<Decimal>>| total.and_then(|total| value(amount(total)));
        Assessment {
            lines: self.fund_lines().map(line).collect(),
            stated: StatedAmounts {
                initial: stated(|total| &total.initial),
                adjusted: stated(|total| &total.adjusted),
                executed: stated(|total| &total.executed),
            },
            overall_goal: None,
            annual_goal: self.expected_goal.as_ref().map(|goal| goal.value.clone()),
            rows: execution.into_iter().chain(self.indicators.iter().map(row)).collect(),
            level1_points: self.level1_points.clone(),
            declared_total: value(&self.total_score),
            declared_grade_text: self.grade.as_ref().map(|grade| grade.value.clone()),
            stated_indicator_count: None,
            deviation_reason: None,
        }
    }
}

impl super::FundRow {
    /// What the row is called in the register: its label without 其中.
    pub fn category(&self) -> String {
        let bare = self.label.trim_end_matches([':', '：']);
        bare.trim_start_matches("其中").trim_start_matches([':', '：', ' ']).trim().to_owned()
    }
}

/// The profile of unit self-assessments whose execution rate has the points that the form gives it, and whose levels have
/// its sums; that of transfer payments for a form without points by design.
pub fn suited(form: &Form) -> &'static Profile {
    let weight: Option<Decimal> = form.execution().map(|(weight, _)| weight);
    let default = Profile::default_for(EvaluationKind::UnitSelfAssessment);
    if form.is_unscored() {
        return Profile::latest("transfer-payment").unwrap_or(default);
    }
    let fits = |profile: &&Profile| {
        profile.evaluation_kind == EvaluationKind::UnitSelfAssessment
            && profile.is_scored.value
            && profile.execution_weight.value == weight
    };
    let assessment = form.assessment();
    let candidates = || Profile::latest_of_each().filter(fits).filter(|_| weight.is_some());
    // Several have the same points for the execution rate: the levels tell them apart.
    candidates().find(|profile| has_levels_of(&assessment, profile)).or_else(|| candidates().next()).unwrap_or(default)
}

fn value<T: Clone>(cited: &Option<Cited<T>>) -> Option<T> {
    cited.as_ref().map(|cited| cited.value.clone())
}

fn row(indicator: &FormIndicator) -> Row {
    let text = |cited: &Option<Cited<String>>| value(cited);
    let (target, actual) = (text(&indicator.target), text(&indicator.actual));
    let weight = value(&indicator.weight);
    let is_execution = is_execution(&indicator.name.value);
    let read = Row::from_texts(&indicator.name.value, weight, target.as_deref(), actual.as_deref());
    Row {
        level1: text(&indicator.level1).unwrap_or_default(),
        level2: text(&indicator.level2).unwrap_or_default(),
        measure: if is_execution { Measure::BudgetExecution } else { read.measure },
        declared_score: value(&indicator.score),
        deviation_reason: text(&indicator.reason),
        ..read
    }
}
