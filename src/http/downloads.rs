//! Downloads as `application/octet-stream`, for clients that do not handle the media type of the file.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;

/// The media type of any file.
const FILE: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// With `Accept: application/octet-stream`, every download is answered with that media type and the same bytes.
/// Generated clients, which decode an answer by the media types of the OpenAPI document alone, can read any file this
/// way.
pub async fn as_file(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_asked = request.headers().get(header::ACCEPT) == Some(&FILE);
    let mut response = next.call(request).await?;
    if response.status().is_success() && response.headers().contains_key(header::CONTENT_DISPOSITION) {
        // For caches: also on the answer with the file's own media type, since it depends on `Accept` as well.
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
        if is_asked {
            response.headers_mut().insert(header::CONTENT_TYPE, FILE);
        }
    }
    Ok(response)
}
