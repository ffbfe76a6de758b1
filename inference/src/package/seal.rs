//! Refreshes sizes and checksums in a manifest after files of a package changed.
//!
//! Works on the text line by line, so that comments and order stay. Files that are not listed
//! yet are appended with the role that their folder suggests.

use std::collections::BTreeSet;
use std::path::Path;

use super::{PackageError, paths, sha256_hex};

/// Rewrites `bytes` and `sha256` of every `[[file]]` in `dir/manifest.toml` and lists new files.
///
/// A graph that is listed for the first time still needs its `file.io` written by hand.
pub fn seal(dir: &Path) -> Result<(), PackageError> {
    let manifest_path = dir.join("manifest.toml");
    let text = std::fs::read_to_string(&manifest_path).map_err(|_e| PackageError::NotAPackage {
        path: dir.to_path_buf(),
    })?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut listed = BTreeSet::from(["manifest.toml".to_owned()]);
    for (start, end) in file_blocks(&lines) {
        let path = lines[start..end]
            .iter()
            .find_map(|line| value_of(line, "path"))
            .map(|v| v.trim_matches('"').to_owned())
            .ok_or_else(|| PackageError::Manifest {
                message: format!("the [[file]] at line {} has no path", start + 1),
            })?;
        let stamp = stamp(dir, &path)?;
        for line in &mut lines[start..end] {
            if value_of(line, "bytes").is_some() {
                *line = format!("bytes = {}", stamp.0);
            } else if value_of(line, "sha256").is_some() {
                *line = format!("sha256 = \"{}\"", stamp.1);
            }
        }
        listed.insert(path);
    }
    for path in paths::files_in(dir)? {
        if listed.contains(&path) {
            continue;
        }
        let (bytes, sha256) = stamp(dir, &path)?;
        lines.extend([
            String::new(),
            "[[file]]".to_owned(),
            format!("path = \"{path}\""),
            format!("bytes = {bytes}"),
            format!("sha256 = \"{sha256}\""),
            format!("role = \"{}\"", role_of(&path)),
        ]);
    }
    std::fs::write(&manifest_path, lines.join("\n") + "\n").map_err(|e| PackageError::Unreadable {
        path: manifest_path.display().to_string(),
        reason: e.to_string(),
    })
}

/// Line ranges of the `[[file]]` tables, without their sub-tables.
fn file_blocks(lines: &[String]) -> Vec<(usize, usize)> {
    let is_header = |line: &String| line.trim_start().starts_with('[');
    (0..lines.len())
        .filter(|&i| lines[i].trim() == "[[file]]")
        .map(|start| {
            let length = lines[start + 1..]
                .iter()
                .take_while(|l| !is_header(l))
                .count();
            (start, start + 1 + length)
        })
        .collect()
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.trim_start().strip_prefix(key)?;
    Some(rest.trim_start().strip_prefix('=')?.trim())
}

fn stamp(dir: &Path, path: &str) -> Result<(usize, String), PackageError> {
    let bytes = std::fs::read(dir.join(path)).map_err(|_e| PackageError::MissingFile {
        path: path.to_owned(),
    })?;
    Ok((bytes.len(), sha256_hex(&bytes)))
}

fn role_of(path: &str) -> &'static str {
    match path.split('/').next() {
        Some("graphs") if path.ends_with(".onnx") => "graph",
        Some("graphs") => "external_data",
        Some("golden") => "golden",
        Some("tables") => "table",
        _ if path.ends_with(".png") => "preview",
        _ => "licence",
    }
}
