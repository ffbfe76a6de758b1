//! What stands where: the vectors from which everything else is made.

use std::sync::Arc;

use glam::{DVec2, Vec2};
use serde::{Deserialize, Serialize};

/// Side of a [`Tile`], metres.
pub const TILE_SIZE: f32 = 256.0;

/// One square of a plan: `[x, x + 1) × [y, y + 1)` in units of [`TILE_SIZE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tile {
    /// Steps to the east.
    pub x: i32,
    /// Steps to the north.
    pub y: i32,
}

impl Tile {
    /// The tile in which a point lies.
    pub fn at(point: DVec2) -> Self {
        let step = (point / f64::from(TILE_SIZE)).floor();
        Self {
            x: step.x as i32,
            y: step.y as i32,
        }
    }

    /// Its south-western corner, metres in the frame of the plan.
    pub fn origin(self) -> DVec2 {
        DVec2::new(f64::from(self.x), f64::from(self.y)) * f64::from(TILE_SIZE)
    }
}

/// Where layouts come from. The same tile is the same layout whatever was asked before, on every machine.
pub trait Plan: Send + Sync {
    /// Everything that stands in a tile, and what of its surroundings reaches less than
    /// [`Layout::APRON`] metres from it.
    fn layout(&self, tile: Tile) -> Arc<Layout>;

    /// South-western and north-eastern corner of a plan that ends, metres.
    fn bounds(&self) -> Option<(DVec2, DVec2)>;
}

/// A part of a plan. Positions are metres from [`Layout::origin`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Layout {
    /// Where the zero of the positions lies in the plan.
    pub origin: DVec2,
    /// Size of what this layout answers for, from its origin to the north-east, metres.
    pub size: Vec2,
    /// Buildings; those of other tiles are `context`.
    pub buildings: Vec<Building>,
    /// Streets, with those that only pass by.
    pub roads: Vec<Road>,
    /// Parks, water, squares; later ones lie on earlier ones. Where there is none and no road: pavement.
    pub areas: Vec<Area>,
    /// Trees; like lamps and cars those outside `0..size` are other tiles' ([`Layout::owns`]).
    pub trees: Vec<Tree>,
    /// Street lamps.
    pub lamps: Vec<Lamp>,
    /// Parked cars.
    pub cars: Vec<Car>,
}

impl Layout {
    /// How far around a tile its layout knows its surroundings: shadows and occlusion need them.
    pub const APRON: f32 = 64.0;

    /// Whether a thing at a point is this layout's to build, or stands in it only to shade.
    pub fn owns(&self, at: Vec2) -> bool {
        at.cmpge(Vec2::ZERO).all() && at.cmplt(self.size).all()
    }

    /// The building that a point lies in, the highest where they stand on each other; for picking on a map.
    pub fn building_at(&self, at: Vec2) -> Option<&Building> {
        self.buildings
            .iter()
            .filter(|building| building.footprint.contains(at))
            .max_by(|a, b| a.height.total_cmp(&b.height))
    }

    /// Moves everything, without its origin.
    pub fn shift(&mut self, by: Vec2) {
        self.each_point(|p| *p += by);
    }

    /// Rounds every position to what all tiles can hold exactly (a millimetre, up to 16 km from the origin).
    pub(crate) fn snap(&mut self) {
        self.each_point(|p| *p = (*p * 1024.0).round() / 1024.0);
    }

    /// Goes over every position that it holds.
    pub(crate) fn each_point(&mut self, mut change: impl FnMut(&mut Vec2)) {
        let mut ring = |points: &mut Vec<Vec2>| points.iter_mut().for_each(&mut change);
        for building in &mut self.buildings {
            building.footprint.rings().for_each(&mut ring);
        }
        for area in &mut self.areas {
            area.polygon.rings().for_each(&mut ring);
        }
        self.roads.iter_mut().for_each(|r| ring(&mut r.line));
        self.trees.iter_mut().for_each(|t| change(&mut t.at));
        self.lamps.iter_mut().for_each(|l| change(&mut l.at));
        self.cars.iter_mut().for_each(|c| change(&mut c.at));
    }
}

/// A simple polygon with holes, without repeated points.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Polygon {
    /// Counter-clockwise from above; at least three points.
    pub outer: Vec<Vec2>,
    /// Clockwise.
    pub holes: Vec<Vec<Vec2>>,
}

