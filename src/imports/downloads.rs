//! The files that imports give: templates to fill in, and uploads with their errors marked.

use crate::http::language::Reader;
use actix_web::http::header::{Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::actions;
use super::annotated;
use super::files::{CONTENT, ImportFiles, REPORT};
use super::model::{ImportAction, ImportId, ImportKind, ImportStatus};
use super::request::TemplateQuery;
use super::templates::{self, Template};
use crate::auth::{Permit, WriteImports};
use crate::db::{Connection, Database};
use crate::http::error::{Error, Result};
use crate::http::etag::{self, ETag};
use crate::http::filter::Query;

/// The upload as a workbook (an archive of them, where it was one), its faulty cells marked and commented.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])), params(("id" = ImportId, Path)),
    responses((status = 200, description = "A workbook, or an archive of workbooks", content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "application/zip")))))]
#[get("/imports/{id}/annotated")]
pub async fn get_import_annotated(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    files: Data<ImportFiles>,
    Reader(language): Reader,
    id: Path<ImportId>,
) -> Result<HttpResponse> {
    let row = db.read(move |c| actions::resolved(c, &caller, &id)).await?;
    if matches!(row.status, ImportStatus::AwaitingContent | ImportStatus::Validating | ImportStatus::Failed) {
        return Err(actions::not_allowed(ImportAction::GetAnnotated, &row));
    }
    let (content, report) = (files.ready(&row, CONTENT).await?, files.ready(&row, REPORT).await?);
    let name = row.file_name.map_or_else(|| row.kind.as_str().to_owned(), |name| name.to_string());
    let made = web::block(move || annotated::annotated(&content, &report, row.kind, &name, language)).await;
    download(&request, made.map_err(|cause| Error::internal(&cause))??)
}

/// A template to fill in; with `fiscal_year`, and `organization` for a part of the tree, filled with what is registered.
/// What is uploaded again as it came changes nothing.
#[utoipa::path(tag = "imports", security(("token" = ["imports:write"])),
    params(("kind" = ImportKind, Path), TemplateQuery),
    responses((status = 200, description = "A workbook or a CSV file", content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv")))))]
#[get("/import-templates/{kind}")]
pub async fn get_import_template(
    request: HttpRequest,
    caller: Permit<WriteImports>,
    db: Data<Database>,
    Reader(language): Reader,
    kind: Path<String>,
    Query(query): Query<TemplateQuery>,
) -> Result<HttpResponse> {
    let kind = ImportKind::from_name(&kind).ok_or_else(Error::not_found)?;
    let template = move |c: &mut Connection| c.snapshot(|c| templates::template(c, &caller, kind, &query, language));
    download(&request, db.read(template).await?)
}

fn download(request: &HttpRequest, file: Template) -> Result<HttpResponse> {
    let name = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(file.name.chars().filter(char::is_ascii).collect()),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: file.name.into_bytes(),
            }),
        ],
    };
    let etag = ETag::of_bytes(&file.bytes);
    etag::unless_known(request, &etag, |response| {
        response.content_type(file.media_type).insert_header(name).body(file.bytes)
    })
}
