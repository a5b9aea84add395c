//! The commands of the program, one file each.

/// Prints a line; whoever reads it may have read enough, as `head` has.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($text)*);
    }};
}

mod backup;
mod check;
mod checked;
mod checked_goals;
mod demo;
mod feed;
mod log_lines;
mod migrate;
mod openapi;
mod report;
mod restore;
mod serve;
mod summary;
mod tls;
mod token;
mod upload;
mod uploaded;
mod verify;

use std::error::Error;

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::LogFormat;
use crate::findings::Language;
use crate::service::finish_log;

/// Budget performance management (预算绩效管理) as a REST/JSON service.
#[derive(Debug, Parser)]
#[command(version, about, long_about = None)]
pub struct Program {
    /// How the log is written; RUST_LOG says how much (default info)
    #[arg(long, env = "JIXIAO_LOG_FORMAT", value_enum, default_value = "text", global = true)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

/// The language of what a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    #[value(name = "zh-CN")]
    Chinese,
    #[value(name = "en")]
    English,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Language {
        match tongue {
            Tongue::Chinese => Language::Zh,
            Tongue::English => Language::En,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the service
    Serve(serve::Serve),
    /// Start the service with the sample project, and show what it says of it
    Demo(demo::Demo),
    /// Score forms (.xlsx) with no server and no database: points, findings, what cannot be understood
    Check(check::Check),
    /// Send forms and tables to a server: each file is checked, reported and, when it is sound, committed
    Upload(upload::Upload),
    /// Write the report of an assessment into a file, straight from a database
    Report(report::Report),
    /// Check the file of an export against its signed manifest, offline
    Verify(verify::Verify),
    /// Print a token for scripts and first steps, signed with the installation's secret
    Token(token::Token),
    /// Copy the database to a file, whole and checked, while the service runs
    Backup(backup::Backup),
    /// Put a copy made by `jixiao backup` in the place of the database, while the service is stopped
    Restore(restore::Restore),
    /// Work on the change feeds
    Feed(feed::Feed),
    /// Bring the database's schema up to date
    Migrate(migrate::Migrate),
    /// Print the OpenAPI document
    Openapi(openapi::Openapi),
}

/// Runs a command.
///
/// # Errors
/// One line for the operator.
pub fn run(program: Program) -> Result<(), Box<dyn Error>> {
    let done = run_command(program);
    finish_log();
    done
}

fn run_command(program: Program) -> Result<(), Box<dyn Error>> {
    match program.command {
        Command::Serve(command) => {
            log_lines::start_beside(program.log_format, "info");
            serve::run(&command)
        }
        Command::Demo(command) => {
            log_lines::start_beside(program.log_format, "warn");
            demo::run(&command)
        }
        Command::Token(command) => {
            log_lines::start(program.log_format, "warn");
            token::run(&command)
        }
        Command::Report(command) => {
            log_lines::start(program.log_format, "warn");
            report::run(&command)
        }
        Command::Migrate(command) => {
            log_lines::start(program.log_format, "info");
            migrate::run(&command)
        }
        Command::Backup(command) => backup::run(&command),
        Command::Restore(command) => restore::run(&command),
        Command::Feed(command) => feed::run(&command),
        Command::Check(command) => check::run(&command),
        Command::Upload(command) => upload::run(&command),
        Command::Verify(command) => verify::run(&command),
        Command::Openapi(command) => openapi::run(&command),
    }
}
