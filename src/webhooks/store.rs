//! Every query of the webhook subscriptions and their cursors.

use diesel::prelude::*;

use super::model::{
    CursorRow, ReceiverRow, SubscriptionRow, WebhookSubscriptionId, WebhookSubscriptionQuery,
    WebhookSubscriptionSortKey, WebhookSubscriptionStatus,
};
use crate::auth::Caller;
use crate::db::Connection;
use crate::db::among::among;
use crate::db::owned::{below, rows_of_makers, save_row};
use crate::db::schema::{
    change_heads as heads, division_ancestors as divisions, organizations, webhook_cursors as cursors,
    webhook_receivers as receivers, webhook_subscriptions,
};
use crate::http::error::Result;
use crate::http::page::{Page, Paging, keyset};
use crate::http::sort::Sort;
use crate::on;
use crate::values::Instant;

/// Whether a row is owned by an organization of the caller's subtree.
#[diesel::dsl::auto_type]
fn visible<'a>(code: &'a str) -> _ {
    let codes: below<'a> = below(code);
    webhook_subscriptions::organization_code.eq(code).or(webhook_subscriptions::organization_code.eq_any(codes))
}

/// A row that the caller sees.
pub fn get(c: &mut Connection, caller: &Caller, id: &WebhookSubscriptionId) -> Result<SubscriptionRow> {
    Ok(on!(c, c => webhook_subscriptions::table
        .find(id)
        .filter(visible(&caller.organization_code))
        .select(SubscriptionRow::as_select())
        .first(c))?)
}

/// A row, without a check of the caller: for background work on it.
pub fn find(c: &mut Connection, id: &WebhookSubscriptionId) -> Result<Option<SubscriptionRow>> {
    Ok(on!(c, c => webhook_subscriptions::table.find(id).select(SubscriptionRow::as_select()).first(c).optional())?)
}

/// The rows with these ids that the caller sees.
pub fn seen(c: &mut Connection, caller: &Caller, ids: &[WebhookSubscriptionId]) -> Result<Vec<SubscriptionRow>> {
    Ok(on!(c, c => webhook_subscriptions::table
        .filter(webhook_subscriptions::id.eq_any(ids))
        .filter(visible(&caller.organization_code))
        .select(SubscriptionRow::as_select())
        .load(c))?)
}

/// All rows owned by the organizations with these codes, without a check of the caller.
pub fn of_makers(c: &mut Connection, codes: &[&str]) -> Result<Vec<SubscriptionRow>> {
    rows_of_makers!(c, webhook_subscriptions, SubscriptionRow, codes)
}

/// Adds a row.
pub fn insert(c: &mut Connection, row: &SubscriptionRow) -> Result<()> {
    on!(&mut *c, c => diesel::insert_into(webhook_subscriptions::table).values(row).execute(c))?;
    c.created([row]);
    Ok(())
}

/// How many an organization has.
pub fn count_of(c: &mut Connection, organization_code: &str) -> Result<i64> {
    let owned = webhook_subscriptions::table.filter(webhook_subscriptions::organization_code.eq(organization_code));
    Ok(on!(c, c => owned.count().get_result(c))?)
}

/// Updates a row to its next version.
pub fn save(c: &mut Connection, before: &SubscriptionRow, row: &mut SubscriptionRow) -> Result<()> {
    save_row!(c, webhook_subscriptions, before, row)
}

/// A page of the subscriptions that the caller sees.
pub fn list(
    c: &mut Connection,
    caller: &Caller,
    query: &WebhookSubscriptionQuery,
    paging: &Paging,
) -> Result<Page<SubscriptionRow>> {
    let sort = query.sort.unwrap_or(Sort::up(WebhookSubscriptionSortKey::Id));
    let (rows, total) = on!(c, c => {
        let filtered = || {
            let found = webhook_subscriptions::table.filter(visible(&caller.organization_code)).into_boxed();
            among!(found, webhook_subscriptions::status, query.status.0)
        };
        let page = keyset!(filtered(), paging, sort.way, webhook_subscriptions::id);
        let rows = page.select(SubscriptionRow::as_select()).limit(paging.fetch()).load(c)?;
        let total = query.count.map(|_| filtered().count().get_result::<i64>(c)).transpose()?;
        (rows, total)
    });
    Ok(paging.page(rows, total, |row: &SubscriptionRow| (row.id.to_string(), row.id.to_string())))
}

/// Deletes a subscription with its cursor and its deliveries.
pub fn delete(c: &mut Connection, row: &SubscriptionRow) -> Result<()> {
    c.deleted([row])?;
    on!(c, c => diesel::delete(webhook_subscriptions::table.find(&row.id)).execute(c))?;
    Ok(())
}

/// Inserts a cursor of a subscription.
pub fn insert_cursor(c: &mut Connection, cursor: &CursorRow) -> Result<()> {
    on!(c, c => diesel::insert_into(cursors::table).values(cursor).execute(c))?;
    Ok(())
}

/// Deletes a cursor: its division is none of the subscription's any more.
pub fn delete_cursor(c: &mut Connection, cursor: &CursorRow) -> Result<()> {
    let key = (&cursor.subscription_id, &cursor.division_code);
    on!(c, c => diesel::delete(cursors::table.find(key)).execute(c))?;
    Ok(())
}

