//! Group commit on Postgres: each organization has a queue of writes, and threads serve the queues in turn.
//!
//! Writes of a division wait for each other in any case, since the feed numbers them in the order of their commits. Here
//! they wait in memory, without holding a connection each, and share the commit.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, MutexGuard};
use std::thread;

use diesel::r2d2;

use super::connection::Manager;
use super::group::{Job, Share};
use super::guarded::guarded;
use super::heads::Heads;
use super::limits::Limits;
use super::turns::{State, Turns};
use crate::http::error::{Error, Result};

/// The most writes that share a commit. Beyond 64 savepoints with changes, Postgres looks their state up on disk.
const GROUP: usize = 50;

/// The sending side of the queues. When the last clone is dropped, the threads write what is queued and end.
#[derive(Clone)]
pub struct Queues(Arc<Owner>);

struct Owner(Arc<Shared>);

/// What senders and threads share.
struct Shared {
    turns: Turns,
    pool: r2d2::Pool<Manager>,
    heads: Heads,
    is_recorded: bool,
}

impl Queues {
    /// Starts the threads: one for every second connection, so that the other half is left for reads.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn start(pool: r2d2::Pool<Manager>, limits: &Limits, heads: Heads) -> io::Result<Queues> {
        let turns = Turns::new(limits.waiting_writes);
        let shared = Arc::new(Shared { turns, pool, heads, is_recorded: limits.is_recorded });
        for _ in 0..(limits.connections / 2).max(1) {
            let shared = shared.clone();
            thread::Builder::new().name("writer".to_owned()).spawn(move || shared.write_all())?;
        }
        Ok(Queues(Arc::new(Owner(shared))))
    }

    /// Queues a write of its author's organization.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(super) fn send(&self, job: Job) -> Result<()> {
        self.0.0.turns.send(job)
    }

    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        self.0.0.turns.waiting()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.turns.close();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.turns.state()
    }

    /// Serves the organizations in turn.
    fn write_all(&self) {
        while let Some(organization_code) = self.turn() {
            let write = || {
                self.write(&organization_code);
                Ok(())
            };
            if guarded(write).is_err() {
                log::warn!("the writes of {organization_code} that a panic took along are answered as failed");
            }
            self.end(organization_code);
        }
    }

    /// Waits for the organization whose turn it is; none when the queues are closed and empty.
    fn turn(&self) -> Option<String> {
        self.turns.next(|state| state.turns.pop_front())
    }

    /// Ends the turn of an organization. If it has more writes, it goes to the end of `turns`.
    fn end(&self, organization_code: String) {
        let mut state = self.state();
        if state.queues.get(&organization_code).is_some_and(|queue| !queue.is_empty()) {
            state.turns.push_back(organization_code);
        } else {
            state.queues.remove(&organization_code);
        }
    }

    /// One transaction of an organization.
    fn write(&self, organization_code: &str) {
        let Some(first) = self.next(organization_code, |_| true) else { return };
        let mut connection = match self.pool.get() {
            Ok(connection) => connection,
            Err(cause) => {
                // The other writes of this queue have waited for the connection as long as this one.
                let others = self.state().queues.insert(organization_code.to_owned(), VecDeque::new());
                let jobs = std::iter::once(first).chain(others.unwrap_or_default());
                return jobs.for_each(|job| job.refuse(Error::database_unavailable(&cause)));
            }
        };
        connection.journal.is_off = !self.is_recorded;
        // Checked without taking the second write: if the connection is lost during the first, the second stays queued.
        if first.share == Share::Group && self.has_next(organization_code) {
            let more = || self.next(organization_code, |job| job.share == Share::Group);
            first.write_group(&mut connection, GROUP, std::iter::from_fn(more), &self.heads);
        } else {
            // A write with nothing to share its commit with needs no savepoint.
            first.write_alone(&mut connection, &self.heads);
        }
    }

    /// Whether the next write of an organization may share a commit.
    fn has_next(&self, organization_code: &str) -> bool {
        let state = self.state();
        let first = state.queues.get(organization_code).and_then(VecDeque::front);
        first.is_some_and(|job| job.share == Share::Group)
    }

    /// Takes the next write of an organization, if `may` allows it.
    fn next(&self, organization_code: &str, may: impl FnOnce(&Job) -> bool) -> Option<Job> {
        self.state().queues.get_mut(organization_code)?.pop_front_if(|job| may(job))
    }
}
