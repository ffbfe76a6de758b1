//! Which paths a package may name, and whether the folder holds exactly those.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use super::manifest::Manifest;
use super::{MAX_PACKAGE_BYTES, PackageError};

/// Folders deeper than this are refused.
const MAX_DEPTH: usize = 8;

/// Checks every listed path, that it is a plain file there, and that no other file is there.
pub(super) fn check_listing(dir: &Path, manifest: &Manifest) -> Result<(), PackageError> {
    let total = manifest
        .files
        .iter()
        .fold(0_u64, |sum, f| sum.saturating_add(f.bytes));
    if total > MAX_PACKAGE_BYTES {
        return Err(PackageError::TooLarge {
            megabytes: total >> 20,
        });
    }
    let mut listed = BTreeSet::from(["manifest.toml".to_owned()]);
    for file in &manifest.files {
        check_path(&file.path)?;
        check_on_disk(dir, &file.path, file.bytes)?;
        if !listed.insert(file.path.clone()) {
            return Err(bad(&file.path, "it is listed twice"));
        }
    }
    for found in files_in(dir)? {
        if !listed.contains(&found) {
            return Err(PackageError::Unlisted { path: found });
        }
    }
    Ok(())
}

/// Only plain relative paths with `/` between folders, the same on every system.
fn check_path(path: &str) -> Result<(), PackageError> {
    if path.is_empty() || path.contains(['\\', ':', '\0']) {
        return Err(bad(path, "it is not a plain relative path"));
    }
    if path.starts_with('/') {
        return Err(bad(path, "it is absolute"));
    }
    if path.split('/').any(|part| part == "..") {
        return Err(bad(path, "it leaves the package"));
    }
    let plain = Path::new(path)
        .components()
        .all(|c| matches!(c, Component::Normal(_)));
    let parts = path.split('/');
    if !plain || parts.clone().any(|p| p.is_empty() || p == ".") || parts.count() > MAX_DEPTH {
        return Err(bad(path, "it is not a plain relative path"));
    }
    Ok(())
}

/// The size is compared before reading, so that a wrong file is never read whole.
fn check_on_disk(dir: &Path, path: &str, declared: u64) -> Result<(), PackageError> {
    let mut place = dir.to_path_buf();
    for part in path.split('/') {
        place.push(part);
        let Ok(metadata) = std::fs::symlink_metadata(&place) else {
            return Err(PackageError::MissingFile {
                path: path.to_owned(),
            });
        };
        if metadata.file_type().is_symlink() {
            return Err(bad(path, "it is a link"));
        }
    }
    match std::fs::metadata(&place) {
        Ok(m) if m.is_file() && m.len() == declared => Ok(()),
        Ok(m) if m.is_file() => Err(PackageError::WrongSize {
            path: path.to_owned(),
            declared,
            actual: m.len(),
        }),
        _ => Err(PackageError::MissingFile {
            path: path.to_owned(),
        }),
    }
}

/// All files and links below a folder, as paths inside the package.
pub(super) fn files_in(dir: &Path) -> Result<Vec<String>, PackageError> {
    let mut found = Vec::new();
    let mut open = vec![(dir.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        let unreadable = |e: std::io::Error| PackageError::Unreadable {
            path: folder.display().to_string(),
            reason: e.to_string(),
        };
        if depth > MAX_DEPTH {
            return Err(bad(&prefix, "its folders are too deep"));
        }
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // `file_type` does not follow links, so a link to a folder counts as a file here.
            if entry.file_type().map_err(unreadable)?.is_dir() {
                open.push((entry.path(), format!("{path}/"), depth + 1));
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn bad(path: &str, reason: &str) -> PackageError {
    PackageError::BadPath {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}
