//! The built `splatwright`, run as its users run it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a finished run left.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How long it took.
    pub secs: f32,
}

/// The executable: `SPLATWRIGHT_BIN`, or the one that was built beside the running test.
///
/// # Panics
/// When it was not built.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("SPLATWRIGHT_BIN") {
        return PathBuf::from(path);
    }
    // target/debug/deps/test-0123 → target/debug/splatwright
    let name = format!("splatwright{}", std::env::consts::EXE_SUFFIX);
    let built = std::env::current_exe()
        .ok()
        .and_then(|test| Some(test.parent()?.parent()?.join(name)));
    match built {
        Some(path) if path.is_file() => path,
        other => panic!("build it first (cargo build): {other:?}"),
    }
}

/// The studio with settings of its own, so that a test neither reads nor writes yours.
pub fn command(settings: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .stdin(Stdio::null())
        .env("SPLATWRIGHT_CONFIG", settings)
        .env("SPLATWRIGHT_DIALOGS", "own")
        .env_remove("RUST_LOG")
        .env_remove("RUST_BACKTRACE");
    command
}

/// Runs a command of the command line to its end, with no display.
///
/// # Panics
/// When the studio cannot be started.
pub fn run<A: AsRef<OsStr>>(arguments: &[A]) -> Outcome {
    let settings = settings();
    let start = Instant::now();
    let output = command(settings.path())
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output();
    match output {
        Ok(output) => Outcome {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            secs: start.elapsed().as_secs_f32(),
        },
        Err(error) => panic!("could not start {}: {error}", binary().display()),
    }
}

/// Runs a command that must succeed.
///
/// # Panics
/// When it fails.
pub fn run_ok<A: AsRef<OsStr>>(arguments: &[A]) -> Outcome {
    let outcome = run(arguments);
    let words: Vec<_> = arguments.iter().map(|a| a.as_ref().to_owned()).collect();
    assert_eq!(
        outcome.code,
        Some(0),
        "{words:?} failed:\n{}",
        outcome.stderr
    );
    outcome
}

/// Whether the studio will find ONNX Runtime; says in one line that a test skips where not.
pub fn has_onnx_runtime() -> bool {
    let given = std::env::var_os("ORT_DYLIB_PATH").is_some_and(|path| Path::new(&path).is_file());
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let cached = cache.is_some_and(|dir| dir.join("splatwright/onnxruntime").is_dir());
    if !given && !cached {
        eprintln!("skipped: ONNX Runtime is not on this machine (cargo xtask setup fetches it)");
    }
    given || cached
}

/// An empty settings folder that goes away by itself.
///
/// # Panics
/// When the system has no place for temporary files.
pub fn settings() -> tempfile::TempDir {
    match tempfile::tempdir() {
        Ok(dir) => dir,
        Err(error) => panic!("no temporary folder: {error}"),
    }
}

/// Asks again and again until there is an answer, or the time is up.
pub fn wait_for<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if start.elapsed() > limit {
            return None;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
