//! Statistics (统计): published scores and budget execution of the caller's subtree, counted and summed in SQL.
//!
//! A rate is the quotient of summed amounts, never the mean of rates.

mod handlers;
pub mod model;
pub mod store;

/// The operations on statistics.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(handlers::get_score_statistics).service(handlers::get_execution_statistics);
}
