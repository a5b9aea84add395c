//! Why a file is no workbook that can be read.

use std::fmt;

/// A kind of file that people send for a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A web page or an XML file, often saved as .xls by a system.
    WebPage,
    /// A web page with all its parts in one file, .mht.
    WebArchive,
    /// A Word file, .docx.
    Word,
    /// An OpenDocument spreadsheet, .ods.
    OpenDocument,
    /// An old Word file, .doc.
    OldWord,
    /// A PDF.
    Pdf,
    /// A picture.
    Picture,
}

impl FileKind {
    /// The kind of a file that is no archive, by how it begins.
    pub(super) fn of_start(bytes: &[u8]) -> Option<FileKind> {
        /// How far into a text a table may begin, behind whatever a system wrote before it.
        const HEAD: usize = 1 << 16;
        const PAGES: &[&[u8]] = &[
            b"<html",
            b"<!doctype",
            b"<?xml",
            b"<table",
            b"<meta",
            b"<head",
            b"<body",
            b"<!--",
            b"<div",
            b"<style",
            b"<script",
            b"<center",
            b"<form",
            b"<title",
            b"<workbook",
        ];
        const PICTURES: &[&[u8]] = &[b"\xFF\xD8\xFF", b"\x89PNG", b"GIF8", b"BM"];
        let mut start = bytes.get(..512).unwrap_or(bytes).to_ascii_lowercase();
        // Of two bytes a letter, every other is 0.
        start.retain(|byte| *byte != 0);
        const MARKS: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
        let text = MARKS.iter().find_map(|mark| start.strip_prefix(*mark)).unwrap_or(&start).trim_ascii_start();
        if text.starts_with(b"%pdf") {
            Some(FileKind::Pdf)
        } else if text.starts_with(b"{\\rtf") {
            Some(FileKind::OldWord)
        } else if text.starts_with(b"mime-version:")
            || text.starts_with(b"from:") && text.windows(13).any(|window| window == b"mime-version:")
        {
            Some(FileKind::WebArchive)
        } else if PAGES.iter().any(|head| text.starts_with(head)) {
            Some(FileKind::WebPage)
        } else if PICTURES.iter().any(|head| bytes.starts_with(head)) {
            Some(FileKind::Picture)
        } else {
            // What holds a zero byte is no text.
            let head = bytes.get(..HEAD).unwrap_or(bytes);
            let has = |tag: &[u8]| head.windows(tag.len()).any(|window| window.eq_ignore_ascii_case(tag));
            let is_text = !head.contains(&0);
            (is_text && [&b"<table"[..], b"<tr", b"<html"].iter().any(|tag| has(tag))).then_some(FileKind::WebPage)
        }
    }

    /// What it is and what to do, in Chinese and in English.
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            FileKind::WebPage => (
                "是没有表格的网页或XML文件，只是后缀为.xls；请用表格软件打开后另存为.xlsx",
                "is a web page or an XML file without a table; open it in a spreadsheet program and save it as .xlsx",
            ),
            FileKind::WebArchive => (
                "是网页存档（.mht）；请用表格软件打开后另存为.xlsx",
                "is a web page kept in one file (.mht); open it in a spreadsheet program and save it as .xlsx",
            ),
            FileKind::Word => (
                "是没有表格的Word文件；请把表格填入.xlsx工作簿后再传",
                "is a Word file without a table; fill the form into a workbook (.xlsx)",
            ),
            FileKind::OldWord => (
                "是旧版Word文件（.doc、.rtf）；请另存为.docx，或把表格复制到.xlsx工作簿后再传",
                "is an old Word file (.doc, .rtf); save it as .docx, or copy its table into a workbook (.xlsx)",
            ),
            FileKind::OpenDocument => (
                "是没有内容的OpenDocument表格（.ods）；请填写后再传",
                "is an OpenDocument spreadsheet (.ods) that holds nothing; fill it in",
            ),
            FileKind::Pdf => {
                ("是PDF文件；请上传原来的.xlsx工作簿", "is a PDF; send the workbook (.xlsx) that it was made of")
            }
            FileKind::Picture => {
                ("是图片；请上传原来的.xlsx工作簿", "is a picture; send the workbook (.xlsx) that it shows")
            }
        }
    }
}

/// Why a file cannot be read, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkbookError {
    /// It is no .xlsx at all.
    NotAWorkbook,
    /// It is a file of another kind.
    OtherKind(FileKind),
    /// An .xls of before 1997.
    OldFormat,
    /// A binary .xlsb.
    BinaryFormat,
    /// It asks for a password.
    PasswordProtected,
    /// It is damaged; with what was found.
    Damaged(String),
    /// It is larger than what is read; with which limit that is.
    TooLarge(String),
}

impl WorkbookError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            WorkbookError::NotAWorkbook | WorkbookError::OtherKind(_) => "not_a_workbook",
            WorkbookError::OldFormat => "old_workbook_format",
            WorkbookError::BinaryFormat => "binary_workbook_format",
            WorkbookError::PasswordProtected => "password_protected",
            WorkbookError::Damaged(_) => "damaged_file",
            WorkbookError::TooLarge(_) => "file_too_large",
        }
    }

    /// What is wrong and what to do, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            WorkbookError::NotAWorkbook => "不是.xlsx工作簿；请用表格软件另存为.xlsx".to_owned(),
            WorkbookError::OtherKind(kind) => kind.text().0.to_owned(),
            WorkbookError::OldFormat => "是1997年以前的.xls工作簿；请另存为.xlsx后再试".to_owned(),
            WorkbookError::BinaryFormat => "是.xlsb二进制工作簿；请另存为.xlsx后再试".to_owned(),
            WorkbookError::PasswordProtected => {
                "工作簿有打开密码，或其结构受保护；请去掉密码、取消“保护工作簿”后再试".to_owned()
            }
            WorkbookError::Damaged(what) => format!("文件已损坏：{what}；请用表格软件打开并重新保存"),
            WorkbookError::TooLarge(limit) => format!("文件过大：{limit}；请拆分后再试"),
        }
    }
}

/// In English.
impl fmt::Display for WorkbookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkbookError::NotAWorkbook => f.write_str("is no .xlsx workbook; save it as .xlsx"),
            WorkbookError::OtherKind(kind) => f.write_str(kind.text().1),
            WorkbookError::OldFormat => f.write_str("is a workbook (.xls) of before 1997; save it as .xlsx"),
            WorkbookError::BinaryFormat => f.write_str("is a binary workbook (.xlsb); save it as .xlsx"),
            WorkbookError::PasswordProtected => {
                f.write_str("is protected by a password, or its structure is; remove the password and the protection")
            }
            WorkbookError::Damaged(what) => {
                write!(f, "is damaged: {what}; open it in a spreadsheet program and save it again")
            }
            WorkbookError::TooLarge(limit) => write!(f, "is too large: {limit}; split it"),
        }
    }
}

impl std::error::Error for WorkbookError {}
