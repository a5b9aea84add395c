//! A sheet into its forms.

use super::label::Label;
use super::model::Form;
use super::page::{Page, Text};
use super::problem::ProblemKind;
use super::{columns, funds, goals, heading, indicators};
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
            Some(_) => vec![form(page, "")],
            None => Vec::new(),
        };
    }
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

fn form(mut page: Page<'_>, sheet: &str) -> Form {
    let first_row = page.rows.keys().next().copied().unwrap_or(1);
    let mut form = Form { sheet: page.sheet().to_owned(), first_row, ..Form::default() };
    heading::read(&page, sheet, &mut form);
    let place = Place { row: first_row, column: 1 };
    if form.project_name.is_none() {
        page.problem(ProblemKind::ProjectNameMissing, place, "项目名称", None);
    }
    let header = columns::header(&page);
    funds::read(&mut page, header.as_ref().map(|header| header.row), &mut form);
    goals::read(&page, header.as_ref().map(|header| header.row), &mut form);
    match header {
        Some(header) => indicators::read(&mut page, &header, &mut form),
        None => page.problem(ProblemKind::IndicatorsNotFound, place, "绩效指标", None),
    }
    heading::read_total(&mut page, &mut form);
    form.problems = page.into_problems();
    form
}

/// Whether a text belongs below the form before: a note, or who filled it in.
fn is_below(text: &Text) -> bool {
    text.announces(&[Label::Note, Label::Reason, Label::Total, Label::Grade])
        || text.text.trim_start().starts_with(['注', '备'])
}
