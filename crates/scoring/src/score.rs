//! Scores an assessment: points of every row, totals, grade. The fast path, without explanations.

use rust_decimal::Decimal;

use super::arithmetic::{full_points, round_points, sum, sum_all};
use super::points::points;
use super::{
    Achievement, Actual, Assessment, Case, Execution, Grade, Measure, Profile, Row, Target, infer_achievement,
};

/// The points of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowScore {
    /// Which rule applied.
    pub case: Case,
    /// 测算得分 before rounding; none where there was nothing to compute.
    pub unrounded: Option<Decimal>,
    /// 测算得分: two decimals, half away from zero, 0 ≤ points ≤ weight; none without a weight.
    pub points: Option<Decimal>,
    /// The reviewed score if there is one, held to the weight; else the computed one; none without a weight.
    pub final_points: Option<Decimal>,
    /// The weight less the points, where the row has figures; 0 where a value is missing.
    pub lost: Decimal,
    /// What the row was scored with: stated, or inferred from the text.
    pub achievement: Option<Achievement>,
    /// Whether the achievement was inferred.
    pub is_achievement_inferred: bool,
    /// Whether the target was reached, of a row under a profile without points; none otherwise.
    pub is_reached: Option<bool>,
}

impl RowScore {
    /// Whether points are lost against the weight, for whatever cause. A weight of more than two
    /// decimals is full at its two-decimal part.
    #[must_use]
    pub fn is_below(&self, weight: Option<Decimal>) -> bool {
        self.points.zip(weight).is_some_and(|(points, weight)| points < full_points(weight))
    }
}

/// A scored assessment. Totals are sums of rounded rows, so that a printed form adds up; where a row has no weight there
/// are none, and no grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// One score for each row, in order.
    pub rows: Vec<RowScore>,
    /// The budget and its execution.
    pub execution: Execution,
    /// Σ computed points.
    pub computed_total: Option<Decimal>,
    /// Σ final points.
    pub final_total: Option<Decimal>,
    /// Σ weights − Σ points lost on rows that have figures: the best case.
    pub attainable_total: Option<Decimal>,
    /// What the unit declares, as given.
    pub declared_total: Option<Decimal>,
    /// Σ weights.
    pub weight_total: Option<Decimal>,
    /// The grade of the computed total.
    pub grade: Option<Grade>,
    /// The grade of the final total.
    pub final_grade: Option<Grade>,
}

/// Scores an assessment under a profile.
///
/// ```
/// use jixiao_scoring::{Assessment, Case, Profile, Row, score};
/// use rust_decimal::Decimal;
/// let row = Row::from_texts("培训人数", Decimal::TWO, Some("≥5662人"), Some("4044人"));
/// let assessment = Assessment { rows: vec![row], ..Assessment::default() };
/// let scored = score(&assessment, &Profile::shipped()[0]);
/// assert_eq!(scored.computed_total, Some(Decimal::new(143, 2))); // 2 × 4044 ÷ 5662 = 1.4284… → 1.43
/// assert_eq!(scored.rows[0].case, Case::AtLeastBelowTarget);
/// ```
#[must_use]
pub fn score(assessment: &Assessment, profile: &Profile) -> Scored {
    let execution = Execution::of(assessment, profile);
    let rows: Vec<RowScore> = assessment.rows.iter().map(|row| score_row(row, &execution, profile)).collect();
    // Of no rows the sum would be 0, which a rule without points does not give either.
    let total = |sum: Option<Decimal>| sum.filter(|_| profile.is_scored.value);
    let computed_total = total(sum_all(rows.iter().map(|row| row.points)));
    let final_total = total(sum_all(rows.iter().map(|row| row.final_points)));
    let weight_total = total(sum_all(assessment.rows.iter().map(|row| row.weight)));
    let lost = sum(rows.iter().map(|row| row.lost));
    let limits = profile.grade_limits.value;
    Scored {
        execution,
        computed_total,
        final_total,
        attainable_total: weight_total.map(|weight_total| weight_total.saturating_sub(lost)),
        declared_total: assessment.declared_total,
        weight_total,
        grade: computed_total.map(|total| limits.grade(total)),
        final_grade: final_total.map(|total| limits.grade(total)),
        rows,
    }
}

fn score_row(row: &Row, execution: &Execution, profile: &Profile) -> RowScore {
    let inferred = match (row.achievement, &row.actual) {
        (None, Some(Actual::Text(text))) if row.measure == Measure::Qualitative => {
            let target = match &row.target {
                Some(Target::Text(target)) => Some(target.as_str()),
                _ => row.target_text.as_deref(),
            };
            infer_achievement(text, target)
        }
        _ => None,
    };
    let achievement = row.achievement.or(inferred);
    let is_achievement_inferred = inferred.is_some();
    let without_points = RowScore {
        case: Case::WeightMissing,
        unrounded: None,
        points: None,
        final_points: None,
        lost: Decimal::ZERO,
        achievement,
        is_achievement_inferred,
        is_reached: None,
    };
    if !profile.is_scored.value {
        let outcome = points((row, Decimal::ONE_HUNDRED), achievement, execution, profile);
        let is_reached = is_reached(row, achievement, &outcome);
        return RowScore { case: outcome.case, is_reached, ..without_points };
    }
    let Some(weight) = row.weight else { return without_points };
    let outcome = points((row, weight), achievement, execution, profile);
    let full = full_points(weight);
    let points = round_points(outcome.unrounded.unwrap_or_default()).min(full);
    let final_points = match row.reviewed_score {
        Some(reviewed) => round_points(reviewed.max(Decimal::ZERO)).min(full),
        None => points,
    };
    let lost = if outcome.case.has_figures() { full.saturating_sub(points) } else { Decimal::ZERO };
    RowScore {
        case: outcome.case,
        unrounded: outcome.unrounded,
        points: Some(points),
        final_points: Some(final_points),
        lost,
        ..without_points
    }
}

/// Whether a row without points reached its target; none where nothing says so.
fn is_reached(row: &Row, achievement: Option<Achievement>, outcome: &super::points::Outcome) -> Option<bool> {
    if !outcome.case.has_figures() {
        return None;
    }
    match row.measure {
        Measure::Qualitative => achievement.map(|stated| stated == Achievement::Achieved),
        _ => outcome.unrounded.map(|points| points >= Decimal::ONE_HUNDRED),
    }
}
