//! Budgets (项目资金): the funding lines of a project, and their sum.

pub mod actions;
pub mod feed;
mod handlers;
pub mod model;
pub mod store;

pub use model::BudgetLine;

/// The operations on budget lines.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(handlers::list_project_budget_lines)
        .service(handlers::create_budget_line)
        .service(handlers::get_project_budget)
        .service(handlers::list_budget_lines)
        .service(handlers::get_budget_line)
        .service(handlers::update_budget_line)
        .service(handlers::delete_budget_line);
}
