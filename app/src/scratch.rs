//! Room on the disk for scenes that the memory does not hold.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Files of more bytes are opened to the disk: their splats are mapped, not held.
const LARGE: u64 = 4 << 30;

/// Whether what a file holds belongs on the disk.
pub fn is_large(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > LARGE)
}

/// The folder for files without names. Not the system's folder for temporary files: that is often in
/// memory itself.
pub fn folder() -> Result<PathBuf> {
    let folder = cache_folder().join("splatwright").join("scratch");
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("could not make {}", folder.display()))?;
    Ok(folder)
}

fn cache_folder() -> PathBuf {
    let set = |name: &str| {
        let folder = std::env::var_os(name).map(PathBuf::from);
        folder.filter(|folder| folder.is_absolute())
    };
    set("XDG_CACHE_HOME")
        .or_else(|| set("LOCALAPPDATA"))
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
}
