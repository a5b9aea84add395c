//! Background work on imports: checking, taking over from a server that is gone, and sweeping.

use std::cell::Cell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use actix_web::web::Data;
use tokio::sync::oneshot;

use super::actions::Checked;
use super::files::{CONTENT, ImportFiles, PLAN, Progress, REPORT};
use super::model::{ImportId, ImportRow, ImportStatus, Phase};
use super::{actions, store, validation};
use crate::db::{Connection, Database};
use crate::hourly;
use crate::http::error::{Error, Result};
use crate::leases::{self, Done, Lease, WorkKind};
use crate::values::{FromText, Instant};

/// How long a request waits for a check before it is answered with the current state.
const PATIENCE: Duration = Duration::from_secs(10);

/// A check that goes on beside the request.
pub struct Validation {
    /// Answers when every server can fetch the upload; the upload can be acknowledged then.
    pub shared: oneshot::Receiver<()>,
    /// The check.
    pub work: rt::task::JoinHandle<()>,
}

/// Checks an import under a lease; the check continues if the client disconnects. With `is_new`, its upload is at this
/// server alone so far.
pub fn validate(
    db: Data<Database>,
    files: Data<ImportFiles>,
    row: ImportRow,
    lease: Lease,
    is_new: bool,
) -> Validation {
    let progress = files.begin(&row.id, Phase::Waiting);
    let (sharing, shared) = oneshot::channel();
    let work = rt::spawn(async move {
        let id = row.id.clone();
        let work = async {
            let checked = check(&db, &files, &row, &lease, &progress, is_new.then_some(sharing)).await;
            let checked = checked.unwrap_or_else(|cause| {
                log::warn!("the check of the import {id} ended: {cause}");
                actions::interrupted()
            });
            let (settled, run) = (id.clone(), lease.run.clone());
            let written = db.write(&row.organization_code, move |c| actions::settle(c, &settled, run, checked)).await;
            if let Err(cause) = written {
                // The lease ends, and a server begins the check anew.
                log::error!("the check of the import {id} is lost: {cause}");
            }
        };
        if let Done::Lost = leases::keep(&db, &lease, files.leases, |lease| progress.write(lease), work).await {
            log::info!("the check of the import {id} was cancelled, or goes on at another server");
            progress.cancel();
        }
        files.end(&id, &progress);
    });
    Validation { shared, work }
}

/// One run of a check, in a thread of its own; what it has written is kept for the other servers.
async fn check(
    db: &Data<Database>,
    files: &Data<ImportFiles>,
    row: &ImportRow,
    lease: &Lease,
    progress: &Arc<Progress>,
    sharing: Option<oneshot::Sender<()>>,
) -> Result<Checked> {
    if let Some(sharing) = sharing {
        files.share(row, CONTENT).await?;
        // Nobody waits any more if the client disconnected.
        let _ = sharing.send(());
    }
    let turn = files.turns.clone().acquire_owned().await.map_err(|cause| Error::internal(&cause))?;
    files.ready(row, CONTENT).await?;
    let (sender, receiver) = oneshot::channel();
    let (run, db, caller) = (files.run(&row.id, &lease.run), db.clone(), lease.caller());
    let (code_ranges, progress, checking) = (files.code_ranges.clone(), progress.clone(), row.clone());
    let work = move || {
        let checked = validation::check(&db, caller, code_ranges, &checking, &run, &progress);
        // The receiver is gone when the service is stopping, or the lease is lost.
        drop(sender.send(checked));
        drop(turn);
    };
    std::thread::Builder::new().name("import".to_owned()).spawn(work).map_err(|cause| Error::internal(&cause))?;
    let checked = receiver.await.map_err(|_| Error::internal(&"the check ended without a result"))??;
    if let Checked::Report(..) = checked {
        let row = ImportRow { run: Some(lease.run.clone()), ..row.clone() };
        files.share(&row, REPORT).await?;
        files.share(&row, PLAN).await?;
    }
    Ok(checked)
}

/// Waits for a check for at most `PATIENCE`.
pub async fn patiently(work: rt::task::JoinHandle<()>) {
    // A longer check continues in the background, and the client polls its progress.
    drop(rt::time::timeout(PATIENCE, work).await);
}

