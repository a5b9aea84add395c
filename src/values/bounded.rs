//! Whole numbers of queries, with their bounds.

use super::{Misread, shortened};
use crate::http::error::Code;

/// A whole number of a query, with its bounds.
///
/// # Errors
/// When it is none, or outside of them.
pub fn bounded(text: &str, least: i64, most: i64) -> Result<i64, Misread> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        let text = shortened(text);
        Misread::new(
            Code::OutOfRange,
            format!("须为{least}到{most}之间的整数；收到\"{text}\""),
            format!("must be a whole number between {least} and {most}; got \"{text}\""),
        )
    })
}

/// Declares types of whole numbers with their bounds.
macro_rules! bounded_number {
    ($($(#[$doc:meta])* $name:ident: $least:expr, $most:expr, $example:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::values::FromText for $name {
            const PATTERN: &'static str = r"^\d+$";
            const EXAMPLE: &'static str = $example;

            fn from_text(text: &str) -> Result<Self, $crate::values::Misread> {
                $crate::values::bounded::bounded(text, $least, $most).map($name)
            }
        }

        $crate::values::text_json!($name);
    )+};
}
pub(crate) use bounded_number;

/// Seconds that a request waits for an event at most.
pub const MAXIMUM_WAIT: i64 = 30;

bounded_number! {
    /// Seconds to wait.
    Wait: 0, MAXIMUM_WAIT, "30";
}
