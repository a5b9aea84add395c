//! Every query of the webhook deliveries: the queue of messages.

use std::time::Duration;

use diesel::prelude::*;

use super::delivery::{
    DeliveryRow, WebhookDeliveryId, WebhookDeliveryQuery, WebhookDeliverySortKey, WebhookDeliveryStatus,
};
use super::model::{SubscriptionRow, WebhookSubscriptionId, WebhookSubscriptionStatus};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::owned::below;
use crate::db::schema::{webhook_deliveries, webhook_receivers as receivers, webhook_subscriptions};
use crate::http::error::Result;
use crate::http::page::{Page, Paging, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::values::Instant;

/// Whether a row is owned by an organization of the caller's subtree.
#[diesel::dsl::auto_type]
fn visible<'a>(code: &'a str) -> _ {
    let codes: below<'a> = below(code);
    webhook_deliveries::organization_code.eq(code).or(webhook_deliveries::organization_code.eq_any(codes))
}

/// A row that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &WebhookDeliveryId) -> Result<DeliveryRow> {
    Ok(on!(c, c => webhook_deliveries::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(DeliveryRow::as_select())
        .first(c))?)
}

/// A row, without a check of the caller: for background work on it.
pub fn find(c: &mut Connection, id: &WebhookDeliveryId) -> Result<Option<DeliveryRow>> {
    Ok(on!(c, c => webhook_deliveries::table.find(id).select(DeliveryRow::as_select()).first(c).optional())?)
}

/// A page of the deliveries that the caller sees.
pub fn list(
    c: &mut Connection,
    caller: &Caller,
    query: &WebhookDeliveryQuery,
    paging: &Paging,
) -> Result<Page<DeliveryRow>> {
    let sort = query.sort.unwrap_or(Sort::up(WebhookDeliverySortKey::Id));
    let (rows, total) = on!(c, c => {
        let filtered = || {
            let mut found = webhook_deliveries::table.filter(visible(&caller.organization_code)).into_boxed();
            if let Some(id) = &query.subscription_id {
                found = found.filter(webhook_deliveries::subscription_id.eq(id));
            }
            among!(found, webhook_deliveries::status, query.status.0)
        };
        let page = keyset!(filtered(), paging, sort.way, webhook_deliveries::id);
        let rows = page.select(DeliveryRow::as_select()).limit(paging.fetch()).load(c)?;
        let total = query.count.map(|_| filtered().count().get_result::<i64>(c)).transpose()?;
        (rows, total)
    });
    Ok(paging.page(rows, total, |row: &DeliveryRow| (row.id.to_string(), row.id.to_string())))
}

/// Adds messages, as an upsert by event: if there is already a message for the event, that one is sent again.
pub fn insert(c: &mut Connection, rows: &[DeliveryRow]) -> Result<()> {
    for row in rows {
        let known = match &row.event_id {
            None => None,
            Some(event) => on!(&mut *c, c => webhook_deliveries::table
                .filter(webhook_deliveries::subscription_id.eq(&row.subscription_id))
                .filter(webhook_deliveries::event_id.eq(event))
                .select(DeliveryRow::as_select())
                .first(c)
                .optional())?,
        };
        match known {
            Some(mut known) => {
                known.send_again(row.created_at);
                save(c, &known)?;
            }
            None => drop(on!(&mut *c, c => diesel::insert_into(webhook_deliveries::table).values(row).execute(c))?),
        }
    }
    Ok(())
}

/// Updates a delivery.
pub fn save(c: &mut Connection, row: &DeliveryRow) -> Result<()> {
    on!(c, c => diesel::update(webhook_deliveries::table.find(&row.id)).set(row).execute(c))?;
    Ok(())
}

/// Makes the pending messages due now, with all their attempts left, because the receiver is available again.
pub fn restart(c: &mut Connection, id: &WebhookSubscriptionId) -> Result<()> {
    let now = c.now()?;
    on!(c, c => diesel::update(webhook_deliveries::table
        .filter(webhook_deliveries::subscription_id.eq(id))
        .filter(webhook_deliveries::status.eq(WebhookDeliveryStatus::Pending)))
        .set((webhook_deliveries::attempts.eq(0), webhook_deliveries::next_attempt_at.eq(now)))
        .execute(c))?;
    Ok(())
}

/// How many messages of a subscription are in a state.
pub fn count(c: &mut Connection, id: &WebhookSubscriptionId, status: WebhookDeliveryStatus) -> Result<i64> {
    Ok(on!(c, c => webhook_deliveries::table
        .filter(webhook_deliveries::subscription_id.eq(id))
        .filter(webhook_deliveries::status.eq(status))
        .count()
        .get_result(c))?)
}

/// Messages of all that wait, and those that were given up.
pub fn counts(c: &mut Connection) -> Result<(i64, i64)> {
    let mut of = |status| -> Result<i64> {
        let of_status = webhook_deliveries::table.filter(webhook_deliveries::status.eq(status));
        Ok(on!(&mut *c, c => of_status.count().get_result(c))?)
    };
    Ok((of(WebhookDeliveryStatus::Pending)?, of(WebhookDeliveryStatus::Dead)?))
}

