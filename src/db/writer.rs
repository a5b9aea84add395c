//! SQLite's one writer: a thread that commits all waiting writes together, a savepoint for each.
//!
//! One commit is one fsync, so the more requests wait the cheaper each becomes, and what was
//! answered is on disk. A failed write rolls back its own savepoint only.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use tokio::sync::oneshot;

use super::{Connection, guarded};
use crate::error::{Error, Result};

/// How many writes share a commit at most, so that the first of them does not wait for ever.
const GROUP: usize = 256;

/// Told whether the commit succeeded, a write answers its request.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
type Job = Box<dyn FnOnce(&mut Connection) -> Answer + Send>;

/// The sending side of the writer's queue.
#[derive(Clone)]
pub struct Writer(SyncSender<Job>);

impl Writer {
    /// Starts the thread; it ends when the last sender is dropped and the queue is empty.
    pub fn start(connection: Connection, waiting: usize) -> Writer {
        let (sender, receiver) = sync_channel(waiting.max(1));
        thread::spawn(move || write_all(connection, &receiver));
        Writer(sender)
    }

    /// Queues `work` and waits for its commit.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let result = connection.transaction(|c| guarded(|| work(c)));
            // The receiver is gone when the client hung up; the write stands all the same.
            Box::new(move |committed: Result<()>| drop(answer.send(committed.and(result))))
        });
        self.0.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::busy(),
            TrySendError::Disconnected(_) => Error::database_unavailable(&"the writer has stopped"),
        })?;
        answered.await.map_err(|cause| Error::internal(&cause))?
    }
}

fn write_all(mut connection: Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        if let Err(cause) = connection.begin() {
            // Without a transaction around the group, the job makes one of its own: slower, and as durable.
            log::error!("no group of writes could begin: {cause}");
            first(&mut connection)(Ok(()));
            continue;
        }
        let mut answers = vec![first(&mut connection)];
        while answers.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => answers.push(job(&mut connection)),
                Err(_) => break,
            }
        }
        let committed = connection.commit();
        if committed.is_err() {
            connection.abandon();
        }
        for answer in answers {
            answer(committed.as_ref().copied().map_err(|cause| Error::internal(cause)));
        }
    }
}
