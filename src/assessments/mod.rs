//! Self-assessments (绩效自评) and department evaluations (部门评价): what was reached, what is
//! declared, what the rule computes, and the way from draft to publication.
//!
//! A draft is scored anew on every read. What is submitted is frozen: its derivation, findings and
//! profile version, with a SHA-256 over their canonical JSON.

pub mod actions;
pub mod content;
mod derivation;
pub mod feed;
mod finding;
pub mod frozen;
pub mod guard;
pub mod handlers;
pub mod loaded;
pub mod model;
pub mod narrative;
pub mod request;
pub mod result;
mod reviews;
pub mod store;
pub mod workflow;

pub use actions::Judgement;
pub use content::Content;
pub use derivation::{DerivationView, LevelView, TotalView};
pub use finding::{FindingCounts, FindingView, counts};
pub use loaded::{Figures, by_project};
pub use model::{AssessmentId, SelfAssessment};
