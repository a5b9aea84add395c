//! Measuring inserts: 64 clients over HTTP, against the same inserts one durable transaction each.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use jixiao::db::Connection;
use jixiao::http::body::typed;
use jixiao::projects;
use jixiao::projects::model::NewProject;

use super::cases;
use super::data::{DIVISION, Data, caller, new_project};
use super::load::{Clients, Shape};
use super::reads::{Figures, figures, median};
use super::{Measured, SECRET, Size};

const CLIENTS: usize = 64;
/// Inserts of one round, and those before it.
const COUNT: usize = 4000;
const WARM_UP: usize = 400;
/// Projects of the floor have numbers of their own.
const FLOOR_NUMBERS: usize = 500_000;

/// What an insert costs on one database.
pub struct Inserts {
    pub service: Figures,
    pub one_each: Figures,
}

/// The inserts, and how long a write of 4 KiB takes to reach the disk, in nanoseconds.
pub struct AllInserts {
    pub each: Vec<Inserts>,
    pub disk: u64,
}

/// All inserts on all databases.
pub fn measure(measured: &[Measured], size: Size, directory: &Path) -> Result<AllInserts, Box<dyn Error>> {
    let mut connections = Vec::new();
    for one in measured {
        connections.push(Mutex::new(Connection::open(&one.address)?));
    }
    let mut rounds = vec![(Vec::new(), Vec::new()); measured.len()];
    for round in 0..size.rounds {
        for (at, one) in measured.iter().enumerate() {
            let from = round * (WARM_UP + COUNT);
            rounds[at].0.push(over_http(one, from)?);
            rounds[at].1.push(one_each(&connections[at], one, FLOOR_NUMBERS + from)?);
        }
    }
    let each =
        rounds.iter().map(|(service, one_each)| Inserts { service: median(service), one_each: median(one_each) });
    Ok(AllInserts { each: each.collect(), disk: disk(directory)? })
}

fn over_http(one: &Measured, from: usize) -> Result<Figures, Box<dyn Error>> {
    let token = cases::token(DIVISION, SECRET)?;
    let requests: Vec<Vec<u8>> =
        (from..from + WARM_UP + COUNT).map(|number| cases::post(number, &one.data, &token)).collect();
    let mut clients = Clients::connect(one.server.port, Shape { threads: CLIENTS, connections: 1 })?;
    clients.run(&requests, 0, WARM_UP, 201)?;
    figures(one.server.process(), one, COUNT, || Ok(clients.run(&requests, WARM_UP, WARM_UP + COUNT, 201)?))
}

fn one_each(connection: &Mutex<Connection>, one: &Measured, from: usize) -> Result<Figures, Box<dyn Error>> {
    run_each(connection, &one.data, from, WARM_UP)?;
    figures(std::process::id(), one, COUNT, || {
        let started = Instant::now();
        run_each(connection, &one.data, from + WARM_UP, COUNT)?;
        Ok(started.elapsed())
    })
}

/// As many threads as there are clients share one connection; each insert is its own transaction.
fn run_each(connection: &Mutex<Connection>, data: &Data, from: usize, count: usize) -> Result<(), Box<dyn Error>> {
    let next = AtomicUsize::new(from);
    let work = || -> jixiao::http::error::Result<()> {
        let caller = caller(DIVISION);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= from + count {
                return Ok(());
            }
            let new: NewProject = typed(new_project(number, "N", &data.units[number % data.units.len()]))?;
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            connection.transaction(|c| projects::actions::create(c, &caller, new))?;
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result.map_err(Into::into),
            Err(_) => Err("a client panicked".into()),
        })
    })
}

/// Writes of 4 KiB, each until it is on the disk: the median.
fn disk(directory: &Path) -> Result<u64, Box<dyn Error>> {
    let mut file = File::create(directory.join("disk"))?;
    let mut times = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        file.write_all(&[1; 4096])?;
        file.sync_data()?;
        times.push(u64::try_from(started.elapsed().as_nanos())?);
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
