//! Behind a proxy that serves the service below a path.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::build::{id, project};
use crate::support::client::{Client, Request};
use crate::support::program::free_port;
use crate::support::{App, Kind, Program, With, cases};

/// How nginx is set up where two servers are deployed.
const NGINX: &str = include_str!("../../deploy/nginx.conf");

/// nginx before two servers, in a folder of its own; it ends with this value.
struct Nginx {
    child: Child,
    base: String,
    _folder: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status());
        drop(self.child.wait());
    }
}

impl Nginx {
    /// None where it is not installed.
    fn start(one: &Program, two: &Program) -> Option<Nginx> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].into_iter().map(Path::new).find(|one| one.exists())?;
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let mut set_up = NGINX.to_owned();
        let changes = [
            ("server one:8080", format!("server 127.0.0.1:{}", one.port())),
            ("server two:8080", format!("server 127.0.0.1:{}", two.port())),
            ("listen 8080;", format!("listen 127.0.0.1:{port};")),
            ("location / {", "location /perf/ {\nproxy_set_header X-Forwarded-Prefix /perf;".to_owned()),
            ("http {", "http {\naccess_log off;\nclient_body_temp_path body;\nproxy_temp_path proxied;".to_owned()),
            ("events {", "daemon off;\npid nginx.pid;\nevents {".to_owned()),
        ];
        for (from, to) in changes {
            assert!(set_up.contains(from), "deploy/nginx.conf has {from}");
            set_up = set_up.replacen(from, &to, 1);
        }
        std::fs::write(folder.path().join("nginx.conf"), set_up).expect("written");
        let place = format!("{}/", folder.path().display());
        let child = Command::new(program)
            .args(["-e", "stderr", "-p", &place, "-c", "nginx.conf"])
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        let base = format!("http://127.0.0.1:{port}/perf");
        let started = Instant::now();
        while ureq::get(format!("{base}/readyz")).call().is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "nginx does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Nginx { child, base, _folder: folder })
    }

    /// Status, a header and the body of an answer.
    fn get(&self, path: &str, token: &str, header: &str) -> (u16, String, Value) {
        let agent = ureq::Agent::from(ureq::Agent::config_builder().http_status_as_error(false).build());
        let request = agent.get(format!("{}{path}", self.base)).header("authorization", format!("Bearer {token}"));
        let mut answer = request.call().expect("an answer");
        let value = answer.headers().get(header).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = answer.body_mut().read_to_string().expect("a text");
        (answer.status().as_u16(), value, serde_json::from_str(&body).unwrap_or_default())
    }
}

cases![
    what_leads_on_stands_below_the_path_that_a_trusted_proxy_says,
    a_proxy_that_is_not_trusted_changes_nothing,
    nginx_as_it_is_deployed_serves_two_servers_below_a_path,
];

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

async fn nginx_as_it_is_deployed_serves_two_servers_below_a_path(app: App) {
    if app.kind == Kind::Sqlite {
        // Two servers need Postgres.
        return;
    }
    app.project().await;
    let start = || Program::start_with(&app, &["--trusted-proxies", "127.0.0.0/8"]);
    let (one, two) = (start(), start());
    let Some(nginx) = Nginx::start(&one, &two) else {
        assert!(std::env::var("REQUIRE_NGINX").is_err(), "nginx is not installed");
        eprintln!("Two servers behind nginx are not tested: it is not installed.");
        return;
    };
    let (status, link, list) = nginx.get("/api/v1/organizations?limit=1", &one.token, "link");
    assert_eq!((status, list["items"].as_array().map(Vec::len)), (200, Some(1)), "{list}");
    assert!(link.starts_with("</perf/api/v1/organizations?limit=1&cursor="), "{link}");
    assert_eq!(nginx.get("/api/v1/projects", "wrong", "x-request-id").0, 401);
    assert_eq!(nginx.get("/../metrics", &one.token, "x-request-id").0, 404, "what watches the servers asks them");
    // One of the servers is killed while many ask: nginx gives what it did not take to the other one.
    let asked = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let started = Instant::now();
                    let mut statuses = Vec::new();
                    while started.elapsed() < Duration::from_millis(1500) {
                        statuses.push(nginx.get("/api/v1/projects", &one.token, "etag").0);
                    }
                    statuses
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(500));
        two.kill();
        readers.into_iter().flat_map(|reader| reader.join().expect("it asked")).collect::<Vec<u16>>()
    });
    assert!(asked.len() > 20 && asked.iter().all(|status| *status == 200), "{asked:?}");
}
