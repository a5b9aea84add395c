//! Group commit: waiting writes share a transaction, with a savepoint for each. Long writes have a transaction of their
//! own.
//!
//! One commit is one fsync, so the more writes wait the cheaper each becomes. A request is answered after the commit,
//! so what was acknowledged is on disk. A failed write rolls back only its own savepoint.

use tokio::sync::oneshot;

use super::guarded::guarded;
use super::heads::Heads;
use super::journal::Mark;
use super::sums::Stale;
use super::{Author, Connection};
use crate::http::error::{Error, Result};

/// Answers the request that a write belongs to, with the result of the commit.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
type Work = Box<dyn FnOnce(Result<&mut Connection>) -> Answer + Send>;

/// Whether a write shares its commit with the others that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// It joins a group commit, which is cheap.
    Group,
    /// For a long write of many rows: it has a transaction of its own. In a savepoint SQLite would keep a copy of every
    /// changed page and go through all of them after each statement. Its changes get their feed numbers while it runs,
    /// so that memory does not grow with them.
    Alone,
}

/// A write that waits.
pub(super) struct Job {
    pub(super) share: Share,
    author: Author,
    work: Work,
}

impl Job {
    /// A write in the division of its author, and the channel that receives its result.
    pub(super) fn new<T: Send + 'static>(
        share: Share,
        author: Author,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> (Job, oneshot::Receiver<Result<T>>) {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = connection.and_then(|connection| {
                let is_alone = connection.depth() == 0;
                connection.transaction(|c| {
                    if is_alone {
                        let code = c.author.organization_code.clone();
                        c.lock_division(&code)?;
                    }
                    guarded(|| work(c))
                })
            });
            // The receiver is gone if the client disconnected; the write stays committed all the same.
            Box::new(move |committed: Result<()>| drop(answer.send(committed.and(result))))
        });
        (Job { share, author, work }, answered)
    }

    /// Whose division the write excludes others from, by any organization of it.
    pub(super) fn organization_code(&self) -> &str {
        &self.author.organization_code
    }

    /// Makes the write, which knows its author.
    fn run(self, connection: &mut Connection) -> Answer {
        connection.author = self.author;
        (self.work)(Ok(connection))
    }

    /// Answers with an error, without writing anything.
    pub(super) fn refuse(self, cause: Error) {
        (self.work)(Err(cause))(Ok(()));
    }

    /// Runs the write in a transaction of its own.
    pub(super) fn write_alone(self, connection: &mut Connection, heads: &Heads) {
        connection.journal.spills = self.share == Share::Alone;
        let answer = self.run(&mut *connection);
        connection.journal.spills = false;
        heads.announce(connection.journal.take_heads());
        heads.committed(1);
        answer(Ok(()));
    }

    /// Commits the write together with others of the same division, at most `limit` of them.
    pub(super) fn write_group(
        self,
        connection: &mut Connection,
        limit: usize,
        mut others: impl Iterator<Item = Job>,
        heads: &Heads,
    ) {
        let begun = connection.begin().map_err(Error::from);
        if let Err(cause) = begun.and_then(|()| connection.lock_division(self.organization_code())) {
            connection.abandon();
            return self.refuse(cause);
        }
        let mut answers = vec![self.run(&mut *connection)];
        // A lost connection takes the transaction with it; the writes that still wait are left for another connection.
        while answers.len() < limit
            && connection.depth() == 1
            && let Some(job) = others.next()
        {
            answers.push(job.run(&mut *connection));
        }
        let committed = match connection.depth() {
            1 => connection.finish().and_then(|()| Ok(connection.commit()?)),
            _ => Err(Error::database_unavailable(&"the transaction of a group of writes was lost")),
        };
        if committed.is_err() {
            connection.journal.forget_since(Mark::default());
            connection.stale = Stale::default();
            connection.abandon();
        }
        heads.announce(connection.journal.take_heads());
        heads.committed(answers.len());
        for answer in answers {
            // The cause is in the log already.
            answer(committed.as_ref().copied().map_err(|cause| Error::of(cause.code())));
        }
    }
}
