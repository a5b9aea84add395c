//! The grade of a total: 优, 良, 中, 差.

use rust_decimal::Decimal;

/// The grade (等级) that a total gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::VariantArray)]
pub enum Grade {
    /// 优.
    Excellent,
    /// 良.
    Good,
    /// 中.
    Fair,
    /// 差.
    Poor,
}

impl Grade {
    /// Every grade, best first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }

    /// The grade of that name, if there is one.
    ///
    /// ```
    /// use jixiao_scoring::Grade;
    /// assert_eq!(Grade::from_name("fair"), Some(Grade::Fair));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The word on the form. There are four; 优秀, for one, is not among them.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Excellent => "优",
            Self::Good => "良",
            Self::Fair => "中",
            Self::Poor => "差",
        }
    }

    /// The grade that a form's word names, if the word is in the scale.
    ///
    /// ```
    /// use jixiao_scoring::Grade;
    /// assert_eq!(Grade::from_zh("优"), Some(Grade::Excellent));
    /// assert_eq!(Grade::from_zh("优秀"), None);
    /// ```
    #[must_use]
    pub fn from_zh(word: &str) -> Option<Self> {
        let word = word.trim();
        Self::ALL.iter().copied().find(|one| one.zh() == word)
    }
}

/// The totals, in points, from which the grades begin. 90 / 80 / 60 in every shipped profile
/// (frame 财预〔2020〕10号; confidence: secondary).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GradeLimits {
    /// Excellent from this total on.
    pub excellent: Decimal,
    /// Good from this total on.
    pub good: Decimal,
    /// Fair from this total on; poor below it.
    pub fair: Decimal,
}

impl GradeLimits {
    /// The grade of a rounded total, in points: 90.00 is excellent, 89.99 is good.
    ///
    /// ```
    /// use jixiao_scoring::{Grade, Profile};
    /// use rust_decimal::Decimal;
    /// let profile = Profile::latest("mof-2020").expect("shipped");
    /// assert_eq!(profile.grade_limits.value.grade(Decimal::new(9000, 2)), Grade::Excellent);
    /// assert_eq!(profile.grade_limits.value.grade(Decimal::new(8999, 2)), Grade::Good);
    /// ```
    #[must_use]
    pub fn grade(&self, total: Decimal) -> Grade {
        if total >= self.excellent {
            Grade::Excellent
        } else if total >= self.good {
            Grade::Good
        } else if total >= self.fair {
            Grade::Fair
        } else {
            Grade::Poor
        }
    }
}
