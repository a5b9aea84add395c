//! The queues of waiting writes, one for each organization, and whose turn it is.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::group::Job;
use crate::http::error::{Error, Result};

/// What waits, shared by those who send and those who write.
pub struct Turns {
    state: Mutex<State>,
    /// Notified when an organization is added to `turns`.
    pub ready: Condvar,
    /// The most writes of an organization that may wait.
    limit: usize,
}

/// An organization has a queue while something of it waits or is being written.
#[derive(Default)]
pub struct State {
    /// The writes of each organization, in their order.
    pub queues: HashMap<String, VecDeque<Job>>,
    /// Whose turn is next.
    pub turns: VecDeque<String>,
    /// Whether nothing more is sent.
    pub is_closed: bool,
    /// Whether nothing more is written.
    pub is_over: bool,
}

impl Turns {
    /// Nothing waits.
    pub fn new(limit: usize) -> Turns {
        Turns { state: Mutex::default(), ready: Condvar::new(), limit: limit.max(1) }
    }

    /// What waits now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a write of its author's organization.
    ///
    /// # Errors
    /// 503 when too many wait, or nobody writes any more.
    pub fn send(&self, job: Job) -> Result<()> {
        let mut state = self.state();
        if state.is_over {
            return Err(Error::database_unavailable(&"the writer has stopped"));
        }
        match state.queues.get_mut(job.organization_code()) {
            Some(queue) if queue.len() >= self.limit => return Err(Error::busy()),
            Some(queue) => queue.push_back(job),
            None => {
                let organization_code = job.organization_code().to_owned();
                state.turns.push_back(organization_code.clone());
                state.queues.insert(organization_code, VecDeque::from([job]));
                self.ready.notify_one();
            }
        }
        Ok(())
    }

    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        self.state().queues.values().map(VecDeque::len).sum()
    }

    /// Nothing more is sent: whoever writes ends once nothing waits.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.ready.notify_all();
    }

    /// Waits for the next of what `take` finds; none when the queues are closed and empty.
    pub fn next<T>(&self, mut take: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = self.state();
        loop {
            match take(&mut state) {
                Some(found) => return Some(found),
                None if state.is_closed => return None,
                None => state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}
