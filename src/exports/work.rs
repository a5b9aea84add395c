//! Background work on exports: writing, sweeping, and cleaning up after a restart.

use std::time::Duration;

use actix_web::rt;
use actix_web::web::Data;
use tokio::sync::oneshot;

use super::files::ExportFiles;
use super::manifest::Manifest;
use super::model::{ExportId, ExportRow};
use super::{actions, store};
use crate::auth::Caller;
use crate::db::{Connection, Database};
use crate::findings::Language;
use crate::hourly;
use crate::http::error::{Error, Result};
use crate::imports::files::failed;
use crate::values::Instant;

/// Exports that one sweep removes.
const SWEPT: i64 = 10_000;
/// How often storing the outcome of an export is tried.
const SETTLE_ATTEMPTS: u64 = 10;

/// The manifest of a file, or why it could not be made.
type Written = std::result::Result<Manifest, String>;

/// Writes the file of an export, in a thread and on a connection of its own, because a snapshot holds a connection for
/// long.
pub fn begin(db: Data<Database>, files: Data<ExportFiles>, row: ExportRow, caller: Caller, language: Language) {
    let progress = files.begin(&row.id);
    rt::spawn(async move {
        let turn = files.turns.clone().acquire_owned().await;
        progress.send_modify(|progress| progress.is_begun = true);
        let (sender, receiver) = oneshot::channel();
        let (id, code, address) = (row.id.clone(), row.organization_code.clone(), db.address().clone());
        let (part, whole) = (files.part(&id), files.whole(&id, row.format));
        let work = move || {
            let write = || {
                let mut connection = Connection::open(&address).map_err(|cause| Error::database_unavailable(&cause))?;
                let manifest = actions::write(&mut connection, &address, &caller, &row, language, &part, &progress)?;
                std::fs::rename(&part, &whole).map_err(|cause| failed(&whole, &cause))?;
                let written = u64::try_from(manifest.bytes).unwrap_or_default();
                progress.send_modify(|progress| (progress.written, progress.is_whole) = (written, true));
                Ok(manifest)
            };
            // The receiver is gone when the service is stopping.
            drop(sender.send(write()));
        };
        let thread = std::thread::Builder::new().name("export".to_owned()).spawn(work);
        let written: Result<_> = match thread {
            Ok(_) => receiver.await.unwrap_or_else(|_| Err(Error::internal(&"the export's thread ended"))),
            Err(cause) => Err(Error::internal(&cause)),
        };
        drop(turn);
        let written: Written = written.map_err(|cause| {
            log::error!("the export {id} failed: {cause}");
            cause.to_string()
        });
        settle(&db, &files, &id, &code, written).await;
        files.finish(&id);
    });
}

/// Stores the outcome of an export. It is retried with a growing back-off if the database is busy, since clients wait.
async fn settle(db: &Database, files: &ExportFiles, id: &ExportId, code: &str, written: Written) {
    for attempt in 1..=SETTLE_ATTEMPTS {
        let (target, signer, written) = (id.clone(), files.signer.clone(), written.clone());
        match db.write(code, move |c| actions::settle(c, &target, written, &signer)).await {
            Ok(true) => return,
            Ok(false) => return files.remove(id),
            Err(cause) => log::error!("the export {id} cannot be settled, attempt {attempt}: {cause}"),
        }
        rt::time::sleep(Duration::from_secs(attempt)).await;
    }
}

/// After a start: marks the exports that a previous process was writing as failed, and removes their files.
///
/// # Errors
/// When the database fails.
pub async fn after_start(db: &Database, files: &ExportFiles) -> Result<()> {
    let ids = files.older(Duration::ZERO);
    if ids.is_empty() {
        return Ok(());
    }
    let failed = db.write("", move |c| actions::fail_unfinished(c, &ids)).await?;
    if !failed.is_empty() {
        log::warn!("{} exports were interrupted by the last stop", failed.len());
    }
    failed.iter().for_each(|id| files.remove(id));
    Ok(())
}

/// Removes the expired exports, with their files.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database, files: &ExportFiles) -> Result<usize> {
    let now = Instant::now();
    let over = db.read(move |c| store::expired(c, now, SWEPT)).await?;
    let mut count = 0;
    for row in over {
        let (id, target) = (row.id.clone(), row.id);
        if db.write(&row.organization_code, move |c| actions::expire(c, &target, now)).await? {
            count += 1;
        }
        files.remove(&id);
    }
    // Files of exports that no longer have a row: another server may have deleted it.
    let here = files.older(Duration::from_secs(3600));
    let listed = here.clone();
    let known = db.read(move |c| store::known(c, &listed)).await?;
    here.iter().filter(|id| !known.contains(id)).for_each(|id| files.remove(id));
    Ok(count)
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, files: Data<ExportFiles>) {
    hourly::sweep("exports whose time is over", async || sweep(&db, &files).await).await;
}
