//! Writing a file so that a failure leaves the old one whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter},
    path::{Path, PathBuf},
};

/// Writes beside `path`, then renames over it. On any error the file at `path` is as it was and nothing
/// is left beside it. Returns the size in bytes.
pub(crate) fn write_atomically(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<u64> {
    // A link keeps pointing where it did; what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (file, temporary) = create_beside(&target)?;
    let mut writer = BufWriter::new(file);
    fill(&mut writer)?;
    let file = writer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    // Some disks say that they are full only here.
    file.sync_all()?;
    if let Ok(old) = fs::metadata(&target) {
        file.set_permissions(old.permissions())?;
    }
    let bytes = file.metadata()?.len();
    drop(file);
    temporary.rename(&target)?;
    Ok(bytes)
}

/// A file that goes away unless it is renamed.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn rename(mut self, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.0 {
            fs::rename(path, target)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Nothing more can be done about a file that will not go.
            let _ = fs::remove_file(path);
        }
    }
}

fn create_beside(target: &Path) -> io::Result<(File, Temporary)> {
    let name = target
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the file has no name"))?;
    for attempt in 0_u32..100 {
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}-{attempt}.part", std::process::id()));
        let path = target.with_file_name(beside);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((file, Temporary(Some(path)))),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        "too many unfinished files lie beside it",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_full_disk_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("scene.ply");
        fs::write(&path, "old").expect("written");
        let result = write_atomically(&path, |w| {
            w.write_all(b"half of the new")?;
            Err(io::Error::new(io::ErrorKind::StorageFull, "no space"))
        });
        assert!(result.is_err(), "the error must come out");
        assert_eq!(fs::read(&path).expect("still there"), b"old", "old content");
        let files = fs::read_dir(folder.path()).expect("listed").count();
        assert_eq!(files, 1, "no unfinished file may stay");
    }

    #[test]
    fn success_replaces_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("scene.ply");
        fs::write(&path, "old").expect("written");
        let bytes = write_atomically(&path, |w| w.write_all(b"new one")).expect("written");
        assert_eq!(bytes, 7, "size of the new file");
        assert_eq!(fs::read(&path).expect("there"), b"new one", "new content");
    }
}
