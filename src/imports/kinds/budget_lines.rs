//! 项目资金: a funding source × economic category of a project in each row.

use std::collections::HashSet;

use deserr::Deserr;

use super::{OfProject, Planned, Planner, ProjectLine, Scope, guarded, ids, of_projects};
use crate::assessments::by_project;
use crate::budgets::model::{
    BudgetLine, BudgetLineId, EconomicCategory, FundNature, FundingSource, GovernmentLevel, NewBudgetLine,
};
use crate::budgets::store;
use crate::db::Connection;
use crate::http::error::Result;
use crate::imports::change::{Change, Table, Written};
use crate::imports::near::Near;
use crate::imports::record::{Given, Record, RowError, Seen};
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::values::{Instant, Money, NaturalCode};

#[derive(Debug, Clone, Deserr)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
struct Line {
    #[deserr(default)]
    fiscal_year: Option<i32>,
    project_code: NaturalCode,
    funding_source: FundingSource,
    economic_category: EconomicCategory,
    #[deserr(default)]
    initial_amount: Given<Money>,
    #[deserr(default)]
    adjusted_amount: Given<Money>,
    #[deserr(default)]
    executed_amount: Given<Money>,
    #[deserr(default)]
    government_level: Given<GovernmentLevel>,
    #[deserr(default)]
    fund_nature: Given<FundNature>,
}

impl ProjectLine for Line {
    const FIELD: &'static str = "economic_category";

    fn project(&self) -> (Option<i32>, &NaturalCode) {
        (self.fiscal_year, &self.project_code)
    }

    fn name(&self) -> String {
        format!("{}/{}", self.funding_source.as_str(), self.economic_category)
    }
}

/// Plans the rows.
#[derive(Default)]
pub struct BudgetLinePlanner {
    seen: Seen,
    near: Near,
    touched: HashSet<ProjectId>,
}

impl Planner for BudgetLinePlanner {
    fn plan(&mut self, c: &mut Connection, scope: &Scope, records: Vec<Record>) -> Result<Vec<Planned>> {
        let rows = of_projects::<Line>(c, scope, &mut self.near, &mut self.seen, &records)?;
        let ids = ids(&rows);
        let known = by_project(store::of_projects(c, &ids)?, |line| &line.project_id);
        let mut planned = Vec::with_capacity(records.len());
        for row in rows {
            let OfProject { record, line, key, project } = match row {
                Ok(row) => row,
                Err(rejected) => {
                    planned.push(*rejected);
                    continue;
                }
            };
            let before = known.get(&project.id).into_iter().flat_map(|lines| lines.iter()).find(|one| {
                (one.funding_source, &one.economic_category) == (line.funding_source, &line.economic_category)
            });
            planned.push(match written_row(record, line, &project, before) {
                Err(errors) => Planned::rejected(record.place.clone(), Some(key), errors),
                Ok(None) => {
                    Planned::unchanged(record.place.clone(), key, before.map(Table::location).unwrap_or_default())
                }
                Ok(Some(after)) => {
                    let (location, is_new) = (after.location(), before.is_none());
                    let mut changes = Vec::new();
                    if self.touched.insert(project.id.clone()) {
                        changes.push(Change::TouchedProject(project.id.clone(), project.version));
                    }
                    changes.push(Change::BudgetLine(Box::new(Written { before: before.cloned(), after: Some(after) })));
                    Planned::changed(record.place.clone(), is_new, key, location, changes)
                }
            });
        }
        guarded(c, &records, "project_code", planned)
    }
}

fn written_row(
    record: &Record,
    line: Line,
    project: &ProjectRow,
    before: Option<&BudgetLine>,
) -> std::result::Result<Option<BudgetLine>, Vec<RowError>> {
    let mut errors = Vec::new();
    let initial =
        line.initial_amount.required(before.map(|one| one.initial_amount), "initial_amount", record, &mut errors);
    let adjusted =
        line.adjusted_amount.required(before.map(|one| one.adjusted_amount), "adjusted_amount", record, &mut errors);
    let executed =
        line.executed_amount.required(before.map(|one| one.executed_amount), "executed_amount", record, &mut errors);
    let (Some(initial_amount), Some(adjusted_amount), Some(executed_amount)) = (initial, adjusted, executed) else {
        return Err(errors);
    };
    let new = NewBudgetLine {
        funding_source: line.funding_source,
        economic_category: line.economic_category,
        initial_amount,
        adjusted_amount,
        executed_amount,
        government_level: line.government_level.over(before.and_then(|one| one.government_level)),
        fund_nature: line.fund_nature.over(before.and_then(|one| one.fund_nature)),
    };
    Ok(written(new, project, before))
}

/// The line as it will be; none if nothing changes.
pub(super) fn written(new: NewBudgetLine, project: &ProjectRow, before: Option<&BudgetLine>) -> Option<BudgetLine> {
    if before.is_some_and(|before| NewBudgetLine::from(before) == new) {
        return None;
    }
    let now = Instant::now();
    Some(BudgetLine {
        id: before.map_or_else(BudgetLineId::new, |one| one.id.clone()),
        version: before.map_or(1, |one| one.version + 1),
        project_id: project.id.clone(),
        fiscal_year: project.fiscal_year,
        funding_source: new.funding_source,
        economic_category: new.economic_category,
        initial_amount: new.initial_amount,
        adjusted_amount: new.adjusted_amount,
        executed_amount: new.executed_amount,
        created_at: before.map_or(now, |one| one.created_at),
        updated_at: now,
        government_level: new.government_level,
        fund_nature: new.fund_nature,
    })
}
