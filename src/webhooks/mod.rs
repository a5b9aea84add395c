//! Webhooks: what happens is posted to those who asked for it, signed (Standard Webhooks), at least once.
//!
//! A message is a hint to read the feed: it names an event with its number and carries no state of a resource. Messages
//! are made from the feed, so none is missed, whichever server made the change; each waits in the database until it
//! was taken, with longer and longer pauses, and is a dead letter after the last.

pub mod actions;
pub mod delivery;
pub mod document;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod queue;
pub mod sender;
pub mod signature;
pub mod store;
pub mod target;
pub mod work;

pub use target::Targets;
