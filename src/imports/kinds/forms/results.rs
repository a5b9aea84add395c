//! The declarations and results of a form, as the draft of its project.

use rust_decimal::Decimal;

use super::errors::{Errors, points};
use crate::assessments::actions::{declared as registered, draft_row, set_declared};
use crate::assessments::model::{AssessmentRow, Declared};
use crate::assessments::result::ResultRow;
use crate::budgets::model::{BudgetLine, BudgetSummary};
use crate::forms::{Cited, Form, FundRow, suited};
use crate::imports::change::{Change, Table, Written};
use crate::indicators::IndicatorId;
use crate::indicators::model::IndicatorRow;
use crate::projects::model::ProjectRow;
use crate::values::Money;

/// The draft with what the form declares, and whether that differs from before.
pub(super) fn assessment_change(
    form: &Form,
    project: &ProjectRow,
    (open, lines): (Option<&AssessmentRow>, &[BudgetLine]),
    errors: &mut Errors,
) -> (AssessmentRow, bool) {
    let total = form.fund_total();
    let stated = |amount: fn(&FundRow) -> &Option<Cited<Decimal>>| {
        total.and_then(|total| amount(total).as_ref()).map(|cited| Money::from_yuan(cited.value))
    };
    let (before, sum) = (open.map(registered), BudgetSummary::of(lines));
    // Where nothing was declared, a printed form shows the sum of the lines. When it is uploaded again, that sum is not
    // taken for a declaration.
    let stated = |amount, kept: fn(&Declared) -> Option<Money>, sum: Money| {
        let is_printed = before.as_ref().is_some_and(|before| kept(before).is_none());
        stated(amount).filter(|value| !(is_printed && *value == sum))
    };
    let declared = Declared {
        total: points(&form.total_score, "总分", errors),
        grade_text: errors.read(&form.grade, "自评等级"),
        indicator_count: None,
        initial_amount: stated(|total| &total.initial, |kept| kept.initial_amount, sum.initial_amount),
        adjusted_amount: stated(|total| &total.adjusted, |kept| kept.adjusted_amount, sum.adjusted_amount),
        executed_amount: stated(|total| &total.executed, |kept| kept.executed_amount, sum.executed_amount),
    };
    let mut row = match open {
        Some(open) => open.clone(),
        None => draft_row(project, suited(form)),
    };
    set_declared(&mut row, declared.clone());
    // A form without the cell says nothing of it: what was written since the last upload stays.
    row.goal_completion = errors.read(&form.reached_goal, "实际完成情况").or(row.goal_completion);
    let is_other = before != Some(declared) || open.is_some_and(|open| open.goal_completion != row.goal_completion);
    if let Some(open) = open.filter(|_| is_other) {
        row.follow(open.version);
    }
    (row, is_other)
}

/// The results of the form's rows, which are those of `kept` in their order.
pub(super) fn form_results(
    form: &Form,
    assessment: &AssessmentRow,
    kept: &[IndicatorRow],
    errors: &mut Errors,
) -> Vec<ResultRow> {
    let empty = |indicator: &IndicatorRow| ResultRow::empty(assessment.id.clone(), indicator.id.clone());
    let mut rows = Vec::with_capacity(kept.len());
    let mut kept = kept.iter();
    if form.execution().is_some()
        && let (Some(indicator), Some(total)) = (kept.next(), form.execution_row())
    {
        rows.push(ResultRow { declared_score: points(&total.score, "得分", errors), ..empty(indicator) });
    }
    for (indicator, row) in kept.zip(&form.indicators) {
        rows.push(ResultRow {
            actual_text: errors.read(&row.actual, "实际完成值"),
            declared_score: points(&row.score, "得分", errors),
            deviation_reason: errors.read(&row.reason, "偏差原因分析及改进措施"),
            ..empty(indicator)
        });
    }
    rows.retain(says_something);
    rows
}

fn says_something(row: &ResultRow) -> bool {
    row.actual_text.is_some() || row.declared_score.is_some() || row.deviation_reason.is_some()
}

/// The changes of results. `has_reasons` says whether the form has a column for reasons, `on_funds` which row stands among
/// the funds, where no form has one.
pub(super) fn result_changes(
    before: Vec<ResultRow>,
    after: Vec<ResultRow>,
    has_reasons: bool,
    on_funds: Option<&IndicatorId>,
) -> Vec<Change> {
    let mut left = before;
    let mut changes = Vec::new();
    for row in after {
        let same = left.iter().position(|one| one.indicator_id == row.indicator_id).map(|at| left.remove(at));
        // How far a qualitative target was achieved is not on the form.
        let row = ResultRow {
            achievement: same.as_ref().and_then(|one| one.achievement),
            status: same.as_ref().and_then(|one| one.status),
            // A form without a cell for the reason, as the block of the funds, leaves the reason that was given.
            deviation_reason: row.deviation_reason.or_else(|| {
                let kept = same.as_ref().filter(|one| !has_reasons || Some(&one.indicator_id) == on_funds);
                kept.and_then(|one| one.deviation_reason.clone())
            }),
            ..row
        };
        if same.as_ref() != Some(&row) {
            changes.push(Change::Result(Box::new(Written { before: same, after: Some(row) })));
        }
    }
    // A result in which nothing is filled in counts as none.
    let gone = left
        .into_iter()
        .filter(|row| says_something(row) || row.reviewed_score.is_some())
        .map(|row| Change::Result(Written::gone(row)));
    changes.splice(0..0, gone);
    changes
}
