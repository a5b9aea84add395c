//! Scores (评价得分): what was published, immutable, each with the hash of what it was made of.
//!
//! A revision is a new score that names the one it supersedes; the old one stays readable.

pub mod actions;
pub mod feed;
mod handlers;
pub mod model;
pub mod store;

/// The operations on scores.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(handlers::list_scores)
        .service(handlers::get_score)
        .service(handlers::get_score_derivation)
        .service(handlers::get_score_content);
}
