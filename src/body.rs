//! Request bodies: JSON into types, all errors at once, and merge patches (RFC 7396).

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use deserr::Deserr;
use serde::Serialize;
use serde_json::Value;
use utoipa::__dev::ComposeSchema;
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, RefOr};

use crate::error::{Code, Error, Result};
use crate::input::Errors;

/// A JSON body, read into a type.
pub struct Body<T>(pub T);

/// A merge patch of a resource that is written as a `T`.
pub struct Patch<T> {
    patch: Value,
    of: PhantomData<T>,
}

/// A body as it came, with its JSON.
pub(crate) struct Raw {
    pub bytes: web::Bytes,
    pub value: Value,
}

impl Raw {
    pub async fn read(request: HttpRequest, mut payload: Payload, media_types: &[&str]) -> Result<Raw> {
        let media_type = request.content_type();
        if !media_types.iter().any(|accepted| accepted.eq_ignore_ascii_case(media_type)) {
            let accepted = media_types.join(", ");
            return Err(Error::new(
                Code::UnsupportedMediaType,
                format!("Content-Type须为{accepted}；收到\"{media_type}\""),
                format!("Content-Type must be {accepted}; got \"{media_type}\""),
            ));
        }
        let bytes = web::Bytes::from_request(&request, &mut payload).await.map_err(|cause| {
            match cause.as_response_error().status_code() {
                StatusCode::PAYLOAD_TOO_LARGE => Error::of(Code::TooLarge),
                _ => Error::new(
                    Code::BadJson,
                    format!("请求体读取失败：{cause}"),
                    format!("the body cannot be read: {cause}"),
                ),
            }
        })?;
        let value = serde_json::from_slice(&bytes).map_err(|cause| {
            Error::new(
                Code::BadJson,
                format!("第{}行第{}列：{cause}", cause.line(), cause.column()),
                format!("line {}, column {}: {cause}", cause.line(), cause.column()),
            )
        })?;
        Ok(Raw { bytes, value })
    }
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
    /// What `current` becomes, checked as a whole as if it were sent anew.
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
