//! The derivation (得分计算过程) as JSON: a reader with a pocket calculator can check every figure.

use crate::values::CodedGrade;
use crate::values::coded::Coded;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::findings::Language;
use crate::indicators::IndicatorId;
use crate::rule_profiles::model::{RuleProfileRef, SettingView};
use crate::scoring::{Derivation, GradeLimits, Level, Profile, RowDerivation};
use crate::values::Points;

/// How every score of an assessment came about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DerivationView {
    /// The rule profile that decided.
    pub rule_profile: RuleProfileRef,
    /// Row by row, in the order of the form.
    pub rows: Vec<DerivationRow>,
    /// Sums by level 1 and level 2.
    pub levels: Vec<LevelView>,
    /// The total.
    pub total: TotalView,
}

/// How one row came by its points.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DerivationRow {
    /// The indicator; absent in a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator_id: Option<IndicatorId>,
    /// Its name.
    pub name: String,
    /// 一级指标
    pub level1: String,
    /// 二级指标
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub level2: String,
    /// 分值, points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weight: Option<Points>,
    /// The case of the rule, by a stable id.
    #[schema(example = "at_least.below_target")]
    pub case: &'static str,
    /// The case in a sentence.
    pub explanation: &'static str,
    /// What went in: as given, and as understood.
    pub inputs: BTreeMap<&'static str, String>,
    /// The formula with its numbers put in.
    #[schema(example = "10 × 1345343.00 ÷ 2070000.00")]
    pub formula: String,
    /// The points before rounding, up to ten decimals; absent where there was nothing to compute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unrounded: Option<String>,
    /// 测算得分, points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub computed_score: Option<Points>,
    /// Whether the target was reached, under a rule without points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_reached: Option<bool>,
    /// The reviewed score if there is one, else the computed one, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub final_score: Option<Points>,
    /// The settings that decided, and where they come from.
    pub settings: Vec<SettingView>,
}

/// The sums of a level 1.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LevelView {
    /// 一级指标
    pub level1: String,
    /// Points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weight: Option<Points>,
    /// Points, where every row is declared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared: Option<Points>,
    /// Points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub computed: Option<Points>,
    /// Points
    #[serde(rename = "final", skip_serializing_if = "Option::is_none", default)]
    pub final_score: Option<Points>,
    /// Its level 2.
    pub level2: Vec<Level2View>,
}

/// The sums of a level 2.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Level2View {
    /// 二级指标
    pub level2: String,
    /// Points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weight: Option<Points>,
    /// Points, where every row is declared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared: Option<Points>,
    /// Points
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub computed: Option<Points>,
    /// Points
    #[serde(rename = "final", skip_serializing_if = "Option::is_none", default)]
    pub final_score: Option<Points>,
}

/// The total, and the grade it gives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TotalView {
    /// The sum of the weights, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weight: Option<Points>,
    /// 自评总分, points
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Points>,
    /// The sum of the computed scores, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub computed: Option<Points>,
    /// The best case: the weights less what was lost on rows that have figures, points.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attainable: Option<Points>,
    /// The sum of the final scores, points.
    #[serde(rename = "final", skip_serializing_if = "Option::is_none", default)]
    pub final_score: Option<Points>,
    /// The grade of the computed total.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grade: Option<CodedGrade>,
    /// The grade of the final total.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub final_grade: Option<CodedGrade>,
    /// From how many points each grade begins.
    pub grade_limits: GradeLimitsView,
}

/// From how many points each grade begins.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GradeLimitsView {
    /// 优
    #[schema(example = "90")]
    pub excellent: String,
    /// 良
    #[schema(example = "80")]
    pub good: String,
    /// 中
    #[schema(example = "60")]
    pub fair: String,
}

impl From<GradeLimits> for GradeLimitsView {
    fn from(limits: GradeLimits) -> GradeLimitsView {
        GradeLimitsView {
            excellent: limits.excellent.to_string(),
            good: limits.good.to_string(),
            fair: limits.fair.to_string(),
        }
    }
}

impl DerivationView {
    /// The derivation for a reader of `language`; `ids` are the indicators of its rows, if they have any.
    pub fn new(derivation: &Derivation, profile: &Profile, ids: &[IndicatorId], language: Language) -> DerivationView {
        let total = &derivation.total;
        DerivationView {
            rule_profile: RuleProfileRef::of(profile),
            rows: derivation.rows.iter().map(|row| row_view(row, ids.get(row.index), language)).collect(),
            levels: levels_view(&derivation.levels),
            total: TotalView {
                weight: total.weight.map(Points::rounded),
                declared: total.declared.map(Points::rounded),
                computed: total.computed.map(Points::rounded),
                attainable: total.attainable.map(Points::rounded),
                final_score: total.final_score.map(Points::rounded),
                grade: total.grade.map(Coded),
                final_grade: total.final_grade.map(Coded),
                grade_limits: total.grade_limits.into(),
            },
        }
    }
}

fn row_view(row: &RowDerivation, id: Option<&IndicatorId>, language: Language) -> DerivationRow {
    DerivationRow {
        indicator_id: id.cloned(),
        name: row.name.clone(),
        level1: row.level1.clone(),
        level2: row.level2.clone(),
        weight: row.weight.map(Points::rounded),
        case: row.case.as_str(),
        explanation: match language {
            Language::Zh => row.case.zh(),
            Language::En => row.case.en(),
        },
        inputs: row.inputs.iter().cloned().collect(),
        formula: row.formula.clone(),
        unrounded: row.unrounded.clone(),
        is_reached: row.is_reached,
        computed_score: row.computed_score.map(Points::rounded),
        final_score: row.final_score.map(Points::rounded),
        settings: row.settings.iter().map(|setting| SettingView::of(setting, language)).collect(),
    }
}

/// The sums of the levels as JSON.
pub fn levels_view(levels: &[Level]) -> Vec<LevelView> {
    levels
        .iter()
        .map(|level| LevelView {
            level1: level.level1.clone(),
            weight: level.weight.map(Points::rounded),
            declared: level.declared.map(Points::rounded),
            computed: level.computed.map(Points::rounded),
            final_score: level.final_points.map(Points::rounded),
            level2: level
                .level2
                .iter()
                .map(|part| Level2View {
                    level2: part.level2.clone(),
                    weight: part.weight.map(Points::rounded),
                    declared: part.declared.map(Points::rounded),
                    computed: part.computed.map(Points::rounded),
                    final_score: part.final_points.map(Points::rounded),
                })
                .collect(),
        })
        .collect()
}
