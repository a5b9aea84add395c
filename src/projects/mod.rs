//! Projects (项目): one project in one fiscal year, with its goals, its plan and its basis documents.
//!
//! A project is the aggregate that its budget lines and indicators belong to: a change of theirs
//! counts as a change of the project, and none is taken while an assessment of it is submitted or published.

pub mod actions;
pub mod feed;
pub mod handlers;
pub mod model;
pub mod places;
pub mod project;
pub mod store;

pub use model::ProjectId;
pub use project::Project;
