//! Exact arithmetic that never panics: multiply first, then divide, round once.

use rust_decimal::{Decimal, RoundingStrategy};

/// `weight × part ÷ whole`, unrounded. Multiplied first, so that a product that ends is exact; where
/// the product does not fit a decimal it is divided first, which costs at most the 28th digit.
pub(super) fn multiply_divide(weight: Decimal, part: Decimal, whole: Decimal) -> Option<Decimal> {
    weight
        .checked_mul(part)
        .and_then(|product| product.checked_div(whole))
        .or_else(|| part.checked_div(whole)?.checked_mul(weight))
}

/// Points with exactly two decimals, half away from zero.
pub(super) fn round_points(value: Decimal) -> Decimal {
    round(value, 2)
}

/// Rounded half away from zero and printed with exactly `places` decimals.
pub(super) fn round(value: Decimal, places: u32) -> Decimal {
    let mut rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    rounded
}

/// The most points that a weight can give: the weight cut to two decimals, 0 where it is negative.
/// Cut and not rounded, so that points never exceed the weight.
pub(super) fn full_points(weight: Decimal) -> Decimal {
    let mut cut = weight.max(Decimal::ZERO).round_dp_with_strategy(2, RoundingStrategy::ToZero);
    cut.rescale(2);
    cut
}

/// The sum; where it does not fit, the largest decimal.
pub(super) fn sum(values: impl IntoIterator<Item = Decimal>) -> Decimal {
    values.into_iter().fold(Decimal::ZERO, |total, value| total.saturating_add(value))
}

/// The sum of what is all there; none where one is missing.
pub(super) fn sum_all(values: impl IntoIterator<Item = Option<Decimal>>) -> Option<Decimal> {
    values.into_iter().try_fold(Decimal::ZERO, |total, value| Some(total.saturating_add(value?)))
}

/// A figure as the service prints points and yuan: two decimals, or more where it has more.
///
/// ```
/// use jixiao_scoring::two_decimals;
/// use rust_decimal::Decimal;
/// assert_eq!(two_decimals(Decimal::TEN), "10.00");
/// assert_eq!(two_decimals(Decimal::new(1_547_400, 3)), "1547.40");
/// assert_eq!(two_decimals(Decimal::new(33_333, 4)), "3.3333");
/// ```
#[must_use]
pub fn two_decimals(value: Decimal) -> String {
    let mut shown = value.normalize();
    if shown.scale() < 2 {
        shown.rescale(2);
    }
    shown.to_string()
}
