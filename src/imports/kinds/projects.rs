//! 项目: a row each.

use std::collections::{HashMap, HashSet};

use deserr::Deserr;

use super::{Planned, Planner, Scope, guarded, year_of};
use crate::db::Connection;
use crate::http::error::{Code, Result};
use crate::imports::change::{Change, Table, Written};
use crate::imports::near::{self, Near};
use crate::imports::record::{Given, Record, RowError, Seen, twice};
use crate::organizations::{self, Organization};
use crate::projects::ProjectId;
use crate::projects::model::{PlanStep, ProjectRow, Subject, checked_year};
use crate::projects::store;
use crate::values::{Instant, LongText, NaturalCode, ShortText, Stored};

#[derive(Debug, Clone, Deserr)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
struct Line {
    #[deserr(default)]
    fiscal_year: Option<i32>,
    code: NaturalCode,
    #[deserr(default)]
    name: Given<ShortText>,
    #[deserr(default)]
    organization_code: Given<NaturalCode>,
    #[deserr(default)]
    overall_goal: Given<LongText>,
    #[deserr(default)]
    annual_goal: Given<LongText>,
    #[deserr(default)]
    basis_documents: Given<Vec<ShortText>>,
    #[deserr(default)]
    implementation_plan: Given<Vec<PlanStep>>,
    #[deserr(default)]
    subject: Given<Subject>,
}

/// Plans the rows.
#[derive(Default)]
pub struct ProjectPlanner {
    seen: Seen,
    near: Near,
}

impl Planner for ProjectPlanner {
    fn plan(&mut self, c: &mut Connection, scope: &Scope, records: Vec<Record>) -> Result<Vec<Planned>> {
        let lines: Vec<_> = records.iter().map(Record::read::<Line>).collect();
        let read = || lines.iter().filter_map(|line| line.as_ref().ok());
        let wanted: HashSet<&str> = read()
            .filter_map(|line| match &line.organization_code {
                Given::Value(code) => Some(code.as_str()),
                _ => None,
            })
            .chain(std::iter::once(scope.caller.organization_code.as_str()))
            .collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        let organizations: HashMap<String, Organization> = organizations::store::of_codes(c, &scope.caller, &wanted)?
            .into_iter()
            .map(|one| (one.code.to_string(), one))
            .collect();
        let own = organizations.get(&scope.caller.organization_code).map(|own| own.division_code.to_string());
        let own = own.unwrap_or_else(|| scope.caller.organization_code.clone());
        // A row that names its unit is of the unit's division, where the code may name another project than elsewhere.
        let division_of = |line: &Line| match &line.organization_code {
            Given::Value(code) => organizations.get(code.as_str()).map(|one| one.division_code.to_string()),
            _ => None,
        };
        let year_in = |line: &Line| line.fiscal_year.or(scope.fiscal_year);
        let unplaced = read().filter(|line| division_of(line).is_none());
        let unplaced = unplaced.filter_map(|line| Some((year_in(line)?, line.code.to_string())));
        let known = super::NamedProjects::load(c, scope, unplaced)?;
        let mut wanted: HashMap<(i32, String), Vec<String>> = HashMap::new();
        for line in read() {
            if let Some(year) = year_in(line) {
                let division = division_of(line).unwrap_or_else(|| own.clone());
                wanted.entry((year, division)).or_default().push(line.code.to_string());
            }
        }
        let mut taken: HashSet<(String, i32, String)> = HashSet::new();
        let mut placed: HashMap<(String, i32, String), ProjectRow> = HashMap::new();
        for ((year, division), codes) in wanted {
            let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            for row in store::of_division_and_codes(c, &scope.caller, &division, year, &codes)? {
                placed.insert((division.clone(), year, row.code.to_string()), row);
            }
            let given = store::taken_codes(c, &division, year, &codes)?;
            taken.extend(given.into_iter().map(|code| (division.clone(), year, code)));
        }
        let mut planned = Vec::with_capacity(records.len());
        for (record, line) in records.iter().zip(lines) {
            let line = match line {
                Ok(line) => line,
                Err(errors) => {
                    planned.push(Planned::rejected(record.place.clone(), None, errors));
                    continue;
                }
            };
            let year = match year_of(line.fiscal_year, scope, record) {
                Ok(year) => year,
                Err(error) => {
                    planned.push(Planned::rejected(record.place.clone(), Some(line.code.to_string()), vec![*error]));
                    continue;
                }
            };
            let key = format!("{year} {}", line.code);
            let reject = |errors| Planned::rejected(record.place.clone(), Some(key.clone()), errors);
            if let Some(earlier) = self.seen.before(&key, record.place.row) {
                planned.push(reject(vec![twice(record, "code", earlier)]));
                continue;
            }
            let division = division_of(&line);
            let at = (division.clone().unwrap_or_else(|| own.clone()), year, line.code.to_string());
            let before = match division {
                Some(_) => placed.get(&at),
                None => known.found.get(&(year, line.code.to_string())).map(std::sync::Arc::as_ref),
            };
            let is_taken = before.is_none() && taken.contains(&at);
            let row = self.row(c, scope, record, (year, line), before, is_taken, &organizations)?;
            planned.push(match row {
                Err(errors) => reject(errors),
                Ok(None) => {
                    Planned::unchanged(record.place.clone(), key, before.map(Table::location).unwrap_or_default())
                }
                Ok(Some(after)) => {
                    let (location, is_new) = (after.location(), before.is_none());
                    let written = Written { before: before.cloned(), after: Some(after) };
                    let changes = vec![Change::Project(Box::new(written))];
                    Planned::changed(record.place.clone(), is_new, key, location, changes)
                }
            });
        }
        guarded(c, &records, "code", planned)
    }
}

