//! 项目资金: the rows of amounts.

use rust_decimal::Decimal;

use super::amounts;
use super::label::{self, Label};
use super::model::{Cited, Form, FundRow};
use super::page::Page;
use super::problem::ProblemKind;
use crate::workbooks::Place;

/// What each column of the funds holds.
struct Columns {
    row: u32,
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
    let factor = match unit(page, end) {
        Some(factor) => factor,
        None => {
            let place = Place { row: columns.row, column: 1 };
            page.problem(ProblemKind::AmountUnitMissing, place, "项目资金", None);
            Decimal::from(10_000)
        }
    };
    let rows: Vec<u32> = page.rows.range(columns.row + 1..end).map(|(row, _)| *row).collect();
    for row in rows {
        if page.rows.get(&row).is_some_and(|texts| texts.iter().any(|text| text.announces(NEXT))) {
            break;
        }
        let found = fund_row(page, row, &columns, factor);
        form.funds.extend(found.filter(|fund| !fund.label.is_empty() || fund.has_amounts()));
    }
    let only = form.funds.len() == 1;
    for (index, fund) in form.funds.iter_mut().enumerate() {
        let (bare, _) = label::bare(&fund.label);
        let says_so = ["总额", "合计", "总计", "总资金", "资金总"].iter().any(|word| bare.contains(word));
        fund.is_total = only || (says_so || fund.label.is_empty()) && index == 0;
        if fund.label.is_empty() {
            fund.label = "年度资金总额".to_owned();
        }
    }
}

/// What stands below the funds.
const NEXT: &[Label] =
    &[Label::Goals, Label::ExpectedGoal, Label::ReachedGoal, Label::Level1, Label::Level3, Label::Note];

fn header(page: &Page<'_>, end: u32) -> Option<Columns> {
    page.rows.range(..end).find_map(|(&row, _)| {
        let column = |label| page.column(row, label);
        let columns = Columns {
            row,
            initial: column(Label::Initial),
            adjusted: column(Label::Adjusted),
            executed: column(Label::Executed),
            weight: column(Label::Weight),
            score: column(Label::Score),
        };
        let amounts = [columns.initial, columns.adjusted, columns.executed];
        (amounts.iter().flatten().count() >= 2).then_some(columns)
    })
}

/// How many yuan one of the form's amounts is: said in brackets behind a label of the funds, or as 单位：万元.
fn unit(page: &Page<'_>, end: u32) -> Option<Decimal> {
    page.labels().filter(|(row, _)| *row < end).find_map(|(_, text)| {
        let read = text.label.as_ref()?;
        let of_funds = [Label::Funds, Label::Initial, Label::Adjusted, Label::Executed, Label::TargetUnit];
        if !of_funds.contains(&read.label) {
            return None;
        }
        let said = read.bracketed.iter().chain(&read.value);
        said.flat_map(|text| text.split([',', '，', '：', ':', '；', ';'])).find_map(amounts::factor)
    })
}

fn fund_row(page: &mut Page<'_>, row: u32, columns: &Columns, factor: Decimal) -> Option<FundRow> {
    let first = [columns.initial, columns.adjusted, columns.executed].into_iter().flatten().min()?;
    let is_label = |text: &&super::page::Text| text.column < first && !text.announces(&[Label::Funds]);
    let label = page.rows.get(&row)?.iter().rev().find(is_label).map(|text| text.text.trim().to_owned());
    let at = |page: &mut Page<'_>, column: Option<u32>, heading: &str| -> Option<Cited<String>> {
        let place = Place { row, column: column? };
        // A merged amount belongs to its first row alone.
        page.text(place, heading).filter(|cited| cited.place.row == row)
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
        initial: initial.and_then(|text| amounts::yuan(page, &text, factor, "年初预算数")),
        adjusted: adjusted.and_then(|text| amounts::yuan(page, &text, factor, "全年预算数")),
        executed: executed.and_then(|text| amounts::yuan(page, &text, factor, "全年执行数")),
        weight: weight.and_then(|text| amounts::points(page, &text, "分值")),
        score: score.and_then(|text| amounts::points(page, &text, "得分")),
    })
}
