//! Copies of a database while it is written to.

use std::process::{Command, Output};

use jixiao::db::{Address, Database, Limits};
use serde_json::json;

use crate::support::build::{items, project};
use crate::support::client::{STRANGER, every_scope};
use crate::support::{App, Kind, With, cases};

cases![
    a_backup_is_whole_while_writes_go_on,
    a_backup_replaces_nothing,
    a_restore_sends_those_who_follow_the_feed_to_a_new_snapshot
];

async fn backup(app: &App, file: &str) -> Output {
    let url = app.place.address.url();
    let (file, folder) = (file.to_owned(), app.place.folder.path().to_owned());
    let run = move || {
        Command::new(env!("CARGO_BIN_EXE_jixiao"))
            .args(["backup", "--database", &url, &file])
            .current_dir(folder)
            .output()
            .expect("it runs")
    };
    actix_web::web::block(run).await.expect("it ends")
}

async fn a_backup_is_whole_while_writes_go_on(app: App) {
    let tree = app.tree().await;
    let write = async |number: u32| {
        let new = project(&tree.unit).with("code", format!("41010021T{number:012}"));
        app.unit().post("/api/v1/projects", &new).await.status(201);
    };
    for number in 1..=20 {
        write(number).await;
    }
    let writes = async {
        for number in 21..=60 {
            write(number).await;
        }
    };
    let (made, ()) = futures_util::future::join(backup(&app, "copy.db"), writes).await;
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    if app.kind == Kind::Postgres {
        assert!(!made.status.success() && said.contains("pg_dump --format=custom --file=copy.db"), "{said}");
        return;
    }
    assert!(made.status.success(), "{said}");
    assert!(String::from_utf8_lossy(&made.stdout).contains("bytes, checked"));
    let copy = app.place.folder.path().join("copy.db");
    let address = Address::Sqlite(copy.display().to_string());
    let db = Database::open(&address, &Limits::default()).expect("it opens");
    assert_eq!(db.migrate().expect("it has its schema"), 0);
    let other = App::over(db, app.place.clone()).await;
    let list = other.client("410100", "projects:read").get("/api/v1/projects?count=exact&limit=1").await.json(200);
    let count = list["total"].as_i64().expect("a total");
    assert!((20..=60).contains(&count), "{count} projects");
    let names = std::fs::read_dir(app.place.folder.path()).expect("a folder").flatten().map(|file| file.file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().contains(".part-")), "nothing half-made stays");
}

async fn a_backup_replaces_nothing(app: App) {
    std::fs::write(app.place.folder.path().join("kept.db"), "kept").expect("written");
    let made = backup(&app, "kept.db").await;
    assert!(!made.status.success());
    assert_eq!(std::fs::read(app.place.folder.path().join("kept.db")).expect("it is there"), b"kept");
    if app.kind == Kind::Sqlite {
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        assert!(said.contains("kept.db is there already"), "{said}");
        let away = backup(&app, "nowhere/x.db").await;
        assert!(!away.status.success(), "{}", json!(String::from_utf8_lossy(&away.stderr)));
    }
}

/// Runs a command of the program in the folder of the case.
async fn run(app: &App, arguments: &[&str]) -> Output {
    let (url, folder) = (app.place.address.url(), app.place.folder.path().to_owned());
    let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
    let run = move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixiao"));
        command.args(arguments).env("DATABASE_URL", url).current_dir(folder).output().expect("it runs")
    };
    actix_web::web::block(run).await.expect("it ends")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The position of a feed that somebody follows, after a number of projects.
async fn followed(app: &App, unit_id: &str, codes: &[&str]) -> i64 {
    for code in codes {
        app.unit().post("/api/v1/projects", &project(unit_id).with("code", *code)).await.status(201);
    }
    let bureau = app.client("410100", &every_scope());
    bureau.get("/api/v1/changes/head").await.json(200)["position"].as_i64().expect("a number")
}

