//! Reports (绩效自评报告): the statutory report of an assessment, as a function of its data.
//!
//! What a report says is decided once (`outline.rs`, `tables.rs`, `cover.rs`) and gives a document (`document.rs`); how it looks in
//! a format is the business of that format's writer.

pub mod actions;
mod archive;
mod charts;
mod cover;
pub mod facts;
pub mod form;
pub mod handlers;
pub mod model;
pub mod outline;
mod roll_up;
mod tables;
mod turns;
mod words;
mod workbook;

// What a report looks like in a format is the business of that format's writer, in a crate of its own.
pub use jixiao_reports::{Unwritten, document, docx, markdown, page, pdf};
pub use turns::PdfTurns;
