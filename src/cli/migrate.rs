//! `jixiao migrate`: brings the database's schema up to date.

use std::error::Error;

use clap::Args;

use crate::assessments::frozen::packing;
use crate::config::DatabaseSettings;
use crate::db::{Address, Connection, Database};

/// After so many contents the progress is told.
const TOLD_EACH: u64 = 1000;

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
    pack(&address)
}

/// Packs what was frozen by versions that did not, and gives the space back.
fn pack(address: &Address) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(address)?;
    let (mut last, mut packed, mut damaged) = (None, 0, 0);
    loop {
        let piece = connection.transaction(|c| packing::pack_next(c, last.as_ref()))?;
        packed += piece.packed;
        damaged += piece.damaged.len();
        piece.damaged.iter().for_each(|place| eprintln!("{}", packing::damage(place)));
        if piece.last.is_none() {
            break;
        }
        last = piece.last;
        if packed % TOLD_EACH < piece.packed {
            println!("{address}: packed {packed} frozen contents");
        }
    }
    if packed > 0 {
        println!("{address}: packed {packed} frozen contents, each with its hash");
        connection.give_space_back()?;
    }
    match damaged {
        0 => Ok(()),
        _ => Err(format!("{damaged} frozen contents are damaged, and were left as they are").into()),
    }
}
