//! The settings of a profile that choose between rules.

/// Which budget amount the execution rate divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Denominator {
    /// 全年预算数, the adjusted amount.
    FullYear,
    /// 年初预算数, the initial amount.
    Initial,
}

/// Points of an `at_most` actual above its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Inverse {
    /// `w × A ÷ B`.
    Ratio,
    /// `w × max(0, 1 − (B − A) ÷ A)`.
    Linear,
}

/// How `equal` is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum EqualRule {
    /// As `at_least`.
    AtLeast,
    /// `w × max(0, 1 − |B − A| ÷ A)`.
    TwoSided,
}

/// How a level-1 sum is held against its expected weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Level1Bound {
    /// The sum is to be the weight.
    Exactly,
    /// The sum is to be the weight or more.
    AtLeast,
}

/// How a cost in money is compared whose target has no sign, or =.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum CostRule {
    /// As a limit.
    AtMost,
    /// As the target says: `=` and no sign ask for the amount to be reached.
    AsWritten,
}

impl CostRule {
    /// Both.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON: `at_most`, `as_written`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtMost => "at_most",
            Self::AsWritten => "as_written",
        }
    }

    /// The rule of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }
}

impl Denominator {
    /// Both.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON: `full_year`, `initial`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FullYear => "full_year",
            Self::Initial => "initial",
        }
    }

    /// The denominator of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }
}

impl Inverse {
    /// Both.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON: `ratio`, `linear`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::Linear => "linear",
        }
    }

    /// The rule of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }
}

impl EqualRule {
    /// Both.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON: `at_least`, `two_sided`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::TwoSided => "two_sided",
        }
    }

    /// The rule of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }
}

impl Level1Bound {
    /// Both.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON: `exactly`, `at_least`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::AtLeast => "at_least",
        }
    }

    /// The bound of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }
}
