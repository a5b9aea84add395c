//! The operations of the OpenAPI document, and a request for each.

use std::collections::HashMap;
use std::sync::OnceLock;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use serde_json::{Value, json};

use super::App;
use super::With;
use super::build::{budget_line, id, indicator, items, organization, project};
use super::client::{Client, Request};

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(jixiao::app::document)
}

/// One operation of it.
pub struct Operation {
    pub path: String,
    pub method: Method,
    pub id: String,
    /// The scopes, any one of which allows it.
    pub scopes: Vec<String>,
    pub spec: &'static Value,
}

/// Ids by the name of their resource in paths.
pub type Ids = HashMap<&'static str, String>;

/// All of them.
pub fn operations() -> impl Iterator<Item = Operation> {
    let paths = document()["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, methods)| {
        methods.as_object().expect("methods").iter().map(move |(method, spec)| Operation {
            path: path.clone(),
            method: method.to_uppercase().parse().expect("a method"),
            id: spec["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id")).to_owned(),
            scopes: spec["security"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|one| one["token"].as_array().cloned().unwrap_or_default())
                .map(|scope| scope.as_str().expect("a scope").to_owned())
                .collect(),
            spec,
        })
    })
}

/// The headers that an answer has for its caller; others are of every answer alike.
const DECLARED: [&str; 10] = [
    "accept-ranges",
    "content-disposition",
    "content-range",
    "etag",
    "idempotency-replayed",
    "link",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
];

/// What an answer has that the document does not declare of its operation: its status, or a header.
pub fn undeclared(method: &Method, path: &str, status: u16, headers: &HeaderMap) -> Option<String> {
    static PATHS: OnceLock<Vec<(&str, &Value)>> = OnceLock::new();
    let paths = PATHS.get_or_init(|| {
        let all = document()["paths"].as_object().expect("paths");
        let mut all: Vec<(&str, &Value)> = all.iter().map(|(path, methods)| (path.as_str(), methods)).collect();
        all.sort_by_key(|(path, _)| path.matches('{').count());
        all
    });
    let segments: Vec<&str> = path.split(['?', '#']).next()?.split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == segments.len()
            && parts.iter().zip(&segments).all(|(part, own)| part.starts_with('{') || part == own)
    };
    let (_, methods) = paths.iter().find(|(template, _)| fits(template))?;
    let method = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let operation = methods.get(&method)?;
    let answer = &operation["responses"][status.to_string()];
    if answer.is_null() {
        return Some(format!("the document has no {status} for {}", operation["operationId"]));
    }
    let known: Vec<String> =
        answer["headers"].as_object().into_iter().flat_map(|all| all.keys().map(|name| name.to_lowercase())).collect();
    let mut given = headers.keys().map(|name| name.as_str().to_lowercase());
    let strange = given.find(|name| DECLARED.contains(&name.as_str()) && !known.contains(name))?;
    Some(format!("the document has no header {strange} of {status} for {}", operation["operationId"]))
}

impl Operation {
    /// A path with its parameters filled in.
    pub fn concrete(path: &str, ids: Option<&Ids>) -> String {
        let subject = path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        let id = ids.and_then(|ids| ids.get(subject)).map_or("01a209ff-0000-7000-8000-000000000000", String::as_str);
        let code = if path.starts_with("/problems") { "stale" } else { "mof-2020" };
        path.replace("{id}", id).replace("{kind}", "projects").replace("{code}", code).replace("{version}", "1")
    }

    pub fn needs_if_match(&self) -> bool {
        let parameters = self.spec["parameters"].as_array().into_iter().flatten();
        parameters.into_iter().any(|parameter| parameter["name"] == "If-Match")
    }

    /// A request that is well formed but for its body, which is the least there is.
    pub fn request(&self, client: &Client, ids: Option<&Ids>) -> Request {
        let request =
            client.request(self.method.clone(), &Operation::concrete(&self.path, ids)).header("If-Match", "*");
        let Some(body) = self.spec["requestBody"]["content"].as_object() else { return request };
        let (media_type, content) = body.iter().next().expect("one media type");
        let least = match (content["schema"]["type"].as_str(), self.id.as_str()) {
            (Some("array"), _) => json!([]),
            (_, "create_transition") => json!({"action": "submit"}),
            (_, "create_indicator") => indicator(),
            (_, "create_budget_line") => budget_line(),
            _ => json!({}),
        };
        request.body(media_type, least.to_string())
    }
}

