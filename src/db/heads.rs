//! The last feed number of each division, which long polls and other followers of the feed wait on.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

/// The last number of each division, as far as this process knows, and how many commits there were.
#[derive(Debug, Clone)]
pub struct Heads(Arc<watch::Sender<Known>>, Arc<Commits>);

/// Commits of this process, and the writes in them.
#[derive(Debug, Default)]
struct Commits {
    groups: AtomicU64,
    writes: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    positions: HashMap<String, i64>,
    is_closed: bool,
}

impl Default for Heads {
    fn default() -> Heads {
        Heads(Arc::new(watch::Sender::new(Known::default())), Arc::default())
    }
}

impl Heads {
    /// Publishes the new last number of some divisions and wakes their waiters.
    pub fn announce(&self, heads: Vec<(String, i64)>) {
        if heads.is_empty() {
            return;
        }
        self.0.send_if_modified(|known| {
            let mut is_new = false;
            for (division, position) in heads {
                let last = known.positions.entry(division).or_default();
                is_new |= position > *last;
                *last = position.max(*last);
            }
            is_new
        });
    }

    /// Counts a commit of some writes.
    pub(super) fn committed(&self, writes: usize) {
        self.1.groups.fetch_add(1, Ordering::Relaxed);
        self.1.writes.fetch_add(u64::try_from(writes).unwrap_or_default(), Ordering::Relaxed);
    }

    /// The commits so far, and the writes in them.
    pub(super) fn commits(&self) -> (u64, u64) {
        (self.1.groups.load(Ordering::Relaxed), self.1.writes.load(Ordering::Relaxed))
    }

    /// Returns when the feed of one of the divisions is beyond its number, or the service stops.
    pub async fn beyond(&self, numbers: &[(&str, i64)]) {
        let is_beyond = |known: &Known| {
            numbers.iter().any(|(division, number)| known.positions.get(*division).is_some_and(|last| last > number))
        };
        self.until(|known| known.is_closed || is_beyond(known)).await;
    }

    /// Returns when the service stops.
    pub async fn closed(&self) {
        self.until(|known| known.is_closed).await;
    }

    async fn until(&self, is_so: impl FnMut(&Known) -> bool) {
        let mut known = self.0.subscribe();
        // `self` owns the sender, so the channel cannot close while this waits.
        drop(known.wait_for(is_so).await);
    }

    /// Wakes all waiters, because the service stops.
    pub fn close(&self) {
        self.0.send_modify(|known| known.is_closed = true);
    }

    /// Whether the service stops.
    pub fn is_closed(&self) -> bool {
        self.0.borrow().is_closed
    }

    /// The number of waiters.
    pub fn waiting(&self) -> usize {
        self.0.receiver_count()
    }
}
