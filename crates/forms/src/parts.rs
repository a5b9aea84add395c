//! What the rows of the funds are to each other: the total, its parts, and details of a part.

use rust_decimal::Decimal;

use super::label;
use super::model::FundRow;

/// Funds that are counted for themselves, and in no other.
const SOURCES: &[&str] =
    &["其他", "自有", "自筹", "结转", "结余", "专户", "单位资金", "非财政", "社会", "事业", "经营", "捐", "贷款"];

/// Says which rows are totals, and takes out the details of a row within the sum (财政拨款, 其中：中央补助,
/// 地方资金): they are counted in it already.
pub fn settle(funds: &mut Vec<FundRow>) {
    let Some(last) = funds.len().checked_sub(1) else { return };
    let said = |at: usize| funds.get(at).filter(|fund| says_so(fund));
    let whole = said(0).or_else(|| said(last)).map(amount).filter(|whole| *whole != Decimal::ZERO);
    let top_is_total = said(0).is_some();
    let parts = |funds: &[FundRow]| {
        let totals = said_totals(funds);
        let parts = funds.iter().enumerate().filter(|(at, _)| !totals.contains(at));
        parts.map(|(_, fund)| amount(fund)).try_fold(Decimal::ZERO, Decimal::checked_add)
    };
    let mut at = usize::from(top_is_total);
    // A total that does not say so sums up the others, of which none is a detail then.
    let is_settled = whole.is_none() && unsaid_total(funds).is_some();
    while !is_settled && at < funds.len() && (whole.is_none() || parts(funds) != whole) {
        let count = details(funds, at, |left| whole.is_some() && parts(left) == whole);
        funds.drain(at + 1..at + 1 + count);
        at += 1;
    }
    mark_totals(funds);
}

/// How many rows below this one are details of it.
fn details(funds: &[FundRow], at: usize, is_whole: impl Fn(&[FundRow]) -> bool) -> usize {
    let below = funds.get(at + 1..).unwrap_or_default();
    let Some(parent) = funds.get(at).filter(|parent| amount(parent) != Decimal::ZERO) else { return 0 };
    let Some(first) = below.first().filter(|fund| is_within(fund)) else { return 0 };
    // 其中 below 其中 may be the next part of the total as well.
    if is_within(parent) && is_source(first) {
        return 0;
    }
    let siblings = below.iter().skip(1).take_while(|fund| !is_source(fund) && !says_so(fund)).count() + 1;
    let mut sum = Decimal::ZERO;
    let adds_up = below.iter().take(siblings).position(|fund| {
        sum = sum.checked_add(amount(fund)).unwrap_or(Decimal::MAX);
        sum == amount(parent)
    });
    if let Some(last) = adds_up {
        return last + 1;
    }
    if is_within(parent) {
        return 0;
    }
    // What does not add up is not counted beside its parent; the total tells what else is within it.
    let within = below.iter().take_while(|fund| is_within(fund)).count();
    let without = |count: usize| -> Vec<FundRow> {
        let (above, below) = (funds.get(..=at).unwrap_or_default(), below.get(count..).unwrap_or_default());
        above.iter().chain(below).cloned().collect()
    };
    (within..=siblings.max(within)).find(|count| is_whole(&without(*count))).unwrap_or(within)
}

/// The row at the top or the bottom that sums up all others.
fn unsaid_total(funds: &[FundRow]) -> Option<usize> {
    let last = funds.len().checked_sub(1)?;
    let sums_up = |at: usize| {
        let others = || funds.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, fund)| fund);
        let is_sum = |amount: fn(&FundRow) -> Decimal| {
            let sum = others().map(amount).try_fold(Decimal::ZERO, Decimal::checked_add);
            funds.get(at).map(amount) == sum
        };
        funds.len() > 2 && is_sum(amount) && is_sum(executed) && funds.get(at).map(amount) != Some(Decimal::ZERO)
    };
    [0, last].into_iter().find(|at| sums_up(*at))
}

/// Which rows are the total: one alone, one that says so at the top or the bottom, or one that sums up all others.
fn mark_totals(funds: &mut Vec<FundRow>) {
    let Some(last) = funds.len().checked_sub(1) else { return };
    let said = said_totals(funds);
    let at = match said.first() {
        _ if last == 0 => Some(0),
        Some(at) => Some(*at),
        None => unsaid_total(funds),
    };
    // Printed at the top and at the bottom it is one total, with the points of either.
    if said.len() > 1 {
        let again = funds.remove(last);
        if let Some(total) = funds.first_mut() {
            total.initial = total.initial.take().or(again.initial);
            total.adjusted = total.adjusted.take().or(again.adjusted);
            total.executed = total.executed.take().or(again.executed);
            total.weight = total.weight.take().or(again.weight);
            total.score = total.score.take().or(again.score);
        }
    }
    for (index, fund) in funds.iter_mut().enumerate() {
        fund.is_total = Some(index) == at;
    }
}

/// The rows that say that they are the total: the first, or the last; both where their amounts are the same.
fn said_totals(funds: &[FundRow]) -> Vec<usize> {
    let Some(last) = funds.len().checked_sub(1) else { return Vec::new() };
    let said = |at: usize| funds.get(at).filter(|fund| says_so(fund));
    match (said(0), said(last)) {
        (Some(first), Some(again)) if last > 0 && amount(first) == amount(again) => vec![0, last],
        (Some(_), _) => vec![0],
        (None, Some(_)) => vec![last],
        (None, None) => Vec::new(),
    }
}

fn says_so(fund: &FundRow) -> bool {
    let (bare, _) = label::bare(&fund.label);
    let words = ["总额", "合计", "总计", "总资金", "资金总", "总金额", "小计"];
    bare.is_empty() || words.iter().any(|word| bare.contains(word)) || bare.starts_with("年度") && bare.contains("资金")
}

fn is_within(fund: &FundRow) -> bool {
    fund.label.trim_start().starts_with("其中")
}

fn is_source(fund: &FundRow) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| fund.label.contains(word));
    // 省级财政拨款 is of the same source as 中央财政拨款.
    has(SOURCES) || fund.label.contains("拨款") && !has(&["中央", "省", "市", "县", "区", "级"])
}

/// What a row is compared by: the year's budget, or what it gives instead.
fn amount(fund: &FundRow) -> Decimal {
    let given = [&fund.adjusted, &fund.initial, &fund.executed].into_iter().flatten().next();
    given.map(|cited| cited.value).unwrap_or_default()
}

fn executed(fund: &FundRow) -> Decimal {
    fund.executed.as_ref().map(|cited| cited.value).unwrap_or_default()
}
