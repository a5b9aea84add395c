//! Imports (批量导入): forms and tables of many units, checked row by row, committed as a whole, and undone.
//!
//! An upload lies in files of its own until it is committed: its content, a report with a line for each row, and a
//! plan with a line for each change. Checking only reads; committing makes the changes of the plan in one
//! transaction, if what they rest on is still as it was; reverting undoes them, if nothing later touched them.

pub mod actions;
mod annotated;
mod apply;
mod change;
mod columns;
mod downloads;
pub mod feed;
pub mod files;
mod form_files;
mod form_template;
mod goal_template;
pub mod handlers;
mod kinds;
pub mod model;
mod near;
mod plan;
mod process;
mod receive;
mod record;
mod report;
pub mod request;
mod revert;
mod source;
pub mod store;
mod templates;
mod validation;
pub mod work;

pub use files::ImportFiles;
pub use source::MOST_ROWS;
