//! Problems: what each error code and each finding code means, and the page that says so.

mod codes;
mod handlers;

pub use codes::Code;
pub use handlers::{get_problem, list_problems};

/// The pages of all codes.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(list_problems).service(get_problem);
}
