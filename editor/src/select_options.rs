//! How selection tools decide, as an artist sets it in the bar of the tool.

use serde::{Deserialize, Serialize};

use crate::tool::ToolKind;

/// Which color of a splat counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ColorSource {
    /// The one that is the same from all sides (degree 0).
    #[default]
    Base,
    /// The one that its harmonics show towards the camera.
    Seen,
}

/// Thresholds of the selection tools and operations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelectOptions {
    /// Tools that select in space (sphere brush, volumes, eyedropper, flood) leave alone what lies behind
    /// what is seen.
    pub space_surface: bool,
    /// Which color eyedropper and flood compare.
    pub color: ColorSource,
    /// Largest difference of colors in OKLab, 0..=1 (black to white is 1).
    pub tolerance: f32,
    /// Splats closer than this are neighbors, metres in the world; `None`: from the size of the splats.
    pub reach: Option<f32>,
    /// Largest angle between normals in a flood, radians; π does not look at them.
    pub normal_angle: f32,
    /// Share of the brush's radius over which it fades, 0..=1.
    pub softness: f32,
    /// Connected parts with fewer splats are small.
    pub small_part: u32,
}

impl SelectOptions {
    /// Largest difference of colors that means something.
    pub const TOLERANCES: (f32, f32) = (0.002, 1.0);

    /// Whether every number is usable.
    pub fn is_valid(&self) -> bool {
        let inside = |v: f32, low: f32, high: f32| v >= low && v <= high;
        inside(self.tolerance, 0.0, Self::TOLERANCES.1)
            && inside(self.normal_angle, 0.0, std::f32::consts::PI + 1e-6)
            && inside(self.softness, 0.0, 1.0)
            && self
                .reach
                .is_none_or(|reach| reach.is_finite() && reach > 0.0)
    }
}

impl Default for SelectOptions {
    fn default() -> Self {
        Self {
            space_surface: false,
            color: ColorSource::Base,
            tolerance: 0.06,
            reach: None,
            normal_angle: std::f32::consts::PI,
            softness: 0.0,
            small_part: 100,
        }
    }
}

impl ToolKind {
    /// Whether it selects what lies on the picture, so that the surface seen there limits it unless the
    /// artist wants to reach through.
    pub fn selects_on_picture(self) -> bool {
        matches!(self, Self::Rect | Self::Lasso | Self::Polygon | Self::Brush)
    }

    /// Whether it selects in space, where depth is given by the thing itself.
    pub fn selects_in_space(self) -> bool {
        matches!(
            self,
            Self::SphereBrush | Self::Eyedropper | Self::Flood | Self::Sphere | Self::Box
        )
    }

    /// Whether the size of splats can count beside their centers.
    pub fn has_footprint(self) -> bool {
        self.selects_on_picture() || matches!(self, Self::SphereBrush | Self::Sphere | Self::Box)
    }
}
