//! Exports (数据导出): all rows of a kind as one file, taken in one snapshot that states its position in the change feed.
//!
//! The file is written by a thread of its own, in pieces, so that memory does not grow with it. Its manifest says how
//! many rows and bytes it has, their SHA-256, the position and the filters, and is signed: who has the file and the
//! manifest can check both without the service.

pub mod actions;
mod columns;
mod documents;
pub mod feed;
mod file;
mod files;
mod follow;
pub mod handlers;
pub mod manifest;
pub mod model;
mod record;
mod rows;
mod sink;
pub mod store;
pub mod work;

pub use file::rows_of;
pub use files::ExportFiles;
pub use manifest::Signer;
pub use sink::digest;
