//! The rows of an upload, whatever file they came in.

mod cells;
mod csv;
mod ndjson;
mod packed;
mod table;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

pub use packed::{FormFile, FormFiles};

use super::model::{Failure, ImportKind, Note};
use super::record::Record;
use crate::http::error::{Code, Error};
use crate::workbooks::WorkbookError;

/// Rows of an upload at most.
pub const MOST_ROWS: u64 = 1_000_000;
/// Bytes of a workbook at most, as it is packed.
pub const LARGEST_WORKBOOK: u64 = 64 << 20;

/// Why an upload cannot be read at all: the import fails.
#[derive(Debug)]
pub enum Unreadable {
    /// The content itself.
    Content(Failure),
    /// The disk or the database; the cause is in the log.
    Service(Error),
}

impl Unreadable {
    /// The content has this flaw.
    pub fn content(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Unreadable {
        Unreadable::Content(Failure { code: code.as_str().to_owned(), zh: zh.into(), en: en.into() })
    }
}

impl From<WorkbookError> for Unreadable {
    fn from(error: WorkbookError) -> Unreadable {
        let en = format!("the file {error}");
        Unreadable::Content(Failure { code: error.code().to_owned(), zh: format!("文件{}", error.zh()), en })
    }
}

impl From<std::io::Error> for Unreadable {
    fn from(cause: std::io::Error) -> Unreadable {
        Unreadable::Service(Error::internal(&cause))
    }
}

impl From<Error> for Unreadable {
    fn from(error: Error) -> Unreadable {
        Unreadable::Service(error)
    }
}

/// An opened upload of a flat table.
pub struct Rows {
    rows: Box<dyn Iterator<Item = Result<Record, Unreadable>> + Send>,
    /// How many rows there are, as far as that is known before they are read.
    pub total: u64,
    /// What was ignored in the file.
    pub notes: Vec<Note>,
}

impl Iterator for Rows {
    type Item = Result<Record, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next()
    }
}

/// Opens a flat table: .xlsx, .ods, a web page named .xls, CSV or NDJSON, recognised by its first bytes.
///
/// # Errors
/// When it is none of these, or has no header that can be understood.
pub fn open(path: &Path, kind: ImportKind) -> Result<Rows, Unreadable> {
    let mut file = File::open(path)?;
    let mut start = Vec::new();
    (&mut file).take(512).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    if [&b"PK"[..], b"\xD0\xCF\x11\xE0", b"<", b"\xEF\xBB\xBF<"].iter().any(|head| start.starts_with(head)) {
        let sheets = packed::workbook(&read_whole(&mut file)?)?;
        return cells::rows(sheets, kind);
    }
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
    let total = lines(&mut file)?;
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Unreadable::content(Code::EmptyContent, "文件没有内容", "the file is empty")),
        Some(b'{') => Ok(Rows { rows: ndjson::rows(BufReader::new(file), kind), total, notes: Vec::new() }),
        Some(_) => csv::rows(file, kind, total),
    }
}

fn read_whole(file: &mut File) -> Result<Vec<u8>, Unreadable> {
    let size = file.metadata()?.len();
    if size > LARGEST_WORKBOOK {
        return Err(WorkbookError::TooLarge(format!("{size} > {LARGEST_WORKBOOK} bytes")).into());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines of a text file; the file is at its beginning before and after.
fn lines(file: &mut File) -> Result<u64, Unreadable> {
    let (mut buffer, mut count) = (vec![0; 1 << 16], 0_u64);
    loop {
        let length = file.read(&mut buffer)?;
        let read = buffer.get(..length).unwrap_or_default();
        if read.is_empty() {
            break;
        }
        count += u64::try_from(read.iter().filter(|&&byte| byte == b'\n').count()).unwrap_or(u64::MAX);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(count)
}

/// The error of a file with too many rows.
fn too_many_rows() -> Unreadable {
    Unreadable::content(
        Code::FileTooLarge,
        format!("超过{MOST_ROWS}行；请拆分后再上传"),
        format!("has more than {MOST_ROWS} rows; split it"),
    )
}
