//! Exact quantities: NUMERIC on Postgres, TEXT on SQLite.
//!
//! SQLite has no exact decimal, and diesel's own `Numeric` goes through a double there. As TEXT
//! nothing is lost, but nothing may be compared or summed in SQL either.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Numeric, SqlType, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use rust_decimal::Decimal;

use super::{FromText, Misread, text_json};
use crate::values::input::decimal_digits;

/// The column type of an [`Exact`].
#[derive(Debug, Clone, Copy, Default, SqlType, diesel::query_builder::QueryId)]
#[diesel(sqlite_type(name = "Text"), postgres_type(oid = 1700, array_oid = 1231))]
pub struct ExactSql;

/// A decimal that keeps every digit in either database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = ExactSql)]
pub struct Exact(pub Decimal);

impl FromSql<ExactSql, Sqlite> for Exact {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Exact(Decimal::from_str_exact(&text)?))
    }
}

impl ToSql<ExactSql, Sqlite> for Exact {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<ExactSql, Pg> for Exact {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Exact(<Decimal as FromSql<Numeric, Pg>>::from_sql(value)?))
    }
}

impl ToSql<ExactSql, Pg> for Exact {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <Decimal as ToSql<Numeric, Pg>>::to_sql(&self.0, out)
    }
}

impl std::fmt::Display for Exact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromText for Exact {
    const PATTERN: &'static str = r"^-?\d{1,18}(\.\d{1,9})?$";
    const EXAMPLE: &'static str = "343";

    fn from_text(text: &str) -> Result<Self, Misread> {
        let what = ("数量", "a quantity");
        let (whole, fraction) = decimal_digits(text).ok_or_else(|| Misread::not_a_decimal(text, what))?;
        if whole.len() > 18 || fraction.len() > 9 {
            let limit = Decimal::from(1_000_000_000_000_000_000_i64);
            return Err(Misread::out_of_range(text, what, &-limit, &limit));
        }
        Decimal::from_str_exact(text).map(Exact).map_err(|_| Misread::not_a_decimal(text, what))
    }
}

text_json!(Exact);
