//! Taking over the work of servers that are gone.

use actix_web::rt;

use super::model::{Lease, LeaseSettings, WorkKind};
use super::store;
use crate::db::{Connection, Database};
use crate::http::error::Result;

/// Takes over all work of a kind whose lease has ended; at the start of a server that is alone, all that the process before
/// it has left. `find` reads what is worked on, if it still is to be done, `is_here` says whether this server does it, and
/// `begin` begins a new run.
///
/// # Errors
/// When the database fails.
pub async fn take_over<T: Send + 'static>(
    db: &Database,
    kind: WorkKind,
    (settings, is_start): (LeaseSettings, bool),
    find: fn(&mut Connection, &str) -> Result<Option<T>>,
    is_here: impl Fn(&str) -> bool,
    begin: impl Fn(T, Lease),
) -> Result<()> {
    let is_all = is_start && settings.is_alone;
    for former in db.read(move |c| store::abandoned(c, kind, is_all)).await? {
        if is_here(&former.id) {
            // It goes on; only its renewal is late.
            continue;
        }
        let author = format!("lease {}", former.id);
        let taken = db.write(&author, move |c| {
            let Some(lease) = store::take_over(c, &former, settings.duration)? else { return Ok(None) };
            match find(c, &lease.id)? {
                Some(row) => Ok(Some((row, lease))),
                None => store::forget(c, &lease.id).map(|()| None),
            }
        });
        if let Some((row, lease)) = taken.await? {
            log::warn!("the {} {} was left by a server that is gone, and begins anew", kind.as_str(), lease.id);
            begin(row, lease);
        }
    }
    Ok(())
}

/// Looks for the work of servers that are gone, as long as the service runs; `what` names it.
pub async fn look_regularly(settings: LeaseSettings, what: &str, work: impl AsyncFn() -> Result<()>) {
    loop {
        if let Err(cause) = work().await {
            log::warn!("{what} of servers that are gone cannot be taken over: {cause}");
        }
        rt::time::sleep(settings.look()).await;
    }
}