impl ProjectPlanner {
    #[expect(clippy::too_many_arguments, reason = "what a row is checked against: each is one thing")]
    fn row(
        &mut self,
        c: &mut Connection,
        scope: &Scope,
        record: &Record,
        (year, line): (i32, Line),
        before: Option<&ProjectRow>,
        is_taken: bool,
        organizations: &HashMap<String, Organization>,
    ) -> Result<std::result::Result<Option<ProjectRow>, Vec<RowError>>> {
        let mut errors = Vec::new();
        if let Err(misread) = checked_year(year) {
            errors.push(record.error(misread.at("/fiscal_year")));
        }
        if is_taken {
            errors.push(record.wrong(
                "code",
                Code::Taken,
                format!("{year}年度的项目代码已被本区划的其他单位占用"),
                format!("another unit of the division has a project of this code in {year}"),
            ));
        }
        let name = line.name.required(before.map(|one| one.name.clone()), "name", record, &mut errors);
        let organization_id = match &line.organization_code {
            Given::Absent if before.is_some() => before.map(|one| one.organization_id.clone()),
            Given::Value(code) => match organizations.get(code.as_str()) {
                Some(organization) => Some(organization.id.clone()),
                None => {
                    let (zh, en) = near::suggestion(&self.near.organizations(c, &scope.caller, code.as_str())?);
                    errors.push(record.wrong(
                        "organization_code",
                        Code::UnknownOrganization,
                        format!("没有代码为{code}的可见单位{zh}"),
                        format!("the caller sees no organization {code}{en}"),
                    ));
                    None
                }
            },
            Given::Absent | Given::Cleared => {
                errors.push(record.wrong(
                    "organization_code",
                    Code::MissingField,
                    "缺少实施单位代码",
                    "organization_code is required",
                ));
                None
            }
        };
        let division = match &line.organization_code {
            Given::Value(code) => organizations.get(code.as_str()).map(|one| one.division_code.clone()),
            _ => before.map(|one| one.division_code.clone()),
        };
        let overall_goal = line.overall_goal.over(before.and_then(|one| one.overall_goal.clone()));
        let annual_goal = line.annual_goal.over(before.and_then(|one| one.annual_goal.clone()));
        let documents = before.map(|one| one.basis_documents.read()).transpose()?;
        let plan = before.map(|one| one.implementation_plan.read()).transpose()?;
        let documents = Stored::new(&line.basis_documents.over(documents).unwrap_or_default())?;
        let plan = Stored::new(&line.implementation_plan.over(plan).unwrap_or_default())?;
        let (Some(name), Some(organization_id), Some(division_code), true) =
            (name, organization_id, division, errors.is_empty())
        else {
            return Ok(Err(errors));
        };
        let now = Instant::now();
        let mut after = ProjectRow {
            id: before.map_or_else(ProjectId::new, |one| one.id.clone()),
            version: 1,
            division_code,
            fiscal_year: year,
            code: line.code,
            name,
            organization_id,
            overall_goal,
            annual_goal,
            basis_documents: documents,
            implementation_plan: plan,
            created_at: before.map_or(now, |one| one.created_at),
            updated_at: now,
            subject: line.subject.over(before.map(|one| one.subject)).unwrap_or_default(),
        };
        let Some(before) = before else { return Ok(Ok(Some(after))) };
        let is_same = before.subject == after.subject
            && (&before.name, &before.organization_id, &before.overall_goal, &before.annual_goal)
                == (&after.name, &after.organization_id, &after.overall_goal, &after.annual_goal)
            && before.basis_documents.read()? == after.basis_documents.read()?
            && before.implementation_plan.read()? == after.implementation_plan.read()?;
        if is_same {
            return Ok(Ok(None));
        }
        after.follow(before.version);
        Ok(Ok(Some(after)))
    }
}
