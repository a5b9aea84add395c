//! The shapes of a message and of its delivery.

use deserr::Deserr;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::model::{CursorRow, SubscriptionRow, WebhookSubscriptionId};
use crate::changes::model::Change;
use crate::changes::sealed::Numbering;
use crate::db::schema::webhook_deliveries;
use crate::http::error::{Error, Result};
use crate::http::etag::ETag;
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::values::input::Many;
use crate::values::{Instant, Stored, id_type, named_enum};

/// The type of a message that only tests whether the receiver answers.
pub const PING: &str = "jixiao.ping";

id_type! {
    /// The id of a webhook delivery: `webhook-id` of its message.
    WebhookDeliveryId,
}

named_enum! {
    /// What became of a message.
    WebhookDeliveryStatus: "pending until the receiver answers 2xx, then delivered; dead after the last attempt." {
        /// It is sent when its time comes.
        Pending = "pending",
        /// The receiver has taken it.
        Delivered = "delivered",
        /// It was given up.
        Dead = "dead",
    }
}

named_enum! {
    /// By what the list of deliveries may be sorted.
    WebhookDeliverySortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
    }
}

/// The order of the list.
pub type WebhookDeliverySort = Sort<WebhookDeliverySortKey>;

/// A message as it is posted, with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookMessage {
    /// The type of the event, or `jixiao.ping`.
    #[serde(rename = "type")]
    pub message_type: String,
    /// When it happened.
    pub timestamp: Instant,
    /// The subscription that it was made for.
    pub subscription_id: WebhookSubscriptionId,
    /// The division whose feed it is of.
    pub division_code: String,
    /// The event's number in the feed: read the feed from what you have to here. Absent below a division.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub position: Option<i64>,
    /// The number of the event that the message before this one was of: who has not got that one has missed it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub previous_position: Option<i64>,
    /// The same as the id of that event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_id: Option<String>,
    /// The event as the feed has it (CloudEvents 1.0), without the state of the resource; empty in a ping.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl WebhookMessage {
    /// The message of an event.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(event: &Change, cursor: &CursorRow, numbering: &Numbering) -> Result<WebhookMessage> {
        Ok(WebhookMessage {
            message_type: event.change_type.as_str().to_owned(),
            timestamp: event.time,
            subscription_id: cursor.subscription_id.clone(),
            division_code: cursor.division_code.clone(),
            position: event.sequence,
            previous_position: cursor.last_event_position.and_then(|last| numbering.plain(last)),
            previous_id: cursor.last_event_position.map(|last| numbering.id(&cursor.division_code, last)),
            data: serde_json::to_value(event).map_err(|cause| Error::internal(&cause))?,
        })
    }

    /// A message without an event, to test the receiver.
    pub fn ping(cursor: &CursorRow, numbering: &Numbering, now: Instant) -> WebhookMessage {
        WebhookMessage {
            message_type: PING.to_owned(),
            timestamp: now,
            subscription_id: cursor.subscription_id.clone(),
            division_code: cursor.division_code.clone(),
            position: numbering.plain(cursor.position),
            previous_position: cursor.last_event_position.and_then(|last| numbering.plain(last)),
            previous_id: cursor.last_event_position.map(|last| numbering.id(&cursor.division_code, last)),
            data: Value::Object(serde_json::Map::new()),
        }
    }
}

/// A delivery as the database keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_deliveries)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DeliveryRow {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// Counts its changes.
    pub version: i64,
    /// The subscription.
    pub subscription_id: WebhookSubscriptionId,
    /// Whose subscription it is.
    pub organization_code: String,
    /// The event of the feed; a ping has none.
    pub event_id: Option<String>,
    /// The type of the event, or `jixiao.ping`.
    pub message_type: String,
    /// The event's number in the feed.
    pub position: i64,
    /// The body as it is sent.
    pub message: Stored<WebhookMessage>,
    /// What became of it.
    pub status: WebhookDeliveryStatus,
    /// How often it was sent since it was made or last replayed.
    pub attempts: i32,
    /// When it is sent next.
    pub next_attempt_at: Instant,
    /// The id of the lease of the attempt in progress.
    pub lease: Option<String>,
    /// When the lease expires; until then no other server sends the message.
    pub leased_until: Option<Instant>,
    /// The receiver's last answer.
    pub response_status: Option<i32>,
    /// Why the last attempt failed.
    pub problem: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When the receiver took it.
    pub delivered_at: Option<Instant>,
}

impl DeliveryRow {
    /// A message that is to be sent at once.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn new(
        subscription: &SubscriptionRow,
        event_id: Option<String>,
        message: &WebhookMessage,
        position: i64,
        now: Instant,
    ) -> Result<DeliveryRow> {
        Ok(DeliveryRow {
            id: WebhookDeliveryId::new(),
            version: 1,
            subscription_id: subscription.id.clone(),
            organization_code: subscription.organization_code.clone(),
            event_id,
            message_type: message.message_type.clone(),
            position,
            message: Stored::new(message)?,
            status: WebhookDeliveryStatus::Pending,
            attempts: 0,
            next_attempt_at: now,
            lease: None,
            leased_until: None,
            response_status: None,
            problem: None,
            created_at: now,
            updated_at: now,
            delivered_at: None,
        })
    }

    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// Makes it pending again: due now, with all its attempts left.
    pub fn send_again(&mut self, now: Instant) {
        self.version += 1;
        self.status = WebhookDeliveryStatus::Pending;
        self.attempts = 0;
        self.next_attempt_at = now;
        self.lease = None;
        self.leased_until = None;
        self.delivered_at = None;
        self.updated_at = now;
    }
}

/// A webhook delivery.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its id: `webhook-id` of its message, the same at each attempt.
    pub id: WebhookDeliveryId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The subscription.
    pub subscription_id: WebhookSubscriptionId,
    /// What became of it.
    pub status: WebhookDeliveryStatus,
    /// The body as it is sent.
    #[schema(value_type = WebhookMessage)]
    pub message: Stored<WebhookMessage>,
    /// How often it was sent since it was made or last replayed.
    #[schema(minimum = 0)]
    pub attempts: i32,
    /// When it is sent next; absent where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Instant>,
    /// The receiver's last answer, its HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_status: Option<i32>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When the receiver took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Instant>,
}

impl From<DeliveryRow> for WebhookDelivery {
    fn from(row: DeliveryRow) -> WebhookDelivery {
        let is_pending = row.status == WebhookDeliveryStatus::Pending;
        WebhookDelivery {
            id: row.id,
            version: row.version,
            subscription_id: row.subscription_id,
            status: row.status,
            message: row.message,
            attempts: row.attempts,
            next_attempt_at: is_pending.then_some(row.next_attempt_at),
            response_status: row.response_status,
            problem: row.problem,
            created_at: row.created_at,
            updated_at: row.updated_at,
            delivered_at: row.delivered_at,
        }
    }
}

/// The parameters of the list of deliveries.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct WebhookDeliveryQuery {
    /// Only those of this subscription.
    #[deserr(default)]
    pub subscription_id: Option<WebhookSubscriptionId>,
    /// Only those in one of these states.
    #[deserr(default)]
    #[param(value_type = Vec<WebhookDeliveryStatus>, explode = true)]
    pub status: Many<WebhookDeliveryStatus>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<WebhookDeliverySort>,
    /// Items of the page.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    #[deserr(default)]
    pub limit: Option<Limit>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    #[deserr(default)]
    pub cursor: Option<String>,
    /// Whether to count all.
    #[deserr(default)]
    pub count: Option<Count>,
}
