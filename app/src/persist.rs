//! What the window remembers from one day to the next: preferences, its place, recent files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use renderer::HarmonicsFormat;
use serde::{Deserialize, Serialize};

use crate::dialogs::export_settings::{ScreenshotSettings, TurntableSettings};
use crate::recent::Recent;
use crate::view::memory::SplatMemory;

/// Colors of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// The default.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
    /// As the desktop has it.
    System,
}

/// What is behind the splats.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum Backdrop {
    /// One neutral gray.
    Neutral,
    /// Neutral, a little lighter in the middle.
    #[default]
    Gradient,
    /// A checkerboard that shows what is transparent.
    Checker,
    /// A color of the artist's own, display-referred 0..=1.
    Color([f32; 3]),
    /// From one color at the top to another at the bottom, display-referred 0..=1.
    Horizon {
        /// In the first row.
        top: [f32; 3],
        /// In the last row.
        bottom: [f32; 3],
    },
    /// The light of the scene's environment.
    Environment,
}

impl Backdrop {
    /// Dusk over dark ground: where a horizon begins.
    pub const HORIZON: Self = Self::Horizon {
        top: [0.20, 0.26, 0.36],
        bottom: [0.05, 0.05, 0.06],
    };
}

/// Color of selected splats; each can be told from its surroundings by people who see colors differently,
/// one against reds and greens, one against blues, one by brightness alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SelectionColor {
    /// The accent of the window.
    #[default]
    Amber,
    /// For warm subjects: skin, wood.
    Sky,
    /// For green subjects.
    Magenta,
    /// Brightness alone.
    White,
}

impl SelectionColor {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Amber, Self::Sky, Self::Magenta, Self::White];

    /// Display-referred RGB; the first three are of the palette of Okabe and Ito (2008), amber lightened.
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Self::Amber => renderer::Frame::AMBER,
            Self::Sky => [86, 180, 233],
            Self::Magenta => [204, 121, 167],
            Self::White => [255, 255, 255],
        }
    }
}

/// The last size of the window, points.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Inner size.
    pub size: [f32; 2],
    /// Filled the screen.
    pub maximized: bool,
}

impl Default for WindowPlace {
    fn default() -> Self {
        Self {
            size: [1440.0, 900.0],
            maximized: false,
        }
    }
}

/// Everything that is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Colors of the window.
    pub theme: ThemeChoice,
    /// Size of the interface, 0.75..=2.
    pub ui_scale: f32,
    /// What is behind the splats.
    pub backdrop: Backdrop,
    /// Mouse habits, speeds, memory for undo.
    pub editor: editor::Settings,
    /// Keys that the artist gave to commands.
    pub keymap: editor::Keymap,
    /// Color of selected splats.
    pub selection_color: SelectionColor,
    /// Options of screenshots.
    pub screenshot: ScreenshotSettings,
    /// Options of turntables.
    pub turntable: TurntableSettings,
    /// Whether the viewport shows what a screenshot will hold.
    pub safe_frame: bool,
    /// Anti-aliased (mip) filter instead of the classic one.
    pub mip_filter: bool,
    /// Memory that splats may take where they are drawn, millions of bytes; none leaves it to the device.
    pub splat_memory_mb: Option<u32>,
    /// Whether harmonics are drawn from bytes instead of halves.
    pub compact_harmonics: bool,
    /// How fine cities are made around the camera, 0.25..=2; 1 as the device can.
    pub city_detail: f32,
    /// Sections of the inspector that are folded.
    pub folded: BTreeSet<String>,
    /// Whether the history is shown below the viewport.
    pub history_open: bool,
    /// Whether histograms are shown below the viewport, in the place of the history.
    pub data_open: bool,
    /// Place of the window.
    pub window: WindowPlace,
    /// Files opened lately, newest first.
    pub recent: Vec<Recent>,
    /// Folder of the last save or export.
    pub last_folder: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            ui_scale: 1.0,
            backdrop: Backdrop::default(),
            editor: editor::Settings::default(),
            keymap: editor::Keymap::default(),
            selection_color: SelectionColor::default(),
            screenshot: ScreenshotSettings::default(),
            turntable: TurntableSettings::default(),
            safe_frame: false,
            mip_filter: true,
            splat_memory_mb: None,
            compact_harmonics: false,
            city_detail: 1.0,
            folded: BTreeSet::new(),
            history_open: false,
            data_open: false,
            window: WindowPlace::default(),
            recent: Vec::new(),
            last_folder: None,
        }
    }
}

