//! Score previews (试算): the engine on a posted assessment; nothing of it is stored.

mod handlers;
pub mod model;

/// The operation.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(handlers::create_score_preview);
}
