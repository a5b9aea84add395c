//! The operations on indicators.

use super::model::{Indicator, IndicatorId, IndicatorSet, IndicatorSort, NewIndicator};
use super::request::IndicatorQuery;
use crate::http::api::Api;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};

use super::{actions, store};
use crate::auth::{Permit, ReadProjects, WriteProjects};
use crate::db::Database;
use crate::http::body::{Body, Patch};
use crate::http::error::Result;
use crate::http::etag::{self, ETag, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Posted};
use crate::http::page::{Page, Paging};
use crate::projects::ProjectId;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("indicators", "绩效指标: what is to be reached, with weight and target")],
    schemas: |schemas| {
        schemas.add::<IndicatorSort>();
    },
};

/// The operations on indicators.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_project_indicators)
        .service(create_indicator)
        .service(replace_indicators)
        .service(list_indicators)
        .service(get_indicator)
        .service(update_indicator)
        .service(delete_indicator);
}

/// All indicators of one project, in the order of the form. The tag is the project's.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:read"])), params(("id" = ProjectId, Path)),
    responses((status = 200, body = IndicatorSet)))]
#[get("/projects/{id}/indicators")]
pub async fn list_project_indicators(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
) -> Result<HttpResponse> {
    let (set, version) = db.read(move |c| c.snapshot(|c| actions::read(c, &caller, &id))).await?;
    etag::read(&request, &ETag::version(version), &set)
}

/// Adds an indicator to a project.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:write"])), params(("id" = ProjectId, Path)),
    request_body = NewIndicator, responses((status = 201, body = Indicator)))]
#[post("/projects/{id}/indicators")]
pub async fn create_indicator(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
    posted: Posted<NewIndicator>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), move |c, caller, new| {
            let made = actions::create(c, caller, &id, new)?;
            Answer::created(format!("/api/v1/indicators/{}", made.id), &made.etag(), &made)
        })
        .await
}

/// Replaces all indicators of a project at once. `If-Match` takes the tag of the project or of this list.
/// Indicators of the same levels and name keep their id, and with it the results of a draft.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:write"])), params(("id" = ProjectId, Path)),
    request_body = Vec<NewIndicator>, responses((status = 200, body = IndicatorSet)))]
#[put("/projects/{id}/indicators")]
pub async fn replace_indicators(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
    if_match: IfMatch,
    Body(set): Body<Vec<NewIndicator>>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let (set, version) = db.write(author, move |c| actions::replace(c, &caller, &id, &if_match, set)).await?;
    Ok(etag::changed(&ETag::version(version), &set))
}

/// The indicators of the caller's subtree.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:read"])), params(IndicatorQuery),
    responses((status = 200, body = Page<Indicator>)))]
#[get("/indicators")]
pub async fn list_indicators(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Query(query): Query<IndicatorQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page =
        db.read_many(caller.organization_code.clone(), move |c| store::list(c, &caller, &query, &paging)).await?;
    Ok(page.response(&request))
}

/// One indicator.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:read"])), params(("id" = IndicatorId, Path)),
    responses((status = 200, body = Indicator)))]
#[get("/indicators/{id}")]
pub async fn get_indicator(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<IndicatorId>,
) -> Result<HttpResponse> {
    let found = db.read(move |c| store::get(c, &caller, &id)).await?;
    etag::read(&request, &found.etag(), &found)
}

/// Changes an indicator. A new `target_text` is understood anew.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:write"])), params(("id" = IndicatorId, Path)),
    request_body(content = Patch<NewIndicator>, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Indicator)))]
#[patch("/indicators/{id}")]
pub async fn update_indicator(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<IndicatorId>,
    if_match: IfMatch,
    patch: Patch<NewIndicator>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed =
        db.write(author, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current))).await?;
    Ok(etag::changed(&changed.etag(), &changed))
}

/// Deletes an indicator, with its result in a draft.
#[utoipa::path(tag = "indicators", security(("token" = ["projects:write"])), params(("id" = IndicatorId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/indicators/{id}")]
pub async fn delete_indicator(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<IndicatorId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let author = caller.author();
    db.write(author, move |c| actions::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}
