//! The reader's language, from `Accept-Language`: zh-CN unless English is preferred.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AcceptLanguage, Header};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::findings::Language;

impl Language {
    /// The preferred one of those the service speaks.
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
}

impl FromRequest for Language {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Language, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Language::preferred(request)))
    }
}
