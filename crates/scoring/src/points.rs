//! The points of one row: the rule of the specification, case by case.

use rust_decimal::Decimal;

use super::arithmetic::{full_points, multiply_divide};
use super::{
    Achievement, Actual, Case, Comparison, EqualRule, Execution, Inverse, Measure, Profile, Row, RowStatus, Target,
};

/// The case a row falls under, and its points before rounding; none where there is nothing to compute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) case: Case,
    pub(super) unrounded: Option<Decimal>,
}

const fn outcome(case: Case, points: Decimal) -> Outcome {
    Outcome { case, unrounded: Some(points) }
}

const fn nothing(case: Case) -> Outcome {
    Outcome { case, unrounded: None }
}

/// The points of a row with that weight; `achievement` is the stated or inferred one.
pub(super) fn points(
    (row, weight): (&Row, Decimal),
    achievement: Option<Achievement>,
    execution: &Execution,
    profile: &Profile,
) -> Outcome {
    let row_weight = weight;
    let weight = weight.max(Decimal::ZERO);
    if row.measure == Measure::BudgetExecution {
        return of_execution(weight, execution);
    }
    match row.status() {
        RowStatus::Reported => {}
        RowStatus::NotDone => return outcome(Case::NotDone, Decimal::ZERO),
        RowStatus::NotApplicable => return outcome(Case::NotApplicable, Decimal::ZERO),
        RowStatus::NotYetAvailable => return outcome(Case::NotYetAvailable, Decimal::ZERO),
        RowStatus::NoSurvey => return outcome(Case::NoSurvey, Decimal::ZERO),
    }
    let Some(actual) = &row.actual else {
        return nothing(Case::ActualMissing);
    };
    match row.measure {
        Measure::BudgetExecution | Measure::Number => of_number(row, weight, actual, profile),
        Measure::Deadline => of_deadline((row, row_weight), actual, profile),
        Measure::Qualitative => match achievement {
            Some(achievement) => banded(
                (row, row_weight),
                achievement,
                profile,
                [Case::QualitativeInBand, Case::QualitativeOutsideBand, Case::QualitativeNotDeclared],
            ),
            None => match row.declared_score {
                Some(declared) => outcome(Case::QualitativeNotStated, declared.max(Decimal::ZERO).min(weight)),
                None => nothing(Case::QualitativeNotStatedNotDeclared),
            },
        },
    }
}

fn of_execution(weight: Decimal, execution: &Execution) -> Outcome {
    let (executed, budget) = (execution.executed, execution.denominator);
    if budget <= Decimal::ZERO {
        nothing(Case::BudgetExecutionUndefined)
    } else if executed >= budget {
        outcome(Case::BudgetExecutionFull, weight)
    } else {
        share(Case::BudgetExecutionBelow, weight, executed, budget)
    }
}

fn of_number(row: &Row, weight: Decimal, actual: &Actual, profile: &Profile) -> Outcome {
    let Some(Target::Number { bound, upper }) = &row.target else {
        return nothing(Case::TargetMissing);
    };
    let Actual::Number(reached) = actual else {
        return nothing(Case::ActualUnusable);
    };
    let (target, reached) = (bound.scaled_value(), reached.scaled_value());
    match row.comparison_under(profile) {
        Comparison::AtLeast if reached >= target => outcome(Case::AtLeastMet, weight),
        Comparison::AtLeast if target <= Decimal::ZERO => outcome(Case::AtLeastTargetNotPositive, Decimal::ZERO),
        Comparison::AtLeast => share(Case::AtLeastBelowTarget, weight, reached, target),
        Comparison::AtMost if reached <= target => outcome(Case::AtMostMet, weight),
        Comparison::AtMost if target <= Decimal::ZERO => outcome(Case::AtMostTargetNotPositive, Decimal::ZERO),
        Comparison::AtMost => match profile.inverse.value {
            Inverse::Ratio => share(Case::AtMostAboveTargetRatio, weight, target, reached),
            Inverse::Linear => less(Case::AtMostAboveTargetLinear, weight, reached, target),
        },
        Comparison::Equal => of_equal(weight, target, reached, profile.equal.value),
        Comparison::Between => match upper {
            Some(upper) => of_range(weight, target, upper.scaled_value(), reached),
            None => nothing(Case::TargetMissing),
        },
    }
}

