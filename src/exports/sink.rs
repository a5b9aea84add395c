//! A file that a thread of its own hashes and writes, while the rows are still being read.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::follow::Progress;

/// The most pieces that wait to be written; when the disk is slower than the reads, the reads wait (back-pressure).
const WAITING: usize = 8;
/// Bytes that are read and written at once.
const PIECE: usize = 1 << 18;
/// Bytes after which the file is synced to disk.
const SYNCED: usize = 16 << 20;

/// Bytes of a file and their SHA-256 in hexadecimal.
pub type Digested = (u64, String);

/// A file that is being written.
pub struct Sink {
    pieces: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
    writer: Option<JoinHandle<io::Result<Digested>>>,
}

impl Sink {
    /// A new file, whose written bytes are reported to `progress`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &Path, progress: watch::Sender<Progress>) -> io::Result<Sink> {
        let mut file = File::create(path)?;
        let (pieces, waiting) = sync_channel::<Vec<u8>>(WAITING);
        let (syncs, wanted) = sync_channel::<()>(1);
        let synced = file.try_clone()?;
        // Syncs during the writing, so that the last sync is short; meanwhile rows are still read and written.
        let sync = move || wanted.into_iter().try_for_each(|()| synced.sync_data());
        let syncing = Builder::new().name("export sync".to_owned()).spawn(sync)?;
        let work = move || {
            let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
            let mut unsynced = 0;
            for piece in waiting {
                file.write_all(&piece)?;
                bytes += u64::try_from(piece.len()).unwrap_or_default();
                progress.send_modify(|progress| progress.written = bytes);
                hash.update(&piece);
                unsynced += piece.len();
                // Skipped while the previous sync is still running.
                if unsynced >= SYNCED && syncs.try_send(()).is_ok() {
                    unsynced = 0;
                }
            }
            drop(syncs);
            ended(Some(syncing))?;
            file.sync_all()?;
            Ok((bytes, hexadecimal(hash)))
        };
        let writer = Builder::new().name("export file".to_owned()).spawn(work)?;
        Ok(Sink { pieces, piece: Vec::with_capacity(PIECE), writer: Some(writer) })
    }

    /// Writes bytes that the caller gives up; a large buffer is passed on without a copy.
    ///
    /// # Errors
    /// When the file could not be written.
    pub fn give(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        if bytes.len() < PIECE {
            return self.write_all(&bytes);
        }
        self.send()?;
        self.piece = bytes;
        self.send()
    }

    /// Ends the file: when this returns it is on disk.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn finish(mut self) -> io::Result<Digested> {
        self.send()?;
        let writer = self.writer.take();
        drop(self.pieces);
        ended(writer)
    }
}

/// The result of a thread.
fn ended<T>(thread: Option<JoinHandle<io::Result<T>>>) -> io::Result<T> {
    let ended = thread.and_then(|thread| thread.join().ok());
    ended.unwrap_or_else(|| Err(io::Error::other("the thread that writes the file has ended")))
}

impl Sink {
    fn send(&mut self) -> io::Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        match self.pieces.send(piece) {
            Ok(()) => Ok(()),
            // The thread has ended; its result says why.
            Err(_) => ended(self.writer.take()).map(drop),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of a file and their SHA-256.
///
/// # Errors
/// When it cannot be read.
pub fn digest(path: &Path) -> io::Result<Digested> {
    let (mut file, mut hash, mut bytes) = (BufReader::with_capacity(PIECE, File::open(path)?), Sha256::new(), 0_u64);
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok((bytes, hexadecimal(hash)));
        }
        hash.update(piece.get(..count).unwrap_or_default());
        bytes += u64::try_from(count).unwrap_or_default();
    }
}

fn hexadecimal(hash: Sha256) -> String {
    base16ct::lower::encode_string(&hash.finalize())
}
