//! On Postgres: the writes of an organization that wait are committed together, by whichever request came first.
//!
//! Writes of a division wait for each other in any case, since the feed numbers them in the order of their commits. Here
//! they wait in memory and not on a connection each, and share the commit.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::rt::task::spawn_blocking;
use diesel::r2d2;

use super::Limits;
use super::connection::Manager;
use super::group::{Job, Share};
use super::heads::Heads;
use crate::error::{Error, Result};

/// How many writes share a commit at most. Beyond 64 savepoints with changes the server looks their state up on disk.
const GROUP: usize = 50;

/// Writes that wait, by organization: for each of these a request is writing.
type Waiting = HashMap<String, VecDeque<Job>>;

/// Who writes on Postgres.
#[derive(Clone)]
pub struct Queues {
    waiting: Arc<Mutex<Waiting>>,
    /// Writes that may wait in a queue.
    limit: usize,
    pool: r2d2::Pool<Manager>,
    heads: Heads,
    is_recorded: bool,
}

impl Queues {
    /// Empty queues.
    pub fn new(pool: r2d2::Pool<Manager>, limits: &Limits, heads: Heads) -> Queues {
        Queues {
            waiting: Arc::default(),
            limit: limits.waiting_writes.max(1),
            pool,
            heads,
            is_recorded: limits.is_recorded,
        }
    }

    /// Makes a write off the async threads, or leaves it to the request that writes for the organization.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(super) fn send(&self, organization_code: &str, job: Job) -> Result<()> {
        let (queues, code) = (self.clone(), organization_code.to_owned());
        // Nobody waits for these threads: each write has its own answer.
        if job.share == Share::Alone {
            drop(spawn_blocking(move || queues.write(job, 0, &code)));
        } else if self.add(organization_code, job)? {
            drop(spawn_blocking(move || queues.write_all(&code)));
        }
        Ok(())
    }

    /// Queues a write of an organization. Whether nobody writes for it yet, so that the caller has to.
    ///
    /// # Errors
    /// 503 when too many wait.
    fn add(&self, organization_code: &str, job: Job) -> Result<bool> {
        let mut queues = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match queues.get_mut(organization_code) {
            Some(queue) if queue.len() >= self.limit => Err(Error::busy()),
            Some(queue) => {
                queue.push_back(job);
                Ok(false)
            }
            None => {
                queues.insert(organization_code.to_owned(), VecDeque::from([job]));
                Ok(true)
            }
        }
    }

    /// Makes the writes of an organization that wait, and those that come meanwhile.
    fn write_all(&self, organization_code: &str) {
        while let Some((first, others)) = self.begin(organization_code) {
            self.write(first, others, organization_code);
        }
    }

    /// Makes a write, together with those that wait behind it. Each group takes a connection, so that organizations take
    /// turns.
    fn write(&self, first: Job, others: usize, organization_code: &str) {
        let more = || self.next(organization_code);
        match self.pool.get() {
            Ok(mut connection) => {
                connection.journal.is_off = !self.is_recorded;
                match others {
                    0 => first.write_alone(&mut connection, &self.heads),
                    _ => first.write_group(&mut connection, GROUP, more, &self.heads),
                }
            }
            Err(cause) => {
                // The others have waited as long.
                let jobs = std::iter::once(first).chain(std::iter::from_fn(more).take(others));
                jobs.for_each(|job| job.refuse(Error::database_unavailable(&cause)));
            }
        }
    }

    /// The next write, and how many wait behind it; when there is none, nobody writes for the organization any more.
    fn begin(&self, organization_code: &str) -> Option<(Job, usize)> {
        let mut queues = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.get_mut(organization_code)?;
        let Some(first) = queue.pop_front() else {
            queues.remove(organization_code);
            return None;
        };
        Some((first, queue.len()))
    }

    /// The next write, for the group that is being written.
    fn next(&self, organization_code: &str) -> Option<Job> {
        let mut queues = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        queues.get_mut(organization_code)?.pop_front()
    }
}
