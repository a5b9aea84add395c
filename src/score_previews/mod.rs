//! Score previews (试算): the engine on a posted assessment; nothing of it is stored.

pub mod handlers;
pub mod model;
