//! The files of imports, in a folder for each that is removed after its retention, and the work in progress here.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::model::{ImportId, ImportProgress, ImportRow, Phase};
use crate::blobs::Blobs;
use crate::http::error::{Code, Error, Result};
use crate::leases::{Lease, LeaseSettings, RunId};
use crate::organizations::codes::CodeRanges;

/// The most imports that are checked at the same time; others wait, so that a core is left for reads.
const AT_ONCE: usize = 2;

/// How far an import is, and whether it is to stop.
#[derive(Debug)]
pub struct Progress {
    phase: AtomicU8,
    processed: AtomicU64,
    total: AtomicU64,
    is_cancelled: AtomicBool,
}

impl Progress {
    /// Starts a phase.
    pub fn enter(&self, phase: Phase, total: u64) {
        self.processed.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        let at = Phase::ALL.iter().position(|one| *one == phase).and_then(|at| u8::try_from(at).ok());
        self.phase.store(at.unwrap_or_default(), Ordering::Relaxed);
    }

    /// Adds `count` to what is done; fails if the import was cancelled.
    ///
    /// # Errors
    /// 409 when the import was cancelled.
    pub fn advance(&self, count: u64) -> Result<()> {
        let done = self.processed.fetch_add(count, Ordering::Relaxed).saturating_add(count);
        // The total was counted beforehand and may be too small.
        self.total.fetch_max(done, Ordering::Relaxed);
        match self.is_cancelled.load(Ordering::Relaxed) {
            true => Err(Error::new(Code::ActionNotAllowed, "导入已被取消", "the import was cancelled")),
            false => Ok(()),
        }
    }

    /// Makes it stop at the next row.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Writes it into the lease of the work, for other servers.
    pub fn write(&self, lease: &mut Lease) {
        let shown = self.shown();
        shown.phase.as_str().clone_into(&mut lease.phase);
        lease.processed = i64::try_from(shown.processed).unwrap_or(i64::MAX);
        lease.total = i64::try_from(shown.total).unwrap_or(i64::MAX);
    }

    /// As it is now.
    pub fn shown(&self) -> ImportProgress {
        let phase = Phase::ALL.get(usize::from(self.phase.load(Ordering::Relaxed))).copied();
        ImportProgress {
            phase: phase.unwrap_or(Phase::Waiting),
            processed: self.processed.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
        }
    }
}

impl ImportProgress {
    /// What another server says in its lease.
    pub fn of(lease: &Lease) -> ImportProgress {
        ImportProgress {
            phase: Phase::from_name(&lease.phase).unwrap_or(Phase::Waiting),
            processed: u64::try_from(lease.processed).unwrap_or_default(),
            total: u64::try_from(lease.total).unwrap_or_default(),
        }
    }
}

/// The files of one check.
#[derive(Debug, Clone)]
pub struct RunFiles {
    /// The upload.
    pub content: PathBuf,
    /// Where its report and plan are written.
    pub folder: PathBuf,
}

/// The folder of the files of imports, and the work in progress in this process.
pub struct ImportFiles {
    folder: PathBuf,
    /// Bytes of an upload at most, unpacked.
    pub limit: u64,
    /// Hours that files are kept.
    pub kept_hours: i64,
    running: Mutex<HashMap<ImportId, Arc<Progress>>>,
    /// The permits of the imports that may be checked now.
    pub turns: Arc<Semaphore>,
    /// Whose the codes of new organizations are.
    pub code_ranges: CodeRanges,
    /// Where the files are kept for other servers.
    pub blobs: Blobs,
    /// How long a check is leased.
    pub leases: LeaseSettings,
}

impl ImportFiles {
    /// Files below `folder`, which is made when the first import comes.
    pub fn new(folder: PathBuf, limit: u64, kept_days: u32) -> ImportFiles {
        ImportFiles {
            folder,
            limit,
            kept_hours: i64::from(kept_days) * 24,
            running: Mutex::new(HashMap::new()),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            code_ranges: CodeRanges::default(),
            blobs: Blobs::Folder,
            leases: LeaseSettings::default(),
        }
    }

    /// The same where the installation gives codes to divisions.
    pub fn with_code_ranges(self, code_ranges: CodeRanges) -> ImportFiles {
        ImportFiles { code_ranges, ..self }
    }

