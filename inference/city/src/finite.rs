//! Plans that end: a map that was read or painted, cut into tiles.

use std::sync::Arc;

use glam::{DVec2, Vec2};

use crate::{
    geometry::middle,
    layout::{Layout, Plan, TILE_SIZE, Tile},
};

/// A whole city in one layout, handed out by tiles.
///
/// A building is built by the tile of the middle of its outline, the rest by where it stands.
#[derive(Debug, Clone)]
pub struct FinitePlan {
    whole: Layout,
    buildings: Vec<Bounds>,
    homes: Vec<Tile>,
    roads: Vec<Bounds>,
    areas: Vec<Bounds>,
}

/// South-western and north-eastern corner, metres.
type Bounds = (Vec2, Vec2);

impl FinitePlan {
    /// Side of the largest plan, metres: farther from its middle, `f32` would lose millimetres.
    pub const LARGEST: f32 = 30_000.0;

    /// A plan of one layout. Its positions are rounded to a millimetre, so that all tiles agree on them.
    pub fn new(mut whole: Layout) -> Self {
        whole.snap();
        let around = |points: &[Vec2], reach: f32| {
            let inf = Vec2::splat(f32::INFINITY);
            let (low, high) = points
                .iter()
                .fold((inf, -inf), |(low, high), &p| (low.min(p), high.max(p)));
            (low - reach, high + reach)
        };
        Self {
            buildings: whole
                .buildings
                .iter()
                .map(|b| around(&b.footprint.outer, 0.0))
                .collect(),
            homes: whole
                .buildings
                .iter()
                .map(|b| Tile::at(whole.origin + middle(&b.footprint.outer).as_dvec2()))
                .collect(),
            roads: whole
                .roads
                .iter()
                .map(|r| around(&r.line, 0.5 * r.width + crate::RoadMaps::REACH))
                .collect(),
            areas: whole
                .areas
                .iter()
                .map(|a| around(&a.polygon.outer, 0.0))
                .collect(),
            whole,
        }
    }

    /// All of it.
    pub fn whole(&self) -> &Layout {
        &self.whole
    }

    /// The tiles in which something stands, from the south-west by rows.
    pub fn tiles(&self) -> Vec<Tile> {
        let first = Tile::at(self.whole.origin);
        let end = self.whole.origin + self.whole.size.as_dvec2();
        let mut tiles = Vec::new();
        for y in first.y..=Tile::at(end).y {
            for x in first.x..=Tile::at(end).x {
                tiles.push(Tile { x, y });
            }
        }
        tiles
    }
}

impl Plan for FinitePlan {
    fn layout(&self, tile: Tile) -> Arc<Layout> {
        let size = Vec2::splat(TILE_SIZE);
        let shift = (self.whole.origin - tile.origin()).as_vec2();
        let low = -shift - Layout::APRON;
        let high = -shift + size + Layout::APRON;
        let near = |b: &Bounds| b.0.cmple(high).all() && b.1.cmpge(low).all();
        let inside = |p: Vec2| p.cmpge(low).all() && p.cmplt(high).all();
        let whole = &self.whole;

        let mut layout = Layout {
            origin: tile.origin(),
            size,
            ..Layout::default()
        };
        for ((building, bounds), home) in
            whole.buildings.iter().zip(&self.buildings).zip(&self.homes)
        {
            if *home == tile || near(bounds) {
                let mut building = building.clone();
                building.context = *home != tile;
                layout.buildings.push(building);
            }
        }
        layout.roads = kept(&whole.roads, &self.roads, near);
        layout.areas = kept(&whole.areas, &self.areas, near);
        layout.trees = whole
            .trees
            .iter()
            .filter(|t| inside(t.at))
            .copied()
            .collect();
        layout.lamps = whole
            .lamps
            .iter()
            .filter(|l| inside(l.at))
            .copied()
            .collect();
        layout.cars = whole
            .cars
            .iter()
            .filter(|c| inside(c.at))
            .copied()
            .collect();
        layout.shift(shift);
        Arc::new(layout)
    }

    fn bounds(&self) -> Option<(DVec2, DVec2)> {
        let origin = self.whole.origin;
        Some((origin, origin + self.whole.size.as_dvec2()))
    }
}

fn kept<T: Clone>(all: &[T], bounds: &[Bounds], near: impl Fn(&Bounds) -> bool) -> Vec<T> {
    all.iter()
        .zip(bounds)
        .filter(|(_, b)| near(b))
        .map(|(one, _)| one.clone())
        .collect()
}
