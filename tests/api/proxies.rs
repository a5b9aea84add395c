//! Behind a proxy that serves the service below a path.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::support::build::{id, project};
use crate::support::client::{Client, Request};
use crate::support::{App, With, cases};

cases![what_leads_on_stands_below_the_path_that_a_trusted_proxy_says, a_proxy_that_is_not_trusted_changes_nothing,];

/// A request as the proxy of the tests sends it on.
fn through(request: Request) -> Request {
    request.from("10.1.2.3:4000").header("X-Forwarded-Prefix", "/perf")
}

async fn what_leads_on_stands_below_the_path_that_a_trusted_proxy_says(app: App) {
    let tree = app.tree().await;
    let unit: Client = app.unit();
    let get = |path: &str| through(unit.get(path));
    assert_eq!(get("/docs").await.status(307).header("location"), Some("/perf/docs/"));
    let viewer = get("/docs/swagger-initializer.js").await.status(200);
    assert!(String::from_utf8_lossy(&viewer.body).contains("../openapi.json"));
    assert_eq!(get("/openapi.json").await.json(200)["servers"], json!([{"url": "/perf"}]));
    let asked = || get("/openapi.json").header("X-Forwarded-Proto", "https");
    let whole = asked().header("X-Forwarded-Host", "budget.example:8443").await.json(200);
    assert_eq!(whole["servers"], json!([{"url": "https://budget.example:8443/perf"}]));
    for host in ["x/y", "a b", "<script>", ""] {
        let document = asked().header("X-Forwarded-Host", host).await.json(200);
        assert_eq!(document["servers"], json!([{"url": "/perf"}]), "{host}");
    }
    // A proxy that leaves the path where it is is understood as well.
    get("/perf/healthz?x=1").await.status(200);
    for code in ["41010021T000000000001", "41010021T000000000002"] {
        let new = project(&tree.unit).with("code", code);
        let made = through(unit.request(Method::POST, "/api/v1/projects").json(&new)).await.status(201);
        let body: Value = serde_json::from_slice(&made.body).expect("JSON");
        assert_eq!(made.header("location").map(str::to_owned), Some(format!("/perf/api/v1/projects/{}", id(&body))));
    }
    let list = get("/api/v1/projects?limit=1").await.status(200);
    let link = list.header("link").expect("a next page");
    assert!(link.starts_with("</perf/api/v1/projects?limit=1&cursor="), "{link}");
    let missing = get("/api/v1/nothing").await.status(404);
    let problem: Value = serde_json::from_slice(&missing.body).expect("JSON");
    assert_eq!(problem["instance"], "/perf/api/v1/nothing");
}

async fn a_proxy_that_is_not_trusted_changes_nothing(app: App) {
    let docs = app.unit().get("/docs").from("192.168.1.1:4000").header("X-Forwarded-Prefix", "/perf").await;
    assert_eq!(docs.status(307).header("location"), Some("/docs/"));
    let said = app.unit().get("/openapi.json").from("192.168.1.1:4000").header("X-Forwarded-Proto", "https");
    let document = said.header("X-Forwarded-Host", "elsewhere.example").await.json(200);
    assert!(!document.to_string().contains("elsewhere.example"));
    let problems = app.unit().get("/problems").await.status(200);
    assert!(String::from_utf8_lossy(&problems.body).contains("href=\"problems/stale\""));
}
