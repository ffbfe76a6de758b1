//! Choosing files: through the desktop's own dialog, or through ours where the desktop has none.

use std::path::{Path, PathBuf};

use crate::background::{Background, Wake};
use crate::text;

/// Endings of pictures that can be opened.
pub const PICTURE_ENDINGS: &[&str] = &["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff"];
/// Endings of projects.
pub const PROJECT_ENDINGS: &[&str] = &[scene::io::PROJECT_EXTENSION];
/// Endings of splat files that can be opened.
pub const SPLAT_ENDINGS: &[&str] = &["ply"];

/// Endings of maps that become cities.
pub const MAP_ENDINGS: &[&str] = &["pbf", "osm", "geojson"];

/// What a file is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Open splats and pictures.
    Open,
    /// Choose one portrait.
    OpenPicture,
    /// Save everything as a project, or all layers as splats.
    SaveScene,
    /// Where a screenshot goes.
    SaveScreenshot,
    /// Where a film of a turn goes.
    SaveMp4,
    /// Where an animated picture of a turn goes.
    SaveGif,
    /// In which folder the frames of a turn go.
    SaveFrames,
}

impl Purpose {
    /// Whether a new name is given.
    pub fn saves(self) -> bool {
        !matches!(self, Self::Open | Self::OpenPicture)
    }

    /// Title of the dialog.
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => text::CHOOSE_OPEN,
            Self::OpenPicture => text::CHOOSE_PICTURE,
            Self::SaveScene => text::CHOOSE_SAVE,
            Self::SaveScreenshot => text::CHOOSE_SCREENSHOT,
            Self::SaveMp4 | Self::SaveGif | Self::SaveFrames => text::CHOOSE_TURNTABLE,
        }
    }

    /// Endings without the dot; none for a folder.
    pub fn endings(self) -> Vec<&'static str> {
        match self {
            Self::Open => [PROJECT_ENDINGS, SPLAT_ENDINGS, PICTURE_ENDINGS, MAP_ENDINGS].concat(),
            Self::OpenPicture => PICTURE_ENDINGS.to_vec(),
            Self::SaveScene => vec![scene::io::PROJECT_EXTENSION, "ply"],
            Self::SaveScreenshot => vec!["png"],
            Self::SaveMp4 => vec!["mp4"],
            Self::SaveGif => vec!["gif"],
            Self::SaveFrames => Vec::new(),
        }
    }

    /// `path` with the ending that the purpose needs.
    pub fn with_ending(self, path: PathBuf) -> PathBuf {
        let endings = self.endings();
        let Some(first) = endings.first().filter(|_| self.saves()) else {
            return path;
        };
        if ending_of(&path).is_some_and(|ending| endings.contains(&ending.as_str())) {
            return path;
        }
        let mut name = path.into_os_string();
        name.push(".");
        name.push(first);
        PathBuf::from(name)
    }
}

/// The ending of a path in lower case, without the dot.
pub fn ending_of(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_lowercase())
}

/// Whether a path looks like a picture; its content decides when it is opened.
pub fn is_picture(path: &Path) -> bool {
    ending_of(path).is_some_and(|ending| PICTURE_ENDINGS.contains(&ending.as_str()))
}

/// Whether a path looks like a map that becomes a city.
pub fn is_map(path: &Path) -> bool {
    ending_of(path).is_some_and(|ending| MAP_ENDINGS.contains(&ending.as_str()))
}

/// Whether the desktop has a file dialog of its own. `SPLATWRIGHT_DIALOGS=own` says no.
pub fn desktop_has_dialogs() -> bool {
    if std::env::var_os("SPLATWRIGHT_DIALOGS").is_some_and(|value| value == "own") {
        return false;
    }
    if !cfg!(target_os = "linux") {
        return true;
    }
    // The portal is asked over the session bus; without a bus only zenity could answer.
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|v| !v.is_empty())
        || std::env::var_os("XDG_RUNTIME_DIR")
            .is_some_and(|dir| Path::new(&dir).join("bus").exists());
    let zenity = std::env::var_os("PATH")
        .is_some_and(|paths| std::env::split_paths(&paths).any(|dir| dir.join("zenity").exists()));
    bus || zenity
}

/// Opens the desktop's dialog. The result is empty when the artist thought better of it.
pub fn ask_desktop(
    purpose: Purpose,
    folder: Option<&Path>,
    name: &str,
    wake: Wake,
) -> Background<(), Vec<PathBuf>> {
    let mut dialog = rfd::AsyncFileDialog::new().set_title(purpose.title());
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    let endings = purpose.endings();
    if !endings.is_empty() {
        dialog = dialog.add_filter(text::filter_name(purpose), &endings);
    }
    if purpose.saves() {
        dialog = dialog.set_file_name(name);
    }
    // The dialog is made here, on the main thread, as macOS asks; only the waiting is elsewhere.
    match purpose {
        Purpose::Open => {
            let answer = dialog.pick_files();
            Background::start("dialog", wake, move |_| {
                let files = pollster::block_on(answer).unwrap_or_default();
                Ok(files.iter().map(|file| file.path().to_owned()).collect())
            })
        }
        Purpose::OpenPicture => wait_for_one(dialog.pick_file(), wake),
        _ => wait_for_one(dialog.save_file(), wake),
    }
}

fn wait_for_one(
    answer: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    wake: Wake,
) -> Background<(), Vec<PathBuf>> {
    Background::start("dialog", wake, move |_| {
        let file = pollster::block_on(answer);
        Ok(file.iter().map(|file| file.path().to_owned()).collect())
    })
}

/// A folder to start in: the last one, or the artist's home.
pub fn first_folder(last: Option<&Path>) -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    last.map(Path::to_owned)
        .filter(|folder| folder.is_dir())
        .or_else(|| home.map(PathBuf::from).filter(|folder| folder.is_dir()))
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_else(|| PathBuf::from("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_ending_is_added() {
        let saved = |name: &str| Purpose::SaveScene.with_ending(PathBuf::from(name));
        assert_eq!(saved("head"), Path::new("head.splatwright"), "added");
        assert_eq!(saved("head.PLY"), Path::new("head.PLY"), "kept");
        let mistaken = Path::new("head.v2.splatwright");
        assert_eq!(saved("head.v2"), mistaken, "not mistaken");
        let frames = Purpose::SaveFrames.with_ending(PathBuf::from("turn"));
        assert_eq!(frames, Path::new("turn"), "a folder has none");
    }
}
