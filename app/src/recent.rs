//! The files that were opened lately, with small pictures of them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::persist;

/// So many are remembered.
pub const MOST: usize = 12;
/// Width and height of a small picture, pixels.
pub const THUMBNAIL_SIZE: [u32; 2] = [192, 128];

/// One file that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// Absolute path.
    pub path: PathBuf,
    /// Name of its picture in the thumbnail folder, where it has one.
    pub thumbnail: Option<String>,
}

impl Recent {
    /// Its name for the artist.
    pub fn name(&self) -> String {
        file_name(&self.path)
    }

    /// Where its picture is.
    pub fn thumbnail_path(&self) -> Option<PathBuf> {
        Some(thumbnail_folder().join(self.thumbnail.as_ref()?))
    }
}

/// The last part of a path, for the artist.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Puts `path` on top of the list.
pub fn remember(list: &mut Vec<Recent>, path: &Path) {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let old = list.iter().position(|recent| recent.path == path);
    let recent = old.map(|i| list.remove(i)).unwrap_or(Recent {
        path,
        thumbnail: None,
    });
    list.insert(0, recent);
    list.truncate(MOST);
}

/// The folder of the small pictures.
pub fn thumbnail_folder() -> PathBuf {
    persist::config_folder().join("thumbnails")
}

/// A name for the picture of `path` that does not change between runs (FNV-1a, 64 bits).
pub fn thumbnail_name(path: &Path) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in path.as_os_str().as_encoded_bytes() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}.png")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_file_is_first_and_no_file_is_twice() {
        let mut list = Vec::new();
        for name in ["/a.ply", "/b.ply", "/a.ply"] {
            remember(&mut list, Path::new(name));
        }
        let names: Vec<String> = list.iter().map(Recent::name).collect();
        assert_eq!(names, ["a.ply", "b.ply"], "newest first, once each");
        for i in 0..40 {
            remember(&mut list, Path::new(&format!("/{i}.ply")));
        }
        assert_eq!(list.len(), MOST, "the list is bounded");
    }
}
