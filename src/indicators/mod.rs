//! Indicators (绩效指标): what a project is to reach, each with a weight and a target.
//!
//! A target is taken as people write it (`≥266米`, `2023年12月`) and kept beside what was understood.

pub mod actions;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod request;
pub mod store;
pub mod target;

pub use model::{Indicator, IndicatorId};
