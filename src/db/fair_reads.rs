//! Whose read comes next, where more are asked for than there are connections: organizations take turns, so that one that
//! asks without a pause does not hold up the others.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::http::error::{Error, Result};

tokio::task_local! {
    /// The organization that the request under way is of, once it is known.
    static ASKING: RefCell<String>;
}

/// Runs a request, whose organization can be named while it runs.
pub async fn asking<F: Future>(request: F) -> F::Output {
    ASKING.scope(RefCell::default(), request).await
}

/// Names the organization of the request under way.
pub fn ask_for(organization_code: &str) {
    // Outside of a request there is nothing to be fair about.
    ASKING.try_with(|asking| organization_code.clone_into(&mut asking.borrow_mut())).unwrap_or(());
}

/// The reads that wait, of each organization; what belongs to no request waits as one.
#[derive(Default)]
struct State {
    free: usize,
    waiting: HashMap<String, VecDeque<oneshot::Sender<Turn>>>,
    /// Whose turn is next; each organization of which something waits is here once.
    next: VecDeque<String>,
}

impl State {
    /// The first that waits of the organization whose turn it is.
    fn take(&mut self) -> Option<oneshot::Sender<Turn>> {
        let organization = self.next.pop_front()?;
        let queue = self.waiting.get_mut(&organization)?;
        // Who no longer waits costs the others of its organization no turn.
        while queue.front().is_some_and(oneshot::Sender::is_closed) && queue.len() > 1 {
            queue.pop_front();
        }
        let first = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&organization);
        } else {
            self.next.push_back(organization);
        }
        first
    }
}

/// The turns of a database's readers.
#[derive(Clone)]
pub struct FairReads {
    state: Arc<Mutex<State>>,
    /// How long a read may wait.
    patience: Duration,
}

/// The turn of one read; it ends with this value.
pub struct Turn(Option<Arc<Mutex<State>>>);

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FairReads {
    /// So many at the same time.
    pub fn new(at_once: u32, patience: Duration) -> FairReads {
        let free = usize::try_from(at_once).unwrap_or(usize::MAX).max(1);
        FairReads { state: Arc::new(Mutex::new(State { free, ..State::default() })), patience }
    }

    /// Waits for the turn of the request under way.
    ///
    /// # Errors
    /// 503 when it does not come in time.
    pub async fn turn(&self) -> Result<Turn> {
        let turn = {
            let mut state = locked(&self.state);
            if state.free > 0 {
                state.free -= 1;
                return Ok(Turn(Some(self.state.clone())));
            }
            let asking = ASKING.try_with(|asking| asking.borrow().clone()).unwrap_or_default();
            let (sender, turn) = oneshot::channel();
            let queue = state.waiting.entry(asking.clone()).or_default();
            let is_first = queue.is_empty();
            queue.push_back(sender);
            if is_first {
                state.next.push_back(asking);
            }
            turn
        };
        match timeout(self.patience, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Error::database_unavailable(&"no connection came free in time")),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(shared) = self.0.take() else { return };
        let mut state = locked(&shared);
        while let Some(waiting) = state.take() {
            match waiting.send(Turn(Some(shared.clone()))) {
                Ok(()) => return,
                // Who waited is gone; the turn that comes back is none.
                Err(mut turn) => turn.0 = None,
            }
        }
        state.free += 1;
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn one_at_once() -> FairReads {
        FairReads::new(1, Duration::from_secs(5))
    }

    /// A read of an organization, which writes down that it had its turn.
    async fn read(reads: &FairReads, of: &str, done: &Mutex<Vec<String>>) {
        asking(async {
            ask_for(of);
            let turn = reads.turn().await.expect("in time");
            done.lock().unwrap().push(of.to_owned());
            drop(turn);
        })
        .await;
    }

    #[actix_web::test]
    async fn organizations_take_turns_however_many_of_one_wait() {
        let (reads, done) = (one_at_once(), Mutex::default());
        let held = reads.turn().await.expect("free");
        let greedy = futures_util::future::join_all((0..5).map(|_| read(&reads, "greedy", &done)));
        let all = futures_util::future::join(greedy, read(&reads, "quiet", &done));
        let mut all = Box::pin(all);
        assert!(all.as_mut().now_or_never().is_none(), "all wait");
        drop(held);
        all.await;
        assert_eq!(*done.lock().unwrap(), ["greedy", "quiet", "greedy", "greedy", "greedy", "greedy"]);
        assert_eq!(locked(&reads.state).free, 1);
        assert!(locked(&reads.state).waiting.is_empty());
    }

    #[actix_web::test]
    async fn who_no_longer_waits_is_passed_over() {
        let (reads, done) = (one_at_once(), Mutex::default());
        let held = reads.turn().await.expect("free");
        let mut gone = Box::pin(read(&reads, "gone", &done));
        let mut there = Box::pin(read(&reads, "there", &done));
        assert!(gone.as_mut().now_or_never().is_none() && there.as_mut().now_or_never().is_none());
        drop(gone);
        drop(held);
        there.await;
        assert_eq!(*done.lock().unwrap(), ["there"]);
        assert_eq!(locked(&reads.state).free, 1);
    }

    #[actix_web::test]
    async fn a_turn_that_does_not_come_is_an_answer() {
        let reads = FairReads::new(1, Duration::from_millis(20));
        let held = reads.turn().await.expect("free");
        assert!(reads.turn().await.is_err());
        drop(held);
        assert!(reads.turn().await.is_ok());
        assert_eq!(locked(&reads.state).free, 1);
    }
}
