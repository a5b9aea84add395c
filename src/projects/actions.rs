//! Changes of a project that concern its organization, its parts and its assessment.

use std::collections::HashMap;
use std::sync::Arc;

use super::model::{Include, NewProject, ProjectHead, ProjectId, ProjectRow};
use super::project::Project;
use super::store;
use crate::assessments::guard::{self, Write};
use crate::assessments::{self, Figures, by_project};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::journal::Place;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::{ETag, IfMatch};
use crate::http::representations::{Json, Key, Representations};
use crate::organizations::{self, Organization, OrganizationId};
use crate::values::input::Listed;
use crate::{budgets, changes, indicators, scores};

/// A project with what is asked for, and its tag.
pub fn read(
    c: &mut Connection,
    caller: &Caller,
    id: &ProjectId,
    include: &Listed<Include>,
    kept: &Representations,
) -> Result<(Json, ETag)> {
    let row = store::get(c, caller, id)?;
    let assessments = match include.0.contains(&Include::SelfAssessment) {
        true => assessments::store::shown_of_project(c, id)?,
        false => Vec::new(),
    };
    let versions: Vec<String> = assessments.iter().map(|(of, version)| format!("{of}.{version}")).collect();
    let versions = versions.join(".");
    let etag = if versions.is_empty() { row.etag() } else { row.etag().with(&versions) };
    // What a caller may do with the assessments is part of it.
    let shown: Vec<&str> = include.0.iter().map(|include| include.as_str()).collect();
    let form = format!("{} {:?}", shown.join(","), caller.scopes());
    let key = Key { ids: format!("projects/{id} {versions}"), versions: (row.version, 0), form };
    let json = kept.or_read(key, || expand(c, caller, vec![row], include)?.pop().ok_or_else(Error::not_found))?;
    Ok((json, etag))
}

/// Projects in the order of their heads, each as it is now.
pub fn represent(
    c: &mut Connection,
    caller: &Caller,
    heads: &[ProjectHead],
    kept: &Representations,
) -> Result<Vec<Json>> {
    let key = |id: &ProjectId, version| Key { ids: id.to_string(), versions: (version, 0), form: String::new() };
    let mut found: HashMap<&ProjectId, Json> = HashMap::with_capacity(heads.len());
    let mut missing = Vec::new();
    for head in heads {
        match kept.get(&key(&head.id, head.version)) {
            Some(json) => drop(found.insert(&head.id, json)),
            None => missing.push(head.id.clone()),
        }
    }
    let mut read: HashMap<ProjectId, Json> = HashMap::with_capacity(missing.len());
    if !missing.is_empty() {
        for row in store::seen(c, caller, &missing)? {
            let (id, key) = (row.id.clone(), key(&row.id, row.version));
            let json = Json::of(&Project::from(row))?;
            kept.keep(key, &json);
            read.insert(id, json);
        }
    }
    Ok(heads.iter().filter_map(|head| found.remove(&head.id).or_else(|| read.remove(&head.id))).collect())
}

/// The rows of some heads, in their order.
pub fn rows(c: &mut Connection, heads: &[ProjectHead]) -> Result<Vec<ProjectRow>> {
    let ids: Vec<ProjectId> = heads.iter().map(|head| head.id.clone()).collect();
    let mut rows: HashMap<ProjectId, ProjectRow> =
        store::of_ids(c, &ids)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}

/// Projects with what is asked for: one query for each kind, however many projects.
pub fn expand(
    c: &mut Connection,
    caller: &Caller,
    rows: Vec<ProjectRow>,
    include: &Listed<Include>,
) -> Result<Vec<Project>> {
    let ids: Vec<ProjectId> = rows.iter().map(|row| row.id.clone()).collect();
    let mut projects: Vec<Project> = rows.into_iter().map(Project::from).collect();
    if ids.is_empty() {
        return Ok(projects);
    }
    let mut assessments = Vec::new();
    let mut figures = Figures::default();
    if include.0.contains(&Include::SelfAssessment) {
        figures = Figures::load(c, &ids)?;
        assessments = assessments::actions::of_projects(c, caller, &ids, &figures)?;
    } else {
        if include.0.contains(&Include::BudgetLines) {
            figures.lines = by_project(budgets::store::of_projects(c, &ids)?, |line| &line.project_id);
        }
        if include.0.contains(&Include::Indicators) {
            figures.indicators = by_project(indicators::store::of_projects(c, &ids)?, |one| &one.project_id);
        }
    }
    for project in &mut projects {
        let id = &project.id;
        let mut own = assessments.extract_if(.., |one| one.project_id == *id);
        project.self_assessment = own.next();
        project.other_self_assessments = own.collect();
        if include.0.contains(&Include::BudgetLines) {
            project.budget_lines = Some(figures.lines.remove(id).map(Arc::unwrap_or_clone).unwrap_or_default());
        }
        if include.0.contains(&Include::Indicators) {
            project.indicators = Some(figures.indicators.remove(id).map(Arc::unwrap_or_clone).unwrap_or_default());
        }
    }
    Ok(projects)
}

