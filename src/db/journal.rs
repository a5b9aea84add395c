//! The changes of a transaction, written to the change feed by its last statements.
//!
//! Stores record each change when they make it. Just before the commit, a counter row per division gives the next
//! numbers. That row stays locked until the commit, so numbers follow the order of the commits, have no gaps, and are
//! not used up by a rollback.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::expression::{AsExpression, SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamp};

use super::bulk::CHUNK;
pub use super::change_type::{ChangeType, NaturalKey};
pub use super::place::{Found, Place};
use super::schema::{change_heads as heads, changes};
use super::{Connection, Link};
use crate::http::error::{Error, Result};
use crate::on;
use crate::values::Instant;

/// One resource, as the feed names it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// Whose it is.
    pub place: Place,
    /// Its natural key.
    pub key: NaturalKey,
}

/// A row whose changes are recorded in the feed.
pub trait Recorded {
    /// It was made.
    const CREATED: ChangeType;
    /// It was changed.
    const UPDATED: ChangeType;
    /// It was deleted.
    const DELETED: ChangeType;

    /// Whose it is.
    fn place(&self) -> Place;

    /// The resource, as the feed names it; none of what is told with the whole that it belongs to, whose version each of its
    /// changes counts: one event of a project, not one for each of its rows.
    fn subject(&self) -> Option<Subject>;
}

/// A change that waits for its number.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) what: ChangeType,
    pub(super) subject: Subject,
    /// The organization that the resource was moved away from, which sees this change as well.
    pub(super) former: Option<Place>,
}

/// The changes of a transaction that have no number yet, and the last number of each feed for those that have one.
#[derive(Debug, Default)]
pub struct Journal {
    pub(super) waiting: Vec<Change>,
    heads: Vec<(String, i64)>,
    /// Whether nothing is recorded: for measuring what the feed costs.
    pub(super) is_off: bool,
    /// Whether numbers may be taken before the end of the transaction: not when other writes share it.
    pub(super) spills: bool,
}

/// A row of the feed. It owns its texts, because diesel caches prepared statements of several rows only for owned
/// types.
#[derive(Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct Event {
    division_code: String,
    position: i64,
    change_type: ChangeType,
    resource_id: String,
    version: i64,
    organization_code: String,
    audience: String,
    natural_key: String,
    created_at: Instant,
}

/// The state of a journal when a transaction or savepoint began.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mark(usize, usize);

impl Journal {
    pub(super) fn mark(&self) -> Mark {
        Mark(self.waiting.len(), self.heads.len())
    }

    /// Drops the changes recorded since `mark`, because they are rolled back.
    pub(super) fn forget_since(&mut self, mark: Mark) {
        self.waiting.truncate(mark.0);
        self.heads.truncate(mark.1);
    }

    /// Takes the last number of each feed after the commit.
    pub(super) fn take_heads(&mut self) -> Vec<(String, i64)> {
        std::mem::take(&mut self.heads)
    }
}

diesel::define_sql_function! {
    /// Writes a change; see the migration.
    fn record_change(what: Text, resource: Text, version: BigInt, organization: Text, key: Text, moment: Timestamp) -> Text;
}

/// Changes in one statement that SQLite prepares once; the remaining ones are written one by one.
const PIECE: usize = 50;

/// Up to this many changes are written one by one on Postgres; each is a round trip to the server.
const FEW: usize = 4;

/// Writes many changes of a division in one statement, numbered from `$2 + 1`.
const INSERT: &str = "INSERT INTO changes (division_code, position, type, resource_id, version, organization_code, \
     audience, natural_key, created_at) \
     SELECT $1, $2 + one.at, one.type, one.id, one.version, one.code, one.audience, one.key, $3 \
     FROM unnest($4, $5, $6, $7, $8, $9) WITH ORDINALITY AS one (type, id, version, code, audience, key, at)";

/// What every number of the present epoch is larger than, in SQL.
const BASE: &str = "COALESCE((SELECT MAX(base) FROM feed_epochs), 0)";

