//! The operations on imports.

use super::model::{Import, ImportAction, ImportId, ImportKind, ImportMode, ImportRow, ImportStatus, Outcome, Phase};
use super::request::{ImportQuery, ImportSort, NewImport, RowQuery, RowsAsked, TemplateFormat, YesNo};
use crate::http::api::Api;
use crate::http::language::Reader;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};

use super::actions::{self, Accepted, Uploaded};
use super::files::{ImportFiles, REPORT};
use super::process::{commit, process, process_and_commit, revert};
use super::receive::{Content, receive};
use super::report::{self, ImportedRow};
use super::store;
use super::work::{self, Validation};
use crate::auth::{Permit, WriteImports};
use crate::db::{Connection, Database};
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::{self, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Keyed};
use crate::http::page::{Page, Paging};
use crate::values::FromText;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("imports", "批量导入: forms and tables of many units, checked, committed as a whole, undone")],
    schemas: |schemas| {
        schemas.add::<ImportSort>();
        schemas.add::<TemplateFormat>();
        schemas.add::<ImportKind>();
        schemas.add::<ImportMode>();
        schemas.add::<ImportStatus>();
        schemas.add::<Outcome>();
    },
};

/// The operations on imports.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_imports)
        .service(create_import)
        .service(get_import)
        .service(delete_import)
        .service(replace_import_content)
        .service(list_import_rows)
        .service(create_import_commit)
        .service(create_import_revert)
        .service(super::downloads::get_import_annotated)
        .service(super::downloads::get_import_template);
}

/// The imports of the caller's subtree.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(ImportQuery),
    responses((status = 200, body = Page<Import>)))]
#[get("/imports")]
pub async fn list_imports(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    Query(query): Query<ImportQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let read = move |c: &mut Connection| {
        let Page { items, next_cursor, total } = store::list(c, &caller, &query, &paging)?;
        let progress = actions::progress(c, &files, &items)?;
        let shown = |row: ImportRow| {
            let progress = progress.get(row.id.as_str()).copied();
            Import::of(row, progress, language)
        };
        let items = items.into_iter().map(shown).collect::<Result<Vec<Import>>>()?;
        Ok(Page { items, next_cursor, total })
    };
    Ok(db.read(read).await?.response(&request))
}

/// Makes an import. With a body the file is taken at once, and with `commit=true` what is valid is committed: one
/// request does all. The same file for the same scope is the same import, so that a retry gets the first one.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(NewImport),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file itself: .xlsx, .zip of them, CSV or NDJSON, packed by gzip or zstd or not; empty to send it later"),
    responses((status = 201, body = Import)))]
#[post("/imports")]
#[expect(clippy::too_many_arguments, reason = "each is an extractor, and their order is the order of the checks")]
pub async fn create_import(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    Query(new): Query<NewImport>,
    keyed: Keyed,
    payload: Payload,
) -> Result<HttpResponse> {
    let caller = caller.caller();
    actions::permit(&caller, new.kind)?;
    if let Some(year) = new.fiscal_year {
        crate::projects::model::checked_year(year.0)
            .map_err(|misread| Error::fields(Code::BadQuery, vec![misread.at("fiscal_year")]))?;
    }
    let commits = new.commit == Some(YesNo::Yes);
    let id = ImportId::new();
    let received = received(&files, &id, &request, payload).await?;
    if received.is_none() && commits {
        return Err(Error::of(Code::EmptyContent));
    }
    let (content, kept, made) = (received.map(uploaded), files.clone(), id.clone());
    let body = content.as_ref().map(|content| content.hash.clone()).unwrap_or_default();
    let has_content = content.is_some();
    let (target, keeper, author) = (db.clone(), files.clone(), caller.clone());
    // In a task of its own, so that an upload that was taken is checked even if the client disconnects meanwhile.
    let task = actix_web::rt::spawn(async move {
        let stored = keyed
            .once(&target, author, &body, move |c, caller| {
                let accepted = actions::create(c, caller, made, &new, content.as_ref(), &kept)?;
                let row = accepted.row.clone();
                let location = format!("/api/v1/imports/{}", row.id);
                let answer = Answer::created(location, &row.etag(), &Import::of(row, None, language)?)?;
                Ok((if accepted.is_repeat { answer.replayed() } else { answer }, accepted))
            })
            .await;
        match stored {
            Ok((answer, Some(accepted))) if !accepted.is_repeat => Ok((answer, begun(&target, &keeper, accepted))),
            other => {
                // The files of this upload are not kept: it failed, or it repeats an earlier one.
                keeper.remove(&id);
                let (answer, accepted) = other?;
                Ok((answer, accepted.and_then(|accepted| begun(&target, &keeper, accepted))))
            }
        }
    });
    let done: Result<_> = task.await.map_err(|cause| Error::internal(&cause))?;
    let (answer, validation) = done?;
    if !has_content {
        return Ok(respond(answer, &request));
    }
    let id = answer.location().and_then(|location| ImportId::from_text(location.rsplit('/').next()?).ok());
    let id = id.ok_or_else(|| Error::internal(&"an import without a location"))?;
    let row = match commits {
        true => process_and_commit(&db, &files, &caller, validation, &id, language).await?,
        false => process(&db, &files, &caller, validation, &id, false).await?,
    };
    let (etag, location) = (row.etag(), format!("/api/v1/imports/{}", row.id));
    let current = Answer::created(location, &etag, &shown(row, &files, language)?)?;
    Ok(respond(if answer.is_replayed() { current.replayed() } else { current }, &request))
}

