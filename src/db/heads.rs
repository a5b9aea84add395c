//! How far the change feed of each division has come: what those wait on who follow it.

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
    /// Wakes those who wait for a division: its feed has come so far.
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

    /// Comes back when the feed of a division has come further than a position, or the service stops.
    pub async fn beyond(&self, division: &str, position: i64) {
        self.until(|known| known.is_closed || known.positions.get(division).is_some_and(|last| *last > position)).await;
    }

    /// Comes back when the service stops.
    pub async fn closed(&self) {
        self.until(|known| known.is_closed).await;
    }

    async fn until(&self, is_so: impl FnMut(&Known) -> bool) {
        let mut known = self.0.subscribe();
        // The sender lives as long as this does, so there is no end to wait for.
        drop(known.wait_for(is_so).await);
    }

    /// Sends everybody away who waits: the service stops.
    pub fn close(&self) {
        self.0.send_modify(|known| known.is_closed = true);
    }

    /// Whether the service stops.
    pub fn is_closed(&self) -> bool {
        self.0.borrow().is_closed
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.0.receiver_count()
    }
}
