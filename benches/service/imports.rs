//! Measuring imports: 100,000 indicators as NDJSON, against the same rows in bare inserts of 500; a thousand forms in
//! an archive; and what others notice of it.

use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use jixiao::db::Connection;
use jixiao::db::schema::indicators;
use jixiao::http::body::typed;
use jixiao::indicators::model::{IndicatorRow, NewIndicator};
use jixiao::indicators::target::understand;
use jixiao::organizations::OrganizationId;
use jixiao::projects;
use jixiao::projects::model::ProjectRow;
use rust_xlsxwriter::Workbook;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::data::{DIVISION, unit_code};
use super::load::Client;
use super::{Measured, SECRET, cases};

const ROWS: usize = 100_000;
const EACH: usize = 20;
/// Rows of a bare insert.
const TOGETHER: usize = 500;
const FORMS: usize = 1_000;
/// The year of the projects that are imported to.
const YEAR: i32 = 2030;
const TARGETS: [&str; 5] = ["≥50个", "98%以上", "2023年12月", "≤5300元/户", "效果明显"];

/// What an import takes on one database.
pub struct Imports {
    bare: Duration,
    service: Duration,
    service_beside: Duration,
    checking: Duration,
    peak: (u64, u64),
    reads_alone: Times,
    reads: Times,
    writes_alone: Times,
    writes: Times,
    forms: Duration,
}

/// How long requests took: the median, the 99th percentile, the longest, in microseconds.
struct Times {
    count: usize,
    median: u128,
    p99: u128,
    longest: u128,
}

impl Times {
    fn of(mut all: Vec<u128>) -> Times {
        all.sort_unstable();
        let at =
            |share: usize| all.get((all.len() * share / 100).min(all.len().saturating_sub(1))).copied().unwrap_or(0);
        Times { count: all.len(), median: at(50), p99: at(99), longest: all.last().copied().unwrap_or(0) }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:>6} requests, median {:>6} µs, p99 {:>7} µs, longest {:>8} µs",
            self.count, self.median, self.p99, self.longest
        )
    }
}

/// The imports on all databases.
pub fn measure(measured: &[Measured]) -> Result<Vec<Imports>, Box<dyn Error>> {
    measured.iter().map(one).collect()
}

fn one(one: &Measured) -> Result<Imports, Box<dyn Error>> {
    let unit = &one.data.units[0];
    let (alone, beside_others) = (projects(one, "I", unit)?, projects(one, "J", unit)?);
    let to_insert = projects(one, "B", unit)?;
    let token = cases::token(DIVISION, SECRET)?;
    let bare = bare(one, &to_insert)?;
    // The rate is measured as the bare inserts are, with nothing else going on; then others work beside it.
    let (checking, service) = import(one, &token, &table(&alone)?)?;
    let body = table(&beside_others)?;
    let (reads_alone, writes_alone) = beside(one, &token, 0, || {
        thread::sleep(Duration::from_secs(3));
        Ok(())
    })
    .map(|(_, reads, writes)| (reads, writes))?;
    let process = one.server.process();
    fs::write(format!("/proc/{process}/clear_refs"), "5")?;
    let before = memory(process)?;
    let ((_, service_beside), reads, writes) = beside(one, &token, 1_000_000, || import(one, &token, &body))?;
    let peak = (before, memory(process)?);
    let archive = forms()?;
    let started = Instant::now();
    let path = "/api/v1/imports?kind=self_assessment_forms&create_missing=true&commit=true";
    let done = send(one, &token, "POST", path, &archive)?;
    if done["rows"]["created"] != FORMS {
        return Err(format!("{done:#}").into());
    }
    Ok(Imports {
        bare,
        service,
        service_beside,
        checking,
        peak,
        reads_alone,
        reads,
        writes_alone,
        writes,
        forms: started.elapsed(),
    })
}

/// The indicators of some projects as NDJSON.
fn table(projects: &[ProjectRow]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut body = Vec::new();
    for project in projects {
        for number in 0..EACH {
            serde_json::to_writer(&mut body, &row(project.code.as_str(), number))?;
            body.push(b'\n');
        }
    }
    Ok(body)
}

