//! Imports: uploads that are checked row by row, committed as a whole, and undone.

mod annotated;
mod attacks;
pub mod files;
mod forms;
mod goal_forms;
mod killed;
mod kinds_of_forms;
mod tables;
mod templates;
mod way;

use crate::support::Case;

pub fn all() -> Vec<Case> {
    [
        way::all(),
        tables::all(),
        forms::all(),
        goal_forms::all(),
        templates::all(),
        attacks::all(),
        annotated::all(),
        killed::all(),
        kinds_of_forms::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
