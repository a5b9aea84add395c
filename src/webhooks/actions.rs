//! The operations on a subscription and on its messages.

use std::time::Duration;

use super::delivery::{DeliveryRow, WebhookDeliveryStatus, WebhookMessage};
use super::model::{
    CursorRow, NewWebhookSubscription, ReceiverRow, SubscriptionRow, WebhookDivisionProgress, WebhookProgress,
    WebhookSubscriptionId, WebhookSubscriptionStatus,
};
use super::sender::Attempt;
use super::signature::new_secret;
use super::{queue, store};
use crate::auth::Caller;
use crate::changes;
use crate::changes::model::{Change, ChangeRow};
use crate::changes::reading::Stand;
use crate::changes::sealed::Numbering;
use crate::changes::store::Views;
use crate::db::Connection;
use crate::http::error::{Code, Error, Result};
use crate::http::etag::IfMatch;
use crate::values::{Instant, Stored};

/// The most subscriptions of an organization.
const SUBSCRIPTIONS: i64 = 50;
/// How long the former secret is still used beside the new one.
const CHANGE_OVER: Duration = Duration::from_secs(24 * 3600);
/// The longest back-off of a subscription after a failed attempt, if the receiver does not ask for another.
const REST: Duration = Duration::from_secs(30);

/// Creates a subscription to the events from now on.
///
/// # Errors
/// 422 when it is to begin as disabled.
pub fn create(c: &mut Connection, caller: &Caller, new: NewWebhookSubscription) -> Result<SubscriptionRow> {
    let now = Instant::now();
    let status = new.status.unwrap_or(WebhookSubscriptionStatus::Active);
    check_status(status, WebhookSubscriptionStatus::Active)?;
    if store::count_of(c, &caller.organization_code)? >= SUBSCRIPTIONS {
        return Err(Error::new(
            Code::LimitReached,
            format!("每个单位最多{SUBSCRIPTIONS}个订阅；请先删除不再使用的"),
            format!("an organization has {SUBSCRIPTIONS} subscriptions at most; delete those that are not used"),
        ));
    }
    let row = SubscriptionRow {
        id: WebhookSubscriptionId::new(),
        version: 1,
        organization_code: caller.organization_code.clone(),
        subject: c.author().subject.clone(),
        name: new.name,
        url: new.url,
        types: Stored::new(&new.types)?,
        status,
        status_reason: None,
        secret: new_secret(),
        former_secret: None,
        former_secret_until: None,
        created_at: now,
        updated_at: now,
    };
    store::insert(c, &row)?;
    let receiver =
        ReceiverRow { subscription_id: row.id.clone(), failing_since: None, not_before: None, last_delivered_at: None };
    store::insert_receiver(c, &receiver)?;
    for (division, position) in Stand::at_end(c, &row.organization_code)?.numbers() {
        store::insert_cursor(c, &CursorRow::new(&row.id, division, position))?;
    }
    Ok(row)
}

/// Only the service disables a subscription.
fn check_status(wanted: WebhookSubscriptionStatus, current: WebhookSubscriptionStatus) -> Result<()> {
    if wanted == WebhookSubscriptionStatus::Disabled && current != wanted {
        return Err(Error::field(
            "/status",
            Code::NotAllowedHere,
            "只能设为active或paused；disabled由服务设置",
            "can be set to active or paused; only the service sets disabled",
        ));
    }
    Ok(())
}

/// Changes a subscription. Reactivating it clears its failures.
///
/// # Errors
/// 404, 412, and 422 with each wrong field.
pub fn update(
    c: &mut Connection,
    caller: &Caller,
    id: &WebhookSubscriptionId,
    if_match: &IfMatch,
    change: impl FnOnce(&NewWebhookSubscription) -> Result<NewWebhookSubscription>,
) -> Result<SubscriptionRow> {
    let mut row = store::get(c, caller, id)?;
    let before = row.clone();
    if_match.check(&row.etag())?;
    let new = change(&NewWebhookSubscription::of(&row)?)?;
    let status = new.status.unwrap_or(WebhookSubscriptionStatus::Active);
    check_status(status, row.status)?;
    if status != row.status {
        row.status_reason = None;
        store::clear_failure(c, id)?;
        queue::restart(c, id)?;
    }
    row.status = status;
    row.name = new.name;
    row.url = new.url;
    row.types = Stored::new(&new.types)?;
    store::save(c, &before, &mut row)?;
    Ok(row)
}

/// Deletes a subscription; its pending messages are not sent any more.
///
/// # Errors
/// 404 and 412.
pub fn delete(c: &mut Connection, caller: &Caller, id: &WebhookSubscriptionId, if_match: &IfMatch) -> Result<()> {
    let row = store::get(c, caller, id)?;
    if_match.check(&row.etag())?;
    store::delete(c, &row)
}

