//! The shapes of an indicator.

use crate::values::CodedComparison;
use crate::values::CodedMeasure;
use crate::values::coded::Coded;
use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use super::target::TargetValue;
use super::target::{DeadlineText, Understood};
use crate::db::schema::indicators;
use crate::http::etag::ETag;
use crate::http::sort::Sort;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::scoring::{Measure, Target};
use crate::values::{Exact, FromText, Instant, LongText, Points, ShortText, id_type, named_enum};

id_type! {
    /// The id of an indicator.
    IndicatorId,
}

named_enum! {
    /// By what the lists of indicators may be sorted.
    IndicatorSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
        /// By name.
        Name = "name",
    }
}

/// The order of the list.
pub type IndicatorSort = Sort<IndicatorSortKey>;

/// An indicator as the database keeps it.
#[derive(Debug, Clone, Serialize, Deserialize, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = indicators)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct IndicatorRow {
    /// Its id.
    pub id: IndicatorId,
    /// Counts its changes.
    pub version: i64,
    /// Its project.
    pub project_id: ProjectId,
    /// 预算年度, its project's.
    pub fiscal_year: i32,
    /// Its place in the form, from 1.
    pub position: i32,
    /// 一级指标
    pub level1: ShortText,
    /// 二级指标
    pub level2: Option<ShortText>,
    /// 三级指标
    pub name: ShortText,
    /// 指标性质
    pub measure: CodedMeasure,
    /// How the target bounds the actual.
    pub comparison: Option<CodedComparison>,
    /// 分值, points; none where the form prints none
    pub weight: Option<Points>,
    /// 指标值 as written
    pub target_text: Option<LongText>,
    target_value: Option<Exact>,
    target_upper: Option<Exact>,
    target_unit: Option<ShortText>,
    target_is_approximate: bool,
    target_deadline: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// 指标解释: what is measured, and how.
    #[serde(default)]
    pub explanation: Option<LongText>,
    /// 评分标准: for what points are given or taken off.
    #[serde(default)]
    pub scoring_standard: Option<LongText>,
    /// 数据来源: where the figure comes from.
    #[serde(default)]
    pub data_source: Option<LongText>,
    /// 是否核心指标.
    #[serde(default)]
    pub is_core: Option<bool>,
}

/// An indicator (绩效指标): its texts as written, and what was understood of them, side by side.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Indicator {
    /// Its id.
    pub id: IndicatorId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Its project.
    pub project_id: ProjectId,
    /// 预算年度, its project's.
    #[schema(minimum = 2000, maximum = 2100)]
    pub fiscal_year: i32,
    /// Its place in the form, from 1.
    #[schema(minimum = 1)]
    pub position: i32,
    /// 一级指标, for example 产出
    pub level1: ShortText,
    /// 二级指标, for example 产出数量
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level2: Option<ShortText>,
    /// 三级指标
    pub name: ShortText,
    /// 指标性质
    pub measure: CodedMeasure,
    /// How the target bounds the actual, for the measure `number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<CodedComparison>,
    /// 分值, points out of 100; absent where the form prints none, which leaves nothing to compute
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Points>,
    /// 指标值 as written
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_text: Option<LongText>,
    /// What was understood of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetValue>,
    /// 指标解释: what is measured, and how
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<LongText>,
    /// 评分标准: for what points are given or taken off
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scoring_standard: Option<LongText>,
    /// 数据来源: where the figure comes from
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_source: Option<LongText>,
    /// 是否核心指标
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_core: Option<bool>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Indicator {
    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// The target as the core reads it.
    pub fn core_target(&self) -> Option<Target> {
        core_target(self.measure.0, self.target_text.as_ref(), self.target.as_ref())
    }
}

/// A target as the core reads it: a qualitative one is its text.
pub fn core_target(measure: Measure, text: Option<&LongText>, target: Option<&TargetValue>) -> Option<Target> {
    match measure {
        Measure::Qualitative => text.map(|text| Target::Text(text.to_string())),
        _ => target.and_then(TargetValue::target),
    }
}

impl From<Indicator> for IndicatorRow {
    fn from(indicator: Indicator) -> IndicatorRow {
        let target = indicator.target;
        let of_target = |part: fn(&TargetValue) -> Option<Exact>| target.as_ref().and_then(part);
        IndicatorRow {
            id: indicator.id,
            version: indicator.version,
            project_id: indicator.project_id,
            fiscal_year: indicator.fiscal_year,
            position: indicator.position,
            level1: indicator.level1,
            level2: indicator.level2,
            name: indicator.name,
            measure: indicator.measure,
            comparison: indicator.comparison,
            weight: indicator.weight,
            target_text: indicator.target_text,
            target_value: of_target(|target| target.value),
            target_upper: of_target(|target| target.upper),
            target_unit: target.as_ref().and_then(|target| target.unit.clone()),
            target_is_approximate: target.as_ref().is_some_and(|target| target.is_approximate),
            target_deadline: target.as_ref().and_then(|target| target.deadline).map(|deadline| deadline.to_string()),
            created_at: indicator.created_at,
            explanation: indicator.explanation,
            scoring_standard: indicator.scoring_standard,
            data_source: indicator.data_source,
            is_core: indicator.is_core,
            updated_at: indicator.updated_at,
        }
    }
}

