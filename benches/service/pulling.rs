//! Measuring what others pull: what the change feed costs those who write, that a reader who follows many writers misses
//! nothing, 100,000 scores in one export against the same rows from memory, and the first and the last page of a list.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::future::join_all;
use jixiao::changes;
use jixiao::db::{Database, Limits, schema};
use jixiao::http::body::typed;
use jixiao::http::error::{Code, Error as ServiceError};
use jixiao::on;
use jixiao::projects;
use jixiao::scores::model::{Score, ScoreRow};
use jixiao::values::{FromText, Stored};
use serde_json::json;

use super::data::{DIVISION, new_project};
use super::load::Client;
use super::{Measured, SECRET, cases};

const WRITERS: usize = 64;
const WRITES: usize = 6_000;
const ROUNDS: usize = 5;
const EXPORTS: usize = 9;
const FOLLOWED: usize = 30_000;
const SCORES: usize = 100_000;
const PAGE: usize = 100;

/// What was measured on one database.
pub struct Pulling {
    with_feed: u128,
    without_feed: u128,
    followed: usize,
    follow_time: Duration,
    export: Duration,
    from_memory: Duration,
    bytes: usize,
    first_page: Duration,
    last_page: Duration,
}

/// All databases.
pub fn measure(measured: &[Measured]) -> Result<Vec<Pulling>, Box<dyn Error>> {
    measured.iter().map(one).collect()
}

