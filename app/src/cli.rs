//! The command line: everything that the window does, without a window.
//!
//! Works with no display and no graphics device. Results go to files, numbers asked for as JSON to
//! standard output, progress and errors to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage.

mod args;
mod bench;
mod bench_scene;
mod commands;
mod generate;
mod info;
mod package;
mod progress;
mod stage;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser as _;

use args::{Cli, Command};

/// Runs what the arguments of the process ask for; without a command, the window.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // The libraries below us talk a lot; only someone who asks wants to hear them.
    let level = if cli.command.is_some() {
        "off"
    } else {
        "error"
    };
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(level)).init();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("splatwright: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    match cli.command {
        None => crate::window::run(cli.files),
        Some(Command::Generate(args)) => generate::run(&args),
        Some(Command::Render(args)) => commands::render(&args),
        Some(Command::Turntable(args)) => commands::turntable(&args),
        Some(Command::Sheet(args)) => commands::sheet(&args),
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Convert(args)) => commands::convert(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::BenchScene(args)) => bench_scene::run(&args),
        Some(Command::Package { action }) => package::run(&action),
    }
}
