//! Checks of the form's shape: indicators named twice, goals copied, a wrong count.

use super::{Evidence, Finding, FindingCode};
use crate::{Assessment, Measure, Profile, Row, is_not_given};

/// Words of names that are rates, and no quantity.
const RATES: [&str; 8] = ["支付率", "拨付率", "合格率", "达标率", "及时率", "优良率", "准确率", "完好率"];
/// Ends of names that are counts, and no quality.
const COUNTS: [&str; 7] = ["人数", "人次", "次数", "场次", "面积", "里程", "户数"];

fn check_classes(assessment: &Assessment, findings: &mut Vec<Finding>) {
    for (index, row) in assessment.rows.iter().enumerate() {
        let is_wrong = row.level2.contains("数量") && RATES.iter().any(|word| row.name.contains(word))
            || row.level2.contains("质量") && COUNTS.iter().any(|word| row.name.ends_with(word));
        if is_wrong {
            let evidence = vec![("name", Evidence::text(&row.name)), ("level2", Evidence::text(&row.level2))];
            findings.push(Finding::of_row(FindingCode::ClassSuspicious, index, "level2", evidence));
        }
    }
}

/// Of many rows that declare points, the few that do not.
fn check_declared(assessment: &Assessment, findings: &mut Vec<Finding>) {
    // The points of the execution rate follow from the amounts, and many forms print none.
    let asked = || assessment.rows.iter().enumerate().filter(|(_, row)| row.measure != Measure::BudgetExecution);
    let missing = || asked().filter(|(_, row)| row.declared_score.is_none());
    let (lack, declare) = (missing().count(), asked().count() - missing().count());
    if lack >= declare {
        return;
    }
    for (index, row) in missing() {
        let evidence = vec![("name", Evidence::text(&row.name)), ("count", count(declare))];
        findings.push(Finding::of_row(FindingCode::DeclaredMissing, index, "declared_score", evidence));
    }
}

pub(super) fn check(assessment: &Assessment, profile: &Profile, findings: &mut Vec<Finding>) {
    check_classes(assessment, findings);
    check_declared(assessment, findings);
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
