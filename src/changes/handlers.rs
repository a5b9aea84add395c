//! The operations on the change feed.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, get};
use tokio::time::{Instant, sleep, timeout_at};

use super::model::{ChangeHead, ChangeInclude, ChangeList, ChangeQuery, DEFAULT_LIMIT};
use super::positions::Position;
use super::reading;
use crate::auth::{Permit, ReadChanges};
use crate::db::Database;
use crate::db::journal::ChangeType;
use crate::http::api::Api;
use crate::http::error::Result;
use crate::http::fairness::{Seat, Shares};
use crate::http::filter::Query;
use crate::http::language::Reader;

/// What this folder adds to the API.
pub const API: Api = Api {
    routes,
    tags: &[("changes", "变更: what happened, in one dense sequence per division")],
    schemas: |schemas| {
        schemas.add::<ChangeType>();
        schemas.add::<ChangeInclude>();
    },
};

/// The operations on the change feed.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(list_changes).service(get_change_head);
}

/// The poll interval of a reader that was woken by an event it does not see.
const PAUSE: Duration = Duration::from_millis(50);

/// What happened in the caller's subtree, in the one sequence of its division, or of each division that it sees. A reader
/// goes on from `next`, and with `wait` is answered as soon as something happens; it needs no thread and no connection of
/// the service meanwhile.
#[utoipa::path(tag = "changes", security(("token" = ["changes:read"])), params(ChangeQuery),
    responses((status = 200, body = ChangeList)))]
#[get("/changes")]
pub async fn list_changes(
    request: HttpRequest,
    caller: Permit<ReadChanges>,
    db: Data<Database>,
    shares: Data<Shares>,
    Reader(language): Reader,
    Query(query): Query<ChangeQuery>,
) -> Result<HttpResponse> {
    let caller = caller.caller();
    let wait = query.wait.map_or(0, |wait| u64::try_from(wait.0).unwrap_or_default());
    let until = Instant::now() + Duration::from_secs(wait);
    let limit = query.limit.map_or(DEFAULT_LIMIT, |limit| limit.0);
    let mut after = query.after.clone().unwrap_or(Position::Number(0));
    let (mut is_again, mut seat) = (false, None);
    loop {
        let (reader, query) = (caller.clone(), query.clone());
        let (stand, list) =
            db.read(move |c| c.snapshot(|c| reading::page(c, &reader, language, &query, (&after, limit)))).await?;
        if wait == 0 || list.has_more || !list.items.is_empty() {
            return Ok(HttpResponse::Ok().json(list));
        }
        after = stand.position();
        if seat.is_none() {
            // It waits, and is no request under way meanwhile.
            seat = Some(shares.wait(&caller.organization_code)?);
            request.extensions_mut().remove::<Seat>();
        }
        let woken = timeout_at(until, db.heads().beyond(&stand.numbers().collect::<Vec<_>>())).await.is_ok();
        // Other organizations of the division may keep writing events that this reader does not see.
        if !woken || db.heads().is_closed() || Instant::now() >= until {
            return Ok(HttpResponse::Ok().json(list));
        }
        if is_again {
            sleep(PAUSE).await;
        }
        is_again = true;
    }
}

/// Where the feed stands: its last number, the last event that the caller sees, and how far back it reaches.
#[utoipa::path(tag = "changes", security(("token" = ["changes:read"])), responses((status = 200, body = ChangeHead)))]
#[get("/changes/head")]
pub async fn get_change_head(caller: Permit<ReadChanges>, db: Data<Database>) -> Result<HttpResponse> {
    let head = db.read(move |c| c.snapshot(|c| reading::head(c, &caller))).await?;
    Ok(HttpResponse::Ok().json(head))
}
