//! The operations on organizations.

use super::model::{NewOrganization, Organization, OrganizationId, OrganizationQuery, OrganizationSort};
use crate::http::api::Api;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};

use super::codes::CodeRanges;
use super::{actions, store};
use crate::auth::{ManageOrganizations, Permit, ReadProjects};
use crate::db::Database;
use crate::http::body::Patch;
use crate::http::error::Result;
use crate::http::etag::{self, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Posted};
use crate::http::page::{Page, Paging};

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("organizations", "单位: the tree of divisions, departments and units")],
    schemas: |schemas| {
        schemas.add::<OrganizationSort>();
    },
};

/// The operations on organizations.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_organizations)
        .service(create_organization)
        .service(get_organization)
        .service(update_organization)
        .service(delete_organization);
}

/// The organizations of the caller's subtree.
#[utoipa::path(tag = "organizations", security(("token" = ["projects:read"])), params(OrganizationQuery),
    responses((status = 200, body = Page<Organization>)))]
#[get("/organizations")]
pub async fn list_organizations(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Query(query): Query<OrganizationQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page =
        db.read_many(caller.organization_code.clone(), move |c| store::list(c, &caller, &query, &paging)).await?;
    Ok(page.response(&request))
}

/// Registers an organization: the root that the token names, or one below a parent that the caller sees.
#[utoipa::path(tag = "organizations", security(("token" = ["org:admin"])), request_body = NewOrganization,
    responses((status = 201, body = Organization)))]
#[post("/organizations")]
pub async fn create_organization(
    caller: Permit<ManageOrganizations>,
    db: Data<Database>,
    ranges: Data<CodeRanges>,
    posted: Posted<NewOrganization>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), move |c, caller, new| {
            let made = actions::create(c, caller, &ranges, new)?;
            Answer::created(format!("/api/v1/organizations/{}", made.id), &made.etag(), &made)
        })
        .await
}

/// One organization.
#[utoipa::path(tag = "organizations", security(("token" = ["projects:read"])), params(("id" = OrganizationId, Path)),
    responses((status = 200, body = Organization)))]
#[get("/organizations/{id}")]
pub async fn get_organization(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<OrganizationId>,
) -> Result<HttpResponse> {
    let found = db.read(move |c| store::get(c, &caller, &id)).await?;
    etag::read(&request, &found.etag(), &found)
}

/// Changes an organization's name, kind or place in the tree; moving it takes its subtree along.
#[utoipa::path(tag = "organizations", security(("token" = ["org:admin"])), params(("id" = OrganizationId, Path)),
    request_body(content = Patch<NewOrganization>, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Organization)))]
#[patch("/organizations/{id}")]
pub async fn update_organization(
    caller: Permit<ManageOrganizations>,
    db: Data<Database>,
    id: Path<OrganizationId>,
    if_match: IfMatch,
    patch: Patch<NewOrganization>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed =
        db.write(author, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current))).await?;
    Ok(etag::changed(&changed.etag(), &changed))
}

/// Deletes an organization that has nothing below it and no projects.
#[utoipa::path(tag = "organizations", security(("token" = ["org:admin"])), params(("id" = OrganizationId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/organizations/{id}")]
pub async fn delete_organization(
    caller: Permit<ManageOrganizations>,
    db: Data<Database>,
    id: Path<OrganizationId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let author = caller.author();
    db.write(author, move |c| store::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}
