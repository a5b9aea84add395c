//! 项目支出绩效目标申报表: what a project is to reach, and with how much money. Nothing of it is reached yet.
//!
//! Goals, amounts and indicators of a year stand beside those of several years (中期, 长期, 总); both goals are read, and of
//! the money and the indicators those of the year alone.

use rust_decimal::Decimal;

use super::columns::{self, Header};
use super::label::{self, Label};
use super::model::{Cited, Form, FundRow};
use super::page::{Page, Text};
use super::{amounts, indicators, parts, unit};
use crate::workbooks::Place;
use jixiao_scoring::is_not_given;

/// What the goals of several years are headed by, without blanks and what stands in brackets.
const OVERALL: &[&str] = &[
    "长期目标",
    "中期目标",
    "中长期目标",
    "长期绩效目标",
    "中长期绩效目标",
    "项目总目标",
    "项目总体目标",
    "总目标",
    "总体目标",
    "实施期目标",
    "实施期总目标",
    "实施期绩效目标",
    "项目实施期目标",
];

/// What those of the year are headed by.
const ANNUAL: &[&str] = &[
    "年度目标",
    "年度总体目标",
    "年度总目标",
    "年度绩效目标",
    "年度绩效总目标",
    "年度总体绩效目标",
    "本年度目标",
    "本年度绩效目标",
    "当年目标",
    "当年绩效目标",
];

/// Words of an amount that is of the year, and of one that is of all years.
const OF_YEAR: &[&str] = &["年度", "当年", "本年"];
const OF_ALL_YEARS: &[&str] = &["中期", "长期", "实施期", "总投资", "项目总额", "项目资金总额", "项目总预算"];

/// Level 2 of the statutory frame: a text beside one of these is the name of an indicator, and no explanation.
const CLASSES: &[&str] =
    &["数量", "质量", "时效", "成本", "经济效益", "社会效益", "生态效益", "环境效益", "可持续", "满意度"];

/// Reads the goals, the money and the indicators of a form whose heading has been read.
pub fn read(page: &mut Page<'_>, form: &mut Form) {
    let header = columns::header(page);
    form.has_long_term_table =
        header.as_ref().is_some_and(|header| page.columns(header.row, Label::Level3).count() > 1);
    let header = header.map(|header| of_year(page, header));
    let table = header.as_ref().map_or(u32::MAX, |header| header.row);
    goals(page, table, form);
    form.funds = funds(page, table);
    match header {
        Some(header) => {
            indicators::read(page, &header, form);
            if is_headed_by_content(page, &header) {
                form.indicators.iter_mut().for_each(|row| {
                    let is_class = |level: &Cited<String>| CLASSES.iter().any(|class| level.value.contains(class));
                    if let Some(name) = row.level2.take_if(|level| !is_class(level)) {
                        row.explanation = Some(std::mem::replace(&mut row.name, name));
                    }
                });
            }
        }
        None => {
            let place = Place { row: form.first_row, column: 1 };
            page.problem(super::ProblemKind::IndicatorsNotFound, place, "绩效指标", None);
        }
    }
}

/// Whether the column of names is headed 指标内容, which may explain what stands at level 2.
fn is_headed_by_content(page: &Page<'_>, header: &Header) -> bool {
    let rows = page.rows.range(header.row..=header.last_row);
    let is_content = |text: &Text| text.column == header.name && label::bare(&text.text).0 == "指标内容";
    header.explanation.is_none() && rows.flat_map(|(_, texts)| texts).any(is_content)
}

/// Of a table whose halves are those of several years and of the year, the half of the year.
fn of_year(page: &Page<'_>, header: Header) -> Header {
    let names: Vec<u32> = page.columns(header.row, Label::Level3).collect();
    let Some((last, left)) = names.split_last().filter(|(_, left)| !left.is_empty()) else { return header };
    let within = |column: &u32| left.iter().all(|name| column > name);
    let of = |label: Label, is_before: bool| {
        let rows = [header.last_row, header.row];
        let found = rows.into_iter().flat_map(|row| page.columns(row, label).filter(within).collect::<Vec<u32>>());
        found.into_iter().find(|column| (*column < *last) == is_before)
    };
    let target = of(Label::Target, false);
    Header {
        level1: of(Label::Level1, true).or(header.level1),
        level2: of(Label::Level2, true).or(header.level2),
        name: *last,
        nature: of(Label::Nature, false),
        target: target.map(|column| (column, page.last_column(Place { row: header.row, column }))),
        unit: of(Label::TargetUnit, false),
        weight: of(Label::Weight, false),
        explanation: of(Label::Explanation, false),
        standard: of(Label::Standard, false),
        data_source: of(Label::DataSource, false),
        ..header
    }
}

/// Reads the goals of several years and of the year, before the table in the row `end`.
fn goals(page: &Page<'_>, end: u32, form: &mut Form) {
    let headed = |words: &'static [&'static str]| {
        let texts = page.rows.range(..end).flat_map(|(row, texts)| texts.iter().map(move |text| (*row, text)));
        texts
            .filter(|(_, text)| words.contains(&head(text).as_str()))
            .find_map(|(row, text)| goal(page, row, text, end))
    };
    form.overall_goal = headed(OVERALL);
    form.expected_goal = headed(ANNUAL).or_else(|| {
        // A form of one year may call them goals alone.
        let plain = |(row, text): &(u32, &Text)| *row < end && text.announces(&[Label::Goals, Label::ExpectedGoal]);
        let mut plain = page.labels().filter(plain);
        plain.find_map(|(row, text)| goal(page, row, text, end)).filter(|_| form.overall_goal.is_none())
    });
}

