//! The operations on scores.

use super::model::{ListedScore, Score, ScoreId, ScoreInclude, ScoreQuery, ScoreSort};
use crate::http::api::Api;
use crate::http::language::Reader;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::store;
use crate::assessments::{Content, DerivationView};
use crate::auth::{Permit, ReadScores};
use crate::db::Database;
use crate::http::error::Result;
use crate::http::etag::{self, ETag};
use crate::http::filter::Query;
use crate::http::page::{Page, Paging};

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("scores", "评价得分: published, immutable")],
    schemas: |schemas| {
        schemas.add::<ScoreSort>();
        schemas.add::<ScoreInclude>();
    },
};

/// The operations on scores.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(list_scores).service(get_score).service(get_score_derivation).service(get_score_content);
}

/// The published scores of the caller's subtree: every one that was ever published, or with `as_of`
/// those in force at that instant.
#[utoipa::path(tag = "scores", security(("token" = ["scores:read"])), params(ScoreQuery),
    responses((status = 200, body = Page<Score>)))]
#[get("/scores")]
pub async fn list_scores(
    request: HttpRequest,
    caller: Permit<ReadScores>,
    db: Data<Database>,
    Query(query): Query<ScoreQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let (page, etag) = db
        .read_many(caller.organization_code.clone(), move |c| {
            let page = store::list(c, &caller, &query, &paging)?;
            let with_levels = query.include.0.contains(&ScoreInclude::Levels);
            // A score never changes, so which ones they are says what the page is.
            let mut named = format!("{DOCUMENTS} {with_levels} {:?} {:?}", page.total, page.next_cursor);
            page.items.iter().for_each(|score| named.push_str(score.id.as_str()));
            let written = match with_levels {
                true => page.written(|score| [&score.document, ""]),
                false => page.written(ListedScore::without_levels),
            };
            Ok((written, ETag::of_bytes(named.as_bytes())))
        })
        .await?;
    page.read(&request, &etag)
}

/// Counts the forms in which scores were shown: a new one has other tags.
const DOCUMENTS: u32 = 1;

/// One published score.
#[utoipa::path(tag = "scores", security(("token" = ["scores:read"])), params(("id" = ScoreId, Path)),
    responses((status = 200, body = Score)))]
#[get("/scores/{id}")]
pub async fn get_score(
    request: HttpRequest,
    caller: Permit<ReadScores>,
    db: Data<Database>,
    id: Path<ScoreId>,
) -> Result<HttpResponse> {
    let found = db.read(move |c| store::get(c, &caller, &id)).await?;
    etag::read(&request, &ETag::version(1), &found)
}

/// How a published score came about, as it was frozen.
#[utoipa::path(tag = "scores", security(("token" = ["scores:read"])), params(("id" = ScoreId, Path)),
    responses((status = 200, body = DerivationView)))]
#[get("/scores/{id}/derivation")]
pub async fn get_score_derivation(
    request: HttpRequest,
    caller: Permit<ReadScores>,
    db: Data<Database>,
    Reader(language): Reader,
    id: Path<ScoreId>,
) -> Result<HttpResponse> {
    let (content, _) = db.read(move |c| store::content(c, &caller, &id)).await?;
    let content = Content::thaw(&content)?;
    etag::read(&request, &ETag::version(1).with(language.as_str()), content.derivation(language))
}

/// What a score was made of, byte by byte: its SHA-256 is the score's `content_hash`.
#[utoipa::path(tag = "scores", security(("token" = ["scores:read"])), params(("id" = ScoreId, Path)),
    responses((status = 200, description = "Canonical JSON (RFC 8785)", body = Object)))]
#[get("/scores/{id}/content")]
pub async fn get_score_content(
    request: HttpRequest,
    caller: Permit<ReadScores>,
    db: Data<Database>,
    id: Path<ScoreId>,
) -> Result<HttpResponse> {
    let (content, hash) = db.read(move |c| store::content(c, &caller, &id)).await?;
    etag::read_text(&request, &ETag::of_hash(&hash), content)
}
