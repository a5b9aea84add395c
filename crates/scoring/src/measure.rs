//! What kind of thing an indicator measures, and how its actual is compared with its target.

/// The nature of an indicator (指标性质): it decides which rule of scoring applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Measure {
    /// 预算执行率: taken from the budget lines, never from a printed rate.
    BudgetExecution,
    /// A number with a unit, compared by a [`Comparison`].
    Number,
    /// A month or a date, not to be later than the target.
    Deadline,
    /// A text, judged by a stated [`super::Achievement`].
    Qualitative,
}

impl Measure {
    /// Every measure, in the order of the specification.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BudgetExecution => "budget_execution",
            Self::Number => "number",
            Self::Deadline => "deadline",
            Self::Qualitative => "qualitative",
        }
    }

    /// The measure of that name, if there is one.
    ///
    /// ```
    /// use jixiao_scoring::Measure;
    /// assert_eq!(Measure::from_name("deadline"), Some(Measure::Deadline));
    /// assert_eq!(Measure::from_name("Deadline"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::BudgetExecution => "预算执行率",
            Self::Number => "定量",
            Self::Deadline => "时限",
            Self::Qualitative => "定性",
        }
    }
}

/// How an actual is compared with a numeric target. Strict and non-strict signs score alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Comparison {
    /// ≥, >, 以上, 不低于, 不少于, 达到, or nothing written.
    AtLeast,
    /// ≤, <, 以下, 不超过, 以内, 控制在.
    AtMost,
    /// =.
    Equal,
    /// 10-15, 10~15, 10至15.
    Between,
}

impl Comparison {
    /// Every comparison, in the order of the specification.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::Equal => "equal",
            Self::Between => "between",
        }
    }

    /// The comparison of that name, if there is one.
    ///
    /// ```
    /// use jixiao_scoring::Comparison;
    /// assert_eq!(Comparison::from_name("at_most"), Some(Comparison::AtMost));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::AtLeast => "不低于",
            Self::AtMost => "不超过",
            Self::Equal => "等于",
            Self::Between => "介于",
        }
    }

    /// The sign that stands for it in a target: `≥`, `≤`, `=`, and `~` between two bounds.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => "≥",
            Self::AtMost => "≤",
            Self::Equal => "=",
            Self::Between => "~",
        }
    }
}
