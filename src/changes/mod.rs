//! Changes (变更): what happened to every resource of a division, in one dense sequence that a reader follows.
//!
//! The feed is written by the transactions that make the changes (`db::journal`); here it is named and read. A caller
//! sees the sequence of its division with the events of its subtree; below the division its numbers are sealed.

pub mod actions;
pub mod handlers;
pub mod model;
pub mod positions;
pub mod reading;
pub mod resource;
pub mod resources;
pub mod sealed;
mod state;
pub mod store;
pub mod work;
