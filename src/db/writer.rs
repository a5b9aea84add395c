//! SQLite's one writer: a thread that commits all waiting writes together, a savepoint for each; long ones by themselves.
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
    /// It is committed together with them, which is cheap.
    Group,
    /// For a long write of many rows: it has a transaction of its own. In a savepoint SQLite would keep a copy of every
    /// page that it changes, and look through all of them after each statement. Its changes are numbered while it goes
    /// on, so that memory does not grow with them.
    Alone,
}

struct Job {
    share: Share,
    work: Work,
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
            let result = connection.transaction(|c| guarded(|| work(c)));
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
    let mut next = None;
    while let Some(first) = next.take().or_else(|| jobs.recv().ok()) {
        match first.share {
            Share::Alone => write_alone(first, &mut connection, heads),
            Share::Group => next = write_group(first, &mut connection, jobs, heads),
        }
    }
}

/// Makes a write in a transaction of its own.
fn write_alone(job: Job, connection: &mut Connection, heads: &Heads) {
    connection.journal.spills = job.share == Share::Alone;
    let answer = (job.work)(connection);
    connection.journal.spills = false;
    heads.announce(connection.journal.take_heads());
    answer(Ok(()));
}

/// Commits a write with those that wait beside it, and gives the one among them that has to be alone.
fn write_group(first: Job, connection: &mut Connection, jobs: &Receiver<Job>, heads: &Heads) -> Option<Job> {
    if let Err(cause) = connection.begin() {
        // Without a transaction around the group, the job makes one of its own: slower, and as durable.
        log::error!("no group of writes could begin: {cause}");
        write_alone(first, connection, heads);
        return None;
    }
    let mut answers = vec![(first.work)(connection)];
    let mut next = None;
    while answers.len() < GROUP && next.is_none() {
        match jobs.try_recv() {
            Ok(job) if job.share == Share::Alone => next = Some(job),
            Ok(job) => answers.push((job.work)(connection)),
            Err(_) => break,
        }
    }
    let committed = connection.write_journal().and_then(|()| Ok(connection.commit()?));
    if committed.is_err() {
        connection.journal.forget_since(Mark::default());
        connection.abandon();
    }
    heads.announce(connection.journal.take_heads());
    for answer in answers {
        answer(committed.as_ref().copied().map_err(|cause| Error::internal(cause)));
    }
    next
}
