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
mod handlers;
pub mod loaded;
pub mod model;
pub mod narrative;
pub mod request;
mod reviews;
pub mod store;
pub mod workflow;

pub use actions::Judgement;
pub use content::Content;
pub use derivation::{DerivationView, LevelView, TotalView};
pub use finding::{FindingCounts, FindingView, counts};
pub use loaded::{Figures, by_project};
pub use model::{AssessmentId, SelfAssessment};

/// The operations on self-assessments.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(handlers::list_self_assessments)
        .service(handlers::create_self_assessment)
        .service(handlers::get_self_assessment)
        .service(handlers::update_self_assessment)
        .service(handlers::delete_self_assessment)
        .service(handlers::replace_results)
        .service(handlers::replace_reviewed_scores)
        .service(handlers::get_derivation)
        .service(handlers::get_findings)
        .service(handlers::get_content)
        .service(handlers::create_transition)
        .service(handlers::list_transitions);
}
