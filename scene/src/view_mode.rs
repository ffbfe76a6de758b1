//! What pictures of splats can show: the one list that commands, pictures and the command line share.

use serde::{Deserialize, Serialize};

/// Which quantity the picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ViewMode {
    /// The splats' own colors, lit where the layer is lit.
    #[default]
    Color,
    /// World normals mapped from -1..=1 to 0..=1; the shortest axis where a layer has no `normal` column.
    Normals,
    /// Distance along the view axis, logarithmic: white is near, black is far.
    Depth,
    /// The `label` column, one color a label; grey where a layer has none.
    Labels,
    /// The `confidence` column: green seen, amber grazing, red invented; grey where a layer has none.
    Confidence,
    /// A dot at the centre of each splat.
    Centers,
    /// The outline of each splat at two standard deviations.
    Rings,
    /// The `albedo` column: color without light; grey where a layer has none.
    Albedo,
    /// The `roughness` column: black is a mirror, white is matte; grey where a layer has none.
    Roughness,
    /// The `metallic` column: white is metal; grey where a layer has none.
    Metallic,
    /// The `ambient_occlusion` column: white is open, black is shut in; grey where a layer has none.
    Occlusion,
    /// How many splats were blended at each pixel, from dark (1) to white (512), logarithmic.
    Overdraw,
    /// How many splats each tile of 16×16 pixels lists, from dark (1) to white (8192), logarithmic.
    TileLoad,
    /// How far the splats of levels of detail are merged: grey not at all, each level with a hue.
    Levels,
}

impl ViewMode {
    /// Every way to show splats, in the order of the menu.
    pub const ALL: [Self; 14] = [
        Self::Color,
        Self::Centers,
        Self::Rings,
        Self::Depth,
        Self::Normals,
        Self::Albedo,
        Self::Roughness,
        Self::Metallic,
        Self::Occlusion,
        Self::Labels,
        Self::Confidence,
        Self::Overdraw,
        Self::TileLoad,
        Self::Levels,
    ];

    /// The name as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Color => "color",
            Self::Centers => "centers",
            Self::Rings => "rings",
            Self::Depth => "depth",
            Self::Normals => "normals",
            Self::Albedo => "albedo",
            Self::Roughness => "roughness",
            Self::Metallic => "metallic",
            Self::Occlusion => "occlusion",
            Self::Labels => "labels",
            Self::Confidence => "confidence",
            Self::Overdraw => "overdraw",
            Self::TileLoad => "tile-load",
            Self::Levels => "levels",
        }
    }
}
