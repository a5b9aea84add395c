//! The one table of findings: what each code means and how its sentence reads, by family.

pub(super) mod declared;
pub(super) mod funds;
pub(super) mod results;
pub(super) mod shape;
pub(super) mod status;
pub(super) mod texts;
pub(super) mod weights;

use super::Severity;

/// One code of the catalogue: enough for a page of its own in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The code.
    pub code: &'static str,
    /// What it does to a draft.
    pub severity: Severity,
    /// A few words, in Chinese.
    pub title_zh: &'static str,
    /// A few words, in English.
    pub title_en: &'static str,
    /// When it arises and why it matters, in Chinese.
    pub explanation_zh: &'static str,
    /// When it arises and why it matters, in English.
    pub explanation_en: &'static str,
    /// What to do about it, in Chinese.
    pub remedy_zh: &'static str,
    /// What to do about it, in English.
    pub remedy_en: &'static str,
    /// A case of it, in the figures of a form.
    pub example: &'static str,
    pub(super) message_zh: &'static str,
    pub(super) message_en: &'static str,
    /// The sentence of one item where the evidence has a list.
    pub(super) item_zh: &'static str,
    pub(super) item_en: &'static str,
}
