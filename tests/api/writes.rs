//! Writes on both databases: those that wait share a commit, and each succeeds or fails by itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::prelude::*;
use futures_util::future::join_all;
use jixiao::db::{Author, Database, Limits};
use jixiao::http::error::{Code, Error};
use jixiao::on;

use crate::databases::{Number, execute, held, number, open};
use crate::support::build::project;
use crate::support::{App, Kind, cases};

cases![
    concurrent_read_then_write_transactions_lose_nothing,
    writes_that_share_a_commit_know_each_its_author,
    a_failed_write_rolls_back_itself_alone,
    a_panic_in_a_write_is_an_error_and_the_next_write_goes_on,
    a_connection_that_is_lost_fails_its_own_group_of_writes_alone,
    organizations_take_turns_and_each_writes_in_its_order,
    an_organization_that_fills_its_queue_does_not_hold_up_another,
    a_full_queue_of_writes_is_answered_busy
];

async fn concurrent_read_then_write_transactions_lose_nothing(app: App) {
    const WRITES: i64 = 200;
    app.place.spoil();
    execute(&mut open(&app), "CREATE TABLE counter (value BIGINT NOT NULL); INSERT INTO counter VALUES (0)");
    let add = || {
        app.db.write("410100", |c| {
            let read = on!(&mut *c, c => diesel::sql_query("SELECT value FROM counter").get_result::<Number>(c))?.value;
            on!(c, c => diesel::sql_query(format!("UPDATE counter SET value = {}", read + 1)).execute(c))?;
            Ok(read)
        })
    };
    let read = join_all((0..WRITES).map(|_| add())).await;
    let mut read: Vec<i64> = read.into_iter().map(|one| one.expect("written")).collect();
    read.sort_unstable();
    assert_eq!(read, (0..WRITES).collect::<Vec<_>>(), "each read what the one before it had written");
    assert_eq!(number(&mut open(&app), "SELECT value FROM counter"), WRITES);
}

async fn writes_that_share_a_commit_know_each_its_author(app: App) {
    let author = |number: usize| Author {
        subject: format!("user-{number}"),
        organization_code: "410100".to_owned(),
        request_id: Some(format!("request-{number}")),
        ..Author::default()
    };
    let known = join_all((0..50).map(|number| app.db.write(author(number), |c| Ok(c.author().clone())))).await;
    for (number, known) in known.into_iter().enumerate() {
        assert_eq!(known.expect("written"), author(number));
    }
    let service = app.db.write("410100", |c| Ok(c.author().subject.clone())).await.expect("written");
    assert_eq!(service, "", "work beside the requests is the service's");
}

async fn a_failed_write_rolls_back_itself_alone(app: App) {
    app.place.spoil();
    execute(&mut open(&app), "CREATE TABLE mark (value BIGINT NOT NULL PRIMARY KEY)");
    let write = |value: i64| {
        app.db.write("410100", move |c| {
            on!(&mut *c, c => diesel::sql_query(format!("INSERT INTO mark VALUES ({value})")).execute(c))?;
            // The statement before stands until the write fails as a whole; every third does.
            match value % 3 {
                0 => Err(Error::of(Code::InUse)),
                1 => Ok(on!(c, c => diesel::sql_query("INSERT INTO mark VALUES (1000)").execute(c)).map(|_| value)?),
                _ => Ok(value),
            }
        })
    };
    let written = join_all((0..30).map(write)).await;
    let mut kept: Vec<i64> = written.iter().flatten().copied().collect();
    kept.sort_unstable();
    let firsts: Vec<i64> = kept.iter().copied().filter(|value| value % 3 == 1).collect();
    assert_eq!(firsts.len(), 1, "of those that write the same key one succeeds");
    let expected: Vec<i64> = (0..30).filter(|value| value % 3 == 2 || firsts.contains(value)).collect();
    assert_eq!(kept, expected);
    let mut c = open(&app);
    assert_eq!(number(&mut c, "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM mark"), 12);
    assert_eq!(number(&mut c, "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM mark WHERE value % 3 = 0"), 0);
}

async fn a_panic_in_a_write_is_an_error_and_the_next_write_goes_on(app: App) {
    app.place.spoil();
    execute(&mut open(&app), "CREATE TABLE mark (value BIGINT NOT NULL PRIMARY KEY)");
    let insert = |value: i64, panics: bool| {
        app.db.write("410100", move |c| {
            on!(c, c => diesel::sql_query(format!("INSERT INTO mark VALUES ({value})")).execute(c))?;
            assert!(!panics, "the test panics in a write");
            Ok(())
        })
    };
    let written = join_all([insert(1, false), insert(2, true), insert(3, false)]).await;
    assert_eq!(written[1].as_ref().expect_err("it panicked").code(), Code::Internal);
    assert!(written[0].is_ok() && written[2].is_ok());
    insert(2, false).await.expect("the writer goes on, and what panicked was rolled back");
    assert_eq!(number(&mut open(&app), "SELECT CAST(SUM(value) AS BIGINT) AS value FROM mark"), 6);
}

