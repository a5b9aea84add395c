//! The events recorded when resources move to another organization: the ancestors of the old and of the new place see
//! all of them.

use super::resources::RESOURCES;
use crate::db::Connection;
use crate::db::journal::{ChangeType, Place};
use crate::http::error::Result;
use crate::organizations::{Organization, OrganizationId};
use crate::projects::ProjectId;
use crate::projects::model::ProjectRow;
use crate::{assessments, organizations, projects, scores};

/// Records that an organization has another parent now, with all that belongs to its subtree.
///
/// # Errors
/// When the database fails.
pub fn tell_moved(c: &mut Connection, top: &Organization, former: &Place) -> Result<()> {
    let below = organizations::store::subtree(c, top.code.as_str())?;
    c.moved(&below, former);
    let codes: Vec<&str> = below.iter().map(|one| one.code.as_str()).collect();
    for moved in RESOURCES.iter().filter_map(|resource| resource.moved) {
        moved(c, &codes, former)?;
    }
    let ids: Vec<OrganizationId> = below.into_iter().map(|one| one.id).collect();
    let moved = projects::store::of_organizations(c, &ids)?;
    tell_moved_projects(c, &moved, former)?;
    for score in scores::store::of_organizations(c, &ids)? {
        c.record_moved(ChangeType::ScoreUpdated, score.subject(), Some(former.clone()));
    }
    Ok(())
}

/// Records that another organization carries projects out now, with all that belongs to the projects.
///
/// # Errors
/// When the database fails.
pub fn tell_moved_projects(c: &mut Connection, moved: &[ProjectRow], former: &Place) -> Result<()> {
    c.moved(moved, former);
    let ids: Vec<ProjectId> = moved.iter().map(|one| one.id.clone()).collect();
    tell_moved_parts(c, &ids, former)
}

/// Records the same only for what belongs to the projects, not for the projects themselves.
///
/// # Errors
/// When the database fails.
pub fn tell_moved_parts(c: &mut Connection, ids: &[ProjectId], former: &Place) -> Result<()> {
    for chunk in ids.chunks(crate::db::bulk::CHUNK) {
        for (row, _) in assessments::store::of_projects(c, chunk)? {
            c.moved(&[row], former);
        }
    }
    Ok(())
}
