//! Postgres tables spread over partitions by the script that comes with the program: the service sees the same tables.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use jixiao::on;
use serde_json::json;

use crate::databases::open;
use crate::support::build::{With as _, id, items, made, project, text};
use crate::support::{App, Kind, cases};

cases![tables_in_partitions_keep_what_they_had_and_serve_as_before];

/// What a keeper of the database runs.
pub const SPREAD: &str = include_str!("../../deploy/postgres/partition.sql");

/// Keys of the tables that grow which do not name the year and the division.
const WITHOUT: &str = "SELECT conrelid::REGCLASS || ': ' || pg_get_constraintdef(oid) AS value FROM pg_constraint \
    WHERE contype IN ('p', 'u', 'f') AND conrelid IN (SELECT partrelid FROM pg_partitioned_table) \
    AND pg_get_constraintdef(oid) NOT LIKE '%REFERENCES organizations%' \
    AND NOT (pg_get_constraintdef(oid) LIKE '%fiscal_year%' AND pg_get_constraintdef(oid) LIKE '%division_code%') \
    UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indisunique \
    AND indrelid IN (SELECT partrelid FROM pg_partitioned_table) \
    AND NOT (pg_get_indexdef(indexrelid) LIKE '%fiscal_year%' AND pg_get_indexdef(indexrelid) LIKE '%division_code%')";

/// The rows of a table in each of its partitions.
const PLACES: &str = "SELECT tableoid::REGCLASS || ' ' || code AS value FROM projects ORDER BY 1";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    value: String,
}

fn found(app: &App, query: &str) -> Vec<String> {
    let rows: Vec<Found> = on!(&mut open(app), c => diesel::sql_query(query).load(c)).expect("read");
    rows.into_iter().map(|row| row.value).collect()
}

async fn tables_in_partitions_keep_what_they_had_and_serve_as_before(app: App) {
    if app.kind == Kind::Sqlite {
        // An embedded database has no partitions.
        return;
    }
    app.place.spoil();
    let sound = app.moved(&["submit", "review", "approve", "publish"]).await;
    let (unit, bureau) = (app.unit(), app.bureau());
    let paths = ["/api/v1/scores?include=levels", "/api/v1/indicators", "/api/v1/statistics/scores?group_by=grade"];
    let mut before = Vec::new();
    for path in paths {
        before.push(bureau.get(path).await.json(200));
    }
    let is_spread = !found(&app, "SELECT 'yes' AS value FROM pg_partitioned_table LIMIT 1").is_empty();
    if !is_spread {
        on!(&mut open(&app), c => c.batch_execute(SPREAD)).expect("spread");
    }
    assert_eq!(found(&app, WITHOUT), Vec::<String>::new(), "every key names the year and the division");
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(bureau.get(path).await.json(200), before, "{path}");
    }
    let new = made(&unit, "/api/v1/projects", &project(&app.tree().await.unit).with("code", "OTHER")).await;
    let path = format!("/api/v1/projects/{new}");
    assert_eq!(found(&app, PLACES), ["projects_2021 41010021T000000000001", "projects_2021 OTHER"]);
    unit.patch(&path, "*", &json!({"fiscal_year": 2022})).await.status(200);
    assert_eq!(found(&app, PLACES), ["projects_2021 41010021T000000000001", "projects_2022 OTHER"]);
    unit.patch(&path, "*", &json!({"code": "41010021T000000000001"})).await.status(200);
    unit.post("/api/v1/projects", &project(&app.tree().await.unit)).await.problem(409, "taken");
    unit.delete(&path, "*").await.status(204);
    let score = items(&bureau.get("/api/v1/scores").await.json(200)).remove(0);
    bureau.get(&format!("/api/v1/scores/{}/content", id(&score))).await.status(200);
    app.take(&sound.assessment, &["reopen"]).await;
    app.take(&sound.assessment, &["submit", "review", "approve", "publish"]).await;
    let again = items(&bureau.get("/api/v1/scores?sort=-published_at").await.json(200)).remove(0);
    assert_eq!((text(&again, "supersedes_id"), again["revision"].as_i64()), (text(&score, "id"), Some(2)));
    assert_eq!(bureau.get("/api/v1/projects?count=exact").await.json(200)["total"], 1);
}
