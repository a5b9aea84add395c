//! Who evaluates: the unit itself, or the department above it.

/// The kind of evaluation a form and a profile are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum EvaluationKind {
    /// 单位自评: the unit scores its own project.
    UnitSelfAssessment,
    /// 部门评价: 决策, 过程, 产出, 效益 as level 1.
    DepartmentEvaluation,
}

impl EvaluationKind {
    /// Both kinds.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnitSelfAssessment => "unit_self_assessment",
            Self::DepartmentEvaluation => "department_evaluation",
        }
    }

    /// The kind of that name, if there is one.
    ///
    /// ```
    /// use jixiao_scoring::EvaluationKind;
    /// let kind = EvaluationKind::from_name("department_evaluation");
    /// assert_eq!(kind, Some(EvaluationKind::DepartmentEvaluation));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// The name in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::UnitSelfAssessment => "单位自评",
            Self::DepartmentEvaluation => "部门评价",
        }
    }
}
