//! Serving over sockets: slow bodies, a stop, fair shares, and what is measured.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use jixiao::db::{Address, Database, Limits};
use rcgen::{CertificateParams, KeyPair};
use serde_json::json;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::databases::{execute, open};
use crate::support::build::project;
use crate::support::client::{BUREAU, UNIT, every_scope};
use crate::support::{App, Kind, Program, cases};

cases![
    a_body_that_drips_is_answered_and_its_connection_closed,
    at_a_stop_every_request_is_answered_and_the_last_says_so,
    a_token_that_takes_more_than_its_share_is_told_when_to_come_again,
    an_organization_has_so_many_long_polls_and_no_more,
    an_organization_has_so_many_exports_under_way_and_no_more,
    the_operator_reads_what_is_measured_and_nobody_else_does,
    a_database_that_cannot_be_written_is_read_and_the_service_not_ready,
    the_program_speaks_https_by_a_certificate_that_may_be_renewed,
];

fn connect(program: &Program) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", program.port())).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream
}

/// The head of an answer and its body, by its Content-Length.
fn answer(reader: &mut impl BufRead) -> std::io::Result<(String, String)> {
    let mut head = String::new();
    loop {
        let before = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if head.get(before..) == Some("\r\n") {
            break;
        }
    }
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok((head.to_ascii_lowercase(), String::from_utf8_lossy(&body).into_owned()))
}

async fn off(work: impl FnOnce() + Send + 'static) {
    actix_web::web::block(work).await.expect("it ends");
}

async fn a_body_that_drips_is_answered_and_its_connection_closed(app: App) {
    let program = Program::start_with(&app, &["--body-seconds", "1"]);
    off(move || {
        for (path, kind) in [("/api/v1/projects", "application/json"), ("/api/v1/imports?kind=projects", "text/csv")] {
            let mut stream = connect(&program);
            let head = format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: {kind}\r\n\
                 content-length: 1000\r\n\r\n",
                program.token
            );
            stream.write_all(head.as_bytes()).expect("sent");
            let started = Instant::now();
            let mut dripping = stream.try_clone().expect("a second end");
            let drip = thread::spawn(move || {
                while dripping.write_all(b"{").is_ok() && started.elapsed().as_secs() < 15 {
                    thread::sleep(Duration::from_millis(200));
                }
            });
            let mut reader = BufReader::new(stream);
            let (head, body) = answer(&mut reader).expect("an answer");
            assert!(head.starts_with("http/1.1 408"), "{head}{body}");
            assert!(body.contains("request_timeout"), "{body}");
            assert!(started.elapsed() < Duration::from_secs(10), "after {:?}", started.elapsed());
            let mut rest = Vec::new();
            let end = reader.read_to_end(&mut rest);
            assert!(end.is_ok_and(|_| rest.is_empty()) || started.elapsed() < Duration::from_secs(14), "it is closed");
            drip.join().expect("it ends");
            assert!(started.elapsed() < Duration::from_secs(14), "the connection stayed open");
        }
        // One that comes in pieces, but in time, is taken.
        let mut stream = connect(&program);
        let head = format!(
            "POST /api/v1/score-previews HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n",
            program.token
        );
        for piece in [head.as_str(), "{", "}"] {
            stream.write_all(piece.as_bytes()).expect("sent");
            thread::sleep(Duration::from_millis(400));
        }
        let (head, body) = answer(&mut BufReader::new(stream)).expect("an answer");
        assert!(head.starts_with("http/1.1 200"), "{head}{body}");
    })
    .await;
}

async fn at_a_stop_every_request_is_answered_and_the_last_says_so(app: App) {
    let program = Program::start_with(&app, &["--drain-seconds", "2"]);
    off(move || {
        let clients: Vec<_> = (0..24)
            .map(|_| {
                let stream = connect(&program);
                thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().expect("a second end"));
                    let mut stream = stream;
                    let mut answers = 0;
                    loop {
                        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
                        let (head, _) = answer(&mut reader).expect("an answer to each request");
                        assert!(head.starts_with("http/1.1 200"), "{head}");
                        answers += 1;
                        if head.contains("connection: close") {
                            return answers;
                        }
                        thread::sleep(Duration::from_millis(1));
                    }
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(300));
        program.terminate();
        thread::sleep(Duration::from_millis(300));
        let mut late = connect(&program);
        late.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
        let (head, _) = answer(&mut BufReader::new(late)).expect("it still answers");
        assert!(head.starts_with("http/1.1 503") && head.contains("connection: close"), "{head}");
        for client in clients {
            assert!(client.join().expect("every request was answered") > 1);
        }
        let started = Instant::now();
        while program.is_running() {
            assert!(started.elapsed() < Duration::from_secs(20), "it does not stop");
            thread::sleep(Duration::from_millis(50));
        }
    })
    .await;
}

