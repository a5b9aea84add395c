//! What is scored: budget lines, weighted rows with their results, and what the unit declares.

use rust_decimal::Decimal;

use super::{Achievement, Actual, Comparison, CostRule, Measure, Profile, RowStatus, Target, parse_target};

/// One budget line (项目资金), amounts in yuan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundLine {
    /// How evidence names the line, for example `培训费`.
    pub label: String,
    /// 年初预算数, yuan.
    pub initial: Decimal,
    /// 全年预算数, yuan.
    pub adjusted: Decimal,
    /// 全年执行数, yuan.
    pub executed: Decimal,
}

/// The fund totals printed on the form (年度资金总额), in yuan; evidence only, never scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatedAmounts {
    /// 年初预算数, yuan.
    pub initial: Option<Decimal>,
    /// 全年预算数, yuan.
    pub adjusted: Option<Decimal>,
    /// 全年执行数, yuan.
    pub executed: Option<Decimal>,
}

/// One indicator with its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 一级指标, as written.
    pub level1: String,
    /// 二级指标, as written.
    pub level2: String,
    /// 三级指标, as written.
    pub name: String,
    /// 分值, points; none where the form prints none, which leaves nothing to compute. A negative weight scores as 0.
    pub weight: Option<Decimal>,
    /// Which rule applies.
    pub measure: Measure,
    /// For `number`; none reads as `at_least`, as nothing written does.
    pub comparison: Option<Comparison>,
    /// 年度指标值, as understood.
    pub target: Option<Target>,
    /// 年度指标值, as written.
    pub target_text: Option<String>,
    /// 实际完成值, as understood.
    pub actual: Option<Actual>,
    /// 实际完成值, as written.
    pub actual_text: Option<String>,
    /// What the unit states; inference is scoring's own and does not belong here.
    pub achievement: Option<Achievement>,
    /// 自评得分, points.
    pub declared_score: Option<Decimal>,
    /// 复核得分, points; held to 0 ≤ reviewed ≤ weight.
    pub reviewed_score: Option<Decimal>,
    /// 偏差原因分析及改进措施; `无`, `/`, `—` and empty count as none.
    pub deviation_reason: Option<String>,
    /// 指标状态 as stated; where none is stated, the words of the actual may say it.
    pub status: Option<RowStatus>,
}

impl Row {
    /// A row of that name, measure and weight, with nothing else given.
    #[must_use]
    pub fn new(name: &str, measure: Measure, weight: impl Into<Option<Decimal>>) -> Self {
        Self {
            level1: String::new(),
            level2: String::new(),
            name: name.to_owned(),
            weight: weight.into(),
            measure,
            comparison: None,
            target: None,
            target_text: None,
            actual: None,
            actual_text: None,
            achievement: None,
            declared_score: None,
            reviewed_score: None,
            deviation_reason: None,
            status: None,
        }
    }

    /// A row read from its texts: the target decides the measure, the actual is read beside it.
    ///
    /// ```
    /// use jixiao_scoring::{Measure, Row};
    /// use rust_decimal::Decimal;
    /// let row = Row::from_texts("培训人数", Decimal::TEN, Some("≥343人次"), Some("1200余名"));
    /// assert_eq!(row.measure, Measure::Number);
    /// ```
    #[must_use]
    pub fn from_texts(
        name: &str,
        weight: impl Into<Option<Decimal>>,
        target_text: Option<&str>,
        actual_text: Option<&str>,
    ) -> Self {
        let parsed = super::parse_target(target_text.unwrap_or_default(), None);
        let actual = super::parse_actual(
            actual_text.unwrap_or_default(),
            parsed.measure,
            parsed.target.as_ref(),
            parsed.comparison,
        );
        Self {
            comparison: parsed.comparison,
            target: parsed.target,
            target_text: target_text.map(str::to_owned),
            actual,
            actual_text: actual_text.map(str::to_owned),
            ..Self::new(name, parsed.measure, weight)
        }
    }

    /// What became of the row: as stated, or by the words of its actual where they are no figure.
    #[must_use]
    pub fn status(&self) -> RowStatus {
        let read = || {
            let is_text = matches!(self.actual, None | Some(super::Actual::Text(_)));
            let is_of_words = is_text && self.measure != Measure::BudgetExecution;
            let found = RowStatus::of_words(self.actual_text.as_deref().filter(|_| is_of_words)?, &self.name)?;
            // 未完成 beside words is the grade 未达成, which has a band of points.
            let is_grade = self.measure == Measure::Qualitative
                && self.actual_text.as_deref().is_some_and(|text| text.contains("未完成"));
            (!is_grade).then_some(found)
        };
        self.status.or_else(read).unwrap_or(RowStatus::Reported)
    }

    /// How the target bounds the actual under a profile. A cost in money that is written with no sign, or with =, is a
    /// limit: nobody plans to spend at least so much.
    #[must_use]
    pub fn comparison_under(&self, profile: &Profile) -> Comparison {
        match profile.cost_without_sign.value {
            CostRule::AtMost if self.is_cost_without_sign() => Comparison::AtMost,
            _ => self.comparison.unwrap_or(Comparison::AtLeast),
        }
    }

    /// Whether it is a cost in money whose target was written with no sign, or with =.
    #[must_use]
    pub fn is_cost_without_sign(&self) -> bool {
        let is_cost = [&self.level1, &self.level2].iter().any(|level| level.contains("成本"));
        let is_money = match &self.target {
            Some(Target::Number { bound, upper: None }) => bound.scaled().1 == Some("元"),
            _ => false,
        };
        let is_plain = || match (self.comparison, self.target_text.as_deref()) {
            (Some(Comparison::AtMost | Comparison::Between), _) => false,
            (_, Some(text)) => parse_target(text, None).sign.is_none_or(|sign| sign.contains(['=', '＝', '等'])),
            // Given by itself, it is what is given.
            (comparison, None) => comparison == Some(Comparison::Equal),
        };
        self.measure == Measure::Number && is_cost && is_money && is_plain()
    }

    /// Whether a deviation reason is given that says something.
    #[must_use]
    pub fn has_deviation_reason(&self) -> bool {
        says_something(self.deviation_reason.as_deref())
    }
}

/// A self-assessment or department evaluation, ready to be scored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    /// The register's budget lines: the only source of the execution rate.
    pub lines: Vec<FundLine>,
    /// Fund totals as the form prints them.
    pub stated: StatedAmounts,
    /// 总体目标.
    pub overall_goal: Option<String>,
    /// 年度目标.
    pub annual_goal: Option<String>,
    /// The indicators, in the order of the form.
    pub rows: Vec<Row>,
    /// The points that the form prints at level 1, `产出指标(40分)`; evidence only, where rows have no weights.
    pub level1_points: Vec<(String, Decimal)>,
    /// 自评总分, points.
    pub declared_total: Option<Decimal>,
    /// The grade word as written, for example `优秀`.
    pub declared_grade_text: Option<String>,
    /// The number of indicators the report says it has.
    pub stated_indicator_count: Option<u32>,
    /// A deviation reason for the form as a whole. It answers for a low execution rate where no row
    /// measures execution; a form without such a row could otherwise never give its reason.
    pub deviation_reason: Option<String>,
}

impl Assessment {
    /// Whether the form as a whole gives a deviation reason that says something.
    #[must_use]
    pub fn has_deviation_reason(&self) -> bool {
        says_something(self.deviation_reason.as_deref())
    }
}

fn says_something(text: Option<&str>) -> bool {
    text.is_some_and(|text| !super::is_not_given(text))
}
