//! 年度总体目标: what was planned and what came of it, in words.

use super::label::Label;
use super::model::{Cited, Form};
use super::page::Page;
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// Reads the texts below 预期目标 and 实际完成情况, or beside 年度总体目标.
pub fn read(page: &Page<'_>, end: Option<u32>, form: &mut Form) {
    let end = end.unwrap_or(u32::MAX);
    let header =
        page.rows.range(..end).map(|(row, _)| *row).find(|&row| page.column(row, Label::ExpectedGoal).is_some());
    let Some(header) = header else {
        let beside = page.labels().find(|(row, text)| *row < end && text.announces(&[Label::Goals]));
        form.expected_goal = beside.and_then(|(row, text)| page.beside(row, text));
        return;
    };
    let below = |label: Label| -> Option<Cited<String>> {
        let column = page.column(header, label)?;
        let same_row = page.rows.get(&header)?.iter().find(|text| text.column == column)?;
        let inline = page.beside(header, same_row);
        let mut found: Option<Cited<String>> = None;
        for (&row, texts) in page.rows.range(header + 1..end) {
            if texts.iter().any(|text| text.announces(NEXT)) {
                break;
            }
            let Some(text) = texts.iter().find(|text| text.column == column) else { continue };
            match &mut found {
                None => found = Some(Cited { value: text.text.trim().to_owned(), place: Place { row, column } }),
                Some(goal) => {
                    goal.value.push('\n');
                    goal.value.push_str(text.text.trim());
                }
            }
        }
        found.or(inline).filter(|goal| !is_not_given(&goal.value))
    };
    form.expected_goal = below(Label::ExpectedGoal);
    form.reached_goal = below(Label::ReachedGoal);
}

/// What stands below the goals.
const NEXT: &[Label] = &[Label::Level1, Label::Level2, Label::Level3, Label::Funds, Label::Total, Label::Note];
