//! Compressed bodies: unpacked piece by piece, with the size limit checked before a piece is kept.

use std::io::{self, Write};

use actix_web::HttpRequest;
use actix_web::http::header::{self, ContentEncoding};
use brotli::DecompressorWriter;
use flate2::write::{MultiGzDecoder, ZlibDecoder};
use zstd::stream::raw::{DParameter, Decoder as ZstdFrames};
use zstd::stream::zio::Writer as ZstdWriter;

use crate::http::error::{Code, Error, Result};

/// Bytes that a decoder outputs at once.
const PIECE: usize = 32 << 10;

/// Unpacks what is written to it into a sink. When the sink has reached its limit it returns [`full`], and nothing more
/// is unpacked. Besides that, a decoder holds only its window in memory.
pub struct Unpacker<W: Write>(Decoder<W>);

enum Decoder<W: Write> {
    Identity(W),
    Gzip(Box<MultiGzDecoder<W>>),
    Deflate(Box<ZlibDecoder<W>>),
    Brotli { decoder: Box<DecompressorWriter<W>>, is_begun: bool },
    Zstd(Box<ZstdWriter<W, ZstdFrames<'static>>>),
}

impl<W: Write> Unpacker<W> {
    /// What unpacks `encoding`; the window of zstd has 2^`window` bytes at most.
    ///
    /// # Errors
    /// When a decoder cannot be made.
    pub fn new(encoding: ContentEncoding, window: u32, sink: W) -> io::Result<Unpacker<W>> {
        Ok(Unpacker(match encoding {
            ContentEncoding::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(sink))),
            ContentEncoding::Deflate => Decoder::Deflate(Box::new(ZlibDecoder::new(sink))),
            ContentEncoding::Brotli => {
                Decoder::Brotli { decoder: Box::new(DecompressorWriter::new(sink, PIECE)), is_begun: false }
            }
            ContentEncoding::Zstd => {
                let mut frames = ZstdFrames::new()?;
                frames.set_parameter(DParameter::WindowLogMax(window))?;
                Decoder::Zstd(Box::new(ZstdWriter::new(sink, frames)))
            }
            _ => Decoder::Identity(sink),
        }))
    }

    /// Unpacks a piece.
    ///
    /// # Errors
    /// When the sink is full or fails, or the piece is broken.
    pub fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        let pushed = match &mut self.0 {
            Decoder::Identity(sink) => sink.write_all(piece),
            Decoder::Gzip(decoder) => decoder.write_all(piece),
            Decoder::Deflate(decoder) => decoder.write_all(piece),
            Decoder::Brotli { is_begun: false, .. } if piece.first().is_some_and(|byte| is_large_window(*byte)) => {
                Err(invalid("the window of a brotli stream is too large"))
            }
            Decoder::Brotli { decoder, is_begun } => {
                *is_begun |= !piece.is_empty();
                decoder.write_all(piece)
            }
            Decoder::Zstd(decoder) => decoder.write_all(piece),
        };
        // A decoder at the end of its stream accepts no more bytes. That is an error of the content, not of the disk.
        pushed.map_err(|cause| match cause.kind() {
            io::ErrorKind::WriteZero => invalid("there are bytes behind the end of what is packed"),
            _ => cause,
        })
    }

    /// Where it goes.
    pub fn sink(&mut self) -> &mut W {
        match &mut self.0 {
            Decoder::Identity(sink) => sink,
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Deflate(decoder) => decoder.get_mut(),
            Decoder::Brotli { decoder, .. } => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.writer_mut(),
        }
    }

    /// The sink, once all is in it.
    ///
    /// # Errors
    /// When what was packed has no end, or the sink is full or fails.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Decoder::Identity(sink) => Ok(sink),
            Decoder::Gzip(decoder) => decoder.finish(),
            Decoder::Deflate(decoder) => decoder.finish(),
            Decoder::Brotli { mut decoder, .. } => {
                decoder.close()?;
                decoder.into_inner().map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))
            }
            Decoder::Zstd(mut decoder) => {
                decoder.finish()?;
                Ok(decoder.into_inner().0)
            }
        }
    }
}

/// Whether a brotli stream that begins so asks for the large window: up to 2^30 bytes, outside RFC 7932, whose largest
/// is 2^24.
fn is_large_window(first: u8) -> bool {
    first & 0x7f == 0x11
}

fn invalid(cause: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

/// The error of a sink that has reached its limit.
pub fn full() -> io::Error {
    io::Error::from(io::ErrorKind::FileTooLarge)
}

/// Whether an error is [`full`].
pub fn is_full(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::FileTooLarge
}

/// Whether the `Content-Length` of a request exceeds a limit, so that its body need not be read.
pub fn says_longer(request: &HttpRequest, limit: u64) -> bool {
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    said.and_then(|text| text.parse::<u64>().ok()).is_some_and(|length| length > limit)
}

/// The `Content-Encoding` of a request.
///
/// # Errors
/// 400 when that is not known.
pub fn encoding(request: &HttpRequest) -> Result<ContentEncoding> {
    let Some(value) = request.headers().get(header::CONTENT_ENCODING) else { return Ok(ContentEncoding::Identity) };
    let said = value.to_str().unwrap_or("?");
    said.trim().parse().map_err(|_| {
        Error::new(
            Code::BadHeader,
            format!("Content-Encoding须为gzip、zstd、br或deflate；收到\"{said}\""),
            format!("Content-Encoding must be gzip, zstd, br or deflate; got \"{said}\""),
        )
    })
}

/// Bytes in memory, up to a limit.
pub struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
}

impl Bounded {
    /// Accepts at most `limit` bytes.
    pub fn new(limit: usize) -> Bounded {
        Bounded { bytes: Vec::new(), limit }
    }

    /// The bytes written to it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if piece.len() > self.limit - self.bytes.len() {
            return Err(full());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
