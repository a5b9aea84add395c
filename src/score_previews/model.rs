//! The shapes of a preview: a whole assessment in one body, and what the rule says of it.

use crate::values::CodedAchievement;
use crate::values::CodedComparison;
use crate::values::CodedEvaluationKind;
use crate::values::{CodedMeasure, CodedRowStatus};
use deserr::Deserr;
use serde::Serialize;
use utoipa::ToSchema;

use crate::assessments::content::{ExecutionView, Judged};
use crate::assessments::model::{Declared, Total};
use crate::assessments::{DerivationView, FindingCounts, FindingView};
use crate::budgets::model::NewBudgetLine;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::indicators::model::{NewIndicator, TargetValue, core_target};
use crate::indicators::target::understand;
use crate::rule_profiles::model::{RuleProfileChoice, RuleProfileRef, chosen};
use crate::scoring::{Assessment, Profile, Row, StatedAmounts, parse_actual};
use crate::values::{LongText, Points, ShortText};

/// An assessment to be scored and not stored.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewScorePreview {
    /// 单位自评 (when left out) or 部门评价.
    #[deserr(default)]
    pub kind: Option<CodedEvaluationKind>,
    /// The rule to score it by; the default of its kind when left out.
    #[deserr(default)]
    pub rule_profile: Option<RuleProfileChoice>,
    /// 总体目标
    #[deserr(default)]
    pub overall_goal: Option<LongText>,
    /// 年度目标
    #[deserr(default)]
    pub annual_goal: Option<LongText>,
    /// The budget lines.
    #[deserr(default)]
    #[schema(required = false)]
    pub budget_lines: Vec<NewBudgetLine>,
    /// The indicators with their results.
    #[deserr(default)]
    #[schema(required = false)]
    pub indicators: Vec<PreviewIndicator>,
    /// What the unit declares of the whole.
    #[deserr(default)]
    #[schema(required = false)]
    pub declared: Declared,
    /// A deviation reason for the form as a whole.
    #[deserr(default)]
    pub deviation_reason: Option<LongText>,
}

/// An indicator with its result.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct PreviewIndicator {
    /// 一级指标, for example 产出
    pub level1: ShortText,
    /// 二级指标
    #[deserr(default)]
    pub level2: Option<ShortText>,
    /// 三级指标
    pub name: ShortText,
    /// 指标性质; understood when left out: `budget_execution` by the name 预算执行率, else from the target.
    #[deserr(default)]
    pub measure: Option<CodedMeasure>,
    /// How the target bounds the actual.
    #[deserr(default)]
    pub comparison: Option<CodedComparison>,
    /// 分值, points; nothing can be computed without
    #[deserr(default)]
    pub weight: Option<Points>,
    /// 指标值 as people write it.
    #[deserr(default)]
    pub target_text: Option<LongText>,
    /// The target by itself.
    #[deserr(default)]
    pub target: Option<TargetValue>,
    /// 实际完成值 as people write it.
    #[deserr(default)]
    pub actual_text: Option<LongText>,
    /// How far a qualitative target was achieved.
    #[deserr(default)]
    pub achievement: Option<CodedAchievement>,
    /// What became of the row; by the words of the actual when left out.
    #[deserr(default)]
    pub status: Option<CodedRowStatus>,
    /// 自评得分, points
    #[deserr(default)]
    pub declared_score: Option<Points>,
    /// 偏差原因分析及改进措施
    #[deserr(default)]
    pub deviation_reason: Option<LongText>,
}

/// What the rule says of a posted assessment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScorePreview {
    /// The rule it is scored by.
    pub rule_profile: RuleProfileRef,
    /// What the rule gives; absent where an indicator has no weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<Total>,
    /// The best case, points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attainable_total: Option<Points>,
    /// The spending.
    pub execution: ExecutionView,
    /// How many findings there are.
    pub finding_counts: FindingCounts,
    /// How every score came about.
    pub derivation: DerivationView,
    /// What contradicts what; pointers are those of a stored assessment, `/results/0` being the first indicator.
    pub findings: Vec<FindingView>,
}

