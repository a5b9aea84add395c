//! What a report costs: one of 100 indicators in each format, from the facts to the bytes, against a floor measured in the
//! same run: the content of the same assessment written as canonical JSON, which is the least that must be said of it.
//!
//! Rounds are interleaved and the median counts. The aim is 50 ms for html and docx; a pdf is set line by line,
//! and takes what it takes.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jixiao::auth::{Caller, Scope};
use jixiao::db::{Address, Connection, Database, Limits};
use jixiao::findings::Language;
use jixiao::http::body::typed;
use jixiao::reports::actions::write;
use jixiao::reports::facts::Facts;
use jixiao::reports::model::ReportFormat;
use jixiao::{assessments, budgets, indicators, organizations, projects};
use serde_json::{Value, json};

const INDICATORS: usize = 100;
const ROUNDS: usize = 41;

/// A project of 100 indicators, some of them reached, some not, and some without figures.
fn facts(c: &mut Connection, caller: &Caller) -> jixiao::http::error::Result<Facts> {
    let organization = organizations::store::insert(
        c,
        caller,
        typed(json!({"code": "410100", "name": "郑州市", "kind": "division"}))?,
    )?;
    let project = json!({
        "fiscal_year": 2021, "code": "B1", "name": "企业服务活动专项经费", "organization_id": organization.id,
        "overall_goal": "目标".repeat(200), "annual_goal": "目标".repeat(100),
    });
    let project = projects::actions::create(c, caller, typed(project)?)?;
    for category in ["会议费", "培训费", "差旅费", "维修(护)费"] {
        let line = json!({"funding_source": "other", "economic_category": category, "initial_amount": "1080000.00",
                          "adjusted_amount": "1080000.00", "executed_amount": "542543.00"});
        budgets::actions::create(c, caller, &project.id, typed(line)?)?;
    }
    let mut results: Vec<Value> = Vec::new();
    for number in 0..INDICATORS {
        let level1 = ["决策", "过程", "产出", "效益"][number * 4 / INDICATORS];
        let new = json!({"level1": level1, "level2": format!("二级{}", number / 10), "name": format!("第{number}项服务的完成数量"),
                         "measure": "number", "weight": "1.00", "target_text": format!("≥{}人次", number + 50)});
        let indicator = indicators::actions::create(c, caller, &project.id, typed(new)?)?;
        let mut result = json!({"indicator_id": indicator.id, "declared_score": "1.00"});
        if number % 4 != 3 {
            result["actual_text"] = json!(format!("{}人次", number + 48));
            result["deviation_reason"] = json!("一期培训改为线上举行");
        }
        results.push(result);
    }
    let new = json!({"project_id": project.id, "kind": "department_evaluation", "results": results,
                     "declared": {"total": "100.00", "grade_text": "优"},
                     "narrative": {"overview": "概况。".repeat(300), "problems": "问题。".repeat(300)}});
    let assessment = assessments::actions::create(c, caller, typed(new)?)?;
    Facts::of_assessment(c, caller, &assessment.id)
}

fn timed(work: &mut dyn FnMut() -> Result<usize, Box<dyn Error>>) -> Result<(Duration, usize), Box<dyn Error>> {
    let started = Instant::now();
    let bytes = black_box(work()?);
    Ok((started.elapsed(), bytes))
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let address = Address::parse(&format!("sqlite://{}", folder.path().join("reports.db").display()))?;
    let db = Database::open(&address, &Limits::default())?;
    db.migrate()?;
    let caller = Caller::new("bench", "410100", Scope::ALL.iter().copied().collect());
    let facts = actix_web::rt::System::new().block_on(db.write("410100", move |c| facts(c, &caller)))?;
    let mut floor = || Ok(facts.content.freeze()?.0.len());
    let formats = ReportFormat::ALL;
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); formats.len() + 1];
    let mut sizes = vec![0; formats.len() + 1];
    for _ in 0..ROUNDS {
        let (time, size) = timed(&mut floor)?;
        times[0].push(time);
        sizes[0] = size;
        for (at, format) in (1..).zip(formats) {
            let (time, size) = timed(&mut || Ok(write(&facts, *format, Language::Zh)?.bytes.len()))?;
            times[at].push(time);
            sizes[at] = size;
        }
    }
    let medians: Vec<Duration> = times
        .iter_mut()
        .map(|of| {
            of.sort();
            of[of.len() / 2]
        })
        .collect();
    println!(
        "A report of {INDICATORS} indicators, {ROUNDS} interleaved rounds, medians; the floor is its content as canonical JSON.\n"
    );
    println!("{:<12} {:>10} {:>10} {:>9}", "", "bytes", "ms", "× floor");
    let names = std::iter::once("floor").chain(formats.iter().map(|format| format.as_str()));
    for ((name, median), size) in names.zip(&medians).zip(&sizes) {
        let micros = median.as_micros();
        let ratio = micros * 10 / medians[0].as_micros().max(1);
        println!(
            "{name:<12} {size:>10} {:>10} {:>9}",
            format!("{}.{:02}", micros / 1000, micros % 1000 / 10),
            format!("{}.{}", ratio / 10, ratio % 10)
        );
    }
    Ok(())
}
