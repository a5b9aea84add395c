//! The operations of the service on itself.

use std::sync::Arc;

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, get};
use deserr::Deserr;
use ipnet::IpNet;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use super::log::log_lines_dropped;
use super::metrics::{Metrics, Moment};
use crate::auth::{Permit, ReadProjects};
use crate::config::BodyLimit;
use crate::db::{Connection, Database, State};
use crate::http::api::Api;
use crate::http::error::{Code, Error, Problem, ProblemField, Result};
use crate::http::etag::{self, ETag};
use crate::http::fairness::Shares;
use crate::http::filter::Query;
use crate::http::page::{Count, DEFAULT_LIMIT, MAXIMUM_LIMIT};
use crate::http::proxy;
use crate::imports::request::YesNo;
use crate::imports::{ImportFiles, MOST_ROWS};
use crate::leases::{self, WorkKind};
use crate::openapi::version_3_0;
use crate::{changes, webhooks};

/// What this folder adds to the API.
pub const API: Api = Api {
    routes: versioned_routes,
    tags: &[("service", "服务: health, limits, metrics and this document")],
    schemas: |schemas| {
        schemas.add::<Problem>();
        schemas.add::<ProblemField>();
        schemas.add::<Count>();
    },
};

/// What lies outside the versioned API.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(get_health)
        .service(get_readiness)
        .service(get_openapi)
        .service(get_openapi_3_0)
        .service(get_metrics);
}

/// What lies inside it.
pub fn versioned_routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(get_limits).service(get_openapi_of_version);
}

/// Whether the service works.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
}

const HEALTHY: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// The process is alive.
#[utoipa::path(tag = "service", responses((status = 200, body = Health)))]
#[get("/healthz")]
pub async fn get_health() -> Json<Health> {
    Json(HEALTHY)
}

/// The database answers and its migrations are applied.
#[utoipa::path(tag = "service", responses((status = 200, body = Health)))]
#[get("/readyz")]
pub async fn get_readiness(db: Data<Database>) -> Result<Json<Health>> {
    if db.heads().is_closed() {
        return Err(Error::database_unavailable(&"the service stops"));
    }
    let state = db.read(|c| crate::db::migration_state(c).map_err(|cause| Error::database_unavailable(&cause))).await?;
    match state {
        State::Current => {
            db.try_to_write().await?;
            Ok(Json(HEALTHY))
        }
        other => Err(Error::database_unavailable(&format!("the migrations are {other:?}"))),
    }
}

/// The networks that may read the metrics.
#[derive(Debug, Clone, Default)]
pub struct MetricsReaders(pub Vec<IpNet>);

impl MetricsReaders {
    /// Whether a request comes from one of them, and not through a proxy that stands there.
    fn may(&self, request: &HttpRequest) -> bool {
        let peer = request.peer_addr().map(|peer| peer.ip());
        proxy::is_among(&self.0, peer)
            && !["x-forwarded-for", "forwarded", "via"].iter().any(|name| request.headers().contains_key(*name))
    }
}

/// What the service counts and measures, as Prometheus reads it; for the networks of its operator alone.
#[utoipa::path(tag = "service", responses((status = 200, body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn get_metrics(
    request: HttpRequest,
    db: Data<Database>,
    metrics: Data<Metrics>,
    shares: Data<Shares>,
    readers: Data<MetricsReaders>,
) -> Result<HttpResponse> {
    if !readers.may(&request) {
        return Err(Error::of(Code::NoSuchPath));
    }
    let read = |c: &mut Connection| {
        let work = (leases::store::count(c, WorkKind::Import)?, leases::store::count(c, WorkKind::Export)?);
        Ok((changes::store::heads(c)?, webhooks::queue::counts(c)?, work))
    };
    let (heads, messages, work) = db.read(read).await?;
    let moment = Moment {
        under_way: shares.under_way(),
        waiting_polls: shares.waiting(),
        refused: shares.refused(),
        usage: db.usage(),
        heads,
        messages,
        work,
        log_lines_dropped: log_lines_dropped(),
    };
    let text = metrics.text(&moment).map_err(|cause| Error::internal(&cause))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

/// The OpenAPI document, ready to be sent.
#[derive(Clone)]
pub struct Document {
    /// In OpenAPI 3.1.
    v3_1: Arc<String>,
    /// The same without webhooks, at which some generators stumble.
    without_webhooks: Arc<String>,
    /// In OpenAPI 3.0.
    v3_0: Arc<String>,
}

impl Document {
    /// A document in all of its forms.
    pub fn of(document: &Value) -> Document {
        let v3_0 = version_3_0::document(document.clone()).to_string();
        let mut requests = document.clone();
        if let Some(members) = requests.as_object_mut() {
            members.remove("webhooks");
        }
        let [v3_1, without_webhooks] = [document, &requests].map(|document| Arc::new(document.to_string()));
        Document { v3_1, without_webhooks, v3_0: Arc::new(v3_0) }
    }
}

impl Document {
    /// What a query asks for.
    fn asked(&self, query: &DocumentQuery) -> &str {
        if query.webhooks == Some(YesNo::No) { &self.without_webhooks } else { &self.v3_1 }
    }
}

/// The parameters of the document.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct DocumentQuery {
    /// Whether the messages of webhooks are in it; some generators stumble at them. They are when left out.
    #[deserr(default)]
    #[param(value_type = Option<bool>)]
    pub webhooks: Option<YesNo>,
}

