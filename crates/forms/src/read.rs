//! A sheet into its forms.

use super::label::Label;
use super::model::{Form, FormKind, Purpose};
use super::page::{Page, Text};
use super::problem::ProblemKind;
use super::{columns, funds, goal_forms, goals, heading, indicators, kind, ledger};
use crate::workbooks::{Place, Sheet};

/// Rows of titles above a form at most.
const TITLES: u32 = 4;

/// The forms of a sheet, in their order; none where the sheet holds no form.
pub fn read(sheet: &Sheet) -> Vec<Form> {
    let mut page = Page::of(sheet);
    let mut starts: Vec<u32> =
        page.labels().filter(|(_, text)| text.announces(&[Label::ProjectName])).map(|(row, _)| row).collect();
    starts.dedup();
    if starts.is_empty() {
        // A form without a project's name is one all the same.
        return match columns::header(&page) {
            Some(_) => vec![form(page, sheet.name.as_str())],
            None => Vec::new(),
        };
    }
    let starts = kept(&page, &starts);
    let mut forms = Vec::new();
    // The title of a form stands above it: rows of a single cell.
    for &start in starts.iter().skip(1).rev() {
        let above = |row: &u32| row.checked_add(TITLES).is_some_and(|last| last >= start) && *row < start;
        let is_title = |row: &u32| {
            page.rows.get(row).is_some_and(|texts| texts.len() == 1 && texts.iter().all(|text| !is_below(text)))
        };
        let titles = page.rows.keys().rev().filter(|row| above(row)).take_while(|row| is_title(row));
        let from = titles.min().copied().unwrap_or(start);
        let rest = page.split_off(from);
        forms.push(form(rest, sheet.name.as_str()));
    }
    forms.push(form(page, sheet.name.as_str()));
    forms.reverse();
    forms
}

/// The starts that have indicators or funds below them before the next: a note that mentions a project has none. A
/// start without any right above one that has (项目名称, 子项目名称) is where the form begins.
fn kept(page: &Page<'_>, starts: &[u32]) -> Vec<u32> {
    let tables: Vec<u32> = page
        .labels()
        .filter(|(_, text)| text.announces(&[Label::Level3, Label::Executed]))
        .map(|(row, _)| row)
        .collect();
    let mut kept: Vec<u32> = Vec::new();
    let mut before: Option<u32> = None;
    for (at, &start) in starts.iter().enumerate() {
        let next = starts.get(at + 1).copied().unwrap_or(u32::MAX);
        if !tables.iter().any(|row| (start..next).contains(row)) {
            before = Some(start);
            continue;
        }
        let near = before.take().filter(|before| start - before <= TITLES);
        kept.push(near.unwrap_or(start));
    }
    if kept.is_empty() { starts.iter().take(1).copied().collect() } else { kept }
}

/// The forms of a workbook's sheets, and those beside them that are none of this purpose: sheets that only mention projects,
/// that explain or sum up. Alone such a sheet is given as a form, which says what it lacks.
pub fn of_sheets(sheets: &[Sheet], purpose: Purpose) -> (Vec<Form>, Vec<Form>) {
    let mut forms: Vec<Form> = sheets.iter().flat_map(read).collect();
    let mut others: Vec<Form> = Vec::new();
    if forms.iter().any(|form| form.is_of(purpose)) {
        others.extend(forms.extract_if(.., |form| !form.is_of(purpose)));
    }
    (forms, others)
}

impl Form {
    /// Whether it is a form of this purpose, and no sheet that only mentions a project or is of another kind.
    pub fn is_of(&self, purpose: Purpose) -> bool {
        !is_mention(self) && self.is_not_for(purpose).is_none()
    }
}

/// Whether a form has neither funds nor indicators: its sheet only mentions a project.
fn is_mention(form: &Form) -> bool {
    // A ledger beside the forms that it sums up is no form; alone it is said what it is.
    if form.problems.iter().any(|problem| problem.kind.is_other_kind()) {
        return true;
    }
    let lacks = |kind: ProblemKind| form.problems.iter().any(|problem| problem.kind == kind);
    lacks(ProblemKind::FundsNotFound) && lacks(ProblemKind::IndicatorsNotFound)
}

fn form(mut page: Page<'_>, sheet: &str) -> Form {
    let first_row = page.rows.keys().next().copied().unwrap_or(1);
    let mut form = Form { sheet: page.sheet().to_owned(), first_row, ..Form::default() };
    heading::read(&page, sheet, &mut form);
    // Whatever a sheet is called, one with results and points is a self-assessment.
    let is_filled = columns::header(&page).is_some_and(|header| header.actual.is_some() && header.score.is_some());
    let is_called = |(kind, _): &(ProblemKind, _)| {
        !is_filled || matches!(kind, ProblemKind::MonitoringForm | ProblemKind::ScoreTable)
    };
    let other = kind::other(&page).filter(is_called);
    if let Some((kind, title)) = other.as_ref().filter(|(kind, _)| *kind != ProblemKind::GoalForm) {
        page.problem(*kind, title.place, "标题", Some(title.value.clone()));
        if *kind == ProblemKind::Ledger {
            form.ledger = ledger::rows(&page);
            // The headings of its columns name no project.
            (form.project_name, form.project_code, form.unit) = (None, None, None);
        }
        form.problems = page.into_problems();
        return form;
    }
    let place = Place { row: first_row, column: 1 };
    if let Some(code) = form.project_code.take_if(|code| page.is_cut(code.place)) {
        page.problem(ProblemKind::DigitsLost, code.place, "项目代码", Some(code.value));
    }
    form.kind = kind::of(&page, &form);
    if let Some((_, title)) = other {
        (form.kind, form.title) = (FormKind::Goals, Some(title));
    }
    if form.project_name.is_none() && form.organization().is_none_or(|_| form.kind != FormKind::Department) {
        page.problem(ProblemKind::ProjectNameMissing, place, "项目名称", None);
    }
    if form.kind == FormKind::Goals {
        goal_forms::read(&mut page, &mut form);
        return settled(page, form);
    }
    let header = columns::header(&page);
    let table = header.as_ref().map(|header| header.row);
    funds::read(&mut page, table, &mut form);
    goals::read(&page, table, &mut form);
    match header {
        Some(header) => indicators::read(&mut page, &header, &mut form),
        None => page.problem(ProblemKind::IndicatorsNotFound, place, "绩效指标", None),
    }
    heading::read_total(&mut page, table, &mut form);
    settled(page, form)
}

/// A form with what was hidden of it and what could not be understood.
fn settled(page: Page<'_>, mut form: Form) -> Form {
    let read = form.indicators.iter().map(|one| one.row).chain(form.funds.iter().map(|fund| fund.row));
    form.hidden_rows = read.filter(|row| page.is_hidden_row(*row)).collect();
    form.hidden_columns = page.hidden_columns();
    form.problems = page.into_problems();
    form
}

/// Whether a text belongs below the form before: a note, or who filled it in.
fn is_below(text: &Text) -> bool {
    text.announces(&[Label::Note, Label::Reason, Label::Total, Label::Grade])
        || text.text.trim_start().starts_with(['注', '备'])
}
