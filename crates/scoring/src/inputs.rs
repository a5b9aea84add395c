//! The inputs of a row's points, as given and as understood.

use super::formula::plain;
use super::{
    Actual, Denominator, Execution, Measure, Profile, Quantity, Row, RowScore, RowStatus, Target, two_decimals,
};

/// Names and texts of everything a row's points rest on, in reading order.
pub(super) fn inputs(
    row: &Row,
    score: &RowScore,
    execution: &Execution,
    profile: &Profile,
) -> Vec<(&'static str, String)> {
    let mut list = Vec::new();
    if row.measure == Measure::BudgetExecution {
        list.push(("executed_amount", two_decimals(execution.executed)));
        let name = match profile.denominator.value {
            Denominator::FullYear => "adjusted_amount",
            Denominator::Initial => "initial_amount",
        };
        list.push((name, two_decimals(execution.denominator)));
    } else {
        add_target(row, profile, &mut list);
        add_actual(row, &mut list);
    }
    if row.status() != RowStatus::Reported {
        list.push(("status", row.status().as_str().to_owned()));
    }
    if let Some(achievement) = score.achievement {
        list.push(("achievement", achievement.as_str().to_owned()));
        if let Some(weight) = row.weight {
            let (low, high) = profile.bands.value.ends(achievement, weight);
            list.push(("band", format!("{} – {}", two_decimals(low), two_decimals(high))));
        }
    }
    if let Some(declared) = row.declared_score {
        list.push(("declared_score", two_decimals(declared)));
    }
    if let Some(reviewed) = row.reviewed_score {
        list.push(("reviewed_score", two_decimals(reviewed)));
    }
    list
}

fn add_target(row: &Row, profile: &Profile, list: &mut Vec<(&'static str, String)>) {
    if let Some(text) = &row.target_text {
        list.push(("target_text", text.clone()));
    }
    match &row.target {
        Some(Target::Number { bound, upper }) => {
            let comparison = row.comparison_under(profile);
            list.push(("comparison", comparison.as_str().to_owned()));
            list.push(("target", bound.to_string()));
            add_scaled("target_scaled", bound, list);
            if let Some(upper) = upper {
                list.push(("target_upper", upper.to_string()));
                add_scaled("target_upper_scaled", upper, list);
            }
        }
        Some(Target::Deadline(deadline)) => {
            list.push(("target", deadline.to_string()));
            list.push(("target_last_day", deadline.last_day().to_string()));
        }
        Some(Target::Text(_)) | None => {}
    }
}

fn add_actual(row: &Row, list: &mut Vec<(&'static str, String)>) {
    if let Some(text) = &row.actual_text {
        list.push(("actual_text", text.clone()));
    }
    match &row.actual {
        Some(Actual::Number(quantity)) => {
            list.push(("actual", quantity.to_string()));
            add_scaled("actual_scaled", quantity, list);
        }
        Some(Actual::Deadline(deadline)) => {
            list.push(("actual", deadline.to_string()));
            list.push(("actual_last_day", deadline.last_day().to_string()));
        }
        Some(Actual::Text(_)) | None => {}
    }
}

/// Only where scaling changed something: 5亿元 is 500000000 元.
fn add_scaled(name: &'static str, quantity: &Quantity, list: &mut Vec<(&'static str, String)>) {
    let (scaled, base) = quantity.scaled();
    if scaled != quantity.value() || base != quantity.unit() {
        list.push((name, format!("{} {}", plain(scaled), base.unwrap_or_default()).trim_end().to_owned()));
    }
}