/// Uploads a table and commits it: how long until it was checked, and in all.
fn import(one: &Measured, token: &str, body: &[u8]) -> Result<(Duration, Duration), Box<dyn Error>> {
    let started = Instant::now();
    let mut import = send(one, token, "POST", "/api/v1/imports?kind=indicators", body)?;
    let id = import["id"].as_str().ok_or("no id")?.to_owned();
    while import["status"] == "validating" {
        thread::sleep(Duration::from_millis(20));
        import = send(one, token, "GET", &format!("/api/v1/imports/{id}"), b"")?;
    }
    let checking = started.elapsed();
    let done = send(one, token, "POST", &format!("/api/v1/imports/{id}/commit"), b"")?;
    if done["rows"]["created"] != ROWS {
        return Err(format!("{done:#}").into());
    }
    Ok((checking, started.elapsed()))
}

/// Projects that wait for their indicators.
fn projects(one: &Measured, prefix: &str, unit: &OrganizationId) -> Result<Vec<ProjectRow>, Box<dyn Error>> {
    let mut connection = Connection::open(&one.address)?;
    Ok(connection.transaction(|c| {
        (0..ROWS / EACH)
            .map(|number| {
                let new = json!({"fiscal_year": YEAR, "code": format!("{prefix}{number:06}"), "name": format!("项目{number}"), "organization_id": unit});
                projects::store::insert(c, typed(json!(DIVISION))?, typed(new)?)
            })
            .collect()
    })?)
}

fn row(project: &str, number: usize) -> serde_json::Value {
    json!({"fiscal_year": YEAR, "project_code": project, "level1": "产出指标", "level2": "数量指标",
           "name": format!("培训服务完成情况指标{number}"), "weight": "5", "target_text": TARGETS[number % TARGETS.len()]})
}

/// The same rows in bare inserts of 500, one durable transaction.
fn bare(one: &Measured, projects: &[ProjectRow]) -> Result<Duration, Box<dyn Error>> {
    let mut rows: Vec<IndicatorRow> = Vec::with_capacity(ROWS);
    for project in projects {
        for (number, position) in (0..EACH).zip(1..) {
            let mut row = row("", number);
            row.as_object_mut().ok_or("no row")?.retain(|name, _| name != "fiscal_year" && name != "project_code");
            let new: NewIndicator = typed(row)?;
            let understood = understand(&new, "").map_err(|_| "a target is not understood")?;
            rows.push(new.row(understood, project, position, None));
        }
    }
    let mut connection = Connection::open(&one.address)?;
    let started = Instant::now();
    // Written here and not by the store: no feed, and nothing of what the store does to be fast.
    jixiao::on!(connection, c => diesel::Connection::transaction(c, |c| {
        rows.chunks(TOGETHER).try_for_each(|chunk| {
            diesel::insert_into(indicators::table).values(chunk).execute(c).map(drop)
        })
    }))?;
    Ok(started.elapsed())
}

/// Does `work` while one client reads projects and another makes one every few milliseconds.
fn beside<T>(
    one: &Measured,
    token: &str,
    numbers: usize,
    work: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<(T, Times, Times), Box<dyn Error>> {
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        let reader = threads.spawn(|| {
            let paths: Vec<String> =
                one.data.projects.iter().take(500).map(|id| format!("/api/v1/projects/{id}")).collect();
            timed(one, &is_over, Duration::from_millis(1), |at| request(token, "GET", &paths[at % paths.len()], b""))
        });
        let writer = threads.spawn(|| {
            timed(one, &is_over, Duration::from_millis(20), |at| {
                let new = super::data::new_project(numbers + at, "W", &one.data.units[0]).to_string();
                request(token, "POST", "/api/v1/projects", new.as_bytes())
            })
        });
        let result = work();
        is_over.store(true, Ordering::Relaxed);
        let joined = |thread: thread::ScopedJoinHandle<'_, std::io::Result<Vec<u128>>>| match thread.join() {
            Ok(times) => times.map(Times::of).map_err(Box::<dyn Error>::from),
            Err(_) => Err("a client panicked".into()),
        };
        let (reads, writes) = (joined(reader)?, joined(writer)?);
        Ok((result?, reads, writes))
    })
}

