//! Workbooks, alone or many in an archive.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use encoding_rs::GB18030;
use zip::ZipArchive;

use super::{LARGEST_WORKBOOK, Unreadable};
use crate::http::error::Code;
use crate::workbooks::{self, Limits, Workbook, WorkbookError};

/// Files of an archive at most.
const MOST_FILES: usize = 20_000;
/// Bytes of all files of an archive together at most, unpacked.
const LARGEST_ARCHIVE: u64 = 2 << 30;
/// How many times larger than the archive its unpacked files may be together; workbooks are compressed already.
const LARGEST_RATIO: u64 = 200;

/// One file of an upload of forms.
pub struct FormFile {
    /// Its name in the archive.
    pub name: Option<Arc<str>>,
    /// The file itself.
    pub bytes: Vec<u8>,
    /// The workbook, or why the file is not one.
    pub workbook: Result<Workbook, WorkbookError>,
}

/// Archives within archives at most, the outermost among them.
const DEPTH: usize = 3;

/// What an archive is read from: the file of the upload, or what was packed in another.
trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// An archive that is open.
struct Opened {
    archive: ZipArchive<Box<dyn Bytes>>,
    /// Its name in the one that holds it, with a slash; nothing for the upload itself.
    name: String,
    next: usize,
}

/// The files of an upload of forms, one at a time.
pub struct FormFiles {
    /// The archives that are open, each in the one before it.
    open: Vec<Opened>,
    single: Option<Vec<u8>>,
    /// Bytes and files that may still be unpacked.
    left: u64,
    files_left: usize,
    /// The names of the other files in the archives that were opened so far, which are ignored.
    pub left_alone: Arc<Mutex<Vec<String>>>,
    /// How many files there are in the upload itself.
    pub total: u64,
}

/// Reads a workbook.
pub fn workbook(bytes: &[u8]) -> Result<Workbook, WorkbookError> {
    workbooks::read(bytes, &Limits::default())
}

impl FormFiles {
    /// Opens a workbook, or an archive of them.
    ///
    /// # Errors
    /// When it is neither, or too large.
    pub fn open(path: &Path) -> Result<FormFiles, Unreadable> {
        let mut file = File::open(path)?;
        let mut start = [0; 2];
        let length = file.read(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        if length == 0 {
            return Err(Unreadable::content(Code::EmptyContent, "文件没有内容", "the file is empty"));
        }
        let size = file.metadata()?.len();
        if &start == b"PK" {
            let archive = opened(Box::new(file.try_clone()?))?;
            if !is_workbook(&archive) {
                let left = LARGEST_ARCHIVE.min(size.saturating_mul(LARGEST_RATIO).max(4 << 20));
                let total = u64::try_from(archive.len()).unwrap_or(u64::MAX);
                let mut files = FormFiles {
                    open: Vec::new(),
                    single: None,
                    left,
                    files_left: MOST_FILES,
                    left_alone: Arc::default(),
                    total,
                };
                files.enter(archive, String::new())?;
                return Ok(files);
            }
            file.seek(SeekFrom::Start(0))?;
        }
        let bytes = super::read_whole(&mut file)?;
        Ok(FormFiles {
            open: Vec::new(),
            single: Some(bytes),
            left: 0,
            files_left: 0,
            left_alone: Arc::default(),
            total: 1,
        })
    }

    /// Goes into an archive.
    fn enter(&mut self, archive: ZipArchive<Box<dyn Bytes>>, name: String) -> Result<(), WorkbookError> {
        let left = self.files_left.checked_sub(archive.len());
        self.files_left = left.ok_or_else(|| WorkbookError::TooLarge(format!("more than {MOST_FILES} files")))?;
        let base = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let names = archive.file_names().flatten().map(|name| base(&name));
        self.left_alone.lock().unwrap_or_else(PoisonError::into_inner).extend(names.filter(|name| is_clutter(name)));
        self.open.push(Opened { archive, name, next: 0 });
        Ok(())
    }

    fn next_packed(&mut self) -> Result<Option<FormFile>, Unreadable> {
        while let Some(Opened { archive, name: outer, next }) = self.open.last_mut() {
            if *next >= archive.len() {
                self.open.pop();
                continue;
            }
            let at = *next;
            *next += 1;
            let damaged = |cause: zip::result::ZipError| WorkbookError::Damaged(cause.to_string());
            let mut entry = match archive.by_index(at) {
                Ok(entry) => entry,
                Err(zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED)) => {
                    return Err(WorkbookError::PasswordProtected.into());
                }
                Err(cause) => return Err(damaged(cause).into()),
            };
            let name = readable(entry.name_raw());
            let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
            // Folders, and metadata files that operating systems add.
            if entry.is_dir()
                || base.is_empty()
                || base.starts_with('.')
                || base.starts_with("~$")
                || name.starts_with("__MACOSX/")
                || is_clutter(base)
            {
                continue;
            }
            let name: Arc<str> = Arc::from(format!("{outer}{name}"));
            let limit = self.left.min(LARGEST_WORKBOOK);
            let mut bytes = Vec::new();
            let workbook = match (&mut entry).take(limit + 1).read_to_end(&mut bytes) {
                Err(cause) => Err(WorkbookError::Damaged(cause.to_string())),
                Ok(_) if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) => {
                    if limit == self.left {
                        let text = format!(
                            "the files of the archive are together larger than {LARGEST_RATIO} times the archive or {LARGEST_ARCHIVE} bytes"
                        );
                        return Err(WorkbookError::TooLarge(text).into());
                    }
                    Err(WorkbookError::TooLarge(format!("> {limit} bytes")))
                }
                Ok(_) => {
                    drop(entry);
                    self.left = self.left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                    match self.unpacked(&name, bytes)? {
                        Some(file) => return Ok(Some(file)),
                        None => continue,
                    }
                }
            };
            self.left = self.left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            return Ok(Some(FormFile { name: Some(name), bytes, workbook }));
        }
        Ok(None)
    }
}

