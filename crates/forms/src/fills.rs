//! What the rows of the funds leave blank: a blank is no zero.

use rust_decimal::Decimal;

use super::model::{Cited, Form, FundRow};

/// An amount of a row.
type Amount = fn(&mut FundRow) -> &mut Option<Cited<Decimal>>;

const AMOUNTS: [Amount; 3] = [|row| &mut row.initial, |row| &mut row.adjusted, |row| &mut row.executed];

/// Fills what the rows leave blank from the rows that say it: the initial amounts stand for a year's budget that the
/// form does not have, and a total's amount for its only part. Parts that leave a whole column to the total are left
/// out, since how it is shared among them is not said.
pub fn settle(form: &mut Form) {
    let has = |row: &FundRow, amount: Amount| amount(&mut row.clone()).is_some();
    let [initial, adjusted, _] = AMOUNTS;
    let has_none = form.funds.iter().all(|row| !has(row, adjusted));
    if has_none && form.funds.iter().any(|row| has(row, initial)) {
        form.is_adjusted_from_initial = true;
        for row in &mut form.funds {
            row.adjusted = row.initial.clone();
        }
    }
    let Some(total) = form.fund_total().cloned() else { return };
    let is_part = |row: &FundRow| !row.is_total && row.has_amounts();
    let parts = form.funds.iter().filter(|row| is_part(row)).cloned().collect::<Vec<FundRow>>();
    let is_blank = |amount: &Amount| {
        let said = amount(&mut total.clone()).as_ref().is_some_and(|said| said.value != Decimal::ZERO);
        said && !parts.is_empty() && parts.iter().all(|row| !has(row, *amount))
    };
    let blank: Vec<Amount> = AMOUNTS.into_iter().filter(is_blank).collect();
    if blank.is_empty() {
        return;
    }
    let mut given: Vec<&mut FundRow> = form.funds.iter_mut().filter(|row| is_part(row) && is_of_money(row)).collect();
    if let [part] = given.as_mut_slice() {
        for amount in blank {
            *amount(part) = amount(&mut total.clone()).clone();
        }
        return;
    }
    form.blank_parts = parts.iter().map(|row| row.row).collect();
    form.funds.retain(|row| !is_part(row));
}

/// Whether a row gives an amount that is not 0.
fn is_of_money(row: &FundRow) -> bool {
    let amounts = [&row.initial, &row.adjusted, &row.executed];
    amounts.into_iter().flatten().any(|cited| cited.value != Decimal::ZERO)
}
