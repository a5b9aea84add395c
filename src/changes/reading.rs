//! Reading the feed as a caller sees it.

use super::model::{Change, ChangeHead, ChangeList, ChangeQuery, DivisionHead, MAXIMUM_STATES};
use super::positions::{Position, Positions, unknown};
use super::sealed::Numbering;
use super::state;
use super::store::{self, Head, LOOKED_THROUGH, Views};
use crate::auth::Caller;
use crate::db::Connection;
use crate::findings::Language;
use crate::http::error::{Code, Error, Result};

/// The page of events after a position, and the position after it. Of several divisions each is read in its turn, and
/// its events are in the order of their numbers.
///
/// # Errors
/// 410 when a feed no longer reaches back to that position, or does not reach it yet.
pub fn page(
    c: &mut Connection,
    caller: &Caller,
    language: Language,
    query: &ChangeQuery,
    (after, limit): (&Position, i64),
) -> Result<(Stand, ChangeList)> {
    let views = store::views(c, &caller.organization_code)?;
    let heads = store::heads_of(c, &views.all)?;
    let after = &opened(after, &views)?;
    let limit = if query.wants_data() { limit.min(MAXIMUM_STATES) } else { limit };
    let mut numbers = Vec::with_capacity(views.all.len());
    for (view, head) in views.all.iter().zip(&heads) {
        // A division that the reader does not know yet is read from its beginning.
        let number = after.of(&view.division_code, &views.own).unwrap_or(head.begun);
        check_reach(number, *head, &views.numbering)?;
        numbers.push(number);
    }
    let begin = after.first().and_then(|first| views.all.iter().position(|view| view.division_code == first));
    let (mut rows, mut looked, mut first) = (Vec::new(), 0, None);
    let (before, from) = (0..views.all.len()).partition::<Vec<usize>, _>(|index| Some(*index) < begin);
    for index in from.into_iter().chain(before) {
        let (Some(view), Some(head), Some(number)) = (views.all.get(index), heads.get(index), numbers.get_mut(index))
        else {
            continue;
        };
        if *number >= head.position {
            continue;
        }
        let room = limit.saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX));
        if room <= 0 || looked >= LOOKED_THROUGH {
            first = Some(view.division_code.clone());
            break;
        }
        let until = head.position.min(number.saturating_add(LOOKED_THROUGH - looked));
        let found = store::after(c, view, (*number, until), &query.change_type.0, room)?;
        let is_full = i64::try_from(found.len()).is_ok_and(|count| count == room);
        let reached = found.last().filter(|_| is_full).map_or(until, |row| row.position);
        looked += reached - *number;
        *number = reached;
        rows.extend(found);
    }
    let mut items = rows.iter().map(|row| Change::of(row, &views.numbering)).collect::<Result<Vec<Change>>>()?;
    if query.wants_data() {
        state::permit(caller, &rows)?;
        state::fill(c, caller, language, &views.numbering, &rows, &mut items)?;
    }
    let given = after.of(&views.own, &views.own).unwrap_or_default();
    let shown = rows.last().map_or(given, |row| row.position);
    let mut stand = Stand { views, heads, numbers, first, shown: None };
    stand.show(shown);
    let (only, next) = (stand.only().filter(|_| stand.views.numbering.is_plain()), stand.position());
    let list = ChangeList {
        division_code: stand.views.own.clone(),
        items,
        next: next.to_string(),
        next_after: only.map(|(number, _)| number),
        head: only.map(|(_, head)| head),
        has_more: stand.is_behind(),
    };
    Ok((stand, list))
}

/// How far a reader has come in each of the feeds that it sees.
#[derive(Debug)]
pub struct Stand {
    views: Views,
    heads: Vec<Head>,
    numbers: Vec<i64>,
    first: Option<String>,
    /// What a reader below a division is shown instead of its number.
    shown: Option<i64>,
}

/// The events of others after which a sealed position moves although its reader saw none of its own. Until then it stays
/// where it is: a position that moved with each event would count the others' events for whoever asks often.
const UNMOVED: i64 = 5_000;

