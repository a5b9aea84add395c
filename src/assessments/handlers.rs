//! The operations on self-assessments.

use super::model::{AssessmentId, AssessmentSort, FindingList, SelfAssessment, TransitionList};
use crate::http::api::Api;
use crate::http::language::Reader;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use serde_json::json;

use super::derivation::DerivationView;
use super::request::{AssessmentQuery, NewDeclaration, NewResult, NewSelfAssessment, NewTransition, ReviewedScore};
use super::{actions, frozen, reviews, store, workflow};
use crate::auth::{MoveAssessments, Permit, ReadProjects, ReviewAssessments, WriteAssessments};
use crate::db::{Connection, Database};
use crate::http::body::{Body, Patch};
use crate::http::error::{Error, Result};
use crate::http::etag::{self, ETag, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Posted};
use crate::http::page::{Page, Paging};
use crate::http::representations::Representations;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("self-assessments", "绩效自评 and 部门评价: from draft to publication")],
    schemas: |schemas| {
        schemas.add::<AssessmentSort>();
    },
};

/// The operations on self-assessments.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_self_assessments)
        .service(create_self_assessment)
        .service(get_self_assessment)
        .service(update_self_assessment)
        .service(delete_self_assessment)
        .service(replace_results)
        .service(replace_reviewed_scores)
        .service(get_derivation)
        .service(get_findings)
        .service(get_content)
        .service(create_transition)
        .service(list_transitions);
}

/// The self-assessments of the caller's subtree, without their results.
#[utoipa::path(tag = "self-assessments", security(("token" = ["projects:read"])), params(AssessmentQuery),
    responses((status = 200, body = Page<SelfAssessment>)))]
#[get("/self-assessments")]
pub async fn list_self_assessments(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Query(query): Query<AssessmentQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page = db
        .read_many(caller.organization_code.clone(), move |c| {
            c.snapshot(|c| {
                let Page { items, next_cursor, total } = store::list(c, &caller, &query, &paging)?;
                Ok(Page { items: actions::read_all(c, &caller, items)?, next_cursor, total })
            })
        })
        .await?;
    Ok(page.response(&request))
}

/// Opens a self-assessment or department evaluation of a project; a project has one open at a time.
#[utoipa::path(tag = "self-assessments", security(("token" = ["assessments:write"])), request_body = NewSelfAssessment,
    responses((status = 201, body = SelfAssessment)))]
#[post("/self-assessments")]
pub async fn create_self_assessment(
    caller: Permit<WriteAssessments>,
    db: Data<Database>,
    posted: Posted<NewSelfAssessment>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), |c, caller, new| {
            let made = actions::create(c, caller, new)?;
            Answer::created(format!("/api/v1/self-assessments/{}", made.id), &made.etag, &made)
        })
        .await
}

/// One self-assessment with its results, its totals and what the caller may do with it.
#[utoipa::path(tag = "self-assessments", security(("token" = ["projects:read"])), params(("id" = AssessmentId, Path)),
    responses((status = 200, body = SelfAssessment)))]
#[get("/self-assessments/{id}")]
pub async fn get_self_assessment(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    kept: Data<Representations>,
    id: Path<AssessmentId>,
) -> Result<HttpResponse> {
    let (found, etag) = db.read(move |c| c.snapshot(|c| actions::represent(c, &caller, &id, &kept))).await?;
    etag::read(&request, &etag, &found)
}

/// Changes what a draft declares of the whole, or its rule profile.
#[utoipa::path(tag = "self-assessments", security(("token" = ["assessments:write"])), params(("id" = AssessmentId, Path)),
    request_body(content = Patch<NewDeclaration>, content_type = "application/merge-patch+json"),
    responses((status = 200, body = SelfAssessment)))]
#[patch("/self-assessments/{id}")]
pub async fn update_self_assessment(
    caller: Permit<WriteAssessments>,
    db: Data<Database>,
    id: Path<AssessmentId>,
    if_match: IfMatch,
    patch: Patch<NewDeclaration>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed =
        db.write(author, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current))).await?;
    Ok(etag::changed(&changed.etag, &changed))
}

/// Deletes a draft that was never published.
#[utoipa::path(tag = "self-assessments", security(("token" = ["assessments:write"])), params(("id" = AssessmentId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/self-assessments/{id}")]
pub async fn delete_self_assessment(
    caller: Permit<WriteAssessments>,
    db: Data<Database>,
    id: Path<AssessmentId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let author = caller.author();
    db.write(author, move |c| actions::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Replaces all results of a draft at once; an indicator that is left out has no result.
#[utoipa::path(tag = "self-assessments", security(("token" = ["assessments:write"])), params(("id" = AssessmentId, Path)),
    request_body = Vec<NewResult>, responses((status = 200, body = SelfAssessment)))]
