//! Every error of the service: made where it happens, shown as one problem document (RFC 9457).

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use super::codes::Code;
use crate::findings::Language;

/// Seconds after which a client should try again when the service is too busy.
const RETRY_AFTER_SECONDS: u64 = 1;

/// The most wrong places that one answer lists.
const LISTED: usize = 1000;

/// The result of everything that can fail on a request's way.
pub type Result<T> = std::result::Result<T, Error>;

/// A sentence in both languages of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Message {
    /// A sentence from its two forms.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Message {
        Message { zh: zh.into(), en: en.into() }
    }

    /// The form for a reader of `language`.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// What is wrong with one place of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// A JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// The stable code.
    pub code: Code,
    /// What is wrong here and what would be right.
    pub detail: Message,
    /// Where it stands in an uploaded file.
    pub spot: Option<Box<Spot>>,
}

/// A place of an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// As a person counts it.
    pub row: u64,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The file in an archive.
    pub file: Option<String>,
    /// For example `G13`.
    pub cell: Option<String>,
    /// The code, where it is that of a problem of a form.
    pub code: Option<Cow<'static, str>>,
}

impl FieldError {
    /// What is wrong with a place of a request.
    pub fn new(pointer: impl Into<String>, code: Code, detail: Message) -> FieldError {
        FieldError { pointer: pointer.into(), code, detail, spot: None }
    }
}

/// Findings for a reader of a language.
type Findings = Box<dyn Fn(Language) -> Value + Send + Sync>;

/// An error on its way to the client; boxed, so that a result without one stays small.
pub struct Error(Box<Contents>);

struct Contents {
    code: Code,
    detail: Message,
    errors: Vec<FieldError>,
    /// The findings that block a submission.
    findings: Option<Findings>,
    header: Option<(HeaderName, String)>,
    context: Option<Context>,
}

/// What the problem document says about the request that failed.
#[derive(Debug, Clone)]
pub struct Context {
    /// The request's path.
    pub instance: String,
    /// The request's id.
    pub request_id: String,
    /// The reader's language.
    pub language: Language,
}

/// A problem document (RFC 9457): the body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A page of this service that explains the code.
    #[serde(rename = "type")]
    #[schema(pattern = "^/problems/[a-z0-9_]+$", example = "/problems/invalid_fields")]
    pub kind: String,
    /// What the code means, in the reader's language.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// A stable code for programs.
    #[schema(example = "invalid_fields")]
    pub code: &'static str,
    /// What happened here, in the reader's language.
    pub detail: String,
    /// The path of the request.
    pub instance: String,
    /// The request's id, as in the header `X-Request-Id` and in the log.
    pub request_id: String,
    /// Every place of the request that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ProblemField>,
    /// The findings of severity error that block a submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings: Option<Value>,
}

/// One place of the request that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// A JSON pointer into the body, or the name of a parameter or header.
    pub pointer: String,
    /// A stable code for programs.
    pub code: Cow<'static, str>,
    /// What is wrong and what would be right, in the reader's language.
    pub detail: String,
    /// The row of an uploaded file, as a person counts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub row: Option<u64>,
    /// The sheet of an uploaded workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The file in an uploaded archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The cell of an uploaded workbook, for example `G13`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

impl Error {
    /// An error of `code` with what happened here.
    pub fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Error {
        let detail = Message::new(zh, en);
        Error(Box::new(Contents { code, detail, errors: Vec::new(), findings: None, header: None, context: None }))
    }

    /// An error whose title says all.
    pub fn of(code: Code) -> Error {
        Error::new(code, code.title(Language::Zh), code.title(Language::En))
    }

    /// All that is wrong with a body (`Code::InvalidFields`) or a query (`Code::BadQuery`).
    pub fn fields(code: Code, errors: Vec<FieldError>) -> Error {
        let (count, mut errors) = (errors.len(), errors);
        let plural = if count == 1 { "error" } else { "errors" };
        let (mut zh, mut en) = (format!("{count}处错误"), format!("{count} {plural}"));
        if count > LISTED {
            // An answer must not be many times the size of its request.
            errors.truncate(LISTED);
            zh = format!("{zh}，列出前{LISTED}处");
            en = format!("{en}, the first {LISTED} of which are listed");
        }
        let mut error = Error::new(code, zh, en);
        error.0.errors = errors;
        error
    }

    /// One field is wrong.
    pub fn field(pointer: &str, code: Code, zh: impl Into<String>, en: impl Into<String>) -> Error {
        let detail = Message::new(zh, en);
        Error::fields(Code::InvalidFields, vec![FieldError::new(pointer, code, detail)])
    }

    /// The resource does not exist, or not for this caller.
    pub fn not_found() -> Error {
        Error::of(Code::NotFound)
    }

