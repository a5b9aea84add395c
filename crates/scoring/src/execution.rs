//! Budget execution: what was spent of what was budgeted.

use rust_decimal::Decimal;

use super::arithmetic::{round, sum};
use super::{Assessment, Denominator, FundLine, Profile};

/// The budget and its execution, over all lines, in yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Execution {
    /// 年初预算数, yuan.
    pub initial: Decimal,
    /// 全年预算数, yuan.
    pub adjusted: Decimal,
    /// 全年执行数, yuan.
    pub executed: Decimal,
    /// What the rate divides by under the profile, yuan: the adjusted or the initial amount.
    pub denominator: Decimal,
    /// 预算执行率 = executed ÷ denominator, a ratio of six decimals; none where the denominator is not
    /// above 0. Shown, and never scored: points come from the amounts.
    pub rate: Option<Decimal>,
    /// adjusted − executed, yuan.
    pub balance: Decimal,
}

impl Execution {
    /// The execution of an assessment's budget lines under a profile.
    ///
    /// ```
    /// use jixiao_scoring::{Assessment, Execution, FundLine, Profile};
    /// use rust_decimal::Decimal;
    /// let line = FundLine {
    ///     label: "培训费".to_owned(),
    ///     initial: Decimal::from(2_070_000),
    ///     adjusted: Decimal::from(2_070_000),
    ///     executed: Decimal::from(1_345_343),
    /// };
    /// let assessment = Assessment { lines: vec![line], ..Assessment::default() };
    /// let execution = Execution::of(&assessment, &Profile::shipped()[0]);
    /// assert_eq!(execution.rate, Some(Decimal::new(649_924, 6)));
    /// assert_eq!(execution.balance, Decimal::from(724_657));
    /// ```
    #[must_use]
    pub fn of(assessment: &Assessment, profile: &Profile) -> Self {
        Self::of_lines(&assessment.lines, profile.denominator.value)
    }

    /// The execution of some budget lines by that denominator.
    #[must_use]
    pub fn of_lines(lines: &[FundLine], denominator: Denominator) -> Self {
        let initial = sum(lines.iter().map(|line| line.initial));
        let adjusted = sum(lines.iter().map(|line| line.adjusted));
        let executed = sum(lines.iter().map(|line| line.executed));
        let denominator = match denominator {
            Denominator::FullYear => adjusted,
            Denominator::Initial => initial,
        };
        let mut execution =
            Self { initial, adjusted, executed, denominator, rate: None, balance: adjusted.saturating_sub(executed) };
        execution.rate = execution.exact_rate().map(|rate| round(rate, 6));
        execution
    }

    /// The rate as far as a decimal goes, a ratio; none where it is undefined.
    #[must_use]
    pub fn exact_rate(&self) -> Option<Decimal> {
        if self.denominator <= Decimal::ZERO {
            return None;
        }
        self.executed.checked_div(self.denominator)
    }
}
