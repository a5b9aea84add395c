//! Background work on exports: writing, taking over from a server that is gone, and sweeping.

use std::collections::HashSet;
use std::time::Duration;

use actix_web::rt;
use actix_web::web::Data;
use tokio::sync::{oneshot, watch};

use super::files::ExportFiles;
use super::follow::Progress;
use super::manifest::Manifest;
use super::model::{ExportId, ExportRow, ExportStatus};
use super::{actions, store};
use crate::db::{Connection, Database};
use crate::hourly;
use crate::http::error::{Error, Result};
use crate::imports::files::failed;
use crate::leases::{self, Done, Lease, WorkKind};
use crate::values::{FromText, Instant};

/// Exports that one sweep removes.
const SWEPT: i64 = 10_000;
/// How often storing the outcome of an export is tried.
const SETTLE_ATTEMPTS: u64 = 10;

/// The manifest of a file, or why it could not be made.
type Written = std::result::Result<Manifest, String>;

/// Writes the file of an export, under a lease.
pub fn begin(db: Data<Database>, files: Data<ExportFiles>, row: ExportRow, lease: Lease) {
    if let Err(cause) = files.prepare(&row.id, &lease.run) {
        // Writing fails as well then, and the export says why.
        log::error!("the file of the export {} cannot be made: {cause}", row.id);
    }
    let progress = files.begin(&row.id, &lease.run);
    rt::spawn(async move {
        let (id, part) = (row.id.clone(), files.part(&row.id, &lease.run));
        let work = async {
            let written: Written = write(&db, &files, &row, &lease, progress).await.map_err(|cause| {
                log::error!("the export {id} failed: {cause}");
                cause.to_string()
            });
            settle(&db, &files, &row, &lease, written).await;
        };
        if let Done::Lost = leases::keep(&db, &lease, files.leases, |_| {}, work).await {
            log::info!("the export {id} was deleted, or goes on at another server");
            drop(std::fs::remove_file(part));
        }
        files.finish(&id, &lease.run);
    });
}

/// One run, in a thread and on a connection of its own, because a snapshot holds a connection for long. The file is kept
/// for the other servers.
async fn write(
    db: &Database,
    files: &ExportFiles,
    row: &ExportRow,
    lease: &Lease,
    progress: watch::Sender<Progress>,
) -> Result<Manifest> {
    let turn = files.turns.clone().acquire_owned().await.map_err(|cause| Error::internal(&cause))?;
    progress.send_modify(|progress| progress.is_begun = true);
    let (sender, receiver) = oneshot::channel::<Result<Manifest>>();
    let made = ExportRow { run: Some(lease.run.clone()), ..row.clone() };
    let (part, whole) = (files.part(&row.id, &lease.run), files.whole(&made));
    let (db, caller, writing) = (db.clone(), lease.caller(), row.clone());
    let work = move || {
        let write = || {
            let address = db.address_for_reading(&caller.organization_code)?;
            let mut connection = Connection::open(&address).map_err(|cause| Error::database_unavailable(&cause))?;
            let manifest = actions::write(&mut connection, &address, &caller, &writing, &part, &progress)?;
            std::fs::rename(&part, &whole).map_err(|cause| failed(&whole, &cause))?;
            let written = u64::try_from(manifest.bytes).unwrap_or_default();
            progress.send_modify(|progress| (progress.written, progress.is_whole) = (written, true));
            Ok(manifest)
        };
        // The receiver is gone when the service is stopping, or the lease is lost.
        if sender.send(write()).is_err() {
            drop(std::fs::remove_file(&whole).or_else(|_| std::fs::remove_file(&part)));
        }
        drop(turn);
    };
    std::thread::Builder::new().name("export".to_owned()).spawn(work).map_err(|cause| Error::internal(&cause))?;
    let manifest = receiver.await.map_err(|_| Error::internal(&"the export's thread ended"))??;
    files.share(&made).await?;
    Ok(manifest)
}

/// Stores the outcome of an export. It is retried with a growing back-off if the database is busy, since clients wait.
async fn settle(db: &Database, files: &ExportFiles, row: &ExportRow, lease: &Lease, written: Written) {
    for attempt in 1..=SETTLE_ATTEMPTS {
        let (target, run, signer) = (row.id.clone(), lease.run.clone(), files.signer.clone());
        let written = written.clone();
        match db.write(&row.organization_code, move |c| actions::settle(c, &target, run, written, &signer)).await {
            Ok(true) => return,
            Ok(false) => {
                let lost = ExportRow { run: Some(lease.run.clone()), ..row.clone() };
                drop(std::fs::remove_file(files.whole(&lost)));
                return;
            }
            Err(cause) => log::error!("the export {} cannot be settled, attempt {attempt}: {cause}", row.id),
        }
        rt::time::sleep(Duration::from_secs(attempt)).await;
    }
}

/// Takes over the exports of servers that are gone, as long as the service runs.
pub async fn take_over(db: Data<Database>, files: Data<ExportFiles>) {
    leases::look_regularly(files.leases, "exports", async || take_over_now(&db, &files, false).await).await;
}

/// At a start: whoever is alone takes over at once what the process before it has left.
///
/// # Errors
/// When the database fails.
pub async fn after_start(db: &Data<Database>, files: &Data<ExportFiles>) -> Result<()> {
    take_over_now(db, files, true).await
}

async fn take_over_now(db: &Data<Database>, files: &Data<ExportFiles>, is_start: bool) -> Result<()> {
    let find = |c: &mut Connection, id: &str| -> Result<Option<ExportRow>> {
        let Ok(id) = ExportId::from_text(id) else { return Ok(None) };
        Ok(store::find(c, &id)?.filter(|row| row.status == ExportStatus::Running))
    };
    let is_here = |id: &str| ExportId::from_text(id).is_ok_and(|id| files.progress(&id).is_some());
    let begin_one = |row, lease| begin(db.clone(), files.clone(), row, lease);
    leases::take_over(db, WorkKind::Export, (files.leases, is_start), find, is_here, begin_one).await
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
        files.forget(&id).await;
    }
    // Files of exports that no longer have a row: another server may have deleted it.
    let here = files.older(Duration::from_secs(3600));
    let kept = files.blobs.folders("exports").await?;
    let shared = kept.iter().filter_map(|name| ExportId::from_text(name).ok());
    let ids: HashSet<ExportId> = here.iter().cloned().chain(shared).collect();
    let listed: Vec<ExportId> = ids.iter().cloned().collect();
    let known = db.read(move |c| store::known(c, &listed)).await?;
    for id in ids.difference(&known) {
        files.forget(id).await;
    }
    // They are fetched again where they are wanted.
    let is_elsewhere = |id: &&ExportId| kept.contains(id.as_str()) && files.progress(id).is_none();
    here.iter().filter(is_elsewhere).for_each(|id| files.remove(id));
    Ok(count)
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, files: Data<ExportFiles>) {
    hourly::sweep("exports whose time is over", async || sweep(&db, &files).await).await;
}
