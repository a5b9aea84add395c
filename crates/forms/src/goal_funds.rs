//! The money of a form of goals: what is asked for in the year, beside what was and will be in others.

use rust_decimal::Decimal;

use super::goal_forms::{OF_YEAR, goal_of_year};
use super::label::{self, Label};
use super::model::{Cited, FundRow};
use super::page::{Page, Text};
use super::problem::ProblemKind;
use super::{amounts, parts, unit};
use crate::workbooks::Place;

/// Words of money that is not asked for in the year, and of money that is.
const OTHER_MONEY: &[&str] = &[
    "以前",
    "上年度",
    "上一年",
    "往年",
    "历年",
    "下年",
    "下一年",
    "以后",
    "后年",
    "累计",
    "总投资",
    "总投入",
    "中期资金",
    "长期资金",
    "中长期资金",
    "中期总额",
    "长期总额",
    "实施期",
    "项目总",
];
const MONEY: &[&str] = &[
    "资金", "拨款", "预算", "收入", "金额", "经费", "总额", "结转", "结余", "补助", "债券", "自筹", "其中", "其他",
    "合计",
];

/// A label with the amount beside it.
struct Pair {
    row: u32,
    column: u32,
    label: String,
    amount: Cited<String>,
}

/// Rows of money that are looked at at most.
const FUNDS: usize = 200;

/// The money of the year, which is asked for: rows with an initial amount. Where amounts stand and none is sure to be the
/// year's, that is a problem.
pub fn read(page: &mut Page<'_>, table: u32, year: Option<i32>) -> Vec<FundRow> {
    let head = |text: &Text| label::bare(text.text.split(['：', ':']).next().unwrap_or_default()).0;
    let is_start = |text: &Text| {
        let head = head(text);
        text.announces(&[Label::Funds]) || ["项目资金", "预算资金", "资金"].iter().any(|word| head.starts_with(word))
    };
    let start = page
        .rows
        .range(..table)
        .find_map(|(row, texts)| Some((*row, texts.iter().find(|text| is_start(text))?.clone())));
    let Some((start, block)) = start else { return Vec::new() };
    // What stands where the block's own label did, and speaks of no money, is another matter.
    let is_money = |text: &Text| MONEY.iter().any(|word| text.says(word)) || amounts::is_amount(&text.text);
    let is_over = |texts: &[Text]| {
        texts.iter().any(|text| text.announces(&[Label::Goals]) || goal_of_year(text).is_some())
            || texts.first().is_some_and(|text| text.column <= block.column && !is_money(text))
    };
    let end = page.rows.range(start + 1..table).find(|(_, texts)| is_over(texts)).map_or(table, |(row, _)| *row);
    let chosen = match by_years(page, (start, end), year) {
        Some(chosen) => chosen,
        None => {
            let pairs: Vec<Pair> =
                page.rows.range(start..end).take(FUNDS).flat_map(|(row, texts)| pairs(*row, texts)).collect();
            if pairs.is_empty() {
                return Vec::new();
            }
            of_the_year(pairs, year)
        }
    };
    let factor = unit::read(page, start, end.saturating_sub(1), end);
    let place = Place { row: start, column: block.column };
    if chosen.is_empty() {
        page.problem(ProblemKind::YearAmountUnclear, place, "项目资金", Some(block.text));
        return Vec::new();
    }
    let mut funds = Vec::new();
    for pair in chosen {
        if factor.is_none() && !amounts::says_unit(&pair.amount.value) {
            page.problem(ProblemKind::AmountUnitMissing, pair.amount.place, "项目资金", None);
            return Vec::new();
        }
        let initial = amounts::yuan(page, &pair.amount, factor.unwrap_or(Decimal::ONE), "项目资金");
        if let Some(initial) = initial.filter(|initial| !initial.value.is_zero()) {
            funds.push(FundRow { row: pair.row, label: pair.label, initial: Some(initial), ..FundRow::default() });
        }
    }
    parts::settle(&mut funds);
    funds
}

/// Whether a label speaks of the year, of other years, or of none: 2026年度申请 of a form of 2026, 上年度预算, 财政拨款. What was
/// left of the last year (上年结转) is money of this one.
fn years_of(label: &str, year: Option<i32>) -> (bool, bool) {
    let plain: String = label.chars().filter(|char| !char.is_whitespace()).collect();
    let named = years_in(&plain);
    let is_named = year.is_some_and(|year| named.contains(&year));
    let is_other = OTHER_MONEY.iter().any(|word| plain.contains(word)) || !named.is_empty() && !is_named;
    (is_named || !is_other && OF_YEAR.iter().any(|word| plain.contains(word)), is_other && !is_named)
}

/// The years that a text names: 2026年.
fn years_in(text: &str) -> Vec<i32> {
    let digits = text.split(|char: char| !char.is_ascii_digit());
    digits
        .filter(|run| run.len() == 4)
        .filter_map(|run| run.parse().ok())
        .filter(|year| (2000..2100).contains(year))
        .collect()
}

/// Of labels with amounts those of the year: below the first that says so in its column, or all where nothing speaks of
/// years. None where they mix.
fn of_the_year(pairs: Vec<Pair>, year: Option<i32>) -> Vec<Pair> {
    let annual = pairs.iter().find(|pair| years_of(&pair.label, year).0).map(|pair| (pair.column, pair.row));
    let mut columns: Vec<u32> = pairs.iter().map(|pair| pair.column).collect();
    columns.sort_unstable();
    columns.dedup();
    // The whole of a project of one year is called so too.
    let is_whole_alone = pairs
        .iter()
        .filter(|pair| years_of(&pair.label, year).1)
        .all(|pair| pair.label.contains("项目总") || pair.label.contains("项目资金总"));
    let Some((column, from)) = annual.or_else(|| {
        (columns.len() == 1 && is_whole_alone).then(|| columns.first().map(|column| (*column, 0))).flatten()
    }) else {
        return Vec::new();
    };
    let is_annual = annual.is_some();
    let below = pairs.into_iter().filter(|pair| pair.column == column && pair.row >= from);
    below.filter(|pair| !is_annual || !years_of(&pair.label, year).1).collect()
}

/// The amounts of a block whose columns are headed by years: 2025年 | 2026年 | 2027年. None where it has no such heading; none
/// of them where the year is not among them.
fn by_years(page: &Page<'_>, (start, end): (u32, u32), year: Option<i32>) -> Option<Vec<Pair>> {
    let heads = |texts: &[Text]| {
        texts.iter().filter(|text| !years_in(&text.text).is_empty() && !amounts::is_amount(&text.text)).count()
    };
    let has_amounts =
        |texts: &[Text]| texts.iter().any(|text| amounts::is_amount(&text.text) && years_in(&text.text).is_empty());
    let (row, texts) = page.rows.range(start..end).find(|(_, texts)| heads(texts) > 1 && !has_amounts(texts))?;
    let column =
        texts.iter().find(|text| year.is_some_and(|year| years_in(&text.text).contains(&year))).map(|text| text.column);
    let of_row = |(row, texts): (&u32, &Vec<Text>)| {
        let label = texts.iter().find(|text| !amounts::is_amount(&text.text))?;
        let amount = texts.iter().find(|text| Some(text.column) == column && amounts::is_amount(&text.text))?;
        let place = Place { row: *row, column: amount.column };
        let amount = Cited { value: amount.text.trim().to_owned(), place };
        Some(Pair { row: *row, column: label.column, label: label.text.trim().to_owned(), amount })
    };
    Some(page.rows.range(row + 1..end).take(FUNDS).filter_map(of_row).collect())
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
