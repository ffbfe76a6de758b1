//! Every set-up step in one place: `cargo xtask run | test | shots | bench | train | package`.
//!
//! Quick to compile on purpose: it is the first thing that a newcomer waits for.

mod bench;
mod onnx_runtime;
mod package;
mod run;
mod shell;
mod shots;
mod system;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
Splatwright: every set-up step in one place

Usage: cargo xtask <COMMAND> [ARGUMENTS]

Commands:
  run [FILE]            Install what is missing, build in release, and open the window with FILE
                        (a picture or a splat file; without one, a bundled portrait) already on its
                        way to 3D. Where there is no display, the same job runs headless and leaves
                        the splats, a screenshot and a turntable in out/.
      --headless        Do not open a window even where there is a display
  setup                 Only install and fetch what is missing
  test                  Set up, then: rustfmt, clippy, docs, all tests, a minute of fuzzing, and the
                        real window driven under a virtual display. What CI runs.
      --fast            Leave out fuzzing and the window
  test ARGUMENTS…       Set up, then `cargo test ARGUMENTS…`
                        (for example: cargo xtask test -p scene history)
  shots                 Drive the real window through its main states and write docs/shots/*.png
  bench [FILE]          Time the renderer and the whole portrait job in release; one JSON line each
  bench --gpu [N,… WxH,…]  Time every pass on the graphics card: 1, 6 and 20 million splats, 1080p and 4K
  bench --edits [N…]    Time selections, deletions, moves and grades of 1 and 5 million splats
  train city [SAMPLES] [STEPS] [FOLDER]
                        Train the network of the city package from nothing (minutes on two cores)
  package list|verify|seal [DIR]
                        Look at, check, or write the checksums of a model package
                        (default: every package in assets/models)
  help                  This text

Where things go:
  target/                                            what cargo builds
  out/                                               results of a headless run
  <user cache>/splatwright/onnxruntime/<version>/    the fetched ONNX Runtime (set ORT_DYLIB_PATH
                                                     to use another one)

On Debian and Ubuntu missing packages are installed with apt-get (through sudo when not root).
Elsewhere you are told what to install, and the command goes on with what is there.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    if rest.iter().any(|a| a == "--help" || a == "-h") && command != "test" {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }

    let outcome = match command {
        "run" => run::run(rest),
        "setup" => run::setup(),
        "test" => test::test(rest),
        "shots" => shots::shots(),
        "bench" => bench::bench(rest),
        "train" => {
            let run = ["run", "--release", "--quiet", "--package", "train", "--"];
            shell::run(shell::cargo(&run).args(rest))
        }
        "package" => package::package(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => Err(anyhow::anyhow!(
            "there is no command {unknown}; `cargo xtask help` lists them"
        )),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
