//! What the cases are made with: a service over a fresh database, clients by role, builders, answers.

mod app;
pub mod build;
pub mod client;
pub mod cluster;
pub mod document;
mod ground;
mod place;
pub mod postgres;
pub mod program;
pub mod receiver;
pub mod reply;
mod sample;

use std::future::Future;
use std::pin::Pin;

pub use app::{App, BODY_LIMIT, SECRET};
pub use build::{Sound, With};
pub use place::{Kind, Place, Setting};
pub use program::Program;
pub use reply::Reply;
pub use sample::Sample;

/// The body of a case that has a service.
pub type Test = fn(App) -> Pin<Box<dyn Future<Output = ()>>>;

/// The body of a case that starts its database servers itself.
pub type ServerTest = fn() -> Pin<Box<dyn Future<Output = ()>>>;

/// How a case is run.
#[derive(Clone, Copy)]
pub enum Run {
    /// Once on each database.
    On(Test),
    /// Once: it is about the program, not about a database.
    Alone(fn()),
    /// Once, with Postgres servers of its own.
    Servers(ServerTest),
}

/// One test.
pub struct Case {
    pub name: &'static str,
    pub run: Run,
}

/// Lists the cases of a file: those with a service first, then those about the program alone.
macro_rules! cases {
    ($($name:ident),* $(,)? $(; $($alone:ident),+ $(,)?)?) => {
        pub fn all() -> Vec<$crate::support::Case> {
            vec![
                $($crate::support::Case {
                    name: stringify!($name),
                    run: $crate::support::Run::On(|app| Box::pin($name(app))),
                },)*
                $($($crate::support::Case {
                    name: stringify!($alone),
                    run: $crate::support::Run::Alone($alone),
                },)+)?
            ]
        }
    };
}
pub(crate) use cases;

/// Lists the cases of a file that start Postgres servers of their own.
macro_rules! server_cases {
    ($($name:ident),* $(,)?) => {
        pub fn all() -> Vec<$crate::support::Case> {
            vec![$($crate::support::Case {
                name: stringify!($name),
                run: $crate::support::Run::Servers(|| Box::pin($name())),
            },)*]
        }
    };
}
pub(crate) use server_cases;

/// The SHA-256 of some bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An inline snapshot of a body, the same on both databases.
macro_rules! snapshot {
    ($value:expr, $redactions:tt, @$expected:literal) => {
        insta::allow_duplicates! { insta::assert_json_snapshot!($value, $redactions, @$expected) }
    };
}
pub(crate) use snapshot;
