//! `jixiao report`: the report of an assessment as a file, straight from a database.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Tongue;
use super::demo::DATABASE;
use crate::assessments;
use crate::auth::{Caller, Scope};
use crate::config::DatabaseSettings;
use crate::db::{Connection, Database};
use crate::findings::Language;
use crate::http::error::Result;
use crate::organizations::slice::{Slice, Wanted};
use crate::reports::actions::{self, Report as Written};
use crate::reports::facts::Facts;
use crate::reports::model::ReportFormat;
use crate::values::input::FromText;

/// Write the report of an assessment into a file, straight from a database: that of the demo when none is given
#[derive(Debug, Args)]
pub struct Report {
    /// The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long = "database", env = "DATABASE_URL", default_value = DATABASE, hide_env_values = true, value_name = "URL")]
    database: String,
    /// The organization whose assessments are meant, with those below it
    #[arg(long, default_value = "410100", value_name = "CODE")]
    org: String,
    /// 项目代码; the first assessment there is when left out
    #[arg(long, value_name = "CODE")]
    project: Option<String>,
    /// 预算年度
    #[arg(long, value_name = "YEAR")]
    fiscal_year: Option<i32>,
    /// The form of the file
    #[arg(long, value_parser = format_of, default_value = "docx", value_name = "docx|pdf|html|markdown|xlsx")]
    format: ReportFormat,
    /// The language
    #[arg(long, value_enum, default_value = "zh-CN")]
    lang: Tongue,
    /// The file; named after year, project and revision when left out, - for standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn format_of(text: &str) -> std::result::Result<ReportFormat, String> {
    ReportFormat::from_text(text).map_err(|misread| misread.detail.en)
}

/// Writes the file and says which it is.
pub fn run(command: &Report) -> std::result::Result<(), Box<dyn Error>> {
    let settings = DatabaseSettings::of(&command.database);
    let address = settings.address()?;
    if address.file().is_some_and(|file| !file.exists()) {
        return Err(format!("there is no database {address}; `jixiao demo` makes one, --database names another").into());
    }
    let db = Database::open(&address, &settings.limits())?;
    if db.migration_state()? != crate::db::State::Current {
        return Err(format!("the schema of {address} is not that of this program; run `jixiao migrate`").into());
    }
    let language = Language::from(command.lang);
    let report = db.read_here(|c| c.snapshot(|c| report(c, command, language)))?;
    let Some(Written { bytes, name }) = report else {
        return Err("no assessment is like that; give --org, --project and --fiscal-year of one".into());
    };
    let file = command.output.clone().unwrap_or_else(|| PathBuf::from(name));
    if file.as_os_str() == "-" {
        return Ok(std::io::stdout().write_all(&bytes)?);
    }
    std::fs::write(&file, &bytes).map_err(|cause| format!("{} cannot be written: {cause}", file.display()))?;
    say!("{}", file.display());
    Ok(())
}

fn report(c: &mut Connection, command: &Report, language: Language) -> Result<Option<Written>> {
    let caller = Caller::new("report", &command.org, Scope::ALL.iter().copied().collect());
    let wanted = Wanted { years: command.fiscal_year.into_iter().collect(), subtree_of: None };
    let mut next = Slice::first(c, &command.org, wanted, 200)?;
    while let Some(slice) = next {
        let found = assessments::store::slice(c, &slice)?;
        let count = found.len();
        let last = found.last().map(|(row, _, _)| row.id.to_string());
        let wanted = |code: &str| command.project.as_ref().is_none_or(|wanted| wanted == code);
        if let Some((row, project, _)) = found.into_iter().find(|(_, project, _)| wanted(project.code.as_str())) {
            let loaded = assessments::loaded::load_all(c, vec![(row, project)])?;
            let facts = loaded.first().map(|loaded| Facts::of_loaded(c, &caller, loaded)).transpose()?;
            return facts.map(|facts| actions::write(&facts, command.format, language)).transpose();
        }
        next = slice.next(count, last);
    }
    Ok(None)
}
