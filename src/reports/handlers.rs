//! The operations on reports.

use super::model::{ArchiveQuery, ReportFormat, ReportLanguage, ReportQuery, RollUpQuery, wanted};
use crate::http::api::Api;
use crate::http::fairness::Shares;
use crate::http::language::Reader;
use actix_web::http::header::{self, Accept, ContentDisposition, DispositionParam, DispositionType, Header};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};

use super::actions::{self, Report};
use super::archive::{self, Outlet};
use super::facts::Facts;
use super::roll_up;
use super::turns::PdfTurns;
use crate::assessments::AssessmentId;
use crate::auth::{Permit, ReadProjects, ReadScores};
use crate::db::{Connection, Database};
use crate::exports::ExportFiles;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::{self, ETag};
use crate::http::filter::Query;
use crate::scores::model::ScoreId;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("reports", "绩效自评报告: the statutory report, from the data")],
    schemas: |schemas| {
        schemas.add::<ReportFormat>();
        schemas.add::<ReportLanguage>();
    },
};

/// The operations on reports.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(get_self_assessment_report)
        .service(get_score_report)
        .service(get_report_archive)
        .service(get_roll_up);
}

/// Pieces of an archive that wait for a slow client at most.
const WAITING: usize = 8;
/// What a page may load: nothing. Texts cannot become scripts, and a browser would not run them.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The report of a self-assessment: as frozen, or as a draft is now, which every page of it says.
#[utoipa::path(tag = "reports", security(("token" = ["projects:read"])),
    params(("id" = AssessmentId, Path), ReportQuery),
    responses((status = 200, description = "The report", content((String = "text/html"), (String = "text/markdown"),
        (Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/self-assessments/{id}/report")]
pub async fn get_self_assessment_report(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    turns: Data<PdfTurns>,
    Reader(language): Reader,
    id: Path<AssessmentId>,
    Query(query): Query<ReportQuery>,
) -> Result<HttpResponse> {
    let whose = caller.organization_code.clone();
    answer(request, (&db, &turns), (&whose, language), &query, move |c| Facts::of_assessment(c, &caller, &id)).await
}

/// The report of a published score, as it was published.
#[utoipa::path(tag = "reports", security(("token" = ["scores:read"])), params(("id" = ScoreId, Path), ReportQuery),
    responses((status = 200, description = "The report", content((String = "text/html"), (String = "text/markdown"),
        (Vec<u8> = "application/pdf"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/scores/{id}/report")]
pub async fn get_score_report(
    request: HttpRequest,
    caller: Permit<ReadScores>,
    db: Data<Database>,
    turns: Data<PdfTurns>,
    Reader(language): Reader,
    id: Path<ScoreId>,
    Query(query): Query<ReportQuery>,
) -> Result<HttpResponse> {
    let whose = caller.organization_code.clone();
    answer(request, (&db, &turns), (&whose, language), &query, move |c| Facts::of_score(c, &caller, &id)).await
}

/// The reports of all assessments that the caller sees, or of a year and a subtree, in one archive: a folder for each
/// organization. It is written while it is sent; one that breaks off is no archive.
#[utoipa::path(tag = "reports", security(("token" = ["projects:read"])), params(ArchiveQuery),
    responses((status = 200, description = "The archive", content((Vec<u8> = "application/zip")))))]
#[get("/report-archive")]
pub async fn get_report_archive(
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    exports: Data<ExportFiles>,
    Reader(language): Reader,
    Query(query): Query<ArchiveQuery>,
) -> Result<HttpResponse> {
    query.format.unwrap_or(ReportFormat::Docx).check_built()?;
    // It holds a connection of its own for long, like an export: both take their turn.
    let turn = exports.turns.clone().try_acquire_owned().map_err(|_| Error::of(Code::Busy))?;
    let (caller, address) = (caller.caller(), db.address().clone());
    let form = (query.format.unwrap_or(ReportFormat::Docx), query.lang.map_or(language, Language::from));
    let wanted = wanted(&query.fiscal_year, query.organization.as_ref());
    let (pieces, mut sent) = tokio::sync::mpsc::channel(WAITING);
    let work = move || {
        let write = || {
            let mut connection = Connection::open(&address).map_err(|cause| Error::database_unavailable(&cause))?;
            archive::write(&mut connection, &caller, wanted, form, Outlet::new(pieces.clone()))
        };
        if let Err(cause) = write() {
            log::warn!("an archive of reports broke off: {cause}");
            // The client sees that it is not whole. Nobody may be there any more.
            drop(pieces.blocking_send(Err(cause)));
        }
        drop(turn);
    };
    std::thread::Builder::new().name("reports".to_owned()).spawn(work).map_err(|cause| Error::internal(&cause))?;
    let stream = futures_util::stream::poll_fn(move |context| sent.poll_recv(context));
    let parameters = vec![DispositionParam::Filename("reports.zip".to_owned())];
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header(ContentDisposition { disposition: DispositionType::Attachment, parameters })
        .insert_header(header::ContentEncoding::Identity)
        .streaming(stream))
}

/// The roll-up workbook of a year and an organization: a row for each unit with its budget, execution, mean and grades, and
/// a row for each assessment.
#[utoipa::path(tag = "reports", security(("token" = ["projects:read"])), params(RollUpQuery),
    responses((status = 200, description = "The workbook",
        content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/roll-up")]
pub async fn get_roll_up(
    request: HttpRequest,
    caller: Permit<ReadProjects>,
    db: Data<Database>,
    Reader(language): Reader,
    Query(query): Query<RollUpQuery>,
) -> Result<HttpResponse> {
    let caller = caller.caller();
    let language = query.lang.map_or(language, Language::from);
    let wanted = wanted(&query.fiscal_year, query.organization.as_ref());
    let bytes = db
        .read_many(caller.organization_code.clone(), move |c| {
            c.snapshot_in_pieces(|c| roll_up::write(c, &caller, wanted.clone(), language))
        })
        .await?;
    etag::unless_known(&request, &ETag::of_bytes(&bytes), |response| {
        let parameters = vec![DispositionParam::Filename("roll-up.xlsx".to_owned())];
        let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters };
        response.content_type(ReportFormat::Xlsx.media_type()).insert_header(disposition).body(bytes)
    })
}

async fn answer(
    request: HttpRequest,
    (db, turns): (&Database, &PdfTurns),
    (organization_code, language): (&str, Language),
    query: &ReportQuery,
    facts: impl FnOnce(&mut Connection) -> Result<Facts> + Send + 'static,
) -> Result<HttpResponse> {
    let format = query.format.map_or_else(|| accepted(&request), Ok)?;
    format.check_built()?;
    let language = query.lang.map_or(language, Language::from);
    let facts = db.read(move |c| c.snapshot(facts)).await?;
    let turn = match format {
        ReportFormat::Pdf => {
            let shares = request.app_data::<Data<Shares>>().ok_or_else(|| Error::internal(&"no shares"))?;
            Some((shares.pdf(organization_code)?, turns.wait().await?))
        }
        _ => None,
    };
    // Beside the connections: others read while a report is written.
    let write = move || {
        let report = actions::write(&facts, format, language);
        drop(turn);
        report
    };
    let report = web::block(write).await;
    let Report { bytes, name } = report.map_err(|cause| Error::internal(&cause))??;
    let etag = ETag::of_bytes(&bytes);
    etag::unless_known(&request, &etag, |response| {
        let disposition = match format {
            ReportFormat::Html | ReportFormat::Pdf => DispositionType::Inline,
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
