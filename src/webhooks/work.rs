//! Background work on webhooks: messages are made from the feed, sent, and deleted after their retention.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::rt;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::delivery::{DeliveryRow, WebhookDeliveryStatus};
use super::model::{CursorRow, SubscriptionRow, WebhookSubscriptionId};
use super::sender::{Post, Sender, TIMEOUT};
use super::target::Targets;
use super::{actions, queue, signature, store};
use crate::changes;
use crate::changes::model::ChangeRow;
use crate::changes::sealed::Numbering;
use crate::changes::store::{Head, Views};
use crate::db::Database;
use crate::hourly;
use crate::http::error::Result;
use crate::values::Instant;

/// Events that become messages in one transaction.
const AT_ONCE: i64 = 200;
/// The most pending messages of a subscription; further events stay in the feed until there is room.
const WAITING: i64 = 1000;
/// The most messages that are being sent at once.
const SENDING: usize = 32;
/// The most messages of one subscription that are being sent at once; a failing receiver gets one at a time.
const SENDING_EACH: usize = 4;
/// The most messages of one organization that are being sent at once, however many subscriptions it has: its slow
/// receivers leave room for the others'.
const SENDING_OF_ORGANIZATION: usize = SENDING / 4;
/// How many events without a match may be scanned before the cursor is moved in the database.
const UNMOVED: i64 = 1000;
/// The lease of a message for the server that sends it: longer than an attempt can last.
const LEASE: Duration = Duration::from_secs(60);
/// The poll interval when nothing happens on this server: retries become due, and other servers write.
const LOOK: Duration = Duration::from_millis(250);
/// The pause between two rounds when there is more to do.
const PAUSE: Duration = Duration::from_millis(20);
/// Messages that one transaction deletes.
const FORGOTTEN: i64 = 5000;

/// Sends the messages of a database, concurrently with other servers that do the same.
#[derive(Clone)]
pub struct Worker {
    db: Database,
    sender: Sender,
    retries: Arc<[Duration]>,
    slots: Arc<Semaphore>,
    /// A counter that rotates which subscription is served first.
    turn: Arc<AtomicUsize>,
    /// Notified when an attempt has ended, so that there is room for the next message.
    sent: Arc<Notify>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// How many messages of each subscription this server is sending.
    sending: HashMap<WebhookSubscriptionId, usize>,
    /// The same of each organization.
    of_organization: HashMap<String, usize>,
    /// For each cursor at the number in `Looked`: the number up to which no event matches.
    looked: HashMap<Followed, (Looked, i64)>,
}

impl State {
    fn begin(&mut self, subscription: &SubscriptionRow) {
        *self.sending.entry(subscription.id.clone()).or_default() += 1;
        *self.of_organization.entry(subscription.organization_code.clone()).or_default() += 1;
    }

    fn end(&mut self, subscription: &SubscriptionRow) {
        let counts =
            [self.sending.get_mut(&subscription.id), self.of_organization.get_mut(&subscription.organization_code)];
        for count in counts.into_iter().flatten() {
            *count = count.saturating_sub(1);
        }
    }
}

/// A subscription, and a division that it follows.
type Followed = (WebhookSubscriptionId, String);

/// The number of a cursor, and the version of its subscription, which determines what matches.
type Looked = (i64, i64);

/// Logs an error of one subscription and goes on, so that the others do not wait for it.
fn of_one(id: &WebhookSubscriptionId, done: Result<bool>) -> bool {
    done.unwrap_or_else(|cause| {
        log::warn!("the webhook subscription {id} cannot be worked on: {cause}");
        false
    })
}

/// A message that is about to be sent, with the slot that it occupies.
struct Outgoing {
    subscription: SubscriptionRow,
    delivery: DeliveryRow,
    slot: OwnedSemaphorePermit,
}

impl Worker {
    /// A worker that sends to `targets` and retries after each back-off of `retries`.
    pub fn new(db: Database, targets: Targets, retries: Vec<Duration>) -> Worker {
        Worker {
            db,
            sender: Sender::new(targets),
            retries: retries.into(),
            slots: Arc::new(Semaphore::new(SENDING)),
            turn: Arc::default(),
            sent: Arc::default(),
            state: Arc::default(),
        }
    }

    /// Works as long as the service runs.
    pub async fn run(self) {
        while !self.db.heads().is_closed() {
            match self.round().await {
                Ok(true) => rt::time::sleep(PAUSE).await,
                Ok(false) => drop(timeout(LOOK, self.sent.notified()).await),
                Err(cause) => {
                    log::warn!("webhooks cannot be worked on: {cause}");
                    rt::time::sleep(LOOK * 8).await;
                }
            }
        }
    }

