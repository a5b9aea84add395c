//! Webhooks: events are posted to subscribers, signed (Standard Webhooks), at least once.
//!
//! A message is a hint to read the feed: it names an event and carries no state of a resource. Messages
//! are made from the feed, so none is missed, whichever server made the change. Each waits in the database until the
//! receiver accepts it, is retried with a growing back-off, and is a dead letter after the last attempt.

pub mod actions;
pub mod delivery;
pub mod document;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod queue;
pub mod replay;
pub mod sender;
pub mod signature;
pub mod store;
pub mod target;
pub mod work;

pub use target::Targets;
