//! Changes (变更): what happened to every resource of a division, in one dense sequence that a reader follows.
//!
//! The feed is written by the transactions that make the changes (`db::journal`); here it is named and read. A caller
//! sees the sequence of its division with the events of its subtree.

pub mod actions;
mod handlers;
mod last;
pub mod model;
pub mod reading;
pub mod resource;
pub mod resources;
mod state;
pub mod store;
pub mod work;

pub use last::LastEvents;

/// The operations on the change feed.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(handlers::list_changes).service(handlers::get_change_head);
}
