//! Where models, samples and fonts lie at run time.
//!
//! One folder holds them all. It is looked for, in this order: `SPLATWRIGHT_ASSETS`; `assets` beside the
//! executable; `../share/splatwright/assets` from there; `splatwright/assets` in the user's and the
//! system's data folders; the source tree that the executable was built from. Nothing is fetched.

use std::path::{Path, PathBuf};

/// The portrait that opens where nothing else is chosen.
pub const SAMPLE_PORTRAIT: &str = "samples/astronaut.png";

/// The package that paints cities.
pub const CITY_PACKAGE: &str = "models/city";

/// The package that turns a portrait into a head.
pub const PORTRAIT_PACKAGE: &str = "models/portrait-head";

/// An asset is not where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetMissing {
    /// What was looked for, relative to the asset folder.
    pub name: PathBuf,
    /// The folders that were tried.
    pub tried: Vec<PathBuf>,
}

impl std::fmt::Display for AssetMissing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tried: Vec<String> = self.tried.iter().map(|p| p.display().to_string()).collect();
        write!(
            f,
            "{} is missing from the assets: put the folder `assets` of the source beside the executable, \
             or set SPLATWRIGHT_ASSETS to it (looked in {})",
            self.name.display(),
            tried.join(", ")
        )
    }
}

impl std::error::Error for AssetMissing {}

/// The full path of an asset given relative to the asset folder ("models/portrait-head").
pub fn find(name: impl AsRef<Path>) -> Result<PathBuf, AssetMissing> {
    find_in(&folders(), name.as_ref())
}

/// The bundled pictures, by name, for the welcome screen.
pub fn samples() -> Vec<PathBuf> {
    pictures_in(find("samples").ok())
}

/// The folders of the model packages, by name.
pub fn packages() -> Vec<PathBuf> {
    let Some(entries) = find("models").ok().and_then(|p| std::fs::read_dir(p).ok()) else {
        return Vec::new();
    };
    let mut dirs: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("manifest.toml").is_file())
        .collect();
    dirs.sort();
    dirs
}

fn find_in(folders: &[PathBuf], name: &Path) -> Result<PathBuf, AssetMissing> {
    folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|path| path.exists())
        .ok_or_else(|| AssetMissing {
            name: name.to_path_buf(),
            tried: folders.to_vec(),
        })
}

fn pictures_in(folder: Option<PathBuf>) -> Vec<PathBuf> {
    let Some(entries) = folder.and_then(|p| std::fs::read_dir(p).ok()) else {
        return Vec::new();
    };
    let mut pictures: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension().is_some_and(|e| {
                ["png", "jpg", "jpeg", "webp"]
                    .contains(&e.to_string_lossy().to_lowercase().as_str())
            })
        })
        .collect();
    pictures.sort();
    pictures
}

/// The places to look in, best first. A place set by hand is the only one.
fn folders() -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os("SPLATWRIGHT_ASSETS").filter(|v| !v.is_empty()) {
        return vec![PathBuf::from(folder)];
    }

    let mut folders = Vec::new();
    if let Some(beside) = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.to_path_buf()))
    {
        folders.push(beside.join("assets"));
        if let Some(prefix) = beside.parent() {
            folders.push(prefix.join("share").join("splatwright").join("assets"));
        }
    }

    let data_home = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|p| p.is_absolute())
        .or_else(|| {
            Some(
                PathBuf::from(std::env::var_os("HOME")?)
                    .join(".local")
                    .join("share"),
            )
        });
    folders.extend(data_home.map(|p| p.join("splatwright").join("assets")));
    if let Some(dirs) = std::env::var_os("XDG_DATA_DIRS") {
        folders.extend(
            std::env::split_paths(&dirs)
                .filter(|p| p.is_absolute())
                .map(|p| p.join("splatwright").join("assets")),
        );
    }

    // An executable run by cargo finds the tree that it was built from.
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    folders.extend(crate_dir.parent().map(|root| root.join("assets")));
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_that_has_it_wins() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folders = [PathBuf::from("/nowhere"), root.join("assets")];
        let found = find_in(&folders, Path::new(SAMPLE_PORTRAIT)).unwrap();
        assert_eq!(found, folders[1].join(SAMPLE_PORTRAIT), "the second folder");
    }

    #[test]
    fn a_missing_asset_says_where_it_was_looked_for() {
        let missing = find_in(&[PathBuf::from("/nowhere")], Path::new("models/x")).unwrap_err();
        let text = missing.to_string();
        assert!(
            text.contains("models/x") && text.contains("/nowhere"),
            "{text}"
        );
    }

    #[test]
    fn the_bundled_portrait_is_listed() {
        let names: Vec<_> = samples()
            .iter()
            .filter_map(|p| p.file_name().map(|n| n.to_owned()))
            .collect();
        assert!(names.contains(&"astronaut.png".into()), "{names:?}");
    }
}
