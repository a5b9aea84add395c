//! Receiving an upload: streamed to disk with its hash, unpacked on the way, within limits.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::Decompress;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpRequest, web};
use futures_util::stream::{self, StreamExt};
use sha2::{Digest, Sha256};

use super::files::{CONTENT, ImportFiles, failed};
use super::model::ImportId;
use crate::error::{Code, Error, Result};

/// How many times larger than what was sent the content may become.
const LARGEST_RATIO: u64 = 200;
/// Small uploads may well unpack to more than the ratio allows.
const SMALL: u64 = 4 << 20;
/// Bytes that are written at once.
const PIECE: usize = 1 << 18;

/// What was received.
#[derive(Debug, Clone)]
pub struct Content {
    /// SHA-256, unpacked.
    pub hash: String,
    /// Bytes, unpacked.
    pub bytes: u64,
}

struct Writing {
    file: File,
    hash: Sha256,
}

/// Receives the content of an import into its folder; none where the body is empty.
pub async fn receive(
    files: &web::Data<ImportFiles>,
    id: &ImportId,
    request: &HttpRequest,
    mut payload: Payload,
) -> Result<Option<Content>> {
    let first = loop {
        match payload.next().await {
            None => return Ok(None),
            Some(Ok(bytes)) if bytes.is_empty() => {}
            Some(Ok(bytes)) => break bytes,
            Some(Err(cause)) => return Err(broken(&cause)),
        }
    };
    let encoding = encoding(request, &first)?;
    let sent = Arc::new(AtomicU64::new(0));
    let counter = sent.clone();
    let raw = stream::iter([Ok::<Bytes, PayloadError>(first)]).chain(payload).inspect(move |piece| {
        if let Ok(bytes) = piece {
            counter.fetch_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    });
    let mut unpacked = Decompress::new(Box::pin(raw), encoding);
    let path = files.make(id)?.join(CONTENT);
    let file = File::create(&path).map_err(|cause| failed(&path, &cause))?;
    let (mut writing, mut total, mut piece) = (Writing { file, hash: Sha256::new() }, 0_u64, BytesMut::new());
    while let Some(bytes) = unpacked.next().await {
        let bytes = bytes.map_err(|cause| broken(&cause))?;
        total = total.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        check(total, sent.load(Ordering::Relaxed), files.limit)?;
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            writing = write(writing, piece.split().freeze(), false).await?;
        }
    }
    let writing = write(writing, piece.freeze(), true).await?;
    let hash = writing.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Content { hash, bytes: total }))
}

/// Off the async threads: the disk may be slow, and a hash takes its time.
async fn write(mut writing: Writing, piece: Bytes, is_last: bool) -> Result<Writing> {
    web::block(move || {
        writing.hash.update(&piece);
        writing.file.write_all(&piece)?;
        if is_last {
            // What the answer acknowledges is on disk.
            writing.file.sync_all()?;
        }
        Ok::<Writing, std::io::Error>(writing)
    })
    .await
    .map_err(|cause| Error::internal(&cause))?
    .map_err(|cause| Error::internal(&cause))
}

fn check(total: u64, sent: u64, limit: u64) -> Result<()> {
    if total > limit {
        return Err(Error::new(
            Code::TooLarge,
            format!("解压后超过{limit}字节；请拆分后上传"),
            format!("is larger than {limit} bytes, unpacked; split it"),
        ));
    }
    if total > SMALL && total > sent.saturating_mul(LARGEST_RATIO) {
        return Err(Error::new(
            Code::TooLarge,
            format!("解压后超过上传内容的{LARGEST_RATIO}倍"),
            format!("unpacks to more than {LARGEST_RATIO} times what was sent"),
        ));
    }
    Ok(())
}

/// As the header says, or as the first bytes do: a .gz or .zst file is sent as it is.
fn encoding(request: &HttpRequest, first: &[u8]) -> Result<ContentEncoding> {
    let said = request.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
    let by_content = || match first {
        [0x1f, 0x8b, ..] => ContentEncoding::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ContentEncoding::Zstd,
        _ => ContentEncoding::Identity,
    };
    match said {
        None => Ok(by_content()),
        Some(said) => match said.trim().parse() {
            Ok(ContentEncoding::Identity) => Ok(by_content()),
            Ok(known) => Ok(known),
            Err(_) => Err(Error::new(
                Code::BadHeader,
                format!("Content-Encoding须为gzip、zstd、br或deflate；收到\"{said}\""),
                format!("Content-Encoding must be gzip, zstd, br or deflate; got \"{said}\""),
            )),
        },
    }
}

fn broken(cause: &PayloadError) -> Error {
    Error::new(Code::BrokenUpload, format!("上传内容读取失败：{cause}"), format!("the upload cannot be read: {cause}"))
}