fn one(one: &Measured) -> Result<Pulling, Box<dyn Error>> {
    let next = AtomicUsize::new(0);
    let open = |is_recorded| Database::open(&one.address, &Limits { is_recorded, ..Limits::default() });
    let (with, without) = (open(true)?, open(false)?);
    let (mut with_rounds, mut without_rounds) = (Vec::new(), Vec::new());
    writes(&with, one, &next, WRITES / 4, false)?;
    for _ in 0..ROUNDS {
        with_rounds.push(writes(&with, one, &next, WRITES, false)?);
        without_rounds.push(writes(&without, one, &next, WRITES, false)?);
    }
    let (followed, follow_time) = follow(&with, one, &next)?;
    let token = cases::token(DIVISION, SECRET)?;
    let rows = publish(one)?;
    let (export, from_memory, bytes) = exports(one, &token, rows)?;
    let (first_page, last_page) = pages(one, &token)?;
    Ok(Pulling {
        with_feed: rate(with_rounds),
        without_feed: rate(without_rounds),
        followed,
        follow_time,
        export,
        from_memory,
        bytes,
        first_page,
        last_page,
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Writes a second.
fn rate(rounds: Vec<Duration>) -> u128 {
    u128::try_from(WRITES).unwrap_or_default() * 1_000_000 / median(rounds).as_micros().max(1)
}

/// Projects made by many writers at once, one durable transaction each; with `fails` every fifth is rolled back.
async fn write_all(
    db: &Database,
    one: &Measured,
    next: &AtomicUsize,
    count: usize,
    fails: bool,
) -> Result<usize, String> {
    let (until, made) = (next.load(Ordering::Relaxed) + count, AtomicUsize::new(0));
    let writers = (0..WRITERS).map(|_| async {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= until {
                return Ok(());
            }
            let new = new_project(number, "F", &one.data.units[number % one.data.units.len()]);
            let written = db
                .write(DIVISION, move |c| {
                    projects::store::insert(c, typed(json!(DIVISION))?, typed(new)?)?;
                    match fails && number.is_multiple_of(5) {
                        true => Err(ServiceError::of(Code::Busy)),
                        false => Ok(()),
                    }
                })
                .await;
            match written {
                Ok(()) => drop(made.fetch_add(1, Ordering::Relaxed) + 1),
                Err(_) if fails && number.is_multiple_of(5) => {}
                Err(cause) => return Err(cause.to_string()),
            }
        }
    });
    join_all(writers).await.into_iter().collect::<Result<Vec<()>, String>>()?;
    Ok(made.into_inner())
}

fn writes(
    db: &Database,
    one: &Measured,
    next: &AtomicUsize,
    count: usize,
    fails: bool,
) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    actix_web::rt::System::new().block_on(write_all(db, one, next, count, fails))?;
    Ok(started.elapsed())
}

/// A reader follows the feed while the writers write: every number comes once, in order.
fn follow(db: &Database, one: &Measured, next: &AtomicUsize) -> Result<(usize, Duration), Box<dyn Error>> {
    let started = Instant::now();
    let view = changes::store::View { division_code: DIVISION.to_owned(), below: None };
    let from = db.read_here(|c| changes::store::head(c, DIVISION))?.position;
    let expected = FOLLOWED - FOLLOWED / 5;
    let read = async {
        let mut last = from;
        while usize::try_from(last - from).unwrap_or(usize::MAX) < expected {
            let view = view.clone();
            let rows = db.read(move |c| changes::store::after(c, &view, (last, i64::MAX), &[], 1000)).await;
            let rows = rows.map_err(|cause| cause.to_string())?;
            for row in &rows {
                if row.position != last + 1 {
                    return Err(format!("{} comes after {last}", row.position));
                }
                last = row.position;
            }
            if rows.is_empty() {
                db.heads().beyond(&[(DIVISION, last)]).await;
            }
        }
        Ok(usize::try_from(last - from).unwrap_or_default())
    };
    let both = async { futures_util::future::try_join(read, write_all(db, one, next, FOLLOWED, true)).await };
    let (seen, made) = actix_web::rt::System::new().block_on(both)?;
    match seen == made {
        true => Ok((seen, started.elapsed())),
        false => Err(format!("{made} committed, {seen} seen").into()),
    }
}

/// A published score of each of many revisions, straight into the table.
fn publish(one: &Measured) -> Result<Vec<Score>, Box<dyn Error>> {
    use diesel::prelude::*;
    let mut connection = jixiao::db::Connection::open(&one.address)?;
    let level = |name: &str| {
        json!({"level1": name, "weight": "50.00", "declared": "48.00", "computed": "47.00", "final": "47.00",
               "level2": [{"level2": "数量指标", "weight": "50.00", "declared": "48.00", "computed": "47.00", "final": "47.00"}]})
    };
    let levels: Stored<Vec<jixiao::assessments::LevelView>> =
        serde_json::from_value(json!([level("产出指标"), level("效益指标")]))?;
    let row = |number: usize| -> Result<ScoreRow, Box<dyn Error>> {
        let at = number % one.data.projects.len();
        let unit = at % one.data.units.len();
        let misread = |_| "a field is malformed";
        Ok(ScoreRow {
            id: FromText::from_text(&uuid::Uuid::now_v7().to_string()).map_err(misread)?,
            assessment_id: one.data.assessments[at].clone(),
            project_id: one.data.projects[at].clone(),
            organization_id: one.data.units[unit].clone(),
            fiscal_year: 2026,
            project_code: FromText::from_text(&format!("S{number}")).map_err(misread)?,
            project_name: FromText::from_text("企业服务活动专项经费").map_err(misread)?,
            organization_code: FromText::from_text(&super::data::unit_code(unit)).map_err(misread)?,
            organization_name: FromText::from_text("某某局企业服务中心").map_err(misread)?,
            kind: jixiao::scoring::EvaluationKind::UnitSelfAssessment.into(),
            revision: i32::try_from(number / one.data.projects.len() + 1)?,
            rule_profile_code: "mof-2020".to_owned(),
            rule_profile_version: 1,
            declared_total: Some(FromText::from_text("96.00").map_err(misread)?),
            computed_total: FromText::from_text("94.00").map_err(misread)?,
            final_total: FromText::from_text("94.00").map_err(misread)?,
            grade: jixiao::scoring::Grade::Excellent.into(),
            adjusted_amount: FromText::from_text("1000000.00").map_err(misread)?,
            executed_amount: FromText::from_text("954321.09").map_err(misread)?,
            execution_rate: Some(FromText::from_text("0.954321").map_err(misread)?),
            levels: levels.clone(),
            content_hash: "0123456789abcdef".repeat(4),
            supersedes_id: None,
            published_at: jixiao::values::Instant::now(),
            reviewed_total: None,
        })
    };
    let rows = (0..SCORES).map(row).collect::<Result<Vec<ScoreRow>, _>>()?;
    connection.transaction(|c| {
        for chunk in rows.chunks(500) {
            let of_division = schema::scores::division_code.eq(DIVISION);
            let scores: Vec<_> = chunk.iter().map(|row| (row, of_division)).collect();
            on!(&mut *c, c => diesel::insert_into(schema::scores::table).values(scores).execute(c))?;
            let mut documents = Vec::new();
            for row in chunk {
                use schema::score_documents as shown;
                let document = shown::document.eq(Score::document(row.clone())?);
                documents.push((shown::score_id.eq(&row.id), shown::division_code.eq(DIVISION), document));
            }
            on!(&mut *c, c => diesel::insert_into(schema::score_documents::table).values(documents).execute(c))?;
        }
        c.recount(DIVISION)
    })?;
    if let Some(postgres) = &one.postgres {
        postgres.settle()?;
    }
    Ok(rows.into_iter().map(Score::from).collect())
}

fn request(token: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         If-Match: *\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Asks for a large body and counts its bytes without keeping them.
fn download(port: u16, request: &[u8]) -> Result<usize, Box<dyn Error>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(request)?;
    let mut reader = BufReader::with_capacity(1 << 18, stream);
    let (mut length, mut line) = (None, String::new());
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        let value = line.to_ascii_lowercase().strip_prefix("content-length:").map(|text| text.trim().parse::<usize>());
        length = value.transpose()?.or(length);
    }
    if let Some(length) = length {
        skip(&mut reader, length)?;
        return Ok(length);
    }
    // In chunks: a length in hexadecimal, the bytes, and an empty line; the last has none.
    let mut got = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let count = usize::from_str_radix(line.trim(), 16)?;
        skip(&mut reader, count + 2)?;
        if count == 0 {
            return Ok(got);
        }
        got += count;
    }
}

