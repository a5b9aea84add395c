//! Renewing a lease while its work goes on.

use std::future::Future;
use std::pin::pin;

use actix_web::rt;
use futures_util::future::{Either, select};

use super::model::{Lease, LeaseSettings};
use super::store;
use crate::db::Database;

/// How a run ended.
pub enum Done<T> {
    /// Its work is done.
    With(T),
    /// The lease is lost: the work was forgotten, or another server has taken it over.
    Lost,
}

/// Does some work, and renews its lease meanwhile; `shown` writes into the lease how far the work is. The work is
/// dropped when the lease is lost.
pub async fn keep<T>(
    db: &Database,
    lease: &Lease,
    settings: LeaseSettings,
    shown: impl Fn(&mut Lease),
    work: impl Future<Output = T>,
) -> Done<T> {
    let renewing = async {
        loop {
            rt::time::sleep(settings.pause()).await;
            let mut now = lease.clone();
            shown(&mut now);
            match db.write_beside(move |c| store::renew(c, &now, settings.duration)).await {
                Ok(true) => {}
                Ok(false) => return,
                // The database may be back before the lease ends.
                Err(cause) => log::warn!("the lease of {} {} is not renewed: {cause}", lease.kind.as_str(), lease.id),
            }
        }
    };
    match select(pin!(work), pin!(renewing)).await {
        Either::Left((done, _)) => Done::With(done),
        Either::Right(((), _)) => Done::Lost,
    }
}
