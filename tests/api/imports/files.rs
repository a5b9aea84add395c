//! Files to upload, and the requests that upload them.

use std::io::{Cursor, Write};
use std::path::Path;

use actix_web::http::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::build::{id, items};
use crate::support::client::{Client, every_scope};
use crate::support::{App, Reply};

/// The bureau with every scope: it uploads for the whole division.
pub fn uploader(app: &App) -> Client {
    app.client("410100", &every_scope())
}

/// A workbook of one sheet with these texts.
pub fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(*cells) {
            sheet.write_string(row, column, *text).expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// An archive of files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A file of the old formats with one stream: `Book` is that of a workbook of before 1997.
pub fn container(stream: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a container");
    file.create_stream(stream).expect("a stream").write_all(&[0; 600]).expect("written");
    file.into_inner().into_inner()
}

/// Rows as NDJSON.
pub fn ndjson(rows: &[Value]) -> Vec<u8> {
    rows.iter().map(|row| format!("{row}\n")).collect::<String>().into_bytes()
}

/// Rows as CSV.
pub fn csv(rows: &[&[&str]]) -> String {
    let quoted = |text: &&str| format!("\"{}\"", text.replace('"', "\"\""));
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

/// One of the forms of the tests.
pub fn form(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/forms/fixtures").join(name);
    std::fs::read(path).expect("a form")
}

/// Uploads a file in one request.
pub async fn upload(client: &Client, parameters: &str, file: impl Into<Vec<u8>>) -> Reply {
    let request = client.request(Method::POST, &format!("/api/v1/imports?{parameters}"));
    request.body("application/octet-stream", file).in_english().await
}

/// Uploads a file to look at its report: the import and its rows.
pub async fn check(client: &Client, parameters: &str, file: impl Into<Vec<u8>>) -> (Value, Vec<Value>) {
    let import = upload(client, parameters, file).await.json(201);
    let rows = rows(client, &id(&import), "limit=200").await;
    (import, rows)
}

/// Rows of a report.
pub async fn rows(client: &Client, import: &str, parameters: &str) -> Vec<Value> {
    items(&client.get(&format!("/api/v1/imports/{import}/rows?{parameters}")).in_english().await.json(200))
}

/// Counts of an import: created, updated, unchanged, rejected.
pub fn counts(import: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|name| import["rows"][name].as_i64().expect("a count"))
}

/// What is wrong in a report: row, cell or column, and code of each error.
pub fn wrong(rows: &[Value]) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.iter()
        .flat_map(|row| row["errors"].as_array().expect("errors").clone())
        .map(|error| {
            let at = if error["cell"].is_string() { &error["cell"] } else { &error["column"] };
            (error["row"].as_u64().expect("a row"), text(at), text(&error["code"]))
        })
        .collect()
}

/// Commits an import.
pub async fn commit(client: &Client, import: &Value) -> Reply {
    client.request(Method::POST, &format!("/api/v1/imports/{}/commit", id(import))).in_english().await
}

/// Reverts an import.
pub async fn revert(client: &Client, import: &Value) -> Reply {
    client.request(Method::POST, &format!("/api/v1/imports/{}/revert", id(import))).in_english().await
}

/// An indicator of a project, as a row.
pub fn indicator_row(project: &str, name: &str) -> Value {
    json!({"fiscal_year": 2021, "project_code": project, "level1": "产出", "level2": "数量", "name": name,
           "weight": "10", "target_text": "≥100人"})
}

/// How many there are of a list.
pub async fn total(client: &Client, list: &str) -> i64 {
    let joint = if list.contains('?') { '&' } else { '?' };
    client.get(&format!("/api/v1/{list}{joint}count=exact&limit=1")).await.json(200)["total"].as_i64().expect("a total")
}
