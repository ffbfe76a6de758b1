//! `cargo xtask test`: what CI runs, and what you run before you send something.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::onnx_runtime;
use crate::shell;
use crate::system::{self, Purpose};

/// Sets up, then runs everything, the quick checks first.
pub(crate) fn test(arguments: &[String]) -> Result<()> {
    let fast = arguments == ["--fast"];
    system::prepare(Purpose::Test)?;
    let surroundings = Surroundings::prepare()?;
    if !fast && !arguments.is_empty() {
        let mut command = shell::cargo(&["test"]);
        return shell::run(surroundings.apply(command.args(arguments)));
    }

    let mut steps = Steps::default();
    steps.run("format", shell::cargo(&["fmt", "--all", "--check"]));
    steps.run(
        "clippy",
        shell::cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    );
    let mut doc = shell::cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    steps.run("docs", doc);

    // All targets in one go: the tests then find the very same build of the studio.
    let mut build = shell::cargo(&["build", "--workspace", "--all-targets", "--quiet"]);
    surroundings.apply(&mut build);
    if !steps.run("build", build) {
        return steps.finish();
    }
    let mut tests = shell::cargo(&["test", "--workspace", "--no-fail-fast"]);
    surroundings.apply(&mut tests);
    if fast {
        tests.args(["--", "--skip", "window_"]);
    }
    steps.run("tests", tests);

    if !fast {
        let mut fuzz = shell::cargo(&["test", "--workspace", "--test", "formats"]);
        fuzz.args(["--", "fuzz", "--nocapture"]);
        surroundings.apply(&mut fuzz).env("FUZZ_SECONDS", "60");
        steps.run("fuzz", fuzz);
    }
    steps.finish()
}

/// What the tests find around them.
pub(crate) struct Surroundings {
    variables: Vec<(&'static str, PathBuf)>,
}

impl Surroundings {
    /// Software Vulkan, ONNX Runtime and a place for sockets.
    pub(crate) fn prepare() -> Result<Self> {
        let mut variables = Vec::new();
        if let Some(library) = onnx_runtime::provide() {
            variables.push(("ORT_DYLIB_PATH", library));
        }
        // Tests compare pictures, so they run on the one driver that draws the same everywhere.
        if let Some(driver) = system::software_vulkan()
            && std::env::var_os("TEST_GPU").is_none()
        {
            variables.push(("VK_DRIVER_FILES", driver.clone()));
            variables.push(("VK_ICD_FILENAMES", driver));
        }
        if cfg!(target_os = "linux") && std::env::var_os("XDG_RUNTIME_DIR").is_none() {
            let folder = shell::target_dir().join("xdg-runtime");
            std::fs::create_dir_all(&folder)?;
            private(&folder)?;
            variables.push(("XDG_RUNTIME_DIR", folder));
        }
        Ok(Self { variables })
    }

    /// Gives them to a command.
    pub(crate) fn apply<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }
}

/// The desktop specification wants this folder to be nobody else's.
#[cfg(unix)]
fn private(folder: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

#[cfg(not(unix))]
fn private(_folder: &std::path::Path) -> Result<()> {
    Ok(())
}

/// Steps that all run, however many of them fail.
#[derive(Default)]
struct Steps {
    done: Vec<(&'static str, bool, u64)>,
}

impl Steps {
    fn run(&mut self, name: &'static str, mut command: Command) -> bool {
        let start = Instant::now();
        let outcome = shell::run(&mut command);
        if let Err(error) = &outcome {
            eprintln!("xtask: {error:#}");
        }
        self.done
            .push((name, outcome.is_ok(), start.elapsed().as_secs()));
        outcome.is_ok()
    }

    fn finish(self) -> Result<()> {
        shell::say("Summary");
        for (name, passed, seconds) in &self.done {
            let verdict = if *passed { "passed" } else { "FAILED" };
            eprintln!("  {name:<8} {verdict}  {seconds:>5} s");
        }
        let failed: Vec<&str> = self
            .done
            .iter()
            .filter(|(_, passed, _)| !passed)
            .map(|(name, ..)| *name)
            .collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}