#[put("/self-assessments/{id}/results")]
pub async fn replace_results(
    caller: Permit<WriteAssessments>,
    db: Data<Database>,
    id: Path<AssessmentId>,
    if_match: IfMatch,
    Body(results): Body<Vec<NewResult>>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed = db.write(author, move |c| actions::replace_results(c, &caller, &id, &if_match, results)).await?;
    Ok(etag::changed(&changed.etag, &changed))
}

/// Replaces all reviewed scores of a submitted assessment at once, each with its reason.
#[utoipa::path(tag = "self-assessments", security(("token" = ["assessments:review"])), params(("id" = AssessmentId, Path)),
    request_body = Vec<ReviewedScore>, responses((status = 200, body = SelfAssessment)))]
#[put("/self-assessments/{id}/reviewed-scores")]
pub async fn replace_reviewed_scores(
    caller: Permit<ReviewAssessments>,
    db: Data<Database>,
    id: Path<AssessmentId>,
    if_match: IfMatch,
    Body(scores): Body<Vec<ReviewedScore>>,
) -> Result<HttpResponse> {
    let author = caller.author();
    let changed =
        db.write(author, move |c| reviews::replace_reviewed_scores(c, &caller, &id, &if_match, scores)).await?;
    Ok(etag::changed(&changed.etag, &changed))
}

/// How every score came about, step by step.
#[utoipa::path(tag = "self-assessments", security(("token" = ["projects:read"])), params(("id" = AssessmentId, Path)),
    responses((status = 200, body = DerivationView)))]
#[get("/self-assessments/{id}/derivation")]
pub async fn get_derivation(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Reader(language): Reader,
    id: Path<AssessmentId>,
) -> Result<HttpResponse> {
    let (etag, derivation) =
        db.read(move |c| c.snapshot(|c| actions::explain(c, &caller, &id, language, &actions::DERIVATION))).await?;
    etag::read(&request, &etag, &derivation)
}

/// What contradicts what, and what is missing, each with its figures.
#[utoipa::path(tag = "self-assessments", security(("token" = ["projects:read"])), params(("id" = AssessmentId, Path)),
    responses((status = 200, body = FindingList)))]
#[get("/self-assessments/{id}/findings")]
pub async fn get_findings(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Reader(language): Reader,
    id: Path<AssessmentId>,
) -> Result<HttpResponse> {
    let (etag, items) =
        db.read(move |c| c.snapshot(|c| actions::explain(c, &caller, &id, language, &actions::FINDINGS))).await?;
    etag::read(&request, &etag, &json!({ "items": items }))
}

/// What was frozen on submission, byte by byte: its SHA-256 is the assessment's `content_hash`.
#[utoipa::path(tag = "self-assessments", security(("token" = ["projects:read"])), params(("id" = AssessmentId, Path)),
    responses((status = 200, description = "Canonical JSON (RFC 8785)", body = Object)))]
#[get("/self-assessments/{id}/content")]
pub async fn get_content(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<AssessmentId>,
) -> Result<HttpResponse> {
    let read = move |c: &mut Connection| {
        let (row, _) = store::get(c, &caller, &id)?;
        let hash = row.content_hash.ok_or_else(Error::not_found)?;
        Ok((frozen::store::content(c, &row.id, row.revision)?, hash))
    };
    let (content, hash) = db.read(move |c| c.snapshot(read)).await?;
    etag::read_text(&request, &ETag::of_hash(&hash), content)
}

/// Takes a step of the workflow. submit and withdraw need the scope assessments:write, review needs
/// assessments:review, return that or assessments:approve, approve and reopen assessments:approve, publish
/// scores:publish; return and reopen need a comment. A submission that findings of severity error block is refused with all of them.
#[utoipa::path(tag = "self-assessments",
    security(("token" = ["assessments:write"]), ("token" = ["assessments:review"]), ("token" = ["assessments:approve"]), ("token" = ["scores:publish"])),
    params(("id" = AssessmentId, Path)), request_body = NewTransition, responses((status = 200, body = SelfAssessment)))]
#[post("/self-assessments/{id}/transitions")]
pub async fn create_transition(
    caller: Permit<MoveAssessments>,
    db: Data<Database>,
    id: Path<AssessmentId>,
    if_match: IfMatch,
    posted: Posted<NewTransition>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), move |c, caller, new| {
            let moved = workflow::take(c, caller, &id, &if_match, new)?;
            Answer::done(Some(&moved.etag), &moved)
        })
        .await
}

/// The steps that an assessment took, the oldest first.
#[utoipa::path(tag = "self-assessments", security(("token" = ["projects:read"])), params(("id" = AssessmentId, Path)),
    responses((status = 200, body = TransitionList)))]
#[get("/self-assessments/{id}/transitions")]
pub async fn list_transitions(
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    id: Path<AssessmentId>,
) -> Result<HttpResponse> {
    let items = db
        .read(move |c| {
            store::get(c, &caller, &id)?;
            store::transitions(c, &id)
        })
        .await?;
    Ok(HttpResponse::Ok().json(TransitionList { items }))
}
