//! Scores (评价得分): what was published, immutable, each with the hash of what it was made of.
//!
//! A revision is a new score that names the one it supersedes; the old one stays readable.

pub mod actions;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod store;
