//! SQLite's one writer: a thread that commits waiting writes together, those of each organization by turns.

use std::sync::Arc;
use std::thread;

use super::Connection;
use super::group::{Job, Share};
use super::heads::Heads;
use super::limits::Limits;
use super::turns::{State, Turns};
use crate::http::error::Result;

/// The most writes that share a commit, so that the first of them does not wait indefinitely.
const GROUP: usize = 256;

/// The sending side of the queues. When the last clone is dropped, the thread writes what is queued and ends.
#[derive(Clone)]
pub struct Writer(Arc<Owner>);

struct Owner(Arc<Turns>);

impl Writer {
    /// Starts the thread.
    pub fn start(connection: Connection, limits: &Limits, heads: Heads) -> Writer {
        let (turns, cache_bytes) = (Arc::new(Turns::new(limits.waiting_writes)), limits.bytes_of_writer());
        let writing = End(turns.clone());
        thread::spawn(move || write_all(&writing.0, connection, &heads, cache_bytes));
        Writer(Arc::new(Owner(turns)))
    }

    /// Queues a write of its author's organization.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(super) fn send(&self, job: Job) -> Result<()> {
        self.0.0.send(job)
    }

    /// How many writes wait.
    pub fn waiting(&self) -> usize {
        self.0.0.waiting()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// However the thread ends, what waits is dropped, which answers it, and nothing more is taken.
struct End(Arc<Turns>);

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_over = true;
        state.queues.clear();
        state.turns.clear();
    }
}

/// Bytes of the pages that a long write keeps: what it changes and cannot keep goes to the log, and is read back again.
const LONG_WRITE: u64 = 64 << 20;

fn write_all(turns: &Turns, mut connection: Connection, heads: &Heads, cache_bytes: u64) {
    while let Some(first) = turns.next(|state| pop(state, |_| true)) {
        match first.share {
            Share::Alone => {
                connection.keep_pages(LONG_WRITE);
                first.write_alone(&mut connection, heads);
                connection.keep_pages(cache_bytes);
                connection.shorten_log();
            }
            Share::Group => {
                let more = || pop(&mut turns.state(), |job| job.share == Share::Group);
                first.write_group(&mut connection, GROUP, std::iter::from_fn(more), heads);
            }
        }
    }
}

/// The next write, if `may` allows it. Whoever waits with many has one of them written, and then the others' turn comes.
fn pop(state: &mut State, may: impl FnOnce(&Job) -> bool) -> Option<Job> {
    let organization_code = state.turns.front()?;
    let queue = state.queues.get_mut(organization_code)?;
    let job = queue.pop_front_if(|job| may(job))?;
    let is_empty = queue.is_empty();
    if let Some(organization_code) = state.turns.pop_front() {
        match is_empty {
            true => drop(state.queues.remove(&organization_code)),
            false => state.turns.push_back(organization_code),
        }
    }
    Some(job)
}
