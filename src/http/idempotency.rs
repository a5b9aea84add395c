//! `Idempotency-Key`: a POST with a key is idempotent. A retry gets the first answer, and the effect happens once.
//!
//! The key is written in the transaction of the effect, so either both are on disk or neither.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::auth::Caller;
use crate::db::schema::idempotency_keys as keys;
use crate::db::{Connection, Database, Share};
use crate::hourly;
use crate::http::body::{Raw, typed};
use crate::http::error::{Code, Error, Result};
use crate::http::etag::ETag;
use crate::on;
use crate::values::Instant;
use crate::values::input::Errors;

/// How long an answer is kept for retries.
pub const KEPT_HOURS: i64 = 72;
const HEADER: &str = "idempotency-key";

/// The answer to a POST, in a form that can be stored and replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: i32,
    location: Option<String>,
    etag: Option<String>,
    body: String,
    replayed: bool,
}

impl Answer {
    /// 201 with the address and the tag of what was made.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn created(location: String, etag: &ETag, resource: &impl Serialize) -> Result<Answer> {
        Answer::new(StatusCode::CREATED, Some(location), Some(etag.quoted()), resource)
    }

    /// 200 with the resource as it is now.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn done(etag: Option<&ETag>, resource: &impl Serialize) -> Result<Answer> {
        Answer::new(StatusCode::OK, None, etag.map(ETag::quoted), resource)
    }

    /// The address of what was made.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Whether this is the answer to an earlier request.
    pub fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// The same answer, marked as replayed.
    pub fn replayed(mut self) -> Answer {
        self.replayed = true;
        self
    }

    fn new(
        status: StatusCode,
        location: Option<String>,
        etag: Option<String>,
        resource: &impl Serialize,
    ) -> Result<Answer> {
        let body = serde_json::to_string(resource).map_err(|cause| Error::internal(&cause))?;
        Ok(Answer { status: i32::from(status.as_u16()), location, etag, body, replayed: false })
    }
}

impl Responder for Answer {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = u16::try_from(self.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = HttpResponse::build(status.unwrap_or(StatusCode::OK));
        response.content_type("application/json");
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if self.replayed {
            response.insert_header(("idempotency-replayed", "true"));
        }
        response.body(self.body)
    }
}

/// The body of a POST with its idempotency key, if it has one.
pub struct Posted<T> {
    /// The body.
    pub body: T,
    key: Option<Key>,
}

struct Key {
    key: String,
    fingerprint: String,
}

/// The idempotency key of a POST that has no body or whose body is not JSON.
#[derive(Clone)]
pub struct Keyed {
    key: Option<String>,
    target: String,
    share: Share,
}

fn fingerprint(target: &str, body: &[u8]) -> String {
    let digest = Sha256::new().chain_update(target).chain_update(body).finalize();
    base16ct::lower::encode_string(&digest)
}

fn target(request: &HttpRequest) -> String {
    format!("{} {}\n", request.method(), request.uri())
}

impl FromRequest for Keyed {
    type Error = Error;
    type Future = Ready<Result<Keyed>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(key_of(request).map(|key| Keyed { key, target: target(request), share: Share::Group }))
    }
}

impl<T: Deserr<Errors> + 'static> FromRequest for Posted<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Posted<T>>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let key = key_of(&request)?;
            let target = target(&request);
            let raw = Raw::read(request, payload, &["application/json"]).await?;
            let key = key.map(|key| Key { key, fingerprint: fingerprint(&target, &raw.bytes) });
            Ok(Posted { body: typed(raw.value)?, key })
        })
    }
}

fn key_of(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=200).contains(&text.len()));
    text.map(|text| Some(text.to_owned())).ok_or_else(|| {
        Error::new(
            Code::BadHeader,
            "Idempotency-Key须为1至200个可见ASCII字符",
            "Idempotency-Key must have 1 to 200 visible ASCII characters",
        )
    })
}

impl<T: Send + 'static> Posted<T> {
    /// Runs `work` in one write, once per key: a retry gets the stored answer.
    ///
    /// # Errors
    /// What `work` gives; 422 when the key was used for another request.
    pub async fn once(
        self,
        db: &Database,
        caller: Caller,
        work: impl FnOnce(&mut Connection, &Caller, T) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        let with = move |c: &mut Connection, caller: &Caller, body: T| Ok((work(c, caller, body)?, ()));
        self.once_with(db, caller, with).await.map(|(answer, _)| answer)
    }
}

impl<T: Send + 'static> Posted<T> {
    /// Like [`Posted::once`], for work that returns a further value beside its answer; a retry gets none of it.
    ///
    /// # Errors
    /// What `work` gives; 422 when the key was used for another request.
    pub async fn once_with<M: Send + 'static>(
        self,
        db: &Database,
        caller: Caller,
        work: impl FnOnce(&mut Connection, &Caller, T) -> Result<(Answer, M)> + Send + 'static,
    ) -> Result<(Answer, Option<M>)> {
        let body = self.body;
        once(db, caller, self.key, Share::Group, move |c, caller| work(c, caller, body)).await
    }
}

