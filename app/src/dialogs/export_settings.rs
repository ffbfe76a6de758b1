//! What the artist chose for screenshots and turntables; remembered between days.

use renderer::Background;
use serde::{Deserialize, Serialize};

use crate::choose::Purpose;
use crate::persist::Backdrop;
use crate::view::options::behind;

/// Behind the splats in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ExportBackground {
    /// The color of the viewport.
    #[default]
    Viewport,
    /// Nothing.
    Transparent,
    /// White.
    White,
    /// Black.
    Black,
}

impl ExportBackground {
    /// For the renderer; the studio gradient and the checkers become their middle gray.
    pub fn resolve(self, backdrop: Backdrop) -> Background {
        match self {
            Self::Viewport => match backdrop {
                Backdrop::Color(color) => Background::Color(color),
                Backdrop::Neutral | Backdrop::Gradient | Backdrop::Checker => {
                    Background::Color(NEUTRAL)
                }
                Backdrop::Horizon { .. } | Backdrop::Environment => behind(backdrop),
            },
            Self::Transparent => Background::Transparent,
            Self::White => Background::Color([1.0; 3]),
            Self::Black => Background::Color([0.0; 3]),
        }
    }
}

/// The neutral viewport gray, display-referred.
pub const NEUTRAL: [f32; 3] = [24.0 / 255.0; 3];

/// A screenshot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScreenshotSettings {
    /// Pixels.
    pub size: [u32; 2],
    /// Behind the splats.
    pub background: ExportBackground,
    /// Each pixel is the average of so many along each side: 1, 2 or 4.
    pub supersample: u32,
    /// 16 bits a channel instead of 8.
    pub deep: bool,
}

impl Default for ScreenshotSettings {
    fn default() -> Self {
        Self {
            size: [1920, 1080],
            background: ExportBackground::Viewport,
            supersample: 1,
            deep: false,
        }
    }
}

/// What a turntable is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TurntableKind {
    /// H.264 film.
    #[default]
    Mp4,
    /// Animated picture.
    Gif,
    /// Numbered PNGs in a folder.
    Frames,
}

impl TurntableKind {
    /// What a file is asked for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Mp4 => Purpose::SaveMp4,
            Self::Gif => Purpose::SaveGif,
            Self::Frames => Purpose::SaveFrames,
        }
    }
}

/// A turntable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TurntableSettings {
    /// Pixels.
    pub size: [u32; 2],
    /// Of one turn.
    pub seconds: f32,
    /// Frames a second.
    pub fps: f32,
    /// Camera above the horizon, degrees.
    pub elevation_deg: f32,
    /// Begin at the view shown now, instead of framing everything from its front.
    pub from_view: bool,
    /// Camera walks with the clock, seen from above.
    pub clockwise: bool,
    /// What is written.
    pub kind: TurntableKind,
    /// Behind the splats.
    pub background: ExportBackground,
}

impl Default for TurntableSettings {
    fn default() -> Self {
        Self {
            size: [1080, 1080],
            seconds: 6.0,
            fps: 30.0,
            elevation_deg: 5.0,
            from_view: false,
            clockwise: false,
            kind: TurntableKind::Mp4,
            background: ExportBackground::Viewport,
        }
    }
}

impl TurntableSettings {
    /// Frames of one turn.
    pub fn frames(&self) -> u32 {
        (self.seconds * self.fps).round().max(1.0) as u32
    }
}