/// The dead letters of a subscription, the oldest first.
pub fn dead(c: &mut Connection, id: &WebhookSubscriptionId, most: i64) -> Result<Vec<DeliveryRow>> {
    Ok(on!(c, c => webhook_deliveries::table
        .filter(webhook_deliveries::subscription_id.eq(id))
        .filter(webhook_deliveries::status.eq(WebhookDeliveryStatus::Dead))
        .order(webhook_deliveries::id)
        .limit(most)
        .select(DeliveryRow::as_select())
        .load(c))?)
}

/// The active subscriptions with messages due, the organization that owns each, and since when it is failing.
pub fn due_subscriptions(c: &mut Connection) -> Result<Vec<(WebhookSubscriptionId, String, Option<Instant>)>> {
    let now = c.now()?;
    let due = diesel::dsl::exists(
        webhook_deliveries::table
            .filter(webhook_deliveries::subscription_id.eq(receivers::subscription_id))
            .filter(webhook_deliveries::status.eq(WebhookDeliveryStatus::Pending))
            .filter(webhook_deliveries::next_attempt_at.le(now))
            .filter(webhook_deliveries::leased_until.is_null().or(webhook_deliveries::leased_until.lt(now))),
    );
    Ok(on!(c, c => receivers::table
        .inner_join(webhook_subscriptions::table)
        .filter(webhook_subscriptions::status.eq(WebhookSubscriptionStatus::Active))
        .filter(receivers::not_before.is_null().or(receivers::not_before.le(now)))
        .filter(due)
        .order(receivers::subscription_id)
        .select((receivers::subscription_id, webhook_subscriptions::organization_code, receivers::failing_since))
        .load(c))?)
}

/// The messages of a subscription that are due and not leased, the oldest first.
fn due(c: &mut Connection, id: &WebhookSubscriptionId, now: Instant, most: i64) -> Result<Vec<DeliveryRow>> {
    Ok(on!(c, c => webhook_deliveries::table
        .filter(webhook_deliveries::subscription_id.eq(id))
        .filter(webhook_deliveries::status.eq(WebhookDeliveryStatus::Pending))
        .filter(webhook_deliveries::next_attempt_at.le(now))
        .filter(webhook_deliveries::leased_until.is_null().or(webhook_deliveries::leased_until.lt(now)))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::position))
        .limit(most)
        .select(DeliveryRow::as_select())
        .load(c))?)
}

/// Leases messages that are due: until the lease expires, no other server sends them. Returns them with the current
/// subscription.
pub fn claim(
    c: &mut Connection,
    id: &WebhookSubscriptionId,
    lease: Duration,
    most: i64,
) -> Result<Option<(SubscriptionRow, Vec<DeliveryRow>)>> {
    let subscription = super::store::find(c, id)?.filter(|row| row.status == WebhookSubscriptionStatus::Active);
    let Some(subscription) = subscription else { return Ok(None) };
    // The time is read inside the transaction, which may have waited for the lock. It is the database's time: a server
    // whose clock is ahead must not take messages that another server still leases.
    let now = c.now()?;
    let until = now.after(lease);
    let mut rows = due(c, id, now, most)?;
    for row in &mut rows {
        row.lease = Some(uuid::Uuid::now_v7().to_string());
        row.leased_until = Some(until);
        on!(&mut *c, c => diesel::update(webhook_deliveries::table.find(&row.id))
            .set((webhook_deliveries::lease.eq(&row.lease), webhook_deliveries::leased_until.eq(row.leased_until)))
            .execute(c))?;
    }
    Ok(Some((subscription, rows)))
}

/// The message, if it is still under the lease of `row`; meanwhile it may have been leased again, or deleted.
pub fn leased(c: &mut Connection, row: &DeliveryRow) -> Result<Option<DeliveryRow>> {
    Ok(find(c, &row.id)?.filter(|current| current.lease.is_some() && current.lease == row.lease))
}

/// Deletes messages created before an instant that are no longer pending, the oldest first and at most `most`.
pub fn forget(c: &mut Connection, before: Instant, most: i64) -> Result<usize> {
    let old: Vec<WebhookDeliveryId> = on!(&mut *c, c => webhook_deliveries::table
        .filter(webhook_deliveries::created_at.lt(before))
        .filter(webhook_deliveries::status.ne(WebhookDeliveryStatus::Pending))
        .order(webhook_deliveries::created_at)
        .limit(most)
        .select(webhook_deliveries::id)
        .load(c))?;
    // One of them may have become pending again meanwhile.
    Ok(on!(c, c => diesel::delete(webhook_deliveries::table
        .filter(webhook_deliveries::id.eq_any(&old))
        .filter(webhook_deliveries::status.ne(WebhookDeliveryStatus::Pending)))
        .execute(c))?)
}
