//! The service itself: whether it is alive and ready, its limits and its document.

mod handlers;

pub use handlers::Document;

/// What lies outside the versioned API.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(handlers::get_health).service(handlers::get_readiness).service(handlers::get_openapi);
}

/// What lies inside it.
pub fn versioned_routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(handlers::get_limits);
}
