//! What a caller's token opens.

use crate::http::api::Api;
use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Caller, Scope};
use crate::db::Database;
use crate::http::error::Result;
use crate::organizations::{self, Organization};

/// What this folder adds to the API.
pub const API: Api = Api { routes, tags: &[], schemas: |_| {} };

/// The caller's own page.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(get_me);
}

/// The caller, as its token says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The token's holder.
    pub subject: String,
    /// The code of the organization whose subtree the caller sees.
    pub organization_code: String,
    /// That organization, once it is registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// What the token allows.
    pub scopes: Vec<Scope>,
}

/// Who the caller is and what it may do.
#[utoipa::path(tag = "service", security(("token" = [])), responses((status = 200, body = Me)))]
#[get("/me")]
pub async fn get_me(caller: Caller, db: Data<Database>) -> Result<Json<Me>> {
    let code = caller.organization_code.clone();
    let organization = db.read(move |c| organizations::store::find_by_code(c, &code)).await?;
    Ok(Json(Me {
        subject: caller.subject.clone(),
        organization_code: caller.organization_code.clone(),
        organization,
        scopes: caller.scopes().iter().collect(),
    }))
}