async fn a_restore_sends_those_who_follow_the_feed_to_a_new_snapshot(app: App) {
    let tree = app.tree().await;
    let bureau = app.client("410100", &every_scope());
    followed(&app, &tree.unit, &["a", "b"]).await;
    if app.kind == Kind::Postgres {
        let refused = run(&app, &["restore", "copy.db"]).await;
        assert!(!refused.status.success() && said(&refused).contains("pg_restore"), "{}", said(&refused));
        let position = followed(&app, &tree.unit, &["c", "d", "e"]).await;
        let renewed = run(&app, &["feed", "renew"]).await;
        assert!(renewed.status.success(), "{}", said(&renewed));
        return goes_on_above(&app, position, &tree.unit).await;
    }
    let made = backup(&app, "copy.db").await;
    assert!(made.status.success(), "{}", said(&made));
    let position = followed(&app, &tree.unit, &["c", "d", "e"]).await;
    let in_use = run(&app, &["restore", "copy.db"]).await;
    assert!(!in_use.status.success() && said(&in_use).contains("in use"), "{}", said(&in_use));
    bureau.get(&format!("/api/v1/changes?after={position}")).await.status(200);
    // The service of a case keeps its database open, so the copy goes over another file.
    let other = app.place.folder.path().join("other.db");
    std::fs::write(&other, "this is no database").expect("written");
    let url = format!("sqlite://{}", other.display());
    let restored = run(&app, &["restore", "copy.db", "--database", &url]).await;
    assert!(restored.status.success(), "{}", said(&restored));
    let names = std::fs::read_dir(app.place.folder.path()).expect("a folder").flatten().map(|file| file.file_name());
    let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    let former = names.iter().find(|name| name.starts_with("other.db.before-")).expect("the former database is kept");
    assert_eq!(std::fs::read(app.place.folder.path().join(former)).expect("it is there"), b"this is no database");
    assert!(!names.iter().any(|name| name.contains(".restored-")), "{names:?}");
    let broken = app.place.folder.path().join("broken.db");
    std::fs::write(&broken, vec![7; 8192]).expect("written");
    let refused = run(&app, &["restore", "broken.db", "--database", &url]).await;
    assert!(!refused.status.success() && said(&refused).contains("broken.db"), "{}", said(&refused));
    // A log without its database is no part of what is restored.
    std::fs::write(app.place.folder.path().join("third.db-wal"), "an old log").expect("written");
    let third = format!("sqlite://{}", app.place.folder.path().join("third.db").display());
    let restored = run(&app, &["restore", "copy.db", "--database", &third]).await;
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(!app.place.folder.path().join("third.db-wal").exists(), "it is put aside");
    let db = Database::open(&Address::Sqlite(other.display().to_string()), &Limits::default()).expect("it opens");
    let again = App::over(db, app.place.clone()).await;
    assert_eq!(items(&again.unit().get("/api/v1/projects").await.json(200)).len(), 2, "what the copy had");
    goes_on_above(&again, position, &tree.unit).await;
}

/// The feed counts above a position that was known, for a division that was there and for a new one.
async fn goes_on_above(app: &App, position: i64, unit_id: &str) {
    let bureau = app.client("410100", &every_scope());
    let head = bureau.get("/api/v1/changes/head").await.json(200)["position"].as_i64().expect("a number");
    assert!(head > position && head < 1 << 53, "{head}");
    let gone = bureau.get(&format!("/api/v1/changes?after={position}")).await.problem(410, "snapshot_required");
    assert_eq!(gone["code"], "snapshot_required");
    app.unit().post("/api/v1/projects", &project(unit_id).with("code", "later")).await.status(201);
    let list = bureau.get(&format!("/api/v1/changes?after={head}")).await.json(200);
    assert_eq!(items(&list)[0]["sequence"], head + 1, "dense from the base on");
    let stranger = app.stranger();
    stranger.post("/api/v1/organizations", &json!({ "code": STRANGER, "name": "另一区划", "kind": "division" })).await;
    let list = stranger.get("/api/v1/changes?after=0").await;
    list.problem(410, "snapshot_required");
    let other = stranger.get("/api/v1/changes/head").await.json(200);
    assert_eq!(other["position"].as_i64().expect("a number"), head + 1, "{other:#}");
}
