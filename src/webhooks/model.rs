//! The shapes of a webhook subscription.

use deserr::Deserr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::target::WebhookUrl;
use crate::changes::positions::EventId;
use crate::db::journal::ChangeType;
use crate::db::schema::{webhook_cursors, webhook_receivers, webhook_subscriptions};
use crate::http::error::{Error, Result};
use crate::http::etag::ETag;
use crate::http::page::{Count, Limit};
use crate::http::sort::Sort;
use crate::values::input::Many;
use crate::values::{Instant, NaturalCode, ShortText, Stored, id_type, named_enum};

id_type! {
    /// The id of a webhook subscription.
    WebhookSubscriptionId,
}

named_enum! {
    /// Whether a subscription is served.
    WebhookSubscriptionStatus: "active, or paused by a person; disabled by the service when its receiver failed for days or answered 410. What happens meanwhile is sent when it is active again." {
        /// Messages are sent.
        Active = "active",
        /// A person has stopped it.
        Paused = "paused",
        /// The service has given up.
        Disabled = "disabled",
    }
}

named_enum! {
    /// By what the list of subscriptions may be sorted.
    WebhookSubscriptionSortKey: "id (the default) is the order of creation; - is descending." {
        /// In the order of creation.
        Id = "id",
    }
}

/// The order of the list.
pub type WebhookSubscriptionSort = Sort<WebhookSubscriptionSortKey>;

/// A subscription as the database keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_subscriptions)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct SubscriptionRow {
    /// Its id.
    pub id: WebhookSubscriptionId,
    /// Counts its changes.
    pub version: i64,
    /// Whose token made it: the events are those that this organization sees.
    pub organization_code: String,
    /// The subject of that token.
    pub subject: String,
    /// What people call it.
    pub name: ShortText,
    /// Where messages are posted to.
    pub url: WebhookUrl,
    /// The types of events that it subscribes to; all if empty.
    pub types: Stored<Vec<ChangeType>>,
    /// Whether messages are sent.
    pub status: WebhookSubscriptionStatus,
    /// Why the service disabled it.
    pub status_reason: Option<String>,
    /// What messages are signed with: `whsec_` and base64.
    pub secret: String,
    /// The secret before; messages are signed with it as well until `former_secret_until`.
    pub former_secret: Option<String>,
    /// Until when messages are signed with the former secret as well.
    pub former_secret_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl SubscriptionRow {
    /// The tag of its version.
    pub fn etag(&self) -> ETag {
        ETag::version(self.version)
    }

    /// The secrets to sign with now, the newest first.
    pub fn secrets(&self, now: Instant) -> Vec<&str> {
        let former =
            self.former_secret.as_deref().filter(|_| self.former_secret_until.is_some_and(|until| until > now));
        std::iter::once(self.secret.as_str()).chain(former).collect()
    }
}

/// The cursor of a subscription in the feed of one division: how far it has read it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_cursors)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CursorRow {
    /// The subscription.
    pub subscription_id: WebhookSubscriptionId,
    /// The division whose feed it follows.
    pub division_code: String,
    /// Messages exist for all matching events up to this number.
    pub position: i64,
    /// The number of the last event for which there is a message.
    pub last_event_position: Option<i64>,
}

impl CursorRow {
    /// One that has read a division's feed up to a number.
    pub fn new(id: &WebhookSubscriptionId, division: &str, position: i64) -> CursorRow {
        let (subscription_id, division_code) = (id.clone(), division.to_owned());
        CursorRow { subscription_id, division_code, position, last_event_position: None }
    }
}

/// How the receiver of a subscription does.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_receivers)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg))]
pub struct ReceiverRow {
    /// The subscription.
    pub subscription_id: WebhookSubscriptionId,
    /// Since when no message was taken; none while they are.
    pub failing_since: Option<Instant>,
    /// The end of the back-off: nothing is sent to its receiver before.
    pub not_before: Option<Instant>,
    /// When the last message was taken.
    pub last_delivered_at: Option<Instant>,
}

