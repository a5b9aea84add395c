//! The file of an export while it is written: its progress, and its bytes for a client that reads along.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::pin::pin;
use std::time::Duration;

use actix_web::rt;
use actix_web::web::{self, Bytes, Data};
use futures_util::TryStreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::{Stream, once, try_unfold};
use tokio::sync::watch;

use super::files::ExportFiles;
use super::model::{ExportId, ExportStatus};
use super::store;
use crate::db::{Database, Heads};

/// Bytes that are read at once.
const PIECE: u64 = 1 << 18;
/// The poll interval for an export that another server writes.
pub const LOOK_ELSEWHERE: Duration = Duration::from_millis(300);

/// The progress of a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Whether writing has begun, after waiting for a permit.
    pub is_begun: bool,
    /// Bytes that can be read.
    pub written: u64,
    /// Whether the file is complete.
    pub is_whole: bool,
}

/// Streams the bytes of a file while it is written, until it is complete. The stream fails when the writer ends early,
/// or when the service stops while the export still waits for its permit: that may take longer than a stop may.
pub fn follow(file: File, progress: watch::Receiver<Progress>, heads: Heads) -> impl Stream<Item = io::Result<Bytes>> {
    try_unfold((file, progress, heads, 0), |(file, mut progress, heads, sent)| async move {
        let written = loop {
            let now = *progress.borrow_and_update();
            if now.written > sent {
                break now.written;
            }
            if now.is_whole {
                return Ok(None);
            }
            let changed = match now.is_begun {
                false => match select(pin!(progress.changed()), pin!(heads.closed())).await {
                    Either::Left((changed, _)) => changed,
                    Either::Right(_) => return Err(io::Error::other("the service stops before the export has begun")),
                },
                true => progress.changed().await,
            };
            changed.map_err(|_| io::Error::other("the export failed while it was written"))?;
        };
        let count = PIECE.min(written - sent);
        let read = move || {
            let mut piece = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
            (&file).take(count).read_to_end(&mut piece)?;
            Ok::<_, io::Error>((file, piece))
        };
        let (file, piece) = web::block(read).await.map_err(io::Error::other)??;
        let sent = sent + u64::try_from(piece.len()).unwrap_or_default();
        match piece.is_empty() {
            true => Err(io::Error::other("the file of the export has been cut")),
            false => Ok(Some((Bytes::from(piece), (file, progress, heads, sent)))),
        }
    })
}

/// Streams `length` bytes of a whole file, from `start` on.
pub fn stretch(file: File, start: u64, length: u64) -> impl Stream<Item = io::Result<Bytes>> {
    try_unfold((file, start, length), |(file, at, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let count = PIECE.min(left);
        let read = move || {
            let mut piece = vec![0; usize::try_from(count).unwrap_or_default()];
            file.read_exact_at(&mut piece, at)?;
            Ok::<_, io::Error>((file, piece))
        };
        let (file, piece) = web::block(read).await.map_err(io::Error::other)??;
        Ok(Some((Bytes::from(piece), (file, at + count, left - count))))
    })
}

/// Streams the file of an export that another server writes, as soon as it is whole.
pub fn follow_elsewhere(
    db: Data<Database>,
    files: Data<ExportFiles>,
    id: ExportId,
) -> impl Stream<Item = io::Result<Bytes>> {
    let whole = async move {
        loop {
            let wanted = id.clone();
            let row = db.read(move |c| store::find(c, &wanted)).await.map_err(io::Error::other)?;
            match row {
                Some(row) if row.status == ExportStatus::Ready => {
                    let path = files.ready(&row).await.map_err(io::Error::other)?;
                    let file = web::block(move || File::open(path)).await.map_err(io::Error::other)??;
                    let length = file.metadata()?.len();
                    return Ok(stretch(file, 0, length));
                }
                Some(row) if row.status == ExportStatus::Running && !db.heads().is_closed() => {
                    rt::time::sleep(LOOK_ELSEWHERE).await;
                }
                _ => return Err(io::Error::other("the export failed, was deleted, or the service stops")),
            }
        }
    };
    once(whole).try_flatten()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// A file whose writing has begun if some of its bytes may be read.
    fn begun(written: u64, heads: Heads) -> (watch::Sender<Progress>, impl Stream<Item = io::Result<Bytes>>) {
        let mut writer = tempfile::NamedTempFile::new().unwrap();
        let (sender, receiver) = watch::channel(Progress { is_begun: written > 0, written, is_whole: false });
        writer.write_all(b"more than is told").unwrap();
        (sender, Box::pin(follow(writer.reopen().unwrap(), receiver, heads)))
    }

    #[actix_web::test]
    async fn what_is_written_comes_as_it_is_written_and_ends_when_it_is_whole() {
        let (sender, mut bytes) = begun(4, Heads::default());
        assert_eq!(bytes.try_next().await.unwrap().unwrap(), "more");
        sender.send_replace(Progress { is_begun: true, written: 17, is_whole: true });
        drop(sender);
        assert_eq!(bytes.try_next().await.unwrap().unwrap(), " than is told");
        assert!(bytes.try_next().await.unwrap().is_none());
    }

    #[actix_web::test]
    async fn a_writer_that_ends_before_its_file_is_whole_is_an_error() {
        let (sender, mut bytes) = begun(4, Heads::default());
        drop(sender);
        assert_eq!(bytes.try_next().await.unwrap().unwrap(), "more");
        assert!(bytes.try_next().await.is_err());
    }

    #[actix_web::test]
    async fn a_service_that_stops_keeps_nobody_whose_export_has_not_begun() {
        let heads = Heads::default();
        let ((_waiting, mut none), (writing, mut some)) = (begun(0, heads.clone()), begun(4, heads.clone()));
        heads.close();
        assert!(none.try_next().await.is_err());
        assert_eq!(some.try_next().await.unwrap().unwrap(), "more");
        writing.send_replace(Progress { is_begun: true, written: 17, is_whole: true });
        assert_eq!(some.try_next().await.unwrap().unwrap(), " than is told");
        assert!(some.try_next().await.unwrap().is_none());
    }
}
