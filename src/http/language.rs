//! The reader's language, from `Accept-Language`: zh-CN unless English is preferred.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AcceptLanguage, Header};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::findings::Language;

/// The preferred language of those that the service speaks.
pub fn preferred(message: &impl HttpMessage) -> Language {
    let Ok(accepted) = AcceptLanguage::parse(message) else { return Language::Zh };
    for preference in accepted.ranked() {
        match preference.item().map(|tag| tag.primary_language().to_owned()).as_deref() {
            Some("en") => return Language::En,
            Some("zh") | None => return Language::Zh,
            Some(_) => {}
        }
    }
    Language::Zh
}

/// The language of a request's reader.
#[derive(Debug, Clone, Copy)]
pub struct Reader(pub Language);

impl FromRequest for Reader {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Reader, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Reader(preferred(request))))
    }
}
