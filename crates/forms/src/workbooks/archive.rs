//! The parts of a workbook's archive, inflated within limits.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::book::targets;
use super::{FileKind, WorkbookError, old_excel};

/// How much is read of a file at most, so that a small one cannot fill the memory.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of all parts together, once inflated.
    pub inflated: u64,
    /// How many times larger than the file its parts may be together.
    pub ratio: u64,
    /// Parts of the archive.
    pub entries: usize,
    /// Cells of the workbook that hold something.
    pub cells: usize,
    /// Merged areas of a sheet.
    pub merged: usize,
    /// Sheets.
    pub sheets: usize,
    /// Characters of a cell.
    pub text: usize,
}

impl Default for Limits {
    /// What the largest forms of a district need ten times over.
    fn default() -> Self {
        Limits {
            inflated: 128 << 20,
            ratio: 200,
            entries: 2_000,
            cells: 1_000_000,
            merged: 20_000,
            sheets: 500,
            text: 32_767,
        }
    }
}

/// Small files may well compress better than the ratio allows.
const SMALL: u64 = 4 << 20;

/// An opened archive.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    /// Bytes that may still be inflated.
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens the bytes of a file.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Archive<'a>, WorkbookError> {
        if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
            return Err(old_excel::kind(bytes));
        }
        // A page that sends a file may put a mark or a blank line before it.
        let start =
            bytes.get(..4).unwrap_or(bytes).iter().take_while(|byte| b"\xEF\xBB\xBF\r\n \t".contains(byte)).count();
        if !bytes.get(start..).is_some_and(|rest| rest.starts_with(b"PK")) {
            return Err(FileKind::of_start(bytes).map_or(WorkbookError::NotAWorkbook, WorkbookError::OtherKind));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if zip.len() > limits.entries {
            return Err(WorkbookError::TooLarge(format!("{} > {} zip entries", zip.len(), limits.entries)));
        }
        // Some programs write the paths of another system.
        let plain = |name: Result<Cow<'_, str>, ZipError>| {
            name.map(|name| name.replace('\\', "/").trim_start_matches('/').to_owned())
        };
        let names = zip.file_names().map(plain).collect::<Result<_, _>>().map_err(damaged)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let left = limits.inflated.min(size.saturating_mul(limits.ratio).max(SMALL));
        Ok(Archive { zip, names, left })
    }

    /// The part that the file says is its main one; `usual` where it says nothing.
    pub fn main(&mut self, usual: &str) -> Result<String, WorkbookError> {
        let Some(relations) = self.part("_rels/.rels")? else { return Ok(usual.to_owned()) };
        let found = targets(&relations, "")?.into_iter().find(|one| one.kind.ends_with("/officeDocument"));
        Ok(found.map(|main| main.part).filter(|main| self.has(main)).unwrap_or_else(|| usual.to_owned()))
    }

    /// Whether its main part may be a workbook of this format.
    pub fn is_workbook(&self, main: &str) -> bool {
        main.ends_with(".xml") && !self.has("word/")
    }

    /// What it is where it is no workbook, by its parts.
    pub fn other_kind(&self) -> WorkbookError {
        if self.has("xl/workbook.bin") {
            WorkbookError::BinaryFormat
        } else if self.has("word/") {
            WorkbookError::OtherKind(FileKind::Word)
        } else if self.has("mimetype") && self.has("content.xml") {
            WorkbookError::OtherKind(FileKind::OpenDocument)
        } else {
            WorkbookError::NotAWorkbook
        }
    }

    /// Whether there is a part of that name, or below that folder.
    pub fn has(&self, start: &str) -> bool {
        self.names.iter().any(|name| name.starts_with(start))
    }

    /// The part of that name, inflated; none where there is none. Letter case does not matter.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, WorkbookError> {
        let Some(index) = self.names.iter().position(|one| one.eq_ignore_ascii_case(name)) else { return Ok(None) };
        let file = self.zip.by_index(index).map_err(|cause| match cause {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => WorkbookError::PasswordProtected,
            other => damaged(other),
        })?;
        let mut bytes = Vec::new();
        file.take(self.left.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|cause| WorkbookError::Damaged(format!("{name}: {cause}")))?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left = self
            .left
            .checked_sub(size)
            .ok_or_else(|| WorkbookError::TooLarge(format!("{name} inflates beyond what is read")))?;
        Ok(Some(bytes))
    }
}

fn damaged(cause: ZipError) -> WorkbookError {
    WorkbookError::Damaged(cause.to_string())
}
