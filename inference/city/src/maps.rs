//! The pictures of a plan: the five maps of GaussianCity (Xie et al., CVPR 2025), and what markings need besides.

use serde::{Deserialize, Serialize};

/// Class of a cell, with GaussianCity's numbers.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Class {
    /// Nothing known.
    #[default]
    Null = 0,
    /// Carriageway.
    Road = 1,
    /// Building seen from the side.
    Facade = 2,
    /// Grass and trees.
    Green = 3,
    /// Building site.
    Construction = 4,
    /// Water.
    Water = 5,
    /// Other ground: pavement, squares, courts.
    Zone = 6,
    /// Building seen from above.
    Roof = 7,
    /// Car.
    Car = 8,
}

/// Maps of one area: `width × height` cells, row 0 is the southernmost, cell 0 the westernmost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Maps {
    /// South-western corner of cell (0, 0), metres in the frame of the layout.
    pub corner: glam::Vec2,
    /// Side of a cell, metres.
    pub cell: f32,
    /// Cells from west to east.
    pub width: usize,
    /// Cells from south to north.
    pub height: usize,
    /// Semantic map (SEG).
    pub classes: Vec<Class>,
    /// Instance map (INS): one more than the index of the building in its layout, zero for none.
    pub instances: Vec<u32>,
    /// Top-down height (TD): the highest surface, metres, trees left out.
    pub top: Vec<f32>,
    /// Bottom-up height (BU): underside of what stands there, metres; zero on the ground.
    pub bottom: Vec<f32>,
    /// Density: cells that want points, and how many, 0..=255.
    pub density: Vec<u8>,
    /// What markings need, where streets are known as lines.
    pub roads: Option<RoadMaps>,
}

/// Coordinates of the streets, one value a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RoadMaps {
    /// Signed distance to the nearest centre line, metres; left of its direction is positive.
    pub across: Vec<f32>,
    /// Metres along that street.
    pub along: Vec<f32>,
    /// Half its width, metres.
    pub half_width: Vec<f32>,
    /// Its class as a number of [`crate::RoadClass`], or 255 far from any.
    pub class: Vec<u8>,
    /// Distance to where two streets cover the ground, metres; zero inside.
    pub junction: Vec<f32>,
}