fn timed(
    one: &Measured,
    is_over: &AtomicBool,
    pause: Duration,
    make: impl Fn(usize) -> Vec<u8>,
) -> std::io::Result<Vec<u128>> {
    let mut client = Client::connect(one.server.port)?;
    let mut times = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let request = make(times.len());
        let started = Instant::now();
        client.send(&request)?;
        let status = client.receive()?.status;
        times.push(started.elapsed().as_micros());
        if !(200..300).contains(&status) {
            return Err(std::io::Error::other(format!("status {status}")));
        }
        thread::sleep(pause);
    }
    Ok(times)
}

fn request(token: &str, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let kind = if path == "/api/v1/projects" { "application/json" } else { "application/octet-stream" };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn send(
    one: &Measured,
    token: &str,
    method: &str,
    path: &str,
    body: &[u8],
) -> Result<serde_json::Value, Box<dyn Error>> {
    let mut client = Client::connect(one.server.port)?;
    client.send(&request(token, method, path, body))?;
    let reply = client.receive()?;
    if !(200..300).contains(&reply.status) {
        return Err(String::from_utf8_lossy(reply.body).into_owned().into());
    }
    Ok(serde_json::from_slice(reply.body)?)
}

/// The most memory that a process has had since that was last reset, in KiB.
fn memory(process: u32) -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// A thousand forms of units, each of a project of its own.
fn forms() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..FORMS {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let unit = format!("{}-单位", unit_code(number % 400));
        let name = format!("表内项目{number}");
        let mut rows: Vec<Vec<&str>> = vec![
            vec!["项目支出绩效自评表"],
            vec!["（2024年度）"],
            vec!["项目名称", &name],
            vec!["主管部门", "某局", "", "", "实施单位", &unit],
            vec!["项目资金（万元）", "", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
            vec!["", "年度资金总额", "", "100", "100", "90", "10", "9"],
            vec!["绩效指标", "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
        ];
        let names: Vec<String> = (0..18).map(|at| format!("指标{at}")).collect();
        for name in &names {
            rows.push(vec!["", "产出指标", "数量指标", name, "≥50个", "48个", "5", "4.8"]);
        }
        rows.push(vec!["总分", "", "", "", "", "", "100", "95.4"]);
        for (row, cells) in (0_u32..).zip(&rows) {
            for (column, text) in (0_u16..).zip(cells) {
                if !text.is_empty() {
                    sheet.write_string(row, column, *text)?;
                }
            }
        }
        archive.start_file(format!("{number}.xlsx"), SimpleFileOptions::default())?;
        archive.write_all(&book.save_to_buffer()?)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The report.
pub fn print(measured: &[Measured], imports: &[Imports]) {
    for (one, of) in measured.iter().zip(imports) {
        let rate = |time: Duration| u128::try_from(ROWS).unwrap_or(0) * 1_000_000 / time.as_micros().max(1);
        let (bare, service) = (rate(of.bare), rate(of.service));
        println!("\n{}: imports\n", one.name);
        println!("{ROWS} indicators in bare inserts of 500       {:>7} ms, {bare:>7} rows/s", of.bare.as_millis());
        println!(
            "the same by NDJSON, checked and committed     {:>7} ms, {service:>7} rows/s, {}.{:02} of the rate (aim ≥ 0.50)",
            of.service.as_millis(),
            service * 100 / bare.max(1) / 100,
            service * 100 / bare.max(1) % 100,
        );
        println!("  while others read and write                 {:>7} ms", of.service_beside.as_millis());
        println!("  of which until it is checked                {:>7} ms", of.checking.as_millis());
        println!("  peak memory of the service                  {:>7} KiB, {} KiB before", of.peak.1, of.peak.0);
        println!("reads of a project, nothing else going on     {}", of.reads_alone);
        println!("reads of a project meanwhile                  {}", of.reads);
        println!("writes of a project, nothing else going on    {}", of.writes_alone);
        println!("writes of a project meanwhile                 {}", of.writes);
        println!("{FORMS} forms in one archive                   {:>7} ms (aim < 60000)", of.forms.as_millis());
    }
}