    /// Waits until the attempts in progress are settled, at most as long as one can last. Otherwise a message that its
    /// receiver accepted would be sent again.
    pub async fn finish(&self) {
        let all = u32::try_from(SENDING).unwrap_or(u32::MAX);
        drop(timeout(TIMEOUT + LOOK, self.slots.acquire_many(all)).await);
    }

    /// Makes the next messages and starts sending those that are due; returns whether there may be more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn round(&self) -> Result<bool> {
        if !self.db.read(store::any_active).await? {
            return Ok(false);
        }
        let mut is_busy = false;
        for subscription in self.db.read(store::astray).await? {
            let (id, code) = (subscription.id.clone(), subscription.organization_code.clone());
            let followed = self.db.write(&code, move |c| actions::follow_all(c, &subscription)).await;
            is_busy |= of_one(&id, followed.map(|()| true));
        }
        for (subscription, cursor) in self.db.read(store::behind).await? {
            let id = subscription.id.clone();
            is_busy |= of_one(&id, self.make(subscription, cursor).await);
        }
        let mut due = self.db.read(queue::due_subscriptions).await?;
        // Each subscription is first in turn, so that those with many messages do not take all the slots.
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let first = turn.checked_rem(due.len()).unwrap_or_default();
        due.rotate_left(first);
        for (id, organization_code, failing_since) in due {
            let begun = self.send_due(id.clone(), &organization_code, failing_since.is_some()).await;
            is_busy |= of_one(&id, begun);
        }
        Ok(is_busy)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes messages of the next events that match a subscription.
    async fn make(&self, subscription: SubscriptionRow, cursor: CursorRow) -> Result<bool> {
        let followed = (cursor.subscription_id.clone(), cursor.division_code.clone());
        let key = (cursor.position, subscription.version);
        let looked = self.state().looked.get(&followed).copied();
        let from = looked.filter(|(at, _)| *at == key).map_or(cursor.position, |(_, until)| until);
        let (owner, wanted) = (subscription.clone(), cursor.clone());
        let read = self.db.read(move |c| c.snapshot(|c| next_events(c, &owner, &wanted, from))).await?;
        let Some(Next { mut cursor, former, until, events, numbering, is_gap }) = read else { return Ok(false) };
        if events.is_empty() && cursor.position == former && until - former < UNMOVED {
            // Remembered in memory only: a write for every event that does not match would cost more than the feed
            // itself.
            self.state().looked.insert(followed, (key, until));
            return Ok(false);
        }
        if is_gap {
            log::warn!(
                "the webhook subscription {} misses events up to {}: they are no longer kept",
                cursor.subscription_id,
                cursor.position
            );
            // The receiver detects the gap: the next message names, as the event before it, one that it never got.
            cursor.last_event_position = Some(cursor.position);
        }
        let code = subscription.organization_code.clone();
        let has_more = !events.is_empty();
        self.db
            .write(&code, move |c| actions::enqueue(c, &subscription, cursor, (former, until), (&events, &numbering)))
            .await
            .map(|is_made| is_made && has_more)
    }

    /// Starts sending the messages of a subscription that are due, as far as there are free slots.
    async fn send_due(&self, id: WebhookSubscriptionId, organization_code: &str, is_failing: bool) -> Result<bool> {
        let allowed = if is_failing { 1 } else { SENDING_EACH };
        // Receivers that hang must leave slots for those that answer.
        if is_failing && self.slots.available_permits() <= SENDING / 2 {
            return Ok(false);
        }
        let room = {
            let state = self.state();
            let of_organization = state.of_organization.get(organization_code).copied().unwrap_or_default();
            let room = allowed.saturating_sub(state.sending.get(&id).copied().unwrap_or_default());
            room.min(SENDING_OF_ORGANIZATION.saturating_sub(of_organization))
        };
        let mut slots: Vec<OwnedSemaphorePermit> = Vec::new();
        while slots.len() < room {
            let Ok(slot) = self.slots.clone().try_acquire_owned() else { break };
            slots.push(slot);
        }
        let Ok(most) = i64::try_from(slots.len()) else { return Ok(false) };
        if most == 0 {
            return Ok(false);
        }
        let claimed = self.db.write(organization_code, move |c| queue::claim(c, &id, LEASE, most)).await?;
        let Some((subscription, rows)) = claimed else { return Ok(false) };
        let is_busy = !rows.is_empty();
        for (delivery, slot) in rows.into_iter().zip(slots) {
            self.state().begin(&subscription);
            let (worker, outgoing) = (self.clone(), Outgoing { subscription: subscription.clone(), delivery, slot });
            rt::spawn(async move {
                let subscription = outgoing.subscription.clone();
                if let Err(cause) = worker.send(outgoing).await {
                    // Its lease expires, and it is sent again.
                    let id = &subscription.id;
                    log::warn!("what became of a message of the webhook subscription {id} is not known: {cause}");
                }
                worker.state().end(&subscription);
                worker.sent.notify_one();
            });
        }
        Ok(is_busy)
    }

