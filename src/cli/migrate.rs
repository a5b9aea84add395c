//! `jixiao migrate`: brings the database's schema up to date.

use std::error::Error;

use clap::Args;

use crate::config::DatabaseSettings;
use crate::db::Database;

/// Bring the database's schema up to date
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Applies what is missing.
pub fn run(command: &Migrate) -> Result<(), Box<dyn Error>> {
    let address = command.database.address()?;
    let db = Database::open(&address, &command.database.limits())?;
    let applied = db.migrate()?;
    println!("{address}: applied {applied} migrations");
    Ok(())
}