    /// If the error is that a referenced resource is not found for the caller, makes it an error of the field that
    /// names the resource; any other error stays as it is. `what` names the kind of resource in both languages.
    pub fn of_reference(self, pointer: &str, what: (&str, &str), id: &dyn fmt::Display) -> Error {
        if self.code() != Code::NotFound {
            return self;
        }
        let (zh, en) = (format!("没有可见的{}{id}", what.0), format!("the caller sees no {} {id}", what.1));
        Error::field(pointer, Code::UnknownReference, zh, en)
    }

    /// Too many writes wait.
    pub fn busy() -> Error {
        Error::of(Code::Busy)
    }

    /// The database gives no connection.
    pub fn database_unavailable(cause: &dyn fmt::Display) -> Error {
        log::error!("the database is unavailable: {cause}");
        Error::of(Code::DatabaseUnavailable)
    }

    /// Nothing can be written: the disk is full or read-only.
    pub fn storage_unavailable(cause: &dyn fmt::Display) -> Error {
        log::error!("the storage cannot be written: {cause}");
        Error::of(Code::StorageUnavailable)
    }

    /// A fault of the service; the cause goes to the log only.
    pub fn internal(cause: &dyn fmt::Display) -> Error {
        log::error!("internal error: {cause}");
        Error::of(Code::Internal)
    }

    /// A panic, caught.
    pub fn panicked(panic: &(dyn Any + Send)) -> Error {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Error::internal(&format!("panic: {}", text.unwrap_or_default()))
    }

    /// The same error with the places that are wrong.
    pub fn with_places(mut self, errors: Vec<FieldError>) -> Error {
        self.0.errors = errors;
        self
    }

    /// The same error with the findings that it is about.
    pub fn with_findings(mut self, findings: impl Fn(Language) -> Value + Send + Sync + 'static) -> Error {
        self.0.findings = Some(Box::new(findings));
        self
    }

    /// The same error with the methods that the path allows.
    pub fn allowing(mut self, methods: String) -> Error {
        self.0.header = Some((header::ALLOW, methods));
        self
    }

    /// The same error with when to try again.
    pub fn retry_after(mut self, wait: Duration) -> Error {
        self.0.header = Some((header::RETRY_AFTER, wait.as_secs().saturating_add(1).to_string()));
        self
    }

    /// The same error, knowing which request failed.
    pub fn in_context(mut self, context: Context) -> Error {
        self.0.context = Some(context);
        self
    }

    /// Its stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The places that are wrong.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The answer to the request.
    pub fn response(&self, context: &Context) -> HttpResponse {
        let language = context.language;
        let mut problem = Problem {
            kind: format!("/problems/{}", self.0.code.as_str()),
            title: self.0.code.title(language).to_owned(),
            status: self.0.code.status().as_u16(),
            code: self.0.code.as_str(),
            detail: self.0.detail.in_language(language).to_owned(),
            instance: context.instance.clone(),
            request_id: context.request_id.clone(),
            errors: Vec::with_capacity(self.0.errors.len()),
            findings: self.0.findings.as_ref().map(|findings| findings(language)),
        };
        for error in &self.0.errors {
            problem.errors.push(ProblemField {
                pointer: error.pointer.clone(),
                code: error
                    .spot
                    .as_ref()
                    .and_then(|spot| spot.code.clone())
                    .unwrap_or_else(|| error.code.as_str().into()),
                detail: error.detail.in_language(language).to_owned(),
                row: error.spot.as_ref().map(|spot| spot.row),
                sheet: error.spot.as_ref().and_then(|spot| spot.sheet.clone()),
                file: error.spot.as_ref().and_then(|spot| spot.file.clone()),
                cell: error.spot.as_ref().and_then(|spot| spot.cell.clone()),
            });
        }
        let mut response = HttpResponse::build(self.0.code.status());
        response.content_type("application/problem+json");
        response.insert_header((header::CONTENT_LANGUAGE, language.as_str()));
        // Also set here for answers that bypass the middleware for request ids, such as that of a caught panic.
        if let Ok(id) = HeaderValue::from_str(&context.request_id) {
            response.insert_header(("x-request-id", id));
        }
        match self.0.code.status() {
            StatusCode::UNAUTHORIZED => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
            }
            _ => {}
        }
        if let Some((name, value)) = &self.0.header {
            response.insert_header((name, value.as_str()));
        }
        // A problem is made of strings and numbers, which always serialize.
        response.body(serde_json::to_vec(&problem).unwrap_or_default())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail.en)?;
        for error in &self.0.errors {
            write!(f, "; {} {}", error.pointer, error.detail.en)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let unknown = Context { instance: String::new(), request_id: String::new(), language: Language::Zh };
        self.response(self.0.context.as_ref().unwrap_or(&unknown))
    }
}