impl FormFiles {
    /// A file that was unpacked; nothing where it is an archive itself, which is gone into.
    fn unpacked(&mut self, name: &Arc<str>, bytes: Vec<u8>) -> Result<Option<FormFile>, Unreadable> {
        if !bytes.starts_with(b"PK") || !name.to_lowercase().ends_with(".zip") {
            let workbook = workbook(&bytes);
            return Ok(Some(FormFile { name: Some(name.clone()), bytes, workbook }));
        }
        if self.open.len() >= DEPTH {
            let deep = WorkbookError::TooLarge(format!("archives within archives deeper than {DEPTH}"));
            return Ok(Some(FormFile { name: Some(name.clone()), bytes, workbook: Err(deep) }));
        }
        match opened(Box::new(Cursor::new(bytes))) {
            Ok(archive) => self.enter(archive, format!("{name}/"))?,
            Err(cause) => {
                return Ok(Some(FormFile { name: Some(name.clone()), bytes: Vec::new(), workbook: Err(cause) }));
            }
        }
        Ok(None)
    }
}

fn opened(bytes: Box<dyn Bytes>) -> Result<ZipArchive<Box<dyn Bytes>>, WorkbookError> {
    ZipArchive::new(bytes).map_err(|cause| WorkbookError::Damaged(cause.to_string()))
}

fn is_workbook(archive: &ZipArchive<Box<dyn Bytes>>) -> bool {
    archive.file_names().flatten().any(|name| matches!(name.as_ref(), "[Content_Types].xml" | "mimetype"))
}

/// Whether a file of an archive is not a form to read: system files, and plain-text notes, such as the one that an
/// annotated archive contains.
fn is_clutter(name: &str) -> bool {
    let name = name.to_lowercase();
    // Attachments that units hand in with the form (report, scans, evidence), and system files.
    const ENDS: &[&str] = &[
        ".doc", ".docx", ".wps", ".pdf", ".ofd", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".ppt",
        ".pptx", ".mp4", ".rar", ".7z", ".db", ".ini", ".txt", ".md", ".lnk", ".url", ".log", ".tmp",
    ];
    name == ".ds_store" || ENDS.iter().any(|end| name.ends_with(end))
}

impl Iterator for FormFiles {
    type Item = Result<FormFile, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(bytes) = self.single.take() {
            let workbook = workbook(&bytes);
            return Some(Ok(FormFile { name: None, bytes, workbook }));
        }
        self.next_packed().transpose()
    }
}

/// A name in an archive: UTF-8, or the encoding that Chinese systems use without declaring it.
fn readable(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systems_put_into_an_archive_is_left_alone_and_named() {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(0, 0, "项目名称").unwrap();
        let book = book.save_to_buffer().unwrap();
        let mut packed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let names =
            ["Thumbs.db", "a/.DS_Store", "desktop.ini", "readme.txt", "未能读取 unread.txt", "甲.xlsx", "乙.docx"];
        for name in names {
            packed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut packed, &book).unwrap();
        }
        let path = std::env::temp_dir().join(format!("jixiao-packed-{}.zip", std::process::id()));
        std::fs::write(&path, packed.finish().unwrap().into_inner()).unwrap();
        let files = FormFiles::open(&path).ok().unwrap();
        std::fs::remove_file(&path).unwrap();
        let left = ["Thumbs.db", ".DS_Store", "desktop.ini", "readme.txt", "未能读取 unread.txt", "乙.docx"];
        assert_eq!(*files.left_alone.lock().unwrap(), left);
        let read: Vec<String> = files.map(|file| file.ok().unwrap().name.unwrap().to_string()).collect();
        assert_eq!(read, ["甲.xlsx"]);
    }

    #[test]
    fn archives_within_an_archive_are_gone_into_to_a_depth() {
        let packed = |files: &[(&str, &[u8])]| {
            let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for (name, bytes) in files {
                packed.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
                std::io::Write::write_all(&mut packed, bytes).unwrap();
            }
            packed.finish().unwrap().into_inner()
        };
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_string(0, 0, "项目名称").unwrap();
        let book = book.save_to_buffer().unwrap();
        let fourth = packed(&[("深.xlsx", &book)]);
        let third = packed(&[("丙.xlsx", &book), ("四.zip", &fourth), ("扫描.pdf", b"%PDF")]);
        let second = packed(&[("三.zip", &third), ("乙.xlsx", &book)]);
        let whole = packed(&[("二.zip", &second), ("甲.xlsx", &book), ("坏.zip", b"PK and no more")]);
        let path = std::env::temp_dir().join(format!("jixiao-packed-deep-{}.zip", std::process::id()));
        std::fs::write(&path, whole).unwrap();
        let files = FormFiles::open(&path).ok().unwrap();
        std::fs::remove_file(&path).unwrap();
        let left_alone = files.left_alone.clone();
        let read: Vec<(String, bool)> = files
            .map(|file| file.ok().unwrap())
            .map(|file| (file.name.unwrap().to_string(), file.workbook.is_ok()))
            .collect();
        let expected = [
            ("二.zip/三.zip/丙.xlsx", true),
            ("二.zip/三.zip/四.zip", false),
            ("二.zip/乙.xlsx", true),
            ("甲.xlsx", true),
            ("坏.zip", false),
        ];
        assert_eq!(read, expected.map(|(name, is_read)| (name.to_owned(), is_read)));
        assert_eq!(*left_alone.lock().unwrap(), ["扫描.pdf"]);
    }
}
