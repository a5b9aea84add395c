//! Copies of a database while it is written to.

use std::process::{Command, Output};

use jixiao::db::{Address, Database, Limits};
use serde_json::json;

use crate::support::build::project;
use crate::support::{App, Kind, With, cases};

cases![a_backup_is_whole_while_writes_go_on, a_backup_replaces_nothing];

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
