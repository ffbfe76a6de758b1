//! The command line: everything that the window does, without a window.
//!
//! Works with no display and no graphics device. Results go to files, numbers asked for as JSON to
//! standard output, progress and errors to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage.

mod args;
mod bench;
mod bench_scene;
mod city;
mod commands;
mod flight;
mod generate;
mod info;
mod package;
mod progress;
mod simplify;
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
            eprintln!("splatwright: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    match cli.command {
        None => crate::window::run(cli.files, cli.software),
        Some(Command::Generate(args)) => generate::run(&args),
        Some(Command::Render(args)) => commands::render(&args),
        Some(Command::Turntable(args)) => commands::turntable(&args),
        Some(Command::Sheet(args)) => commands::sheet(&args),
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Convert(args)) => commands::convert(&args),
        Some(Command::Simplify(args)) => simplify::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Flight(args)) => flight::run(&args),
        Some(Command::BenchScene(args)) => bench_scene::run(&args),
        Some(Command::Package { action }) => package::run(&action),
    }
}

/// What happened and why, without the causes that a message already quotes.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let cause = anyhow::anyhow!("disk full");
        let error = cause.context("not written (disk full)").context("no head");
        assert_eq!(one_line(&error), "no head: not written (disk full)", "once");
    }
}
