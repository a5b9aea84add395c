//! The core: from texts and figures as people write them to points, each one explained.
//!
//! Pure functions over exact decimals: no clock, no I/O, no floating point. The same assessment and
//! profile give the same answer on every machine. The frame is the Ministry of Finance's
//! 财预〔2020〕10号, 财预〔2021〕101号 and 财预〔2019〕136号; their full text was not at hand, so every
//! setting lives in a [`Profile`] with a basis and a [`Confidence`], and a `convention` is never
//! called statutory.
//!
//! Overflow never panics: a text whose number does not fit a decimal is read as text, a product that
//! does not fit is divided first and multiplied after, and a sum that does not fit stays at the
//! largest decimal.
//!
//! ```
//! use jixiao_scoring::{Actual, Measure, Target, parse_actual, parse_target};
//! let target = parse_target("≤202.6万元", None);
//! let actual = parse_actual("132.9", target.measure, target.target.as_ref(), target.comparison);
//! let Some(Actual::Number(spent)) = actual else { panic!("132.9 is a number") };
//! assert_eq!(spent.to_string(), "132.9万元"); // an actual without a unit has the target's
//! assert_eq!(target.measure, Measure::Number);
//! assert!(matches!(target.target, Some(Target::Number { .. })));
//! ```
//!
#![doc = include_str!("../README.md")]

mod achievement;
mod actual;
mod arithmetic;
mod assessment;
mod bands;
mod bounded;
mod case;
mod case_text;
mod choice;
mod deadline;
mod deadline_text;
mod derivation;
mod evaluation_kind;
mod execution;
pub mod findings;
mod folded;
mod formula;
mod frequency;
mod grade;
mod inputs;
mod levels;
mod measure;
mod number;
mod points;
mod profile;
mod quantity;
mod row_status;
mod score;
mod settings;
mod shipped;
mod sign;
mod target;
mod unit;

#[cfg(test)]
pub(crate) mod tests;

pub use achievement::Achievement;
pub use actual::{Actual, infer_achievement, parse_actual};
pub use arithmetic::two_decimals;
pub use assessment::{Assessment, FundLine, Row, StatedAmounts};
pub use bands::Bands;
pub use case::Case;
pub use choice::{CostRule, Denominator, EqualRule, Inverse, Level1Bound};
pub use deadline::Deadline;
pub use derivation::{Derivation, RowDerivation, TotalDerivation, derive};
pub use evaluation_kind::EvaluationKind;
pub use execution::Execution;
pub use folded::{half_width, is_not_given};
pub use grade::{Grade, GradeLimits};
pub use levels::{Level, Level2, levels};
pub use measure::{Comparison, Measure};
pub use profile::{Confidence, Level1Rule, Profile, Sourced};
pub use quantity::Quantity;
pub use row_status::RowStatus;
pub use score::{RowScore, Scored, score};
pub use settings::Setting;
pub use target::{ParsedTarget, Target, parse_target};
pub use unit::units_agree;
