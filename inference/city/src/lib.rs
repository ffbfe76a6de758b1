//! Cities of Gaussians: a plan of streets and buildings becomes oriented surfels with materials, tile by tile.
//!
//! The frame of this crate is a map's: metres, x east, y north, z up from the ground of the plan. A layer of the
//! scene gets `(x, z, -y)`.

pub mod appearance;
pub mod cloud;
pub mod decoder;
mod dice;
pub mod edits;
pub mod field;
pub mod finite;
mod furnish;
mod geometry;
pub mod lamps;
pub mod layout;
pub mod light;
pub mod maker;
pub mod maps;
pub mod osm;
pub mod painted;
pub mod procedural;
pub mod random;
pub mod recipe;
pub mod stream;
pub mod surfels;
pub mod trace;

pub use cloud::{Bake, cloud, scene_from_city};
pub use decoder::{DecodeError, Decoder};
pub use edits::{BuildingEdit, EditedPlan, Edits, Paint, Painted};
pub use field::HeightField;
pub use finite::FinitePlan;
pub use layout::{
    Area, AreaKind, Building, BuildingUse, Car, Family, Lamp, Layout, Plan, Polygon, Road,
    RoadClass, RoofShape, TILE_SIZE, Tile, Tree,
};
pub use light::Daylight;
pub use maker::{CityMaker, Fineness, MakeError, place_of};
pub use maps::{Class, Ground, Maps, RoadMaps, rasterize};
pub use procedural::{CityStyle, ProceduralPlan};
pub use recipe::{CityRecipe, Source};
pub use surfels::{Detail, Surfels, Viewpoint, extrude};
