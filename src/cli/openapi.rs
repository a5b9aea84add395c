//! `jixiao openapi`: prints the document that the service serves.

use std::error::Error;

use clap::{Args, ValueEnum};

use crate::openapi::version_3_0;

/// Print the OpenAPI document
#[derive(Debug, Args)]
pub struct Openapi {
    /// The version of OpenAPI
    #[arg(long, value_enum, default_value = "3.1")]
    version: Version,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Version {
    #[value(name = "3.1")]
    V31,
    #[value(name = "3.0")]
    V30,
}

/// Prints it.
pub fn run(command: &Openapi) -> Result<(), Box<dyn Error>> {
    match command.version {
        Version::V31 => println!("{:#}", crate::app::document()),
        Version::V30 => println!("{:#}", version_3_0::document(crate::app::document())),
    }
    Ok(())
}
