//! Query parameters: named and typed per list; an unknown one is refused, never ignored.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use deserr::Deserr;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::http::error::{Code, Error, FieldError, Result};
use crate::values::input::Errors;

/// The query of a request, read into the parameters of its list.
pub struct Query<T>(pub T);

impl<T: Deserr<Errors>> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Query<T>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Query))
    }
}

/// The parameters of a query, in their order.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    // Every string parses as a form, so no error is dropped here.
    web::Query::<Vec<(String, String)>>::from_query(query).map(web::Query::into_inner).unwrap_or_default()
}

/// A text as a value of a query.
pub fn query_value(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn parse<T: Deserr<Errors>>(query: &str) -> Result<T> {
    if percent_decode_str(query).decode_utf8().is_err() {
        return Err(Error::new(
            Code::BadQuery,
            "查询参数解码后不是UTF-8；请按UTF-8编码，例如%E7%94%B2",
            "the query is no UTF-8 once it is decoded; encode it as UTF-8, for example %E7%94%B2",
        ));
    }
    let mut parameters = Map::new();
    for (name, value) in pairs(query) {
        match parameters.get_mut(&name) {
            None => drop(parameters.insert(name, Value::String(value))),
            Some(Value::Array(values)) => values.push(Value::String(value)),
            Some(first) => *first = Value::Array(vec![first.take(), Value::String(value)]),
        }
    }
    deserr::deserialize(Value::Object(parameters))
        .map_err(|errors: Errors| Error::fields(Code::BadQuery, errors.0.into_iter().map(as_parameter).collect()))
}

/// A parameter is named without the slash of a pointer.
fn as_parameter(mut error: FieldError) -> FieldError {
    error.pointer = error.pointer.trim_start_matches('/').to_owned();
    match error.code {
        Code::UnknownField => {
            error.code = Code::UnknownParameter;
            error.detail.zh = error.detail.zh.replace("字段", "查询参数");
            error.detail.en = error.detail.en.replace("field", "query parameter");
        }
        _ if error.detail.en.ends_with("got array") => {
            error.code = Code::WrongType;
            error.detail.zh = "只能给出一次".to_owned();
            error.detail.en = "can be given only once".to_owned();
        }
        _ => {}
    }
    error
}
