//! The pictures of a plan: the five maps of GaussianCity (Xie et al., CVPR 2025), and what markings need besides.

mod fill;
mod junctions;
mod rasterize;
mod streets;

pub(crate) use junctions::junctions;
pub use rasterize::rasterize;

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

/// What lies under foot: finer than [`Class`], and known below buildings and trees too.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Ground {
    /// Slabs between kerb and house: where a layout says nothing.
    #[default]
    Pavement = 0,
    /// Carriageway of a street.
    Carriageway = 1,
    /// Street for people on foot.
    Promenade = 2,
    /// Parking and other asphalt off the streets.
    Asphalt = 3,
    /// Lawn.
    Grass = 4,
    /// River, pond, sea.
    Water = 5,
    /// Paved square.
    Square = 6,
    /// Yard between buildings.
    Court = 7,
    /// Building site, bare ground.
    Bare = 8,
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
    /// Semantic map (SEG). Trees and cars are left out: they stand in the layout.
    pub classes: Vec<Class>,
    /// Instance map (INS): one more than the index of the building in its layout, zero for none.
    pub instances: Vec<u32>,
    /// Top-down height (TD): the highest surface, metres, trees left out.
    pub top: Vec<f32>,
    /// Bottom-up height (BU): underside of the lowest building there, metres; zero on the ground.
    pub bottom: Vec<f32>,
    /// Density: cells that want points, and how many, 0..=255.
    pub density: Vec<u8>,
    /// What lies under foot; empty where only the five maps of a picture are known.
    pub ground: Vec<Ground>,
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
    /// Half its width, metres; zero far from any.
    pub half_width: Vec<f32>,
    /// Its class as a number of [`crate::RoadClass`], or 255 far from any.
    pub class: Vec<u8>,
    /// Metres along the street to where the nearest other street begins to cover it; zero inside, so that what keeps
    /// a distance from a junction lies straight across the street.
    pub junction: Vec<f32>,
    /// Signed distance to the nearest kerb, metres: negative on a carriageway, with the corners of junctions rounded.
    /// Not known farther than [`RoadMaps::REACH`] from one.
    pub kerb: Vec<f32>,
}

impl RoadMaps {
    /// How far beyond their kerbs streets are known, metres.
    pub const REACH: f32 = 8.0;
    /// Class of a cell that is far from any street.
    pub const NO_STREET: u8 = u8::MAX;
    /// Distance to a junction where there is none.
    pub const NO_JUNCTION: f32 = 1e3;
}

impl Maps {
    /// Index of the cell in which a point lies, metres in the frame of the layout.
    pub fn cell_at(&self, point: glam::Vec2) -> Option<usize> {
        let step = ((point - self.corner) / self.cell).floor();
        let inside = step.x >= 0.0
            && step.y >= 0.0
            && step.x < self.width as f32
            && step.y < self.height as f32;
        inside.then(|| step.y as usize * self.width + step.x as usize)
    }
}
