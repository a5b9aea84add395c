//! The last event of a unit, which may lie far behind the last event of its division. A search starts where the
//! previous one ended.

use quick_cache::sync::Cache;

use super::store::{self, View};
use crate::db::Connection;
use crate::http::error::Result;

/// The most views in the cache.
const VIEWS: usize = 10_000;

/// A cache by view: the feed number up to which the division's feed was searched, and the view's last event up to
/// there.
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
        // A cached number beyond the head means that the database was restored from a backup: the entry is of another
        // feed.
        let known = self.0.get(view).filter(|(looked, _)| *looked <= head);
        let (looked, before) = known.unwrap_or((forgotten, None));
        let last = store::last(c, view, looked)?.or(before).filter(|position| *position > forgotten);
        self.0.insert(view.clone(), (head, last));
        Ok(last)
    }
}
