//! The self-assessment form (绩效自评表) as units fill it in: recognised by its labels, wherever they stand.
//!
//! A form is read as it is. What it declares is kept as declared, contradictions included; only what cannot be
//! understood at all is a problem, with its cell, what stands there and what would be right.
//!
#![doc = include_str!("../README.md")]

mod amounts;
mod assess;
mod columns;
#[cfg(test)]
mod figure_tests;
mod fills;
#[cfg(test)]
mod fund_tests;
mod funds;
#[cfg(test)]
mod goal_form_tests;
mod goal_forms;
mod goal_funds;
mod goals;
mod grade;
mod heading;
#[cfg(test)]
mod heading_tests;
#[cfg(test)]
mod indicator_tests;
mod indicators;
mod kind;
#[cfg(test)]
mod kind_tests;
mod label;
#[cfg(test)]
mod layout_tests;
pub mod ledger;
mod model;
#[cfg(test)]
mod note_tests;
mod page;
mod parts;
mod problem;
#[cfg(test)]
mod province_tests;
mod read;
mod target;
#[cfg(test)]
mod tests;
mod unit;
#[cfg(test)]
mod variant_tests;
mod wordings;
pub mod workbooks;
mod year;

pub use amounts::yuan_of;
pub use assess::{EXECUTION_LEVEL, EXECUTION_NAME, is_execution, suited};
pub use model::{Cited, Form, FormIndicator, FormKind, FundRow, Organization, Purpose};
pub use problem::{FormProblem, ProblemKind};
pub use read::{of_sheets, read};