async fn a_connection_that_is_lost_fails_its_own_group_of_writes_alone(app: App) {
    if app.kind == Kind::Sqlite {
        // Its connection is to a file, which nobody takes away.
        return;
    }
    app.place.spoil();
    execute(&mut open(&app), "CREATE TABLE mark (value BIGINT NOT NULL PRIMARY KEY)");
    let insert = |value: i64| {
        app.db.write("410100", move |c| {
            if value == 3 {
                on!(c, c => diesel::sql_query("SELECT pg_terminate_backend(pg_backend_pid())").execute(c))?;
            }
            on!(c, c => diesel::sql_query(format!("INSERT INTO mark VALUES ({value})")).execute(c))?;
            Ok(())
        })
    };
    let written = join_all((0..200).map(insert)).await;
    let made = written.iter().filter(|one| one.is_ok()).count();
    assert!(written[3].is_err() && (149..200).contains(&made), "{made} of 200");
    for one in written.iter().filter_map(|one| one.as_ref().err()) {
        assert_eq!(one.code(), Code::DatabaseUnavailable);
    }
    let kept = number(&mut open(&app), "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM mark");
    assert_eq!(usize::try_from(kept).ok(), Some(made), "what was acknowledged is there, and nothing else");
    insert(3).await.expect_err("it loses its connection again");
    insert(300).await.expect("the next one has another");
}

async fn organizations_take_turns_and_each_writes_in_its_order(app: App) {
    app.place.spoil();
    execute(&mut open(&app), "CREATE TABLE mark (at BIGINT NOT NULL, value BIGINT NOT NULL PRIMARY KEY)");
    let insert = |value: i64| {
        let code = format!("4101{:02}", value % 20);
        let db = app.db.clone();
        async move {
            db.write(&code, move |c| {
                let of = value % 20;
                let sql = format!("INSERT INTO mark SELECT COUNT(*), {value} FROM mark WHERE value % 20 = {of}");
                on!(c, c => diesel::sql_query(sql).execute(c))?;
                Ok(())
            })
            .await
        }
    };
    let written = join_all((0..1000).map(insert)).await;
    assert!(written.iter().all(Result::is_ok));
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM mark WHERE at = value / 20";
    assert_eq!(number(&mut open(&app), sql), 1000, "each saw those before it and no others");
}

async fn a_full_queue_of_writes_is_answered_busy(app: App) {
    let db = Database::open(&app.place.address, &Limits { waiting_writes: 1, ..Limits::default() }).expect("opened");
    let (work, has_begun, release) = held();
    let holding = actix_web::rt::spawn({
        let db = db.clone();
        async move { db.write("410100", work).await }
    });
    actix_web::rt::task::yield_now().await;
    has_begun.recv_timeout(Duration::from_secs(20)).expect("the first write runs");
    let waiting = actix_web::rt::spawn({
        let db = db.clone();
        async move { db.write("410100", |_| Ok(())).await }
    });
    actix_web::rt::task::yield_now().await;
    let refused = db.write("410100", |_| Ok(())).await.expect_err("the queue is full");
    assert_eq!(refused.code(), Code::Busy);
    let over = App::over(db, app.place.clone()).await;
    let reply = over.bureau().post("/api/v1/projects", &project("01a209ff-0000-7000-8000-000000000000")).await;
    assert_eq!(reply.required("retry-after"), "1");
    reply.problem(503, "busy");
    release.send(()).expect("the writer waits");
    holding.await.expect("it ran").expect("written");
    waiting.await.expect("it ran").expect("written");
}

async fn an_organization_that_fills_its_queue_does_not_hold_up_another(app: App) {
    let db = Database::open(&app.place.address, &Limits { waiting_writes: 40, ..Limits::default() }).expect("opened");
    let (work, has_begun, release) = held();
    let order = Arc::new(Mutex::new(Vec::new()));
    let write = |organization: &'static str| {
        let (db, order) = (db.clone(), order.clone());
        actix_web::rt::spawn(async move {
            db.write(organization, move |_| {
                order.lock().expect("nobody panics").push(organization);
                Ok(())
            })
            .await
        })
    };
    let holding = actix_web::rt::spawn({
        let db = db.clone();
        async move { db.write("410100", work).await }
    });
    actix_web::rt::task::yield_now().await;
    has_begun.recv_timeout(Duration::from_secs(20)).expect("the first write runs");
    let many: Vec<_> = (0..60).map(|_| write("219001")).collect();
    actix_web::rt::task::yield_now().await;
    let neighbour = write("219002");
    actix_web::rt::task::yield_now().await;
    release.send(()).expect("the writer waits");
    holding.await.expect("it ran").expect("written");
    neighbour.await.expect("it ran").expect("the neighbour's queue is its own");
    let mut refused = 0;
    for one in many {
        refused += usize::from(one.await.expect("it ran").is_err());
    }
    assert_eq!(refused, if app.kind == Kind::Sqlite { 20 } else { refused }, "those beyond its own queue");
    let order = order.lock().expect("nobody panics");
    let turn = order.iter().position(|one| *one == "219002").expect("it was written");
    assert!(app.kind == Kind::Postgres || turn <= 1, "it waited for {turn} of the other's writes");
}