impl Keyed {
    /// No key: for work that is already covered by the key of an enclosing operation.
    pub fn none() -> Keyed {
        Keyed { key: None, target: String::new(), share: Share::Group }
    }

    /// Runs `work` in one write, once per key; `body` identifies the request's content. A retry gets the stored answer,
    /// and none of the further value that `work` returns.
    ///
    /// # Errors
    /// What `work` gives; 422 when the key was used for another request.
    pub async fn once<M: Send + 'static>(
        self,
        db: &Database,
        caller: Caller,
        body: &str,
        work: impl FnOnce(&mut Connection, &Caller) -> Result<(Answer, M)> + Send + 'static,
    ) -> Result<(Answer, Option<M>)> {
        let fingerprint = fingerprint(&self.target, body.as_bytes());
        let key = self.key.map(|key| Key { key, fingerprint });
        once(db, caller, key, self.share, work).await
    }

    /// Like [`Keyed::once`], for a request without a body whose work returns only its answer.
    ///
    /// # Errors
    /// What `work` gives; 422 when the key was used for another request.
    pub async fn act(
        self,
        db: &Database,
        caller: Caller,
        work: impl FnOnce(&mut Connection, &Caller) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        self.once(db, caller, "", move |c, caller| Ok((work(c, caller)?, ()))).await.map(|(answer, _)| answer)
    }

    /// Runs the work in a transaction of its own: for a long write of many rows.
    pub fn alone(self) -> Keyed {
        Keyed { share: Share::Alone, ..self }
    }
}

async fn once<M: Send + 'static>(
    db: &Database,
    caller: Caller,
    key: Option<Key>,
    share: Share,
    work: impl FnOnce(&mut Connection, &Caller) -> Result<(Answer, M)> + Send + 'static,
) -> Result<(Answer, Option<M>)> {
    db.write_as(share, caller.author(), move |c| {
        let Some(key) = key else { return work(c, &caller).map(|(answer, more)| (answer, Some(more))) };
        let owner = caller.key_owner();
        if let Some(answer) = kept(c, &owner, &key)? {
            return Ok((answer, None));
        }
        let (answer, more) = work(c, &caller)?;
        keep(c, &owner, &key, &answer)?;
        Ok((answer, Some(more)))
    })
    .await
}

impl<T: Send + 'static> Posted<T> {
    /// Like [`Posted::once`], for work that stores nothing: without a key it does not use the database.
    ///
    /// # Errors
    /// What `work` gives; 422 when the key was used for another request.
    pub async fn once_if_keyed(
        self,
        db: &Database,
        caller: Caller,
        work: impl FnOnce(T) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        if self.key.is_some() {
            return self.once(db, caller, move |_, _, body| work(body)).await;
        }
        let body = self.body;
        actix_web::web::block(move || work(body)).await.map_err(|cause| Error::internal(&cause))?
    }
}

fn kept(c: &mut Connection, owner: &str, key: &Key) -> Result<Option<Answer>> {
    // An expired key that is not swept yet may be used for another request.
    let oldest = Instant::now().hours_before(KEPT_HOURS);
    let over = keys::table.find((owner, &key.key)).filter(keys::created_at.lt(oldest));
    on!(&mut *c, c => diesel::delete(over).execute(c))?;
    let found: Option<Kept> = on!(c, c => keys::table
        .find((owner, &key.key))
        .select((keys::fingerprint, keys::status, keys::location, keys::etag, keys::body))
        .first(c)
        .optional())?;
    match found {
        None => Ok(None),
        Some((fingerprint, status, location, etag, body)) if fingerprint == key.fingerprint => {
            Ok(Some(Answer { status, location, etag, body, replayed: true }))
        }
        Some(_) => Err(Error::of(Code::IdempotencyKeyReused)),
    }
}

/// Deletes the expired answers.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database) -> Result<usize> {
    let oldest = Instant::now().hours_before(KEPT_HOURS);
    db.write("", move |c| Ok(on!(c, c => diesel::delete(keys::table.filter(keys::created_at.lt(oldest))).execute(c))?))
        .await
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database) {
    hourly::sweep("idempotency keys whose time is over", async || sweep(&db).await).await;
}

/// Fingerprint, status, location, tag and body of a kept answer.
type Kept = (String, i32, Option<String>, Option<String>, String);

fn keep(c: &mut Connection, owner: &str, key: &Key, answer: &Answer) -> Result<()> {
    on!(c, c => diesel::insert_into(keys::table)
        .values((
            keys::caller.eq(owner),
            keys::key.eq(&key.key),
            keys::fingerprint.eq(&key.fingerprint),
            keys::created_at.eq(Instant::now()),
            keys::status.eq(answer.status),
            keys::location.eq(&answer.location),
            keys::etag.eq(&answer.etag),
            keys::body.eq(&answer.body),
        ))
        .execute(c))?;
    Ok(())
}
