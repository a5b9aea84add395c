//! What a request costs, against floors measured in the same run: a static answer of the same size, the
//! bare query, and for inserts one durable transaction each.
//!
//! `cargo bench --bench service`. Rounds are interleaved and the median counts, so that a busy machine
//! moves all figures alike; ratios count, absolute figures do not. JIXIAO_BENCH_PROJECTS and
//! JIXIAO_BENCH_ROUNDS make a smaller run, JIXIAO_BENCH_ONLY=reads,inserts,imports,pulling names the parts to measure
//! (and by themselves neighbours, a division among 200, fairness, a unit beside a greedy one,
//! and contents, the bytes of what is frozen), TEST_DATABASE_URL a
//! Postgres server to use (otherwise an installed one is started for the run), JIXIAO_BENCH_UNDER wraps the service's command, for a profiler.

mod cases;
mod contents;
mod data;
mod fairness;
mod floor;
mod imports;
mod inserts;
mod load;
mod neighbours;
mod postgres;
mod processes;
mod province;
mod pulling;
mod reads;
mod table;

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use jixiao::db::Address;

use postgres::Postgres;
use processes::Server;

/// The secret of the run's tokens.
const SECRET: &[u8] = b"the secret of a benchmark is none";

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Size {
    projects: usize,
    rounds: usize,
}

/// A database under measurement with the service that runs on it.
pub struct Measured {
    name: String,
    address: Address,
    server: Server,
    data: data::Data,
    postgres: Option<Postgres>,
}

impl Measured {
    /// The processes of the database, when it has some.
    fn processes(&self) -> Result<Vec<u32>, Box<dyn Error>> {
        self.postgres.as_ref().map_or_else(|| Ok(Vec::new()), Postgres::processes)
    }
}

fn number(variable: &str, default: usize) -> Result<usize, Box<dyn Error>> {
    match std::env::var(variable) {
        Ok(text) => text.parse().map_err(|_| format!("{variable} is {text:?}; it must be a number").into()),
        Err(_) => Ok(default),
    }
}

fn start(url: &str, postgres: Option<Postgres>, size: Size, secret: &Path) -> Result<Measured, Box<dyn Error>> {
    let address = Address::parse(url)?;
    let started = Instant::now();
    let data = data::load(&address, size.projects)?;
    if let Some(postgres) = &postgres {
        postgres.settle()?;
    }
    let name = postgres.as_ref().map_or_else(|| "SQLite".to_owned(), |postgres| postgres.name.clone());
    println!("loaded {name} in {} s", started.elapsed().as_secs());
    Ok(Measured { name, server: Server::jixiao(url, secret)?, address, data, postgres })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, argument, port, ..] = arguments.as_slice()
        && argument == floor::ARGUMENT
    {
        return floor::serve(port.parse()?);
    }
    match std::env::var("JIXIAO_BENCH_ONLY").as_deref() {
        Ok("neighbours") => return neighbours::run(),
        Ok("contents") => return contents::run(),
        Ok("fairness") => return fairness::run(),
        _ => {}
    }
    let size = Size {
        projects: number("JIXIAO_BENCH_PROJECTS", 10_000)?.max(1000),
        rounds: number("JIXIAO_BENCH_ROUNDS", 7)?.max(1),
    };
    // Beside the build's files and not in /tmp, which may be memory: inserts must reach a disk.
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let secret = directory.path().join("secret");
    std::fs::write(&secret, SECRET)?;
    println!(
        "{} projects, {} indicators, {} budget lines and {} self-assessments, of 1 division, 20 departments and 400 units",
        size.projects,
        size.projects * data::INDICATORS_EACH,
        size.projects * data::LINES_EACH,
        size.projects,
    );
    let sqlite = format!("sqlite://{}", directory.path().join("bench.db").display());
    let mut measured = vec![start(&sqlite, None, size, &secret)?];
    match Postgres::start()? {
        Some(postgres) => measured.push(start(&postgres.url.clone(), Some(postgres), size, &secret)?),
        None => println!("Postgres is not measured: none is installed and TEST_DATABASE_URL is not set"),
    }
    let busy = table::load_average();
    let only = std::env::var("JIXIAO_BENCH_ONLY").ok();
    let asked = |part: &str| only.as_ref().is_none_or(|only| only.split(',').any(|one| one == part));
    table::how(size, &busy);
    if asked("reads") {
        table::reads(&measured, &reads::measure(&measured, size)?);
    }
    if asked("inserts") {
        table::inserts(&measured, &inserts::measure(&measured, size, directory.path())?);
    }
    if asked("imports") {
        imports::print(&measured, &imports::measure(&measured)?);
    }
    if asked("pulling") {
        pulling::print(&measured, &pulling::measure(&measured)?);
    }
    Ok(())
}
