//! Answers, with assertions that show the whole answer when they fail.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use serde_json::Value;

/// What a request was answered with.
pub struct Reply {
    pub request: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n→ {}", self.request, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(value) => write!(f, "{value:#}"),
            Err(_) => write!(f, "{}", String::from_utf8_lossy(&self.body)),
        }
    }
}

impl Reply {
    /// The answer has this status.
    #[track_caller]
    pub fn status(self, expected: u16) -> Reply {
        assert!(self.status.as_u16() == expected, "expected {expected}:\n{self}");
        self
    }

    /// The answer is the body, with this status.
    #[track_caller]
    pub fn json(self, expected: u16) -> Value {
        let reply = self.status(expected);
        serde_json::from_slice(&reply.body).unwrap_or_else(|cause| panic!("not JSON ({cause}):\n{reply}"))
    }

    /// The answer is a problem document with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let media_type = self.header("content-type").map(str::to_owned);
        let reply = self.status(status);
        assert!(media_type.as_deref() == Some("application/problem+json"), "not a problem document:\n{reply}");
        let shown = reply.to_string();
        let problem: Value = serde_json::from_slice(&reply.body).expect("a problem document is JSON");
        assert!(problem["code"] == code, "expected the code {code}:\n{shown}");
        assert!(problem["status"] == status, "the body names another status:\n{shown}");
        problem
    }

    /// A problem of several fields: pointer and code of each, in the order of the answer.
    #[track_caller]
    pub fn fields(self, status: u16, code: &str) -> Vec<(String, String)> {
        let problem = self.problem(status, code);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors in {problem:#}"));
        errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
    }

    /// A problem about one field.
    #[track_caller]
    pub fn field(self, pointer: &str, code: &str) {
        let shown = self.to_string();
        let fields = self.fields(422, "invalid_fields");
        assert!(fields == [(pointer.to_owned(), code.to_owned())], "expected {code} at {pointer}:\n{shown}");
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of text"))
    }

    /// A header that must be there.
    #[track_caller]
    pub fn required(&self, name: &str) -> String {
        self.header(name).unwrap_or_else(|| panic!("no header {name}:\n{self}")).to_owned()
    }

    /// The tag of the answer.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.required("etag")
    }
}
