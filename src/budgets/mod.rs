//! Budgets (项目资金): the funding lines of a project, and their sum.

pub mod actions;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod store;

pub use model::BudgetLine;
