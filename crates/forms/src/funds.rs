//! 项目资金: the rows of amounts.

use rust_decimal::Decimal;

use super::label::{self, Label};
use super::model::{Cited, Form, FundRow};
use super::page::{Page, Text};
use super::problem::ProblemKind;
use super::{amounts, columns, fills, parts, unit};
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// What each column of the funds holds.
struct Columns {
    row: u32,
    /// Its last row: a heading may be split over two.
    last_row: u32,
    initial: Option<u32>,
    adjusted: Option<u32>,
    executed: Option<u32>,
    weight: Option<u32>,
    score: Option<u32>,
}

/// Reads the rows between the header of the funds and the goals or the indicators.
pub fn read(page: &mut Page<'_>, end: Option<u32>, form: &mut Form) {
    let end = end.unwrap_or(u32::MAX);
    let Some(columns) = header(page, end) else {
        let place = Place { row: form.first_row, column: 1 };
        page.problem(ProblemKind::FundsNotFound, place, "项目资金", None);
        return;
    };
    let is_next = |texts: &[Text]| texts.iter().any(|text| text.announces(NEXT));
    let below = page.rows.range(columns.last_row + 1..end);
    let rows: Vec<u32> = below.take_while(|(_, texts)| !is_next(texts)).map(|(row, _)| *row).collect();
    let last = rows.last().copied().unwrap_or(columns.last_row);
    let factor = unit::read(page, columns.row, last, end);
    if factor.is_none() && !says_units(page, &rows, &columns) {
        let place = Place { row: columns.row, column: 1 };
        page.problem(ProblemKind::AmountUnitMissing, place, "项目资金", None);
    }
    let amounts = [columns.initial, columns.adjusted, columns.executed];
    if let (Some(first), Some(last)) = (amounts.into_iter().flatten().min(), rows.last()) {
        let unknown = columns::unknown(page, (columns.row, columns.last_row), first, last.saturating_add(1));
        // 年初 below 预算数 is known, though it is no label by itself.
        form.unread.extend(unknown.into_iter().filter(|heading| !is_part(page, heading)));
    }
    for row in rows {
        if is_listing(page, row, &columns) {
            form.text_rows.push(row);
            continue;
        }
        let found = fund_row(page, row, &columns, factor.unwrap_or(Decimal::from(10_000)));
        form.funds.extend(found.filter(|fund| !fund.label.is_empty() || fund.has_amounts()));
    }
    parts::settle(&mut form.funds);
    fills::settle(form);
    for fund in form.funds.iter_mut().filter(|fund| fund.label.is_empty()) {
        fund.label = "年度资金总额".to_owned();
    }
}

/// What stands below the funds.
const NEXT: &[Label] =
    &[Label::Goals, Label::ExpectedGoal, Label::ReachedGoal, Label::Level1, Label::Level3, Label::Note];

fn header(page: &Page<'_>, end: u32) -> Option<Columns> {
    page.rows.range(..end).find_map(|(&row, texts)| {
        // A list of projects has a column of their names beside their amounts.
        let is_list = |text: &Text| text.announces(&[Label::ProjectName]) && page.beside(row, text).is_none();
        if texts.iter().any(is_list) {
            return None;
        }
        let split = page.rows.range(row + 1..end).next().filter(|(_, texts)| is_split_heading(texts));
        let below = |label: Label| {
            let texts = split.map(|(_, texts)| texts)?;
            texts.iter().find(|text| part(text) == Some(label)).map(|text| text.column)
        };
        let column = |label| below(label).or_else(|| page.column(row, label));
        // 年度预算数 may head the names of the funds.
        let adjusted = || {
            below(Label::Adjusted)
                .or_else(|| page.columns(row, Label::Adjusted).find(|&column| !heads_names(page, row, end, column)))
        };
        let columns = Columns {
            row,
            last_row: split.map_or(row, |(row, _)| *row),
            initial: column(Label::Initial),
            adjusted: adjusted().or_else(|| column(Label::Received)),
            executed: column(Label::Executed),
            weight: column(Label::Weight),
            score: column(Label::Score),
        };
        // 预算数 over 年初 and 全年 heads neither of them itself.
        let taken = [columns.initial, columns.executed];
        let columns = Columns { adjusted: columns.adjusted.filter(|at| !taken.contains(&Some(*at))), ..columns };
        let amounts = [columns.initial, columns.adjusted, columns.executed];
        (amounts.iter().flatten().count() >= 2).then_some(columns)
    })
}

/// Whether the names of the funds stand below a heading, and no amounts: texts with nothing before them in their rows.
fn heads_names(page: &Page<'_>, row: u32, end: u32, column: u32) -> bool {
    let below = page.rows.range(row + 1..end).map(|(_, texts)| texts);
    let mut first = below.take_while(|texts| !texts.iter().any(|text| text.announces(NEXT))).map(|texts| {
        let text = texts.iter().find(|text| !text.announces(&[Label::Funds]));
        text.is_some_and(|text| text.column == column && !amounts::is_amount(&text.text))
    });
    first.next().is_some_and(|is_name| is_name && first.all(|is_name| is_name))
}

