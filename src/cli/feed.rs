//! `jixiao feed renew`: for a database that was restored in another way than by `jixiao restore`.

use std::error::Error;

use clap::{Args, Subcommand};

use crate::config::DatabaseSettings;
use crate::db::{Address, Connection, State, migration_state};

/// Work on the change feeds
#[derive(Debug, Args)]
pub struct Feed {
    #[command(subcommand)]
    command: Renew,
}

#[derive(Debug, Subcommand)]
enum Renew {
    /// Tell all who follow the feeds to take a new snapshot, because the database was restored from a copy
    Renew {
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

/// Renews the feeds and says from where they count.
pub fn run(command: &Feed) -> Result<(), Box<dyn Error>> {
    let Renew::Renew { database } = &command.command;
    let address = database.address()?;
    let mut connection = existing(&address)?;
    let base = connection.renew_feeds()?;
    say!("{address}: the feeds count from {base}; who follows them is told to take a new snapshot");
    Ok(())
}

/// A connection to a database that is there, with the schema of this program.
pub fn existing(address: &Address) -> Result<Connection, Box<dyn Error>> {
    if address.file().is_some_and(|file| !file.exists()) {
        return Err(format!("there is no database {address}").into());
    }
    let mut connection = Connection::open(address)?;
    if migration_state(&mut connection)? != State::Current {
        return Err(format!("the schema of {address} is not that of this program; run `jixiao migrate`").into());
    }
    Ok(connection)
}
