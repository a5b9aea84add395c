//! SQLite's one writer: a thread that commits all waiting writes together, a savepoint for each.
//!
//! One commit is one fsync, so the more requests wait the cheaper each becomes, and what was
//! answered is on disk. A failed write rolls back its own savepoint only.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use tokio::sync::oneshot;

use super::heads::Heads;
use super::journal::Mark;
use super::{Connection, guarded};
use crate::error::{Error, Result};

/// How many writes share a commit at most, so that the first of them does not wait for ever.
const GROUP: usize = 256;

/// Told whether the commit succeeded, a write answers its request.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
type Work = Box<dyn FnOnce(&mut Connection) -> Answer + Send>;

/// How a write goes with the others that wait on SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Its changes are numbered with those of the whole group, which is cheap.
    Group,
    /// For a long write of many rows: its changes are numbered while it goes on, so that memory does not grow with them.
    Alone,
}

struct Job {
    share: Share,
    work: Work,
}

impl Job {
    /// Does the work in a savepoint of its own.
    fn run(self, connection: &mut Connection) -> Result<Answer> {
        if self.share == Share::Alone {
            // Numbers that are taken within its savepoint would go with it.
            connection.write_journal()?;
        }
        connection.journal.spills = self.share == Share::Alone;
        Ok((self.work)(connection))
    }
}

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

    /// Queues `work` and waits for its commit.
    pub async fn run<T: Send + 'static>(
        &self,
        share: Share,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = connection.transaction(|c| {
                let value = guarded(|| work(c))?;
                if share == Share::Alone {
                    c.write_journal()?;
                }
                Ok(value)
            });
            // The receiver is gone when the client hung up; the write stands all the same.
            Box::new(move |committed: Result<()>| drop(answer.send(committed.and(result))))
        });
        self.0.try_send(Job { share, work }).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::busy(),
            TrySendError::Disconnected(_) => Error::database_unavailable(&"the writer has stopped"),
        })?;
        answered.await.map_err(|cause| Error::internal(&cause))?
    }
}

fn write_all(mut connection: Connection, jobs: &Receiver<Job>, heads: &Heads) {
    while let Ok(first) = jobs.recv() {
        if let Err(cause) = connection.begin() {
            // Without a transaction around the group, the job makes one of its own: slower, and as durable.
            log::error!("no group of writes could begin: {cause}");
            (first.work)(&mut connection)(Ok(()));
            heads.announce(connection.journal.take_heads());
            continue;
        }
        let mut answers = Vec::new();
        let mut done = take(first, &mut connection, &mut answers);
        while done.is_ok() && answers.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => done = take(job, &mut connection, &mut answers),
                Err(_) => break,
            }
        }
        let committed = done.and_then(|()| connection.write_journal()).and_then(|()| Ok(connection.commit()?));
        if committed.is_err() {
            connection.journal.forget_since(Mark::default());
            connection.abandon();
        }
        heads.announce(connection.journal.take_heads());
        for answer in answers {
            answer(committed.as_ref().copied().map_err(|cause| Error::internal(cause)));
        }
    }
}

fn take(job: Job, connection: &mut Connection, answers: &mut Vec<Answer>) -> Result<()> {
    answers.push(job.run(connection)?);
    Ok(())
}
