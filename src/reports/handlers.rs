//! The operations on reports.

use actix_web::http::header::{self, Accept, ContentDisposition, DispositionParam, DispositionType, Header};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::actions::{self, Report};
use super::facts::Facts;
use super::model::{ReportFormat, ReportQuery};
use crate::assessments::AssessmentId;
use crate::auth::{Permit, ReadProjects, ReadScores};
use crate::db::{Connection, Database};
use crate::error::{Code, Error, Result};
use crate::etag::{self, ETag};
use crate::filter::Query;
use crate::findings::Language;
use crate::scores::model::ScoreId;

/// What a page may load: nothing. Texts cannot become scripts, and a browser would not run them.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The report of a self-assessment: as frozen, or as a draft is now, which every page of it says.
#[utoipa::path(tag = "reports", security(("token" = ["projects:read"])),
    params(("id" = AssessmentId, Path), ReportQuery),
    responses((status = 200, description = "The report", content((String = "text/html"), (String = "text/markdown"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/self-assessments/{id}/report")]
pub async fn get_self_assessment_report(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    language: Language,
    id: Path<AssessmentId>,
    Query(query): Query<ReportQuery>,
) -> Result<HttpResponse> {
    answer(request, &db, language, &query, move |c| Facts::of_assessment(c, &caller, &id)).await
}

/// The report of a published score, as it was published.
#[utoipa::path(tag = "reports", security(("token" = ["scores:read"])), params(("id" = ScoreId, Path), ReportQuery),
    responses((status = 200, description = "The report", content((String = "text/html"), (String = "text/markdown"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/scores/{id}/report")]
pub async fn get_score_report(
    request: HttpRequest,
    caller: Permit<ReadScores>,
    db: Data<Database>,
    language: Language,
    id: Path<ScoreId>,
    Query(query): Query<ReportQuery>,
) -> Result<HttpResponse> {
    answer(request, &db, language, &query, move |c| Facts::of_score(c, &caller, &id)).await
}

async fn answer(
    request: HttpRequest,
    db: &Database,
    language: Language,
    query: &ReportQuery,
    facts: impl FnOnce(&mut Connection) -> Result<Facts> + Send + 'static,
) -> Result<HttpResponse> {
    let format = query.format.map_or_else(|| accepted(&request), Ok)?;
    let language = query.lang.map_or(language, Language::from);
    let report = db.read(move |c| actions::write(&c.snapshot(facts)?, format, language)).await?;
    let Report { bytes, name } = report;
    let etag = ETag::of_bytes(&bytes);
    etag::unless_known(&request, &etag, |response| {
        let disposition = match format {
            ReportFormat::Html => DispositionType::Inline,
            _ => DispositionType::Attachment,
        };
        let parameters = vec![DispositionParam::Filename(name)];
        response
            .content_type(format.media_type())
            .insert_header(ContentDisposition { disposition, parameters })
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::CONTENT_LANGUAGE, language.as_str()))
            .insert_header((header::VARY, "Accept"))
            .body(bytes)
    })
}

/// The form that the client likes best of those there are.
fn accepted(request: &HttpRequest) -> Result<ReportFormat> {
    let Some(accept) = request.headers().contains_key(header::ACCEPT).then(|| Accept::parse(request)) else {
        return Ok(ReportFormat::Html);
    };
    let ranked = accept.map(|accept| accept.ranked()).unwrap_or_default();
    let found = ranked.iter().find_map(|media_type| ReportFormat::accepted(media_type.essence_str()));
    found.ok_or_else(|| {
        let all: Vec<&str> = ReportFormat::ALL.iter().map(|one| one.media_type()).collect();
        let all = all.join(", ");
        Error::new(
            Code::NotAcceptable,
            format!("报告有以下格式：{all}；也可用参数format指定"),
            format!("a report comes as {all}; the parameter format chooses as well"),
        )
    })
}
