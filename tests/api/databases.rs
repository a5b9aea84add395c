//! The database layer on both databases: migrations, connections, exact figures.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use futures_util::future::join_all;
use jixiao::db::{Address, Connection, Database, Limits, Link, State, migration_state, redo_migrations, schema};
use jixiao::http::error::{Code, Result};
use jixiao::on;
use jixiao::values::exact::ExactSql;
use jixiao::values::{Exact, FromText, Money};

use crate::support::build::{items, project};
use crate::support::{App, Kind, With, cases};

cases![
    every_column_that_the_program_names_is_there,
    the_migrations_go_down_and_up_again,
    a_second_migration_finds_nothing_to_do,
    servers_that_start_at_once_on_an_empty_database_migrate_it_once,
    a_database_of_a_newer_program_is_refused_untouched,
    a_panic_in_a_read_is_an_error_and_the_next_read_goes_on,
    an_exhausted_pool_is_answered_unavailable,
    what_a_retry_can_cure_is_answered_unavailable,
    a_failed_post_leaves_nothing_behind,
    exact_decimals_keep_every_digit,
    money_is_kept_in_whole_fen,
    of_concurrent_posts_of_one_code_one_is_made;
    both_databases_have_the_same_migrations,
    an_address_is_shown_without_its_password,
    an_address_of_another_database_is_refused
];

