//! Measuring the reads: each round asks everything once, one after the other.

use std::error::Error;
use std::time::{Duration, Instant};

use jixiao::db::Connection;

use super::cases::{self, Case};
use super::data::DIVISION;
use super::floor::Kept;
use super::load::{self, Clients, Shape};
use super::processes::{Clock, Server};
use super::{Measured, SECRET, Size};

/// As many connections as a busy gateway holds.
pub const SHAPE: Shape = Shape { threads: 4, connections: 16 };
/// Requests of a static answer in one round.
const FROM_MEMORY: usize = 10_000;

/// The figures of one request, in nanoseconds.
#[derive(Clone, Copy, Default)]
pub struct Figures {
    /// CPU time of the service or of the process that asks.
    pub own: u64,
    /// CPU time of the database's processes.
    pub database: u64,
    /// Time of the clock, all connections together.
    pub elapsed: u64,
}

/// What a case costs on one database.
pub struct Cost {
    pub service: Figures,
    pub query: Figures,
}

/// One line of the table.
pub struct Line {
    pub name: &'static str,
    pub aim: Option<u64>,
    pub bytes: usize,
    pub from_memory: Figures,
    /// In the order of the databases.
    pub costs: Vec<Cost>,
}

/// The median of each figure by itself.
pub fn median(rounds: &[Figures]) -> Figures {
    let middle = |of: fn(&Figures) -> u64| {
        let mut values: Vec<u64> = rounds.iter().map(of).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Figures { own: middle(|one| one.own), database: middle(|one| one.database), elapsed: middle(|one| one.elapsed) }
}

fn each(total: u64, count: usize) -> u64 {
    total / u64::try_from(count).unwrap_or(u64::MAX)
}

fn nanoseconds(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
}

/// Runs `work` and gives the figures of each of its `count` requests: the time of `own`, and of the
/// processes of the database.
pub fn figures(
    own: u32,
    database: &Measured,
    count: usize,
    work: impl FnOnce() -> Result<Duration, Box<dyn Error>>,
) -> Result<Figures, Box<dyn Error>> {
    let read = || Ok::<_, Box<dyn Error>>((Clock::read(&[own])?, Clock::read(&database.processes()?)?));
    let before = read()?;
    let elapsed = work()?;
    let after = read()?;
    Ok(Figures {
        own: each(after.0.since(&before.0), count),
        database: each(after.1.since(&before.1), count),
        elapsed: each(nanoseconds(elapsed), count),
    })
}

fn over_http(
    server: &Server,
    database: &Measured,
    requests: &[Vec<u8>],
    from: usize,
    count: usize,
) -> Result<Figures, Box<dyn Error>> {
    let mut clients = Clients::connect(server.port, SHAPE)?;
    let measured = from + count / 4;
    clients.run(requests, from, measured, 200)?;
    figures(server.process(), database, count, || Ok(clients.run(requests, measured, measured + count, 200)?))
}

fn in_process(connection: &mut Connection, database: &Measured, case: &Case) -> Result<Figures, Box<dyn Error>> {
    for index in 0..case.count / 4 {
        (case.query)(connection, index)?;
    }
    figures(std::process::id(), database, case.count, || {
        let started = Instant::now();
        for index in 0..case.count {
            (case.query)(connection, index)?;
        }
        Ok(started.elapsed())
    })
}

/// All reads on all databases.
pub fn measure(measured: &[Measured], size: Size) -> Result<Vec<Line>, Box<dyn Error>> {
    let token = cases::token(DIVISION, SECRET)?;
    let mut asked = Vec::new();
    for one in measured {
        asked.push((one, cases::reads(&one.data, SECRET)?, Connection::open(&one.address)?));
    }
    let Some((first, cases, _)) = asked.first() else { return Ok(Vec::new()) };
    let kept = cases.iter().map(|case| load::once(first.server.port, &case.requests[0], Kept::of));
    let kept: Vec<Kept> = kept.collect::<std::io::Result<_>>()?;
    if let Some(other) = kept.iter().find(|kept| kept.status() != 200) {
        return Err(format!("{other:?}").into());
    }
    let floor = Server::floor(&serde_json::to_string(&kept)?)?;
    let names: Vec<_> = cases.iter().map(|case| (case.name, case.aim)).collect();

    let mut from_memory = vec![Vec::new(); names.len()];
    let mut service = vec![vec![Vec::new(); names.len()]; asked.len()];
    let mut query = service.clone();
    for (one, cases, _) in &asked {
        // What is read again was read once.
        for case in cases.iter().filter(|case| !case.is_first) {
            Clients::connect(one.server.port, SHAPE)?.run(&case.requests, 0, case.requests.len(), 200)?;
        }
    }
    for round in 0..size.rounds {
        for index in 0..names.len() {
            let requests = cases::from_memory(index, &token);
            from_memory[index].push(over_http(&floor, &measured[0], &requests, 0, FROM_MEMORY)?);
            for (at, (one, cases, connection)) in asked.iter_mut().enumerate() {
                let case = &cases[index];
                let from = if case.is_first { round * (case.count + case.count / 4) } else { 0 };
                service[at][index].push(over_http(&one.server, one, &case.requests, from, case.count)?);
                query[at][index].push(in_process(connection, one, case)?);
            }
        }
    }
    let line = |index: usize| Line {
        name: names[index].0,
        aim: names[index].1,
        bytes: kept[index].bytes(),
        from_memory: median(&from_memory[index]),
        costs: (0..asked.len())
            .map(|at| Cost { service: median(&service[at][index]), query: median(&query[at][index]) })
            .collect(),
    };
    Ok((0..names.len()).map(line).collect())
}
