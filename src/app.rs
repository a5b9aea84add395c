//! The application: routes, shared state, and what every request and answer go through.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_cors::Cors;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::{Compress, Condition, Next, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpMessage, HttpRequest, HttpResponse};
use futures_util::FutureExt;
use serde_json::Value;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::auth::{self, Keys};
use crate::config::{BodyLimit, ServerSettings};
use crate::db::{Database, asking};
use crate::exports::{ExportFiles, Signer};
use crate::findings::Language;
use crate::http::api::Api;
use crate::http::error::{Code, Context, Error};
use crate::http::fairness::{Left, Shares};
use crate::http::pace::Pace;
use crate::http::proxy::{self, Proxies};
use crate::http::representations::Representations;
use crate::http::{downloads, language, problems};
use crate::imports::ImportFiles;
use crate::openapi;
use crate::organizations::codes::CodeRanges;
use crate::reports::PdfTurns;
use crate::service::{Metrics, MetricsReaders};
use crate::webhooks::Targets;
use crate::{
    assessments, budgets, changes, exports, imports, indicators, organizations, projects, reports, rule_profiles,
    score_previews, scores, service, statistics, webhooks,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every worker of the service shares.
#[derive(Clone)]
pub struct Shared {
    db: Data<Database>,
    keys: Data<Arc<Keys>>,
    imports: Data<ImportFiles>,
    exports: Data<ExportFiles>,
    targets: Data<Targets>,
    representations: Data<Representations>,
    pdf_turns: Data<PdfTurns>,
    code_ranges: Data<CodeRanges>,
    proxies: Data<Proxies>,
    shares: Data<Shares>,
    pace: Data<Pace>,
    metrics: Data<Metrics>,
    readers: Data<MetricsReaders>,
    body_limit: BodyLimit,
    cors_origins: Vec<String>,
    document: service::Document,
    paths: Data<openapi::Paths>,
}

impl Shared {
    /// The shared state of a service over `db`.
    pub fn new(db: Database, keys: Arc<Keys>, signer: Signer, settings: &ServerSettings) -> Shared {
        let document = document();
        let (blobs, leases) = (settings.sharing.blobs(&db), settings.sharing.leases(&db));
        let imports = settings.imports.files(db.address()).with_code_ranges(settings.code_ranges());
        let exports = settings.exports.files(db.address(), signer);
        Shared {
            imports: Data::new(imports.shared(blobs.clone(), leases)),
            code_ranges: Data::new(settings.code_ranges()),
            exports: Data::new(exports.shared(blobs, leases)),
            targets: Data::new(settings.webhooks.targets()),
            representations: Data::new(Representations::of_bytes(db.bytes_of_representations)),
            db: Data::new(db),
            pdf_turns: Data::default(),
            keys: Data::new(keys),
            proxies: Data::new(settings.proxies()),
            shares: Data::new(Shares::new(settings.shares.fair())),
            pace: Data::new(settings.shares.pace()),
            metrics: Data::default(),
            readers: Data::new(MetricsReaders(settings.shares.metrics_networks.clone())),
            body_limit: settings.body_limit(),
            cors_origins: settings.cors_origins.clone(),
            paths: Data::new(openapi::Paths::of(&document)),
            document: service::Document::of(&document),
        }
    }
}

impl Shared {
    /// The database of the service.
    pub fn database(&self) -> Data<Database> {
        self.db.clone()
    }

    /// Where it keeps the files of exports.
    pub fn exports(&self) -> Data<ExportFiles> {
        self.exports.clone()
    }

    /// Where it keeps the files of imports.
    pub fn imports(&self) -> Data<ImportFiles> {
        self.imports.clone()
    }
}

/// What each folder adds to the API, in the order of the document.
const APIS: &[Api] = &[
    organizations::handlers::API,
    projects::handlers::API,
    budgets::handlers::API,
    indicators::handlers::API,
    rule_profiles::handlers::API,
    assessments::handlers::API,
    score_previews::handlers::API,
    scores::handlers::API,
    reports::handlers::API,
    imports::handlers::API,
    statistics::handlers::API,
    exports::handlers::API,
    changes::handlers::API,
    webhooks::handlers::API,
    auth::handlers::API,
    service::handlers::API,
];

/// Every documented route.
fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(service::handlers::routes).configure(problems::routes).configure(exports::handlers::public_routes);
    config.service(APIS.iter().fold(scope("/api/v1"), |scope, api| scope.configure(api.routes)));
}

/// The OpenAPI document of the service.
pub fn document() -> Value {
    openapi::document(APIS, routes)
}

/// The application, built the same way by the server and by the tests.
pub fn app(
    shared: &Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let viewer = SwaggerUi::new("/docs/{_:.*}").config(Config::new(["../openapi.json"]).display_request_duration(true));
    App::new()
        .app_data(shared.db.clone())
        .app_data(shared.imports.clone())
        .app_data(shared.exports.clone())
        .app_data(shared.targets.clone())
        .app_data(shared.representations.clone())
        .app_data(shared.pdf_turns.clone())
        .app_data(shared.code_ranges.clone())
        .app_data(shared.keys.clone())
        .app_data(shared.paths.clone())
        .app_data(shared.proxies.clone())
        .app_data(shared.shares.clone())
        .app_data(shared.pace.clone())
        .app_data(shared.metrics.clone())
        .app_data(shared.readers.clone())
        .app_data(Data::new(shared.body_limit))
        .app_data(Data::new(shared.document.clone()))
        .app_data(web::PathConfig::default().error_handler(|cause, _| bad_path(&cause).into()))
        .configure(|config| routes(&mut ServiceConfig::new(config)))
        .service(web::redirect("/docs", "/docs/"))
        .service(viewer)
        .default_service(web::to(no_such_route))
        .wrap(Compress::default())
        .wrap(from_fn(downloads::as_file))
        .wrap(from_fn(answer_errors))
        .wrap(Condition::new(!shared.cors_origins.is_empty(), cors(&shared.cors_origins)))
        .wrap(from_fn(identify))
        .wrap(from_fn(proxy::below_its_path))
}

