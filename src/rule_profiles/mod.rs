//! Rule profiles (评分规则): named, versioned sets of scoring settings, each with its source.
//!
//! They are data of the program, immutable once released; a change is a new version.

mod handlers;
pub mod model;

/// The operations on rule profiles.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(handlers::list_rule_profiles).service(handlers::get_rule_profile);
}