/// Cancels the work on an import: here, or a commit at another server. A check at another server stops when the import is
/// deleted, since its lease goes with it.
///
/// # Errors
/// When the database fails.
pub async fn cancel(db: &Database, files: &ImportFiles, id: &ImportId) -> Result<()> {
    match files.progress(id) {
        Some(progress) => progress.cancel(),
        None if files.blobs.is_shared() => {
            let shown = leases::shown(id.as_str());
            db.write_beside(move |c| leases::store::forget(c, &shown)).await?;
        }
        None => {}
    }
    Ok(())
}

/// Shows other servers how far a long commit is, and lets them cancel it, as long as the future is polled; of a revert only
/// that it goes on. `is_shown` tells whether it has come to that.
pub async fn show(
    db: &Database,
    files: &ImportFiles,
    lease: Lease,
    progress: &Progress,
    is_shown: &Cell<bool>,
) -> Infallible {
    if !files.blobs.is_shared() {
        return std::future::pending().await;
    }
    // Most are over before anyone would ask.
    rt::time::sleep(files.leases.pause()).await;
    let (shown, duration) = (lease.clone(), files.leases.duration);
    // Before it is: the write goes on even if this future is dropped meanwhile.
    is_shown.set(true);
    match db.write_beside(move |c| leases::store::show(c, &shown, duration)).await {
        Ok(true) => {}
        // Another commit of the same import is shown already: this one waits for it.
        Ok(false) => return std::future::pending().await,
        Err(cause) => {
            log::warn!("the progress of {} is not shown: {cause}", lease.id);
            return std::future::pending().await;
        }
    }
    let nothing = std::future::pending::<()>();
    if let Done::Lost = leases::keep(db, &lease, files.leases, |lease| progress.write(lease), nothing).await {
        progress.cancel();
    }
    std::future::pending().await
}

/// Takes over the checks of servers that are gone, as long as the service runs.
pub async fn take_over(db: Data<Database>, files: Data<ImportFiles>) {
    leases::look_regularly(files.leases, "imports", async || take_over_now(&db, &files, false).await).await;
}

/// At a start: whoever is alone takes over at once what the process before it has left.
///
/// # Errors
/// When the database fails.
pub async fn after_start(db: &Data<Database>, files: &Data<ImportFiles>) -> Result<()> {
    take_over_now(db, files, true).await
}

async fn take_over_now(db: &Data<Database>, files: &Data<ImportFiles>, is_start: bool) -> Result<()> {
    let find = |c: &mut Connection, id: &str| -> Result<Option<ImportRow>> {
        let Ok(id) = ImportId::from_text(id) else { return Ok(None) };
        Ok(store::find(c, &id)?.filter(|row| row.status == ImportStatus::Validating))
    };
    let is_here = |id: &str| ImportId::from_text(id).is_ok_and(|id| files.progress(&id).is_some());
    let begin = |row, lease| drop(validate(db.clone(), files.clone(), row, lease, false));
    leases::take_over(db, WorkKind::Import, (files.leases, is_start), find, is_here, begin).await
}

/// Removes the expired files, and those of imports that no longer exist.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database, files: &Data<ImportFiles>) -> Result<usize> {
    let here: Vec<ImportId> = files.all().iter().filter_map(|id| ImportId::from_text(id).ok()).collect();
    let kept = files.blobs.folders("imports").await?;
    let shared = kept.iter().filter_map(|name| ImportId::from_text(name).ok());
    let mut ids: Vec<ImportId> = shared.chain(here.iter().cloned()).collect();
    ids.sort();
    ids.dedup();
    let listed = ids.iter().map(|id| id.to_string()).collect::<Vec<String>>();
    let known: HashMap<String, Instant> = db.read(move |c| store::expiries(c, &listed)).await?.into_iter().collect();
    let now = Instant::now();
    let mut count = 0;
    for id in &ids {
        let is_over = match known.get(id.as_str()) {
            Some(expiry) => *expiry <= now,
            // An upload that is being received has a folder before its import has a row.
            None => !here.contains(id) || files.is_old(id),
        };
        match is_over {
            true => {
                files.forget(id).await;
                count += 1;
            }
            // What other servers have as well is fetched again where it is wanted.
            false if kept.contains(id.as_str()) && files.is_old(id) && files.progress(id).is_none() => files.remove(id),
            false => {}
        }
    }
    Ok(count)
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, files: Data<ImportFiles>) {
    hourly::sweep("files of imports whose time is over", async || sweep(&db, &files).await).await;
}