impl Polygon {
    /// Whether a point lies inside and in no hole.
    pub fn contains(&self, at: Vec2) -> bool {
        let inside = |ring: &[Vec2]| {
            let points: Vec<DVec2> = ring.iter().map(|p| p.as_dvec2()).collect();
            crate::geometry::contains(&points, at.as_dvec2())
        };
        inside(&self.outer) && !self.holes.iter().any(|hole| inside(hole))
    }

    /// Its outline, then its holes.
    pub(crate) fn rings(&mut self) -> impl Iterator<Item = &mut Vec<Vec2>> {
        std::iter::once(&mut self.outer).chain(&mut self.holes)
    }
}

/// What a building is for; it decides about façade, floors and roof where nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BuildingUse {
    /// Detached or terraced house.
    House,
    /// Flats above a ground floor, often with shops.
    Apartments,
    /// Shop or office base below a tower.
    Podium,
    /// Offices: curtain walls, flat roof.
    Office,
    /// Works, stores, halls.
    Industrial,
    /// Church, town hall, museum: columns, domes, no shops.
    Landmark,
    /// Garage, shed, kiosk.
    Shed,
}

/// Shape of a roof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RoofShape {
    /// With a parapet.
    Flat,
    /// Slopes on every side that is no party wall.
    Hipped,
    /// Two slopes.
    Gabled,
    /// Steep below, flat above.
    Mansard,
    /// To one point.
    Pyramid,
    /// Round.
    Dome,
    /// One slope.
    Shed,
}

/// Material of a façade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Family {
    /// Fired brick.
    Brick,
    /// Painted render.
    Plaster,
    /// Ashlar.
    Stone,
    /// Cast or panel concrete.
    Concrete,
    /// Curtain wall of glass.
    Glass,
}

/// One building, or one part of a building with its own height.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Building {
    /// The same in every tile that sees it, and after edits of its neighbours.
    pub id: u64,
    /// Outline on the ground.
    pub footprint: Polygon,
    /// Height of its underside above the ground, metres: zero, or more for what bridges a passage, and for a tower that
    /// stands on its podium (where the [bottom map](crate::Maps::bottom) is zero, something else is below).
    pub base: f32,
    /// Height of its eaves above the ground, metres; the roof comes on top.
    pub height: f32,
    /// What it is for.
    pub usage: BuildingUse,
    /// Floors, where the source knows.
    pub levels: Option<f32>,
    /// Roof, where the source knows.
    pub roof: Option<RoofShape>,
    /// Façade, where the source knows or an artist chose.
    pub family: Option<Family>,
    /// Seed of everything left to chance.
    pub style: u64,
    /// Another tile emits it; here it only hides and shades.
    pub context: bool,
}

/// Kind of a street.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RoadClass {
    /// For people on foot: paved, no kerb.
    Pedestrian,
    /// Yard, alley: asphalt without markings.
    Service,
    /// One lane a way, parked cars.
    Residential,
    /// Marked lanes.
    Street,
    /// Two lanes a way and more.
    Avenue,
}

/// A street along its centre line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Road {
    /// The same in every tile that it crosses.
    pub id: u64,
    /// At least two points; the whole street, or with [`Road::start`] the part that is near.
    pub line: Vec<Vec2>,
    /// Metres along the street at the first point, so that dashes go on from tile to tile.
    pub start: f32,
    /// Kerb to kerb, metres.
    pub width: f32,
    /// Its kind.
    pub class: RoadClass,
}

/// What an [`Area`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AreaKind {
    /// Grass, with the trees of the layout.
    Park,
    /// River, pond, sea.
    Water,
    /// Paved for people.
    Square,
    /// Between buildings.
    Court,
    /// Asphalt: parking, roundabouts.
    Asphalt,
    /// Building site, bare ground, railway land.
    Bare,
}

/// A part of the ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// What it is.
    pub kind: AreaKind,
    /// Where.
    pub polygon: Polygon,
}

/// A tree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tree {
    /// Its trunk.
    pub at: Vec2,
    /// Metres.
    pub height: f32,
    /// Seed of its shape and color.
    pub style: u64,
}

/// A street lamp.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lamp {
    /// Its mast.
    pub at: Vec2,
    /// Direction of its arm, radians from east to north.
    pub heading: f32,
}

/// A parked car.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Car {
    /// Its middle.
    pub at: Vec2,
    /// Direction of its bonnet, radians from east to north.
    pub heading: f32,
    /// Seed of its shape and color.
    pub style: u64,
}
