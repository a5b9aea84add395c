//! Who calls: a bearer token is verified against the installation's keys and becomes a [`Caller`].
//!
//! The service is a resource server and keeps no sessions. The algorithm follows from the key, never
//! from the token; `exp`, `iss` and `aud` are required.

mod caller;
pub mod handlers;
mod keys;
mod scope;
mod token;
mod verified;
pub mod work;

pub use caller::{Caller, Credentials, Permit};
pub use keys::{KeyError, Keys, create_secret, read_secret};
pub use scope::*;
pub use token::{Claims, mint};
