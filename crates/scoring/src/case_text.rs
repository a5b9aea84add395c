//! What each case of the scoring rule says, in one line of Chinese and of English.

use super::Case;

impl Case {
    /// The rule that applied, in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::BudgetExecutionFull => "执行数不低于预算数，得满分",
            Self::BudgetExecutionBelow => "得分 = 分值 × 执行数 ÷ 预算数，按金额计算，不取表中印出的执行率",
            Self::BudgetExecutionUndefined => "预算数为0，执行率无法计算，得0分",
            Self::AtLeastMet => "完成值不低于指标值，得满分",
            Self::AtLeastBelowTarget => "完成值低于指标值，得分 = 分值 × 完成值 ÷ 指标值",
            Self::AtLeastTargetNotPositive => "指标值不大于0且未达到，不作除法，得0分",
            Self::AtMostMet => "完成值不超过指标值，得满分",
            Self::AtMostAboveTargetRatio => "完成值超过指标值，得分 = 分值 × 指标值 ÷ 完成值",
            Self::AtMostAboveTargetLinear => "完成值超过指标值，得分 = 分值 × max(0, 1 − (完成值 − 指标值) ÷ 指标值)",
            Self::AtMostTargetNotPositive => "指标值不大于0且已超过，不作除法，得0分",
            Self::EqualMet => "完成值符合指标值，得满分",
            Self::EqualBelowTarget => "完成值低于指标值，得分 = 分值 × 完成值 ÷ 指标值",
            Self::EqualOffTarget => "完成值偏离指标值，得分 = 分值 × max(0, 1 − |完成值 − 指标值| ÷ 指标值)",
            Self::EqualTargetNotPositive => "指标值不大于0且不相等，不作除法，得0分",
            Self::BetweenInside => "完成值在区间内，得满分",
            Self::BetweenBelow => "完成值低于区间，得分 = 分值 × 完成值 ÷ 下限",
            Self::BetweenAbove => "完成值高于区间，得分 = 分值 × 上限 ÷ 完成值",
            Self::BetweenTargetNotPositive => "区间界限不大于0且完成值在区间外，不作除法，得0分",
            Self::DeadlineMet => "按期完成，得满分；以月份表示的时限指该月最后一日",
            Self::DeadlineLateInBand => "逾期完成，自评得分在所述完成程度的档次内，按自评得分",
            Self::DeadlineLateOutsideBand => "逾期完成，自评得分超出所述完成程度的档次，取最近的档次界限",
            Self::DeadlineLateNotDeclared => "逾期完成，未填自评得分：达成得满分，其余取档次下限",
            Self::DeadlineLateCapped => "逾期完成且未说明完成程度，按自评得分，以部分达成档次的上限为限",
            Self::DeadlineLateWithoutAssessment => "逾期完成且未说明完成程度，得0分",
            Self::QualitativeInBand => "自评得分在所述完成程度的档次内，按自评得分",
            Self::QualitativeOutsideBand => "自评得分超出所述完成程度的档次，取最近的档次界限",
            Self::QualitativeNotDeclared => "未填自评得分：达成得满分，其余取档次下限",
            Self::QualitativeNotStated => "未说明完成程度，按自评得分，以分值为限",
            Self::QualitativeNotStatedNotDeclared => "未说明完成程度，也未填自评得分，得0分",
            Self::ActualMissing => "没有实际完成值，得0分",
            Self::ActualUnusable => "实际完成值与指标性质不符，得0分",
            Self::TargetMissing => "没有可用的指标值，得0分",
            Self::WeightMissing => "没有分值，无法计算得分",
            Self::NotDone => "未开展，得0分",
            Self::NotApplicable => "不适用，得0分；由审核方决定是否剔除",
            Self::NotYetAvailable => "尚无数据，得0分；由审核方决定是否剔除",
            Self::NoSurvey => "未开展调查，没有满意度，得0分",
        }
    }

    /// The rule that applied, in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::BudgetExecutionFull => "spending reached the budget: full points",
            Self::BudgetExecutionBelow => "weight × executed ÷ budget, from the amounts and never from a printed rate",
            Self::BudgetExecutionUndefined => "the budget is 0: no rate, 0 points",
            Self::AtLeastMet => "the actual reaches the target: full points",
            Self::AtLeastBelowTarget => "the actual is below the target: weight × actual ÷ target",
            Self::AtLeastTargetNotPositive => "the target is not above 0 and was not reached: no division, 0 points",
            Self::AtMostMet => "the actual does not exceed the target: full points",
            Self::AtMostAboveTargetRatio => "the actual exceeds the target: weight × target ÷ actual",
            Self::AtMostAboveTargetLinear => {
                "the actual exceeds the target: weight × max(0, 1 − (actual − target) ÷ target)"
            }
            Self::AtMostTargetNotPositive => "the target is not above 0 and was exceeded: no division, 0 points",
            Self::EqualMet => "the actual meets the target: full points",
            Self::EqualBelowTarget => "the actual is below the target: weight × actual ÷ target",
            Self::EqualOffTarget => "the actual is off the target: weight × max(0, 1 − |actual − target| ÷ target)",
            Self::EqualTargetNotPositive => "the target is not above 0 and the actual differs: no division, 0 points",
            Self::BetweenInside => "the actual is within the range: full points",
            Self::BetweenBelow => "the actual is below the range: weight × actual ÷ lower bound",
            Self::BetweenAbove => "the actual is above the range: weight × upper bound ÷ actual",
            Self::BetweenTargetNotPositive => {
                "the bound is not above 0 and the actual is outside: no division, 0 points"
            }
            Self::DeadlineMet => "done in time: full points; a month means its last day",
            Self::DeadlineLateInBand => "late; the declared score lies in the band of the stated achievement and holds",
            Self::DeadlineLateOutsideBand => {
                "late; the declared score lies outside the band of the stated achievement: \
                 the nearest end of the band"
            }
            Self::DeadlineLateNotDeclared => {
                "late, no declared score: full points if achieved, else the lower end of the band"
            }
            Self::DeadlineLateCapped => {
                "late, and no achievement stated: the declared score, at most the upper end of partial"
            }
            Self::DeadlineLateWithoutAssessment => "late, and no achievement stated: 0 points",
            Self::QualitativeInBand => "the declared score lies in the band of the stated achievement and holds",
            Self::QualitativeOutsideBand => {
                "the declared score lies outside the band of the stated achievement: \
                 the nearest end of the band"
            }
            Self::QualitativeNotDeclared => {
                "no declared score: full points if achieved, else the lower end of the band"
            }
            Self::QualitativeNotStated => "no achievement stated: the declared score, at most the weight",
            Self::QualitativeNotStatedNotDeclared => "no achievement stated and no score declared: 0 points",
            Self::ActualMissing => "no actual: 0 points",
            Self::ActualUnusable => "the actual does not fit the measure: 0 points",
            Self::TargetMissing => "no usable target: 0 points",
            Self::NotDone => "nothing was done: 0 points",
            Self::NotApplicable => "not applicable: 0 points; the reviewer may take the row out",
            Self::NotYetAvailable => "no data yet: 0 points; the reviewer may take the row out",
            Self::NoSurvey => "nobody was asked, so there is no satisfaction: 0 points",
            Self::WeightMissing => "there is no weight: nothing can be computed",
        }
    }
}