async fn a_token_that_takes_more_than_its_share_is_told_when_to_come_again(app: App) {
    let program = Program::start_with(&app, &["--token-rate", "5"]);
    off(move || {
        let agent = ureq::Agent::from(ureq::Agent::config_builder().http_status_as_error(false).build());
        let ask = |token: &str| {
            let request = agent.get(format!("{}/api/v1/me", program.base));
            request.header("authorization", format!("Bearer {token}")).call().expect("an answer")
        };
        let answers: Vec<_> = (0..12).map(|_| ask(&program.token)).collect();
        let of = |status: u16| answers.iter().filter(|answer| answer.status() == status).count();
        assert!(of(200) >= 5 && of(429) >= 4 && of(200) + of(429) == 12, "{} and {}", of(200), of(429));
        let header = |answer: &ureq::http::Response<ureq::Body>, name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        assert_eq!(header(&answers[0], "ratelimit-policy"), "\"token\";q=5;w=1");
        assert!(header(&answers[0], "ratelimit").starts_with("\"token\";r="), "{:?}", answers[0].headers());
        let refused = answers.into_iter().find(|answer| answer.status() == 429).expect("one was refused");
        assert_eq!(header(&refused, "retry-after"), "1");
        assert!(refused.into_body().read_to_string().expect("a text").contains("too_many_requests"));
        assert_eq!(ask(&program.token_of("another", "410100")).status(), 200, "its share is its own");
        thread::sleep(Duration::from_millis(1100));
        assert_eq!(ask(&program.token).status(), 200, "after Retry-After");
    })
    .await;
}

async fn an_organization_has_so_many_long_polls_and_no_more(app: App) {
    app.tree().await;
    let reader = app.client(BUREAU, "changes:read");
    let head = reader.get("/api/v1/changes/head").await.json(200)["position"].clone();
    let path = format!("/api/v1/changes?after={head}&wait=2");
    // 8 are allowed in the settings of the tests.
    let polls = join_all((0..10).map(|_| async { reader.get(&path).await.status.as_u16() })).await;
    assert_eq!(polls.iter().filter(|status| **status == 429).count(), 2, "{polls:?}");
    assert_eq!(polls.iter().filter(|status| **status == 200).count(), 8, "{polls:?}");
    reader.get(&path).await.status(200);
}

async fn an_organization_has_so_many_exports_under_way_and_no_more(app: App) {
    app.sound().await;
    let [bureau, unit] = [BUREAU, UNIT].map(|organization| app.client(organization, &every_scope()));
    // As many as may be are under way at another server, which does not end them.
    for number in 0..50 {
        app.execute(&format!(
            "INSERT INTO leases (id, kind, run, leased_until, subject, organization_code, scopes, language, phase, processed, \
             total) VALUES ('x{number}', 'export', 'run', '2100-01-01 00:00:00', 'x', '{BUREAU}', '', 'zh-CN', '', 0, 0)"
        ));
    }
    let export = json!({"kind": "projects"});
    let refused = bureau.post("/api/v1/exports", &export).await.status(429);
    assert_eq!(refused.required("retry-after"), "3");
    refused.problem(429, "too_many_requests");
    assert_eq!(bureau.get("/api/v1/exports").await.json(200)["items"], json!([]));
    // Those of others go on, and its own as soon as one has ended.
    unit.post("/api/v1/exports", &export).await.status(201);
    app.execute("DELETE FROM leases WHERE id = 'x7'");
    bureau.post("/api/v1/exports", &export).await.status(201);
}

