//! Who owns a changed resource: the division, the organization and its ancestors, looked up before a transaction
//! numbers its changes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;

use super::Connection;
use super::bulk::CHUNK;
use super::journal::Change;
use super::schema::{organization_ancestors as ancestors, organizations, projects};
use crate::db::among::any_of;
use crate::http::error::{Error, Result};
use crate::on;

/// How the organization that owns a resource is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// By the id of a project, whose organization it is; the project's year and code go into the natural key.
    Project(String),
    /// By the organization's id.
    Organization(String),
    /// By the organization's code, which need not be registered.
    Code(String),
    /// Already looked up.
    Found(Arc<Found>),
}

/// An organization with its division and its ancestors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub(super) division_code: String,
    pub(super) organization_code: String,
    /// `/CODE/CODE/CODE/`
    pub(super) audience: String,
}

impl Found {
    /// An organization that is not registered: its own division.
    fn unregistered(code: &str) -> Found {
        Found { division_code: code.to_owned(), organization_code: code.to_owned(), audience: format!("/{code}/") }
    }

    /// Adds the audience of `other`, which sees the change as well.
    fn seen_by(mut self, other: &Found) -> Found {
        for code in other.audience.split('/').filter(|code| !code.is_empty()) {
            if !self.audience.contains(&format!("/{code}/")) {
                self.audience.push_str(code);
                self.audience.push('/');
            }
        }
        self
    }
}

impl Connection {
    /// Looks up the owner of each waiting change: one batch query for each kind of place.
    pub(super) fn find_places(&mut self) -> Result<()> {
        let mut waiting = std::mem::take(&mut self.journal.waiting);
        let found = self.find_places_of(&mut waiting);
        self.journal.waiting = waiting;
        found
    }

    fn find_places_of(&mut self, waiting: &mut [Change]) -> Result<()> {
        let of_projects = ids(waiting, |place| match place {
            Place::Project(id) => Some(id),
            _ => None,
        });
        let projects = self.projects(&of_projects)?;
        for change in waiting.iter_mut() {
            if let Place::Project(id) = &change.subject.place {
                let (year, code, organization) =
                    projects.get(id).ok_or_else(|| Error::internal(&format!("the project {id} is gone")))?;
                change.subject.key.fiscal_year = Some(*year);
                change.subject.key.project_code = Some(code.clone());
                change.subject.place = Place::Organization(organization.clone());
            }
        }
        let by_id = self.organizations(&ids(waiting, |place| match place {
            Place::Organization(id) => Some(id),
            _ => None,
        }))?;
        let codes = ids(waiting, |place| match place {
            Place::Code(code) => Some(code),
            _ => None,
        });
        let by_code = self.organizations_of_codes(&codes)?;
        let find = |place: &Place| -> Result<Arc<Found>> {
            match place {
                Place::Found(found) => Ok(found.clone()),
                Place::Code(code) => {
                    Ok(by_code.get(code).cloned().unwrap_or_else(|| Arc::new(Found::unregistered(code))))
                }
                Place::Organization(id) | Place::Project(id) => {
                    by_id.get(id).cloned().ok_or_else(|| Error::internal(&format!("the organization {id} is gone")))
                }
            }
        };
        for change in waiting.iter_mut() {
            let mut found = find(&change.subject.place)?;
            if let Some(former) = change.former.take() {
                found = Arc::new(Found::clone(&found).seen_by(find(&former)?.as_ref()));
            }
            change.subject.place = Place::Found(found);
        }
        Ok(())
    }

    /// Year, code and organization of projects.
    fn projects(&mut self, ids: &[String]) -> Result<HashMap<String, (i32, String, String)>> {
        let mut found = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<(String, i32, String, String)> = on!(&mut *self, c =>
                any_of!(projects::table.into_boxed(), projects::id, chunk)
                .select((projects::id, projects::fiscal_year, projects::code, projects::organization_id))
                .load(c))?;
            found.extend(rows.into_iter().map(|(id, year, code, organization)| (id, (year, code, organization))));
        }
        Ok(found)
    }

    fn organizations(&mut self, ids: &[String]) -> Result<HashMap<String, Arc<Found>>> {
        let mut found: HashMap<String, Found> = HashMap::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<(String, String, String, String)> = on!(&mut *self, c => {
                let found = organizations::table
                    .inner_join(ancestors::table.on(ancestors::organization_id.eq(organizations::id)))
                    .into_boxed();
                any_of!(found, organizations::id, chunk)
                .order((organizations::id, ancestors::ancestor_code))
                .select((organizations::id, organizations::division_code, organizations::code, ancestors::ancestor_code))
                .load(c)
            })?;
            for (id, division_code, organization_code, above) in rows {
                let of = found.entry(id).or_insert_with(|| Found {
                    division_code,
                    organization_code,
                    audience: "/".to_owned(),
                });
                of.audience.push_str(&above);
                of.audience.push('/');
            }
        }
        Ok(found.into_iter().map(|(id, found)| (id, Arc::new(found))).collect())
    }

    fn organizations_of_codes(&mut self, codes: &[String]) -> Result<HashMap<String, Arc<Found>>> {
        if codes.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<String> = on!(&mut *self, c => organizations::table
            .filter(organizations::code.eq_any(codes))
            .select(organizations::id)
            .load(c))?;
        Ok(self.organizations(&ids)?.into_values().map(|found| (found.organization_code.clone(), found)).collect())
    }
}

/// The distinct ids of one kind of place.
fn ids(waiting: &[Change], pick: impl Fn(&Place) -> Option<&String>) -> Vec<String> {
    let places = waiting.iter().flat_map(|change| std::iter::once(&change.subject.place).chain(&change.former));
    let found: HashSet<&String> = places.filter_map(pick).collect();
    found.into_iter().cloned().collect()
}