/// One import: where it is on its way, its counts, and how far it is while it works.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path)),
    responses((status = 200, body = Import)))]
#[get("/imports/{id}")]
pub async fn get_import(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    id: Path<ImportId>,
) -> Result<HttpResponse> {
    let read = move |c: &mut Connection| {
        let row = store::get(c, &caller, &id)?;
        let progress = actions::progress(c, &files, std::slice::from_ref(&row))?;
        Ok((row.etag(), Import::of(row, progress.into_values().next(), language)?))
    };
    let (mut etag, import) = db.read(read).await?;
    if let Some(progress) = &import.progress {
        // The representation changes with the progress, and so does its tag.
        etag = etag.with(&format!("{}.{}", progress.phase.as_str(), progress.processed));
    }
    etag::read(&request, &etag.with(language.as_str()), &import)
}

/// Sends the content of an import: the file itself, as `curl -T` sends it. It is checked at once; a long check goes
/// on after the answer, whose `status` is then `validating`. Where the same file is another import already, the
/// answer is that one.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file itself: .xlsx, .zip of them, CSV or NDJSON, packed by gzip or zstd or not"),
    responses((status = 200, body = Import)))]
#[put("/imports/{id}/content")]
#[expect(clippy::too_many_arguments, reason = "each is an extractor, and their order is the order of the checks")]
pub async fn replace_import_content(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    id: Path<ImportId>,
    if_match: IfMatch,
    payload: Payload,
) -> Result<HttpResponse> {
    let (caller, id) = (caller.caller(), id.into_inner());
    let (reader, wanted) = (caller.clone(), id.clone());
    let row = db.read(move |c| store::get(c, &reader, &wanted)).await?;
    if_match.check(&row.etag())?;
    actions::permit(&caller, row.kind)?;
    if row.status != ImportStatus::AwaitingContent {
        return Err(actions::not_allowed(ImportAction::PutContent, &row));
    }
    // Concurrent uploads must not write to the same file: each has its own folder until one is accepted.
    let own = ImportId::new();
    let content = received(&files, &own, &request, payload).await?.ok_or_else(|| Error::of(Code::EmptyContent))?;
    let (content, writer, target) = (uploaded(content), caller.clone(), id.clone());
    let mover = files.clone();
    let from = own.clone();
    // Registered before the status changes, so that a client that reads `validating` also reads the progress.
    let waiting = files.begin(&id, Phase::Waiting);
    let (database, keeper, author) = (db.clone(), files.clone(), caller.author());
    let task = actix_web::rt::spawn(async move {
        let accepted = database
            .write(author, move |c| {
                let accepted = actions::accept(c, &writer, &target, &content, &mover)?;
                if !accepted.is_repeat {
                    mover.adopt(&from, &target)?;
                }
                Ok(accepted)
            })
            .await;
        if !accepted.as_ref().is_ok_and(|accepted| !accepted.is_repeat) {
            keeper.end(&id, &waiting);
            keeper.remove(&own);
        }
        let accepted = accepted?;
        Ok((accepted.row.id.clone(), begun(&database, &keeper, accepted)))
    });
    let done: Result<_> = task.await.map_err(|cause| Error::internal(&cause))?;
    let (first, validation) = done?;
    let row = process(&db, &files, &caller, validation, &first, false).await?;
    Ok(etag::changed(&row.etag(), &shown(row, &files, language)?))
}

