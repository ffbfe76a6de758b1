//! How the viewport shows splats; remembered with the settings.

use serde::{Deserialize, Serialize};

/// Which quantity the viewport shows.
pub use scene::ViewMode as ShowAs;

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
