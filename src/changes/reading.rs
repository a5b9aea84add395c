//! Reading the feed as a caller sees it.

use super::last::LastEvents;
use super::model::{Change, ChangeHead, ChangeList, ChangeQuery};
use super::state;
use super::store::{self, LOOKED_THROUGH, View};
use crate::auth::Caller;
use crate::db::Connection;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};

/// The page of events after a number, and the view that selected them.
///
/// # Errors
/// 410 when the feed no longer reaches back to that number, or does not reach it yet.
pub fn page(
    c: &mut Connection,
    caller: &Caller,
    language: Language,
    query: &ChangeQuery,
    (after, limit): (i64, i64),
) -> Result<(View, ChangeList)> {
    let view = store::view(c, &caller.organization_code)?;
    let (head, forgotten) = store::head(c, &view.division_code)?;
    check_reach(after, head, forgotten)?;
    let until = head.min(after.saturating_add(LOOKED_THROUGH));
    let rows = store::after(c, &view, (after, until), &query.change_type.0, limit)?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next_after = rows.last().filter(|_| is_full).map_or(until, |row| row.position);
    let mut items = rows.iter().map(Change::of).collect::<Result<Vec<Change>>>()?;
    if query.wants_data() {
        state::permit(caller, &rows)?;
        state::fill(c, caller, language, &rows, &mut items)?;
    }
    let division_code = view.division_code.clone();
    Ok((view, ChangeList { division_code, items, next_after, head }))
}

/// Checks that the feed still holds, and has reached, the number from which a reader continues.
///
/// # Errors
/// 410 when it no longer reaches back to that number, or does not reach it yet.
pub fn check_reach(after: i64, head: i64, forgotten: i64) -> Result<()> {
    if after < forgotten {
        return Err(Error::new(
            Code::SnapshotRequired,
            format!("{after}之后的变更已不再保留（保留自{}起），请重新取全量", forgotten + 1),
            format!(
                "events after {after} are no longer kept, only those from {} on: take a new snapshot",
                forgotten + 1
            ),
        ));
    }
    if after > head {
        return Err(Error::new(
            Code::SnapshotRequired,
            format!("变更序号只到{head}，没有{after}：数据库可能由备份恢复，请重新取全量"),
            format!(
                "the feed ends at {head} and knows no {after}: the database was perhaps restored from a backup; take a new snapshot"
            ),
        ));
    }
    Ok(())
}

/// Where the feed of the caller's division stands.
///
/// # Errors
/// When the database fails.
pub fn head(c: &mut Connection, caller: &Caller, last: &LastEvents) -> Result<ChangeHead> {
    let view = store::view(c, &caller.organization_code)?;
    let (position, forgotten_position) = store::head(c, &view.division_code)?;
    let last_event_position = last.find(c, &view, (forgotten_position, position))?;
    Ok(ChangeHead { division_code: view.division_code, position, last_event_position, forgotten_position })
}
