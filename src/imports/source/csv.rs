//! CSV: UTF-8 with or without a mark, or GB18030; its cells between commas, tabs or semicolons, its header below titles.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Encoding, GB18030, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::super::model::ImportKind;
use super::super::record::{RowError, RowPlace};
use super::table::Header;
use super::{MOST_ROWS, Rows, Unreadable, too_many_rows};
use crate::http::error::Code;
use crate::sheets::unescaped;
use crate::values::input::shortened;

/// The rows of a file.
pub fn rows(mut file: File, kind: ImportKind, total: u64) -> Result<Rows, Unreadable> {
    let is_utf8 = is_utf8(&mut file)?;
    let encoding = if is_utf8 { UTF_8 } else { GB18030 };
    let layout = layout(&mut file, encoding, kind)?;
    let decoded = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(file);
    let read = Arc::new(AtomicU64::new(0));
    let lines = PlainLines { inner: decoded, after_return: false, read: read.clone() };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(layout.separator).from_reader(lines);
    let mut first = csv::StringRecord::new();
    let mut titles = layout.titles;
    let headings = loop {
        if !reader.read_record(&mut first).map_err(damaged)? {
            break Vec::new();
        }
        if titles > 0 {
            titles -= 1;
        } else if first.iter().any(|cell| !cell.trim().is_empty()) {
            break headings(&first);
        }
    };
    let header = Header::read(kind, &headings, false)?;
    let width = headings.len();
    let mut count = 0_u64;
    let mut row = csv::StringRecord::new();
    let rows = std::iter::from_fn(move || {
        loop {
            read.store(0, Ordering::Relaxed);
            match reader.read_record(&mut row) {
                Err(cause) => return Some(Err(damaged(cause))),
                Ok(false) => return None,
                Ok(true) => {}
            }
            count += 1;
            if count > MOST_ROWS {
                return Some(Err(too_many_rows()));
            }
            let place = RowPlace { row: row.position().map_or(0, csv::Position::line), sheet: None, file: None };
            let cell = |at: u32| {
                row.get(usize::try_from(at).ok()?.checked_sub(1)?).map(|text| (unescaped(text).to_owned(), None))
            };
            let number = place.row;
            let Some(mut record) = header.record(place, cell) else { continue };
            if let Some(extra) = row.iter().skip(width).find(|text| !text.trim().is_empty()) {
                record.value = Err(wrong(
                    number,
                    Code::UnknownColumn,
                    extra,
                    "该行的列数多于表头；含逗号的内容须加引号",
                    "the row has more cells than the header; text with a comma needs quotes",
                ));
            } else if let Some(broken) = row.iter().find(|text| text.contains('\u{fffd}')) {
                record.value = Err(wrong(
                    number,
                    Code::BadEncoding,
                    broken,
                    "该行含无法识别的字符；文件须为UTF-8或GB18030编码",
                    "the row has characters that cannot be read; the file must be UTF-8 or GB18030",
                ));
            }
            return Some(Ok(record));
        }
    });
    let above = u64::try_from(layout.titles).unwrap_or(u64::MAX).saturating_add(1);
    Ok(Rows { rows: Box::new(rows), total: total.saturating_sub(above), notes: Vec::new() })
}

/// Bytes of a row at most.
const LONGEST_ROW: u64 = 1 << 20;
/// Rows of titles above a header at most.
const TITLES: usize = 10;
/// The bytes at the start of a file in which the header is searched.
const START: u64 = 1 << 18;
/// The separators that are tried; the first one wins a tie.
const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

/// How a file is laid out.
struct Layout {
    separator: u8,
    /// Rows above the header.
    titles: usize,
}

/// Finds the row that names the most columns, and the separator with which it does. Rewinds the file.
fn layout(file: &mut File, encoding: &'static Encoding, kind: ImportKind) -> Result<Layout, Unreadable> {
    let mut start = Vec::new();
    file.take(START).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    let text = encoding.decode(&start).0;
    let (mut found, mut most) = (Layout { separator: b',', titles: 0 }, 0);
    for separator in SEPARATORS {
        let mut reader = csv::ReaderBuilder::new();
        reader.has_headers(false).flexible(true).delimiter(separator);
        let mut reader = reader.from_reader(text.as_bytes());
        for (titles, row) in reader.records().take(TITLES + 1).enumerate() {
            let known = Header::known(kind, &headings(&row.map_err(damaged)?));
            if known > most {
                (found, most) = (Layout { separator, titles }, known);
            }
        }
    }
    Ok(found)
}

