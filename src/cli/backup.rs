//! `jixiao backup`: a copy of the database while the service runs.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use crate::config::DatabaseSettings;
use crate::db::backup::backup;

/// Copy the database to a file, whole and checked, while the service runs
#[derive(Debug, Args)]
pub struct Backup {
    /// The file, which must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Copies it and says how large the copy is.
pub fn run(command: &Backup) -> Result<(), Box<dyn Error>> {
    let bytes = backup(&command.database.address()?, &command.file)?;
    say!("{}: {bytes} bytes, checked", command.file.display());
    Ok(())
}
