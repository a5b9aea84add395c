//! The figures that a finding rests on.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::two_decimals;

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A text, as written on the form or a name of ours.
    Text(String),
    /// A decimal, already printed.
    Number(String),
    /// A count.
    Integer(u64),
    /// Several items with named parts.
    List(Vec<Vec<(&'static str, Evidence)>>),
}

impl Evidence {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Points or yuan.
    pub(super) fn amount(value: Decimal) -> Self {
        Self::Number(two_decimals(value))
    }

    /// A ratio, six decimals as the execution rate has, or two for a multiple.
    pub(super) fn ratio(value: Decimal, places: u32) -> Self {
        let mut rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(places);
        Self::Number(rounded.to_string())
    }
}

/// A ratio as a percentage of two decimals: 0.649924 is `64.99%`.
pub(super) fn percent(ratio: Decimal) -> String {
    let hundredfold = ratio.saturating_mul(Decimal::ONE_HUNDRED);
    let mut rounded = hundredfold.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    format!("{rounded}%")
}
