//! Background work on imports: checking, sweeping, and cleaning up after a restart.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::rt;
use actix_web::web::Data;
use tokio::sync::oneshot;

use super::files::ImportFiles;
use super::model::{ImportId, ImportRow, Phase};
use super::{actions, store, validation};
use crate::auth::Caller;
use crate::db::Database;
use crate::hourly;
use crate::http::error::{Error, Result};
use crate::values::{FromText, Instant};

/// How long a request waits for a check before it is answered with the current state.
const PATIENCE: Duration = Duration::from_secs(10);

/// Checks an import, in a thread of its own; the check continues if the client disconnects.
pub fn validate(
    db: Data<Database>,
    files: Data<ImportFiles>,
    row: ImportRow,
    caller: Caller,
) -> rt::task::JoinHandle<()> {
    let progress = files.begin(&row.id, Phase::Waiting);
    rt::spawn(async move {
        let turn = files.turns.clone().acquire_owned().await;
        let (sender, receiver) = oneshot::channel();
        let (folder, in_thread, id, shown) = (files.of(&row.id), db.clone(), row.id.clone(), progress.clone());
        let code_ranges = files.code_ranges.clone();
        let work = move || {
            let checked = validation::check(&in_thread, caller, code_ranges, &row, &folder, &progress);
            // The receiver is gone when the service is stopping.
            drop(sender.send(checked));
            row.organization_code
        };
        let thread = std::thread::Builder::new().name("import".to_owned()).spawn(work);
        let checked = match (thread, receiver.await) {
            (Ok(thread), Ok(checked)) => thread.join().ok().map(|code| (code, checked)),
            (Err(cause), _) => {
                log::error!("no thread for an import: {cause}");
                None
            }
            _ => None,
        };
        drop(turn);
        match checked {
            Some((code, Ok(checked))) => {
                let settled = id.clone();
                let written = db.write(&code, move |c| actions::settle(c, &settled, checked)).await;
                if let Err(cause) = written {
                    log::error!("the check of the import {id} is lost: {cause}");
                }
            }
            Some((code, Err(cause))) => {
                log::warn!("the check of the import {id} ended: {cause}");
                let failed = id.clone();
                let ids = vec![failed.to_string()];
                drop(db.write(&code, move |c| actions::fail_unfinished(c, &ids)).await);
            }
            None => log::error!("the check of the import {id} ended without a result"),
        }
        files.end(&id, &shown);
    })
}

/// Waits for a check for at most `PATIENCE`.
pub async fn patiently(work: rt::task::JoinHandle<()>) {
    // A longer check continues in the background, and the client polls its progress.
    drop(rt::time::timeout(PATIENCE, work).await);
}

/// After a start: marks the imports that a previous process was checking as failed.
///
/// # Errors
/// When the database fails.
pub async fn after_start(db: &Database, files: &ImportFiles) -> Result<()> {
    let ids = files.all();
    if ids.is_empty() {
        return Ok(());
    }
    let failed = db.write("", move |c| actions::fail_unfinished(c, &ids)).await?;
    if failed > 0 {
        log::warn!("{failed} imports were interrupted by the last stop, and changed nothing");
    }
    Ok(())
}

/// Removes the expired files, and those of imports that no longer exist.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database, files: &Data<ImportFiles>) -> Result<usize> {
    let ids = files.all();
    let listed = ids.clone();
    let known: HashMap<String, Instant> = db.read(move |c| store::expiries(c, &listed)).await?.into_iter().collect();
    let (now, files) = (Instant::now(), files.clone());
    let work = move || {
        let is_over = |id: &ImportId| match known.get(id.as_str()) {
            Some(expiry) => *expiry <= now,
            // An upload that is being received has a folder before its import has a row.
            None => files.is_old(id),
        };
        let ids = ids.iter().filter_map(|id| ImportId::from_text(id).ok());
        let gone: Vec<ImportId> = ids.filter(is_over).collect();
        gone.iter().for_each(|id| files.remove(id));
        gone.len()
    };
    actix_web::web::block(work).await.map_err(|cause| Error::internal(&cause))
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, files: Data<ImportFiles>) {
    hourly::sweep("files of imports whose time is over", async || sweep(&db, &files).await).await;
}
