//! Whose rows a caller sees: of which divisions, and how much of them.
//!
//! The division (财政区划) of a row is the nearest one at or above its organization. Lists name the divisions, so that
//! the rows of others cost nothing; within one of them the tree decides.

use diesel::prelude::*;

use super::store;
use crate::db::Connection;
use crate::db::schema::division_ancestors as ancestors;
use crate::http::error::Result;
use crate::on;

/// What an organization sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The division that it belongs to, or is.
    pub own: String,
    /// All divisions of which it sees rows, by their codes: several only where others lie below its own.
    pub divisions: Vec<String>,
    /// Its code, where it sees a part of its division alone.
    pub below: Option<String>,
}

impl Reach {
    /// What the organization of a code sees; one that is not registered is a division of its own.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(c: &mut Connection, organization_code: &str) -> Result<Reach> {
        let divisions: Vec<String> = on!(&mut *c, c => ancestors::table
            .filter(ancestors::ancestor_code.eq(organization_code))
            .order(ancestors::division_code)
            .select(ancestors::division_code)
            .load(c))?;
        if divisions.iter().any(|division| division == organization_code) {
            return Ok(Reach { own: organization_code.to_owned(), divisions, below: None });
        }
        let own = store::division_of(c, organization_code)?;
        let below = Some(organization_code.to_owned()).filter(|code| *code != own);
        Ok(Reach { divisions: vec![own.clone()], own, below })
    }

    /// The same within the organization of another code, where a filter names one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn within(c: &mut Connection, organization_code: &str, top: Option<&str>) -> Result<Reach> {
        let mut reach = Reach::of(c, organization_code)?;
        if let Some(top) = top {
            let filter = Reach::of(c, top)?;
            reach.divisions.retain(|division| filter.divisions.contains(division));
        }
        Ok(reach)
    }

    /// Keeps those of some divisions, where a filter names projects or organizations that lie in no other.
    pub fn keep(&mut self, divisions: &[String]) {
        self.divisions.retain(|division| divisions.contains(division));
    }
}
