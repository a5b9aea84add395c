//! 年度总体目标: what was planned and what came of it, in words.

use super::label::Label;
use super::model::{Cited, Form};
use super::page::{Page, Text};
use jixiao_scoring::is_not_given;

/// Reads the texts below 预期目标 and 实际完成情况, or beside 年度总体目标.
pub fn read(page: &Page<'_>, end: Option<u32>, form: &mut Form) {
    let end = end.unwrap_or(u32::MAX);
    let header = page.rows.range(..end).map(|(row, _)| *row).find(|&row| expected(page, row).is_some());
    let Some(header) = header else {
        let beside = page.labels().find(|(row, text)| *row < end && text.announces(&[Label::Goals]));
        form.expected_goal = beside.and_then(|(row, text)| page.beside(row, text));
        return;
    };
    // Of a goal and its adjustment in the year the adjusted one counts, where there is one.
    let below = |label: Label, is_adjusted: bool| -> Option<Cited<String>> {
        let column = match is_adjusted {
            true => page.column_with(header, label, "调整")?,
            false if label == Label::ExpectedGoal => expected(page, header)?,
            false => page.column(header, label)?,
        };
        let same_row = page.rows.get(&header)?.iter().find(|text| text.column == column)?;
        let inline = page.beside(header, same_row);
        let is_past = |texts: &[Text]| texts.iter().any(|text| text.announces(NEXT));
        let found = page.lines(header + 1..end, column, is_past);
        found.or(inline).filter(|goal| !is_not_given(&goal.value))
    };
    form.expected_goal = below(Label::ExpectedGoal, true).or_else(|| below(Label::ExpectedGoal, false));
    form.reached_goal = below(Label::ReachedGoal, false);
}

/// The column of what was planned: 预期目标, or 总体目标 beside 实际完成情况.
fn expected(page: &Page<'_>, row: u32) -> Option<u32> {
    let beside = || {
        let reached = page.column(row, Label::ReachedGoal)?;
        page.columns(row, Label::Goals).filter(|column| *column < reached).last()
    };
    page.column(row, Label::ExpectedGoal).or_else(beside)
}

/// What stands below the goals.
const NEXT: &[Label] = &[Label::Level1, Label::Level2, Label::Level3, Label::Funds, Label::Total, Label::Note];
