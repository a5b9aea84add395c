//! The codes of findings and their severity.

use super::catalogue::{Entry, declared, funds, results, shape, status, texts, weights};

/// What a finding does to a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::VariantArray)]
pub enum Severity {
    /// Blocks submission.
    Error,
    /// Goes to the reviewer.
    Warning,
    /// For information.
    Info,
}

impl Severity {
    /// Every severity, gravest first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }

    /// The severity of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警告",
            Self::Info => "提示",
        }
    }
}

/// What can be found, in the order of the specification. Each variant's meaning is its [`Entry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::VariantArray)]
#[expect(missing_docs, reason = "the catalogue's entry of each code is its documentation")]
pub enum FindingCode {
    WeightsNot100,
    WeightMissing,
    Level1WeightUnusual,
    ActualMissing,
    TargetMissing,
    ReasonMissing,
    ExecutionRateUndefined,
    ExecutedExceedsBudget,
    FundLinesDoNotAddUp,
    LargeUnspentBalance,
    DeclaredExceedsWeight,
    DeclaredDiffersFromComputed,
    DeclaredTotalDiffersFromRows,
    DeclaredTotalExceedsAttainable,
    PerformanceOutrunsSpending,
    OverAchievement,
    UnitMismatch,
    ApproximateActual,
    DirectionSuspicious,
    DuplicateIndicator,
    IdenticalGoals,
    StatedCountDiffers,
    AchievementInferred,
    AchievementNotStated,
    ActualUnusable,
    FigureNotRead,
    WordingOpposite,
    PercentScaleSuspected,
    MagnitudeSuspected,
    PeriodEndsEarly,
    LateWithoutAssessment,
    LateCapped,
    DeclaredOutsideBand,
    GradeDiffers,
    AmountUnitSuspicious,
    AllFullMarks,
    RowNotDone,
    RowWithoutResult,
    DirectionAssumed,
    UnitConverted,
    ClassSuspicious,
    DeclaredMissing,
}

impl FindingCode {
    /// Every code, in the order of the specification.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The code's entry: severity, title, explanation, remedy, example.
    #[must_use]
    pub const fn entry(self) -> &'static Entry {
        match self {
            Self::WeightsNot100 => &weights::WEIGHTS_NOT_100,
            Self::WeightMissing => &weights::WEIGHT_MISSING,
            Self::Level1WeightUnusual => &weights::LEVEL1_WEIGHT_UNUSUAL,
            Self::ActualMissing => &results::ACTUAL_MISSING,
            Self::TargetMissing => &results::TARGET_MISSING,
            Self::ReasonMissing => &results::REASON_MISSING,
            Self::ExecutionRateUndefined => &funds::EXECUTION_RATE_UNDEFINED,
            Self::ExecutedExceedsBudget => &funds::EXECUTED_EXCEEDS_BUDGET,
            Self::FundLinesDoNotAddUp => &funds::FUND_LINES_DO_NOT_ADD_UP,
            Self::LargeUnspentBalance => &funds::LARGE_UNSPENT_BALANCE,
            Self::DeclaredExceedsWeight => &declared::DECLARED_EXCEEDS_WEIGHT,
            Self::DeclaredDiffersFromComputed => &declared::DECLARED_DIFFERS_FROM_COMPUTED,
            Self::DeclaredTotalDiffersFromRows => &declared::DECLARED_TOTAL_DIFFERS_FROM_ROWS,
            Self::DeclaredTotalExceedsAttainable => &declared::DECLARED_TOTAL_EXCEEDS_ATTAINABLE,
            Self::PerformanceOutrunsSpending => &declared::PERFORMANCE_OUTRUNS_SPENDING,
            Self::OverAchievement => &results::OVER_ACHIEVEMENT,
            Self::UnitMismatch => &results::UNIT_MISMATCH,
            Self::ApproximateActual => &results::APPROXIMATE_ACTUAL,
            Self::DirectionSuspicious => &shape::DIRECTION_SUSPICIOUS,
            Self::DuplicateIndicator => &shape::DUPLICATE_INDICATOR,
            Self::IdenticalGoals => &shape::IDENTICAL_GOALS,
            Self::StatedCountDiffers => &shape::STATED_COUNT_DIFFERS,
            Self::AchievementInferred => &results::ACHIEVEMENT_INFERRED,
            Self::AchievementNotStated => &results::ACHIEVEMENT_NOT_STATED,
            Self::ActualUnusable => &results::ACTUAL_UNUSABLE,
            Self::FigureNotRead => &texts::FIGURE_NOT_READ,
            Self::WordingOpposite => &texts::WORDING_OPPOSITE,
            Self::PercentScaleSuspected => &texts::PERCENT_SCALE_SUSPECTED,
            Self::MagnitudeSuspected => &texts::MAGNITUDE_SUSPECTED,
            Self::PeriodEndsEarly => &texts::PERIOD_ENDS_EARLY,
            Self::LateWithoutAssessment => &results::LATE_WITHOUT_ASSESSMENT,
            Self::LateCapped => &results::LATE_CAPPED,
            Self::DeclaredOutsideBand => &declared::DECLARED_OUTSIDE_BAND,
            Self::GradeDiffers => &declared::GRADE_DIFFERS,
            Self::AmountUnitSuspicious => &funds::AMOUNT_UNIT_SUSPICIOUS,
            Self::AllFullMarks => &declared::ALL_FULL_MARKS,
            Self::RowNotDone => &status::ROW_NOT_DONE,
            Self::RowWithoutResult => &status::ROW_WITHOUT_RESULT,
            Self::DirectionAssumed => &status::DIRECTION_ASSUMED,
            Self::UnitConverted => &status::UNIT_CONVERTED,
            Self::ClassSuspicious => &status::CLASS_SUSPICIOUS,
            Self::DeclaredMissing => &status::DECLARED_MISSING,
        }
    }

    /// The name in JSON and in the database.
    ///
    /// ```
    /// use jixiao_scoring::findings::{FindingCode, Severity};
    /// assert_eq!(FindingCode::WeightsNot100.as_str(), "weights_not_100");
    /// assert_eq!(FindingCode::from_name("all_full_marks"), Some(FindingCode::AllFullMarks));
    /// assert_eq!(FindingCode::AllFullMarks.severity(), Severity::Info);
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.entry().code
    }

    /// The code of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// What the finding does to a draft.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.entry().severity
    }
}
