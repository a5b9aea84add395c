//! The last event of a unit, which may lie far behind the last of its division: looked for no further back than the last
//! time.

use quick_cache::sync::Cache;

use super::store::{self, View};
use crate::db::Connection;
use crate::http::error::Result;

/// Views of which it is known how far they were looked through.
const VIEWS: usize = 10_000;

/// The last event of each view that was asked for it, by the number up to which its division's feed was looked through.
pub struct LastEvents(Cache<View, (i64, Option<i64>)>);

impl Default for LastEvents {
    fn default() -> LastEvents {
        LastEvents(Cache::new(VIEWS))
    }
}

impl LastEvents {
    /// The number of the last event of a view that is still kept, in a feed that reaches from `forgotten` to `head`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(&self, c: &mut Connection, view: &View, (forgotten, head): (i64, i64)) -> Result<Option<i64>> {
        // Beyond the head was looked if the database was restored meanwhile: what was known is of another feed.
        let known = self.0.get(view).filter(|(looked, _)| *looked <= head);
        let (looked, before) = known.unwrap_or((forgotten, None));
        let last = store::last(c, view, looked)?.or(before).filter(|position| *position > forgotten);
        self.0.insert(view.clone(), (head, last));
        Ok(last)
    }
}