/// One of each resource, the score that was published among them.
pub async fn ids(app: &App) -> Ids {
    let tree = app.tree().await;
    let published = app.sound_of_code("P").await;
    app.take(&published.assessment, &["submit", "review", "approve", "publish"]).await;
    let sound = app.sound().await;
    let line = items(&app.unit().get(&format!("/api/v1/projects/{}/budget-lines", sound.project)).await.json(200));
    let scores = items(&app.unit().get("/api/v1/scores").await.json(200));
    let everyone = app.client("410100", &super::client::every_scope());
    let row = json!({"fiscal_year": 2021, "code": "I0", "name": "I0", "organization_code": super::client::UNIT});
    let import = everyone.request(Method::POST, "/api/v1/imports?kind=projects");
    let import = id(&import.body("application/x-ndjson", row.to_string()).await.json(201));
    let export = super::build::made(&everyone, "/api/v1/exports", &json!({"kind": "projects"})).await;
    everyone.get(&format!("/api/v1/exports/{export}?wait=30")).await.status(200);
    let (subscription, delivery) = webhook(&everyone).await;
    HashMap::from([
        ("organizations", tree.unit),
        ("projects", sound.project),
        ("budget-lines", id(&line[0])),
        ("indicators", sound.indicators[0].clone()),
        ("self-assessments", sound.assessment),
        ("scores", id(&scores[0])),
        ("imports", import),
        ("exports", export),
        ("webhook-subscriptions", subscription),
        ("webhook-deliveries", delivery),
    ])
}

/// A webhook subscription and a delivery of it; nothing is sent.
async fn webhook(client: &Client) -> (String, String) {
    let new = json!({"name": "x", "url": "http://127.0.0.1:9/"});
    let subscription = super::build::made(client, "/api/v1/webhook-subscriptions", &new).await;
    let pings = format!("/api/v1/webhook-subscriptions/{subscription}/pings");
    let delivery = super::build::made(client, &pings, &json!({})).await;
    (subscription, delivery)
}

/// A path and a body that each POST succeeds with, by its operation.
pub async fn subjects(app: &App) -> HashMap<&'static str, (String, Value)> {
    let tree = app.tree().await;
    let sound = app.sound().await;
    let other = app.project_of_code("O").await;
    let of = |part: &str| format!("/api/v1/projects/{other}/{part}");
    let everyone = app.client("410100", &super::client::every_scope());
    let mut imports = Vec::new();
    for (code, parameters) in [("I1", "kind=projects"), ("I2", "kind=projects&commit=true")] {
        let row = json!({"fiscal_year": 2021, "code": code, "name": code, "organization_code": super::client::UNIT});
        let request = everyone.request(Method::POST, &format!("/api/v1/imports?{parameters}"));
        imports.push(id(&request.body("application/x-ndjson", row.to_string()).await.json(201)));
    }
    let (subscription, delivery) = webhook(&everyone).await;
    HashMap::from([
        (
            "create_organization",
            ("/api/v1/organizations".to_owned(), organization("410100-09", "unit", &tree.division)),
        ),
        ("create_project", ("/api/v1/projects".to_owned(), project(&tree.unit).with("code", "N"))),
        ("create_budget_line", (of("budget-lines"), budget_line())),
        ("create_indicator", (of("indicators"), indicator())),
        ("create_self_assessment", ("/api/v1/self-assessments".to_owned(), json!({"project_id": other}))),
        (
            "create_transition",
            (format!("/api/v1/self-assessments/{}/transitions", sound.assessment), json!({"action": "submit"})),
        ),
        ("create_score_preview", ("/api/v1/score-previews".to_owned(), json!({}))),
        ("create_export", ("/api/v1/exports".to_owned(), json!({"kind": "projects"}))),
        (
            "create_webhook_subscription",
            ("/api/v1/webhook-subscriptions".to_owned(), json!({"name": "x", "url": "http://127.0.0.1:9/"})),
        ),
        ("create_webhook_secret", (format!("/api/v1/webhook-subscriptions/{subscription}/secret"), Value::Null)),
        ("create_webhook_ping", (format!("/api/v1/webhook-subscriptions/{subscription}/pings"), Value::Null)),
        ("create_webhook_replay", (format!("/api/v1/webhook-subscriptions/{subscription}/replay"), json!({}))),
        ("create_webhook_delivery_replay", (format!("/api/v1/webhook-deliveries/{delivery}/replay"), Value::Null)),
        ("create_import", ("/api/v1/imports?kind=results".to_owned(), Value::Null)),
        ("create_import_commit", (format!("/api/v1/imports/{}/commit", imports[0]), Value::Null)),
        ("create_import_revert", (format!("/api/v1/imports/{}/revert", imports[1]), Value::Null)),
    ])
}
