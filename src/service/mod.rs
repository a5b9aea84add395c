//! The service itself: whether it is alive and ready, its limits and its document.

pub mod handlers;

pub use handlers::Document;