fn headings(row: &csv::StringRecord) -> Vec<(u32, String)> {
    row.iter().enumerate().map(|(at, text)| (column(at), text.to_owned())).collect()
}

/// Normalizes line ends to a single line feed: with two characters, the parser's line count would be off by one.
struct PlainLines<R> {
    inner: R,
    after_return: bool,
    /// Bytes read since the row began, so that a row without an end does not fill the memory.
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for PlainLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let length = self.inner.read(buffer)?;
            let more = u64::try_from(length).unwrap_or(u64::MAX);
            if self.read.fetch_add(more, Ordering::Relaxed) > LONGEST_ROW {
                return Err(std::io::ErrorKind::FileTooLarge.into());
            }
            let mut kept = 0;
            for at in 0..length {
                let Some(&byte) = buffer.get(at) else { break };
                let is_second = byte == b'\n' && self.after_return;
                self.after_return = byte == b'\r';
                if let Some(place) = buffer.get_mut(kept).filter(|_| !is_second) {
                    *place = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            // A buffer may become empty (a lone line feed was dropped), but returning 0 bytes would mean the end: read
            // on.
            if kept > 0 || length == 0 {
                return Ok(kept);
            }
        }
    }
}

fn column(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1)
}

fn wrong(row: u64, code: Code, value: &str, zh: &str, en: &str) -> RowError {
    let value = Some(shortened(value));
    RowError { row, cell: None, column: None, code: code.as_str().to_owned(), value, zh: zh.into(), en: en.into() }
}

fn damaged(cause: csv::Error) -> Unreadable {
    if let csv::ErrorKind::Io(cause) = cause.kind()
        && cause.kind() == std::io::ErrorKind::FileTooLarge
    {
        return Unreadable::content(
            Code::FileTooLarge,
            format!("有一行超过{LONGEST_ROW}字节；检查引号是否成对"),
            format!("a row has more than {LONGEST_ROW} bytes; look whether every quote has its second"),
        );
    }
    Unreadable::content(
        Code::DamagedFile,
        format!("CSV文件读取失败：{cause}"),
        format!("the CSV file cannot be read: {cause}"),
    )
}

/// Whether a file is UTF-8, apart from at most a few broken characters, which are reported at their rows. Text in other
/// encodings is invalid UTF-8 at nearly every character. Rewinds the file.
fn is_utf8(file: &mut File) -> Result<bool, Unreadable> {
    let (mut buffer, mut kept) = (vec![0; 1 << 16], 0_usize);
    let (mut whole, mut broken) = (0_usize, 0_usize);
    while let Some(free) = buffer.get_mut(kept..) {
        let length = file.read(free)?;
        let mut rest = buffer.get(..kept + length).unwrap_or_default();
        let end = rest.len();
        let mut is_cut = false;
        while !rest.is_empty() {
            let error = match std::str::from_utf8(rest) {
                Ok(text) => {
                    whole += text.chars().filter(|char| !char.is_ascii()).count();
                    break;
                }
                Err(error) => error,
            };
            let (good, bad) = rest.split_at(error.valid_up_to());
            whole += good.iter().filter(|byte| **byte >= 0xC0).count();
            match error.error_len() {
                Some(skipped) => {
                    broken += 1;
                    rest = bad.get(skipped..).unwrap_or_default();
                }
                // The end of the buffer may split a character.
                None => {
                    (rest, is_cut) = (bad, true);
                    break;
                }
            }
        }
        if length == 0 {
            broken += usize::from(is_cut);
            break;
        }
        kept = if is_cut { rest.len() } else { 0 };
        buffer.copy_within(end - kept..end, 0);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(broken == 0 || whole > broken.saturating_mul(5))
}
