//! How far a qualitative target was reached.

/// The three steps of achievement a unit states for a qualitative indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Achievement {
    /// 达成年度指标.
    Achieved,
    /// 部分达成年度指标并具有一定效果.
    Partial,
    /// 未达成年度指标且效果较差.
    NotAchieved,
}

impl Achievement {
    /// Every step, best first.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Achieved => "achieved",
            Self::Partial => "partial",
            Self::NotAchieved => "not_achieved",
        }
    }

    /// The step of that name, if there is one.
    ///
    /// ```
    /// use jixiao_scoring::Achievement;
    /// assert_eq!(Achievement::from_name("partial"), Some(Achievement::Partial));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Achieved => "达成",
            Self::Partial => "部分达成",
            Self::NotAchieved => "未达成",
        }
    }
}
