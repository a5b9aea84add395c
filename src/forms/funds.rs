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
    without_details(&mut form.funds);
    let total = total_at(&form.funds);
    for (index, fund) in form.funds.iter_mut().enumerate() {
        fund.is_total = Some(index) == total;
        if fund.label.is_empty() {
            fund.label = "年度资金总额".to_owned();
        }
    }
}

/// Which row is the total: one alone, one that says so at the top or the bottom, or one that sums up all others.
fn total_at(funds: &[FundRow]) -> Option<usize> {
    let last = funds.len().checked_sub(1)?;
    let says_so = |fund: &FundRow| {
        let (bare, _) = label::bare(&fund.label);
        let words = ["总额", "合计", "总计", "总资金", "资金总", "总金额", "小计"];
        bare.is_empty()
            || words.iter().any(|word| bare.contains(word))
            || bare.starts_with("年度") && bare.contains("资金")
    };
    let sums_up = |at: usize| {
        let others = || funds.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, fund)| fund);
        let is_sum = |amount: fn(&FundRow) -> Decimal| {
            let sum = others().map(amount).try_fold(Decimal::ZERO, Decimal::checked_add);
            funds.get(at).map(amount) == sum
        };
        funds.len() > 2 && is_sum(adjusted) && is_sum(executed) && funds.get(at).map(adjusted) != Some(Decimal::ZERO)
    };
    let ends = [0, last];
    if last == 0 {
        return Some(0);
    }
    let said = ends.into_iter().find(|at| funds.get(*at).is_some_and(says_so));
    said.or_else(|| ends.into_iter().find(|at| sums_up(*at)))
}

fn adjusted(fund: &FundRow) -> Decimal {
    fund.adjusted.as_ref().map(|cited| cited.value).unwrap_or_default()
}

fn executed(fund: &FundRow) -> Decimal {
    fund.executed.as_ref().map(|cited| cited.value).unwrap_or_default()
}

/// Takes out the details of a row within the sum (财政拨款, 其中：中央补助, 地方资金): they are counted in it already.
fn without_details(funds: &mut Vec<FundRow>) {
    let mut at = 1;
    while at < funds.len() {
        let begins = funds.get(at + 1).is_some_and(|fund| fund.label.trim_start().starts_with("其中"));
        let whole = funds.get(at).map(adjusted).filter(|whole| begins && *whole != Decimal::ZERO);
        let mut sum = Decimal::ZERO;
        let details = whole.and_then(|whole| {
            funds.iter().skip(at + 1).take(10).position(|fund| {
                sum = sum.checked_add(adjusted(fund)).unwrap_or(Decimal::MAX);
                sum == whole
            })
        });
        if let Some(last) = details {
            funds.drain(at + 1..=at + 1 + last);
        }
        at += 1;
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

/// How many yuan one of the form's amounts is: said in brackets behind a label of the funds, as 单位：万元, or in
/// brackets of any text above the indicators.
fn unit(page: &Page<'_>, end: u32) -> Option<Decimal> {
    let of_label = page.labels().filter(|(row, _)| *row < end).find_map(|(_, text)| {
        let read = text.label.as_ref()?;
        let of_funds = [Label::Funds, Label::Initial, Label::Adjusted, Label::Executed, Label::TargetUnit];
        if !of_funds.contains(&read.label) {
            return None;
        }
        let said = read.bracketed.iter().chain(&read.value);
        said.flat_map(|text| text.split([',', '，', '：', ':', '；', ';'])).find_map(amounts::factor)
    });
    let above = || page.rows.range(..end).flat_map(|(_, texts)| texts);
    of_label.or_else(|| above().find_map(|text| in_brackets(&text.text)))
}

/// The unit of amounts in one of the brackets of a text: `项目资金（万元）（10分）`, `（单位：万元）`.
fn in_brackets(text: &str) -> Option<Decimal> {
    let parts = text.split(['(', '（', ')', '）', '[', ']', '【', '】']);
    parts.skip(1).find_map(|part| amounts::factor(part.rsplit(['：', ':']).next().unwrap_or(part).trim()))
}

fn fund_row(page: &mut Page<'_>, row: u32, columns: &Columns, factor: Decimal) -> Option<FundRow> {
    // A heading may say the unit of its column alone.
    let heading = |column: Option<u32>| {
        let texts = page.rows.get(&columns.row)?;
        texts.iter().find(|text| Some(text.column) == column).and_then(|text| in_brackets(&text.text))
    };
    let factors = [columns.initial, columns.adjusted, columns.executed].map(|column| heading(column).unwrap_or(factor));
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
        initial: initial.and_then(|text| amounts::yuan(page, &text, factors[0], "年初预算数")),
        adjusted: adjusted.and_then(|text| amounts::yuan(page, &text, factors[1], "全年预算数")),
        executed: executed.and_then(|text| amounts::yuan(page, &text, factors[2], "全年执行数")),
        weight: weight.and_then(|text| amounts::points(page, &text, "分值")),
        score: score.and_then(|text| amounts::points(page, &text, "得分")),
    })
}
