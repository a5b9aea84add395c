//! Organizations (单位): one tree of divisions, departments and units; a caller sees its own subtree.
//!
//! A root has the code of the token that made it, and names a division of the installation. The
//! code never changes, because tokens carry it.

pub mod actions;
pub mod codes;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod reach;
pub mod row_counts;
pub mod slice;
pub mod store;
pub mod tree;

pub use model::{Organization, OrganizationId, OrganizationKind};
