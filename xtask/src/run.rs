//! `cargo xtask run`: from nothing to a portrait that turns in 3D.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::onnx_runtime;
use crate::shell;
use crate::system::{self, Purpose};

/// The portrait that opens where no file is given.
const SAMPLE: &str = "assets/samples/astronaut.png";

/// Files that hold splats already; anything else is taken for a picture.
const SPLAT_EXTENSIONS: &[&str] = &["ply"];

/// Installs and fetches what is missing, builds, and opens the window (or does its job without one).
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut file = None;
    let mut headless = !has_display();
    for argument in arguments {
        match argument.as_str() {
            "--headless" => headless = true,
            other if other.starts_with('-') => {
                bail!("`run` has no option {other}; `cargo xtask help` lists them")
            }
            other if file.is_none() => file = Some(absolute(other)?),
            other => bail!("one file at a time: {other} is the second"),
        }
    }
    let file = file.unwrap_or_else(|| shell::root().join(SAMPLE));

    system::prepare(if headless {
        Purpose::Headless
    } else {
        Purpose::Window
    })?;
    let library = onnx_runtime::provide();

    shell::say("Building Splatwright (the first time takes some minutes)");
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "--package",
        "app",
    ]))?;

    if headless {
        run_headless(&file, library.as_deref())
    } else {
        shell::say("Opening the window");
        shell::run(studio(library.as_deref()).arg(&file))
    }
}

/// Installs and fetches what is missing, and stops.
pub(crate) fn setup() -> Result<()> {
    let purpose = if has_display() {
        Purpose::Window
    } else {
        Purpose::Headless
    };
    system::prepare(purpose)?;
    if onnx_runtime::provide().is_none() {
        bail!("ONNX Runtime is missing; the lines above say how to get it");
    }
    Ok(())
}

/// The same job without a window: splats, a screenshot and a turntable.
fn run_headless(file: &Path, library: Option<&Path>) -> Result<()> {
    shell::say("No display here: doing the same job without a window");
    let out = shell::root().join("out");
    std::fs::create_dir_all(&out)
        .with_context(|| format!("could not make the folder {}", out.display()))?;
    let is_splats = file.extension().is_some_and(|extension| {
        let extension = extension.to_string_lossy().to_lowercase();
        SPLAT_EXTENSIONS.contains(&extension.as_str())
    });
    let splats = out.join(if is_splats { "scene.ply" } else { "head.ply" });
    let screenshot = out.join("screenshot.png");
    let turntable = out.join("turntable.mp4");

    if is_splats {
        shell::run(studio(library).arg("convert").arg(file).arg(&splats))?;
        shell::run(
            studio(library)
                .arg("render")
                .arg(&splats)
                .arg("-o")
                .arg(&screenshot),
        )?;
        shell::run(
            studio(library)
                .arg("turntable")
                .arg(&splats)
                .arg("-o")
                .arg(&turntable),
        )?;
    } else {
        shell::run(
            studio(library)
                .arg("generate")
                .arg(file)
                .arg("-o")
                .arg(&splats)
                .arg("--screenshot")
                .arg(&screenshot)
                .arg("--turntable")
                .arg(&turntable),
        )?;
    }

    shell::say("There was no display, so no window was opened. Written instead:");
    for path in [&splats, &screenshot, &turntable] {
        let bytes = std::fs::metadata(path)
            .with_context(|| format!("this file should be there and is not: {}", path.display()))?
            .len();
        eprintln!("  {} ({} KB)", path.display(), bytes.div_ceil(1024));
    }
    Ok(())
}

/// The built studio, told where ONNX Runtime is.
fn studio(library: Option<&Path>) -> Command {
    let mut command = shell::command(shell::splatwright("release"), &[]);
    if !has_display() {
        // Mesa's device chooser would look for a desktop and complain that there is none.
        command.env("NODEVICE_SELECT", "1");
    }
    if let Some(library) = library {
        command.env("ORT_DYLIB_PATH", library);
    }
    command
}

fn has_display() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    ["WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A path as the user typed it, from where they typed it.
fn absolute(path: &str) -> Result<PathBuf> {
    let path = std::path::absolute(path)?;
    if !path.is_file() {
        bail!("there is no such file: {}", path.display());
    }
    Ok(path)
}
