//! Reports (绩效自评报告): the statutory report of an assessment, as a function of its data.
//!
//! What a report says is decided once (`outline.rs`, `tables.rs`, `cover.rs`) and gives a document (`document.rs`); how it looks in
//! a format is the business of that format's writer.

pub mod actions;
mod archive;
mod charts;
mod cover;
pub mod document;
pub mod docx;
pub mod facts;
pub mod form;
pub mod handlers;
pub mod markdown;
pub mod model;
pub mod outline;
pub mod page;
#[cfg(feature = "pdf")]
pub mod pdf;
#[cfg(not(feature = "pdf"))]
#[path = "without_pdf.rs"]
pub mod pdf;
mod roll_up;
mod tables;
mod turns;
mod words;
mod workbook;

pub use turns::PdfTurns;
