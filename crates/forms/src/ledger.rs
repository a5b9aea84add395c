//! 自评结果汇总表: what a department says of all its projects together, to be held against the forms themselves.

use std::collections::BTreeMap;

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
    let column = |label| page.column(header, label);
    let (budget, executed, score) =
        (column(Label::Adjusted).or_else(|| column(Label::Initial)), column(Label::Executed), column(Label::Score));
    let mut rows = Vec::new();
    for (&row, texts) in page.rows.range(header + 1..) {
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

/// Where a ledger and the forms that were sent with it differ, in Chinese and in English: what is in the one and not in
/// the other, and figures that are not the same.
pub fn differences(ledger: &Ledger, forms: &[Stated]) -> Vec<(String, String)> {
    let plain = |name: &str| -> String { name.chars().filter(|char| !char.is_whitespace()).collect() };
    let mut left: BTreeMap<String, &Stated> = forms.iter().map(|form| (plain(&form.name), form)).collect();
    let mut said = Vec::new();
    let of = &ledger.name;
    for row in &ledger.rows {
        let (at, name) = (row.row, &row.name);
        let Some(form) = left.remove(&plain(name)) else {
            said.push((
                format!("汇总表“{of}”第{at}行的“{name}”没有随附自评表"),
                format!("row {at} of the ledger {of} names {name}, whose form was not sent with it"),
            ));
            continue;
        };
        for (zh, en, stated, own) in [
            ("自评得分", "score", row.score, form.score),
            ("预算数", "budget", row.budget, form.budget),
            ("执行数", "amount executed", row.executed, form.executed),
        ] {
            if let (Some(stated), Some(own)) = (stated, own)
                && stated != own
            {
                let (stated, own) = (stated.normalize(), own.normalize());
                said.push((
                    format!("汇总表“{of}”第{at}行“{name}”的{zh}为{stated}，自评表为{own}"),
                    format!("row {at} of the ledger {of}, {name}: its {en} is {stated}, and {own} in the form"),
                ));
            }
        }
    }
    said.extend(left.values().map(|form| {
        let name = &form.name;
        (format!("“{name}”有自评表，汇总表“{of}”中没有"), format!("{name} has a form and is not in the ledger {of}"))
    }));
    said
}