/// Selects no row of a table, but each of its columns.
macro_rules! selects {
    ($c:expr, $($table:ident),+) => {{
        $(on!(&mut *$c, c => schema::$table::table.select(schema::$table::all_columns).limit(0).execute(c))
            .unwrap_or_else(|cause| panic!("{}: {cause}", stringify!($table)));)+
        [$(stringify!($table)),+]
    }};
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
pub struct Number {
    #[diesel(sql_type = BigInt)]
    pub value: i64,
}

pub fn open(app: &App) -> Connection {
    Connection::open(&app.place.address).expect("a connection")
}

pub fn execute(c: &mut Connection, sql: &str) {
    on!(c, c => c.batch_execute(sql)).unwrap_or_else(|cause| panic!("{sql}: {cause}"));
}

pub fn number(c: &mut Connection, sql: &str) -> i64 {
    let found: Number = on!(c, c => diesel::sql_query(sql).get_result(c)).expect("a number");
    found.value
}

fn tables(c: &mut Connection) -> Vec<String> {
    let sql = match &c.link {
        Link::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Link::Postgres(_) => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    let found: Vec<Name> = on!(c, c => diesel::sql_query(sql).load(c)).expect("names");
    let mut names: Vec<String> = found.into_iter().map(|one| one.name).filter(|name| !name.starts_with("__")).collect();
    names.sort();
    names
}

fn both_databases_have_the_same_migrations() {
    let names = |database: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

async fn every_column_that_the_program_names_is_there(app: App) {
    let mut c = open(&app);
    let mut known = selects!(
        &mut c,
        assessment_results,
        assessment_transitions,
        blobs,
        budget_lines,
        change_heads,
        changes,
        division_ancestors,
        division_execution_sums,
        execution_sums,
        exports,
        feed_epochs,
        feed_secrets,
        frozen_contents,
        idempotency_keys,
        imports,
        indicators,
        leases,
        organization_ancestors,
        organizations,
        projects,
        row_counts,
        score_counts,
        score_documents,
        score_levels,
        score_sums,
        scores,
        self_assessments,
        signing_keys,
        webhook_cursors,
        webhook_deliveries,
        webhook_receivers,
        webhook_subscriptions
    )
    .map(str::to_owned)
    .to_vec();
    known.sort();
    assert_eq!(tables(&mut c), known, "the schema and the migrations have the same tables");
}

async fn the_migrations_go_down_and_up_again(app: App) {
    app.place.spoil();
    app.tree().await;
    let mut c = open(&app);
    let before = tables(&mut c);
    assert!(redo_migrations(&mut c).expect("down and up") > 0);
    assert_eq!(tables(&mut c), before);
    assert_eq!(migration_state(&mut c).expect("a state"), State::Current);
    assert_eq!(number(&mut c, "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM organizations"), 0);
    drop(c);
    app.sound().await;
}

async fn a_second_migration_finds_nothing_to_do(app: App) {
    assert_eq!(app.db.migrate().expect("migrated"), 0);
    assert_eq!(app.db.migration_state().expect("a state"), State::Current);
}

async fn servers_that_start_at_once_on_an_empty_database_migrate_it_once(app: App) {
    if app.kind == Kind::Sqlite {
        // An embedded database has one server.
        return;
    }
    app.place.spoil();
    for _ in 0..4 {
        execute(&mut open(&app), "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        let (start, address) = (std::sync::Barrier::new(4), app.place.address.clone());
        let migrate = || {
            let db = Database::open(&address, &Limits { connections: 1, ..Limits::default() }).expect("opened");
            start.wait();
            db.migrate().expect("migrated, or nothing to do")
        };
        let applied: Vec<usize> = std::thread::scope(|threads| {
            let started: Vec<_> = (0..4).map(|_| threads.spawn(migrate)).collect();
            started.into_iter().map(|thread| thread.join().expect("it ends")).collect()
        });
        assert_eq!(applied.iter().filter(|count| **count > 0).count(), 1, "{applied:?}");
    }
}

async fn a_database_of_a_newer_program_is_refused_untouched(app: App) {
    app.place.spoil();
    let tree = app.tree().await;
    let mut c = open(&app);
    execute(&mut c, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    let refused = app.db.migrate().expect_err("it is newer").to_string();
    assert!(refused.contains("29990101000000") && refused.contains("newer"), "{refused}");
    assert!(!refused.contains('\n'), "one line: {refused}");
    assert_eq!(migration_state(&mut c).expect("a state"), State::Newer(vec!["29990101000000".to_owned()]));
    app.anyone().get("/readyz").await.problem(503, "database_unavailable");
    app.bureau().get(&format!("/api/v1/organizations/{}", tree.unit)).await.status(200);
    execute(&mut c, "DELETE FROM __diesel_schema_migrations WHERE version = '29990101000000'");
    app.anyone().get("/readyz").await.status(200);
}

async fn a_panic_in_a_read_is_an_error_and_the_next_read_goes_on(app: App) {
    for _ in 0..10 {
        let failed = app.db.read::<()>(|_| panic!("the test panics in a read")).await;
        assert_eq!(failed.expect_err("it panicked").code(), Code::Internal);
    }
    app.db.read(|c| Ok(number(c, "SELECT CAST(1 AS BIGINT) AS value"))).await.expect("the pool goes on");
}

/// Work that says when it runs, and ends when it is let go.
pub fn held() -> (impl FnOnce(&mut Connection) -> Result<()> + Send + 'static, Receiver<()>, Sender<()>) {
    let (release, held) = channel();
    let (begun, has_begun) = channel();
    let work = move |_: &mut Connection| {
        begun.send(()).expect("the test waits");
        held.recv().expect("the test lets it go");
        Ok(())
    };
    (work, has_begun, release)
}

async fn an_exhausted_pool_is_answered_unavailable(app: App) {
    let limits = Limits { connections: 1, connection_timeout: Duration::from_secs(1), ..Limits::default() };
    let db = Database::open(&app.place.address, &limits).expect("opened");
    let (work, has_begun, release) = held();
    let holding = actix_web::rt::spawn({
        let db = db.clone();
        async move { db.read(work).await }
    });
    actix_web::rt::task::yield_now().await;
    has_begun.recv_timeout(Duration::from_secs(20)).expect("the first read runs");
    let over = App::over(db, app.place.clone()).await;
    let reply = over.unit().get("/api/v1/projects").await;
    assert_eq!(reply.required("retry-after"), "1");
    reply.problem(503, "database_unavailable");
    release.send(()).expect("the reader waits");
    holding.await.expect("it ran").expect("read");
    over.unit().get("/api/v1/projects").await.status(200);
}

async fn a_failed_post_leaves_nothing_behind(app: App) {
    let tree = app.tree().await;
    let bureau = app.bureau();
    let taken = crate::support::build::organization("410100-06-01", "unit", &tree.division);
    bureau.post("/api/v1/organizations", &taken).await.problem(409, "taken");
    assert_eq!(items(&bureau.get("/api/v1/organizations").await.json(200)).len(), 3);
    let mut c = open(&app);
    let links = number(&mut c, "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM organization_ancestors");
    assert_eq!(links, 6, "3 + 2 + 1 links from ancestors down");
}

async fn exact_decimals_keep_every_digit(app: App) {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Nullable<ExactSql>)]
        value: Option<Exact>,
    }
    app.place.spoil();
    let column = if app.kind == Kind::Sqlite { "TEXT" } else { "NUMERIC" };
    let mut c = open(&app);
    execute(&mut c, &format!("CREATE TABLE quantity (value {column})"));
    for text in [
        "0",
        "343",
        "0.1",
        "0.3",
        "-0.000000001",
        "123456789012345678.123456789",
        "999999999999999999.999999999",
        "10.50",
        "-17.0",
        "0.649924",
    ] {
        let exact = Exact::from_text(text).expect("a quantity");
        execute(&mut c, "DELETE FROM quantity");
        let insert = match &c.link {
            Link::Sqlite(_) => "INSERT INTO quantity VALUES (?)",
            Link::Postgres(_) => "INSERT INTO quantity VALUES ($1)",
        };
        on!(&mut c, c => diesel::sql_query(insert).bind::<ExactSql, _>(exact).execute(c)).expect("inserted");
        let found: Found =
            on!(&mut c, c => diesel::sql_query("SELECT value FROM quantity").get_result(c)).expect("found");
        assert_eq!(found.value.map(|value| value.to_string()).as_deref(), Some(text));
    }
}

async fn money_is_kept_in_whole_fen(app: App) {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        value: Money,
    }
    let mut c = open(&app);
    for (text, fen) in [("0", 0), ("0.01", 1), ("1345343", 134_534_300), ("10000000000000.00", 1_000_000_000_000_000)] {
        let money = Money::from_text(text).expect("an amount");
        assert_eq!(money, Money::from_fen(fen));
        let select = match &c.link {
            Link::Sqlite(_) => "SELECT ? AS value",
            Link::Postgres(_) => "SELECT $1 AS value",
        };
        let found: Found =
            on!(&mut c, c => diesel::sql_query(select).bind::<BigInt, _>(money).get_result(c)).expect("found");
        assert_eq!(found.value, money);
    }
}

async fn of_concurrent_posts_of_one_code_one_is_made(app: App) {
    let tree = app.tree().await;
    let unit = app.unit();
    let new = project(&tree.unit);
    let replies = join_all((0..20).map(|index| {
        let new = new.clone().with("name", format!("第{index}个"));
        let unit = unit.clone();
        async move { unit.post("/api/v1/projects", &new).await }
    }))
    .await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [&[201][..], &[409; 19]].concat());
    assert_eq!(items(&unit.get("/api/v1/projects").await.json(200)).len(), 1);
}