/// What a heading below 预算数 stands for.
fn part(text: &Text) -> Option<Label> {
    let known = [Label::Initial, Label::Adjusted, Label::Executed];
    if let Some(read) = text.label.as_ref().filter(|read| read.value.is_none() && known.contains(&read.label)) {
        return Some(read.label);
    }
    match label::bare(&text.text).0.as_str() {
        "年初" | "年初数" | "年初批复" => Some(Label::Initial),
        "全年" | "全年数" | "调整" | "调整后" | "调整数" | "年度" | "本年" => Some(Label::Adjusted),
        "执行" | "支出" | "实际" => Some(Label::Executed),
        _ => None,
    }
}

/// Whether a heading stands for a column of the amounts, or is merged over some.
fn is_part(page: &Page<'_>, heading: &Cited<String>) -> bool {
    let texts = page.rows.get(&heading.place.row).into_iter().flatten();
    let mut here = texts.filter(|text| text.column == heading.place.column);
    page.last_column(heading.place) > heading.place.column || here.any(|text| part(text).is_some())
}

fn is_split_heading(texts: &[Text]) -> bool {
    !texts.is_empty() && texts.iter().all(|text| part(text).is_some())
}

/// Whether there are amounts and each says its unit itself, or by its heading.
fn says_units(page: &Page<'_>, rows: &[u32], columns: &Columns) -> bool {
    let amounts = [columns.initial, columns.adjusted, columns.executed];
    let of_column = amounts.map(|column| of_heading(page, columns, column).is_some());
    let mut given = rows.iter().filter_map(|row| page.rows.get(row)).flatten().filter_map(|text| {
        let at = amounts.iter().position(|column| *column == Some(text.column))?;
        (!is_not_given(&text.text)).then(|| of_column.get(at) == Some(&true) || amounts::says_unit(&text.text))
    });
    given.next().is_some_and(|first| first && given.all(|says| says))
}

/// A heading may say the unit of its column alone.
fn of_heading(page: &Page<'_>, columns: &Columns, column: Option<u32>) -> Option<Decimal> {
    let texts = page.rows.range(columns.row..=columns.last_row).flat_map(|(_, texts)| texts);
    texts.filter(|text| Some(text.column) == column).find_map(|text| unit::in_brackets(&text.text))
}

/// Whether a row is of how the money was managed, and not of money.
fn is_no_money(label: &str) -> bool {
    let (bare, _) = label::bare(label);
    bare.ends_with('性') || bare.contains("合规") || bare.contains("规范")
}

/// Whether a row between the funds has sentences where amounts would stand, and not one amount: 按收入性质分, 资金管理情况.
fn is_listing(page: &Page<'_>, row: u32, columns: &Columns) -> bool {
    const WORDS: usize = 2;
    let amounts = [columns.initial, columns.adjusted, columns.executed];
    let Some(first) = amounts.into_iter().flatten().min() else { return false };
    let texts = page.rows.get(&row).into_iter().flatten().filter(|text| text.column >= first);
    let mut given = texts.filter(|text| !is_not_given(&text.text)).peekable();
    let is_sentence = |text: &Text| {
        let words = text.text.chars().filter(|char| char.is_alphabetic() && !char.is_ascii()).count();
        words >= WORDS && !amounts::is_amount(&text.text)
    };
    given.peek().is_some() && given.all(is_sentence)
}

fn fund_row(page: &mut Page<'_>, row: u32, columns: &Columns, factor: Decimal) -> Option<FundRow> {
    let amounts = [columns.initial, columns.adjusted, columns.executed];
    let factors = amounts.map(|column| of_heading(page, columns, column).unwrap_or(factor));
    let first = amounts.into_iter().flatten().min()?;
    let is_label = |text: &&super::page::Text| text.column < first && !text.announces(&[Label::Funds]);
    let named = page.rows.get(&row)?.iter().rev().find(is_label).cloned();
    let has_figures = |texts: &Vec<Text>| texts.iter().any(|text| text.column >= first && !is_not_given(&text.text));
    if let Some(text) = named.as_ref().filter(|text| is_no_money(&text.text)) {
        if page.rows.get(&row).is_some_and(has_figures) {
            let place = Place { row, column: text.column };
            page.problem(ProblemKind::RowUnknown, place, "项目资金", Some(text.text.clone()));
        }
        return None;
    }
    let label = named.map(|text| text.text.trim().to_owned());
    let at = |page: &mut Page<'_>, column: Option<u32>, heading: &str| -> Option<Cited<String>> {
        let place = Place { row, column: column? };
        // A merged amount belongs to its first row alone, and what begins before the amounts is a name.
        page.text(place, heading).filter(|cited| cited.place.row == row && cited.place.column >= first)
    };
    let initial = at(page, columns.initial, "年初预算数");
    let adjusted = at(page, columns.adjusted, "全年预算数");
    let executed = at(page, columns.executed, "全年执行数");
    let weight = at(page, columns.weight, "分值");
    let score = at(page, columns.score, "得分");
    Some(FundRow {
        row,
        label: label.unwrap_or_default(),
        is_total: false,
        initial: initial.and_then(|text| amounts::yuan(page, &text, factors[0], "年初预算数")),
        adjusted: adjusted.and_then(|text| amounts::yuan(page, &text, factors[1], "全年预算数")),
        executed: executed.and_then(|text| amounts::yuan(page, &text, factors[2], "全年执行数")),
        weight: weight.and_then(|text| amounts::points(page, &text, "分值")),
        score: score.and_then(|text| amounts::points(page, &text, "得分")),
    })
}
