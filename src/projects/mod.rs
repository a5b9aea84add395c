//! Projects (项目): one project in one fiscal year, with its goals, its plan and its basis documents.
//!
//! A project is the aggregate that its budget lines and indicators belong to: a change of theirs
//! counts as a change of the project, and none is taken while an assessment of it is submitted or published.

pub mod actions;
pub mod feed;
mod handlers;
pub mod model;
pub mod store;

pub use model::{Project, ProjectId};

/// The operations on projects.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(handlers::list_projects)
        .service(handlers::create_project)
        .service(handlers::get_project)
        .service(handlers::update_project)
        .service(handlers::delete_project);
}