fn of_equal(weight: Decimal, target: Decimal, reached: Decimal, rule: EqualRule) -> Outcome {
    // A target of 0 (=0起) is met by 0 alone; as `at_least` three accidents would meet it.
    if reached == target {
        outcome(Case::EqualMet, weight)
    } else if target <= Decimal::ZERO {
        outcome(Case::EqualTargetNotPositive, Decimal::ZERO)
    } else {
        match rule {
            EqualRule::AtLeast if reached > target => outcome(Case::EqualMet, weight),
            EqualRule::AtLeast => share(Case::EqualBelowTarget, weight, reached, target),
            EqualRule::TwoSided => less(Case::EqualOffTarget, weight, reached, target),
        }
    }
}

fn of_range(weight: Decimal, one: Decimal, other: Decimal, reached: Decimal) -> Outcome {
    let (low, high) = (one.min(other), one.max(other));
    if reached < low {
        if low <= Decimal::ZERO {
            return outcome(Case::BetweenTargetNotPositive, Decimal::ZERO);
        }
        return share(Case::BetweenBelow, weight, reached, low);
    }
    if reached > high {
        if high <= Decimal::ZERO {
            return outcome(Case::BetweenTargetNotPositive, Decimal::ZERO);
        }
        return share(Case::BetweenAbove, weight, high, reached);
    }
    outcome(Case::BetweenInside, weight)
}

fn of_deadline((row, weight): (&Row, Decimal), actual: &Actual, profile: &Profile) -> Outcome {
    let Some(Target::Deadline(target)) = &row.target else {
        return nothing(Case::TargetMissing);
    };
    let Actual::Deadline(done) = actual else {
        return nothing(Case::ActualUnusable);
    };
    if done.last_day() <= target.last_day() {
        return outcome(Case::DeadlineMet, weight.max(Decimal::ZERO));
    }
    match row.achievement {
        Some(achievement) => banded(
            (row, weight),
            achievement,
            profile,
            [Case::DeadlineLateInBand, Case::DeadlineLateOutsideBand, Case::DeadlineLateNotDeclared],
        ),
        // Nobody says how far it was reached: more than in part it was not.
        None => match row.declared_score {
            Some(declared) => {
                let (_, high) = profile.bands.value.ends(Achievement::Partial, weight);
                outcome(Case::DeadlineLateCapped, declared.max(Decimal::ZERO).min(high))
            }
            None => nothing(Case::DeadlineLateWithoutAssessment),
        },
    }
}

/// The declared score if it lies in the band; outside it the nearest end; without one the lower end,
/// or the weight where the target was achieved.
fn banded((row, weight): (&Row, Decimal), achievement: Achievement, profile: &Profile, cases: [Case; 3]) -> Outcome {
    let [inside, outside, not_declared] = cases;
    let bands = profile.bands.value;
    let (low, high) = bands.ends(achievement, weight);
    match row.declared_score {
        Some(declared) if bands.contains(achievement, weight, declared) => {
            // 7.995 lies below 8, yet would round up to it.
            let rounded = super::arithmetic::round_points(declared);
            outcome(inside, if rounded > high { high } else { declared })
        }
        Some(declared) => outcome(outside, if declared < low { low } else { high }),
        None if achievement == Achievement::Achieved => outcome(not_declared, full_points(weight)),
        None => outcome(not_declared, low),
    }
}

/// `weight × part ÷ whole`, where a negative part counts as 0. The whole is above the part and above
/// 0, so that the share never exceeds the weight.
fn share(case: Case, weight: Decimal, part: Decimal, whole: Decimal) -> Outcome {
    let points = multiply_divide(weight, part.max(Decimal::ZERO), whole);
    outcome(case, points.unwrap_or_default())
}

/// `weight × max(0, 1 − |reached − target| ÷ target)`, as `weight × (target − distance) ÷ target`.
fn less(case: Case, weight: Decimal, reached: Decimal, target: Decimal) -> Outcome {
    let distance = reached.saturating_sub(target).abs();
    share(case, weight, target.saturating_sub(distance), target)
}
