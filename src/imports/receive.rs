//! Receiving an upload: streamed to disk with its hash, unpacked on the way, within limits.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use actix_web::http::header::ContentEncoding;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpMessage, HttpRequest, web};
use sha2::{Digest, Sha256};

use super::files::{CONTENT, ImportFiles, failed};
use super::model::ImportId;
use crate::http::error::{Code, Error, Result};
use crate::http::pace::{self, Paced};
use crate::http::unpack::{self, Unpacker};

/// How many times larger than what was sent the content may become.
const LARGEST_RATIO: u64 = 200;
/// Small uploads may well unpack to more than the ratio allows.
const SMALL: u64 = 4 << 20;
/// Bytes that are written at once.
const PIECE: usize = 1 << 18;
/// The window of zstd has 128 MiB at most, as that of its own program.
const WINDOW: u32 = 27;

/// What was received.
#[derive(Debug, Clone)]
pub struct Content {
    /// SHA-256, unpacked.
    pub hash: String,
    /// Bytes, unpacked.
    pub bytes: u64,
}

/// The file that is written, with what is known of it so far.
struct Writing {
    file: BufWriter<File>,
    hash: Sha256,
    /// Bytes, unpacked.
    total: u64,
    /// Bytes as they came.
    sent: u64,
    limit: u64,
}

impl Write for Writing {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let total = self.total.saturating_add(length(piece));
        if total > self.limit || total > SMALL && total > self.sent.saturating_mul(LARGEST_RATIO) {
            return Err(unpack::full());
        }
        self.file.write_all(piece)?;
        self.hash.update(piece);
        self.total = total;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Receives the content of an import into its folder; none where the body is empty.
pub async fn receive(
    files: &web::Data<ImportFiles>,
    id: &ImportId,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Option<Content>> {
    if request.content_type().starts_with("multipart/") {
        return Err(Error::new(
            Code::UnsupportedMediaType,
            "文件须直接作为请求体发送，不用multipart/form-data表单；例如curl --data-binary @自评表.xlsx",
            "the file is the body itself and no multipart/form-data; for example curl --data-binary @form.xlsx",
        ));
    }
    let said = unpack::encoding(request)?;
    if unpack::says_longer(request, files.limit) {
        return Err(too_large(files.limit));
    }
    let mut pieces = Paced::new(payload, pace::of(request));
    let first = loop {
        match pieces.next().await.map_err(|stopped| stopped.or(broken))? {
            None => return Ok(None),
            Some(bytes) if bytes.is_empty() => {}
            Some(bytes) => break bytes,
        }
    };
    let path = files.make(id)?.join(CONTENT);
    let file = BufWriter::new(File::create(&path).map_err(|cause| failed(&path, &cause))?);
    let writing = Writing { file, hash: Sha256::new(), total: 0, sent: 0, limit: files.limit };
    let unpacker = Unpacker::new(encoding(said, &first), WINDOW, writing);
    let mut unpacker = unpacker.map_err(|cause| Error::internal(&cause))?;
    let mut piece = BytesMut::from(first);
    while let Some(bytes) = pieces.next().await.map_err(|stopped| stopped.or(broken))? {
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            unpacker = unpack_piece(unpacker, piece.split().freeze(), files.limit).await?;
        }
    }
    let unpacker = unpack_piece(unpacker, piece.freeze(), files.limit).await?;
    let end = move || {
        let mut writing = unpacker.finish()?;
        writing.flush()?;
        // What the answer acknowledges is on disk.
        writing.file.get_ref().sync_all()?;
        Ok(writing)
    };
    let ended = web::block(end).await.map_err(|cause| Error::internal(&cause))?;
    let writing = ended.map_err(|cause| refused(&cause, files.limit))?;
    let hash = base16ct::lower::encode_string(&writing.hash.finalize());
    Ok(Some(Content { hash, bytes: writing.total }))
}

/// Off the async threads: the disk may be slow, and a hash takes its time.
async fn unpack_piece(mut unpacker: Unpacker<Writing>, piece: Bytes, limit: u64) -> Result<Unpacker<Writing>> {
    let unpack = move || {
        let sink = unpacker.sink();
        sink.sent = sink.sent.saturating_add(length(&piece));
        unpacker.push(&piece).map(|()| unpacker)
    };
    let unpacked = web::block(unpack).await.map_err(|cause| Error::internal(&cause))?;
    unpacked.map_err(|cause| refused(&cause, limit))
}

fn length(piece: &[u8]) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}

fn refused(cause: &io::Error, limit: u64) -> Error {
    match cause.kind() {
        _ if unpack::is_full(cause) => too_large(limit),
        // What the decoders say of content that is not what it claims to be.
        io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidData
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Other => broken(cause),
        _ => Error::internal(cause),
    }
}

fn too_large(limit: u64) -> Error {
    Error::new(
        Code::TooLarge,
        format!("解压后超过{limit}字节，或超过上传内容的{LARGEST_RATIO}倍；请拆分后上传"),
        format!("is larger than {limit} bytes, unpacked, or than {LARGEST_RATIO} times what was sent; split it"),
    )
}

/// As the header says, or as the first bytes do: a .gz or .zst file is sent as it is.
fn encoding(said: ContentEncoding, first: &[u8]) -> ContentEncoding {
    match (said, first) {
        (ContentEncoding::Identity, [0x1f, 0x8b, ..]) => ContentEncoding::Gzip,
        (ContentEncoding::Identity, [0x28, 0xb5, 0x2f, 0xfd, ..]) => ContentEncoding::Zstd,
        (said, _) => said,
    }
}

fn broken(cause: &dyn std::fmt::Display) -> Error {
    Error::new(Code::BrokenUpload, format!("上传内容读取失败：{cause}"), format!("the upload cannot be read: {cause}"))
}
