//! `jixiao restore`: a copy takes the place of the database.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use crate::config::DatabaseSettings;
use crate::db::backup::restore;

/// Put a copy made by `jixiao backup` in the place of the database, while the service is stopped
#[derive(Debug, Args)]
pub struct Restore {
    /// The copy, which stays as it is
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Restores it and says where the former database is.
pub fn run(command: &Restore) -> Result<(), Box<dyn Error>> {
    let address = command.database.address()?;
    let restored = restore(&address, &command.file)?;
    say!("{address} is that of {}", command.file.display());
    if let Some(former) = restored.former {
        say!("the former database is {}", former.display());
    }
    say!("the feeds count from {}; who follows them is told to take a new snapshot", restored.base);
    Ok(())
}
