//! The cases of the scoring rule: which one a row falls under.

/// How a row came by its points. Every case has a stable id and a sentence in two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
#[expect(missing_docs, reason = "the sentence of each case is its documentation, in case_text.rs")]
pub enum Case {
    BudgetExecutionFull,
    BudgetExecutionBelow,
    BudgetExecutionUndefined,
    AtLeastMet,
    AtLeastBelowTarget,
    AtLeastTargetNotPositive,
    AtMostMet,
    AtMostAboveTargetRatio,
    AtMostAboveTargetLinear,
    AtMostTargetNotPositive,
    EqualMet,
    EqualBelowTarget,
    EqualOffTarget,
    EqualTargetNotPositive,
    BetweenInside,
    BetweenBelow,
    BetweenAbove,
    BetweenTargetNotPositive,
    DeadlineMet,
    DeadlineLateInBand,
    DeadlineLateOutsideBand,
    DeadlineLateNotDeclared,
    DeadlineLateCapped,
    DeadlineLateWithoutAssessment,
    QualitativeInBand,
    QualitativeOutsideBand,
    QualitativeNotDeclared,
    QualitativeNotStated,
    QualitativeNotStatedNotDeclared,
    ActualMissing,
    ActualUnusable,
    TargetMissing,
    WeightMissing,
    NotDone,
    NotApplicable,
    NotYetAvailable,
    NoSurvey,
}

impl Case {
    /// Every case, in the order of the specification.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The stable id, for example `at_least.below_target`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BudgetExecutionFull => "budget_execution.full",
            Self::BudgetExecutionBelow => "budget_execution.below",
            Self::BudgetExecutionUndefined => "budget_execution.undefined",
            Self::AtLeastMet => "at_least.met",
            Self::AtLeastBelowTarget => "at_least.below_target",
            Self::AtLeastTargetNotPositive => "at_least.target_not_positive",
            Self::AtMostMet => "at_most.met",
            Self::AtMostAboveTargetRatio => "at_most.above_target_ratio",
            Self::AtMostAboveTargetLinear => "at_most.above_target_linear",
            Self::AtMostTargetNotPositive => "at_most.target_not_positive",
            Self::EqualMet => "equal.met",
            Self::EqualBelowTarget => "equal.below_target",
            Self::EqualOffTarget => "equal.off_target",
            Self::EqualTargetNotPositive => "equal.target_not_positive",
            Self::BetweenInside => "between.inside",
            Self::BetweenBelow => "between.below",
            Self::BetweenAbove => "between.above",
            Self::BetweenTargetNotPositive => "between.target_not_positive",
            Self::DeadlineMet => "deadline.met",
            Self::DeadlineLateInBand => "deadline.late_in_band",
            Self::DeadlineLateOutsideBand => "deadline.late_outside_band",
            Self::DeadlineLateNotDeclared => "deadline.late_not_declared",
            Self::DeadlineLateCapped => "deadline.late_capped",
            Self::DeadlineLateWithoutAssessment => "deadline.late_without_assessment",
            Self::QualitativeInBand => "qualitative.in_band",
            Self::QualitativeOutsideBand => "qualitative.outside_band",
            Self::QualitativeNotDeclared => "qualitative.not_declared",
            Self::QualitativeNotStated => "qualitative.achievement_not_stated",
            Self::QualitativeNotStatedNotDeclared => "qualitative.achievement_not_stated_not_declared",
            Self::ActualMissing => "actual_missing",
            Self::ActualUnusable => "actual_unusable",
            Self::TargetMissing => "target_missing",
            Self::WeightMissing => "weight_missing",
            Self::NotDone => "status.not_done",
            Self::NotApplicable => "status.not_applicable",
            Self::NotYetAvailable => "status.not_yet_available",
            Self::NoSurvey => "status.no_survey",
        }
    }

    /// The case of that id, if there is one.
    ///
    /// ```
    /// use jixiao_scoring::Case;
    /// let case = Case::from_name("at_least.below_target");
    /// assert_eq!(case, Some(Case::AtLeastBelowTarget));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// Whether the row has the figures that its points rest on. Only such rows lose anything in the
    /// attainable total: a value that is missing may still turn out well.
    ///
    /// ```
    /// use jixiao_scoring::Case;
    /// assert!(Case::AtLeastBelowTarget.has_figures());
    /// assert!(!Case::ActualMissing.has_figures());
    /// ```
    #[must_use]
    pub const fn has_figures(self) -> bool {
        !matches!(
            self,
            Self::BudgetExecutionUndefined
                | Self::DeadlineLateWithoutAssessment
                | Self::QualitativeNotStatedNotDeclared
                | Self::ActualMissing
                | Self::ActualUnusable
                | Self::TargetMissing
                | Self::WeightMissing
                | Self::NotApplicable
                | Self::NotYetAvailable
        )
    }
}
