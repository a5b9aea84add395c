//! What a form changes of its project, once it is known which that is.

use super::errors::Errors;
use super::figures::{fund_changes, indicator_changes};
use super::results::{assessment_change, form_results, result_changes};
use crate::assessments::guard::{self, Write};
use crate::assessments::model::AssessmentRow;
use crate::budgets::model::{BudgetLine, BudgetSummary};
use crate::db::Connection;
use crate::forms::Form;
use crate::http::error::{Code, Result};
use crate::imports::change::{Change, Table, Written};
use crate::imports::model::Note;
use crate::projects::model::ProjectRow;
use crate::scoring::EvaluationKind;
use crate::values::input::Misread;
use crate::values::{LongText, Money};
use crate::workbooks::Place;
use crate::{assessments, budgets, indicators};

/// The changes, the location of the resource that they concern, whether it existed before, and notes.
pub(super) type Changed = (Vec<Change>, String, bool, Vec<Note>);

/// The changes of a form; none if it has errors.
pub(super) fn changes(
    c: &mut Connection,
    form: &Form,
    project: ProjectRow,
    is_new: bool,
    start: Place,
    errors: &mut Errors,
) -> Result<Option<Changed>> {
    let ids = std::slice::from_ref(&project.id);
    let (lines, indicators, open) = match is_new {
        true => (Vec::new(), Vec::new(), None),
        false => {
            let open = assessments::store::of_projects(c, ids)?.into_iter().next().map(|(row, _)| row);
            (budgets::store::of_projects(c, ids)?, indicators::store::of_projects(c, ids)?, open)
        }
    };
    if open.as_ref().is_some_and(|open| open.kind != EvaluationKind::UnitSelfAssessment) {
        let misread = Misread::new(
            Code::FiguresLocked,
            "该项目正在进行部门评价，不能上传单位自评表",
            "the project has a department evaluation under way, so no form of the unit is taken",
        );
        errors.add(start, "项目名称", None, misread);
        return Ok(None);
    }
    let has_draft = open.is_some();
    let mut notes = Vec::new();
    let mut figures = fund_changes(form, &project, &lines, errors, &mut notes);
    let (set, kept) = indicator_changes(form, &project, (&indicators, 0), errors);
    if !errors.0.is_empty() {
        return Ok(None);
    }
    let results = match &open {
        Some(open) => assessments::store::results(c, std::slice::from_ref(&open.id))?,
        None => Vec::new(),
    };
    let (assessment, declared) = assessment_change(form, &project, (open.as_ref(), &lines), errors);
    let new_results = form_results(form, &assessment, &kept, errors);
    figures.extend(set);
    let opens = open.is_some() || is_new || says_something(form, &assessment, &lines) || !new_results.is_empty();
    let location = match opens {
        true => assessment.location(),
        false => project.location(),
    };
    let goal: Option<LongText> = errors.read(&form.expected_goal, "预期目标");
    let goal = goal.or_else(|| project.annual_goal.clone());
    let after = ProjectRow { annual_goal: goal, ..project.clone() };
    let mut changes: Vec<Change> = project_change(project, after, is_new, !figures.is_empty()).into_iter().collect();
    changes.extend(figures);
    let on_funds = form.execution().and_then(|_| kept.first()).map(|row| row.id.clone());
    let result_changes = result_changes(results, new_results, form.has_reasons, on_funds.as_ref());
    match (open, declared) {
        // A form in which nothing is reported yet, such as an empty template, opens no draft.
        (None, _) if !opens => {}
        (None, _) => changes.push(Change::Assessment(Written::new(assessment))),
        (Some(before), true) => changes.push(Change::Assessment(Written::changed(before, assessment))),
        (Some(before), false) if !result_changes.is_empty() => {
            changes.push(Change::TouchedAssessment(before.id, before.version));
            changes.extend(result_changes);
            check(c, &changes, start, errors)?;
            return Ok(Some((changes, location, true, notes)));
        }
        (Some(_), false) => {}
    }
    changes.extend(result_changes);
    check(c, &changes, start, errors)?;
    // A project that existed counts as updated, whether or not it has a draft.
    Ok(Some((changes, location, has_draft || !opens, notes)))
}

/// What a form changes of its project itself: that it is new, its goals, or only that figures of it changed.
pub(super) fn project_change(
    project: ProjectRow,
    mut after: ProjectRow,
    is_new: bool,
    has_figures: bool,
) -> Option<Change> {
    if is_new {
        return Some(Change::Project(Written::new(after)));
    }
    if (&after.annual_goal, &after.overall_goal) != (&project.annual_goal, &project.overall_goal) {
        after.follow(project.version);
        return Some(Change::Project(Written::changed(project, after)));
    }
    has_figures.then_some(Change::TouchedProject(project.id, project.version))
}

/// Whether a form declares a total score, a grade, or total funds that differ from the registered ones.
fn says_something(form: &Form, assessment: &AssessmentRow, lines: &[BudgetLine]) -> bool {
    let sum = BudgetSummary::of(lines);
    let is_other = |declared: Option<Money>, registered: Money| declared.is_some_and(|one| one != registered);
    form.total_score.is_some()
        || form.reached_goal.is_some()
        || assessment.declared_grade_text.is_some()
        || is_other(assessment.declared_initial_amount, sum.initial_amount)
        || is_other(assessment.declared_adjusted_amount, sum.adjusted_amount)
        || is_other(assessment.declared_executed_amount, sum.executed_amount)
}

/// Adds an error if any of the changes may not be made now.
pub(super) fn check(c: &mut Connection, changes: &[Change], start: Place, errors: &mut Errors) -> Result<()> {
    let writes: Vec<Write> = changes.iter().filter_map(Change::write).collect();
    if let Some(refusal) = guard::refusals(c, &writes)?.into_iter().flatten().next() {
        let message = refusal.message();
        errors.add(start, "项目名称", None, Misread::new(refusal.code(), message.zh, message.en));
    }
    Ok(())
}
