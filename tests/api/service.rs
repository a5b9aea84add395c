//! The service itself: health, limits, the viewer, request ids, HEAD, CORS and compression.

use actix_web::http::Method;
use serde_json::json;

use crate::support::{App, Kind, cases};

cases![
    it_is_alive_and_ready,
    readiness_wants_every_migration,
    the_limits_are_those_that_hold,
    the_viewer_works_without_a_token,
    head_is_answered_as_get,
    an_answer_of_the_api_is_not_for_shared_caches,
    browsers_of_the_configured_origin_may_call,
    answers_are_compressed_as_asked_for,
    request_bodies_may_be_compressed,
    an_unknown_path_is_a_problem,
];

async fn it_is_alive_and_ready(app: App) {
    let expected = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
    assert_eq!(app.anyone().get("/healthz").await.json(200), expected);
    assert_eq!(app.anyone().get("/readyz").await.json(200), expected);
}

async fn readiness_wants_every_migration(app: App) {
    app.place.spoil();
    let mut c = jixiao::db::Connection::open(&app.place.address).expect("a connection");
    let forget = "DELETE FROM __diesel_schema_migrations";
    jixiao::on!(&mut c, c => diesel::connection::SimpleConnection::batch_execute(c, forget)).expect("forgotten");
    let reply = app.anyone().get("/readyz").await;
    assert_eq!(reply.required("retry-after"), "1");
    reply.problem(503, "database_unavailable");
    app.anyone().get("/healthz").await.status(200);
}

async fn the_limits_are_those_that_hold(app: App) {
    let limits = app.unit().get("/api/v1/limits").await.json(200);
    assert_eq!(limits["body_bytes"], crate::support::BODY_LIMIT);
    assert_eq!((&limits["page_items"], &limits["page_items_default"]), (&json!(200), &json!(50)));
    assert_eq!((&limits["short_text_characters"], &limits["long_text_characters"]), (&json!(300), &json!(20000)));
    assert_eq!(limits["idempotency_hours"], 72);
    let imports = (&limits["import_bytes"], &limits["import_rows"], &limits["import_days"]);
    assert_eq!(imports, (&json!(4 << 20), &json!(1_000_000), &json!(30)));
    app.unit().get("/api/v1/projects?limit=200").await.status(200);
    app.unit().get("/api/v1/projects?limit=201").await.problem(400, "bad_query");
}

async fn the_viewer_works_without_a_token(app: App) {
    let page = app.anyone().get("/docs/").await.status(200);
    assert!(page.required("content-type").starts_with("text/html"));
    let page = String::from_utf8(page.body).expect("UTF-8");
    assert!(!page.contains("https://") && !page.contains("http://"), "the viewer needs nothing from elsewhere: {page}");
    let moved = app.anyone().get("/docs").await;
    assert!(moved.status.is_redirection(), "{moved}");
    assert_eq!(moved.header("location"), Some("/docs/"));
    app.anyone().get("/docs/no-such-file.js").await.problem(404, "no_such_path");
}

async fn head_is_answered_as_get(app: App) {
    let get = app.anyone().get("/healthz").await.status(200);
    let head = app.anyone().request(Method::HEAD, "/healthz").await.status(200);
    assert_eq!(head.header("content-type"), get.header("content-type"));
    app.unit().request(Method::HEAD, "/api/v1/projects").await.status(200);
    app.anyone().request(Method::HEAD, "/api/v1/projects").await.status(401);
}

async fn an_answer_of_the_api_is_not_for_shared_caches(app: App) {
    for reply in
        [app.unit().get("/api/v1/projects").await.status(200), app.anyone().get("/api/v1/me").await.status(401)]
    {
        assert_eq!(reply.required("cache-control"), "private, no-cache", "{reply}");
        let vary: Vec<&str> = reply.headers.get_all("vary").filter_map(|value| value.to_str().ok()).collect();
        assert!(vary.join(", ").contains("Authorization, Accept-Language"), "{vary:?}");
        assert_eq!(reply.required("x-request-id").len(), 36, "{reply}");
    }
}

async fn browsers_of_the_configured_origin_may_call(app: App) {
    let origin = "https://screens.example";
    let preflight = app
        .anyone()
        .request(Method::OPTIONS, "/api/v1/projects")
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "PATCH")
        .header("Access-Control-Request-Headers", "authorization, if-match, idempotency-key")
        .await
        .status(200);
    assert_eq!(preflight.header("access-control-allow-origin"), Some(origin));
    let allowed = preflight.required("access-control-allow-headers").to_lowercase();
    assert!(["authorization", "if-match", "idempotency-key"].iter().all(|name| allowed.contains(name)), "{allowed}");
    let read = app.unit().get("/api/v1/projects").header("Origin", origin).await.status(200);
    assert_eq!(read.header("access-control-allow-origin"), Some(origin));
    assert!(read.required("access-control-expose-headers").contains("etag"));
    let refused = app.anyone().get("/api/v1/projects").header("Origin", origin).await.status(401);
    assert_eq!(refused.header("access-control-allow-origin"), Some(origin), "errors can be read as well");
    let other = app.unit().get("/api/v1/projects").header("Origin", "https://other.example").await;
    assert_eq!(other.header("access-control-allow-origin"), None, "{other}");
}

async fn answers_are_compressed_as_asked_for(app: App) {
    if app.kind == Kind::Postgres {
        return;
    }
    let plain = app.anyone().get("/openapi.json").await.status(200);
    assert_eq!(plain.header("content-encoding"), None);
    for encoding in ["br", "gzip", "zstd"] {
        let packed = app.anyone().get("/openapi.json").header("Accept-Encoding", encoding).await.status(200);
        assert_eq!(packed.header("content-encoding"), Some(encoding));
        assert!(packed.body.len() * 3 < plain.body.len(), "{encoding}: {} bytes", packed.body.len());
        let vary: Vec<&str> = packed.headers.get_all("vary").filter_map(|value| value.to_str().ok()).collect();
        assert!(vary.iter().any(|one| one.to_lowercase().contains("accept-encoding")), "{vary:?}");
    }
}

async fn request_bodies_may_be_compressed(app: App) {
    // gzip of {}, made with `printf '{}' | gzip -n`.
    let packed = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 171, 174, 5, 0, 67, 191, 166, 163, 2, 0, 0, 0];
    let reply = app
        .unit()
        .request(Method::POST, "/api/v1/score-previews")
        .body("application/json", packed)
        .header("Content-Encoding", "gzip")
        .await;
    reply.status(200);
}

async fn an_unknown_path_is_a_problem(app: App) {
    for path in ["/", "/api", "/api/v1", "/api/v1/", "/api/v2/projects", "/api/v1/projects/", "/favicon.ico"] {
        app.unit().get(path).await.problem(404, "no_such_path");
    }
}
