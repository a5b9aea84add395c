//! Work that goes on beside the requests (the check of an import, the file of an export), and which server does it. A
//! server renews the lease of its work; where it no longer does, it is gone, and another server begins a new run.

mod keep;
mod model;
pub mod store;
mod take_over;

pub use keep::{Done, keep};
pub use model::{Lease, LeaseSettings, RunId, WorkKind, shown};
pub use take_over::{look_regularly, take_over};
