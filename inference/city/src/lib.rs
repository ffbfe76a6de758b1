//! Cities of Gaussians: a plan of streets and buildings becomes oriented surfels with materials, tile by tile.
//!
//! The frame of this crate is a map's: metres, x east, y north, z up from the ground of the plan. A layer of the
//! scene gets `(x, z, -y)`.

mod dice;
pub mod edits;
pub mod finite;
mod furnish;
mod geometry;
pub mod layout;
pub mod maps;
pub mod osm;
pub mod painted;
pub mod procedural;
pub mod trace;

pub use edits::{BuildingEdit, EditedPlan, Edits, Paint, Painted};
pub use finite::FinitePlan;
pub use layout::{
    Area, AreaKind, Building, BuildingUse, Car, Family, Lamp, Layout, Plan, Polygon, Road,
    RoadClass, RoofShape, TILE_SIZE, Tile, Tree,
};
pub use maps::{Class, Ground, Maps, RoadMaps, rasterize};
pub use procedural::{CityStyle, ProceduralPlan};