/// Adds a project to an organization of the caller's subtree.
pub fn create(c: &mut Connection, caller: &Caller, new: NewProject) -> Result<Project> {
    let organization = organization(c, caller, &new.organization_id)?;
    guard::check(c, Write::InYear(new.fiscal_year, organization.id.clone()))?;
    store::insert(c, organization.division_code, new).map(Project::from)
}

/// Changes a project.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &ProjectId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewProject) -> Result<NewProject>,
) -> Result<Project> {
    let before = store::get(c, caller, id)?;
    if_match.check(&before.etag())?;
    let written = before.written()?;
    let new = change(&written)?;
    // A new name or organization touches no figure.
    if new.figures() != written.figures() {
        guard::check(c, Write::Figures(id.clone()))?;
    }
    guard::check(c, Write::InYear(before.fiscal_year, before.organization_id.clone()))?;
    guard::check(c, Write::InYear(new.fiscal_year, new.organization_id.clone()))?;
    if (new.fiscal_year, &new.code) != (before.fiscal_year, &before.code) && scores::store::any_of_project(c, id)? {
        return Err(Error::new(
            Code::InUse,
            "该项目已有公开的得分，预算年度和项目代码不能再改",
            "the project has published scores, so its fiscal year and code can no longer change",
        ));
    }
    if new.organization_id != before.organization_id {
        let organization = organization(c, caller, &new.organization_id)?;
        if organization.division_code != before.division_code {
            return Err(Error::field(
                "/organization_id",
                Code::NotAllowedHere,
                "不能移到另一区划",
                "it cannot be moved into another division",
            ));
        }
    }
    if new.fiscal_year != before.fiscal_year {
        c.defer_keys()?;
        budgets::store::set_fiscal_year(c, id, new.fiscal_year)?;
        indicators::store::set_fiscal_year(c, id, new.fiscal_year)?;
        assessments::store::set_fiscal_year(c, id, new.fiscal_year)?;
    }
    let former = (new.organization_id != before.organization_id)
        .then(|| Place::Organization(before.organization_id.to_string()));
    let is_moved = new.fiscal_year != before.fiscal_year;
    let after = store::update(c, &before, new)?;
    if is_moved {
        c.check_keys_now()?;
    }
    match former {
        Some(former) => changes::actions::tell_moved_parts(c, std::slice::from_ref(id), &former)?,
        None => assessments::store::tell_rescored(c, std::slice::from_ref(id))?,
    }
    Ok(after.into())
}

/// Deletes a project with its parts and its draft; what was submitted or published stays.
pub fn delete(c: &mut Connection, caller: &Caller, id: &ProjectId, if_match: &IfMatch) -> Result<()> {
    let before = store::get(c, caller, id)?;
    if_match.check(&before.etag())?;
    guard::check(c, Write::InYear(before.fiscal_year, before.organization_id.clone()))?;
    assessments::store::delete_drafts(c, id)?;
    store::delete(c, &before)
}

/// Before a change of a project's budget lines or indicators: the project must be visible, and no assessment may rest on
/// them. The change counts as one of the project, whose next version it returns.
pub fn change_figures(c: &mut Connection, caller: &Caller, id: &ProjectId) -> Result<ProjectRow> {
    store::get(c, caller, id)?;
    guard::check(c, Write::Figures(id.clone()))?;
    assessments::store::tell_rescored(c, std::slice::from_ref(id))?;
    store::touch(c, id)
}

fn organization(c: &mut Connection, caller: &Caller, id: &OrganizationId) -> Result<Organization> {
    organizations::store::get(c, caller, id)
        .map_err(|error| error.of_reference("/organization_id", ("单位", "organization"), id))
}
