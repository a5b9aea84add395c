//! All rows of a table that a caller sees, read in pieces by keyset: for exports and archives.

use super::reach::Reach;
use crate::db::Connection;
use crate::http::error::Result;

/// Which of all rows are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only rows of one of these fiscal years; all where it is empty.
    pub years: Vec<i32>,
    /// Only rows at and below the organization of this code.
    pub subtree_of: Option<String>,
}

/// A piece of the rows of one division, in the order of their ids.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Which rows.
    pub wanted: Wanted,
    /// The division that is read now.
    pub division: String,
    /// At and below which organization its rows are read, where the caller does not see the whole.
    pub below: Option<String>,
    /// Only rows after this id.
    pub after: String,
    /// Rows at most.
    pub limit: i64,
    /// The divisions that come after it, the last one first.
    rest: Vec<String>,
}

impl Slice {
    /// The first piece of what the organization of a code sees; none where it sees nothing of what is wanted.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first(c: &mut Connection, organization_code: &str, wanted: Wanted, limit: i64) -> Result<Option<Slice>> {
        let reach = Reach::within(c, organization_code, wanted.subtree_of.as_deref())?;
        let mut rest = reach.divisions;
        rest.reverse();
        let Some(division) = rest.pop() else { return Ok(None) };
        Ok(Some(Slice { wanted, division, below: reach.below, after: String::new(), limit, rest }))
    }

    /// The next piece after one of `count` rows with the last id `last`; none if that was the last one.
    pub fn next(mut self, count: usize, last: Option<String>) -> Option<Slice> {
        match last {
            Some(last) if i64::try_from(count).is_ok_and(|count| count == self.limit) => self.after = last,
            _ => {
                self.division = self.rest.pop()?;
                self.after.clear();
            }
        }
        Some(self)
    }
}
