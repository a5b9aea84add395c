//! Indicators (绩效指标): what a project is to reach, each with a weight and a target.
//!
//! A target is taken as people write it (`≥266米`, `2023年12月`) and kept beside what was understood.

pub mod actions;
pub mod feed;
mod handlers;
pub mod model;
pub mod store;
pub mod target;

pub use model::{Indicator, IndicatorId};

/// The operations on indicators.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(handlers::list_project_indicators)
        .service(handlers::create_indicator)
        .service(handlers::replace_indicators)
        .service(handlers::list_indicators)
        .service(handlers::get_indicator)
        .service(handlers::update_indicator)
        .service(handlers::delete_indicator);
}