impl NewScorePreview {
    /// Scores and checks it.
    ///
    /// # Errors
    /// 422 with every place that is wrong.
    pub fn score(self, language: Language) -> Result<ScorePreview> {
        let profile = chosen(self.rule_profile.as_ref(), self.kind.map(|kind| kind.0))?;
        let assessment = self.assessment()?;
        Ok(preview(&assessment, profile, language))
    }

    fn assessment(self) -> Result<Assessment> {
        let (mut rows, mut errors) = (Vec::with_capacity(self.indicators.len()), Vec::new());
        for (index, indicator) in self.indicators.into_iter().enumerate() {
            match indicator.row(&format!("/indicators/{index}")) {
                Ok(row) => rows.push(row),
                Err(more) => errors.extend(more),
            }
        }
        if !errors.is_empty() {
            return Err(Error::fields(Code::InvalidFields, errors));
        }
        let text = |text: Option<LongText>| text.map(|text| text.to_string());
        Ok(Assessment {
            lines: self.budget_lines.iter().map(NewBudgetLine::fund_line).collect(),
            stated: StatedAmounts {
                initial: self.declared.initial_amount.map(|amount| amount.yuan()),
                adjusted: self.declared.adjusted_amount.map(|amount| amount.yuan()),
                executed: self.declared.executed_amount.map(|amount| amount.yuan()),
            },
            overall_goal: text(self.overall_goal),
            annual_goal: text(self.annual_goal),
            rows,
            level1_points: Vec::new(),
            declared_total: self.declared.total.map(|total| total.points()),
            declared_grade_text: self.declared.grade_text.map(|text| text.to_string()),
            stated_indicator_count: self.declared.indicator_count.map(u32::from),
            deviation_reason: text(self.deviation_reason),
        })
    }
}

impl PreviewIndicator {
    fn row(self, pointer: &str) -> std::result::Result<Row, Vec<crate::http::error::FieldError>> {
        let indicator = NewIndicator {
            level2: self.level2,
            measure: self.measure,
            comparison: self.comparison,
            weight: self.weight,
            target_text: self.target_text,
            target: self.target,
            ..NewIndicator::named(self.level1, self.name)
        };
        let understood = understand(&indicator, pointer)?;
        let target = core_target(understood.measure, indicator.target_text.as_ref(), understood.target.as_ref());
        let actual = self
            .actual_text
            .as_ref()
            .and_then(|text| parse_actual(text.as_str(), understood.measure, target.as_ref(), understood.comparison));
        let text = |text: Option<LongText>| text.map(|text| text.to_string());
        Ok(Row {
            level1: indicator.level1.to_string(),
            level2: indicator.level2.map(|level| level.to_string()).unwrap_or_default(),
            name: indicator.name.to_string(),
            weight: indicator.weight.map(Points::points),
            measure: understood.measure,
            comparison: understood.comparison,
            target,
            target_text: text(indicator.target_text),
            actual,
            actual_text: text(self.actual_text),
            achievement: self.achievement.map(|one| one.0),
            declared_score: self.declared_score.map(|score| score.points()),
            reviewed_score: None,
            deviation_reason: text(self.deviation_reason),
            status: self.status.map(|one| one.0),
        })
    }
}

/// What the rule says of an assessment.
pub fn preview(assessment: &Assessment, profile: &Profile, language: Language) -> ScorePreview {
    let judged = Judged::new(assessment, profile);
    let summary = judged.summary();
    ScorePreview {
        rule_profile: RuleProfileRef::of(profile),
        computed: Total::of(summary.computed_total, summary.grade),
        attainable_total: summary.attainable_total,
        execution: summary.execution,
        finding_counts: summary.finding_counts,
        derivation: judged.derivation(&[], language),
        findings: judged.findings(&[], language),
    }
}