impl Settings {
    /// Smallest and largest size of the interface.
    pub const UI_SCALES: std::ops::RangeInclusive<f32> = 0.75..=2.0;

    /// Less memory for splats is of no use.
    pub const LEAST_MEMORY_MB: u32 = 64;

    /// Reads the settings; anything unreadable gives the defaults, so that the window always opens.
    pub fn load(path: &Path) -> Self {
        let Ok(text) = std::fs::read_to_string(path) else {
            return Self::default();
        };
        let mut settings: Self = serde_json::from_str(&text).unwrap_or_else(|error| {
            log::warn!(
                "settings are not readable and start anew: {error} ({})",
                path.display()
            );
            Self::default()
        });
        settings.repair();
        settings
    }

    /// Writes the settings through a file beside the old one, so that a full disk loses nothing.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let beside = path.with_extension("json.new");
        std::fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(&beside, path)
    }

    /// What splats may take where they are drawn.
    pub fn splat_memory(&self) -> SplatMemory {
        SplatMemory {
            bytes: self.splat_memory_mb.map(|mb| u64::from(mb) * 1_000_000),
            harmonics: if self.compact_harmonics {
                HarmonicsFormat::Bytes
            } else {
                HarmonicsFormat::Halves
            },
        }
    }

    fn repair(&mut self) {
        let memory = &mut self.splat_memory_mb;
        *memory = memory.map(|mb| mb.max(Self::LEAST_MEMORY_MB));
        if !self.ui_scale.is_finite() {
            self.ui_scale = 1.0;
        }
        self.ui_scale = self
            .ui_scale
            .clamp(*Self::UI_SCALES.start(), *Self::UI_SCALES.end());
        let size = &mut self.window.size;
        let usable = size.iter().all(|v| v.is_finite() && *v >= 320.0);
        if !usable {
            *size = WindowPlace::default().size;
        }
        self.recent.truncate(crate::recent::MOST);
    }
}

/// The folder of the settings: `SPLATWRIGHT_CONFIG`, or the desktop's place for settings.
pub fn config_folder() -> PathBuf {
    let from = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    if let Some(folder) = from("SPLATWRIGHT_CONFIG") {
        return folder;
    }
    let base = if cfg!(target_os = "windows") {
        from("APPDATA")
    } else if cfg!(target_os = "macos") {
        from("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        from("XDG_CONFIG_HOME").or_else(|| from("HOME").map(|home| home.join(".config")))
    };
    base.unwrap_or_else(|| PathBuf::from("."))
        .join("splatwright")
}

/// The file of the settings.
pub fn settings_path() -> PathBuf {
    config_folder().join("settings.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_saving_and_loading() {
        let folder =
            std::env::temp_dir().join(format!("splatwright-settings-{}", std::process::id()));
        let path = folder.join("settings.json");
        let settings = Settings {
            ui_scale: 1.5,
            splat_memory_mb: Some(2000),
            compact_harmonics: true,
            backdrop: Backdrop::Color([0.1, 0.2, 0.3]),
            ..Settings::default()
        };
        settings.save(&path).unwrap();
        assert_eq!(
            Settings::load(&path),
            settings,
            "what is saved is what is loaded"
        );
        std::fs::write(&path, "{ not json").unwrap();
        assert_eq!(
            Settings::load(&path),
            Settings::default(),
            "broken files give defaults"
        );
        std::fs::write(
            &path,
            r#"{"ui_scale": 900, "splat_memory_mb": 0, "unknown": 1}"#,
        )
        .unwrap();
        let tamed = Settings::load(&path);
        assert!(tamed.ui_scale <= 2.0, "wild numbers are tamed");
        assert_eq!(tamed.splat_memory_mb, Some(Settings::LEAST_MEMORY_MB));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
