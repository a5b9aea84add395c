//! Why a report cannot be written.

use std::fmt;

/// Why a report cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwritten {
    /// It is too long for the format.
    TooLong {
        /// Its bytes.
        bytes: usize,
        /// Bytes at most.
        most: usize,
    },
    /// The program was built without the format.
    NotBuilt,
    /// The writer failed, which no text can bring about.
    Failed(String),
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritten::TooLong { bytes, most } => write!(f, "the report has {bytes} bytes, the format takes {most}"),
            Unwritten::NotBuilt => f.write_str("the program was built without this format"),
            Unwritten::Failed(cause) => write!(f, "the report cannot be written: {cause}"),
        }
    }
}

impl std::error::Error for Unwritten {}

/// What a writer gives.
pub type Result<T> = std::result::Result<T, Unwritten>;
