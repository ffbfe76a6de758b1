//! A file or a folder that gets its name when it is whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

/// A file under construction beside its final place; removed when dropped before [`Self::finish`].
#[derive(Debug)]
pub(crate) struct PartFile {
    target: PathBuf,
    part: PathBuf,
    finished: bool,
}

impl PartFile {
    /// Starts a file that will be called `target`, and its folder where that is missing.
    pub(crate) fn create(target: &Path) -> Result<(Self, File)> {
        let part = part_path(target)?;
        make_folder_of(target)?;
        let file = File::create(&part).map_err(|e| explain(e, target))?;
        let part = Self {
            target: target.to_path_buf(),
            part,
            finished: false,
        };
        Ok((part, file))
    }

    /// Gives the whole file its name; a file that had the name before is replaced.
    pub(crate) fn finish(mut self, file: File) -> Result<()> {
        file.sync_all().map_err(|e| explain(e, &self.target))?;
        drop(file);
        fs::rename(&self.part, &self.target).map_err(|e| explain(e, &self.target))?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if !self.finished {
            // The export failed already; a leftover is all that can remain.
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// A folder under construction; removed with everything in it when dropped before [`Self::finish`].
#[derive(Debug)]
pub(crate) struct PartFolder {
    target: PathBuf,
    part: PathBuf,
}

impl PartFolder {
    /// Starts a folder that will be called `target`.
    pub(crate) fn create(target: &Path) -> Result<Self> {
        if target.is_file() {
            bail!(
                "a file stands where the folder of frames belongs; choose another name: {}",
                target.display()
            );
        }
        let part = part_path(target)?;
        fs::create_dir_all(&part).map_err(|e| explain(e, target))?;
        Ok(Self {
            target: target.to_path_buf(),
            part,
        })
    }

    /// Where to write meanwhile.
    pub(crate) fn path(&self) -> &Path {
        &self.part
    }

    /// Gives the folder its name. Where a folder of that name exists, the files move into it.
    pub(crate) fn finish(self) -> Result<()> {
        if !self.target.exists() {
            return fs::rename(&self.part, &self.target).map_err(|e| explain(e, &self.target));
        }
        for entry in fs::read_dir(&self.part).map_err(|e| explain(e, &self.target))? {
            let entry = entry.map_err(|e| explain(e, &self.target))?;
            let place = self.target.join(entry.file_name());
            fs::rename(entry.path(), &place).map_err(|e| explain(e, &place))?;
        }
        Ok(())
    }
}

impl Drop for PartFolder {
    fn drop(&mut self) {
        // Gone already when finished; otherwise half a result that nobody wants.
        let _ = fs::remove_dir_all(&self.part);
    }
}

/// What happened, to which file, and what to do.
pub(crate) fn explain(error: io::Error, path: &Path) -> anyhow::Error {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; free some space or choose another folder"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "you may not write there; choose another folder"
        }
        io::ErrorKind::NotFound => "the folder is not there",
        _ => return anyhow!(error).context(format!("could not write {}", path.display())),
    };
    anyhow!("could not write {}: {advice}", path.display())
}

fn make_folder_of(target: &Path) -> Result<()> {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => {
            fs::create_dir_all(folder).map_err(|e| explain(e, target))
        }
        _ => Ok(()),
    }
}

fn part_path(target: &Path) -> Result<PathBuf> {
    let name = target
        .file_name()
        .with_context(|| format!("this is no name for a file: {}", target.display()))?;
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(format!(".{}.part", std::process::id()));
    Ok(target.with_file_name(part))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_dropped_part_leaves_the_old_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.txt");
        fs::write(&target, "old").unwrap();
        let (part, mut file) = PartFile::create(&target).unwrap();
        file.write_all(b"half").unwrap();
        drop(part);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old", "untouched");
        assert_eq!(names(folder.path()), ["a.txt"], "no leftovers");
    }

    #[test]
    fn a_finished_part_replaces_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("new/a.txt");
        let (part, mut file) = PartFile::create(&target).unwrap();
        file.write_all(b"whole").unwrap();
        part.finish(file).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "whole", "the content");
        assert_eq!(names(&folder.path().join("new")), ["a.txt"], "no leftovers");
    }

    #[test]
    fn frames_move_into_a_folder_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("frames");
        fs::create_dir(&target).unwrap();
        fs::write(target.join("notes.txt"), "mine").unwrap();
        let part = PartFolder::create(&target).unwrap();
        fs::write(part.path().join("0001.png"), "x").unwrap();
        part.finish().unwrap();
        assert_eq!(names(&target), ["0001.png", "notes.txt"], "both");
        assert_eq!(names(folder.path()), ["frames"], "no leftovers");
    }
}