async fn the_operator_reads_what_is_measured_and_nobody_else_does(app: App) {
    let tree = app.tree().await;
    let made = app.unit().post("/api/v1/projects", &project(&tree.unit)).await.json(201);
    app.unit().get(&format!("/api/v1/projects/{}", made["id"].as_str().expect("an id"))).await.status(200);
    app.unit().get("/api/v1/projects").await.status(200);
    let anyone = app.anyone();
    let mut text = String::new();
    // Each of two servers counts for itself.
    for _ in 0..app.place.servers {
        let page = anyone.get("/metrics").from("127.0.0.1:4000").await.status(200);
        text.push_str(&String::from_utf8(page.body).expect("UTF-8"));
    }
    for line in [
        "jixiao_requests_total{operation=\"GET /api/v1/projects/{id}\",status=\"200\"} 1",
        "jixiao_requests_total{operation=\"POST /api/v1/projects\",status=\"201\"} 1",
        "jixiao_request_seconds_count{operation=\"GET /api/v1/projects\"} 1",
        "jixiao_feed_position{division=\"410100\"} 4",
        "jixiao_writes_waiting 0",
        "jixiao_webhook_messages{kind=\"waiting\"} 0",
        "jixiao_database_connections{kind=\"idle\"}",
    ] {
        assert!(text.lines().any(|one| one.starts_with(line)), "{line} in\n{text}");
    }
    anyone.get("/metrics").from("10.1.2.3:4000").await.problem(404, "no_such_path");
    let through = anyone.get("/metrics").from("127.0.0.1:4000").header("x-forwarded-for", "127.0.0.1");
    through.await.problem(404, "no_such_path");
    app.bureau().get("/metrics").await.problem(404, "no_such_path");
}

async fn the_program_speaks_https_by_a_certificate_that_may_be_renewed(app: App) {
    let folder = app.place.folder.path().to_owned();
    let make = move |number: u32| {
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = parameters.self_signed(&key).expect("signed").pem();
        // First under other names, as tools that renew do.
        for (name, text) in [("key.pem", key.serialize_pem()), ("certificate.pem", certificate.clone())] {
            let new = folder.join(format!("{name}.{number}"));
            std::fs::write(&new, text).expect("written");
            std::fs::rename(&new, folder.join(name)).expect("moved");
        }
        certificate
    };
    let first = make(1);
    let program = Program::start_with(&app, &["--tls-certificate", "certificate.pem", "--tls-key", "key.pem"]);
    off(move || {
        let ask = |certificate: &str| {
            let root = Certificate::from_pem(certificate.as_bytes()).expect("a certificate").to_owned();
            let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build();
            let agent = ureq::Agent::from(ureq::Agent::config_builder().tls_config(tls).build());
            agent
                .get(format!("https://localhost:{}/healthz", program.port()))
                .call()
                .map(|answer| answer.status().as_u16())
        };
        assert_eq!(ask(&first).expect("an answer"), 200);
        assert!(ureq::get(format!("http://127.0.0.1:{}/healthz", program.port())).call().is_err(), "no plain text");
        let second = make(2);
        let started = Instant::now();
        while ask(&second).is_err() {
            assert!(started.elapsed() < Duration::from_secs(15), "the new certificate is not served");
            thread::sleep(Duration::from_millis(200));
        }
        assert!(ask(&first).is_err(), "the former certificate is gone");
    })
    .await;
    let refused = app.place.folder.path().join("other.pem");
    std::fs::write(&refused, "no key").expect("written");
    let started = Command::new(env!("CARGO_BIN_EXE_jixiao"))
        .args(["serve", "--tls-certificate", "certificate.pem", "--tls-key", "other.pem", "--listen", "127.0.0.1:0"])
        .current_dir(app.place.folder.path())
        .output()
        .expect("it ends");
    assert!(!started.status.success() && String::from_utf8_lossy(&started.stderr).contains("other.pem"));
}

async fn a_database_that_cannot_be_written_is_read_and_the_service_not_ready(app: App) {
    app.place.spoil();
    let tree = app.tree().await;
    let address = match &app.place.address {
        Address::Sqlite(path) => Address::Sqlite(format!("file:{path}?mode=ro")),
        postgres @ Address::Postgres(_) => {
            let sql = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
                       current_database()); END $$";
            execute(&mut open(&app), sql);
            postgres.clone()
        }
    };
    let db = Database::open(&address, &Limits { connections: 2, ..Limits::default() }).expect("it opens");
    let over = App::over(db, app.place.clone()).await;
    let refused = over.unit().post("/api/v1/projects", &project(&tree.unit)).await;
    assert_eq!(refused.required("retry-after"), "1");
    refused.problem(503, "storage_unavailable");
    over.bureau().get("/api/v1/organizations").await.status(200);
    over.anyone().get("/readyz").await.status(503);
    // Once there is room again, it is ready without having been asked to write anything.
    if app.kind == Kind::Postgres {
        let sql = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', \
                   current_database()); END $$";
        let mut operator = open(&app);
        execute(&mut operator, "SET default_transaction_read_only = off");
        execute(&mut operator, sql);
        execute(
            &mut open(&app),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
        let started = Instant::now();
        while over.anyone().get("/readyz").await.status != 200 {
            assert!(started.elapsed() < Duration::from_secs(20), "it does not become ready");
        }
    }
}
