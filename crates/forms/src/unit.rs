//! In what the amounts of a form count: said by labels and notes, and never by prose.

use rust_decimal::Decimal;

use super::amounts;
use super::label::Label;
use super::page::{Page, Text};

/// What announces the funds.
const OF_FUNDS: &[Label] = &[Label::Funds, Label::Initial, Label::Adjusted, Label::Executed, Label::Received];

/// How many yuan one of the form's amounts is. `header` is the row of the headings of the funds, `last` their last
/// row, and `end` where the indicators begin.
pub fn read(page: &Page<'_>, header: u32, last: u32, end: u32) -> Option<Decimal> {
    let above = || page.rows.range(..end).flat_map(|(row, texts)| texts.iter().map(|text| (*row, text)));
    let of_label = || above().filter(|(_, text)| text.announces(OF_FUNDS)).find_map(|(_, text)| of_funds(text));
    let of_note = || above().find_map(|(row, text)| of_note(page, row, text));
    let start = page.find(Label::ProjectName).map_or(0, |(row, _)| row);
    let is_title = |row: u32| row < start && page.rows.get(&row).is_some_and(|texts| texts.len() <= 2);
    let may_say = |row: u32| row == header || is_title(row) || (header..=last).contains(&row);
    let in_brackets = || above().filter(|(row, _)| may_say(*row)).find_map(|(_, text)| in_brackets(&text.text));
    of_label().or_else(of_note).or_else(in_brackets)
}

/// `项目资金（万元）`, `年初预算数（单位：万元）`.
fn of_funds(text: &Text) -> Option<Decimal> {
    let read = text.label.as_ref()?;
    in_brackets(&text.text).or_else(|| read.value.as_deref().and_then(first_unit))
}

/// `单位：万元`, `资金单位：万元、%`, or 单位 with the unit beside it.
fn of_note(page: &Page<'_>, row: u32, text: &Text) -> Option<Decimal> {
    if text.announces(&[Label::TargetUnit]) {
        return page.beside(row, text).and_then(|cited| first_unit(&cited.value));
    }
    let mut parts = text.text.split("单位").skip(1);
    parts.find_map(|part| first_unit(part.trim_start().strip_prefix(['：', ':'])?))
}

/// The unit that a text begins with: `万元、%`, `万元（保留两位小数）`.
fn first_unit(text: &str) -> Option<Decimal> {
    let is_parting = |char: char| !char.is_alphanumeric();
    amounts::factor(text.trim_start().split(is_parting).next()?)
}

/// The unit of amounts in one of the brackets of a text: `项目资金（万元）（10分）`, `（单位：万元）`.
pub fn in_brackets(text: &str) -> Option<Decimal> {
    let parts = text.split(['(', '（', ')', '）', '[', ']', '【', '】']);
    parts.skip(1).find_map(|part| amounts::factor(part.rsplit(['：', ':']).next().unwrap_or(part).trim()))
}
