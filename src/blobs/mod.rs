//! The files that any server may be asked for: uploads, their reports and plans, exports. Each server works on files of
//! its own folders; what another may need is kept here as well.

mod disk;
#[cfg(feature = "s3")]
mod objects;
mod store;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;

#[cfg(feature = "s3")]
pub use objects::Objects;

use self::disk::{PIECE, Partial, Whole};
use crate::db::{Connection, Database, Share};
use crate::http::error::Result;

/// How often it is tried to keep a piece.
const ATTEMPTS: u64 = 5;
/// Names that are read at once.
const AT_ONCE: i64 = 10_000;

/// Where files are kept for other servers.
#[derive(Clone)]
pub enum Blobs {
    /// Nowhere: there is one server, whose folders have them.
    Folder,
    /// In the database, in pieces.
    Database(Database),
    /// In a bucket.
    #[cfg(feature = "s3")]
    Objects(Objects),
}

impl Blobs {
    /// Whether other servers get at the files.
    pub fn is_shared(&self) -> bool {
        !matches!(self, Blobs::Folder)
    }

    /// Whether the store answers, asked once when the service starts.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<()> {
        match self {
            Blobs::Folder | Blobs::Database(_) => Ok(()),
            #[cfg(feature = "s3")]
            Blobs::Objects(objects) => objects.check().await,
        }
    }

    /// Keeps a file under a name. When this returns, every server can fetch it.
    ///
    /// # Errors
    /// When the file cannot be read, or the store does not take it.
    pub async fn keep(&self, name: &str, path: &Path) -> Result<()> {
        let db = match self {
            Blobs::Folder => return Ok(()),
            Blobs::Database(db) => db,
            #[cfg(feature = "s3")]
            Blobs::Objects(objects) => return objects.keep(name, path).await,
        };
        let file = Whole::open(path).await?;
        let mut part = 0;
        loop {
            let piece = file.piece().await?;
            // A short piece is the last one; a file of whole pieces ends with an empty one.
            let is_last = u64::try_from(piece.len()).unwrap_or(PIECE) < PIECE;
            put(db, name, part, piece, is_last).await?;
            if is_last {
                return Ok(());
            }
            part += 1;
        }
    }

    /// Fetches a file to a path; false if there is none of that name. The path has the whole file or none.
    ///
    /// # Errors
    /// When the store does not answer, or the disk does not take the file.
    pub async fn fetch(&self, name: &str, path: &Path) -> Result<bool> {
        let db = match self {
            Blobs::Folder => return Ok(false),
            Blobs::Database(db) => db,
            #[cfg(feature = "s3")]
            Blobs::Objects(objects) => return objects.fetch(name, path).await,
        };
        let file = Partial::begin(path).await?;
        let (mut part, mut is_whole) = (0, false);
        while !is_whole {
            let wanted = name.to_owned();
            let piece = match db.read(move |c| store::get(c, &wanted, part)).await {
                Ok(piece) => piece,
                Err(cause) => {
                    drop(file.end(false).await);
                    return Err(cause);
                }
            };
            // It is not there, is still being kept, or was removed meanwhile.
            let Some((piece, is_last)) = piece else { break };
            is_whole = is_last;
            file.write(piece).await?;
            part += 1;
        }
        file.end(is_whole).await?;
        Ok(is_whole)
    }

    /// Removes the files whose names begin with `folder` and a slash.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn remove(&self, folder: &str) -> Result<()> {
        let db = match self {
            Blobs::Folder => return Ok(()),
            Blobs::Database(db) => db,
            #[cfg(feature = "s3")]
            Blobs::Objects(objects) => return objects.remove(folder).await,
        };
        let (author, folder) = (format!("blob {folder}"), folder.to_owned());
        db.write(&author, move |c| store::remove(c, &folder)).await
    }

    /// Like [`Blobs::remove`], where a failure is only said: the hourly sweep tries again.
    pub async fn forget(&self, folder: &str) {
        if let Err(cause) = self.remove(folder).await {
            log::warn!("the files {folder} cannot be removed: {cause}");
        }
    }

    /// The names of the folders in `folder`, each once.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn folders(&self, folder: &str) -> Result<BTreeSet<String>> {
        let db = match self {
            Blobs::Folder => return Ok(BTreeSet::new()),
            Blobs::Database(db) => db,
            #[cfg(feature = "s3")]
            Blobs::Objects(objects) => return objects.folders(folder).await,
        };
        let (mut found, mut after) = (BTreeSet::new(), String::new());
        loop {
            let (folder, last) = (folder.to_owned(), after);
            let names = db.read(move |c| store::names(c, &folder, &last, AT_ONCE)).await?;
            let Some(last) = names.last().cloned() else { return Ok(found) };
            found.extend(names.iter().filter_map(|name| Some(name.split('/').nth(1)?.to_owned())));
            after = last;
        }
    }
}

/// Keeps a piece; tried again, since a file that is not kept is work that has to begin anew.
async fn put(db: &Database, name: &str, part: i64, piece: Vec<u8>, is_last: bool) -> Result<()> {
    let (author, piece) = (format!("blob {name}"), Arc::new(piece));
    let mut attempt = 1;
    loop {
        let (name, piece) = (name.to_owned(), piece.clone());
        let insert = move |c: &mut Connection| store::put(c, &name, part, &piece, is_last);
        match db.write_as(Share::Alone, &author, insert).await {
            Err(cause) if attempt < ATTEMPTS => log::warn!("{author} is not kept, attempt {attempt}: {cause}"),
            ended => return ended,
        }
        rt::time::sleep(Duration::from_secs(attempt)).await;
        attempt += 1;
    }
}
