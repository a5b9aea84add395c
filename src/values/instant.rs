//! Instants: UTC to the millisecond, in JSON and in both databases.

use std::fmt::{self, Write as _};

use chrono::format::{Fixed, Item, Numeric, Pad, Parsed, parse};
use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Text, Timestamp};
use diesel::sqlite::{Sqlite, SqliteValue};

use crate::http::error::Code;
use crate::values::input::{FromText, Misread, shortened, text_json};

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

    /// So long after it.
    pub fn after(self, pause: std::time::Duration) -> Instant {
        let pause = chrono::TimeDelta::from_std(pause).unwrap_or(chrono::TimeDelta::MAX);
        self.0.checked_add_signed(pause).map_or(self, |then| Instant::of(then.and_utc()))
    }

    /// Seconds since 1970, as signatures have them.
    pub fn seconds(self) -> i64 {
        self.0.and_utc().timestamp()
    }

    /// Cut to the millisecond: both databases and JSON keep that much.
    fn of(moment: DateTime<Utc>) -> Instant {
        let whole = DateTime::from_timestamp_millis(moment.timestamp_millis()).unwrap_or(moment);
        Instant(whole.naive_utc())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.0.date(), self.0.time());
        // Written by hand: the format strings of chrono are read anew for each value, ten times slower.
        write!(f, "{:04}-{:02}-{:02}T", date.year(), date.month(), date.day())?;
        let milliseconds = time.nanosecond() / 1_000_000;
        write!(f, "{:02}:{:02}:{:02}.{milliseconds:03}Z", time.hour(), time.minute(), time.second())
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

impl FromSql<Timestamp, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <NaiveDateTime as FromSql<Timestamp, Pg>>::from_sql(value).map(Instant)
    }
}

/// How SQLite keeps an instant: `2026-11-23 08:00:00.123`.
const KEPT: &[Item<'_>] = &[
    Item::Numeric(Numeric::Year, Pad::Zero),
    Item::Literal("-"),
    Item::Numeric(Numeric::Month, Pad::Zero),
    Item::Literal("-"),
    Item::Numeric(Numeric::Day, Pad::Zero),
    Item::Literal(" "),
    Item::Numeric(Numeric::Hour, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Minute, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Second, Pad::Zero),
    Item::Fixed(Fixed::Nanosecond),
];

impl FromSql<Timestamp, Sqlite> for Instant {
    // Diesel's own reader tries one format after the other, and reads each format anew.
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        let mut parts = Parsed::new();
        parse(&mut parts, &text, KEPT.iter())?;
        Ok(Instant(parts.to_naive_datetime_with_offset(0)?))
    }
}

impl ToSql<Timestamp, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <NaiveDateTime as ToSql<Timestamp, Pg>>::to_sql(&self.0, out)
    }
}

impl Instant {
    /// As SQLite keeps it, and as diesel writes it there: a whole second has no fraction.
    fn kept(self) -> String {
        let (date, time) = (self.0.date(), self.0.time());
        let mut text = String::with_capacity(23);
        // By hand, as in JSON; a `String` takes all that is written.
        let _ = write!(text, "{:04}-{:02}-{:02} ", date.year(), date.month(), date.day());
        let _ = write!(text, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        match time.nanosecond() / 1_000_000 {
            0 => {}
            milliseconds => drop(write!(text, ".{milliseconds:03}")),
        }
        text
    }
}

impl ToSql<Timestamp, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.kept());
        Ok(IsNull::No)
    }
}

impl std::str::FromStr for Instant {
    type Err = Misread;

    fn from_str(text: &str) -> Result<Self, Misread> {
        Instant::from_text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_keeps_instants_as_diesel_writes_them() {
        for text in
            ["2026-11-23T08:00:00Z", "2026-01-02T03:04:05.006Z", "2026-11-23T23:59:59.999Z", "0999-12-31T00:00:00.100Z"]
        {
            let instant = Instant::from_text(text).expect("an instant");
            assert_eq!(instant.kept(), instant.0.format("%F %T%.f").to_string(), "{text}");
        }
    }
}
