//! The last feed number of each division, which long polls and other followers of the feed wait on.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::watch;

/// The last number of each division, as far as this process knows.
#[derive(Debug, Clone)]
pub struct Heads(Arc<watch::Sender<Known>>);

#[derive(Debug, Default)]
struct Known {
    positions: HashMap<String, i64>,
    is_closed: bool,
}

impl Default for Heads {
    fn default() -> Heads {
        Heads(Arc::new(watch::Sender::new(Known::default())))
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

    /// Returns when the feed of a division is beyond `position`, or the service stops.
    pub async fn beyond(&self, division: &str, position: i64) {
        self.until(|known| known.is_closed || known.positions.get(division).is_some_and(|last| *last > position)).await;
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
