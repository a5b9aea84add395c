//! Why a file is no workbook that can be read.

use std::fmt;

/// Why a file cannot be read, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkbookError {
    /// It is no .xlsx at all.
    NotAWorkbook,
    /// An old .xls.
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
            WorkbookError::NotAWorkbook => "not_a_workbook",
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
            WorkbookError::OldFormat => "是旧版.xls工作簿；请另存为.xlsx后再试".to_owned(),
            WorkbookError::BinaryFormat => "是.xlsb二进制工作簿；请另存为.xlsx后再试".to_owned(),
            WorkbookError::PasswordProtected => "工作簿有打开密码；请去掉密码后再试".to_owned(),
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
            WorkbookError::OldFormat => f.write_str("is a workbook of the old format .xls; save it as .xlsx"),
            WorkbookError::BinaryFormat => f.write_str("is a binary workbook (.xlsb); save it as .xlsx"),
            WorkbookError::PasswordProtected => f.write_str("is protected by a password; remove the password"),
            WorkbookError::Damaged(what) => {
                write!(f, "is damaged: {what}; open it in a spreadsheet program and save it again")
            }
            WorkbookError::TooLarge(limit) => write!(f, "is too large: {limit}; split it"),
        }
    }
}

impl std::error::Error for WorkbookError {}
