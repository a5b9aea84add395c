//! Changes of a project's indicators: each counts as a change of the project.

use std::collections::BTreeSet;

use super::model::{Indicator, IndicatorId, IndicatorRow, IndicatorSet, NewIndicator};
use super::store;
use super::target::understand;
use crate::assessments::{self, AssessmentId};
use crate::auth::Caller;
use crate::db::Connection;
use crate::http::error::{Code, Error, FieldError, Result};
use crate::http::etag::{ETag, IfMatch};
use crate::projects::{self, ProjectId};
use crate::scoring::Measure;
use crate::values::input::Misread;

/// All indicators of a project, with the project's version.
pub fn read(c: &mut Connection, caller: &Caller, id: &ProjectId) -> Result<(IndicatorSet, i64)> {
    let project = projects::store::get(c, caller, id)?;
    Ok((IndicatorSet { items: store::of_projects(c, std::slice::from_ref(id))? }, project.version))
}

/// Adds an indicator to a project, last or at its position.
pub fn create(c: &mut Connection, caller: &Caller, id: &ProjectId, new: NewIndicator) -> Result<Indicator> {
    let understood = understand(&new, "").map_err(invalid)?;
    let project = projects::actions::change_figures(c, caller, id)?;
    let others = store::of_projects(c, std::slice::from_ref(id))?;
    let last = others.iter().map(|other| other.position).max().unwrap_or(0);
    let position = checked_position(new.position, last.saturating_add(1))?;
    let row = new.row(understood, &project, position, None);
    store::insert_all(c, std::slice::from_ref(&row))?;
    Ok(row.into())
}

fn checked_position(given: Option<i32>, otherwise: i32) -> Result<i32> {
    match given {
        Some(position) if position < 1 => {
            Err(Error::field("/position", Code::OutOfRange, "从1开始", "positions start at 1"))
        }
        given => Ok(given.unwrap_or(otherwise)),
    }
}

fn invalid(errors: Vec<FieldError>) -> Error {
    Error::fields(Code::InvalidFields, errors)
}

/// Replaces all indicators of a project. Those of the same levels and name keep their id, and with
/// it the results of a draft; the others are deleted or added.
pub fn replace(
    c: &mut Connection,
    caller: &Caller,
    id: &ProjectId,
    if_match: &IfMatch,
    set: Vec<NewIndicator>,
) -> Result<(IndicatorSet, i64)> {
    let project = projects::store::get(c, caller, id)?;
    if_match.check(&ETag::version(project.version))?;
    let mut before = store::of_projects(c, std::slice::from_ref(id))?;
    let mut errors = Vec::new();
    let mut rows: Vec<(IndicatorRow, Option<Indicator>)> = Vec::with_capacity(set.len());
    for (index, new) in set.into_iter().enumerate() {
        let place = i32::try_from(index).unwrap_or(i32::MAX).saturating_add(1);
        if new.position.is_some_and(|position| position != place) {
            let misread = Misread::new(
                Code::NotAllowedHere,
                format!("集合中的顺序就是位置，此处应为{place}，或省略"),
                format!("the order of the set is the position, here {place}; leave it out"),
            );
            errors.push(misread.at(format!("/{index}/position")));
        }
        let same =
            before.iter().position(|old| old.level1 == new.level1 && old.level2 == new.level2 && old.name == new.name);
        let old = same.map(|index| before.remove(index));
        match understand(&new, &format!("/{index}")) {
            Ok(understood) => rows.push((new.row(understood, &project, place, old.as_ref()), old)),
            Err(more) => errors.extend(more),
        }
    }
    if !errors.is_empty() {
        return Err(invalid(errors));
    }
    let project = projects::actions::change_figures(c, caller, id)?;
    let gone: Vec<IndicatorRow> = before.into_iter().map(IndicatorRow::from).collect();
    remove(c, &gone)?;
    let mut added = Vec::new();
    for (row, known) in rows {
        match known {
            Some(before) => store::update(c, &before.into(), &row)?,
            None => added.push(row),
        }
    }
    store::insert_all(c, &added)?;
    Ok((IndicatorSet { items: store::of_projects(c, std::slice::from_ref(id))? }, project.version))
}

/// Changes an indicator.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &IndicatorId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewIndicator) -> Result<NewIndicator>,
) -> Result<Indicator> {
    let before = store::get(c, caller, id)?;
    if_match.check(&before.etag())?;
    let written = NewIndicator::of(&before);
    let mut new = change(&written)?;
    if new.target_text.is_some() && new.target_text != written.target_text {
        // A new text decides anew what the old one had decided, unless the patch says otherwise.
        let by_text =
            before.target.is_some() || (before.measure == Measure::Qualitative && before.target_text.is_some());
        if by_text && new.measure == written.measure {
            new.measure = None;
        }
        if new.comparison == written.comparison && new.target.is_none() {
            new.comparison = None;
        }
    }
    let understood = understand(&new, "").map_err(invalid)?;
    let position = checked_position(new.position, before.position)?;
    let project = projects::actions::change_figures(c, caller, &before.project_id)?;
    let row = new.row(understood, &project, position, Some(&before));
    store::update(c, &before.into(), &row)?;
    Ok(row.into())
}

/// Deletes an indicator, with its result in a draft.
pub fn delete(c: &mut Connection, caller: &Caller, id: &IndicatorId, if_match: &IfMatch) -> Result<()> {
    let before = store::get(c, caller, id)?;
    if_match.check(&before.etag())?;
    projects::actions::change_figures(c, caller, &before.project_id)?;
    remove(c, &[before.into()])
}

/// Deletes indicators with their results in drafts, which counts as a change of those drafts.
fn remove(c: &mut Connection, rows: &[IndicatorRow]) -> Result<()> {
    let ids: Vec<IndicatorId> = rows.iter().map(|row| row.id.clone()).collect();
    let results = assessments::store::results_of_indicators(c, &ids)?;
    let drafts: BTreeSet<AssessmentId> = results.into_iter().map(|(assessment, _)| assessment).collect();
    assessments::store::touch_all(c, &drafts.into_iter().collect::<Vec<_>>())?;
    c.deleted(rows)?;
    Ok(store::delete_all(c, rows)?)
}
