//! Findings (疑点): where a form contradicts itself or leaves a gap, with the figures as evidence.
//!
//! Computed, never typed. Pure, as scoring is; every code has one entry in the catalogue, from which
//! its severity, its page and its sentence come.
//!
//! ```
//! use jixiao_scoring::findings::{FindingCode, Language, check};
//! use jixiao_scoring::{Assessment, Profile, Row, score};
//! use rust_decimal::Decimal;
//! let row = Row::from_texts("培训人数", Decimal::ONE_HUNDRED, Some("≥343人次"), Some("1200余名"));
//! let assessment = Assessment { rows: vec![row], ..Assessment::default() };
//! let profile = Profile::latest("mof-2020-department").expect("shipped");
//! let findings = check(&assessment, profile, &score(&assessment, profile));
//! let mismatch = findings.iter().find(|finding| finding.code == FindingCode::UnitMismatch);
//! let mismatch = mismatch.expect("人次 is not 名");
//! assert_eq!(mismatch.pointer, "/results/0/actual_text");
//! assert_eq!(
//!     mismatch.message(Language::Zh),
//!     "“培训人数”的指标值343人次与实际完成值约1200名计量单位不一致。"
//! );
//! ```

mod catalogue;
mod code;
mod declared;
mod evidence;
mod figures;
mod finding;
mod funds;
mod language;
mod reasons;
mod results;
mod shape;
mod status;
mod template;
mod texts;
mod weights;

#[cfg(test)]
mod tests;

pub use catalogue::Entry;
pub use code::{FindingCode, Severity};
pub use evidence::Evidence;
pub use finding::Finding;
pub use language::Language;
pub use weights::has_levels_of;

use crate::{Assessment, Profile, Scored};

/// Everything that is to be said about a scored assessment: row by row, then about the document; each
/// in the order of the catalogue. No two findings share both code and pointer.
#[must_use]
pub fn check(assessment: &Assessment, profile: &Profile, scored: &Scored) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, (row, score)) in assessment.rows.iter().zip(&scored.rows).enumerate() {
        results::check_row(index, row, score, &mut findings);
        status::check_row(index, row, score, &mut findings);
        texts::check_row(index, row, score, &mut findings);
        figures::check_row(index, row, profile, &mut findings);
        declared::check_row(index, row, score, profile, &mut findings);
        reasons::check_row((index, row, score), assessment, profile, scored, &mut findings);
    }
    if profile.is_scored.value {
        weights::check(assessment, profile, scored, &mut findings);
    }
    funds::check(assessment, profile, scored, &mut findings);
    reasons::check(assessment, profile, scored, &mut findings);
    declared::check(assessment, profile, scored, &mut findings);
    shape::check(assessment, profile, &mut findings);
    findings.sort_by_key(|finding| (finding.row.is_none(), finding.row, finding.code));
    findings
}
