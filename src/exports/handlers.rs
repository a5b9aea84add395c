//! The operations on exports.

use super::manifest::{Manifest, SignedManifest, SigningKeys};
use super::model::{
    Export, ExportId, ExportKind, ExportParameters, ExportQuery, ExportRow, ExportSort, ExportStatus, NewExport,
};
use crate::http::api::Api;
use std::fs::File;
use std::time::Duration;

use actix_files::HttpRange;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, ContentDisposition, ContentEncoding, DispositionParam, DispositionType, IF_RANGE,
    RANGE,
};
use actix_web::web::{self, Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use tokio::time::{Instant, timeout_at};

use super::files::ExportFiles;
use super::follow::{LOOK_ELSEWHERE, follow, follow_elsewhere, stretch};
use super::{actions, store, work};
use crate::auth::{Permit, WriteExports};
use crate::db::Database;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::{self, ETag, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Posted};
use crate::http::page::{Page, Paging};

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("exports", "数据导出: all rows of a kind as one signed file, taken in one snapshot")],
    schemas: |schemas| {
        schemas.add::<ExportKind>();
        schemas.add::<ExportStatus>();
        schemas.add::<ExportSort>();
        schemas.add::<Manifest>();
    },
};

/// The operations on exports.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_exports)
        .service(create_export)
        .service(get_export)
        .service(delete_export)
        .service(get_export_content)
        .service(get_export_manifest);
}

/// What lies outside the versioned API: the keys that manifests are signed with.
pub fn public_routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(get_signing_keys);
}

/// The exports of the caller's subtree.
#[utoipa::path(tag = "exports", security(("token" = ["exports:write"])), params(ExportQuery),
    responses((status = 200, body = Page<Export>)))]
#[get("/exports")]
pub async fn list_exports(
    request: HttpRequest,
    caller: Permit<WriteExports>,
    db: Data<Database>,
    Query(query): Query<ExportQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page = db.read(move |c| store::list(c, &caller, &query, &paging)).await?;
    Ok(page.map(Export::from).response(&request))
}

/// Begins an export: all rows of a kind that the caller sees, in one snapshot. It is running at first; read it with
/// `wait` until it is ready, then fetch its content; or fetch it at once, while it is written.
#[utoipa::path(tag = "exports", security(("token" = ["exports:write"])), request_body = NewExport,
    responses((status = 201, body = Export)))]
#[post("/exports")]
pub async fn create_export(
    caller: Permit<WriteExports>,
    db: Data<Database>,
    files: Data<ExportFiles>,
    posted: Posted<NewExport>,
) -> Result<Answer> {
    let caller = caller.caller();
    let kept = files.clone();
    // In a task of its own, so that a stored export is started even if the client disconnects meanwhile.
    let task = actix_web::rt::spawn(async move {
        let (answer, made) = posted
            .once_with(&db, caller, move |c, caller, new| {
                let (row, lease) = actions::create(c, caller, new, &kept)?;
                let location = format!("/api/v1/exports/{}", row.id);
                Ok((Answer::created(location, &row.etag(), &Export::from(row.clone()))?, (row, lease)))
            })
            .await?;
        // A retry gets no row: the first request has started the export already.
        if let Some((row, lease)) = made {
            work::begin(db, files, row, lease);
        }
        Ok(answer)
    });
    task.await.map_err(|cause| Error::internal(&cause))?
}

/// One export; with `wait` it is answered as soon as the file is whole.
#[utoipa::path(tag = "exports", security(("token" = ["exports:write"])),
    params(("id" = ExportId, Path), ExportParameters), responses((status = 200, body = Export)))]
#[get("/exports/{id}")]
pub async fn get_export(
    request: HttpRequest,
    caller: Permit<WriteExports>,
    db: Data<Database>,
    files: Data<ExportFiles>,
    id: Path<ExportId>,
    Query(query): Query<ExportParameters>,
) -> Result<HttpResponse> {
    let (caller, id) = (caller.caller(), id.into_inner());
    let wait = query.wait.map_or(0, |wait| u64::try_from(wait.0).unwrap_or_default());
    let until = Instant::now() + Duration::from_secs(wait);
    let mut finished = files.finished();
    loop {
        finished.mark_unchanged();
        let (reader, wanted) = (caller.clone(), id.clone());
        let row = db.read(move |c| store::get(c, &reader, &wanted)).await?;
        let is_running = row.status == ExportStatus::Running && !db.heads().is_closed();
        // Another server tells only the database that its export is ready.
        let is_elsewhere = files.blobs.is_shared() && files.progress(&id).is_none();
        let look = if is_elsewhere { until.min(Instant::now() + LOOK_ELSEWHERE) } else { until };
        if !is_running || timeout_at(look, finished.changed()).await.is_err() && look == until {
            return etag::read(&request, &row.etag(), &Export::from(row));
        }
    }
}

/// Deletes an export with its file.
#[utoipa::path(tag = "exports", security(("token" = ["exports:write"])), params(("id" = ExportId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/exports/{id}")]
pub async fn delete_export(
    caller: Permit<WriteExports>,
    db: Data<Database>,
    files: Data<ExportFiles>,
    id: Path<ExportId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let (author, id) = (caller.author(), id.into_inner());
    let target = id.clone();
    db.write(author, move |c| actions::delete(c, &caller, &target, &if_match)).await?;
    files.forget(&id).await;
    Ok(HttpResponse::NoContent().finish())
}