/// Gives a subscription a new secret; for a day, messages are signed with the former one as well.
///
/// # Errors
/// 404.
pub fn renew_secret(c: &mut Connection, caller: &Caller, id: &WebhookSubscriptionId) -> Result<SubscriptionRow> {
    let mut row = store::get(c, caller, id)?;
    let before = row.clone();
    row.former_secret = Some(std::mem::replace(&mut row.secret, new_secret()));
    row.former_secret_until = Some(Instant::now().after(CHANGE_OVER));
    store::save(c, &before, &mut row)?;
    Ok(row)
}

/// Lets a subscription follow what its organization sees by now. Of a division that it did not follow it gets the events
/// from the first one that is kept: they are of rows that it did not see before.
///
/// # Errors
/// When the database fails.
pub fn follow_all(c: &mut Connection, subscription: &SubscriptionRow) -> Result<()> {
    let views = changes::store::views(c, &subscription.organization_code)?;
    let heads = changes::store::heads_of(c, &views.all)?;
    let known = store::cursors(c, &subscription.id)?;
    let mut is_moved = false;
    for cursor in known.iter().filter(|cursor| views.all.iter().all(|view| view.division_code != cursor.division_code))
    {
        store::delete_cursor(c, cursor)?;
        is_moved = true;
    }
    for (view, head) in views.all.iter().zip(heads) {
        if known.iter().all(|cursor| cursor.division_code != view.division_code) {
            let begin = head.begun.max(head.forgotten);
            let mut cursor = CursorRow::new(&subscription.id, &view.division_code, begin);
            // What of the former feed was not sent yet is not sent any more: the receiver sees that something is missing.
            cursor.last_event_position = is_moved.then_some(begin);
            store::insert_cursor(c, &cursor)?;
        }
    }
    Ok(())
}

/// The cursor of a subscription in the division of its organization, and those in the divisions below it.
///
/// # Errors
/// When the database fails.
pub fn cursors(c: &mut Connection, row: &SubscriptionRow, own: &str) -> Result<(CursorRow, Vec<CursorRow>)> {
    let (mut of_own, others): (Vec<_>, Vec<_>) =
        store::cursors(c, &row.id)?.into_iter().partition(|cursor| cursor.division_code == own);
    // It may have been registered below another division a moment ago.
    let own = of_own.pop().unwrap_or_else(|| CursorRow::new(&row.id, own, 0));
    Ok((own, others))
}

/// How far a subscription has come.
///
/// # Errors
/// 404.
pub fn progress(c: &mut Connection, caller: &Caller, id: &WebhookSubscriptionId) -> Result<WebhookProgress> {
    let row = store::get(c, caller, id)?;
    let views = changes::store::views(c, &row.organization_code)?;
    let (cursor, others) = cursors(c, &row, &views.own)?;
    let is_behind = is_behind(c, &row, &views, std::iter::once(&cursor).chain(&others))?;
    let receiver = store::receiver(c, id)?;
    let mut divisions_below = Vec::with_capacity(others.len());
    for other in others {
        let head = changes::store::head(c, &other.division_code)?.position;
        divisions_below.push(WebhookDivisionProgress {
            division_code: other.division_code,
            position: other.position,
            head,
        });
    }
    let numbering = changes::store::views(c, &caller.organization_code)?.numbering;
    let head = changes::store::head(c, &cursor.division_code)?.position;
    Ok(WebhookProgress {
        pending: queue::count(c, id, WebhookDeliveryStatus::Pending)?,
        dead: queue::count(c, id, WebhookDeliveryStatus::Dead)?,
        subscription_id: row.id,
        head: numbering.plain(head),
        division_code: cursor.division_code,
        position: numbering.plain(cursor.position),
        is_behind,
        divisions_below,
        failing_since: receiver.failing_since,
        last_delivered_at: receiver.last_delivered_at,
    })
}

