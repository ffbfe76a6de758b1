//! Where the scene is saved, and whether it was changed since.

use std::path::{Path, PathBuf};
use std::time::Instant;

use editor::Editor;

use crate::{choose, recent, text};

/// The document's place on disk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The splat file that *Save* writes to; none before the first save.
    pub path: Option<PathBuf>,
    /// The file that the only layer came from; *Save as* suggests its name.
    pub opened: Option<PathBuf>,
    /// When unsaved work was last put aside against a crash.
    pub autosaved: Option<Instant>,
    saved_revision: u64,
}

impl Document {
    /// Whether there is something that would be lost.
    pub fn is_unsaved(&self, editor: &Editor) -> bool {
        editor.history().revision() != self.saved_revision
    }

    /// Notes that the scene at `revision` is on disk.
    pub fn saved(&mut self, path: Option<&Path>, revision: u64) {
        self.saved_revision = revision;
        if let Some(path) = path {
            self.path = Some(path.to_owned());
        }
    }

    /// Its name for the artist.
    pub fn name(&self) -> String {
        let path = self.path.as_ref().or(self.opened.as_ref());
        match path {
            // A head is not the picture that it was made of.
            Some(path) if choose::is_picture(path) => self.stem(),
            Some(path) => recent::file_name(path),
            None => text::UNTITLED.to_owned(),
        }
    }

    /// A name without ending, to suggest for exports.
    pub fn stem(&self) -> String {
        let path = self.path.as_ref().or(self.opened.as_ref());
        path.and_then(|path| path.file_stem()).map_or_else(
            || String::from("scene"),
            |stem| stem.to_string_lossy().into_owned(),
        )
    }
}