/// What a text says before its colon, without blanks and brackets.
fn head(text: &Text) -> String {
    label::bare(text.text.split(['：', ':']).next().unwrap_or_default()).0
}

/// The text of a goal: behind its colon, in the rows below its heading, or beside it.
fn goal(page: &Page<'_>, row: u32, heading: &Text, end: u32) -> Option<Cited<String>> {
    let is_heading = |text: &Text| {
        let head = head(text);
        OVERALL.contains(&head.as_str())
            || ANNUAL.contains(&head.as_str())
            || text.announces(&[Label::Level1, Label::Level2, Label::Level3, Label::Goals, Label::Funds, Label::Note])
    };
    let place = Place { row, column: heading.column };
    let own = heading.text.split_once(['：', ':']).map(|(_, own)| own.trim()).filter(|own| !own.is_empty());
    let mut found = own.map(|own| Cited { value: own.to_owned(), place });
    let first = page.last_row(place) + 1;
    for (&row, texts) in page.rows.range(first..end).take_while(|(_, texts)| !texts.iter().any(is_heading)) {
        let Some(text) = texts.iter().find(|text| text.column == heading.column) else { continue };
        match &mut found {
            None => found = Some(Cited { value: text.text.trim().to_owned(), place: Place { row, ..place } }),
            Some(goal) => {
                goal.value.push('\n');
                goal.value.push_str(text.text.trim());
            }
        }
    }
    let beside = || {
        let next = page.rows.get(&row)?.iter().find(|text| text.column > heading.column)?;
        (!is_heading(next))
            .then(|| Cited { value: next.text.trim().to_owned(), place: Place { column: next.column, ..place } })
    };
    found.or_else(beside).filter(|goal| !is_not_given(&goal.value))
}

/// A label with the amount beside it.
struct Pair {
    row: u32,
    column: u32,
    label: String,
    amount: Cited<String>,
}

/// The money of the year, which is asked for: rows with an initial amount.
fn funds(page: &mut Page<'_>, table: u32) -> Vec<FundRow> {
    let is_start = |text: &Text| {
        let head = head(text);
        text.announces(&[Label::Funds])
            || head.starts_with("项目资金")
            || head.starts_with("预算资金")
            || head.starts_with("资金")
    };
    let start = page.rows.range(..table).find(|(_, texts)| texts.iter().any(is_start)).map(|(row, _)| *row);
    let Some(start) = start else { return Vec::new() };
    let is_goal = |text: &Text| {
        let head = head(text);
        text.announces(&[Label::Goals]) || OVERALL.contains(&head.as_str()) || ANNUAL.contains(&head.as_str())
    };
    let end = page.rows.range(start..table).find(|(_, texts)| texts.iter().any(is_goal)).map_or(table, |(row, _)| *row);
    let pairs: Vec<Pair> = page.rows.range(start..end).flat_map(|(row, texts)| pairs(*row, texts)).collect();
    let says = |pair: &Pair, words: &[&str]| words.iter().any(|word| pair.label.contains(word));
    let first = pairs.iter().find(|pair| says(pair, OF_YEAR) && !says(pair, OF_ALL_YEARS));
    let mut columns: Vec<u32> = pairs.iter().map(|pair| pair.column).collect();
    columns.sort_unstable();
    columns.dedup();
    let (column, from) = match first {
        Some(pair) => (pair.column, pair.row),
        // Several columns of which none is the year's may be of any years.
        None if columns.len() > 1 => return Vec::new(),
        None => (columns.first().copied().unwrap_or_default(), start),
    };
    let factor = unit::read(page, start, end.saturating_sub(1), end);
    let mut funds = Vec::new();
    for pair in pairs.iter().filter(|pair| pair.column == column && pair.row >= from && !says(pair, OF_ALL_YEARS)) {
        if factor.is_none() && !amounts::says_unit(&pair.amount.value) {
            page.problem(super::ProblemKind::AmountUnitMissing, pair.amount.place, "项目资金", None);
            return Vec::new();
        }
        let Some(initial) = amounts::yuan(page, &pair.amount, factor.unwrap_or(Decimal::ONE), "项目资金") else {
            continue;
        };
        if !initial.value.is_zero() {
            funds.push(FundRow {
                row: pair.row,
                label: pair.label.clone(),
                initial: Some(initial),
                ..FundRow::default()
            });
        }
    }
    parts::settle(&mut funds);
    funds
}

/// The labels of a row, each with the amount behind its colon or beside it.
fn pairs(row: u32, texts: &[Text]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        if amounts::is_amount(&text.text) {
            continue;
        }
        let (label, own) = text.text.rsplit_once(['：', ':']).unwrap_or((&text.text, ""));
        let amount = match texts.get(at + 1) {
            _ if amounts::is_amount(own) => {
                Cited { value: own.trim().to_owned(), place: Place { row, column: text.column } }
            }
            Some(next) if amounts::is_amount(&next.text) => {
                Cited { value: next.text.trim().to_owned(), place: Place { row, column: next.column } }
            }
            _ => continue,
        };
        // 其中：财政拨款 has a colon of its own.
        let label = if own.trim().is_empty() || amounts::is_amount(own) { label } else { text.text.as_str() };
        pairs.push(Pair { row, column: text.column, label: label.trim().to_owned(), amount });
    }
    pairs
}
