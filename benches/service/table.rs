//! The report: how it was measured, and the tables.

use std::cmp::max;
use std::fs;

use super::inserts::AllInserts;
use super::reads::{Figures, Line, SHAPE};
use super::{Measured, Size};

/// How busy the machine is, as the kernel says.
pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

/// Microseconds with one decimal.
fn microseconds(nanoseconds: u64) -> String {
    format!("{}.{}", nanoseconds / 1000, nanoseconds % 1000 / 100)
}

/// A ratio with one decimal.
fn ratio(numerator: u64, denominator: u64) -> String {
    let tenths = numerator.saturating_mul(10) / max(denominator, 1);
    format!("{}.{}×", tenths / 10, tenths % 10)
}

fn per_second(figures: &Figures) -> u64 {
    1_000_000_000 / max(figures.elapsed, 1)
}

/// How it was measured.
pub fn how(size: Size, busy: &str) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "\nHow: the release program, `serve --workers 1` with 8 connections, RUST_LOG=warn, one process for each database;\n\
         loopback, {} keep-alive connections, an HS256 token on every request; the client shares the {cores} cores with the\n\
         servers, nothing is pinned. CPU is the time of all threads of the service (and of all processes of Postgres) from\n\
         /proc/PID/task/*/schedstat, divided by the requests. static: actix-web with one worker in a process of its own that\n\
         answers the same bytes and headers from memory. query: the same store calls in a loop on one connection in process,\n\
         no HTTP, no JSON. {} interleaved rounds, medians. Load average before the rounds {busy}: above about 1 the machine\n\
         was shared.",
        SHAPE.threads * SHAPE.connections,
        size.rounds,
    );
}

/// The reads, one table for each database.
pub fn reads(measured: &[Measured], lines: &[Line]) {
    for (at, one) in measured.iter().enumerate() {
        println!("\n{}: CPU µs a request\n", one.name);
        println!(
            "{:<43} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8} {:>5} {:>8} {:>7} {:>8}",
            "", "bytes", "static", "query", "service", "database", "× static", "aim", "× query", "req/s", "static/s"
        );
        for line in lines {
            let cost = &line.costs[at];
            let (service, query) = (&cost.service, &cost.query);
            let whole = service.own + service.database;
            let aim = line.aim.filter(|_| one.postgres.is_none()).map_or_else(String::new, |aim| format!("≤{aim}"));
            println!(
                "{:<43} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8} {:>5} {:>8} {:>7} {:>8}",
                line.name,
                line.bytes,
                microseconds(line.from_memory.own),
                microseconds(query.own + query.database),
                microseconds(service.own),
                microseconds(service.database),
                ratio(whole, line.from_memory.own),
                aim,
                ratio(whole, query.own + query.database),
                per_second(service),
                per_second(&line.from_memory),
            );
        }
    }
}

/// The inserts.
pub fn inserts(measured: &[Measured], inserts: &AllInserts) {
    println!(
        "\nInserts (POST of a project), 64 clients, against the same inserts by 64 threads in process, one durable\n\
         transaction each on one connection. A write of 4 KiB reaches this disk in {} µs.\n",
        microseconds(inserts.disk)
    );
    println!(
        "{:<43} {:>10} {:>12} {:>7} {:>5} {:>10} {:>10}",
        "", "service/s", "one each/s", "ratio", "aim", "service µs", "database"
    );
    for (one, figures) in measured.iter().zip(&inserts.each) {
        let (service, one_each) = (&figures.service, &figures.one_each);
        println!(
            "{:<43} {:>10} {:>12} {:>7} {:>5} {:>10} {:>10}",
            one.name,
            per_second(service),
            per_second(one_each),
            ratio(one_each.elapsed, service.elapsed),
            if one.postgres.is_none() { "≥3" } else { "" },
            microseconds(service.own),
            microseconds(service.database),
        );
    }
}
