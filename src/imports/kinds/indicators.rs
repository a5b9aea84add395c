//! 绩效指标: a row each, by project, levels and name.

use crate::values::CodedComparison;
use crate::values::CodedMeasure;
use std::collections::{HashMap, HashSet};

use deserr::Deserr;

use super::{OfProject, Planned, Planner, ProjectLine, Scope, guarded, ids, of_projects};
use crate::assessments::by_project;
use crate::db::Connection;
use crate::http::error::{Code, Result};
use crate::imports::change::{Change, Table, Written};
use crate::imports::near::Near;
use crate::imports::record::{Given, Record, RowError, Seen};
use crate::indicators::Indicator;
use crate::indicators::model::{IndicatorRow, NewIndicator, TargetValue};
use crate::indicators::store;
use crate::indicators::target::understand;
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::values::{LongText, NaturalCode, Points, ShortText};

#[derive(Debug, Clone, Deserr)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
struct Line {
    #[deserr(default)]
    fiscal_year: Option<i32>,
    project_code: NaturalCode,
    #[deserr(default)]
    position: Given<i32>,
    level1: ShortText,
    #[deserr(default)]
    level2: Given<ShortText>,
    name: ShortText,
    #[deserr(default)]
    measure: Given<CodedMeasure>,
    #[deserr(default)]
    comparison: Given<CodedComparison>,
    #[deserr(default)]
    weight: Given<Points>,
    #[deserr(default)]
    target_text: Given<LongText>,
    #[deserr(default)]
    target: Given<TargetValue>,
    #[deserr(default)]
    explanation: Given<LongText>,
    #[deserr(default)]
    scoring_standard: Given<LongText>,
    #[deserr(default)]
    data_source: Given<LongText>,
    #[deserr(default)]
    is_core: Given<bool>,
}

impl ProjectLine for Line {
    const FIELD: &'static str = "name";

    fn project(&self) -> (Option<i32>, &NaturalCode) {
        (self.fiscal_year, &self.project_code)
    }

    fn name(&self) -> String {
        let level2 = if let Given::Value(level2) = &self.level2 { level2.as_str() } else { "" };
        format!("{}/{level2}/{}", self.level1, self.name)
    }
}

impl Line {
    /// Whether the row names this indicator; in a table without a column for the second level, any second level fits.
    fn names(&self, one: &Indicator) -> bool {
        let fits = match &self.level2 {
            Given::Absent => true,
            Given::Cleared => one.level2.is_none(),
            Given::Value(level2) => one.level2.as_ref() == Some(level2),
        };
        fits && (&one.level1, &one.name) == (&self.level1, &self.name)
    }
}

/// Plans the rows.
#[derive(Default)]
pub struct IndicatorPlanner {
    seen: Seen,
    near: Near,
    touched: HashSet<ProjectId>,
    /// The last position used in each project, including the rows planned so far.
    last: HashMap<ProjectId, i32>,
}

