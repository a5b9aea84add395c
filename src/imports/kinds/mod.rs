//! Planning the changes of each kind of rows: they are read and checked against the registered data; nothing is
//! changed.

mod budget_lines;
mod forms;
mod indicators;
mod organizations;
mod projects;
mod results;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deserr::Deserr;

use super::change::Change;
use super::model::{ImportKind, Outcome};
use super::near::{self, Near};
use super::record::{Record, RowError, RowPlace, Seen, twice};
use super::report::ReportLine;
use crate::assessments::guard::{self, Write};
use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::{Code, Result};
use crate::organizations::codes::CodeRanges;
use crate::projects::model::ProjectRow;
use crate::projects::{ProjectId, store};
use crate::values::NaturalCode;
use crate::values::input::Errors;

pub use forms::FormPlanner;

/// The settings of an import: for whom, for which year, and what it may create.
pub struct Scope {
    /// Who uploads.
    pub caller: Caller,
    /// 预算年度 of rows that do not say theirs.
    pub fiscal_year: Option<i32>,
    /// Whether what is not registered is made.
    pub create_missing: bool,
    /// Whose codes are.
    pub code_ranges: CodeRanges,
}

/// What becomes of a row.
pub struct Planned {
    /// Its line in the report.
    pub line: ReportLine,
    /// What it changes.
    pub changes: Vec<Change>,
}

impl Planned {
    fn rejected(place: RowPlace, key: Option<String>, errors: Vec<RowError>) -> Planned {
        Planned { line: ReportLine::rejected(place, key, errors), changes: Vec::new() }
    }

    fn unchanged(place: RowPlace, key: String, location: String) -> Planned {
        Planned { line: ReportLine::new(place, Outcome::Unchanged, Some(key), Some(location)), changes: Vec::new() }
    }

    fn changed(place: RowPlace, is_new: bool, key: String, location: String, changes: Vec<Change>) -> Planned {
        let outcome = if is_new { Outcome::Created } else { Outcome::Updated };
        let mut line = ReportLine::new(place, outcome, Some(key), Some(location));
        line.changed = changes.iter().flat_map(Change::fields).collect();
        Planned { line, changes }
    }
}

/// Plans the rows of one kind, in chunks.
pub trait Planner: Send {
    /// Plans some rows and returns the outcomes in their order. A planner that needs all rows first returns them at the
    /// end.
    fn plan(&mut self, c: &mut Connection, scope: &Scope, records: Vec<Record>) -> Result<Vec<Planned>>;

    /// The outcomes of the rows that are not returned yet.
    fn finish(&mut self, _: &mut Connection, _: &Scope) -> Result<Vec<Planned>> {
        Ok(Vec::new())
    }
}

/// The planner of a kind of flat tables; none for forms.
pub fn planner(kind: ImportKind) -> Option<Box<dyn Planner>> {
    Some(match kind {
        ImportKind::SelfAssessmentForms | ImportKind::GoalForms => return None,
        ImportKind::Organizations => Box::new(organizations::OrganizationPlanner::default()),
        ImportKind::Projects => Box::new(projects::ProjectPlanner::default()),
        ImportKind::BudgetLines => Box::new(budget_lines::BudgetLinePlanner::default()),
        ImportKind::Indicators => Box::new(indicators::IndicatorPlanner::default()),
        ImportKind::Results => Box::new(results::ResultPlanner::default()),
    })
}

/// The year and code by which a row names a project.
type ProjectKey = (i32, String);

/// The projects that some rows name.
struct NamedProjects {
    found: HashMap<ProjectKey, Arc<ProjectRow>>,
}

impl NamedProjects {
    fn load(c: &mut Connection, scope: &Scope, keys: impl Iterator<Item = ProjectKey>) -> Result<NamedProjects> {
        let mut by_year: HashMap<i32, HashSet<String>> = HashMap::new();
        for (year, code) in keys {
            by_year.entry(year).or_default().insert(code);
        }
        let mut found = HashMap::new();
        for (year, codes) in &by_year {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            for row in store::of_codes(c, &scope.caller, *year, &codes)? {
                found.insert((*year, row.code.to_string()), Arc::new(row));
            }
        }
        Ok(NamedProjects { found })
    }

    /// The project that a row names, or the error that there is none.
    fn of(
        &self,
        c: &mut Connection,
        scope: &Scope,
        near: &mut Near,
        record: &Record,
        key: &ProjectKey,
    ) -> Result<std::result::Result<Arc<ProjectRow>, RowError>> {
        let (year, code) = key;
        let Some(project) = self.found.get(key) else {
            let (zh, en) = near::suggestion(&near.projects(c, &scope.caller, *year, code)?);
            return Ok(Err(record.wrong(
                "project_code",
                Code::UnknownProject,
                format!("{year}年度没有代码为{code}的可见项目{zh}"),
                format!("the caller sees no project {code} in {year}{en}"),
            )));
        };
        Ok(Ok(project.clone()))
    }
}