/// The cursors of a subscription, by division.
pub fn cursors(c: &mut Connection, id: &WebhookSubscriptionId) -> Result<Vec<CursorRow>> {
    Ok(on!(c, c => cursors::table
        .filter(cursors::subscription_id.eq(id))
        .order(cursors::division_code)
        .select(CursorRow::as_select())
        .load(c))?)
}

/// Inserts how the receiver of a new subscription does.
pub fn insert_receiver(c: &mut Connection, receiver: &ReceiverRow) -> Result<()> {
    on!(c, c => diesel::insert_into(receivers::table).values(receiver).execute(c))?;
    Ok(())
}

/// How the receiver of a subscription does.
pub fn receiver(c: &mut Connection, id: &WebhookSubscriptionId) -> Result<ReceiverRow> {
    Ok(on!(c, c => receivers::table.find(id).select(ReceiverRow::as_select()).first(c))?)
}

/// Moves a cursor under an optimistic lock: false if it is no longer at `former`, because another server was faster.
pub fn move_cursor(c: &mut Connection, cursor: &CursorRow, former: i64) -> Result<bool> {
    let moved = on!(c, c => diesel::update(cursors::table.find((&cursor.subscription_id, &cursor.division_code)))
        .filter(cursors::position.eq(former))
        .set((cursors::position.eq(cursor.position), cursors::last_event_position.eq(cursor.last_event_position)))
        .execute(c))?;
    Ok(moved == 1)
}

/// Notes that a message was accepted, which ends a failure and its back-off.
pub fn note_success(c: &mut Connection, id: &WebhookSubscriptionId, now: Instant) -> Result<()> {
    on!(c, c => diesel::update(receivers::table.find(id))
        .set((
            receivers::failing_since.eq(None::<Instant>),
            receivers::not_before.eq(None::<Instant>),
            receivers::last_delivered_at.eq(now),
        ))
        .execute(c))?;
    Ok(())
}

/// Clears the failure and its back-off, so that messages are sent again.
pub fn clear_failure(c: &mut Connection, id: &WebhookSubscriptionId) -> Result<()> {
    on!(c, c => diesel::update(receivers::table.find(id))
        .set((receivers::failing_since.eq(None::<Instant>), receivers::not_before.eq(None::<Instant>)))
        .execute(c))?;
    Ok(())
}

/// Notes that a message was not accepted, and backs off until `until`. `failing_since` keeps the first of several
/// failures.
pub fn note_failure(c: &mut Connection, id: &WebhookSubscriptionId, now: Instant, until: Instant) -> Result<()> {
    on!(&mut *c, c => diesel::update(receivers::table.find(id)).set(receivers::not_before.eq(until)).execute(c))?;
    on!(c, c => diesel::update(receivers::table.find(id))
        .filter(receivers::failing_since.is_null())
        .set(receivers::failing_since.eq(now))
        .execute(c))?;
    Ok(())
}

/// Whether any subscription is active.
pub fn any_active(c: &mut Connection) -> Result<bool> {
    let active =
        webhook_subscriptions::table.filter(webhook_subscriptions::status.eq(WebhookSubscriptionStatus::Active));
    Ok(on!(c, c => diesel::select(diesel::dsl::exists(active)).get_result(c))?)
}

/// The active subscriptions with each of their cursors whose division has events beyond it.
pub fn behind(c: &mut Connection) -> Result<Vec<(SubscriptionRow, CursorRow)>> {
    Ok(on!(c, c => cursors::table
        .inner_join(webhook_subscriptions::table)
        .inner_join(heads::table.on(heads::division_code.eq(cursors::division_code)))
        .filter(webhook_subscriptions::status.eq(WebhookSubscriptionStatus::Active))
        .filter(heads::position.gt(cursors::position))
        .order((cursors::subscription_id, cursors::division_code))
        .select((SubscriptionRow::as_select(), CursorRow::as_select()))
        .load(c))?)
}

/// The active subscriptions that follow other divisions than their organization sees: one was registered below it, or it
/// was registered below another one.
pub fn astray(c: &mut Connection) -> Result<Vec<SubscriptionRow>> {
    let of_maker = organizations::code.eq(webhook_subscriptions::organization_code);
    let is_followed = diesel::dsl::exists(
        cursors::table
            .filter(cursors::subscription_id.eq(webhook_subscriptions::id))
            .filter(cursors::division_code.eq(divisions::division_code)),
    );
    let mut found: Vec<SubscriptionRow> = on!(&mut *c, c => webhook_subscriptions::table
        .inner_join(divisions::table.on(divisions::ancestor_code.eq(webhook_subscriptions::organization_code)))
        .filter(webhook_subscriptions::status.eq(WebhookSubscriptionStatus::Active))
        .filter(diesel::dsl::not(is_followed))
        .select(SubscriptionRow::as_select())
        .load(c))?;
    let is_below = diesel::dsl::exists(
        divisions::table
            .filter(divisions::ancestor_code.eq(webhook_subscriptions::organization_code))
            .filter(divisions::division_code.eq(cursors::division_code)),
    );
    let elsewhere: Vec<SubscriptionRow> = on!(c, c => cursors::table
        .inner_join(webhook_subscriptions::table)
        .inner_join(organizations::table.on(of_maker))
        .filter(webhook_subscriptions::status.eq(WebhookSubscriptionStatus::Active))
        .filter(organizations::division_code.ne(cursors::division_code))
        .filter(diesel::dsl::not(is_below))
        .select(SubscriptionRow::as_select())
        .load(c))?;
    found.extend(elsewhere);
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    Ok(found)
}