/// The file of an export. While it is written the answer keeps up with it: it has no length then, and breaks off if the
/// export fails, so check it against the manifest. Once it is ready `Range` is understood, so that a download that broke off
/// goes on where it was.
#[utoipa::path(tag = "exports", security(("token" = ["exports:write"])), params(("id" = ExportId, Path)),
    responses((status = 200, description = "The file", content((Vec<u8> = "application/x-ndjson"), (Vec<u8> = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/exports/{id}/content")]
pub async fn get_export_content(
    request: HttpRequest,
    caller: Permit<WriteExports>,
    db: Data<Database>,
    files: Data<ExportFiles>,
    id: Path<ExportId>,
) -> Result<HttpResponse> {
    // A range of an incomplete file is not served. The progress is read before the row: if the row says running, the
    // progress is known here, or the export is written by another server.
    let is_whole_wanted = !request.headers().contains_key(RANGE);
    let progress = files.progress(&id).filter(|_| is_whole_wanted);
    let is_followed = progress.is_some() || is_whole_wanted && files.blobs.is_shared();
    let row = db.read(move |c| actions::readable(c, &caller, &id, is_followed)).await?;
    let name = format!("{}-{}.{}", row.kind.as_str(), row.id, row.format.as_str());
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    if row.status == ExportStatus::Running {
        let mut answer = HttpResponse::Ok();
        answer.content_type(row.format.media_type());
        answer.insert_header(disposition).insert_header(ContentEncoding::Identity);
        let Some((progress, run)) = progress else { return Ok(answer.streaming(follow_elsewhere(db, files, row.id))) };
        let (part, whole) = (files.part(&row.id, &run), files.whole(&ExportRow { run: Some(run), ..row }));
        // The file may have been completed and renamed meanwhile.
        let opened = web::block(move || File::open(part).or_else(|_| File::open(whole))).await;
        let file = opened.map_err(|cause| Error::internal(&cause))?.map_err(|_| Error::of(Code::ExportGone))?;
        return Ok(answer.streaming(follow(file, progress, db.heads().clone())));
    }
    let path = files.ready(&row).await?;
    let (manifest, _) = row.signed()?;
    let opened = web::block(move || File::open(path)).await.map_err(|cause| Error::internal(&cause))?;
    let file = opened.map_err(|_| Error::of(Code::ExportGone))?;
    let length = u64::try_from(manifest.bytes).unwrap_or_default();
    // The tag is the content's, so that a download goes on at another server than the one where it broke off.
    let etag = ETag::of_hash(&manifest.sha256);
    etag::unless_known(&request, &etag, |answer| {
        let Ok(range) = range(&request, &etag, length) else {
            answer.insert_header((CONTENT_RANGE, format!("bytes */{length}")));
            return answer.status(StatusCode::RANGE_NOT_SATISFIABLE).finish();
        };
        answer.content_type(row.format.media_type());
        // Not compressed: the manifest counts and hashes the bytes of the file itself.
        answer.insert_header(disposition).insert_header(ContentEncoding::Identity);
        answer.insert_header((ACCEPT_RANGES, "bytes"));
        let (start, count) = range.map_or((0, length), |range| (range.start, range.length));
        if range.is_some() {
            let last = (start + count).saturating_sub(1);
            answer.status(StatusCode::PARTIAL_CONTENT);
            answer.insert_header((CONTENT_RANGE, format!("bytes {start}-{last}/{length}")));
        }
        answer.body(SizedStream::new(count, Box::pin(stretch(file, start, count))))
    })
}

/// The part of a file that is asked for, the first of several; none for all of it, also where `If-Range` names another
/// file. An error where it lies behind the end.
fn range(request: &HttpRequest, etag: &ETag, length: u64) -> std::result::Result<Option<HttpRange>, ()> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_same = text(IF_RANGE).is_none_or(|known| known == etag.quoted());
    let asked = text(RANGE).filter(|range| is_same && range.starts_with("bytes="));
    match asked.map(|range| HttpRange::parse(range, length)) {
        None => Ok(None),
        Some(ranges) => ranges.map_err(drop)?.first().copied().map(Some).ok_or(()),
    }
}

/// What the file of an export is, signed: keep it beside the file, and `jixiao verify FILE MANIFEST` checks both.
#[utoipa::path(tag = "exports", security(("token" = ["exports:write"])), params(("id" = ExportId, Path)),
    responses((status = 200, body = SignedManifest)))]
#[get("/exports/{id}/manifest")]
pub async fn get_export_manifest(
    request: HttpRequest,
    caller: Permit<WriteExports>,
    db: Data<Database>,
    id: Path<ExportId>,
) -> Result<HttpResponse> {
    let row = db.read(move |c| actions::ready(c, &caller, &id)).await?;
    let (manifest, signature) = row.signed()?;
    let manifest = serde_json::to_value(manifest).map_err(|cause| Error::internal(&cause))?;
    etag::read(&request, &row.etag(), &SignedManifest { manifest, signature: signature.to_owned() })
}

/// The public keys that manifests are signed with (a JWKS, RFC 7517): those of every server.
#[utoipa::path(tag = "exports", responses((status = 200, body = SigningKeys)))]
#[get("/.well-known/jwks.json")]
pub async fn get_signing_keys(db: Data<Database>, files: Data<ExportFiles>) -> Result<Json<SigningKeys>> {
    let (own, mut keys) = (files.signer.public(), db.read(store::keys).await?);
    if !keys.contains(&own) {
        keys.push(own);
    }
    Ok(Json(SigningKeys { keys }))
}
