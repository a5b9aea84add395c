//! Rule profiles (评分规则): named, versioned sets of scoring settings, each with its source.
//!
//! They are data of the program, immutable once released; a change is a new version.

pub mod handlers;
pub mod model;
