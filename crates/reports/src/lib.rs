//! Reports as documents, and their writers: what a report says is a [`document::Document`], each format a writer of it.
//!
#![doc = include_str!("../README.md")]

pub mod document;
pub mod docx;
mod error;
pub mod markdown;
pub mod page;
#[cfg(feature = "pdf")]
pub mod pdf;
#[cfg(not(feature = "pdf"))]
#[path = "without_pdf.rs"]
pub mod pdf;

pub use error::Unwritten;

/// Chooses between the two languages of a report.
macro_rules! say {
    ($language:expr, $zh:expr, $en:expr) => {
        match $language {
            jixiao_scoring::findings::Language::Zh => $zh,
            jixiao_scoring::findings::Language::En => $en,
        }
    };
}
pub(crate) use say;
