//! What a division's requests cost with many neighbours in the database, as a ratio to what they cost alone; and how the
//! statistics of a province grow with its scores.
//!
//! `JIXIAO_BENCH_ONLY=neighbours cargo bench --bench service`. JIXIAO_BENCH_DIVISIONS (200) and JIXIAO_BENCH_EACH (500
//! projects in each) make another size (0: only the growth), JIXIAO_BENCH_SCORES (10000,100000) lists the sizes of the
//! growth, JIXIAO_BENCH_ON (sqlite, postgres) names one database.

use std::error::Error;
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection};
use jixiao::auth::{Caller, Scope};
use jixiao::changes;
use jixiao::db::{Address, Connection, Database};
use jixiao::http::body::typed;
use jixiao::http::page::Paging;
use jixiao::statistics::kept;
use jixiao::statistics::model::{ExecutionGrouping, ScoreGrouping};
use serde_json::json;

use super::number;
use super::postgres::{Postgres, with_database};
use super::province::{PROVINCE, division, fill};

/// How often each question is asked in a round.
const ASKED: usize = 20;
/// Rounds of which the median counts.
const ROUNDS: usize = 9;

type Question = (&'static str, fn(&mut Connection, &Caller) -> Result<(), Box<dyn Error>>);

fn list(c: &mut Connection, caller: &Caller, query: serde_json::Value) -> Result<(), Box<dyn Error>> {
    let query: jixiao::projects::model::ProjectQuery = typed(query).map_err(|cause| cause.to_string())?;
    let paging = Paging::new(&query, None, None).map_err(|cause| cause.to_string())?;
    jixiao::projects::store::list(c, caller, &query, &paging).map_err(|cause| cause.to_string())?;
    Ok(())
}

fn scores(c: &mut Connection, caller: &Caller, by: ScoreGrouping) -> Result<(), Box<dyn Error>> {
    let query = typed(json!({"fiscal_year": "2025"})).map_err(|cause| cause.to_string())?;
    kept::scores(c, caller, &query, by).map_err(|cause| cause.to_string())?;
    kept::deviations(c, caller, &query).map_err(|cause| cause.to_string())?;
    Ok(())
}

const QUESTIONS: [Question; 9] = [
    ("projects of the year by name", |c, caller| list(c, caller, json!({"fiscal_year": "2025", "sort": "name"}))),
    ("projects of the year, counted", |c, caller| list(c, caller, json!({"fiscal_year": "2025", "count": "exact"}))),
    ("indicators of the year", |c, caller| {
        let query = typed(json!({"fiscal_year": "2025"})).map_err(|cause| cause.to_string())?;
        let paging = Paging::new(&query, None, None).map_err(|cause| cause.to_string())?;
        jixiao::indicators::store::list(c, caller, &query, &paging).map_err(|cause| cause.to_string())?;
        Ok(())
    }),
    ("best scores, counted", |c, caller| {
        let query = typed(json!({"fiscal_year": "2025", "sort": "-final_total", "count": "exact"}));
        let query = query.map_err(|cause| cause.to_string())?;
        let paging = Paging::new(&query, None, None).map_err(|cause| cause.to_string())?;
        jixiao::scores::store::list(c, caller, &query, &paging).map_err(|cause| cause.to_string())?;
        Ok(())
    }),
    ("statistics of scores by year", |c, caller| scores(c, caller, ScoreGrouping::FiscalYear)),
    ("statistics of scores by grade", |c, caller| scores(c, caller, ScoreGrouping::Grade)),
    ("statistics of scores by level 1", |c, caller| scores(c, caller, ScoreGrouping::Level1)),
    ("statistics of execution", |c, caller| {
        let query = typed(json!({"fiscal_year": "2025"})).map_err(|cause| cause.to_string())?;
        kept::execution(c, caller, &query, ExecutionGrouping::FundingSource).map_err(|cause| cause.to_string())?;
        Ok(())
    }),
    ("where its feed stands", |c, caller| {
        changes::reading::Stand::at_end(c, &caller.organization_code).map_err(|cause| cause.to_string())?;
        Ok(())
    }),
];

/// Microseconds of a question, once each of several databases and callers is asked by turns: medians.
fn measure(asked: &mut [(Connection, Caller)], question: Question) -> Result<Vec<u128>, Box<dyn Error>> {
    let mut taken = vec![Vec::with_capacity(ROUNDS); asked.len()];
    for round in 0..=ROUNDS {
        for ((connection, caller), taken) in asked.iter_mut().zip(&mut taken) {
            let started = Instant::now();
            for _ in 0..ASKED {
                question.1(connection, caller)?;
            }
            if round > 0 {
                taken.push(started.elapsed().as_nanos() / 1000 / u128::try_from(ASKED)?);
            }
        }
    }
    taken.iter_mut().for_each(|taken| taken.sort_unstable());
    taken.into_iter().map(|taken| taken.get(ROUNDS / 2).copied().ok_or_else(|| "no round".into())).collect()
}

fn caller(code: &str) -> Caller {
    Caller::new("bench", code, Scope::ALL.iter().copied().collect())
}

/// Where a database can be made.
enum Kind<'a> {
    Sqlite(&'a std::path::Path),
    Postgres(&'a Postgres),
}

impl Kind<'_> {
    fn database(&self, name: &str) -> Result<Address, Box<dyn Error>> {
        match self {
            Kind::Sqlite(folder) => Ok(Address::parse(&format!("sqlite://{}", folder.join(name).display()))?),
            Kind::Postgres(postgres) => {
                PgConnection::establish(&postgres.url)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
                Ok(Address::parse(&with_database(&postgres.url, name))?)
            }
        }
    }
}

fn neighbours(kind: &Kind<'_>, divisions: usize, projects: usize) -> Result<(), Box<dyn Error>> {
    let (alone, among) = (kind.database("alone")?, kind.database("among")?);
    let _databases: [Database; 2] = [fill(&alone, 1, projects)?, fill(&among, divisions, projects)?];
    println!("\n{:<36} {:>10} {:>10} {:>8} {:>12}", "µs", "alone", "among", "ratio", "the province");
    for question in QUESTIONS {
        let mut asked = [
            (Connection::open(&alone)?, caller(&division(0))),
            (Connection::open(&among)?, caller(&division(0))),
            (Connection::open(&among)?, caller(PROVINCE)),
        ];
        let taken = measure(&mut asked, question)?;
        if let [alone, among, province] = taken.as_slice() {
            let hundredths = among * 100 / (*alone).max(1);
            let ratio = format!("{}.{:02}×", hundredths / 100, hundredths % 100);
            println!("{:<36} {alone:>10} {among:>10} {ratio:>8} {province:>12}", question.0);
        }
    }
    Ok(())
}

/// The statistics of a province of 100 divisions with ever more scores.
fn growth(kind: &Kind<'_>, sizes: &[usize]) -> Result<(), Box<dyn Error>> {
    let mut asked = Vec::new();
    let mut databases = Vec::new();
    for size in sizes {
        let address = kind.database(&format!("scores{size}"))?;
        databases.push(fill(&address, 100, size / 100)?);
        asked.push((Connection::open(&address)?, caller(PROVINCE)));
    }
    print!("\n{:<36}", "µs of a province's statistics");
    sizes.iter().for_each(|size| print!(" {size:>12}"));
    println!();
    for question in QUESTIONS.into_iter().filter(|(name, _)| name.starts_with("statistics")) {
        print!("{:<36}", question.0);
        measure(&mut asked, question)?.iter().for_each(|taken| print!(" {taken:>12}"));
        println!();
    }
    Ok(())
}

/// Measures on both databases.
pub fn run() -> Result<(), Box<dyn Error>> {
    let (divisions, projects) = (number("JIXIAO_BENCH_DIVISIONS", 200)?, number("JIXIAO_BENCH_EACH", 500)?);
    let sizes = std::env::var("JIXIAO_BENCH_SCORES").unwrap_or_else(|_| "10000,100000".to_owned());
    let sizes = sizes.split(',').map(|size| size.trim().parse::<usize>()).collect::<Result<Vec<_>, _>>()?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let only = std::env::var("JIXIAO_BENCH_ON").ok();
    let is_wanted = |kind: &str| only.as_deref().is_none_or(|only| only == kind);
    println!("{divisions} divisions of {projects} projects with a published score each, beside one of them alone");
    let measured = |kind: &Kind<'_>| {
        if divisions > 0 {
            neighbours(kind, divisions, projects)?;
        }
        growth(kind, &sizes)
    };
    if is_wanted("sqlite") {
        println!("\nSQLite");
        measured(&Kind::Sqlite(folder.path()))?;
    }
    if !is_wanted("postgres") {
        return Ok(());
    }
    match Postgres::start()? {
        Some(postgres) => {
            println!("\n{}", postgres.name);
            measured(&Kind::Postgres(&postgres))
        }
        None => {
            println!("\nPostgres is not measured: none is installed and TEST_DATABASE_URL is not set");
            Ok(())
        }
    }
}
