//! Money in fen and points in hundredths: integers, so that both databases sort and sum them exactly.

use std::fmt;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use rust_decimal::Decimal;

use super::{FromText, Misread, text_json};
use crate::values::input::decimal_digits;

/// Ten trillion yuan: more than the country's yearly budget, and far below where sums overflow.
const MAXIMUM_FEN: i64 = 1_000_000_000_000_000;
/// Ten thousand points: forms weigh out of 100 and err by less than that.
const MAXIMUM_HUNDREDTHS: i64 = 1_000_000;

/// An amount of money, kept in fen (1/100 yuan); JSON shows yuan, `"1345343.00"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Money(i64);

/// Points, kept in hundredths; JSON shows points with two decimals, `"6.50"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Points(i64);

impl Money {
    /// From fen, as the database sums them.
    pub fn from_fen(fen: i64) -> Money {
        Money(fen)
    }

    /// From yuan with at most two decimals, as sums of amounts have; what lies outside the storable
    /// range becomes its nearest end.
    pub fn from_yuan(yuan: Decimal) -> Money {
        Money(scaled(yuan))
    }

    /// In yuan.
    pub fn yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }
}

impl Points {
    /// From points that have at most two decimals, as the rule rounds them; what lies outside
    /// the storable range becomes its nearest end.
    pub fn rounded(points: Decimal) -> Points {
        Points(scaled(points))
    }

    /// In hundredths of a point, as the database sorts them.
    pub fn hundredths(self) -> i64 {
        self.0
    }

    /// In points.
    pub fn points(self) -> Decimal {
        Decimal::new(self.0, 2)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.yuan().fmt(f)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.points().fmt(f)
    }
}

fn scaled(value: Decimal) -> i64 {
    let hundredths = value.checked_mul(Decimal::ONE_HUNDRED).map(|value| value.trunc());
    let end = if value.is_sign_negative() { i64::MIN } else { i64::MAX };
    hundredths.and_then(|value| i64::try_from(value).ok()).unwrap_or(end)
}

/// Reads a decimal with at most two places into hundredths, never rounding.
fn hundredths(text: &str, maximum: i64, what: (&str, &str)) -> Result<i64, Misread> {
    let (_, fraction) = decimal_digits(text).ok_or_else(|| Misread::not_a_decimal(text, what))?;
    if fraction.trim_end_matches('0').len() > 2 {
        return Err(Misread::too_many_decimals(text, what));
    }
    let value = Decimal::from_str_exact(text)
        .ok()
        .and_then(|value| value.checked_mul(Decimal::ONE_HUNDRED))
        .and_then(|value| i64::try_from(value).ok())
        .filter(|value| (0..=maximum).contains(value));
    value.ok_or_else(|| Misread::out_of_range(text, what, &Decimal::ZERO, &Decimal::new(maximum, 2)))
}

impl FromText for Money {
    const PATTERN: &'static str = r"^\d{1,14}(\.\d{1,2}0*)?$";
    const EXAMPLE: &'static str = "1345343.00";

    fn from_text(text: &str) -> Result<Money, Misread> {
        hundredths(text, MAXIMUM_FEN, ("元", "yuan")).map(Money)
    }
}

impl FromText for Points {
    const PATTERN: &'static str = r"^\d{1,5}(\.\d{1,2}0*)?$";
    const EXAMPLE: &'static str = "10.00";

    fn from_text(text: &str) -> Result<Points, Misread> {
        hundredths(text, MAXIMUM_HUNDREDTHS, ("分", "points")).map(Points)
    }
}

text_json!(Money, Points);

macro_rules! as_big_integer {
    ($($name:ident),+) => {$(
        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(value).map($name)
            }
        }

        impl<DB: Backend> ToSql<BigInt, DB> for $name
        where
            i64: ToSql<BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }
    )+};
}
as_big_integer!(Money, Points);