/// The rows of an import's report, in the order of the file: what becomes of each, and all that is wrong with it.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path), RowQuery),
    responses((status = 200, body = Page<ImportedRow>)))]
#[get("/imports/{id}/rows")]
pub async fn list_import_rows(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    id: Path<ImportId>,
    Query(query): Query<RowQuery>,
) -> Result<HttpResponse> {
    let asked = RowsAsked { query: &query, import: id.as_str() };
    let paging = Paging::new(&asked, query.limit, query.cursor.as_deref())?;
    let row = db.read(move |c| actions::resolved(c, &caller, &id)).await?;
    if matches!(row.status, ImportStatus::AwaitingContent | ImportStatus::Validating | ImportStatus::Failed) {
        let none: Page<ImportedRow> = paging.page(Vec::new(), None, |_| (String::new(), String::new()));
        return Ok(none.response(&request));
    }
    let path = files.ready(&row, REPORT).await?;
    let read = move || {
        let after = paging.after::<u64>()?.map(|(at, _)| at);
        let limit = usize::try_from(paging.fetch()).unwrap_or(1) + usize::from(after.is_some());
        let mut lines = report::read(&path, after.unwrap_or(0), &query.outcome.0, limit)?;
        if after.is_some() && !lines.is_empty() {
            lines.remove(0);
        }
        Ok::<_, Error>(paging.page(lines, None, |(at, _)| (at.to_string(), String::new())))
    };
    let page = web::block(read).await.map_err(|cause| Error::internal(&cause))??;
    Ok(page.map(|(_, line)| line.shown(language)).response(&request))
}

/// Makes the changes of an import, all of them or none. An import that is committed already stays as it is.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path)),
    responses((status = 200, body = Import)))]
#[post("/imports/{id}/commit")]
pub async fn create_import_commit(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    id: Path<ImportId>,
    keyed: Keyed,
) -> Result<HttpResponse> {
    let caller = caller.caller();
    Ok(respond(commit(&db, &files, &caller, &id, &keyed, language).await?, &request))
}

/// Undoes the changes of an import, as long as nothing later touched what it wrote; otherwise says what did.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path)),
    responses((status = 200, body = Import)))]
#[post("/imports/{id}/revert")]
pub async fn create_import_revert(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    id: Path<ImportId>,
    keyed: Keyed,
) -> Result<HttpResponse> {
    Ok(respond(revert(&db, &files, &caller.caller(), &id, &keyed, language).await?, &request))
}

/// Cancels an import and forgets it with its files; one that is committed is reverted first.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/imports/{id}")]
pub async fn delete_import(
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    id: Path<ImportId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let (caller, id) = (caller.caller(), id.into_inner());
    let (reader, wanted) = (caller.clone(), id.clone());
    let row = db.read(move |c| store::get(c, &reader, &wanted)).await?;
    if_match.check(&row.etag())?;
    actions::permit(&caller, row.kind)?;
    work::cancel(&db, &files, &id).await?;
    let (author, target) = (caller.author(), id.clone());
    db.write(author, move |c| actions::delete(c, &caller, &target, &if_match)).await?;
    files.forget(&id).await;
    Ok(HttpResponse::NoContent().finish())
}

fn shown(row: ImportRow, files: &ImportFiles, language: Language) -> Result<Import> {
    let progress = files.progress(&row.id).map(|progress| progress.shown());
    Import::of(row, progress, language)
}

/// Begins the check that an upload has a lease for.
fn begun(db: &Data<Database>, files: &Data<ImportFiles>, accepted: Accepted) -> Option<Validation> {
    let is_new = !accepted.is_repeat;
    Some(work::validate(db.clone(), files.clone(), accepted.row, accepted.lease?, is_new))
}

fn respond(answer: Answer, request: &HttpRequest) -> HttpResponse {
    actix_web::Responder::respond_to(answer, request)
}

fn uploaded(content: Content) -> Uploaded {
    Uploaded { hash: content.hash, bytes: content.bytes }
}

/// Receives an upload. An incomplete one leaves no files behind.
async fn received(
    files: &Data<ImportFiles>,
    id: &ImportId,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Option<Content>> {
    let received = receive(files, id, request, payload).await;
    if received.is_err() {
        files.remove(id);
    }
    received
}