/// The OpenAPI 3.1 document of this service.
#[utoipa::path(tag = "service", params(DocumentQuery),
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
#[get("/openapi.json")]
pub async fn get_openapi(
    request: HttpRequest,
    document: Data<Document>,
    Query(query): Query<DocumentQuery>,
) -> Result<HttpResponse> {
    send(&request, document.asked(&query))
}

/// The same document, where the version of the API is looked for.
#[utoipa::path(tag = "service", params(DocumentQuery),
    responses((status = 200, description = "OpenAPI 3.1", body = Object)))]
#[get("/openapi.json")]
pub async fn get_openapi_of_version(
    request: HttpRequest,
    document: Data<Document>,
    Query(query): Query<DocumentQuery>,
) -> Result<HttpResponse> {
    send(&request, document.asked(&query))
}

/// The same API in OpenAPI 3.0, without webhooks: for generators and gateways that read nothing newer.
#[utoipa::path(tag = "service", responses((status = 200, description = "OpenAPI 3.0", body = Object)))]
#[get("/openapi-3.0.json")]
pub async fn get_openapi_3_0(request: HttpRequest, document: Data<Document>) -> Result<HttpResponse> {
    send(&request, &document.v3_0)
}

fn send(request: &HttpRequest, document: &str) -> Result<HttpResponse> {
    let text = match proxy::address_of(request).as_str() {
        "" => document.to_owned(),
        address => at(document, address)?,
    };
    etag::read_text(request, &ETag::of_bytes(text.as_bytes()), text)
}

/// The document of a service that is seen at another address.
fn at(document: &str, address: &str) -> Result<String> {
    let mut document: Map<String, Value> = serde_json::from_str(document).map_err(|cause| Error::internal(&cause))?;
    document.insert("servers".to_owned(), json!([{"url": address}]));
    serde_json::to_string(&document).map_err(|cause| Error::internal(&cause))
}

/// What the service takes at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct Limits {
    /// Bytes of a request body, unpacked.
    #[schema(minimum = 1)]
    pub body_bytes: u64,
    /// Items of a page at most.
    #[schema(minimum = 1)]
    pub page_items: i32,
    /// Items of a page when the caller does not say.
    #[schema(minimum = 1)]
    pub page_items_default: i32,
    /// Hours for which the answer to an `Idempotency-Key` is kept.
    #[schema(minimum = 1)]
    pub idempotency_hours: i64,
    /// Characters of a name or label.
    #[schema(minimum = 1)]
    pub short_text_characters: u32,
    /// Characters of a paragraph.
    #[schema(minimum = 1)]
    pub long_text_characters: u32,
    /// Bytes of an upload, unpacked.
    #[schema(minimum = 1)]
    pub import_bytes: u64,
    /// Rows of an upload.
    #[schema(minimum = 1)]
    pub import_rows: u64,
    /// Days that an upload, its report and its undo are kept.
    #[schema(minimum = 0)]
    pub import_days: i64,
}

/// What the service takes at most.
#[utoipa::path(tag = "service", security(("token" = ["projects:read"])), responses((status = 200, body = Limits)))]
#[get("/limits")]
pub async fn get_limits(
    _caller: Permit<ReadProjects>,
    body: Data<BodyLimit>,
    imports: Data<ImportFiles>,
) -> Json<Limits> {
    Json(Limits {
        body_bytes: u64::try_from(body.0).unwrap_or(u64::MAX),
        page_items: MAXIMUM_LIMIT,
        page_items_default: DEFAULT_LIMIT,
        idempotency_hours: crate::http::idempotency::KEPT_HOURS,
        short_text_characters: crate::values::SHORT_TEXT,
        long_text_characters: crate::values::LONG_TEXT,
        import_bytes: imports.limit,
        import_rows: MOST_ROWS,
        import_days: imports.kept_hours / 24,
    })
}
