//! Instants: UTC to the millisecond, in JSON and in both databases.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamp;

use crate::error::Code;
use crate::input::{FromText, Misread, shortened, text_json};

/// A moment in UTC, to the millisecond; JSON shows RFC 3339 with `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct Instant(NaiveDateTime);

impl Instant {
    /// The present.
    pub fn now() -> Instant {
        Instant::of(Utc::now())
    }

    /// So many hours before it.
    pub fn hours_before(self, hours: i64) -> Instant {
        Instant(self.0 - chrono::TimeDelta::hours(hours))
    }

    /// Cut to the millisecond: both databases and JSON keep that much.
    fn of(moment: DateTime<Utc>) -> Instant {
        let whole = DateTime::from_timestamp_millis(moment.timestamp_millis()).unwrap_or(moment);
        Instant(whole.naive_utc())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl FromText for Instant {
    const PATTERN: &'static str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$";
    const EXAMPLE: &'static str = "2026-11-23T08:00:00.000Z";

    fn from_text(text: &str) -> Result<Self, Misread> {
        let read = DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
        // Beyond the year 9999 texts of instants no longer sort as the instants do.
        read.filter(|moment| (1..=9999).contains(&moment.year())).map(Instant::of).ok_or_else(|| {
            let text = shortened(text);
            Misread::new(
                Code::NotAnInstant,
                format!("须为RFC 3339时间，例如2026-11-23T08:00:00Z；收到\"{text}\""),
                format!("must be an RFC 3339 instant such as 2026-11-23T08:00:00Z; got \"{text}\""),
            )
        })
    }
}

text_json!(Instant);

impl<DB: Backend> FromSql<Timestamp, DB> for Instant
where
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(value).map(Instant)
    }
}

impl<DB: Backend> ToSql<Timestamp, DB> for Instant
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl std::str::FromStr for Instant {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        Instant::from_text(text)
    }
}
