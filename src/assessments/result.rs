//! The result of one indicator: as it is kept, and as it is shown.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::AssessmentId;
use crate::db::schema::assessment_results;
use crate::indicators::IndicatorId;
use crate::indicators::model::TargetValue;
use crate::scoring::Actual;
use crate::values::{CodedAchievement, CodedRowStatus, Exact, LongText, Points, ShortText};

/// The result of one indicator as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = assessment_results)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
pub struct ResultRow {
    /// The assessment.
    pub assessment_id: AssessmentId,
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// 实际完成值, as written.
    pub actual_text: Option<LongText>,
    /// How far a qualitative target was achieved.
    pub achievement: Option<CodedAchievement>,
    /// 自评得分, points.
    pub declared_score: Option<Points>,
    /// 偏差原因.
    pub deviation_reason: Option<LongText>,
    /// 复核得分, points.
    pub reviewed_score: Option<Points>,
    /// Why the reviewer set it.
    pub review_reason: Option<LongText>,
    /// What became of the row, where it is stated.
    #[serde(default)]
    pub status: Option<CodedRowStatus>,
}

impl ResultRow {
    /// A result that says nothing yet.
    pub fn empty(assessment_id: AssessmentId, indicator_id: IndicatorId) -> ResultRow {
        ResultRow {
            assessment_id,
            indicator_id,
            actual_text: None,
            achievement: None,
            declared_score: None,
            deviation_reason: None,
            reviewed_score: None,
            review_reason: None,
            status: None,
        }
    }
}

/// An actual value as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActualValue {
    /// The number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<Exact>,
    /// Its unit, with its magnitude; the target's when the text has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<String>,
    /// Whether it is approximate (约, 余, 左右).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    #[schema(required = false)]
    pub is_approximate: bool,
    /// The month or day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(example = "2023-10")]
    pub deadline: Option<String>,
}

impl ActualValue {
    /// The figures of an actual value: its number or its deadline; none for a plain text.
    pub fn of(actual: &Actual) -> Option<ActualValue> {
        match actual {
            Actual::Number(number) => Some(ActualValue {
                value: Some(Exact(number.value())),
                unit: number.unit().map(str::to_owned),
                is_approximate: number.is_approximate(),
                deadline: None,
            }),
            Actual::Deadline(deadline) => Some(ActualValue {
                value: None,
                unit: None,
                is_approximate: false,
                deadline: Some(deadline.to_string()),
            }),
            Actual::Text(_) => None,
        }
    }
}

/// One indicator of the assessment with its result.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResultView {
    /// The indicator.
    pub indicator_id: IndicatorId,
    /// 一级指标
    pub level1: ShortText,
    /// 二级指标
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level2: Option<ShortText>,
    /// 三级指标
    pub name: ShortText,
    /// 分值, points; absent where the form prints none
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weight: Option<Points>,
    /// 指标值 as written
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target_text: Option<LongText>,
    /// What was understood of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<TargetValue>,
    /// 实际完成值 as written
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual_text: Option<LongText>,
    /// What was understood of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<ActualValue>,
    /// What became of the row: as stated, or by the words of its actual; absent where it is reported.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<CodedRowStatus>,
    /// Whether the target was reached, under a rule without points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub is_reached: Option<bool>,
    /// How far a qualitative target was achieved, as stated.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub achievement: Option<CodedAchievement>,
    /// 自评得分, points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared_score: Option<Points>,
    /// 测算得分, points; absent without a weight
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub computed_score: Option<Points>,
    /// 偏差原因分析及改进措施
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deviation_reason: Option<LongText>,
    /// 复核得分, points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reviewed_score: Option<Points>,
    /// Why the reviewer set it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub review_reason: Option<LongText>,
}