    /// The same where other servers may be asked for the files.
    pub fn shared(self, blobs: Blobs, leases: LeaseSettings) -> ImportFiles {
        ImportFiles { blobs, leases, ..self }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<ImportId, Arc<Progress>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins work on an import.
    pub fn begin(&self, id: &ImportId, phase: Phase) -> Arc<Progress> {
        let progress = Arc::new(Progress {
            phase: AtomicU8::new(0),
            processed: AtomicU64::new(0),
            total: AtomicU64::new(0),
            is_cancelled: AtomicBool::new(false),
        });
        progress.enter(phase, 0);
        self.running().insert(id.clone(), progress.clone());
        progress
    }

    /// Ends it. If another request has begun work on the same import meanwhile, that progress stays visible.
    pub fn end(&self, id: &ImportId, progress: &Arc<Progress>) {
        let mut running = self.running();
        if running.get(id).is_some_and(|shown| Arc::ptr_eq(shown, progress)) {
            running.remove(id);
        }
    }

    /// The progress of the work on an import, if any.
    pub fn progress(&self, id: &ImportId) -> Option<Arc<Progress>> {
        self.running().get(id).cloned()
    }

    /// The folder of an import.
    pub fn of(&self, id: &ImportId) -> PathBuf {
        self.folder.join(id.as_str())
    }

    /// The files of a check of an import.
    pub fn run(&self, id: &ImportId, run: &RunId) -> RunFiles {
        RunFiles { content: self.of(id).join(CONTENT), folder: self.of(id).join(run.as_str()) }
    }

    /// A file of an import below the folder of all: the upload, or what the check that counts has written.
    fn name(row: &ImportRow, file: &str) -> String {
        match &row.run {
            Some(run) if file != CONTENT => format!("{}/{run}/{file}", row.id),
            _ => format!("{}/{file}", row.id),
        }
    }

    /// A file of an import, if this server has it.
    ///
    /// # Errors
    /// 410 when it has not: it is gone, or was not [`ImportFiles::ready`] before.
    pub fn kept(&self, row: &ImportRow, file: &str) -> Result<PathBuf> {
        let path = self.folder.join(ImportFiles::name(row, file));
        match path.exists() {
            true => Ok(path),
            false => Err(Error::of(Code::ImportExpired)),
        }
    }

    /// Gets a file of an import here, if another server has made it.
    ///
    /// # Errors
    /// 410 when it is gone.
    pub async fn ready(&self, row: &ImportRow, file: &str) -> Result<PathBuf> {
        let name = ImportFiles::name(row, file);
        let path = self.folder.join(&name);
        if !path.exists() && !self.blobs.fetch(&blob(&name), &path).await? {
            return Err(Error::of(Code::ImportExpired));
        }
        Ok(path)
    }

    /// Keeps a file of this server for the others.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn share(&self, row: &ImportRow, file: &str) -> Result<()> {
        let name = ImportFiles::name(row, file);
        self.blobs.keep(&blob(&name), &self.folder.join(&name)).await
    }

    /// Makes the folder of an import.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn make(&self, id: &ImportId) -> Result<PathBuf> {
        let path = self.of(id);
        std::fs::create_dir_all(&path).map_err(|cause| failed(&path, &cause))?;
        Ok(path)
    }

    /// Makes the folder of an upload that of an import.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn adopt(&self, upload: &ImportId, import: &ImportId) -> Result<()> {
        let (from, to) = (self.of(upload), self.of(import));
        std::fs::rename(&from, &to).map_err(|cause| failed(&from, &cause))
    }

    /// Removes the files of an import, here and for other servers.
    pub async fn forget(&self, id: &ImportId) {
        self.remove(id);
        self.blobs.forget(&blob(id.as_str())).await;
    }

    /// Removes the folder of an import, if there is one here.
    pub fn remove(&self, id: &ImportId) {
        let path = self.of(id);
        match std::fs::remove_dir_all(&path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                log::warn!("{} cannot be removed: {cause}", path.display());
            }
            _ => {}
        }
    }

    /// Whether the folder of an import has lain untouched for an hour.
    pub fn is_old(&self, id: &ImportId) -> bool {
        let age = std::fs::metadata(self.of(id)).and_then(|found| found.modified()).ok();
        age.and_then(|moment| moment.elapsed().ok()).is_some_and(|age| age.as_secs() > 3600)
    }

    /// The imports that have a folder here.
    pub fn all(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
    }
}

/// A file that the service cannot work with: the operator's matter.
pub fn failed(path: &Path, cause: &std::io::Error) -> Error {
    let said = format!("{}: {cause}", path.display());
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem => {
            Error::storage_unavailable(&said)
        }
        _ => Error::internal(&said),
    }
}

/// Under which name other servers find a file, or the files of an import.
fn blob(name: &str) -> String {
    format!("imports/{name}")
}

/// The upload itself, unpacked.
pub const CONTENT: &str = "content";
/// What becomes of each row.
pub const REPORT: &str = "report.ndjson";
/// What is changed.
pub const PLAN: &str = "plan.ndjson";
