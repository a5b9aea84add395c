//! The folder of the export files, and the exports that this process is writing.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::follow::Progress;
use super::manifest::Signer;
use super::model::{ExportId, ExportRow};
use crate::blobs::Blobs;
use crate::http::error::{Code, Error, Result};
use crate::imports::files::failed;
use crate::leases::{LeaseSettings, RunId};
use crate::values::FromText;

/// The most exports that are written at the same time; others wait, so that a core is left for reads.
const AT_ONCE: usize = 2;

/// How far the run is that this process does of an export.
pub type Writing = (watch::Receiver<Progress>, RunId);

/// The files of exports.
pub struct ExportFiles {
    folder: PathBuf,
    /// Hours that files are kept.
    pub kept_hours: i64,
    /// Signs their manifests.
    pub signer: Signer,
    /// The permits of the exports that may be written now.
    pub turns: Arc<Semaphore>,
    /// Where the files are kept for other servers.
    pub blobs: Blobs,
    /// How long an export is leased.
    pub leases: LeaseSettings,
    finished: watch::Sender<u64>,
    writing: Mutex<HashMap<ExportId, Writing>>,
}

impl ExportFiles {
    /// Files in `folder`, which is made when the first export comes.
    pub fn new(folder: PathBuf, kept_days: u32, signer: Signer) -> ExportFiles {
        ExportFiles {
            folder,
            kept_hours: i64::from(kept_days) * 24,
            signer,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            blobs: Blobs::Folder,
            leases: LeaseSettings::default(),
            finished: watch::Sender::new(0),
            writing: Mutex::default(),
        }
    }

    /// The same where other servers may be asked for the files.
    pub fn shared(self, blobs: Blobs, leases: LeaseSettings) -> ExportFiles {
        ExportFiles { blobs, leases, ..self }
    }

    /// The whole file of an export, if it is here.
    pub fn whole(&self, row: &ExportRow) -> PathBuf {
        let format = row.format.as_str();
        self.folder.join(match &row.run {
            Some(run) => format!("{}.{run}.{format}", row.id),
            None => format!("{}.{format}", row.id),
        })
    }

    /// The file of an export while a run writes it.
    pub fn part(&self, id: &ExportId, run: &RunId) -> PathBuf {
        self.folder.join(format!("{id}.{run}.part"))
    }

    /// Makes an empty file for a run, so that clients can read along from the beginning.
    ///
    /// # Errors
    /// When that fails.
    pub fn prepare(&self, id: &ExportId, run: &RunId) -> Result<()> {
        std::fs::create_dir_all(&self.folder).map_err(|cause| failed(&self.folder, &cause))?;
        let part = self.part(id, run);
        std::fs::write(&part, "").map_err(|cause| failed(&part, &cause))
    }

    /// Gets the whole file of an export here, if another server has made it.
    ///
    /// # Errors
    /// 410 when it is gone.
    pub async fn ready(&self, row: &ExportRow) -> Result<PathBuf> {
        let path = self.whole(row);
        if !path.exists() && !self.blobs.fetch(&blob(row), &path).await? {
            return Err(Error::of(Code::ExportGone));
        }
        Ok(path)
    }

    /// Keeps the whole file of an export for the other servers.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn share(&self, row: &ExportRow) -> Result<()> {
        self.blobs.keep(&blob(row), &self.whole(row)).await
    }

    /// Removes the files of an export, here and for other servers.
    pub async fn forget(&self, id: &ExportId) {
        self.remove(id);
        self.blobs.forget(&format!("exports/{id}")).await;
    }

    /// Removes the files of an export here, whole or in part.
    pub fn remove(&self, id: &ExportId) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        let is_own = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(id.as_str());
        for path in entries.flatten().filter(is_own).map(|entry| entry.path()) {
            match std::fs::remove_file(&path) {
                Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                    log::warn!("{} cannot be removed: {cause}", path.display());
                }
                _ => {}
            }
        }
    }

    /// The exports that have a file here, whole or in part, older than `age`.
    pub fn older(&self, age: Duration) -> Vec<ExportId> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let is_older = |entry: &std::fs::DirEntry| {
            let modified = entry.metadata().and_then(|found| found.modified()).ok();
            modified.and_then(|moment| moment.elapsed().ok()).is_some_and(|elapsed| elapsed >= age)
        };
        let names = entries.flatten().filter(is_older).filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| ExportId::from_text(name.split('.').next()?).ok()).collect()
    }

    /// Registers an export that is about to be written; the writer reports its progress to the returned sender.
    pub fn begin(&self, id: &ExportId, run: &RunId) -> watch::Sender<Progress> {
        let (sender, receiver) = watch::channel(Progress::default());
        let writing = (receiver, run.clone());
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), writing);
        sender
    }

    /// The progress of an export that this process is writing.
    pub fn progress(&self, id: &ExportId) -> Option<Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Ends a run that is settled or lost, and wakes its waiters.
    pub fn finish(&self, id: &ExportId, run: &RunId) {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.get(id).is_some_and(|(_, shown)| shown == run) {
            writing.remove(id);
        }
        drop(writing);
        self.wake();
    }

    /// Wakes the waiters of all exports, which then check their own.
    pub fn wake(&self) {
        self.finished.send_modify(|count| *count += 1);
    }

    /// For waiting until an export of this process is finished.
    pub fn finished(&self) -> watch::Receiver<u64> {
        self.finished.subscribe()
    }
}

/// Under which name other servers find the file of an export.
fn blob(row: &ExportRow) -> String {
    let run = row.run.as_ref().map(RunId::as_str).unwrap_or_default();
    format!("exports/{}/{run}.{}", row.id, row.format.as_str())
}
