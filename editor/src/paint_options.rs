//! How the painting tools lay on color, as an artist sets it in the bar of the tool.

use scene::PaintMode;
use serde::{Deserialize, Serialize};

use crate::tool::ToolKind;

/// Brush and color of the painting tools; the size is that of all brushes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PaintOptions {
    /// Display-referred sRGB, 0..=1.
    pub color: [f32; 3],
    /// What the paint replaces.
    pub mode: PaintMode,
    /// How much of the color one stroke lays on, 0..=1, however often it passes.
    pub strength: f32,
    /// Share of the radius within which the brush is full, 0..=1; it fades from there on.
    pub hardness: f32,
    /// Paints everything under the brush, not only the surface that is seen.
    pub through: bool,
}

impl PaintOptions {
    /// Whether every number is usable.
    pub fn is_valid(&self) -> bool {
        let [r, g, b] = self.color;
        let shares = [r, g, b, self.strength, self.hardness];
        shares.iter().all(|v| (0.0..=1.0).contains(v))
    }
}

impl Default for PaintOptions {
    fn default() -> Self {
        Self {
            color: [0.84, 0.24, 0.16],
            mode: PaintMode::Color,
            strength: 1.0,
            hardness: 0.5,
            through: false,
        }
    }
}

impl ToolKind {
    /// Whether it lays color on splats.
    pub fn paints(self) -> bool {
        matches!(self, Self::Paint | Self::Clone)
    }

    /// Whether it is a brush with a size.
    pub fn is_brush(self) -> bool {
        self.paints() || matches!(self, Self::Brush | Self::SphereBrush)
    }
}
