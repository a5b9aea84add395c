//! The program `jixiao`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match jixiao::cli::run(jixiao::cli::Program::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            // One clear line: what failed, and what to do about it.
            eprintln!("jixiao: {cause}");
            ExitCode::FAILURE
        }
    }
}