/// Postgres' servers are ended while they write and read; SQLite's file is locked for longer than anybody waits.
async fn what_a_retry_can_cure_is_answered_unavailable(app: App) {
    let tree = app.tree().await;
    let unit = app.unit();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let address = app.place.address.clone();
    let stopped = stop.clone();
    let (sender, locked) = channel();
    let trouble = std::thread::spawn(move || {
        let mut c = Connection::open(&address).expect("a connection");
        match &mut c.link {
            Link::Sqlite(c) => {
                c.batch_execute("BEGIN IMMEDIATE").expect("the lock");
                sender.send(()).expect("somebody waits");
                while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(20));
                }
                c.batch_execute("ROLLBACK").expect("the lock is given back");
            }
            Link::Postgres(c) => {
                sender.send(()).expect("somebody waits");
                while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
                    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                               WHERE datname = current_database() AND pid <> pg_backend_pid()";
                    c.batch_execute(end).expect("they end");
                    std::thread::sleep(Duration::from_millis(3));
                }
            }
        }
    });
    locked.recv().expect("the trouble begins");
    let mut made = std::collections::BTreeSet::new();
    let mut refused = 0;
    let (rounds, at_once) = if app.kind == Kind::Sqlite { (1, 1) } else { (20, 8) };
    for round in 0..rounds {
        let replies = join_all((0..at_once).map(|index| {
            let new = project(&tree.unit).with("code", format!("R{round}-{index}"));
            let unit = unit.clone();
            async move { unit.post("/api/v1/projects", &new).await }
        }));
        for (index, reply) in replies.await.into_iter().enumerate() {
            if reply.status == 201 {
                made.insert(format!("R{round}-{index}"));
                continue;
            }
            assert_eq!(reply.header("retry-after"), Some("1"), "{reply}");
            reply.problem(503, "database_unavailable");
            refused += 1;
        }
        let read = unit.get("/api/v1/projects").await;
        assert!(read.status == 200 || read.status == 503, "{read}");
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    trouble.join().expect("the trouble ends");
    assert!(refused > 0, "nothing was refused");
    let all = items(&unit.get("/api/v1/projects?limit=200&sort=code").await.json(200));
    let kept: Vec<String> = all.iter().map(|one| crate::support::build::text(one, "code")).collect();
    assert!(all.len() == 200 || made.iter().all(|code| kept.contains(code)), "{made:?} of {kept:?}");
    unit.post("/api/v1/projects", &project(&tree.unit).with("code", "after")).await.status(201);
}

fn an_address_is_shown_without_its_password() {
    let address = Address::parse("postgres://jixiao:s3cret@db.example:5432/jixiao?password=t00").expect("an address");
    assert_eq!(address.to_string(), "postgres://jixiao@db.example:5432/jixiao");
    assert!(!format!("{address:?}").contains("s3cret"));
    let nowhere = Address::parse("postgres://jixiao:s3cret@127.0.0.1:1/jixiao").expect("an address");
    let Err(cause) = Database::open(&nowhere, &Limits::default()) else { panic!("nothing listens on port 1") };
    let cause = cause.to_string();
    assert!(cause.contains("127.0.0.1:1") && !cause.contains("s3cret") && !cause.contains('\n'), "{cause}");
}

fn an_address_of_another_database_is_refused() {
    for text in ["", "jixiao.db", "sqlite://", "mysql://host/db", "sqlite:jixiao.db"] {
        let Err(refused) = Address::parse(text) else { panic!("{text} is no address") };
        let refused = refused.to_string();
        assert!(refused.contains("sqlite://PATH") && !refused.contains('\n'), "{refused}");
    }
    assert!(!std::path::Path::new("mysql:").exists());
}
