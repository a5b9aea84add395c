//! Tests of findings.

mod amounts;
mod build;
mod catalogue;
mod declarations;
mod figures;
mod published_tables;
mod rows;
mod setup;

pub(crate) use build::{codes, earns, find, on};
