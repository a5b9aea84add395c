//! SQLite's one writer: a thread that commits waiting writes together, those of each organization by turns.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::Connection;
use super::group::{Job, Share};
use super::heads::Heads;
use crate::http::error::{Error, Result};

/// The most writes that share a commit, so that the first of them does not wait indefinitely.
const GROUP: usize = 256;

/// The sending side of the queues. When the last clone is dropped, the thread writes what is queued and ends.
#[derive(Clone)]
pub struct Writer(Arc<Owner>);

struct Owner(Arc<Shared>);

/// What senders and the thread share.
struct Shared {
    state: Mutex<State>,
    /// Notified when there is something to write after there was nothing.
    ready: Condvar,
    /// The most writes of an organization that may wait.
    limit: usize,
}

/// An organization has a queue while something of it waits. Whoever waits with many writes has one of them written, and
/// then the others' turn comes.
#[derive(Default)]
struct State {
    queues: HashMap<String, VecDeque<Job>>,
    turns: VecDeque<String>,
    is_closed: bool,
    /// Whether the thread no longer writes.
    is_over: bool,
}

impl State {
    /// The next write, if `may` allows it.
    fn pop(&mut self, may: impl FnOnce(&Job) -> bool) -> Option<Job> {
        let organization_code = self.turns.front()?;
        let queue = self.queues.get_mut(organization_code)?;
        let job = queue.pop_front_if(|job| may(job))?;
        let is_empty = queue.is_empty();
        if let Some(organization_code) = self.turns.pop_front() {
            match is_empty {
                true => drop(self.queues.remove(&organization_code)),
                false => self.turns.push_back(organization_code),
            }
        }
        Some(job)
    }
}

impl Writer {
    /// Starts the thread.
    pub fn start(connection: Connection, waiting: usize, heads: Heads) -> Writer {
        let shared = Arc::new(Shared { state: Mutex::default(), ready: Condvar::new(), limit: waiting.max(1) });
        let writing = shared.clone();
        thread::spawn(move || {
            let end = End(writing);
            end.0.write_all(connection, &heads);
        });
        Writer(Arc::new(Owner(shared)))
    }

    /// Queues a write of its author's organization.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(super) fn send(&self, job: Job) -> Result<()> {
        let shared = &self.0.0;
        let mut state = shared.state();
        if state.is_over {
            return Err(Error::database_unavailable(&"the writer has stopped"));
        }
        match state.queues.get_mut(job.organization_code()) {
            Some(queue) if queue.len() >= shared.limit => return Err(Error::busy()),
            Some(queue) => queue.push_back(job),
            None => {
                let organization_code = job.organization_code().to_owned();
                state.turns.push_back(organization_code.clone());
                state.queues.insert(organization_code, VecDeque::from([job]));
                shared.ready.notify_one();
            }
        }
        Ok(())
    }
}

impl Writer {
    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        self.0.0.state().queues.values().map(VecDeque::len).sum()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.ready.notify_all();
    }
}

/// However the thread ends, what waits is dropped, which answers it, and nothing more is taken.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_over = true;
        state.queues.clear();
        state.turns.clear();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next write; none when the queues are closed and empty.
    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            match state.pop(|_| true) {
                Some(job) => return Some(job),
                None if state.is_closed => return None,
                None => state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn write_all(&self, mut connection: Connection, heads: &Heads) {
        while let Some(first) = self.next() {
            match first.share {
                Share::Alone => {
                    first.write_alone(&mut connection, heads);
                    connection.shorten_log();
                }
                Share::Group => {
                    let more = || self.state().pop(|job| job.share == Share::Group);
                    first.write_group(&mut connection, GROUP, std::iter::from_fn(more), heads);
                }
            }
        }
    }
}
