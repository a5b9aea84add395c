//! What a folder adds to the API: its operations, and what the OpenAPI document says of it beside them.

use serde_json::Value;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a folder adds to the API; `app.rs` lists them.
pub struct Api {
    /// Registers its operations below `/api/v1`.
    pub routes: fn(&mut ServiceConfig<'_>),
    /// Its tags, each with what it is.
    pub tags: &'static [(&'static str, &'static str)],
    /// Adds the schemas that utoipa does not see: those of query parameters.
    pub schemas: fn(&mut Schemas),
}

/// The schemas of the document by name.
#[derive(Debug, Default)]
pub struct Schemas(Vec<(String, Value)>);

impl Schemas {
    /// Adds one.
    pub fn add<T: ToSchema>(&mut self) {
        self.0.push((T::name().into_owned(), serde_json::to_value(T::schema()).unwrap_or_default()));
    }

    /// All of them.
    pub fn into_inner(self) -> Vec<(String, Value)> {
        self.0
    }
}
