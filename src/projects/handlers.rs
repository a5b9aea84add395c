//! The operations on projects.

use super::model::{Include, NewProject, ProjectId, ProjectParameters, ProjectQuery, ProjectSort};
use crate::http::api::Api;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};

use super::project::Project;
use super::{actions, store};
use crate::auth::{Permit, ReadProjects, WriteProjects};
use crate::db::Database;
use crate::http::body::Patch;
use crate::http::error::Result;
use crate::http::etag::{self, ETag, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Posted};
use crate::http::page::{Page, Paging};
use crate::http::representations::Representations;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("projects", "项目: a project in one fiscal year")],
    schemas: |schemas| {
        schemas.add::<Include>();
        schemas.add::<ProjectSort>();
    },
};

/// The operations on projects.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_projects)
        .service(create_project)
        .service(get_project)
        .service(update_project)
        .service(delete_project);
}

/// The projects of the caller's subtree.
#[utoipa::path(tag = "projects", security(("token" = ["projects:read"])), params(ProjectQuery),
    responses((status = 200, body = Page<Project>)))]
#[get("/projects")]
pub async fn list_projects(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    kept: Data<Representations>,
    Query(query): Query<ProjectQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    if query.include.0.is_empty() {
        let page = db
            .read_many(caller.organization_code.clone(), move |c| {
                let page = store::list(c, &caller, &query, &paging)?;
                Ok(page.with(actions::represent(c, &caller, &page.items, &kept)?))
            })
            .await?;
        return Ok(page.response(&request));
    }
    let page = db
        .read_many(caller.organization_code.clone(), move |c| {
            c.snapshot(|c| {
                let page = store::list(c, &caller, &query, &paging)?;
                let rows = actions::rows(c, &page.items)?;
                Ok(page.with(actions::expand(c, &caller, rows, &query.include)?))
            })
        })
        .await?;
    Ok(page.response(&request))
}

/// Adds a project to an organization of the caller's subtree.
#[utoipa::path(tag = "projects", security(("token" = ["projects:write"])), request_body = NewProject,
    responses((status = 201, body = Project)))]
#[post("/projects")]
pub async fn create_project(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    posted: Posted<NewProject>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), |c, caller, new| {
            let made = actions::create(c, caller, new)?;
            Answer::created(format!("/api/v1/projects/{}", made.id), &ETag::version(made.version), &made)
        })
        .await
}

/// One project, with what `include` asks for.
#[utoipa::path(tag = "projects", security(("token" = ["projects:read"])),
    params(("id" = ProjectId, Path), ProjectParameters), responses((status = 200, body = Project)))]
#[get("/projects/{id}")]
pub async fn get_project(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    kept: Data<Representations>,
    id: Path<ProjectId>,
    Query(query): Query<ProjectParameters>,
) -> Result<HttpResponse> {
    if query.include.0.is_empty() {
        let project = db.read(move |c| store::get(c, &caller, &id)).await?;
        return etag::read(&request, &project.etag(), &Project::from(project));
    }
    let (project, etag) =
        db.read(move |c| c.snapshot(|c| actions::read(c, &caller, &id, &query.include, &kept))).await?;
    etag::read(&request, &etag, &project)
}

/// Changes a project.
#[utoipa::path(tag = "projects", security(("token" = ["projects:write"])), params(("id" = ProjectId, Path)),
    request_body(content = Patch<NewProject>, content_type = "application/merge-patch+json"),
    responses((status = 200, body = Project)))]
#[patch("/projects/{id}")]
pub async fn update_project(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
    if_match: IfMatch,
    patch: Patch<NewProject>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed =
        db.write(author, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current))).await?;
    Ok(etag::changed(&ETag::version(changed.version), &changed))
}

/// Deletes a project with its budget lines, indicators and draft assessment.
#[utoipa::path(tag = "projects", security(("token" = ["projects:write"])), params(("id" = ProjectId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/projects/{id}")]
pub async fn delete_project(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let author = caller.author();
    db.write(author, move |c| actions::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}