impl Planner for IndicatorPlanner {
    fn plan(&mut self, c: &mut Connection, scope: &Scope, records: Vec<Record>) -> Result<Vec<Planned>> {
        let rows = of_projects::<Line>(c, scope, &mut self.near, &mut self.seen, &records)?;
        let ids = ids(&rows);
        let known = by_project(store::of_projects(c, &ids)?, |indicator| &indicator.project_id);
        let mut planned = Vec::with_capacity(records.len());
        for row in rows {
            let OfProject { record, line, key, project } = match row {
                Ok(row) => row,
                Err(rejected) => {
                    planned.push(*rejected);
                    continue;
                }
            };
            let of_project = known.get(&project.id).map(|list| list.as_slice()).unwrap_or_default();
            let named: Vec<&Indicator> = of_project.iter().filter(|one| line.names(one)).collect();
            let before = match named.as_slice() {
                [] => None,
                [one] => Some(*one),
                several => {
                    let (count, name) = (several.len(), &line.name);
                    let error = record.wrong(
                        "level2",
                        Code::Ambiguous,
                        format!("该项目有{count}个名为“{name}”的指标；请给出二级指标"),
                        format!("the project has {count} indicators named {name}; give level2"),
                    );
                    planned.push(Planned::rejected(record.place.clone(), Some(key), vec![error]));
                    continue;
                }
            };
            let last = self
                .last
                .entry(project.id.clone())
                .or_insert_with(|| of_project.iter().map(|one| one.position).max().unwrap_or(0));
            planned.push(match written_row(record, line, &project, before, last) {
                Err(errors) => Planned::rejected(record.place.clone(), Some(key), errors),
                Ok(None) => Planned::unchanged(
                    record.place.clone(),
                    key,
                    before.map(|one| format!("/api/v1/indicators/{}", one.id)).unwrap_or_default(),
                ),
                Ok(Some((before, after))) => {
                    let (location, is_new) = (after.location(), before.is_none());
                    let mut changes = Vec::new();
                    if self.touched.insert(project.id.clone()) {
                        changes.push(Change::TouchedProject(project.id.clone(), project.version));
                    }
                    changes.push(Change::Indicator(Box::new(Written { before, after: Some(after) })));
                    Planned::changed(record.place.clone(), is_new, key, location, changes)
                }
            });
        }
        guarded(c, &records, "project_code", planned)
    }
}

/// The row as it was and as it will be.
type Changed = (Option<IndicatorRow>, IndicatorRow);

fn written_row(
    record: &Record,
    line: Line,
    project: &ProjectRow,
    before: Option<&Indicator>,
    last: &mut i32,
) -> std::result::Result<Option<Changed>, Vec<RowError>> {
    let mut errors = Vec::new();
    let written = before.map(NewIndicator::of);
    let of = |part: fn(&NewIndicator) -> Option<LongText>| written.as_ref().and_then(part);
    let weight = line.weight.over(written.as_ref().and_then(|one| one.weight));
    let target_text = line.target_text.over(of(|one| one.target_text.clone()));
    // With a new target text, what was derived from the old one is derived again, unless the row gives it.
    let is_new_text = written.as_ref().is_some_and(|one| one.target_text != target_text);
    let kept = written.as_ref().filter(|_| !is_new_text);
    let position = line.position.over(written.as_ref().and_then(|one| one.position));
    if position.is_some_and(|position| position < 1) {
        errors.push(record.wrong("position", Code::OutOfRange, "从1开始", "positions start at 1"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let new = NewIndicator {
        position,
        level1: line.level1,
        level2: line.level2.over(written.as_ref().and_then(|one| one.level2.clone())),
        name: line.name,
        measure: line.measure.over(kept.and_then(|one| one.measure)),
        comparison: line.comparison.over(kept.and_then(|one| one.comparison)),
        weight,
        target_text,
        target: line.target.over(kept.and_then(|one| one.target.clone())),
        explanation: line.explanation.over(of(|one| one.explanation.clone())),
        scoring_standard: line.scoring_standard.over(of(|one| one.scoring_standard.clone())),
        data_source: line.data_source.over(of(|one| one.data_source.clone())),
        is_core: line.is_core.over(written.as_ref().and_then(|one| one.is_core)),
    };
    let understood = understand(&new, "")
        .map_err(|errors| errors.into_iter().map(|error| record.error(error)).collect::<Vec<_>>())?;
    let position = position.unwrap_or(last.saturating_add(1));
    *last = (*last).max(position);
    Ok(changed(new, understood, project, position, before))
}

/// The row as it was and as it will be; none if nothing changes.
pub(super) fn changed(
    new: NewIndicator,
    understood: crate::indicators::target::Understood,
    project: &ProjectRow,
    position: i32,
    before: Option<&Indicator>,
) -> Option<Changed> {
    let after = new.row(understood, project, position, before);
    let Some(before) = before else { return Some((None, after)) };
    if NewIndicator::of(&Indicator::from(after.clone())) == NewIndicator::of(before) {
        return None;
    }
    Some((Some(IndicatorRow::from(before.clone())), after))
}
