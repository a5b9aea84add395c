//! The operations on exports.

use super::manifest::{Manifest, SignedManifest, SigningKeys};
use super::model::{Export, ExportId, ExportKind, ExportParameters, ExportQuery, ExportSort, ExportStatus, NewExport};
use crate::http::api::Api;
use crate::http::language::Reader;
use std::fs::File;
use std::time::Duration;

use actix_files::NamedFile;
use actix_web::http::header::{ContentDisposition, ContentEncoding, DispositionParam, DispositionType, RANGE};
use actix_web::web::{self, Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use tokio::time::{Instant, timeout_at};

use super::files::ExportFiles;
use super::follow::follow;
use super::{actions, store, work};
use crate::auth::{Permit, WriteExports};
use crate::db::Database;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::{self, IfMatch};
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
    Reader(language): Reader,
    posted: Posted<NewExport>,
) -> Result<Answer> {
    let caller = caller.caller();
    let (reader, kept) = (caller.clone(), files.clone());
    // In a task of its own, so that a stored export is started even if the client disconnects meanwhile.
    let task = actix_web::rt::spawn(async move {
        let (answer, made) = posted
            .once_with(&db, caller, move |c, caller, new| {
                let row = actions::create(c, caller, new, &kept)?;
                let location = format!("/api/v1/exports/{}", row.id);
                Ok((Answer::created(location, &row.etag(), &Export::from(row.clone()))?, row))
            })
            .await?;
        // A retry gets no row: the first request has started the export already.
        if let Some(row) = made {
            work::begin(db, files, row, reader, language);
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
        if !is_running || timeout_at(until, finished.changed()).await.is_err() {
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
    files.remove(&id);
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
    // progress is known here.
    let progress = files.progress(&id).filter(|_| !request.headers().contains_key(RANGE));
    let is_followed = progress.is_some();
    let row = db.read(move |c| actions::readable(c, &caller, &id, is_followed)).await?;
    let (part, path) = (files.part(&row.id), files.whole(&row.id, row.format));
    let name = format!("{}-{}.{}", row.kind.as_str(), row.id, row.format.as_str());
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    if let (ExportStatus::Running, Some(progress)) = (row.status, progress) {
        // The file may have been completed and renamed meanwhile.
        let opened = web::block(move || File::open(part).or_else(|_| File::open(path))).await;
        let file = opened.map_err(|cause| Error::internal(&cause))?.map_err(|_| Error::of(Code::ExportGone))?;
        return Ok(HttpResponse::Ok()
            .content_type(row.format.media_type())
            .insert_header(disposition)
            .insert_header(ContentEncoding::Identity)
            .streaming(follow(file, progress, db.heads().clone())));
    }
    let opened = web::block(move || NamedFile::open(path)).await.map_err(|cause| Error::internal(&cause))?;
    let file = opened.map_err(|_| Error::of(Code::ExportGone))?;
    let media_type = row.format.media_type().parse().map_err(|cause| Error::internal(&format!("{cause}")))?;
    // Not compressed: the manifest counts and hashes the bytes of the file itself.
    let file = file.set_content_disposition(disposition).set_content_type(media_type);
    let file = file.set_content_encoding(ContentEncoding::Identity);
    Ok(file.into_response(&request))
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
    let (Some(manifest), Some(signature)) = (&row.manifest, &row.signature) else {
        return Err(Error::internal(&format!("the export {} is ready without a manifest", row.id)));
    };
    let manifest = serde_json::to_value(manifest.read()?).map_err(|cause| Error::internal(&cause))?;
    etag::read(&request, &row.etag(), &SignedManifest { manifest, signature: signature.clone() })
}

/// The public keys that manifests are signed with (a JWKS, RFC 7517).
#[utoipa::path(tag = "exports", responses((status = 200, body = SigningKeys)))]
#[get("/.well-known/jwks.json")]
pub async fn get_signing_keys(files: Data<ExportFiles>) -> Json<SigningKeys> {
    Json(SigningKeys { keys: vec![files.signer.public()] })
}