/// A webhook subscription.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookSubscription {
    /// Its id.
    pub id: WebhookSubscriptionId,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Whose token made it: the events are those that this organization sees.
    pub organization_code: String,
    /// The subject of that token.
    pub subject: String,
    /// What people call it.
    pub name: ShortText,
    /// Where messages are posted to.
    pub url: WebhookUrl,
    /// The types of events that it wants; all where it is empty.
    #[schema(value_type = Vec<ChangeType>)]
    pub types: Stored<Vec<ChangeType>>,
    /// Whether it is served.
    pub status: WebhookSubscriptionStatus,
    /// Why the service has given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// What messages are signed with. Only the answers that make a subscription or a new secret have it: keep it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]+=*$")]
    pub secret: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl From<SubscriptionRow> for WebhookSubscription {
    fn from(row: SubscriptionRow) -> WebhookSubscription {
        WebhookSubscription {
            id: row.id,
            version: row.version,
            organization_code: row.organization_code,
            subject: row.subject,
            name: row.name,
            url: row.url,
            types: row.types,
            status: row.status,
            status_reason: row.status_reason,
            secret: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl WebhookSubscription {
    /// The subscription with its secret, for an answer that reveals the secret.
    pub fn with_secret(row: SubscriptionRow) -> WebhookSubscription {
        let secret = Some(row.secret.clone());
        WebhookSubscription { secret, ..row.into() }
    }
}

/// A subscription as it is written.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewWebhookSubscription {
    /// What people call it.
    pub name: ShortText,
    /// Where messages are posted to: https, or http in a network that the operator has allowed.
    pub url: WebhookUrl,
    /// The types of events that it wants; all where it is empty or left out.
    #[deserr(default)]
    #[schema(required = false)]
    pub types: Vec<ChangeType>,
    /// active when left out, or paused.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<WebhookSubscriptionStatus>,
}

impl NewWebhookSubscription {
    /// What a patch starts from.
    ///
    /// # Errors
    /// When what the database keeps is damaged.
    pub fn of(row: &SubscriptionRow) -> Result<NewWebhookSubscription> {
        Ok(NewWebhookSubscription {
            name: row.name.clone(),
            url: row.url.clone(),
            types: row.types.read()?,
            status: Some(row.status),
        })
    }
}

/// What is sent again.
#[derive(Debug, Clone, Serialize, Deserr, ToSchema)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
pub struct NewWebhookReplay {
    /// The events after this number of the feed, whatever became of their messages; the dead letters alone when left out.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub after: Option<i64>,
    /// The events after the one with this id; this or `after`.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "410100:1842")]
    pub after_id: Option<EventId>,
    /// Of which division's feed the number is; the organization's own when left out.
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub division_code: Option<NaturalCode>,
}

/// How far a subscription has come in the feed of a division below its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookDivisionProgress {
    /// The division.
    pub division_code: String,
    /// Messages are made of all events up to this number.
    #[schema(minimum = 0)]
    pub position: i64,
    /// The last number of its feed.
    #[schema(minimum = 0)]
    pub head: i64,
}

/// How far a subscription has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookProgress {
    /// The subscription.
    pub subscription_id: WebhookSubscriptionId,
    /// The division whose feed it follows.
    pub division_code: String,
    /// Messages are made of all events up to this number; absent for callers below the division, as the next is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub position: Option<i64>,
    /// The last number of the division's feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub head: Option<i64>,
    /// Whether there are events of which no message is made yet.
    pub is_behind: bool,
    /// The same of the divisions below it that it follows as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub divisions_below: Vec<WebhookDivisionProgress>,
    /// Messages that were not taken yet.
    #[schema(minimum = 0)]
    pub pending: i64,
    /// Messages that were given up.
    #[schema(minimum = 0)]
    pub dead: i64,
    /// Since when no message was taken; absent while they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Instant>,
    /// When the last message was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_delivered_at: Option<Instant>,
}

impl WebhookProgress {
    /// The tag of what it says.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn etag(&self) -> Result<ETag> {
        Ok(ETag::of_bytes(&serde_json::to_vec(self).map_err(|cause| Error::internal(&cause))?))
    }
}

/// The parameters of the list of subscriptions.
#[derive(Debug, Serialize, Deserr, IntoParams)]
#[deserr(deny_unknown_fields, error = crate::values::input::Errors)]
#[into_params(parameter_in = Query)]
pub struct WebhookSubscriptionQuery {
    /// Only those in one of these states.
    #[deserr(default)]
    #[param(value_type = Vec<WebhookSubscriptionStatus>, explode = true)]
    pub status: Many<WebhookSubscriptionStatus>,
    /// The order.
    #[deserr(default)]
    pub sort: Option<WebhookSubscriptionSort>,
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
