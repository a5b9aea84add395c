//! The folder of the export files, and the exports that this process is writing.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use super::follow::Progress;
use super::manifest::Signer;
use super::model::{ExportFormat, ExportId};
use crate::http::error::Result;
use crate::imports::files::failed;
use crate::values::FromText;

/// The most exports that are written at the same time; others wait, so that a core is left for reads.
const AT_ONCE: usize = 2;

/// The files of exports.
pub struct ExportFiles {
    folder: PathBuf,
    /// Hours that files are kept.
    pub kept_hours: i64,
    /// Signs their manifests.
    pub signer: Signer,
    /// The permits of the exports that may be written now.
    pub turns: Arc<Semaphore>,
    finished: watch::Sender<u64>,
    writing: Mutex<HashMap<ExportId, watch::Receiver<Progress>>>,
}

impl ExportFiles {
    /// Files in `folder`, which is made when the first export comes.
    pub fn new(folder: PathBuf, kept_days: u32, signer: Signer) -> ExportFiles {
        ExportFiles {
            folder,
            kept_hours: i64::from(kept_days) * 24,
            signer,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            finished: watch::Sender::new(0),
            writing: Mutex::default(),
        }
    }

    /// The whole file of an export.
    pub fn whole(&self, id: &ExportId, format: ExportFormat) -> PathBuf {
        self.folder.join(format!("{id}.{}", format.as_str()))
    }

    /// The file of an export while it is written.
    pub fn part(&self, id: &ExportId) -> PathBuf {
        self.folder.join(format!("{id}{PART}"))
    }

    /// Creates an empty file for an export before its row is inserted; after a restart, unfinished exports are found by
    /// it.
    ///
    /// # Errors
    /// When that fails.
    pub fn prepare(&self, id: &ExportId) -> Result<()> {
        std::fs::create_dir_all(&self.folder).map_err(|cause| failed(&self.folder, &cause))?;
        let part = self.part(id);
        std::fs::write(&part, "").map_err(|cause| failed(&part, &cause))
    }

    /// Removes the files of an export, if there are any.
    pub fn remove(&self, id: &ExportId) {
        let whole = ExportFormat::ALL.iter().map(|format| self.whole(id, *format));
        for path in whole.chain([self.part(id)]) {
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
    pub fn begin(&self, id: &ExportId) -> watch::Sender<Progress> {
        let (sender, receiver) = watch::channel(Progress::default());
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), receiver);
        sender
    }

    /// The progress of an export that this process is writing.
    pub fn progress(&self, id: &ExportId) -> Option<watch::Receiver<Progress>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Ends an export that is settled, and wakes its waiters.
    pub fn finish(&self, id: &ExportId) {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
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

const PART: &str = ".part";
