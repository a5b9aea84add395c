//! The service itself: whether it is alive and ready, its limits and its document.

pub mod handlers;
mod log;
mod metrics;

pub use handlers::{Document, MetricsReaders};
pub use log::{LogWriter, finish_log, log_lines_dropped};
pub use metrics::Metrics;
