//! Checks of the form's shape: indicators named twice, goals copied, a wrong count.

use super::{Evidence, Finding, FindingCode};
use crate::{Assessment, Measure, Profile, Row, is_not_given};

pub(super) fn check(assessment: &Assessment, profile: &Profile, findings: &mut Vec<Finding>) {
    check_duplicates(assessment, findings);
    let goals = [&assessment.overall_goal, &assessment.annual_goal]
        .map(|goal| goal.as_deref().map(str::trim).filter(|goal| !is_not_given(goal)));
    if let [Some(overall), Some(annual)] = goals
        && overall == annual
    {
        let evidence = vec![("length", count(overall.chars().count()))];
        findings.push(Finding::of_document(FindingCode::IdenticalGoals, "/goals", evidence));
    }
    check_count(assessment, profile, findings);
}

fn check_duplicates(assessment: &Assessment, findings: &mut Vec<Finding>) {
    let names: Vec<String> = assessment.rows.iter().map(|row| unspaced(&row.name)).collect();
    for (index, name) in names.iter().enumerate() {
        let first = names.iter().position(|other| other == name).unwrap_or(index);
        if first == index || is_not_given(name) {
            continue;
        }
        let evidence = vec![("name", Evidence::text(name)), ("first_row", count(first.saturating_add(1)))];
        findings.push(Finding::of_row(FindingCode::DuplicateIndicator, index, "name", evidence));
    }
}

/// On a form with an execution part of its own, the indicators may be counted with or without it.
fn check_count(assessment: &Assessment, profile: &Profile, findings: &mut Vec<Finding>) {
    let Some(stated) = assessment.stated_indicator_count else {
        return;
    };
    let listed = assessment.rows.len();
    let is_execution = |row: &&Row| row.measure == Measure::BudgetExecution;
    let execution_rows = assessment.rows.iter().filter(is_execution).count();
    let without = listed.saturating_sub(execution_rows);
    let fits = |listed: usize| u32::try_from(listed) == Ok(stated);
    if fits(listed) || (profile.execution_weight.value.is_some() && fits(without)) {
        return;
    }
    let evidence = vec![("stated", Evidence::Integer(u64::from(stated))), ("listed", count(listed))];
    let code = FindingCode::StatedCountDiffers;
    findings.push(Finding::of_document(code, "/declared/indicator_count", evidence));
}

fn unspaced(name: &str) -> String {
    name.chars().filter(|char| !char.is_whitespace()).collect()
}

fn count(number: usize) -> Evidence {
    Evidence::Integer(u64::try_from(number).unwrap_or(u64::MAX))
}