/// A row that belongs to a project.
trait ProjectLine: Deserr<Errors> {
    /// The field that the error of a duplicate row names.
    const FIELD: &'static str;

    /// The year, where the row says it, and the code of its project.
    fn project(&self) -> (Option<i32>, &NaturalCode);

    /// A readable name of the row within its project; rows with the same name are duplicates.
    fn name(&self) -> String;
}

/// A row with its project.
struct OfProject<'a, L> {
    record: &'a Record,
    line: L,
    key: String,
    project: Arc<ProjectRow>,
}

/// Reads rows and finds their projects. A row is rejected if it cannot be read, names no project, or is a duplicate.
fn of_projects<'a, L: ProjectLine>(
    c: &mut Connection,
    scope: &Scope,
    near: &mut Near,
    seen: &mut Seen,
    records: &'a [Record],
) -> Result<Vec<std::result::Result<OfProject<'a, L>, Box<Planned>>>> {
    let lines: Vec<_> = records.iter().map(Record::read::<L>).collect();
    let keys = lines.iter().filter_map(|line| line.as_ref().ok()).filter_map(|line| {
        let (year, code) = line.project();
        Some((year.or(scope.fiscal_year)?, code.to_string()))
    });
    let projects = NamedProjects::load(c, scope, keys)?;
    let mut rows = Vec::with_capacity(records.len());
    for (record, line) in records.iter().zip(lines) {
        let reject = |key, errors| Err(Box::new(Planned::rejected(record.place.clone(), key, errors)));
        let line = match line {
            Ok(line) => line,
            Err(errors) => {
                rows.push(reject(None, errors));
                continue;
            }
        };
        let (year, code) = line.project();
        let year = match year_of(year, scope, record) {
            Ok(year) => year,
            Err(error) => {
                rows.push(reject(None, vec![*error]));
                continue;
            }
        };
        let key = format!("{year} {code} {}", line.name());
        let project = match projects.of(c, scope, near, record, &(year, code.to_string()))? {
            Ok(project) => project,
            Err(error) => {
                rows.push(reject(Some(key), vec![error]));
                continue;
            }
        };
        rows.push(match seen.before(&key, record.place.row) {
            Some(earlier) => reject(Some(key), vec![twice(record, L::FIELD, earlier)]),
            None => Ok(OfProject { record, line, key, project }),
        });
    }
    Ok(rows)
}

/// The projects of rows, each once.
fn ids<L>(rows: &[std::result::Result<OfProject<'_, L>, Box<Planned>>]) -> Vec<ProjectId> {
    let found: HashSet<ProjectId> = rows.iter().filter_map(|row| Some(row.as_ref().ok()?.project.id.clone())).collect();
    found.into_iter().collect()
}

/// Rejects the rows whose changes may not be made now. The rows are those of `records`, in their order; the error
/// stands at the `field` that names the project.
fn guarded(c: &mut Connection, records: &[Record], field: &str, mut planned: Vec<Planned>) -> Result<Vec<Planned>> {
    let of_row = |(row, planned): (usize, &Planned)| -> Vec<(usize, Write)> {
        planned.changes.iter().filter_map(Change::write).map(|write| (row, write)).collect()
    };
    let (rows, writes): (Vec<usize>, Vec<Write>) = planned.iter().enumerate().flat_map(of_row).unzip();
    for (row, refusal) in rows.into_iter().zip(guard::refusals(c, &writes)?) {
        if let (Some(refusal), Some(record), Some(one)) = (refusal, records.get(row), planned.get_mut(row)) {
            let message = refusal.message();
            let error = record.wrong(field, refusal.code(), message.zh, message.en);
            *one = Planned::rejected(record.place.clone(), one.line.key.take(), vec![error]);
        }
    }
    Ok(planned)
}

/// The year of a row, or that of the import.
fn year_of(given: Option<i32>, scope: &Scope, record: &Record) -> std::result::Result<i32, Box<RowError>> {
    given.or(scope.fiscal_year).ok_or_else(|| {
        Box::new(record.wrong(
            "fiscal_year",
            Code::MissingField,
            "缺少预算年度；可在行内填写，或用参数fiscal_year给出",
            "the fiscal year is missing; give it in the row, or by the parameter fiscal_year",
        ))
    })
}
