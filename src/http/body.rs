//! Request bodies: JSON into types, all errors at once, and merge patches (RFC 7396).

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use deserr::Deserr;
use serde::Serialize;
use serde_json::Value;
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr};

use crate::config::BodyLimit;
use crate::http::error::{Code, Error, Result};
use crate::http::json;
use crate::http::pace::{self, Paced};
use crate::http::unpack::{self, Bounded, Unpacker};
use crate::values::input::Errors;

/// The window of zstd in requests has 8 MiB at most (RFC 9659).
const WINDOW: u32 = 23;

/// A JSON body, read into a type.
pub struct Body<T>(pub T);

/// A merge patch of a resource that is written as a `T`.
pub struct Patch<T> {
    patch: Value,
    of: PhantomData<T>,
}

/// A body as it came, with its JSON.
pub(crate) struct Raw {
    pub bytes: Vec<u8>,
    pub value: Value,
}

impl Raw {
    pub async fn read(request: HttpRequest, payload: Payload, media_types: &[&str]) -> Result<Raw> {
        let media_type = request.content_type();
        if !media_types.iter().any(|accepted| accepted.eq_ignore_ascii_case(media_type)) {
            let accepted = media_types.join(", ");
            return Err(Error::new(
                Code::UnsupportedMediaType,
                format!("Content-Type须为{accepted}；收到\"{media_type}\""),
                format!("Content-Type must be {accepted}; got \"{media_type}\""),
            ));
        }
        let limit = request.app_data::<Data<BodyLimit>>().map_or(0, |limit| limit.0);
        let bytes = unpacked(&request, payload, limit).await?;
        let value = json::read(&bytes)?;
        Ok(Raw { bytes, value })
    }
}

/// The unpacked bytes of a body; never holds more than `limit` in memory.
async fn unpacked(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Vec<u8>> {
    let encoding = unpack::encoding(request)?;
    if unpack::says_longer(request, limit.try_into().unwrap_or(u64::MAX)) {
        return Err(Error::of(Code::TooLarge));
    }
    let unreadable = |cause: &dyn std::fmt::Display| {
        Error::new(Code::BadJson, format!("请求体读取失败：{cause}"), format!("the body cannot be read: {cause}"))
    };
    let refused = |cause: std::io::Error| match unpack::is_full(&cause) {
        true => Error::of(Code::TooLarge),
        false => unreadable(&cause),
    };
    let mut unpacker = Unpacker::new(encoding, WINDOW, Bounded::new(limit)).map_err(refused)?;
    let mut pieces = Paced::new(payload, pace::of(request));
    while let Some(piece) = pieces.next().await.map_err(|stopped| stopped.or(unreadable))? {
        unpacker.push(&piece).map_err(refused)?;
    }
    unpacker.finish().map(Bounded::into_bytes).map_err(refused)
}

/// Reads JSON into a type.
///
/// # Errors
/// 422 with every place that is wrong.
pub fn typed<T: Deserr<Errors>>(value: Value) -> Result<T> {
    deserr::deserialize(value).map_err(|errors: Errors| Error::fields(Code::InvalidFields, errors.0))
}

impl<T: Deserr<Errors> + 'static> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Body<T>>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { typed(Raw::read(request, payload, &["application/json"]).await?.value).map(Body) })
    }
}

impl<T: 'static> FromRequest for Patch<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Patch<T>>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let accepted = ["application/merge-patch+json", "application/json"];
            let patch = Raw::read(request, payload, &accepted).await?.value;
            if !patch.is_object() {
                return Err(Error::field("", Code::WrongType, "须为JSON对象", "must be a JSON object"));
            }
            Ok(Patch { patch, of: PhantomData })
        })
    }
}

impl<T: Serialize + Deserr<Errors>> Patch<T> {
    /// Applies the patch to `current`. The result is validated as a whole, like a new request.
    ///
    /// # Errors
    /// 422 with every place that is wrong.
    pub fn apply(&self, current: &T) -> Result<T> {
        let mut value = serde_json::to_value(current).map_err(|cause| Error::internal(&cause))?;
        json_patch::merge(&mut value, &self.patch);
        typed(value)
    }
}

/// A patch has the fields of `T`, each optional; `null` clears one that need not be there.
///
/// A generic type is described through `ComposeSchema`, which utoipa's derive implements for others;
/// the fields of a patch are not its own, so there is nothing to derive from.
impl<T: ComposeSchema> ComposeSchema for Patch<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let RefOr::T(Schema::Object(whole)) = T::compose(Vec::new()) else {
            return ObjectBuilder::new().into();
        };
        let mut patch = whole.clone();
        patch.required.clear();
        patch.description = Some("A merge patch: what is left out stays, null clears.".to_owned());
        RefOr::T(Schema::Object(patch))
    }
}

impl<T: ToSchema + ComposeSchema> ToSchema for Patch<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}Patch", T::name().trim_start_matches("New")).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}
