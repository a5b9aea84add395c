//! SQLite's one writer: a thread that commits all waiting writes together.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use super::Connection;
use super::group::{Job, Share};
use super::heads::Heads;
use crate::http::error::{Error, Result};

/// The most writes that share a commit, so that the first of them does not wait indefinitely.
const GROUP: usize = 256;

/// The sending side of the writer's queue.
#[derive(Clone)]
pub struct Writer(SyncSender<Job>);

impl Writer {
    /// Starts the thread; it ends when the last sender is dropped and the queue is empty.
    pub fn start(connection: Connection, waiting: usize, heads: Heads) -> Writer {
        let (sender, receiver) = sync_channel(waiting.max(1));
        thread::spawn(move || write_all(connection, &receiver, &heads));
        Writer(sender)
    }

    /// Queues a write.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(super) fn send(&self, job: Job) -> Result<()> {
        self.0.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::busy(),
            TrySendError::Disconnected(_) => Error::database_unavailable(&"the writer has stopped"),
        })
    }
}

fn write_all(mut connection: Connection, jobs: &Receiver<Job>, heads: &Heads) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| jobs.recv().ok()) {
        if first.share == Share::Alone {
            first.write_alone(&mut connection, heads);
            continue;
        }
        let more = || match jobs.try_recv().ok()? {
            job if job.share == Share::Group => Some(job),
            alone => {
                next = Some(alone);
                None
            }
        };
        first.write_group(&mut connection, GROUP, std::iter::from_fn(more), heads);
    }
}