/// Whether there are events of which no message is made yet.
fn is_behind<'a>(
    c: &mut Connection,
    row: &SubscriptionRow,
    views: &Views,
    cursors: impl Iterator<Item = &'a CursorRow>,
) -> Result<bool> {
    let types = row.types.read()?;
    for cursor in cursors {
        let Some(view) = views.all.iter().find(|view| view.division_code == cursor.division_code) else { continue };
        let head = changes::store::head(c, &cursor.division_code)?.position;
        if !changes::store::after(c, view, (cursor.position, head), &types, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Creates a ping: a message that only tests the receiver.
///
/// # Errors
/// 404, and 409 when nothing is sent now.
pub fn ping(c: &mut Connection, caller: &Caller, id: &WebhookSubscriptionId) -> Result<DeliveryRow> {
    let row = store::get(c, caller, id)?;
    must_be_active(&row)?;
    let views = changes::store::views(c, &row.organization_code)?;
    let ((cursor, _), now) = (cursors(c, &row, &views.own)?, c.now()?);
    let message = WebhookMessage::ping(&cursor, &views.numbering, now);
    let delivery = DeliveryRow::new(&row, None, &message, cursor.position, now)?;
    queue::insert(c, std::slice::from_ref(&delivery))?;
    Ok(delivery)
}

/// Refuses what nothing would come of.
///
/// # Errors
/// 409 when nothing is sent now.
pub fn must_be_active(row: &SubscriptionRow) -> Result<()> {
    if row.status == WebhookSubscriptionStatus::Active {
        return Ok(());
    }
    let status = row.status.as_str();
    Err(Error::new(
        Code::ActionNotAllowed,
        format!("订阅{}处于{status}状态，不会发送；先将status改为active", row.id),
        format!("the subscription {} is {status}, so nothing is sent; set its status to active first", row.id),
    ))
}

/// Creates the messages of some events and moves the cursor to `until`, under an optimistic lock: false if the cursor
/// is no longer at `former`, because another server was faster.
///
/// # Errors
/// When the database fails.
pub fn enqueue(
    c: &mut Connection,
    subscription: &SubscriptionRow,
    mut cursor: CursorRow,
    (former, until): (i64, i64),
    (events, numbering): (&[ChangeRow], &Numbering),
) -> Result<bool> {
    let now = c.now()?;
    let mut rows = Vec::with_capacity(events.len());
    for row in events {
        let event = Change::of(row, numbering)?;
        let message = WebhookMessage::of(&event, &cursor, numbering)?;
        cursor.last_event_position = Some(row.position);
        rows.push(DeliveryRow::new(subscription, Some(event.id), &message, row.position, now)?);
    }
    cursor.position = until;
    if !store::move_cursor(c, &cursor, former)? {
        return Ok(false);
    }
    queue::insert(c, &rows)?;
    Ok(true)
}

/// Stores the outcome of an attempt, if the lease is still held. Disables the subscription if the receiver answers 410,
/// or if this message becomes a dead letter and the receiver has accepted none since it was created.
///
/// # Errors
/// When the database fails.
pub fn settle(c: &mut Connection, sent: &DeliveryRow, attempt: &Attempt, retries: &[Duration]) -> Result<()> {
    let Some(mut row) = queue::leased(c, sent)? else { return Ok(()) };
    let now = c.now()?;
    row.version += 1;
    row.attempts += 1;
    row.lease = None;
    row.leased_until = None;
    row.response_status = attempt.status.map(i32::from);
    row.problem.clone_from(&attempt.problem);
    row.updated_at = now;
    if attempt.problem.is_none() {
        row.status = WebhookDeliveryStatus::Delivered;
        row.delivered_at = Some(now);
        store::note_success(c, &row.subscription_id, now)?;
        return queue::save(c, &row);
    }
    let done = usize::try_from(row.attempts).unwrap_or(usize::MAX);
    let pause = retries.get(done.saturating_sub(1)).copied();
    // The other messages of the subscription wait too: as long as the receiver asks for, or for a short back-off.
    let rest = attempt.pause.unwrap_or_else(|| pause.unwrap_or_default().min(REST));
    store::note_failure(c, &row.subscription_id, now, now.after(rest))?;
    match pause {
        Some(pause) => row.next_attempt_at = now.after(attempt.pause.unwrap_or_default().max(spread(pause))),
        None => row.status = WebhookDeliveryStatus::Dead,
    }
    queue::save(c, &row)?;
    let receiver = store::receiver(c, &row.subscription_id)?;
    let none_was_taken = receiver.last_delivered_at.is_none_or(|last| last < row.created_at);
    let reason = match (receiver.failing_since, row.status) {
        _ if attempt.is_gone() => Some("the receiver answered 410: it wants no more messages".to_owned()),
        (Some(since), WebhookDeliveryStatus::Dead) if none_was_taken => {
            Some(format!("no message was taken since {since}: {}", row.problem.as_deref().unwrap_or_default()))
        }
        _ => None,
    };
    match (reason, store::find(c, &row.subscription_id)?) {
        (Some(reason), Some(mut subscription)) if subscription.status == WebhookSubscriptionStatus::Active => {
            let before = subscription.clone();
            subscription.status = WebhookSubscriptionStatus::Disabled;
            subscription.status_reason = Some(reason);
            store::save(c, &before, &mut subscription)
        }
        _ => Ok(()),
    }
}

/// Adds jitter of up to a tenth to a back-off, so that messages that failed together are not retried together.
fn spread(pause: Duration) -> Duration {
    pause * rand::random_range(1000..=1100) / 1000
}
