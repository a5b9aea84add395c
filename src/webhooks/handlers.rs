//! The operations on webhooks.

use super::delivery::{
    WebhookDelivery, WebhookDeliveryId, WebhookDeliveryQuery, WebhookDeliverySort, WebhookDeliveryStatus,
    WebhookMessage,
};
use super::model::{
    NewWebhookReplay, NewWebhookSubscription, WebhookProgress, WebhookSubscription, WebhookSubscriptionId,
    WebhookSubscriptionQuery, WebhookSubscriptionSort, WebhookSubscriptionStatus,
};
use crate::http::api::Api;
use std::time::Duration;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};

use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::target::{Targets, WebhookUrl};
use super::{actions, queue, replay, store};
use crate::auth::{ManageWebhooks, Permit};
use crate::db::Database;
use crate::http::body::Patch;
use crate::http::error::{Error, Result};
use crate::http::etag::{self, IfMatch};
use crate::http::filter::Query;
use crate::http::idempotency::{Answer, Keyed, Posted};
use crate::http::page::{Page, Paging};

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    // Messages have a tag of their own: generators make a class of each tag, and this one would replace theirs.
    tags: &[
        ("webhooks", "推送: what happens, posted to those who asked for it, signed and at least once"),
        ("webhook messages", "推送消息: what a receiver of webhooks serves, and the service calls"),
    ],
    schemas: |schemas| {
        schemas.add::<WebhookSubscriptionStatus>();
        schemas.add::<WebhookSubscriptionSort>();
        schemas.add::<WebhookDeliveryStatus>();
        schemas.add::<WebhookDeliverySort>();
        schemas.add::<WebhookMessage>();
    },
};

/// The operations on webhooks.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(list_webhook_subscriptions)
        .service(create_webhook_subscription)
        .service(get_webhook_subscription)
        .service(update_webhook_subscription)
        .service(delete_webhook_subscription)
        .service(get_webhook_progress)
        .service(create_webhook_secret)
        .service(create_webhook_ping)
        .service(create_webhook_replay)
        .service(list_webhook_deliveries)
        .service(get_webhook_delivery)
        .service(create_webhook_delivery_replay);
}

/// The most host names that are resolved at once for callers.
static LOOKUPS: Semaphore = Semaphore::const_new(8);
/// How long a caller waits for a host name to be resolved.
const LOOKUP_TIME: Duration = Duration::from_secs(2);

/// The webhook subscriptions of the caller's subtree.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])), params(WebhookSubscriptionQuery),
    responses((status = 200, body = Page<WebhookSubscription>)))]
#[get("/webhook-subscriptions")]
pub async fn list_webhook_subscriptions(
    request: HttpRequest,
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    Query(query): Query<WebhookSubscriptionQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page = db.read(move |c| store::list(c, &caller, &query, &paging)).await?;
    Ok(page.map(WebhookSubscription::from).response(&request))
}

/// Subscribes to what happens from now on in the caller's subtree. Each event is posted as a message, signed with the
/// secret that this answer alone tells (Standard Webhooks).
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])), request_body = NewWebhookSubscription,
    responses((status = 201, body = WebhookSubscription)))]
#[post("/webhook-subscriptions")]
pub async fn create_webhook_subscription(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    targets: Data<Targets>,
    posted: Posted<NewWebhookSubscription>,
) -> Result<Answer> {
    check_target(targets, posted.body.url.clone()).await?;
    posted
        .once(&db, caller.caller(), |c, caller, new| {
            let row = actions::create(c, caller, new)?;
            let location = format!("/api/v1/webhook-subscriptions/{}", row.id);
            Answer::created(location, &row.etag(), &WebhookSubscription::with_secret(row))
        })
        .await
}

/// One webhook subscription.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 200, body = WebhookSubscription)))]
#[get("/webhook-subscriptions/{id}")]
pub async fn get_webhook_subscription(
    request: HttpRequest,
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookSubscriptionId>,
) -> Result<HttpResponse> {
    let row = db.read(move |c| store::get(c, &caller, &id)).await?;
    etag::read(&request, &row.etag(), &WebhookSubscription::from(row))
}

/// Changes a webhook subscription; `status` pauses it and lets it go on. What happens meanwhile is sent afterwards.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)),
    request_body(content = Patch<NewWebhookSubscription>, content_type = "application/merge-patch+json"),
    responses((status = 200, body = WebhookSubscription)))]
#[patch("/webhook-subscriptions/{id}")]
pub async fn update_webhook_subscription(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    targets: Data<Targets>,
    id: Path<WebhookSubscriptionId>,
    if_match: IfMatch,
    patch: Patch<NewWebhookSubscription>,
) -> Result<HttpResponse> {
    let caller = caller.caller();
    let (reader, wanted) = (caller.clone(), id.clone());
    let before = db.read(move |c| store::get(c, &reader, &wanted)).await?;
    if_match.check(&before.etag())?;
    // The host name is resolved before the transaction, so that other writes do not wait for it.
    let new = patch.apply(&NewWebhookSubscription::of(&before)?)?;
    if new.url != before.url {
        check_target(targets, new.url).await?;
    }
    let author = caller.author();
    let changed =
        db.write(author, move |c| actions::update(c, &caller, &id, &if_match, |current| patch.apply(current))).await?;
    Ok(etag::changed(&changed.etag(), &WebhookSubscription::from(changed)))
}

