//! A month or a date by which something is to be done.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// A month or a date, between the years 1900 and 2199. A month means its last day, as a target and
/// as an actual; so an actual month beside a target day within it counts as later.
///
/// ```
/// use jixiao_scoring::Deadline;
/// let month = Deadline::parse("2023年12月底前完成").expect("a month");
/// assert_eq!(month.to_string(), "2023-12");
/// assert_eq!(month.last_day().to_string(), "2023-12-31");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deadline {
    last_day: NaiveDate,
    is_month: bool,
}

impl Deadline {
    /// A whole month.
    #[must_use]
    pub fn of_month(year: i32, month: u32) -> Option<Self> {
        if !(1..=12).contains(&month) {
            return None;
        }
        let (next_year, next_month) =
            if month == 12 { (year.checked_add(1)?, 1) } else { (year, month.checked_add(1)?) };
        let last_day = NaiveDate::from_ymd_opt(next_year, next_month, 1)?.pred_opt()?;
        Self { last_day, is_month: true }.in_range()
    }

    /// A day.
    #[must_use]
    pub fn of_date(date: NaiveDate) -> Option<Self> {
        Self { last_day: date, is_month: false }.in_range()
    }

    /// The last day that still meets it.
    #[must_use]
    pub const fn last_day(self) -> NaiveDate {
        self.last_day
    }

    /// Whether a whole month was meant.
    #[must_use]
    pub const fn is_month(self) -> bool {
        self.is_month
    }

    /// The deadline that the whole of a text is: `2023年12月`, `2023-12-31`, `2023.12`, `2023年底`,
    /// `于2023年6月30日前完成`. Of a range it is the end. None without a year.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        super::deadline_text::read(text).map(|found| found.deadline)
    }

    // Dates outside the range would not read back as dates.
    fn in_range(self) -> Option<Self> {
        (1900..=2199).contains(&self.last_day.year()).then_some(self)
    }
}

/// Prints `2023-12` for a month and `2023-12-31` for a day, which [`Deadline::parse`] reads back.
impl fmt::Display for Deadline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.last_day.year(), self.last_day.month())?;
        if self.is_month {
            return Ok(());
        }
        write!(formatter, "-{:02}", self.last_day.day())
    }
}
