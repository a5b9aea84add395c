//! What stands between the service and Postgres: TLS, a pooler, a replica, a fail-over. Each case starts a server of its
//! own.

use std::rc::Rc;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use futures_util::future::join_all;
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::on;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::databases::number;
use crate::support::build::{items, made, project, text};
use crate::support::client::{BUREAU, every_scope};
use crate::support::cluster::Cluster;
use crate::support::{App, Place, With, server_cases};

server_cases![
    a_server_is_reached_under_tls_as_far_as_sslmode_says,
    an_address_that_says_wrong_things_of_tls_is_refused,
    the_service_works_through_a_pooler_by_transaction,
    lists_come_from_a_replica_that_has_all_that_the_caller_wrote,
    a_fail_over_is_answered_unavailable_and_needs_no_restart,
    a_database_that_was_restored_is_recognised_and_its_feeds_are_renewed
];

/// Limits of a service that does not wait long for a database that is away.
fn limits() -> Limits {
    Limits { connections: 4, connection_timeout: Duration::from_millis(400), ..Limits::default() }
}

async fn app(address: &Address) -> App {
    let db = Database::open(address, &limits()).expect("the database opens");
    db.migrate().expect("migrated");
    App::over(db, Rc::new(Place::at(address.clone()))).await
}

fn refusal(address: &Address) -> String {
    match Connection::open(address) {
        Ok(_) => panic!("{address} was reached"),
        Err(cause) => cause.to_string(),
    }
}

/// The certificate of an authority, with what it signs.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = parameters.self_signed(&key).expect("signed").pem();
        Authority { pem, issuer: Issuer::new(parameters, key) }
    }

    /// A certificate of a host and its key.
    fn sign(&self, host: &str) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new(vec![host.to_owned()]).expect("parameters");
        (parameters.signed_by(&key, &self.issuer).expect("signed").pem(), key.serialize_pem())
    }
}

async fn a_server_is_reached_under_tls_as_far_as_sslmode_says() {
    let (authority, other) = (Authority::new(), Authority::new());
    let files = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = files.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let (root, wrong) = (file("root.pem", &authority.pem), file("wrong.pem", &other.pem));
    let mut cluster = Cluster::start();
    let (certificate, key) = authority.sign("localhost");
    cluster.secure(&certificate, &key);
    let at = |host: &str, values: &str| {
        let url = format!("postgres://jixiao@{host}:{}/postgres?{values}", cluster.port);
        Address::parse(&url).expect("an address")
    };
    for (host, values) in [
        ("localhost", format!("sslmode=verify-full&sslrootcert={root}")),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={root}")),
        ("127.0.0.1", "sslmode=require".to_owned()),
        // Who pins the certificate itself needs no authority.
        ("localhost", format!("sslmode=verify-full&sslrootcert={}", file("own.pem", &certificate))),
        // The first host is away.
        ("127.0.0.1:1,localhost", "sslmode=require".to_owned()),
    ] {
        let mut connection = Connection::open(&at(host, &values)).unwrap_or_else(|cause| panic!("{values}: {cause}"));
        let secured = "SELECT COUNT(*) AS value FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()";
        assert_eq!(number(&mut connection, secured), 1, "{host} {values}");
    }
    for (host, values, said) in [
        ("localhost", "sslmode=disable".to_owned(), "pg_hba.conf"),
        ("localhost", format!("sslmode=verify-full&sslrootcert={wrong}"), "invalid peer certificate"),
        ("localhost", format!("sslmode=require&sslrootcert={wrong}"), "invalid peer certificate"),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={root}"), "not valid for name"),
        ("localhost", "sslmode=verify-full".to_owned(), "sslrootcert=FILE"),
        ("localhost", "sslmode=verify-full&sslrootcert=system".to_owned(), "invalid peer certificate"),
        ("localhost", "sslmode=verify-ca&sslrootcert=/there/is/none".to_owned(), "/there/is/none"),
    ] {
        let cause = refusal(&at(host, &values));
        assert!(cause.contains(said) && !cause.contains('\n'), "{values}: {cause}");
    }
    let app = app(&at("localhost", &format!("sslmode=verify-full&sslrootcert={root}"))).await;
    let tree = app.tree().await;
    let all = join_all((0..20).map(|number| {
        let (unit, body) = (app.unit(), project(&tree.unit).with("code", format!("tls-{number}")));
        async move { unit.post("/api/v1/projects", &body).await.status(201) }
    }));
    assert_eq!(all.await.len(), 20);
    assert_eq!(items(&app.unit().get("/api/v1/projects").await.json(200)).len(), 20);
}

