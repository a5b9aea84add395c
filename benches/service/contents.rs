//! How many bytes what is frozen takes: of every assessment in a database, as if it were submitted now.
//!
//! JIXIAO_BENCH_DATABASE names the database. With JIXIAO_BENCH_SAMPLES, a folder, each text is written there as well: what
//! a dictionary is trained on (`zstd --train --maxdict=65536`).

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use jixiao::assessments::frozen::{self, FORM, Shown};
use jixiao::assessments::model::AssessmentRow;
use jixiao::assessments::{loaded, workflow};
use jixiao::db::schema::{projects, self_assessments};
use jixiao::db::{Address, Connection};
use jixiao::on;
use jixiao::projects::model::ProjectRow;

/// Bytes of some texts, and what packing them took.
#[derive(Default)]
struct Sum {
    texts: usize,
    plain: usize,
    packed: usize,
    packing: Duration,
    unpacking: Duration,
}

impl Sum {
    fn add(&mut self, text: &[u8]) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        let packed = frozen::pack(text)?;
        self.packing += started.elapsed();
        (self.texts, self.plain, self.packed) = (self.texts + 1, self.plain + text.len(), self.packed + packed.len());
        let started = Instant::now();
        let unpacked = frozen::unpack(FORM, packed)?;
        self.unpacking += started.elapsed();
        if unpacked == text { Ok(()) } else { Err("a text was not the same after it was packed".into()) }
    }

    fn print(&self, name: &str) {
        let each = |sum: usize| sum / self.texts.max(1);
        let micros = |time: Duration| each(usize::try_from(time.as_micros()).unwrap_or(usize::MAX));
        println!(
            "{name}: {} bytes, packed {} ({} µs to pack, {} µs to unpack)",
            each(self.plain),
            each(self.packed),
            micros(self.packing),
            micros(self.unpacking),
        );
    }
}

/// Measures, and writes the samples where they are asked for.
pub fn run() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("JIXIAO_BENCH_DATABASE").map_err(|_| "JIXIAO_BENCH_DATABASE names no database")?;
    let folder = std::env::var("JIXIAO_BENCH_SAMPLES").map(PathBuf::from).ok();
    let mut connection = Connection::open(&Address::parse(&url)?)?;
    let found: Vec<(AssessmentRow, ProjectRow)> = on!(&mut connection, c => self_assessments::table
        .inner_join(projects::table)
        .select((AssessmentRow::as_select(), ProjectRow::as_select()))
        .load(c))?;
    let (mut contents, mut parts) = (Sum::default(), Sum::default());
    for (number, loaded) in loaded::load_all(&mut connection, found)?.into_iter().enumerate() {
        let content = workflow::content(&mut connection, &loaded)?;
        let (text, _) = content.freeze()?;
        let shown = serde_json::to_vec(&Shown::from(content))?;
        contents.add(text.as_bytes())?;
        parts.add(&shown)?;
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{number}.content")), &text)?;
            std::fs::write(folder.join(format!("{number}.shown")), &shown)?;
        }
    }
    println!("{} assessments", contents.texts);
    contents.print("what is frozen");
    parts.print("what is shown of it");
    Ok(())
}
