//! The bands of a qualitative indicator's weight.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Achievement;
use super::arithmetic::{full_points, round_points};

/// Where the bands begin, as shares (ratios) of the weight `w`: achieved `[achieved_from × w, w]`,
/// partial `[partial_from × w, achieved_from × w)`, not achieved `[0, partial_from × w)`.
/// 0.8 / 0.6 in `mof-2020`, 0.8 / 0.5 in `hubei-20-80` (confidence: secondary).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bands {
    /// The lower end of `achieved`, a ratio of the weight.
    pub achieved_from: Decimal,
    /// The lower end of `partial`, a ratio of the weight.
    pub partial_from: Decimal,
}

impl Bands {
    /// The lowest and the highest points of a band, in points with two decimals. The upper end of an
    /// open band is the largest two-decimal value below it.
    ///
    /// ```
    /// use jixiao_scoring::{Achievement, Profile};
    /// use rust_decimal::Decimal;
    /// let bands = Profile::latest("mof-2020").expect("shipped").bands.value;
    /// let (low, high) = bands.ends(Achievement::Partial, Decimal::TEN);
    /// assert_eq!((low, high), (Decimal::new(600, 2), Decimal::new(799, 2)));
    /// ```
    #[must_use]
    pub fn ends(&self, achievement: Achievement, weight: Decimal) -> (Decimal, Decimal) {
        let (low, high) = match achievement {
            Achievement::Achieved => (share(self.achieved_from, weight), full_points(weight)),
            Achievement::Partial => {
                (share(self.partial_from, weight), largest_below(share(self.achieved_from, weight)))
            }
            Achievement::NotAchieved => (Decimal::ZERO, largest_below(share(self.partial_from, weight))),
        };
        // A weight of a few hundredths has bands narrower than a hundredth: they shrink to a point.
        (round_points(low).min(high), high)
    }

    /// Whether a declared score lies in the band, compared with the exact ends and not the rounded.
    pub(super) fn contains(&self, achievement: Achievement, weight: Decimal, declared: Decimal) -> bool {
        let achieved = share(self.achieved_from, weight);
        let partial = share(self.partial_from, weight);
        let (low, _) = self.ends(achievement, weight);
        let from = |exact: Decimal| declared >= exact.min(low);
        match achievement {
            Achievement::Achieved => from(achieved) && declared <= weight.max(Decimal::ZERO),
            Achievement::Partial => from(partial) && declared < achieved,
            Achievement::NotAchieved => declared >= Decimal::ZERO && declared < partial,
        }
    }
}

fn share(ratio: Decimal, weight: Decimal) -> Decimal {
    ratio.saturating_mul(weight.max(Decimal::ZERO))
}

fn largest_below(end: Decimal) -> Decimal {
    let mut cut = end.round_dp_with_strategy(2, RoundingStrategy::ToZero);
    if cut == end {
        cut = cut.saturating_sub(Decimal::new(1, 2));
    }
    let mut below = cut.max(Decimal::ZERO);
    below.rescale(2);
    below
}
