//! Background work of the feed: deleting old events, and polling for what other servers wrote.

use std::time::Duration;

use actix_web::rt;

use super::store;
use crate::db::Database;
use crate::hourly;
use crate::http::error::Result;
use crate::values::Instant;

/// The poll interval for what other servers of the same database wrote, while somebody waits for it.
const LOOK: Duration = Duration::from_millis(200);
/// Events that one transaction deletes.
const AT_ONCE: i64 = 10_000;

/// Deletes events that are older than `days`.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database, days: u32) -> Result<i64> {
    let oldest = Instant::now().hours_before(i64::from(days) * 24);
    let mut count = 0;
    for (division, _) in db.read(store::heads).await? {
        loop {
            let of = division.clone();
            let forgotten = db
                .write(&division, move |c| {
                    let before = store::head(c, &of)?.forgotten;
                    let until = store::older(c, &of, oldest, AT_ONCE)?;
                    if let Some(until) = until {
                        store::forget(c, &of, until)?;
                    }
                    Ok(until.map_or(0, |until| until - before))
                })
                .await?;
            count += forgotten;
            if forgotten < AT_ONCE {
                break;
            }
        }
    }
    Ok(count)
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, days: u32) {
    hourly::sweep(&format!("events of the change feed older than {days} days"), async || sweep(&db, days).await).await;
}

/// Wakes waiters for what other servers have written, as long as the service runs.
pub async fn look_at_others(db: Database) {
    loop {
        rt::time::sleep(LOOK).await;
        if db.heads().waiting() == 0 {
            continue;
        }
        match db.read(store::heads).await {
            Ok(heads) => db.heads().announce(heads),
            Err(cause) => log::debug!("the change feed cannot be looked at: {cause}"),
        }
    }
}
