//! Clients by role, and the requests they make.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use jixiao::auth::Scope;
use serde_json::Value;

use super::document::undeclared;
use super::{App, Reply};

/// The codes of the organizations that the roles belong to.
pub const BUREAU: &str = "410100";
pub const DEPARTMENT: &str = "410100-06";
pub const UNIT: &str = "410100-06-01";
pub const STRANGER: &str = "420100";

/// Every scope, as the claim has them.
pub fn every_scope() -> String {
    Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// One caller.
#[derive(Clone)]
pub struct Client {
    app: App,
    token: Option<String>,
}

impl Client {
    pub fn new(app: &App, token: Option<String>) -> Client {
        Client { app: app.clone(), token }
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: &str) -> Client {
        Client { app: self.app.clone(), token: Some(token.to_owned()) }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Request {
        self.request(Method::POST, path).json(body)
    }

    pub fn put(&self, path: &str, if_match: &str, body: &Value) -> Request {
        self.request(Method::PUT, path).header("If-Match", if_match).json(body)
    }

    pub fn patch(&self, path: &str, if_match: &str, body: &Value) -> Request {
        let request = self.request(Method::PATCH, path).header("If-Match", if_match);
        request.body("application/merge-patch+json", body.to_string())
    }

    pub fn delete(&self, path: &str, if_match: &str) -> Request {
        self.request(Method::DELETE, path).header("If-Match", if_match)
    }

    /// Takes a step of the workflow, whatever version the assessment has.
    pub fn step(&self, assessment: &str, action: &str) -> Request {
        let comment = matches!(action, "return" | "reopen").then_some("请更正");
        let body = match comment {
            Some(comment) => serde_json::json!({"action": action, "comment": comment}),
            None => serde_json::json!({"action": action}),
        };
        self.post(&format!("/api/v1/self-assessments/{assessment}/transitions"), &body).header("If-Match", "*")
    }

    pub fn request(&self, method: Method, path: &str) -> Request {
        Request {
            app: self.app.clone(),
            method,
            path: path.to_owned(),
            headers: self.token.iter().map(|token| ("Authorization".to_owned(), format!("Bearer {token}"))).collect(),
            body: None,
            peer: None,
        }
    }
}

/// A request that is sent when it is awaited.
pub struct Request {
    app: App,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    peer: Option<SocketAddr>,
}

impl Request {
    /// Sent from this address.
    pub fn from(mut self, address: &str) -> Request {
        self.peer = Some(address.parse().expect("an address"));
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Request {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub fn json(self, body: &Value) -> Request {
        self.body("application/json", body.to_string())
    }

    pub fn body(self, media_type: &str, body: impl Into<Vec<u8>>) -> Request {
        let mut request = self.without("Content-Type").header("Content-Type", media_type);
        request.body = Some(body.into());
        request
    }

    pub fn in_english(self) -> Request {
        self.header("Accept-Language", "en")
    }

    async fn send(self) -> Reply {
        let mut request = TestRequest::with_uri(&self.path).method(self.method.clone());
        for (name, value) in &self.headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        if let Some(peer) = self.peer {
            request = request.peer_addr(peer);
        }
        if let Some(body) = self.body {
            request = request.set_payload(body);
        }
        let (status, headers, body) = self.app.call(request).await;
        if let Some(told) = undeclared(&self.method, &self.path, status.as_u16(), &headers) {
            panic!("{} {}: {told}", self.method, self.path);
        }
        Reply { request: format!("{} {}", self.method, self.path), status, headers, body }
    }
}

impl IntoFuture for Request {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
