//! The files of this server's own folders, read and written in pieces off the async threads: the disk may be slow.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web;

use crate::http::error::{Error, Result};

/// Bytes of a piece: one is in memory at a time.
pub const PIECE: u64 = 1 << 20;

/// A file that is read from its beginning.
pub struct Whole {
    file: Arc<File>,
    path: PathBuf,
}

impl Whole {
    /// Opens it.
    pub async fn open(path: &Path) -> Result<Whole> {
        let opened = path.to_owned();
        let file = on_disk(path, move || File::open(opened)).await?;
        Ok(Whole { file: Arc::new(file), path: path.to_owned() })
    }

    /// The next piece; one that is shorter than the others is the last.
    pub async fn piece(&self) -> Result<Vec<u8>> {
        let file = self.file.clone();
        let read = move || {
            let mut piece = Vec::new();
            (&*file).take(PIECE).read_to_end(&mut piece)?;
            Ok(piece)
        };
        on_disk(&self.path, read).await
    }
}

/// A file that is written beside its place until it is whole; two requests that fetch the same one do not meet.
pub struct Partial {
    file: Arc<File>,
    partial: PathBuf,
    path: PathBuf,
}

impl Partial {
    /// Begins it, with the folder that it will be in.
    pub async fn begin(path: &Path) -> Result<Partial> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", uuid::Uuid::now_v7()));
        let (partial, folder) = (path.with_file_name(name), path.parent().unwrap_or(Path::new("")).to_owned());
        let made = partial.clone();
        let create = move || {
            std::fs::create_dir_all(&folder)?;
            File::create(made)
        };
        let file = on_disk(path, create).await?;
        Ok(Partial { file: Arc::new(file), partial, path: path.to_owned() })
    }

    /// Adds a piece.
    pub async fn write(&self, piece: impl AsRef<[u8]> + Send + 'static) -> Result<()> {
        let file = self.file.clone();
        on_disk(&self.path, move || (&*file).write_all(piece.as_ref())).await
    }

    /// Puts it in its place if it is whole, and removes it otherwise.
    pub async fn end(self, is_whole: bool) -> Result<()> {
        let Partial { partial, path, .. } = self;
        let whole = path.clone();
        let end = move || match is_whole {
            true => std::fs::rename(&partial, &whole),
            false => std::fs::remove_file(&partial),
        };
        on_disk(&path, end).await
    }
}

async fn on_disk<T: Send + 'static>(path: &Path, work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    let done = web::block(work).await.map_err(|cause| Error::internal(&cause))?;
    done.map_err(|cause| Error::internal(&format!("{}: {cause}", path.display())))
}
