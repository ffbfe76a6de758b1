//! How the viewport shows splats; remembered with the settings.

use serde::{Deserialize, Serialize};

/// Which quantity the viewport shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub enum ShowAs {
    /// Colors, lit where a layer is lit.
    #[default]
    Color,
    /// A dot at each splat's centre.
    Centers,
    /// Each splat's outline.
    Rings,
    /// Distance from the camera.
    Depth,
    /// Directions that surfaces face.
    Normals,
    /// Color without light.
    Albedo,
    /// Mirror to matte.
    Roughness,
    /// Metal or not.
    Metallic,
    /// How open a place is to light.
    Occlusion,
    /// Parts: skin, hair and so on.
    Labels,
    /// Seen in the photograph or made up.
    Confidence,
    /// Splats blended at each pixel.
    Overdraw,
    /// Splats listed by each tile.
    TileLoad,
}

impl ShowAs {
    /// Every one, in the order of the menu.
    pub const ALL: [Self; 13] = [
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
    ];
}

/// Things that are either shown or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guide {
    /// The grid on the ground.
    Grid,
    /// The world's axes.
    Axes,
    /// The edge around selected splats.
    Outline,
    /// Parallel rays instead of perspective.
    Orthographic,
    /// Colors blended as linear light.
    LinearLight,
}

/// How the viewport shows splats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewOptions {
    /// Which quantity.
    pub show_as: ShowAs,
    /// Highest degree of spherical harmonics, 0..=3.
    pub sh_degree: u32,
    /// The grid on the ground.
    pub grid: bool,
    /// The world's axes.
    pub axes: bool,
    /// The edge around selected splats.
    pub outline: bool,
    /// Parallel rays instead of perspective.
    pub orthographic: bool,
    /// Colors blended as linear light, not as they are on screen.
    pub linear_light: bool,
    /// Nothing nearer than this is drawn, metres; chosen by the camera where it is none.
    pub near: Option<f32>,
    /// Nothing farther than this is drawn, metres.
    pub far: Option<f32>,
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            show_as: ShowAs::Color,
            sh_degree: 3,
            grid: false,
            axes: false,
            outline: true,
            orthographic: false,
            linear_light: false,
            near: None,
            far: None,
        }
    }
}

impl ViewOptions {
    /// Whether a guide is shown.
    pub fn has(&self, guide: Guide) -> bool {
        match guide {
            Guide::Grid => self.grid,
            Guide::Axes => self.axes,
            Guide::Outline => self.outline,
            Guide::Orthographic => self.orthographic,
            Guide::LinearLight => self.linear_light,
        }
    }

    /// Shows a guide that is not shown, and the other way round.
    pub(crate) fn toggle(&mut self, guide: Guide) {
        let flag = match guide {
            Guide::Grid => &mut self.grid,
            Guide::Axes => &mut self.axes,
            Guide::Outline => &mut self.outline,
            Guide::Orthographic => &mut self.orthographic,
            Guide::LinearLight => &mut self.linear_light,
        };
        *flag = !*flag;
    }
}
