//! Files that are given, for clients that only know that they are files.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;

/// What a file is when nothing more is asked of it.
const FILE: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// `Accept: application/octet-stream` gives every download as such, to be saved: the same bytes. Generated clients that
/// choose how to read an answer by the document alone read any file by this one media type.
pub async fn as_file(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_asked = request.headers().get(header::ACCEPT) == Some(&FILE);
    let mut response = next.call(request).await?;
    if response.status().is_success() && response.headers().contains_key(header::CONTENT_DISPOSITION) {
        // For caches: the other answer differs as well.
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
        if is_asked {
            response.headers_mut().insert(header::CONTENT_TYPE, FILE);
        }
    }
    Ok(response)
}