/// The number from which a new feed counts.
fn base() -> SqlLiteral<BigInt> {
    sql(BASE)
}

/// The number that a new feed has reached after its first changes.
fn base_and(count: i64) -> UncheckedBind<SqlLiteral<BigInt>, <i64 as AsExpression<BigInt>>::Expression> {
    sql(&format!("{BASE} + ")).bind::<BigInt, _>(count)
}

impl Connection {
    /// Records a change of a resource; it is written when the transaction commits.
    pub fn record(&mut self, what: ChangeType, subject: Subject) {
        self.record_moved(what, subject, None);
    }

    /// Records a change of a resource, which may have been moved away from another organization.
    pub fn record_moved(&mut self, what: ChangeType, subject: Subject, former: Option<Place>) {
        if !self.journal.is_off {
            self.journal.waiting.push(Change { what, subject, former });
        }
    }

    /// Records a change of a row, unless it is told with its whole.
    fn tell<T: Recorded>(&mut self, what: ChangeType, row: &T, former: Option<Place>) {
        if let Some(subject) = row.subject() {
            self.record_moved(what, subject, former);
        }
    }

    /// Records that rows have moved with what they belong to: the ancestors of the place where they were are told too.
    pub fn moved<T: Recorded>(&mut self, rows: &[T], former: &Place) {
        rows.iter().for_each(|row| self.tell(T::UPDATED, row, Some(former.clone())));
    }

    /// Records that rows were added.
    pub fn created<'a, T: Recorded + 'a>(&mut self, rows: impl IntoIterator<Item = &'a T>) {
        rows.into_iter().for_each(|row| self.tell(T::CREATED, row, None));
    }

    /// Records that a row was changed. If it was moved, callers that saw it in its former place see this change too.
    pub fn changed<T: Recorded>(&mut self, before: &T, after: &T) {
        self.changed_by(T::UPDATED, before, after);
    }

    /// Like [`Connection::changed`], for a change with a type of its own, such as a step of the workflow.
    pub fn changed_by<T: Recorded>(&mut self, what: ChangeType, before: &T, after: &T) {
        let former = Some(before.place()).filter(|place| *place != after.place());
        self.tell(what, after, former);
    }

    /// Records rows whose version was incremented because a part of them changed, or that are computed again; none of
    /// their own fields was changed.
    pub fn counted<'a, T: Recorded + 'a>(&mut self, rows: impl IntoIterator<Item = &'a T>) {
        rows.into_iter().for_each(|row| self.tell(T::UPDATED, row, None));
    }

