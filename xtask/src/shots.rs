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

    let shots = shell::root().join("docs").join("shots");
    for (test, pictures) in [
        ("window", "shots"),
        ("window_select", "shots_of_selection"),
        ("window_paint", "shots_of_painting"),
        ("window_edit", "shots_of_editing"),
    ] {
        let mut drive = shell::cargo(&["test", "--package", "tests", "--test", test]);
        drive.args(["--", "--ignored", "--exact", pictures, "--nocapture"]);
        surroundings
            .apply(&mut drive)
            .env("SPLATWRIGHT_BIN", shell::splatwright("release"))
            .env("SHOTS_DIR", &shots);
        shell::run(&mut drive)?;
    }
    Ok(())
}