    /// Sends one message and stores the outcome.
    async fn send(&self, outgoing: Outgoing) -> Result<()> {
        let Outgoing { subscription, delivery, slot } = outgoing;
        let now = Instant::now();
        let (id, body) = (delivery.id.to_string(), delivery.message.text().to_owned());
        let signature = signature::sign(&subscription.secrets(now), &id, now.seconds(), &body)?;
        let url = subscription.url.to_string();
        let post = Post { url, id, timestamp: now.seconds(), signature, body };
        let sender = self.sender.clone();
        let attempt = actix_web::web::block(move || sender.post(&post)).await;
        let attempt = attempt.map_err(|cause| crate::http::error::Error::internal(&cause))?;
        let retries = self.retries.clone();
        let code = subscription.organization_code;
        let settled = self.db.write(&code, move |c| actions::settle(c, &delivery, &attempt, &retries)).await;
        drop(slot);
        settled
    }
}

/// The next events for a subscription.
struct Next {
    cursor: CursorRow,
    /// The position of the cursor when it was read.
    former: i64,
    /// The number up to which the feed was scanned.
    until: i64,
    events: Vec<ChangeRow>,
    /// How their numbers are shown to the subscription's organization.
    numbering: Numbering,
    /// Whether events were deleted from the feed before they were scanned.
    is_gap: bool,
}

fn next_events(
    c: &mut crate::db::Connection,
    subscription: &SubscriptionRow,
    cursor: &CursorRow,
    from: i64,
) -> Result<Option<Next>> {
    // The subscription may have been changed since it was listed; the next round reads it again.
    if store::find(c, &subscription.id)?.is_none_or(|current| current.version != subscription.version) {
        return Ok(None);
    }
    if queue::count(c, &subscription.id, WebhookDeliveryStatus::Pending)? >= WAITING {
        return Ok(None);
    }
    let mut cursor = cursor.clone();
    let former = cursor.position;
    let Views { all, numbering, .. } = changes::store::views(c, &subscription.organization_code)?;
    let Some(view) = all.into_iter().find(|view| view.division_code == cursor.division_code) else {
        // The organization was registered below another division; the next round follows that one.
        return Ok(None);
    };
    let Head { position: head, forgotten, .. } = changes::store::head(c, &view.division_code)?;
    let is_gap = from < forgotten;
    cursor.position = cursor.position.max(forgotten);
    let from = from.max(cursor.position);
    let until = head.min(from.saturating_add(changes::store::LOOKED_THROUGH));
    if until <= from && cursor.position == former {
        return Ok(None);
    }
    let types = subscription.types.read()?;
    let events = changes::store::after(c, &view, (from, until), &types, AT_ONCE)?;
    let is_full = i64::try_from(events.len()).is_ok_and(|count| count == AT_ONCE);
    let until = events.last().filter(|_| is_full).map_or(until, |last| last.position);
    Ok(Some(Next { cursor, former, until, events, numbering, is_gap }))
}

/// Deletes messages that are older than `days` and no longer pending.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database, days: u32) -> Result<usize> {
    let oldest = Instant::now().hours_before(i64::from(days) * 24);
    let mut count = 0;
    loop {
        let forgotten = db.write("", move |c| queue::forget(c, oldest, FORGOTTEN)).await?;
        count += forgotten;
        if i64::try_from(forgotten).unwrap_or_default() < FORGOTTEN {
            return Ok(count);
        }
    }
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, days: u32) {
    hourly::sweep(&format!("webhook messages older than {days} days"), async || sweep(&db, days).await).await;
}

const _: () = assert!(LEASE.as_secs() > 2 * TIMEOUT.as_secs(), "a lease outlives an attempt");