/// Deletes a webhook subscription with its deliveries; what was not sent yet is not sent any more.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 204, description = "Deleted")))]
#[delete("/webhook-subscriptions/{id}")]
pub async fn delete_webhook_subscription(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookSubscriptionId>,
    if_match: IfMatch,
) -> Result<HttpResponse> {
    let author = caller.author();
    db.write(author, move |c| actions::delete(c, &caller, &id, &if_match)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How far a webhook subscription has come: its position in the feed, what waits, what was given up, and since when its
/// receiver fails.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 200, body = WebhookProgress)))]
#[get("/webhook-subscriptions/{id}/progress")]
pub async fn get_webhook_progress(
    request: HttpRequest,
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookSubscriptionId>,
) -> Result<HttpResponse> {
    let progress = db.read(move |c| c.snapshot(|c| actions::progress(c, &caller, &id))).await?;
    etag::read(&request, &progress.etag()?, &progress)
}

/// Gives a webhook subscription a new secret, which this answer alone tells. The former one signs beside it for a day.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 200, body = WebhookSubscription)))]
#[post("/webhook-subscriptions/{id}/secret")]
pub async fn create_webhook_secret(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookSubscriptionId>,
    keyed: Keyed,
) -> Result<Answer> {
    keyed
        .act(&db, caller.caller(), move |c, caller| {
            let row = actions::renew_secret(c, caller, &id)?;
            Answer::done(Some(&row.etag()), &WebhookSubscription::with_secret(row))
        })
        .await
}

/// Sends a message of the type `jixiao.ping`, to try the receiver.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 201, body = WebhookDelivery)))]
#[post("/webhook-subscriptions/{id}/pings")]
pub async fn create_webhook_ping(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookSubscriptionId>,
    keyed: Keyed,
) -> Result<Answer> {
    keyed
        .act(&db, caller.caller(), move |c, caller| {
            let row = actions::ping(c, caller, &id)?;
            let location = format!("/api/v1/webhook-deliveries/{}", row.id);
            Answer::created(location, &row.etag(), &WebhookDelivery::from(row))
        })
        .await
}

/// Sends again: the dead letters, or all events after a number of the feed.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])),
    params(("id" = WebhookSubscriptionId, Path)), request_body = NewWebhookReplay,
    responses((status = 200, body = WebhookProgress)))]
#[post("/webhook-subscriptions/{id}/replay")]
pub async fn create_webhook_replay(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookSubscriptionId>,
    posted: Posted<NewWebhookReplay>,
) -> Result<Answer> {
    posted
        .once(&db, caller.caller(), move |c, caller, new| {
            let progress = replay::replay(c, caller, &id, &new)?;
            Answer::done(Some(&progress.etag()?), &progress)
        })
        .await
}

/// The messages of the caller's subtree and what became of them.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])), params(WebhookDeliveryQuery),
    responses((status = 200, body = Page<WebhookDelivery>)))]
#[get("/webhook-deliveries")]
pub async fn list_webhook_deliveries(
    request: HttpRequest,
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    Query(query): Query<WebhookDeliveryQuery>,
) -> Result<HttpResponse> {
    let paging = Paging::new(&query, query.limit, query.cursor.as_deref())?;
    let page = db.read(move |c| queue::list(c, &caller, &query, &paging)).await?;
    Ok(page.map(WebhookDelivery::from).response(&request))
}

/// One message and what became of it.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])), params(("id" = WebhookDeliveryId, Path)),
    responses((status = 200, body = WebhookDelivery)))]
#[get("/webhook-deliveries/{id}")]
pub async fn get_webhook_delivery(
    request: HttpRequest,
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookDeliveryId>,
) -> Result<HttpResponse> {
    let row = db.read(move |c| queue::get(c, &caller, &id)).await?;
    etag::read(&request, &row.etag(), &WebhookDelivery::from(row))
}

/// Sends one message again, whatever became of it, under the same id.
#[utoipa::path(tag = "webhooks", security(("token" = ["webhooks:admin"])), params(("id" = WebhookDeliveryId, Path)),
    responses((status = 200, body = WebhookDelivery)))]
#[post("/webhook-deliveries/{id}/replay")]
pub async fn create_webhook_delivery_replay(
    caller: Permit<ManageWebhooks>,
    db: Data<Database>,
    id: Path<WebhookDeliveryId>,
    keyed: Keyed,
) -> Result<Answer> {
    keyed
        .act(&db, caller.caller(), move |c, caller| {
            let row = replay::replay_one(c, caller, &id)?;
            Answer::done(Some(&row.etag()), &WebhookDelivery::from(row))
        })
        .await
}

/// Resolves the host name in a thread of its own with a short timeout, so that a name server that does not answer does
/// not block other callers. A name that is not resolved in time passes, since it is resolved again before each message.
async fn check_target(targets: Data<Targets>, url: WebhookUrl) -> Result<()> {
    let Ok(turn) = LOOKUPS.try_acquire() else { return Ok(()) };
    let (sender, receiver) = oneshot::channel();
    let work = move || {
        // The receiver is gone after the timeout.
        drop(sender.send(targets.check(&url)));
        drop(turn);
    };
    std::thread::Builder::new().name("lookup".to_owned()).spawn(work).map_err(|cause| Error::internal(&cause))?;
    match timeout(LOOKUP_TIME, receiver).await {
        Ok(Ok(checked)) => checked,
        _ => Ok(()),
    }
}
