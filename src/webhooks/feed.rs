//! What the change feed says of webhook subscriptions (推送订阅): their events, their state, and who may read it.

use super::model::{SubscriptionRow, WebhookSubscription};
use super::store;
use crate::auth::{Caller, Scope};
use crate::changes::resource::{Resource, State, ids, states};
use crate::db::Connection;
use crate::db::journal::{ChangeType, NaturalKey, Place, Recorded, Subject};
use crate::findings::Language;
use crate::http::error::Result;

/// As the feed knows them.
pub const RESOURCE: Resource = Resource {
    name: "webhook_subscription",
    path: "webhook-subscriptions",
    scope: Scope::WebhooksAdmin,
    read,
    moved: Some(moved),
};

fn read(c: &mut Connection, caller: &Caller, _: Language, texts: &[&str]) -> Result<Vec<State>> {
    let found = store::seen(c, caller, &ids(texts))?;
    states(found.into_iter().map(|row| (row.id.to_string(), WebhookSubscription::from(row))))
}

fn moved(c: &mut Connection, codes: &[&str], former: &Place) -> Result<()> {
    let made = store::of_makers(c, codes)?;
    c.moved(&made, former);
    Ok(())
}

impl Recorded for SubscriptionRow {
    const CREATED: ChangeType = ChangeType::WebhookSubscriptionCreated;
    const UPDATED: ChangeType = ChangeType::WebhookSubscriptionUpdated;
    const DELETED: ChangeType = ChangeType::WebhookSubscriptionDeleted;

    fn place(&self) -> Place {
        Place::Code(self.organization_code.clone())
    }

    fn subject(&self) -> Option<Subject> {
        Some(Subject {
            id: self.id.to_string(),
            version: self.version,
            place: self.place(),
            key: NaturalKey { name: Some(self.name.to_string()), ..NaturalKey::default() },
        })
    }
}
