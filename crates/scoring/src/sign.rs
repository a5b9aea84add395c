//! The signs and words that say how a target is to be compared.

use super::Comparison;
use super::folded::{after, before};

/// A sign found at the head or the end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    pub(super) comparison: Comparison,
    /// Whether a sign at the other end may overrule it: 控制在95%以上 asks for 95 and more.
    pub(super) yields: bool,
}

const fn firm(comparison: Comparison) -> Sign {
    Sign { comparison, yields: false }
}

const fn yielding(comparison: Comparison) -> Sign {
    Sign { comparison, yields: true }
}

/// Symbols, longer ones first.
const SYMBOLS: &[(&str, Sign)] = &[
    (">=", firm(Comparison::AtLeast)),
    ("=>", firm(Comparison::AtLeast)),
    ("≥=", firm(Comparison::AtLeast)),
    ("≥", firm(Comparison::AtLeast)),
    (">", firm(Comparison::AtLeast)),
    ("<=", firm(Comparison::AtMost)),
    ("=<", firm(Comparison::AtMost)),
    ("≤=", firm(Comparison::AtMost)),
    ("≤", firm(Comparison::AtMost)),
    ("<", firm(Comparison::AtMost)),
    ("==", firm(Comparison::Equal)),
    ("=", firm(Comparison::Equal)),
];

/// Words before the number, longer ones first.
const WORDS_BEFORE: &[(&str, Sign)] = &[
    ("大于或等于", firm(Comparison::AtLeast)),
    ("大于等于", firm(Comparison::AtLeast)),
    ("不得低于", firm(Comparison::AtLeast)),
    ("不得少于", firm(Comparison::AtLeast)),
    ("不得小于", firm(Comparison::AtLeast)),
    ("不低于", firm(Comparison::AtLeast)),
    ("不少于", firm(Comparison::AtLeast)),
    ("不小于", firm(Comparison::AtLeast)),
    ("至少", firm(Comparison::AtLeast)),
    ("大于", firm(Comparison::AtLeast)),
    ("高于", firm(Comparison::AtLeast)),
    ("多于", firm(Comparison::AtLeast)),
    ("超过", firm(Comparison::AtLeast)),
    ("达到", yielding(Comparison::AtLeast)),
    ("小于或等于", firm(Comparison::AtMost)),
    ("小于等于", firm(Comparison::AtMost)),
    ("最高不超过", firm(Comparison::AtMost)),
    ("不得超过", firm(Comparison::AtMost)),
    ("不得高于", firm(Comparison::AtMost)),
    ("不得多于", firm(Comparison::AtMost)),
    ("不得大于", firm(Comparison::AtMost)),
    ("不超过", firm(Comparison::AtMost)),
    ("不超出", firm(Comparison::AtMost)),
    ("不高于", firm(Comparison::AtMost)),
    ("不大于", firm(Comparison::AtMost)),
    ("不多于", firm(Comparison::AtMost)),
    ("至多", firm(Comparison::AtMost)),
    ("最多", firm(Comparison::AtMost)),
    ("小于", firm(Comparison::AtMost)),
    ("低于", firm(Comparison::AtMost)),
    ("少于", firm(Comparison::AtMost)),
    ("控制在", yielding(Comparison::AtMost)),
    ("等于", firm(Comparison::Equal)),
];

/// Words after the number, longer ones first.
const WORDS_AFTER: &[(&str, Sign)] = &[
    ("(含)及以上", firm(Comparison::AtLeast)),
    ("(含)以上", firm(Comparison::AtLeast)),
    ("以上(含)", firm(Comparison::AtLeast)),
    ("及以上", firm(Comparison::AtLeast)),
    ("或以上", firm(Comparison::AtLeast)),
    ("含以上", firm(Comparison::AtLeast)),
    ("以上", firm(Comparison::AtLeast)),
    ("(含)以下", firm(Comparison::AtMost)),
    ("(含)以内", firm(Comparison::AtMost)),
    ("以下(含)", firm(Comparison::AtMost)),
    ("及以下", firm(Comparison::AtMost)),
    ("或以下", firm(Comparison::AtMost)),
    ("以下", firm(Comparison::AtMost)),
    ("以内", firm(Comparison::AtMost)),
    ("之内", firm(Comparison::AtMost)),
    ("内", firm(Comparison::AtMost)),
    ("之间", yielding(Comparison::Between)),
];

/// The symbol at the head, and what follows it.
pub(super) fn symbol_before(chars: &[char]) -> Option<(Sign, &[char])> {
    find(SYMBOLS, |word| after(chars, word))
}

/// The symbol or word at the head, and what follows it.
pub(super) fn sign_before(chars: &[char]) -> Option<(Sign, &[char])> {
    symbol_before(chars).or_else(|| find(WORDS_BEFORE, |word| after(chars, word)))
}

/// The word at the end, and what stands before it.
pub(super) fn sign_after(chars: &[char]) -> Option<(Sign, &[char])> {
    find(WORDS_AFTER, |word| before(chars, word))
}

/// Whether a sign as written is one that follows its number.
pub(super) fn follows_its_number(written: &str) -> bool {
    let folded = super::folded::Folded::new(written).chars;
    sign_after(&folded).is_some_and(|(_, rest)| rest.is_empty())
}

fn find<'a>(signs: &[(&'static str, Sign)], split: impl Fn(&str) -> Option<&'a [char]>) -> Option<(Sign, &'a [char])> {
    signs.iter().find_map(|(word, sign)| split(word).map(|rest| (*sign, rest)))
}
