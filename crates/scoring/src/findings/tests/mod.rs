//! Tests of findings.

mod amounts;
mod build;
mod catalogue;
mod declarations;
mod figures;
mod published_tables;
mod rows;
mod setup;
mod statuses;

pub(crate) use build::{codes, earns, find, on};