async fn an_address_that_says_wrong_things_of_tls_is_refused() {
    for (values, said) in [
        ("sslmode=verify", "verify-full"),
        ("sslmode=verify-full&sslcrl=/a/file", "sslcrl"),
        ("sslmode=require&sslcert=/a/file", "sslkey"),
    ] {
        let Err(cause) = Address::parse(&format!("postgres://jixiao:s3cret@db.example/jixiao?{values}")) else {
            panic!("{values} was taken")
        };
        assert!(cause.to_string().contains(said) && !cause.to_string().contains("s3cret"), "{cause}");
    }
}

async fn the_service_works_through_a_pooler_by_transaction() {
    let mut cluster = Cluster::start();
    cluster.execute("CREATE DATABASE jixiao");
    let Some(address) = cluster.pooled("jixiao") else {
        assert!(std::env::var("REQUIRE_PGBOUNCER").is_err(), "pgbouncer is not installed");
        eprintln!("A pooler is not tested: pgbouncer is not installed.");
        return;
    };
    let app = app(&address).await;
    assert_eq!(app.db.migrate().expect("a second time"), 0);
    let tree = app.tree().await;
    let sound = app.sound().await;
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    for round in 0..5 {
        let writes = join_all((0..12).map(|number| {
            let (unit, body) = (app.unit(), project(&tree.unit).with("code", format!("{round}-{number}")));
            async move { unit.post("/api/v1/projects", &body).await.status(201) }
        }));
        let reads = join_all((0..12).map(|_| {
            let unit = app.unit();
            async move { unit.get("/api/v1/projects?count=exact").await.status(200) }
        }));
        writes.await;
        reads.await;
    }
    let listed = app.unit().get("/api/v1/projects?count=exact&limit=1").await.json(200);
    assert_eq!(listed["total"], 61, "{listed:#}");
    assert_eq!(items(&app.bureau().get("/api/v1/scores").await.json(200)).len(), 1);
    // Named statements are what a pooler by transaction cannot follow, so this setting is needed.
    let named = Address::parse(&address.url()).expect("an address");
    let (mut one, mut two) = (Connection::open(&named).expect("open"), Connection::open(&named).expect("open"));
    let mut fails = false;
    for _ in 0..20 {
        for c in [&mut one, &mut two] {
            let read: QueryResult<i64> = on!(c, c => jixiao::db::schema::projects::table.count().get_result(c));
            fails |= read.is_err();
        }
    }
    assert!(fails, "the pooler of the test gives each transaction the same connection");
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn lists_come_from_a_replica_that_has_all_that_the_caller_wrote() {
    let cluster = Cluster::start();
    let primary = cluster.address("postgres", "");
    let db = Database::open(&primary, &limits()).expect("the database opens");
    db.migrate().expect("migrated");
    let replica = cluster.replica();
    let copy = replica.address("postgres", "");
    let db = db.with_replica(&copy, &limits()).expect("a replica");
    let app = App::over(db, Rc::new(Place::at(primary.clone()))).await;
    let (tree, unit) = (app.tree().await, app.unit());
    let mut at_copy = Connection::open(&copy).expect("the replica answers");
    let count = "SELECT COUNT(*) AS value FROM projects";
    // Whatever the replica has by then, the writer reads its write.
    for written in 1..=30 {
        unit.post("/api/v1/projects", &project(&tree.unit).with("code", format!("r-{written}"))).await.status(201);
        let listed = unit.get("/api/v1/projects?count=exact&limit=1").await.json(200);
        assert_eq!(listed["total"], written);
    }
    until("the replica has all", || number(&mut at_copy, count) == 30).await;
    let reads = "SELECT COUNT(*) AS value FROM pg_stat_activity WHERE query LIKE '%FROM \"projects\"%' \
         AND pid <> pg_backend_pid()";
    unit.get("/api/v1/projects").await.status(200);
    assert!(number(&mut at_copy, reads) > 0, "the replica was not asked");
    // A replica that stands still is behind, and is not asked.
    replica.execute("SELECT pg_wal_replay_pause()");
    unit.post("/api/v1/projects", &project(&tree.unit).with("code", "late")).await.status(201);
    assert_eq!(unit.get("/api/v1/projects?count=exact&limit=1").await.json(200)["total"], 31);
    assert_eq!(number(&mut at_copy, count), 30);
    let exporter = app.client(BUREAU, "projects:read exports:write");
    let export = exporter.post("/api/v1/exports", &serde_json::json!({ "kind": "projects" })).await.json(201);
    let path = format!("/api/v1/exports/{}?wait=10", text(&export, "id"));
    let ready = exporter.get(&path).await.json(200);
    assert_eq!(ready["manifest"]["rows"], 31, "{ready:#}");
    // One that is gone costs no answer.
    drop((at_copy, replica));
    assert_eq!(unit.get("/api/v1/projects?count=exact&limit=1").await.json(200)["total"], 31);
}

async fn a_fail_over_is_answered_unavailable_and_needs_no_restart() {
    let mut cluster = Cluster::start();
    let app = app(&cluster.address("postgres", "")).await;
    let tree = app.tree().await;
    let unit = app.unit();
    unit.post("/api/v1/projects", &project(&tree.unit).with("code", "before")).await.status(201);
    cluster.stop();
    for _ in 0..3 {
        for reply in [
            unit.get("/api/v1/projects").await,
            unit.post("/api/v1/projects", &project(&tree.unit).with("code", "during")).await,
        ] {
            assert!(reply.header("retry-after").is_some(), "{reply}");
            reply.problem(503, "database_unavailable");
        }
    }
    cluster.restart();
    let started = Instant::now();
    while unit.get("/api/v1/projects").await.status != 200 {
        assert!(started.elapsed() < Duration::from_secs(20), "the service does not come back");
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    let id = made(&unit, "/api/v1/projects", &project(&tree.unit).with("code", "after")).await;
    unit.get(&format!("/api/v1/projects/{id}")).await.status(200);
    let codes: Vec<String> =
        items(&unit.get("/api/v1/projects?sort=code").await.json(200)).iter().map(|one| text(one, "code")).collect();
    assert!(codes.starts_with(&["after".to_owned(), "before".to_owned()]), "{codes:?}");
}

async fn a_database_that_was_restored_is_recognised_and_its_feeds_are_renewed() {
    let cluster = Cluster::start();
    let app = app(&cluster.address("postgres", "")).await;
    let recognise = |address: &Address| {
        Connection::open(address).expect("a connection").renew_feeds_if_restored().expect("recognised")
    };
    assert_eq!(recognise(&app.place.address), None, "the first server that sees it");
    let tree = app.tree().await;
    let before = app.client(BUREAU, &every_scope()).get("/api/v1/changes/head").await.json(200)["position"].clone();
    assert_eq!(recognise(&app.place.address), None, "the same server again");
    let address = cluster.restored("postgres", "copy");
    let base = recognise(&address).expect("it is another database");
    assert_eq!(recognise(&address), None, "once");
    let restored = App::over(Database::open(&address, &limits()).expect("open"), Rc::new(Place::at(address))).await;
    let gone = restored.client(BUREAU, &every_scope()).get(&format!("/api/v1/changes?after={before}")).await;
    gone.problem(410, "snapshot_required");
    restored.unit().post("/api/v1/projects", &project(&tree.unit)).await.status(201);
    let head = restored.client(BUREAU, &every_scope()).get("/api/v1/changes/head").await.json(200);
    assert_eq!(head["position"], base + 1);
}
