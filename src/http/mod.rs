//! What every request and every answer share: bodies, errors, tags, lists, retries, the reader's language.

pub mod api;
pub mod body;
mod codes;
pub mod downloads;
pub mod error;
pub mod etag;
pub mod fairness;
pub mod filter;
pub mod idempotency;
pub mod json;
pub mod language;
pub mod pace;
pub mod page;
pub mod problems;
pub mod proxy;
pub mod representations;
pub mod retry_after;
pub mod sort;
pub mod unpack;

pub use codes::Code;