impl From<IndicatorRow> for Indicator {
    fn from(row: IndicatorRow) -> Indicator {
        let deadline = row.target_deadline.as_deref().and_then(|text| DeadlineText::from_text(text).ok());
        let target = (row.target_value.is_some() || deadline.is_some()).then_some(TargetValue {
            value: row.target_value,
            upper: row.target_upper,
            unit: row.target_unit,
            is_approximate: row.target_is_approximate,
            deadline,
        });
        Indicator {
            id: row.id,
            version: row.version,
            project_id: row.project_id,
            fiscal_year: row.fiscal_year,
            position: row.position,
            level1: row.level1,
            level2: row.level2,
            name: row.name,
            measure: row.measure,
            comparison: row.comparison,
            weight: row.weight,
            target_text: row.target_text,
            target,
            explanation: row.explanation,
            scoring_standard: row.scoring_standard,
            data_source: row.data_source,
            is_core: row.is_core,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// An indicator as it is written. Give `target_text` as people write it, or `comparison` and
/// `target`; where both are given they must agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewIndicator {
    /// Its place in the form, from 1; the last when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    #[deserr(default)]
    pub position: Option<i32>,
    /// 一级指标, for example 产出
    pub level1: ShortText,
    /// 二级指标, for example 产出数量
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub level2: Option<ShortText>,
    /// 三级指标
    pub name: ShortText,
    /// 指标性质; understood when left out: `budget_execution` by the name 预算执行率, else from the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub measure: Option<CodedMeasure>,
    /// How the target bounds the actual; `at_least` when nothing says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub comparison: Option<CodedComparison>,
    /// 分值, points out of 100; a draft without it is kept, and cannot be submitted
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub weight: Option<Points>,
    /// 指标值 as people write it: `≥266米`, `98%以上`, `2023年12月`, `效果明显`
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub target_text: Option<LongText>,
    /// The target by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub target: Option<TargetValue>,
    /// 指标解释: what is measured, and how
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub explanation: Option<LongText>,
    /// 评分标准: for what points are given or taken off
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub scoring_standard: Option<LongText>,
    /// 数据来源: where the figure comes from
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub data_source: Option<LongText>,
    /// 是否核心指标
    #[serde(skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub is_core: Option<bool>,
}

impl NewIndicator {
    /// An indicator of which nothing is said but its level and its name.
    pub fn named(level1: ShortText, name: ShortText) -> NewIndicator {
        NewIndicator {
            position: None,
            level1,
            level2: None,
            name,
            measure: None,
            comparison: None,
            weight: None,
            target_text: None,
            target: None,
            explanation: None,
            scoring_standard: None,
            data_source: None,
            is_core: None,
        }
    }

    /// The indicator as it was written. A target that was understood from the text is left out, so that
    /// a patch of the text is understood anew.
    pub fn of(indicator: &Indicator) -> NewIndicator {
        let by_itself = indicator.target_text.is_none();
        NewIndicator {
            position: Some(indicator.position),
            level1: indicator.level1.clone(),
            level2: indicator.level2.clone(),
            name: indicator.name.clone(),
            measure: Some(indicator.measure),
            comparison: indicator.comparison,
            weight: indicator.weight,
            target_text: indicator.target_text.clone(),
            target: indicator.target.clone().filter(|_| by_itself),
            explanation: indicator.explanation.clone(),
            scoring_standard: indicator.scoring_standard.clone(),
            data_source: indicator.data_source.clone(),
            is_core: indicator.is_core,
        }
    }

    /// The row of a new indicator, or the next version of `before`.
    pub fn row(
        self,
        understood: Understood,
        project: &ProjectRow,
        position: i32,
        before: Option<&Indicator>,
    ) -> IndicatorRow {
        let now = Instant::now();
        IndicatorRow::from(Indicator {
            id: before.map_or_else(IndicatorId::new, |before| before.id.clone()),
            version: before.map_or(1, |before| before.version + 1),
            project_id: project.id.clone(),
            fiscal_year: project.fiscal_year,
            position,
            level1: self.level1,
            level2: self.level2,
            name: self.name,
            measure: understood.measure.into(),
            comparison: understood.comparison.map(Coded),
            weight: self.weight,
            target_text: self.target_text,
            target: understood.target,
            explanation: self.explanation,
            scoring_standard: self.scoring_standard,
            data_source: self.data_source,
            is_core: self.is_core,
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
        })
    }
}

/// All indicators of a project, in the order of the form.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorSet {
    /// The indicators.
    pub items: Vec<Indicator>,
}