fn skip(reader: &mut impl BufRead, count: usize) -> Result<(), Box<dyn Error>> {
    let mut left = count;
    while left > 0 {
        let piece = reader.fill_buf()?.len().min(left);
        if piece == 0 {
            return Err(format!("{left} of {count} bytes are missing").into());
        }
        reader.consume(piece);
        left -= piece;
    }
    Ok(())
}

/// The median of some exports, and of the same rows from memory, which take turns: so what else the machine does meets both.
fn exports(one: &Measured, token: &str, rows: Vec<Score>) -> Result<(Duration, Duration, usize), Box<dyn Error>> {
    // The first is not counted: it takes memory for its file that the machine may never have used.
    let (_, bytes) = export(one, token)?;
    let port = serve_from_memory(rows, bytes)?;
    let (mut exports, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..EXPORTS {
        answers.push(from_memory(port, bytes)?);
        exports.push(export(one, token)?.0);
    }
    Ok((median(exports), median(answers), bytes))
}

/// From the request to the last byte of the file, which is read while it is written. It is deleted afterwards.
fn export(one: &Measured, token: &str) -> Result<(Duration, usize), Box<dyn Error>> {
    let mut client = Client::connect(one.server.port)?;
    let started = Instant::now();
    client.send(&request(token, "POST", "/api/v1/exports", r#"{"kind":"scores"}"#))?;
    let made: serde_json::Value = serde_json::from_slice(client.receive()?.body)?;
    let path = format!("/api/v1/exports/{}", made["id"].as_str().ok_or("no export")?);
    let bytes = download(one.server.port, &request(token, "GET", &format!("{path}/content"), ""))?;
    let elapsed = started.elapsed();
    client.send(&request(token, "GET", &format!("{path}?wait=30"), ""))?;
    let ready: serde_json::Value = serde_json::from_slice(client.receive()?.body)?;
    if ready["manifest"]["rows"] != SCORES || ready["manifest"]["bytes"] != bytes {
        return Err(format!("{ready:#}").into());
    }
    client.send(&request(token, "DELETE", &path, ""))?;
    match client.receive()?.status {
        204 => Ok((elapsed, bytes)),
        status => Err(format!("{path} cannot be deleted: {status}").into()),
    }
}

/// Begins to serve the same rows, written as JSON lines by actix out of memory, at the port that is returned.
fn serve_from_memory(rows: Vec<Score>, bytes: usize) -> Result<u16, Box<dyn Error>> {
    let rows = Data::from(Arc::new(rows));
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let serve = move || -> std::io::Result<()> {
        let server = HttpServer::new(move || {
            let answer = move |rows: Data<Vec<Score>>| async move {
                let pieces = (0..rows.len()).step_by(PIECE).map(move |from| {
                    let mut piece = Vec::new();
                    for row in rows.iter().skip(from).take(PIECE) {
                        serde_json::to_writer(&mut piece, row).map_err(actix_web::error::ErrorInternalServerError)?;
                        piece.push(b'\n');
                    }
                    Ok::<_, actix_web::Error>(Bytes::from(piece))
                });
                let body = actix_web::body::SizedStream::new(
                    u64::try_from(bytes).unwrap_or_default(),
                    futures_util::stream::iter(pieces),
                );
                HttpResponse::Ok().body(body)
            };
            App::new().app_data(rows.clone()).route("/", web::get().to(answer))
        });
        actix_web::rt::System::new().block_on(server.workers(1).disable_signals().listen(listener)?.run())
    };
    std::thread::spawn(serve);
    Ok(port)
}

/// From the request to the last byte out of memory.
fn from_memory(port: u16, bytes: usize) -> Result<Duration, Box<dyn Error>> {
    let started = Instant::now();
    match download(port, &request("none", "GET", "/", ""))? {
        got if got == bytes => Ok(started.elapsed()),
        got => Err(format!("{got} bytes from memory, {bytes} in the export").into()),
    }
}

/// What a score was made of: it lies in a table of its own, so how much that is does not matter to an export.
/// Rows that are written at once.
const PIECE: usize = 1000;

/// The first page of a list, and the last.
fn pages(one: &Measured, token: &str) -> Result<(Duration, Duration), Box<dyn Error>> {
    let mut client = Client::connect(one.server.port)?;
    let mut path = format!("/api/v1/scores?sort=final_total&limit={PAGE}");
    let (mut first, mut last, mut count) = (Vec::new(), Vec::new(), 0);
    loop {
        let started = Instant::now();
        client.send(&request(token, "GET", &path, ""))?;
        let page: serde_json::Value = serde_json::from_slice(client.receive()?.body)?;
        let time = started.elapsed();
        if count < 20 {
            first.push(time)
        } else {
            last.push(time)
        }
        count += 1;
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/scores?sort=final_total&limit={PAGE}&cursor={cursor}"),
            None => break,
        }
    }
    let tail = last.split_off(last.len().saturating_sub(20));
    Ok((median(first), median(tail)))
}

/// The report.
pub fn print(measured: &[Measured], pulling: &[Pulling]) {
    for (one, of) in measured.iter().zip(pulling) {
        let cost = 100_i128 - i128::try_from(of.with_feed * 100 / of.without_feed.max(1)).unwrap_or_default();
        let rate = |time: Duration| u128::try_from(SCORES).unwrap_or(0) * 1_000_000 / time.as_micros().max(1);
        let (export, memory) = (rate(of.export), rate(of.from_memory));
        println!("\n{}: pulling\n", one.name);
        println!("projects made by {WRITERS} writers, with the feed       {:>8}/s", of.with_feed);
        println!(
            "the same without it                             {:>8}/s: it costs {cost} % (aim < 15)",
            of.without_feed
        );
        println!(
            "events followed while they are written          {:>8}, each once and in order, a fifth rolled back, {} ms",
            of.followed,
            of.follow_time.as_millis()
        );
        println!(
            "{SCORES} scores as NDJSON, {} MB, request to last byte {:>5} ms, {export} rows/s",
            of.bytes / 1_000_000,
            of.export.as_millis()
        );
        println!(
            "the same rows from memory through actix          {:>5} ms, {memory} rows/s: {}.{:02} of the rate (aim ≥ 0.50)",
            of.from_memory.as_millis(),
            export * 100 / memory.max(1) / 100,
            export * 100 / memory.max(1) % 100
        );
        println!(
            "page of {PAGE} scores by total, the same for all: the first {} µs, the {}th {} µs",
            of.first_page.as_micros(),
            SCORES / PAGE,
            of.last_page.as_micros()
        );
    }
}
