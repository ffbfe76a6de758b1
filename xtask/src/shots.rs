//! `cargo xtask shots`: pictures of the real window in its main states, for the README and for the eye.

use anyhow::Result;

use crate::shell;
use crate::system::{self, Purpose};
use crate::test::Surroundings;

/// Builds in release, drives the window, and writes `docs/shots/*.png`.
pub(crate) fn shots() -> Result<()> {
    system::prepare(Purpose::Test)?;
    let surroundings = Surroundings::prepare()?;
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "--package",
        "app",
    ]))?;

    let mut drive = shell::cargo(&["test", "--package", "tests", "--test", "window"]);
    drive.args(["--", "--ignored", "--exact", "shots", "--nocapture"]);
    surroundings
        .apply(&mut drive)
        .env("SPLATWRIGHT_BIN", shell::splatwright("release"))
        .env("SHOTS_DIR", shell::root().join("docs").join("shots"));
    shell::run(&mut drive)
}