impl Stand {
    /// At the end of all that an organization sees.
    ///
    /// # Errors
    /// When the database fails.
    pub fn at_end(c: &mut Connection, organization_code: &str) -> Result<Stand> {
        let views = store::views(c, organization_code)?;
        let heads = store::heads_of(c, &views.all)?;
        let numbers = heads.iter().map(|head| head.position).collect();
        let mut stand = Stand { views, heads, numbers, first: None, shown: None };
        if let (false, [view], [head]) = (stand.views.numbering.is_plain(), &stand.views.all[..], &stand.heads[..]) {
            let from = head.forgotten.max(head.position / LOOKED_THROUGH * LOOKED_THROUGH - LOOKED_THROUGH);
            stand.shown = Some(store::last(c, view, from)?.unwrap_or(from));
        }
        Ok(stand)
    }

    /// Shows a reader below a division, once it has come to the end, the position of what it saw last, unless that lies
    /// far back, or in what may soon be forgotten.
    fn show(&mut self, seen: i64) {
        let (Some((number, _)), [head]) = (self.only(), &self.heads[..]) else { return };
        let is_old = seen < head.forgotten + (head.position - head.forgotten) / 2;
        if !self.views.numbering.is_plain() && number == head.position && number - seen <= UNMOVED && !is_old {
            self.shown = Some(seen);
        }
    }

    /// Number and last number, where it is one division alone.
    fn only(&self) -> Option<(i64, i64)> {
        match (&self.numbers[..], &self.heads[..]) {
            ([number], [head]) => Some((*number, head.position)),
            _ => None,
        }
    }

    /// As the next request names it.
    pub fn position(&self) -> Position {
        match self.only() {
            Some((number, _)) => match self.views.numbering.seal(&self.views.own, self.shown.unwrap_or(number)) {
                Some(sealed) => Position::Sealed(sealed),
                None => Position::Number(number),
            },
            None => {
                let numbers = self.numbers().map(|(division, number)| (division.to_owned(), number)).collect();
                Position::Several(Positions { numbers, first: self.first.clone() })
            }
        }
    }

    /// Divisions, and how far the reader has come in each.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, i64)> {
        self.views.all.iter().map(|view| view.division_code.as_str()).zip(self.numbers.iter().copied())
    }

    /// Whether there is more.
    fn is_behind(&self) -> bool {
        self.numbers.iter().zip(&self.heads).any(|(number, head)| *number < head.position)
    }

    /// Its own division, and how far the reader has come in it, where it is shown the numbers.
    pub fn own(&self) -> (&str, Option<i64>) {
        let own = self.numbers().find(|(division, _)| *division == self.views.own);
        let (division, number) = own.unwrap_or((&self.views.own, 0));
        (division, self.views.numbering.plain(number))
    }
}

/// A position in numbers, as the reader's views count.
fn opened(after: &Position, views: &Views) -> Result<Position> {
    match after {
        Position::Several(_) if views.numbering.is_plain() => Ok(after.clone()),
        one => one.number(&views.own, &views.numbering).map(Position::Number),
    }
}

/// Checks that the feed still holds, and has reached, the number from which a reader continues.
///
/// # Errors
/// 410 when it no longer reaches back to that number, or does not reach it yet.
pub fn check_reach(after: i64, head: Head, numbering: &Numbering) -> Result<()> {
    let Head { position: head, forgotten, .. } = head;
    if !numbering.is_plain() && !(forgotten..=head).contains(&after) {
        return Err(unknown());
    }
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

/// Where the feeds of the divisions that the caller sees stand.
///
/// # Errors
/// When the database fails.
pub fn head(c: &mut Connection, caller: &Caller) -> Result<ChangeHead> {
    let stand = Stand::at_end(c, &caller.organization_code)?;
    let own = stand.views.own();
    let of_own = stand.views.all.iter().zip(&stand.heads).find(|(view, _)| **view == own);
    let reach = of_own.map(|(_, head)| *head).unwrap_or_default();
    let (several, numbering) = (stand.heads.len() > 1, &stand.views.numbering);
    let divisions = stand.views.all.iter().zip(&stand.heads).filter(|_| several).map(|(view, head)| DivisionHead {
        division_code: view.division_code.clone(),
        position: head.position,
        forgotten_position: head.forgotten,
    });
    Ok(ChangeHead {
        divisions: divisions.collect(),
        next: stand.position().to_string(),
        division_code: own.division_code,
        position: numbering.plain(reach.position),
        last_event_position: numbering.plain(reach.position).filter(|last| *last > reach.forgotten),
        forgotten_position: numbering.plain(reach.forgotten),
    })
}
