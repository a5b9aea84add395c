//! Checks of funds: what was budgeted, stated and spent.

use rust_decimal::Decimal;

use super::{Evidence, Finding, FindingCode};
use crate::{Assessment, Profile, Scored};

pub(super) fn check(assessment: &Assessment, profile: &Profile, scored: &Scored, findings: &mut Vec<Finding>) {
    let execution = &scored.execution;
    let mut add = |code, pointer, evidence| {
        findings.push(Finding::of_document(code, pointer, evidence));
    };
    if execution.rate.is_none() {
        let evidence = vec![
            ("budget_amount", Evidence::amount(execution.denominator)),
            ("executed_amount", Evidence::amount(execution.executed)),
        ];
        add(FindingCode::ExecutionRateUndefined, "/execution", evidence);
    }
    let over = overspent(assessment, scored);
    if !over.is_empty() {
        let evidence = vec![
            ("adjusted_amount", Evidence::amount(execution.adjusted)),
            ("executed_amount", Evidence::amount(execution.executed)),
            ("over", Evidence::List(over)),
        ];
        add(FindingCode::ExecutedExceedsBudget, "/execution", evidence);
    }
    if let Some(share) = unspent_share(profile, scored) {
        let evidence = vec![
            ("adjusted_amount", Evidence::amount(execution.adjusted)),
            ("balance", Evidence::amount(execution.balance)),
            ("unspent_share", Evidence::ratio(share, 6)),
        ];
        add(FindingCode::LargeUnspentBalance, "/execution", evidence);
    }
    if assessment.lines.is_empty() {
        return;
    }
    let stated = &assessment.stated;
    for (name, pointer, stated, sum) in [
        ("initial_amount", "/declared/initial_amount", stated.initial, execution.initial),
        ("adjusted_amount", "/declared/adjusted_amount", stated.adjusted, execution.adjusted),
        ("executed_amount", "/declared/executed_amount", stated.executed, execution.executed),
    ] {
        let Some(stated) = stated.filter(|stated| *stated != sum) else {
            continue;
        };
        let evidence = vec![
            ("amount", Evidence::text(name)),
            ("stated", Evidence::amount(stated)),
            ("sum", Evidence::amount(sum)),
            ("difference", Evidence::amount(stated.saturating_sub(sum))),
        ];
        if is_ten_thousandfold(stated, sum) || is_ten_thousandfold(sum, stated) {
            add(FindingCode::AmountUnitSuspicious, pointer, evidence.clone());
        }
        add(FindingCode::FundLinesDoNotAddUp, pointer, evidence);
    }
}

fn overspent(assessment: &Assessment, scored: &Scored) -> Vec<Vec<(&'static str, Evidence)>> {
    let execution = &scored.execution;
    let total = ("合计", execution.adjusted, execution.executed);
    let lines = assessment.lines.iter();
    std::iter::once(total)
        .chain(lines.map(|line| (line.label.as_str(), line.adjusted, line.executed)))
        .filter(|(_, adjusted, executed)| executed > adjusted)
        .map(|(label, adjusted, executed)| {
            vec![
                ("label", Evidence::text(label)),
                ("adjusted_amount", Evidence::amount(adjusted)),
                ("executed_amount", Evidence::amount(executed)),
                ("excess", Evidence::amount(executed.saturating_sub(adjusted))),
            ]
        })
        .collect()
}

/// The unspent share of the adjusted budget where it is above that of the profile.
fn unspent_share(profile: &Profile, scored: &Scored) -> Option<Decimal> {
    let execution = &scored.execution;
    if execution.adjusted <= Decimal::ZERO {
        return None;
    }
    let share = execution.balance.checked_div(execution.adjusted)?;
    (share > profile.unspent_share.value).then_some(share)
}

/// Within 1 %, because a form in 万元 prints rounded amounts.
fn is_ten_thousandfold(large: Decimal, small: Decimal) -> bool {
    if small <= Decimal::ZERO {
        return false;
    }
    let factor = large.checked_div(small);
    factor.is_some_and(|factor| factor >= Decimal::from(9_900) && factor <= Decimal::from(10_100))
}
