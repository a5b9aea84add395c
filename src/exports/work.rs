//! The work on exports beside the requests: writing, sweeping, and what is left after a start.

use actix_web::rt;
use actix_web::web::Data;
use tokio::sync::oneshot;

use super::files::{ExportFiles, failed};
use super::model::ExportRow;
use super::{actions, store};
use crate::auth::Caller;
use crate::db::types::{FromText, Instant};
use crate::db::{Connection, Database};
use crate::error::{Error, Result};
use crate::findings::Language;

/// Exports that one sweep removes at once.
const SWEPT: i64 = 500;

/// Writes the file of an export, in a thread and on a connection of its own: a snapshot holds its connection for long.
pub fn begin(db: Data<Database>, files: Data<ExportFiles>, row: ExportRow, caller: Caller, language: Language) {
    rt::spawn(async move {
        let turn = files.turns.clone().acquire_owned().await;
        let (sender, receiver) = oneshot::channel();
        let (id, code, address) = (row.id.clone(), row.organization_code.clone(), db.address().clone());
        let (part, whole) = (files.part(&id), files.whole(&id, row.format));
        let prepared = files.prepare();
        let work = move || {
            let write = || {
                prepared?;
                let mut connection = Connection::open(&address).map_err(|cause| Error::database_unavailable(&cause))?;
                let manifest = actions::write(&mut connection, &caller, &row, language, &part)?;
                std::fs::rename(&part, &whole).map_err(|cause| failed(&whole, &cause))?;
                Ok(manifest)
            };
            // Nobody waits when the service is stopping.
            drop(sender.send(write()));
        };
        let thread = std::thread::Builder::new().name("export".to_owned()).spawn(work);
        let written: Result<_> = match thread {
            Ok(_) => receiver.await.unwrap_or_else(|_| Err(Error::internal(&"the export's thread ended"))),
            Err(cause) => Err(Error::internal(&cause)),
        };
        drop(turn);
        let written = written.map_err(|cause| {
            log::error!("the export {id} failed: {cause}");
            cause.to_string()
        });
        let (target, signer) = (id.clone(), files.signer.clone());
        match db.write(&code, move |c| actions::settle(c, &target, written, &signer)).await {
            Ok(true) => {}
            Ok(false) => files.remove(&id),
            Err(cause) => log::error!("the export {id} is lost: {cause}"),
        }
        files.finish();
    });
}

/// After a start: what a former process was writing has failed.
///
/// # Errors
/// When the database fails.
pub async fn after_start(db: &Database, files: &ExportFiles) -> Result<()> {
    let ids = files.parts();
    if ids.is_empty() {
        return Ok(());
    }
    let parts = ids.clone();
    let count = db.write("", move |c| actions::fail_unfinished(c, &parts)).await?;
    if count > 0 {
        log::warn!("{count} exports were interrupted by the last stop");
    }
    ids.iter().filter_map(|id| FromText::from_text(id).ok()).for_each(|id| files.remove(&id));
    Ok(())
}

/// Removes the exports whose time is over, with their files.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &Database, files: &ExportFiles) -> Result<usize> {
    let now = Instant::now();
    let mut count = 0;
    loop {
        let over = db.read(move |c| store::expired(c, now, SWEPT)).await?;
        if over.is_empty() {
            return Ok(count);
        }
        for row in over {
            files.remove(&row.id);
            let code = row.organization_code.clone();
            db.write(&code, move |c| store::delete(c, &row)).await?;
            count += 1;
        }
    }
}

/// Sweeps every hour, as long as the service runs.
pub async fn sweep_hourly(db: Database, files: Data<ExportFiles>) {
    loop {
        match sweep(&db, &files).await {
            Ok(0) => {}
            Ok(count) => log::info!("{count} exports were removed after their time"),
            Err(cause) => log::warn!("old exports cannot be removed: {cause}"),
        }
        rt::time::sleep(std::time::Duration::from_secs(3600)).await;
    }
}
