//! The derivation (得分计算过程): how every figure came about, so that a reader can check it.

use rust_decimal::Decimal;

use super::arithmetic::round;
use super::formula::{formula, plain};
use super::inputs::inputs;
use super::{Assessment, Case, Grade, GradeLimits, Level, Profile, Row, RowScore, Scored, Setting, levels};

/// The derivation of an assessment: rows, roll-ups, total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// One for each row, in order.
    pub rows: Vec<RowDerivation>,
    /// By level 1 and level 2.
    pub levels: Vec<Level>,
    /// The total and its grade.
    pub total: TotalDerivation,
}

/// How one row came by its points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDerivation {
    /// The row's place in the assessment, from 0.
    pub index: usize,
    /// 三级指标.
    pub name: String,
    /// 一级指标, as written.
    pub level1: String,
    /// 二级指标, as written.
    pub level2: String,
    /// 分值, points; none where the form prints none.
    pub weight: Option<Decimal>,
    /// The case of the rule; its id by [`Case::as_str`], its sentence by [`Case::zh`] and [`Case::en`].
    pub case: Case,
    /// The inputs as given and as understood.
    pub inputs: Vec<(&'static str, String)>,
    /// The formula with its numbers put in.
    pub formula: String,
    /// The result before rounding, at most ten decimals, without trailing zeros; none where there was
    /// nothing to compute.
    pub unrounded: Option<String>,
    /// 测算得分, points; none without a weight.
    pub computed_score: Option<Decimal>,
    /// The reviewed score if there is one, else the computed one, points; none without a weight.
    pub final_score: Option<Decimal>,
    /// Whether the target was reached, under a profile without points.
    pub is_reached: Option<bool>,
    /// The settings of the profile that decided, with their sources.
    pub settings: Vec<Setting>,
}

/// How the total came about; where a row has no weight there is only what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalDerivation {
    /// Σ weights.
    pub weight: Option<Decimal>,
    /// 自评总分, as given.
    pub declared: Option<Decimal>,
    /// Σ computed points.
    pub computed: Option<Decimal>,
    /// Σ weights − Σ points lost on rows that have figures.
    pub attainable: Option<Decimal>,
    /// Σ final points.
    pub final_score: Option<Decimal>,
    /// The grade of the computed total.
    pub grade: Option<Grade>,
    /// The grade of the final total.
    pub final_grade: Option<Grade>,
    /// Where the grades begin.
    pub grade_limits: GradeLimits,
}

/// Explains a scored assessment under the profile it was scored with.
///
/// ```
/// use jixiao_scoring::{Assessment, FundLine, Measure, Profile, Row, derive, score};
/// use rust_decimal::Decimal;
/// let line = FundLine {
///     label: "合计".to_owned(),
///     initial: Decimal::from(2_070_000),
///     adjusted: Decimal::from(2_070_000),
///     executed: Decimal::from(1_345_343),
/// };
/// let row = Row::new("预算执行率", Measure::BudgetExecution, Decimal::TEN);
/// let assessment = Assessment { lines: vec![line], rows: vec![row], ..Assessment::default() };
/// let profile = &Profile::shipped()[0];
/// let derivation = derive(&assessment, profile, &score(&assessment, profile));
/// assert_eq!(derivation.rows[0].formula, "10 × 1345343.00 ÷ 2070000.00");
/// assert_eq!(derivation.rows[0].unrounded.as_deref(), Some("6.4992415459"));
/// assert_eq!(derivation.rows[0].computed_score, Some(Decimal::new(650, 2)));
/// ```
#[must_use]
pub fn derive(assessment: &Assessment, profile: &Profile, scored: &Scored) -> Derivation {
    let rows = assessment
        .rows
        .iter()
        .zip(&scored.rows)
        .enumerate()
        .map(|(index, (row, score))| derive_row(index, row, score, profile, scored))
        .collect();
    Derivation {
        rows,
        levels: levels(assessment, scored),
        total: TotalDerivation {
            weight: scored.weight_total,
            declared: scored.declared_total,
            computed: scored.computed_total,
            attainable: scored.attainable_total,
            final_score: scored.final_total,
            grade: scored.grade,
            final_grade: scored.final_grade,
            grade_limits: profile.grade_limits.value,
        },
    }
}

fn derive_row(index: usize, row: &Row, score: &RowScore, profile: &Profile, scored: &Scored) -> RowDerivation {
    RowDerivation {
        index,
        name: row.name.clone(),
        level1: row.level1.clone(),
        level2: row.level2.clone(),
        weight: row.weight,
        case: score.case,
        inputs: inputs(row, score, &scored.execution, profile),
        formula: formula(row, score, &scored.execution, profile),
        unrounded: score.unrounded.map(|points| plain(round(points, 10))),
        computed_score: score.points,
        final_score: score.final_points,
        is_reached: score.is_reached,
        settings: decided_by(row, score.case, profile),
    }
}

/// The settings that the case consulted.
fn decided_by(row: &Row, case: Case, profile: &Profile) -> Vec<Setting> {
    let mut settings = of_case(case, profile);
    let is_at_most = matches!(case, Case::AtMostMet | Case::AtMostAboveTargetRatio | Case::AtMostAboveTargetLinear);
    if is_at_most && row.is_cost_without_sign() {
        settings.push(profile.cost_setting());
    }
    settings
}

fn of_case(case: Case, profile: &Profile) -> Vec<Setting> {
    match case {
        Case::BudgetExecutionFull | Case::BudgetExecutionBelow | Case::BudgetExecutionUndefined => {
            vec![profile.denominator_setting()]
        }
        Case::AtMostAboveTargetRatio | Case::AtMostAboveTargetLinear => {
            vec![profile.inverse_setting()]
        }
        Case::EqualMet | Case::EqualBelowTarget | Case::EqualOffTarget | Case::EqualTargetNotPositive => {
            vec![profile.equal_setting()]
        }
        Case::DeadlineLateInBand
        | Case::DeadlineLateOutsideBand
        | Case::DeadlineLateNotDeclared
        | Case::DeadlineLateCapped
        | Case::QualitativeInBand
        | Case::QualitativeOutsideBand
        | Case::QualitativeNotDeclared => vec![profile.bands_setting()],
        _ => Vec::new(),
    }
}
