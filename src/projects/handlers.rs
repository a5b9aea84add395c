//! The operations on projects.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};

use super::model::{NewProject, Project, ProjectId, ProjectParameters, ProjectQuery};
use super::{actions, store};
use crate::auth::{Permit, ReadProjects, WriteProjects};
use crate::body::Patch;
use crate::db::Database;
use crate::error::Result;
use crate::etag::{self, ETag, IfMatch};
use crate::filter::Query;
use crate::idempotency::{Answer, Posted};
use crate::page::{Page, Paging};

/// The projects of the caller's subtree.
#[utoipa::path(tag = "projects", security(("token" = ["projects:read"])), params(ProjectQuery),
    responses((status = 200, body = Page<Project>)))]
#[get("/projects")]
pub async fn list_projects(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Query(query): Query<ProjectQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page = db
        .read(move |c| {
            if query.include.0.is_empty() && query.count.is_none() {
                return Ok(store::list(c, &caller, &query, &paging)?.map(Project::from));
            }
            c.snapshot(|c| {
                let Page { items, next_cursor, total } = store::list(c, &caller, &query, &paging)?;
                Ok(Page { items: actions::expand(c, &caller, items, &query.include)?, next_cursor, total })
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
    id: Path<ProjectId>,
    Query(query): Query<ProjectParameters>,
) -> Result<HttpResponse> {
    let project = db
        .read(move |c| match query.include.0.is_empty() {
            true => store::get(c, &caller, &id).map(Project::from),
            false => c.snapshot(|c| actions::read(c, &caller, &id, &query.include)),
        })
        .await?;
    let etag = match &project.self_assessment {
        Some(assessment) => ETag::versions(project.version, assessment.version),
        None => ETag::version(project.version),
    };
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
    let division = caller.organization_code.clone();
    let changed = db
        .write(&division, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current)))
        .await?;
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
    let division = caller.organization_code.clone();
    db.write(&division, move |c| actions::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}
