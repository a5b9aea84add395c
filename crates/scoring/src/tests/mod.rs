//! Tests of the core.

mod band_cases;
mod build;
mod cases;
mod deadlines;
mod derivations;
mod known_facts;
pub(crate) mod laws;
mod printing;
mod profiles;
mod published_tables;
mod sample;
mod texts;
mod totals;
mod units;
mod vectors;
mod written_texts;

pub(crate) use build::{assessment, decimal, number, profile, row_of, spent};
pub(crate) use published_tables::{chizhou, huanggang, linxiang, shidian, tianchang};
pub(crate) use sample::sample;
