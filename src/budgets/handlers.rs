//! The operations on budget lines.

use super::model::{BudgetLine, BudgetLineId, BudgetLineQuery, BudgetLineSort, BudgetSummary, NewBudgetLine};
use crate::http::api::Api;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};

use super::{actions, store};
use crate::auth::{Permit, ReadProjects, WriteProjects};
use crate::db::Database;
use crate::http::body::Patch;
use crate::http::error::Result;
use crate::http::etag::{self, ETag, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Posted};
use crate::http::page::{Page, Paging};
use crate::projects::{self, ProjectId};

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("budgets", "项目资金: funding lines and their sum")],
    schemas: |schemas| {
        schemas.add::<BudgetLineSort>();
    },
};

/// The operations on budget lines.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_project_budget_lines)
        .service(create_budget_line)
        .service(get_project_budget)
        .service(list_budget_lines)
        .service(get_budget_line)
        .service(update_budget_line)
        .service(delete_budget_line);
}

/// The budget lines of one project.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:read"])),
    params(("id" = ProjectId, Path), BudgetLineQuery), responses((status = 200, body = Page<BudgetLine>)))]
#[get("/projects/{id}/budget-lines")]
pub async fn list_project_budget_lines(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
    Query(query): Query<BudgetLineQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page = db
        .read(move |c| {
            projects::store::get(c, &caller, &id)?;
            store::list(c, &caller, Some(&id), &query, &paging)
        })
        .await?;
    Ok(page.response(&request))
}

/// Adds a budget line to a project.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:write"])), params(("id" = ProjectId, Path)),
    request_body = NewBudgetLine, responses((status = 201, body = BudgetLine)))]
#[post("/projects/{id}/budget-lines")]
pub async fn create_budget_line(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
    posted: Posted<NewBudgetLine>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), move |c, caller, new| {
            let made = actions::create(c, caller, &id, new)?;
            Answer::created(format!("/api/v1/budget-lines/{}", made.id), &made.etag(), &made)
        })
        .await
}

/// The sum of a project's budget lines: amounts, execution rate and balance, by category and by source.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:read"])), params(("id" = ProjectId, Path)),
    responses((status = 200, body = BudgetSummary)))]
#[get("/projects/{id}/budget")]
pub async fn get_project_budget(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<ProjectId>,
) -> Result<HttpResponse> {
    let (summary, version) = db.read(move |c| c.snapshot(|c| actions::summarize(c, &caller, &id))).await?;
    etag::read(&request, &ETag::version(version), &summary)
}

/// The budget lines of the caller's subtree.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:read"])), params(BudgetLineQuery),
    responses((status = 200, body = Page<BudgetLine>)))]
#[get("/budget-lines")]
pub async fn list_budget_lines(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Query(query): Query<BudgetLineQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page =
        db.read_many(caller.organization_code.clone(), move |c| store::list(c, &caller, None, &query, &paging)).await?;
    Ok(page.response(&request))
}

/// One budget line.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:read"])), params(("id" = BudgetLineId, Path)),
    responses((status = 200, body = BudgetLine)))]
#[get("/budget-lines/{id}")]
pub async fn get_budget_line(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<BudgetLineId>,
) -> Result<HttpResponse> {
    let found = db.read(move |c| store::get(c, &caller, &id)).await?;
    etag::read(&request, &found.etag(), &found)
}

/// Changes a budget line.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:write"])), params(("id" = BudgetLineId, Path)),
    request_body(content = Patch<NewBudgetLine>, content_type = "application/merge-patch+json"),
    responses((status = 200, body = BudgetLine)))]
#[patch("/budget-lines/{id}")]
pub async fn update_budget_line(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<BudgetLineId>,
    if_match: IfMatch,
    patch: Patch<NewBudgetLine>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed =
        db.write(author, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current))).await?;
    Ok(etag::changed(&changed.etag(), &changed))
}

/// Deletes a budget line.
#[utoipa::path(tag = "budgets", security(("token" = ["projects:write"])), params(("id" = BudgetLineId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/budget-lines/{id}")]
pub async fn delete_budget_line(
    caller: Permit<WriteProjects>,
    db: Data<Database>,
    id: Path<BudgetLineId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let author = caller.author();
    db.write(author, move |c| actions::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}
