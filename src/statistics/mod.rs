//! Statistics (统计): published scores and budget execution of the caller's subtree, counted and summed in SQL.
//!
//! A rate is the quotient of summed amounts, never the mean of rates.

pub mod handlers;
pub mod kept;
pub mod model;
pub mod store;
