//! A rule profile (评分规则): every setting of scoring as data, with its source.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{Bands, CostRule, Denominator, EqualRule, EvaluationKind, GradeLimits, Inverse, Level1Bound, shipped};

/// How sure we are of a setting. The full text of the ministry's documents was not at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Confidence {
    /// Read off a published form, or a note printed under one.
    PublishedForm,
    /// Read in a secondary source.
    Secondary,
    /// Our own choice where no source decides; never to be called statutory.
    Convention,
}

impl Confidence {
    /// Every step, surest first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublishedForm => "published_form",
            Self::Secondary => "secondary",
            Self::Convention => "convention",
        }
    }

    /// The step of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::PublishedForm => "已公开表格",
            Self::Secondary => "间接来源",
            Self::Convention => "惯例",
        }
    }
}

/// A setting with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// What holds.
    pub value: T,
    /// Where it comes from, in English.
    pub basis: Cow<'static, str>,
    /// Where it comes from, in Chinese.
    pub basis_zh: Cow<'static, str>,
    /// How sure that is.
    pub confidence: Confidence,
}

/// The expected weight of one or more level-1 groups together, in points, without the
/// `budget_execution` row. No `levels` means all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level1Rule {
    /// Level-1 names in their short form: 产出, 效益, 满意度; empty for all of them.
    pub levels: Cow<'static, [Cow<'static, str>]>,
    /// How the sum is compared.
    pub bound: Level1Bound,
    /// Points.
    pub weight: Decimal,
}

/// A named, versioned set of scoring settings; immutable once used, a change is a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The code that an assessment stores, for example `mof-2020`.
    pub code: Cow<'static, str>,
    /// The version that an assessment stores.
    pub version: u32,
    /// The name in Chinese.
    pub name_zh: Cow<'static, str>,
    /// The name in English.
    pub name_en: Cow<'static, str>,
    /// Which evaluations it is for.
    pub evaluation_kind: EvaluationKind,
    /// Expected weight of the execution row, points; none where it is an ordinary indicator.
    pub execution_weight: Sourced<Option<Decimal>>,
    /// Expected level-1 weights; a deviation is a warning.
    pub level1_weights: Sourced<Cow<'static, [Level1Rule]>>,
    /// What the execution rate divides by.
    pub denominator: Sourced<Denominator>,
    /// Points of an `at_most` actual above its target.
    pub inverse: Sourced<Inverse>,
    /// How `equal` is scored.
    pub equal: Sourced<EqualRule>,
    /// How a cost in money is compared whose target has no sign, or =.
    pub cost_without_sign: Sourced<CostRule>,
    /// Whether its forms have points; one without says of each row whether it was reached, and gives no total.
    pub is_scored: Sourced<bool>,
    /// Bands of a qualitative weight, ratios.
    pub bands: Sourced<Bands>,
    /// Where the grades begin, points.
    pub grade_limits: Sourced<GradeLimits>,
    /// An actual this many times better than its target is flagged, a ratio.
    pub over_achievement_factor: Sourced<Decimal>,
    /// A deviation reason is required below this execution rate, a ratio; and always below the weight.
    pub reason_execution_rate: Sourced<Decimal>,
    /// Declared and computed may differ by this much, points.
    pub tolerance: Sourced<Decimal>,
    /// A larger unspent share of the year's budget is flagged, a ratio.
    pub unspent_share: Sourced<Decimal>,
    /// A total that is further above the execution rate, as a share of 100, is flagged, a ratio.
    pub performance_lead: Sourced<Decimal>,
}

impl Profile {
    /// The shipped profiles, in every version: what an assessment was scored by stays.
    ///
    /// ```
    /// use jixiao_scoring::Profile;
    /// let codes: Vec<_> = Profile::latest_of_each().map(|profile| profile.code.as_ref()).collect();
    /// assert_eq!(codes[..3], ["mof-2020", "hubei-20-80", "mof-2020-department"]);
    /// assert_eq!(Profile::latest("mof-2020").map(|profile| profile.version), Some(2));
    /// assert!(Profile::find("mof-2020", 1).is_some());
    /// ```
    #[must_use]
    pub fn shipped() -> &'static [Self] {
        shipped::SHIPPED.as_slice()
    }

    /// The latest version of each profile, the default first.
    pub fn latest_of_each() -> impl Iterator<Item = &'static Self> {
        Self::shipped()
            .iter()
            .filter(|profile| Self::latest(&profile.code).is_some_and(|latest| latest.version == profile.version))
    }

    /// The shipped profile of that code and version.
    #[must_use]
    pub fn find(code: &str, version: u32) -> Option<&'static Self> {
        Self::shipped().iter().find(|profile| profile.code == code && profile.version == version)
    }

    /// The highest shipped version of that code.
    #[must_use]
    pub fn latest(code: &str) -> Option<&'static Self> {
        Self::shipped().iter().filter(|profile| profile.code == code).max_by_key(|profile| profile.version)
    }

    /// The profile of an evaluation that names none.
    ///
    /// ```
    /// use jixiao_scoring::{EvaluationKind, Profile};
    /// let profile = Profile::default_for(EvaluationKind::DepartmentEvaluation);
    /// assert_eq!(profile.code, "mof-2020-department");
    /// ```
    #[must_use]
    pub fn default_for(kind: EvaluationKind) -> &'static Self {
        let [mof_2020, _, _, _, department, ..] = &*shipped::SHIPPED;
        match kind {
            EvaluationKind::UnitSelfAssessment => mof_2020,
            EvaluationKind::DepartmentEvaluation => department,
        }
    }
}
