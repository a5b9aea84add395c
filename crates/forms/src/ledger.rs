//! 自评结果汇总表: what a department says of all its projects together, to be held against the forms themselves.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::label::{self, Label};
use super::model::{Cited, Form};
use super::page::{Page, Text};
use super::{amounts, unit};

/// A row of a ledger; amounts in yuan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerRow {
    /// As a person counts it.
    pub row: u32,
    /// 项目名称
    pub name: String,
    /// 实施单位
    pub unit: Option<String>,
    /// 全年预算数, yuan; of a ledger without one the 年初预算数.
    pub budget: Option<Decimal>,
    /// 全年执行数, yuan.
    pub executed: Option<Decimal>,
    /// 自评得分, points.
    pub score: Option<Decimal>,
}

/// Rows of a ledger at most.
const MOST: usize = 10_000;

/// The rows of a ledger, below the heading that names its columns.
pub fn rows(page: &Page<'_>) -> Vec<LedgerRow> {
    let figures = [Label::Score, Label::Adjusted, Label::Initial, Label::Executed];
    let is_header = |row: u32| {
        page.column(row, Label::ProjectName).is_some() && figures.iter().any(|label| page.column(row, *label).is_some())
    };
    let Some(header) = page.rows.keys().copied().find(|row| is_header(*row)) else { return Vec::new() };
    let Some(names) = page.column(header, Label::ProjectName) else { return Vec::new() };
    let factor = unit::read(page, header, header, u32::MAX);
    // A heading over two rows is more exact in the second: 预算数 over 年初 | 全年.
    let second = page
        .rows
        .range(header + 1..)
        .next()
        .filter(|(_, texts)| texts.iter().all(|text| amounts::figure(&text.text).is_none()));
    let second =
        second.map(|(row, _)| *row).filter(|row| figures.iter().any(|label| page.column(*row, *label).is_some()));
    let column = |label| second.and_then(|row| page.column(row, label)).or_else(|| page.column(header, label));
    let (budget, executed, score) =
        (column(Label::Adjusted).or_else(|| column(Label::Initial)), column(Label::Executed), column(Label::Score));
    let mut rows = Vec::new();
    for (&row, texts) in page.rows.range(second.unwrap_or(header) + 1..) {
        let of = |column: Option<u32>| texts.iter().find(|text| Some(text.column) == column);
        let Some(name) = of(Some(names)).map(|text| text.text.trim()) else { continue };
        if rows.len() >= MOST || label::is_total(name) || texts.first().is_some_and(|text| label::is_total(&text.text))
        {
            continue;
        }
        let amount = |text: &Text| {
            amounts::figure(&text.text).zip(factor).and_then(|(amount, factor)| amount.checked_mul(factor))
        };
        rows.push(LedgerRow {
            row,
            name: name.to_owned(),
            unit: of(column(Label::Unit)).map(|text| text.text.trim().to_owned()),
            budget: of(budget).and_then(amount),
            executed: of(executed).and_then(amount),
            score: of(score).and_then(|text| amounts::figure(&text.text)),
        });
    }
    rows
}

/// What a ledger is held against: what the form of a project says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// 项目名称
    name: String,
    unit: Option<String>,
    budget: Option<Decimal>,
    executed: Option<Decimal>,
    score: Option<Decimal>,
}

impl Stated {
    /// What a form states; none where it names no project.
    pub fn of(form: &Form) -> Option<Stated> {
        let value = |cited: &Option<Cited<Decimal>>| cited.as_ref().map(|cited| cited.value);
        let total = form.fund_total();
        Some(Stated {
            name: form.project_name.as_ref()?.value.clone(),
            unit: form.organization().map(|unit| unit.value.name.clone()),
            budget: total.and_then(|total| value(&total.adjusted).or_else(|| value(&total.initial))),
            executed: total.and_then(|total| value(&total.executed)),
            score: value(&form.total_score),
        })
    }
}

/// A ledger with the name of its sheet or file.
pub struct Ledger {
    /// How it is named to people.
    pub name: String,
    /// Its rows.
    pub rows: Vec<LedgerRow>,
}

impl Ledger {
    /// Of a form whose sheet is a ledger; none where it is none, or has no rows.
    pub fn of(form: &Form, name: String) -> Option<Ledger> {
        (!form.ledger.is_empty()).then(|| Ledger { name, rows: form.ledger.clone() })
    }
}

/// Names as they are compared.
fn plain(name: &str) -> String {
    name.chars().filter(|char| !char.is_whitespace()).collect()
}

/// The form of a row: the only one of its name, or of several that of its unit.
fn form_of<'a>(row: &LedgerRow, by_name: &BTreeMap<String, Vec<&'a Stated>>) -> (bool, Option<&'a Stated>) {
    let named = by_name.get(&plain(&row.name)).map(Vec::as_slice).unwrap_or_default();
    let unit = row.unit.as_deref().map(plain);
    let of_unit = |form: &&&Stated| unit.is_some() && form.unit.as_deref().map(plain) == unit;
    match named {
        [] => (false, None),
        [one] => (true, Some(one)),
        several => (true, several.iter().find(of_unit).copied()),
    }
}

/// Where the ledgers and the forms of one upload differ, in Chinese and in English: what is in the one and in none of the
/// other, and figures that are not the same. At most so many, with how many there are.
pub fn differences(ledgers: &[Ledger], forms: &[Stated], most: usize) -> (Vec<(String, String)>, usize) {
    let (mut said, mut count) = (Vec::new(), 0_usize);
    let mut say = |sentence: &dyn Fn() -> (String, String)| {
        count += 1;
        if count <= most {
            said.push(sentence());
        }
    };
    let mut by_name: BTreeMap<String, Vec<&Stated>> = BTreeMap::new();
    for form in forms {
        by_name.entry(plain(&form.name)).or_default().push(form);
    }
    for (of, row) in ledgers.iter().flat_map(|ledger| ledger.rows.iter().map(|row| (&ledger.name, row))) {
        let (at, name) = (row.row, &row.name);
        let (is_there, form) = form_of(row, &by_name);
        if !is_there {
            say(&|| {
                (
                    format!("汇总表“{of}”第{at}行的“{name}”没有随附自评表"),
                    format!("row {at} of the ledger {of} names {name}, whose form was not sent with it"),
                )
            });
        }
        let Some(form) = form else { continue };
        for (zh, en, stated, own) in [
            ("自评得分", "score", row.score, form.score),
            ("预算数", "budget", row.budget, form.budget),
            ("执行数", "amount executed", row.executed, form.executed),
        ] {
            if let (Some(stated), Some(own)) = (stated.map(|one| one.normalize()), own.map(|one| one.normalize()))
                && stated != own
            {
                say(&|| {
                    (
                        format!("汇总表“{of}”第{at}行“{name}”的{zh}为{stated}，自评表为{own}"),
                        format!("row {at} of the ledger {of}, {name}: its {en} is {stated}, and {own} in the form"),
                    )
                });
            }
        }
    }
    let listed: BTreeSet<String> = ledgers.iter().flat_map(|ledger| &ledger.rows).map(|row| plain(&row.name)).collect();
    for form in forms.iter().filter(|form| !listed.is_empty() && !listed.contains(&plain(&form.name))) {
        let name = &form.name;
        say(&|| (format!("“{name}”有自评表，汇总表中没有"), format!("{name} has a form and is in no ledger")));
    }
    (said, count)
}
