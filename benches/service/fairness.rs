//! What a unit waits while another asks without end: alone, beside it, and beside it with a rate for each organization.
//!
//! `JIXIAO_BENCH_ONLY=fairness cargo bench --bench service`. JIXIAO_BENCH_PROJECTS (2000) makes another size.

use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jixiao::db::Address;

use super::cases::token;
use super::data::{LISTED_YEAR, load, unit_code};
use super::load::Client;
use super::number;
use super::processes::Server;

/// Connections of the unit that asks without end.
const LOOPS: usize = 64;
/// Requests of the unit that is measured.
const ASKED: usize = 400;
/// Requests a second of each organization, as `deploy/` sets them.
const RATE: &str = "200";

/// What the measured unit waited, in order, and how many requests of the other were answered and refused.
struct Waited {
    times: Vec<Duration>,
    answered: u64,
    refused: u64,
}

impl Waited {
    fn at(&self, hundredth: usize) -> u128 {
        self.times.get(self.times.len() * hundredth / 100).map_or(0, Duration::as_micros)
    }
}

fn request(unit: usize, secret: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let token = token(&unit_code(unit), secret)?;
    let path = format!("/api/v1/projects?fiscal_year={LISTED_YEAR}&sort=name&count=exact");
    Ok(format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes())
}

fn measure(port: u16, loops: usize) -> Result<Waited, Box<dyn Error>> {
    let (quiet, greedy) = (request(0, super::SECRET)?, request(1, super::SECRET)?);
    let (is_over, answered, refused) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let mut times = Vec::with_capacity(ASKED);
    thread::scope(|scope| {
        for _ in 0..loops {
            scope.spawn(|| {
                let Ok(mut client) = Client::connect(port) else { return };
                while !is_over.load(Ordering::Relaxed) && client.send(&greedy).is_ok() {
                    match client.receive().map(|reply| reply.status) {
                        Ok(200) => answered.fetch_add(1, Ordering::Relaxed),
                        Ok(429) => refused.fetch_add(1, Ordering::Relaxed),
                        _ => return,
                    };
                }
            });
        }
        thread::sleep(Duration::from_millis(500));
        let asked = ask(port, &quiet, &mut times);
        is_over.store(true, Ordering::Relaxed);
        asked
    })?;
    times.sort_unstable();
    Ok(Waited { times, answered: answered.into_inner(), refused: refused.into_inner() })
}

/// Asks fifty times a second, as a screen does.
fn ask(port: u16, request: &[u8], times: &mut Vec<Duration>) -> Result<(), Box<dyn Error>> {
    let mut client = Client::connect(port)?;
    for _ in 0..ASKED {
        let started = Instant::now();
        client.send(request)?;
        let status = client.receive()?.status;
        if status != 200 {
            return Err(format!("the quiet unit was answered {status}").into());
        }
        times.push(started.elapsed());
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Measures and prints.
pub fn run() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let secret = directory.path().join("secret");
    std::fs::write(&secret, super::SECRET)?;
    let url = format!("sqlite://{}", directory.path().join("bench.db").display());
    load(&Address::parse(&url)?, number("JIXIAO_BENCH_PROJECTS", 2000)?)?;
    println!(
        "a unit's list of projects, 50 times a second, µs; the other unit asks on {LOOPS} connections without a pause"
    );
    let settings: [(&str, usize, &[&str]); 3] = [
        ("alone", 0, &[]),
        ("beside it, no rate", LOOPS, &[]),
        ("beside it, a rate", LOOPS, &["--organization-rate", RATE]),
    ];
    let mut alone = 0;
    for (name, loops, arguments) in settings {
        let server = Server::jixiao_with(&url, &secret, arguments)?;
        let waited = measure(server.port, loops)?;
        if loops == 0 {
            alone = waited.at(50).max(1);
        }
        println!(
            "{name}: p50 {} ({} % of alone), p90 {}, p99 {}; the other had {} answers and {} refusals",
            waited.at(50),
            waited.at(50) * 100 / alone,
            waited.at(90),
            waited.at(99),
            waited.answered,
            waited.refused,
        );
    }
    Ok(())
}
