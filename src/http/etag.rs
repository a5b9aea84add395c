//! Versions in HTTP: `ETag`, `If-Match` for changes, `If-None-Match` for reading again.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, EntityTag};
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::http::error::{Code, Error, Result};

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The tag of a resource's version.
    pub fn version(version: i64) -> ETag {
        ETag(version.to_string())
    }

    /// The tag of what depends on several versions.
    pub fn versions(first: i64, second: i64) -> ETag {
        ETag(format!("{first}.{second}"))
    }

    /// The tag of a representation's bytes.
    pub fn of_bytes(bytes: &[u8]) -> ETag {
        ETag(base16ct::lower::encode_string(&Sha256::digest(bytes)[..12]))
    }

    /// The tag of content with that hash.
    pub fn of_hash(hash: &str) -> ETag {
        ETag(hash.to_owned())
    }

    /// The same with what else the representation depends on, for example its language.
    pub fn with(self, aspect: &str) -> ETag {
        ETag(format!("{}-{aspect}", self.0))
    }

    /// As the header has it.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// What `If-Match` of a change says; without it the change is refused with 428.
#[derive(Debug, Clone)]
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Matches any version, like `*`.
    pub fn any() -> IfMatch {
        IfMatch(vec!["*".to_owned()])
    }

    /// Passes when the resource is as the caller read it.
    ///
    /// # Errors
    /// 412 when it has changed since.
    pub fn check(&self, current: &ETag) -> Result<()> {
        // The part after the dash says in which form the resource was read (such as its language), not in which
        // version.
        let fresh = self.0.iter().any(|tag| tag == "*" || tag.split('-').next() == current.0.split('-').next());
        if fresh {
            return Ok(());
        }
        let current = current.quoted();
        Err(Error::new(
            Code::Stale,
            format!("记录已被修改，当前ETag为{current}"),
            format!("it has changed since it was read; its ETag is now {current}"),
        ))
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<IfMatch>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if_match(request))
    }
}

fn if_match(request: &HttpRequest) -> Result<IfMatch> {
    let tags = tags(request, &header::IF_MATCH)?;
    if tags.is_empty() {
        return Err(Error::of(Code::PreconditionRequired));
    }
    // Ours are strong and name versions; a proxy that compresses an answer makes them weak on the way (RFC 9110, section
    // 13.1.1 would never let them match again).
    Ok(IfMatch(tags.into_iter().map(|(tag, _)| tag).collect()))
}

fn tags(request: &HttpRequest, name: &header::HeaderName) -> Result<Vec<(String, bool)>> {
    let mut found = Vec::new();
    for value in request.headers().get_all(name) {
        for part in value.to_str().unwrap_or("?").split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part == "*" {
                found.push(("*".to_owned(), false));
                continue;
            }
            let tag: EntityTag = part.parse().map_err(|_| {
                Error::new(
                    Code::BadHeader,
                    format!("{name}须为服务返回的ETag，连同引号，例如\"3\""),
                    format!("{name} must be an ETag of this service with its quotes, for example \"3\""),
                )
            })?;
            found.push((tag.tag().to_owned(), tag.weak));
        }
    }
    Ok(found)
}

/// The answer to a read: the resource with its tag, or 304 when the caller has it already.
///
/// # Errors
/// 400 when `If-None-Match` is malformed.
pub fn read(request: &HttpRequest, etag: &ETag, resource: &impl Serialize) -> Result<HttpResponse> {
    unless_known(request, etag, |response| response.json(resource))
}

/// The same for JSON that is already written.
///
/// # Errors
/// 400 when `If-None-Match` is malformed.
pub fn read_text(request: &HttpRequest, etag: &ETag, json: String) -> Result<HttpResponse> {
    unless_known(request, etag, |response| response.content_type("application/json").body(json))
}

/// 304 when the caller has the resource in this form already, else what `full` makes.
///
/// # Errors
/// 400 when `If-None-Match` is malformed.
pub fn unless_known(
    request: &HttpRequest,
    etag: &ETag,
    full: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> Result<HttpResponse> {
    let known = tags(request, &header::IF_NONE_MATCH)?;
    let is_known = known.iter().any(|(tag, _)| tag == "*" || *tag == etag.0);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag.quoted()));
    Ok(if is_known { response.finish() } else { full(&mut response) })
}

/// The answer to a change: the resource as it is now, with its new tag.
pub fn changed(etag: &ETag, resource: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag.quoted())).json(resource)
}
