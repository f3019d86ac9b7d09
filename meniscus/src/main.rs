//! Meniscus: the laboratory information system in one binary.
//!
//! What must stay true: exit status is 0 done, 1 a finding or a refusal, 2 wrong usage, 3 a
//! fault; answers go to standard output, logs to standard error; no patient data in logs.

mod bench;
mod command;
mod config;
mod demo;
mod intake;
mod port;
mod progress;
mod serve;
mod setup;
mod wires;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How a command ends when it does not end well.
#[derive(Debug)]
pub enum Ended {
    /// The answer is no, or something was found: exit status 1.
    Found,
    /// The command cannot be run as asked, and what to do: exit status 2.
    Usage(String),
    /// The world failed: exit status 3.
    Fault(String),
}

impl From<store::fault::Fault> for Ended {
    fn from(fault: store::fault::Fault) -> Ended {
        Ended::Fault(fault.to_string())
    }
}

impl From<std::io::Error> for Ended {
    fn from(error: std::io::Error) -> Ended {
        Ended::Fault(error.to_string())
    }
}

/// A laboratory information system: from the order to the report.
#[derive(Parser)]
#[command(name = "meniscus", version, about)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The teaching laboratory: simulated patients and instruments over real connections.
    Demo(demo::Demo),
    /// Make an empty laboratory with its first administrator and the starter catalog.
    Init(command::init::Init),
    /// Run a laboratory.
    Serve(serve::Serve),
    /// Check the seals, the fold of the journal against the tables, and every law.
    Check {
        #[command(flatten)]
        at: config::At,
        /// Findings as JSON lines.
        #[arg(long)]
        json: bool,
    },
    /// Copy the whole record into a new file while the laboratory works.
    Backup {
        #[command(flatten)]
        at: config::At,
        /// The new file.
        file: PathBuf,
    },
    /// Put a copy in the place of the record, after it was proven; also while the laboratory works.
    Restore {
        #[command(flatten)]
        at: config::At,
        /// The copy.
        file: PathBuf,
    },
    /// Release the laboratory's files as the next numbered catalog, or lay them down as a draft.
    Apply(command::apply::Apply),
    /// Write the catalog in force, or an earlier release, as files.
    Export(command::apply::Export),
    /// People: add one, or set a password.
    User(command::user::User),
    /// What a raw captured message says, as JSON lines.
    Parse {
        /// The driver to read it with; by default each message chooses its own.
        #[arg(long)]
        driver: Option<String>,
        /// The file with the message, or - for standard input.
        file: PathBuf,
    },
    /// One calculated test: `meniscus calculate C_AGAP SOD=140 CL=104 CO2=24`.
    Calculate {
        /// The calculation's name in the catalog.
        id: String,
        /// Its inputs, as NAME=VALUE.
        inputs: Vec<String>,
    },
    /// Benchmarks; each figure with its floor and ratio.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_max_level(tracing::Level::WARN)
        .init();
    match run(Line::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Ended::Found) => ExitCode::from(1),
        Err(Ended::Usage(what)) => {
            eprintln!("meniscus: {what}");
            ExitCode::from(2)
        }
        Err(Ended::Fault(what)) => {
            eprintln!("meniscus: {what}");
            ExitCode::from(3)
        }
    }
}

fn run(command: Command) -> Result<(), Ended> {
    match command {
        Command::Demo(demo) => demo.run(),
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(),
        Command::Check { at, json } => command::check::run(&at, json),
        Command::Backup { at, file } => command::backup::run(&at, &file),
        Command::Restore { at, file } => command::restore::run(&at, &file),
        Command::Apply(apply) => apply.run(),
        Command::Export(export) => export.run(),
        Command::User(user) => user.run(),
        Command::Parse { driver, file } => command::parse::run(driver.as_deref(), &file),
        Command::Calculate { id, inputs } => command::calculate::run(&id, &inputs),
        Command::Bench(bench) => bench.run(),
    }
}