    /// Records that rows are about to be deleted. Call it before the deletion: it looks up whose rows they are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn deleted<'a, T: Recorded + 'a>(&mut self, rows: impl IntoIterator<Item = &'a T>) -> Result<()> {
        rows.into_iter().for_each(|row| self.tell(T::DELETED, row, None));
        self.find_places()
    }

    /// Numbers the waiting changes and writes them. These are the last statements of a transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn write_journal(&mut self) -> Result<()> {
        if self.journal.waiting.is_empty() {
            return Ok(());
        }
        if self.record_one()? {
            return Ok(());
        }
        self.find_places()?;
        let waiting = std::mem::take(&mut self.journal.waiting);
        // Counter rows are locked in the order of the codes, so that two transactions cannot deadlock.
        let mut by_division: BTreeMap<&str, Vec<(&Change, &Found)>> = BTreeMap::new();
        for change in &waiting {
            if let Place::Found(found) = &change.subject.place {
                by_division.entry(found.division_code.as_str()).or_default().push((change, found));
            }
        }
        let now = Instant::now();
        for (division_code, of) in by_division {
            for chunk in of.chunks(CHUNK) {
                let last = self.number(division_code, chunk, now)?;
                self.journal.heads.push((division_code.to_owned(), last));
            }
        }
        Ok(())
    }

    /// On Postgres: writes the only change of a transaction in one round trip, if its place is an organization. Other
    /// writers of the division wait for every round trip. False when this does not apply.
    fn record_one(&mut self) -> Result<bool> {
        let Link::Postgres(c) = &mut self.link else { return Ok(false) };
        let [Change { what, subject, former: None }] = self.journal.waiting.as_slice() else { return Ok(false) };
        let Place::Organization(organization) = &subject.place else { return Ok(false) };
        let key = serde_json::to_string(&subject.key).map_err(|cause| Error::internal(&cause))?;
        let recorded: String =
            diesel::select(record_change(what, &subject.id, subject.version, organization, key, Instant::now()))
                .get_result(c)?;
        let (number, division) = recorded.split_once(':').unwrap_or_default();
        let number = number.parse().map_err(|_| Error::internal(&format!("{recorded} is no number of a change")))?;
        self.journal.heads.push((division.to_owned(), number));
        self.journal.waiting.clear();
        Ok(true)
    }

    /// Numbers the changes of a division, writes them, and returns the last number.
    fn number(&mut self, division_code: &str, of: &[(&Change, &Found)], now: Instant) -> Result<i64> {
        let count = i64::try_from(of.len()).unwrap_or(i64::MAX);
        let key = |change: &Change| serde_json::to_string(&change.subject.key).map_err(|cause| Error::internal(&cause));
        // Statements of one row or of a full piece are prepared once; any other size is built and planned each time.
        let last: i64 = on!(&mut *self, c => diesel::insert_into(heads::table)
            .values((
                heads::division_code.eq(division_code),
                heads::position.eq(base_and(count)),
                heads::forgotten.eq(base()),
                heads::begun.eq(base()),
            ))
            .on_conflict(heads::division_code)
            .do_update()
            .set(heads::position.eq(heads::position + count))
            .returning(heads::position)
            .get_result(c))?;
        match &mut self.link {
            Link::Postgres(c) if of.len() > FEW => {
                let texts = |of_one: &dyn Fn(&Change, &Found) -> String| -> Vec<String> {
                    of.iter().map(|(change, found)| of_one(change, found)).collect()
                };
                let keys = of.iter().map(|(change, _)| key(change)).collect::<Result<Vec<String>>>()?;
                diesel::sql_query(INSERT)
                    .bind::<Text, _>(division_code)
                    .bind::<BigInt, _>(last - count)
                    .bind::<Timestamp, _>(now)
                    .bind::<Array<Text>, _>(texts(&|change, _| change.what.as_str().to_owned()))
                    .bind::<Array<Text>, _>(texts(&|change, _| change.subject.id.clone()))
                    .bind::<Array<BigInt>, _>(of.iter().map(|(change, _)| change.subject.version).collect::<Vec<i64>>())
                    .bind::<Array<Text>, _>(texts(&|_, found| found.organization_code.clone()))
                    .bind::<Array<Text>, _>(texts(&|_, found| found.audience.clone()))
                    .bind::<Array<Text>, _>(keys)
                    .execute(c)?;
            }
            _ => {
                let event = |((change, found), position): (&(&Change, &Found), i64)| {
                    Ok(Event {
                        division_code: division_code.to_owned(),
                        position,
                        change_type: change.what,
                        resource_id: change.subject.id.clone(),
                        version: change.subject.version,
                        organization_code: found.organization_code.clone(),
                        audience: found.audience.clone(),
                        natural_key: key(change)?,
                        created_at: now,
                    })
                };
                let events = of.iter().zip(last - count + 1..).map(event).collect::<Result<Vec<Event>>>()?;
                let (pieces, rest) = events.as_chunks::<PIECE>();
                for piece in pieces {
                    on!(&mut *self, c => diesel::insert_into(changes::table).values(piece).execute(c))?;
                }
                for one in rest {
                    on!(&mut *self, c => diesel::insert_into(changes::table).values(one).execute(c))?;
                }
            }
        }
        Ok(last)
    }

    /// In a long write ([`super::Share::Alone`]): writes the waiting changes early, so that memory does not grow with
    /// them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn spill_journal(&mut self) -> Result<()> {
        match self.journal.spills && self.journal.waiting.len() >= CHUNK {
            true => self.write_journal(),
            false => Ok(()),
        }
    }
}