fn bad_path(cause: &actix_web::error::PathError) -> Error {
    let cause = cause.to_string();
    let cause = cause.trim_start_matches("Path deserialize error: ");
    Error::new(
        Code::BadPath,
        format!("路径中的id须为服务返回的UUID，版本号须为整数：{cause}"),
        format!("a parameter in the path is malformed: {cause}"),
    )
}

fn cors(origins: &[String]) -> Cors {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allow_any_header()
        .expose_headers([
            "etag",
            "location",
            "link",
            "x-request-id",
            "idempotency-replayed",
            "retry-after",
            "allow",
            "content-disposition",
            "content-range",
            "accept-ranges",
            "ratelimit",
            "ratelimit-policy",
        ])
        .max_age(3600);
    for origin in origins {
        cors = if origin == "*" { cors.allow_any_origin() } else { cors.allowed_origin(origin) };
    }
    cors
}

/// 405 with the allowed methods where the path is known, else 404.
async fn no_such_route(request: HttpRequest, paths: Data<openapi::Paths>) -> Result<HttpResponse, Error> {
    match paths.methods(request.path()) {
        Some(methods) => Err(Error::new(
            Code::MethodNotAllowed,
            format!("该路径支持{methods}，不支持{}", request.method()),
            format!("this path takes {methods}, not {}", request.method()),
        )
        .allowing(methods)),
        None => Err(Error::of(Code::NoSuchPath)),
    }
}

/// Gives the request its id, lets HEAD be answered as GET, and writes the line of the log.
async fn identify(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let started = Instant::now();
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let given = given.filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()));
    let id = given.map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned);
    let method = request.method().clone();
    let path = request.path().to_owned();
    let trace = request.headers().get("traceparent").cloned();
    let context = Context {
        instance: proxy::base_of(request.request()).of(&path),
        request_id: id.clone(),
        language: language::preferred(&request),
    };
    request.extensions_mut().insert(Rc::new(context));
    if method == Method::HEAD {
        // The server leaves the body out by itself.
        request.head_mut().method = Method::GET;
    }
    let mut response = asking(next.call(request)).await?;
    let status = response.status().as_u16();
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if path.starts_with("/api/") {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Authorization, Accept-Language"));
    }
    let left = response.request().extensions().get::<Left>().cloned();
    if let Some(left) = left {
        left.say(response.headers_mut());
    }
    if let Some(metrics) = response.request().app_data::<Data<Metrics>>() {
        metrics.answered(method.as_str(), response.request().match_pattern(), status, started.elapsed());
    }
    if response.request().app_data::<Data<Database>>().is_some_and(|db| db.heads().is_closed()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let trace = trace.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let milliseconds = started.elapsed().as_millis();
    log::info!(
        target: "jixiao::request",
        method = method.as_str(), path = path.as_str(), status, milliseconds, request_id = id.as_str(), traceparent = trace;
        "{method} {path} {status} {milliseconds}ms {id}"
    );
    Ok(response)
}

/// Turns every error, the framework's own and panics included, into a problem document.
async fn answer_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let context = request.extensions().get::<Rc<Context>>().cloned();
    let context = context.ok_or_else(|| Error::internal(&"a request without a context"))?;
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) if response.status().is_client_error() || response.status().is_server_error() => {
            let answer = problem(response.response().error(), response.status(), &context);
            Ok(match answer {
                Some(answer) => response.into_response(answer),
                None => response.map_into_boxed_body(),
            })
        }
        Ok(Ok(response)) => Ok(response.map_into_boxed_body()),
        Ok(Err(cause)) => {
            let status = cause.as_response_error().status_code();
            let answer = problem(Some(&cause), status, &context);
            Err(answer.map_or(cause, |answer| InternalError::from_response("answered", answer).into()))
        }
        Err(panic) => Err(Error::panicked(panic.as_ref()).in_context(context.as_ref().clone()).into()),
    }
}

fn problem(
    cause: Option<&actix_web::Error>,
    status: actix_web::http::StatusCode,
    context: &Context,
) -> Option<HttpResponse> {
    if let Some(error) = cause.and_then(|cause| cause.as_error::<Error>()) {
        return Some(error.response(context));
    }
    // An answer of the framework itself, such as 406.
    let Some(cause) = cause else { return Some(Error::of(Code::of_status(status)).response(context)) };
    if status.is_server_error() {
        return Some(Error::internal(cause).response(context));
    }
    let code = Code::of_status(status);
    Some(Error::new(code, format!("{}：{cause}", code.title(Language::Zh)), format!("{cause}")).response(context))
}
