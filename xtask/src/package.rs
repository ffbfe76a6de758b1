//! `cargo xtask package`: the checksums of model packages.

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// Runs `splatwright package …` on one package, or on every package that ships.
pub(crate) fn package(arguments: &[String]) -> Result<()> {
    let (action, dirs) = match arguments {
        [] => ("list", [].as_slice()),
        [action, dirs @ ..] => (action.as_str(), dirs),
    };
    if !["list", "verify", "seal"].contains(&action) {
        bail!("`package` can list, verify or seal, not {action}");
    }
    let dirs = if dirs.is_empty() {
        shipped()?
    } else {
        dirs.to_vec()
    };
    for dir in dirs {
        let mut command = shell::cargo(&["run", "--quiet", "--release", "--package", "app", "--"]);
        shell::run(command.args(["package", action]).arg(dir))?;
    }
    Ok(())
}

/// The folders of `assets/models` in order.
fn shipped() -> Result<Vec<String>> {
    let models = shell::root().join("assets").join("models");
    let mut dirs: Vec<String> = std::fs::read_dir(&models)
        .with_context(|| format!("could not read {}", models.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    dirs.sort_unstable();
    Ok(dirs)
}
