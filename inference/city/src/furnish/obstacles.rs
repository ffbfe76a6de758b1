//! What is in the way of things that stand around, found through a grid.

use std::collections::HashMap;

use glam::{DVec2, IVec2, Vec2};

use crate::geometry::{contains, distance_to, nearest_on};
use crate::layout::{AreaKind, Layout, RoadClass};

/// Side of a cell of the grid, metres.
const CELL: f64 = 32.0;
/// Rings over more cells than this are looked at everywhere instead, cells.
const MANY: i32 = 4096;

/// Streets, buildings and water of a layout.
pub(crate) struct Obstacles<'a> {
    layout: &'a Layout,
    /// Street and piece of it.
    pieces: HashMap<IVec2, Vec<(usize, usize)>>,
    buildings: Index,
    waters: Index,
}

/// Rings with their place in a list.
#[derive(Default)]
struct Index {
    rings: Vec<(Vec<DVec2>, Vec<Vec<DVec2>>)>,
    cells: HashMap<IVec2, Vec<usize>>,
    large: Vec<usize>,
}

fn cell(point: DVec2) -> IVec2 {
    (point / CELL).floor().as_ivec2()
}

fn cells(low: DVec2, high: DVec2) -> impl Iterator<Item = IVec2> {
    let (a, b) = (cell(low), cell(high));
    (a.y..=b.y).flat_map(move |y| (a.x..=b.x).map(move |x| IVec2::new(x, y)))
}

impl Index {
    fn add(&mut self, outer: &[Vec2], holes: &[Vec<Vec2>]) {
        let wide = |ring: &[Vec2]| -> Vec<DVec2> { ring.iter().map(|p| p.as_dvec2()).collect() };
        let ring = wide(outer);
        let (low, high) = crate::geometry::bounds(&ring);
        if !(low.is_finite() && high.is_finite()) {
            return;
        }
        let own = self.rings.len();
        let size = cell(high) - cell(low) + 1;
        if size.x.saturating_mul(size.y) > MANY {
            self.large.push(own);
        } else {
            for at in cells(low - 4.0, high + 4.0) {
                self.cells.entry(at).or_default().push(own);
            }
        }
        self.rings
            .push((ring, holes.iter().map(|hole| wide(hole)).collect()));
    }

    /// Whether a point lies in one of them or nearer than `margin` to it.
    fn touches(&self, point: DVec2, margin: f64) -> bool {
        let near = self.cells.get(&cell(point)).into_iter().flatten();
        near.chain(&self.large).any(|&own| {
            let (outer, holes) = &self.rings[own];
            let inside = contains(outer, point) && !holes.iter().any(|hole| contains(hole, point));
            inside || (margin > 0.0 && distance_to(outer, point) < margin)
        })
    }
}

impl<'a> Obstacles<'a> {
    pub(crate) fn new(layout: &'a Layout) -> Self {
        let mut obstacles = Self {
            layout,
            pieces: HashMap::new(),
            buildings: Index::default(),
            waters: Index::default(),
        };
        for (road, street) in layout.roads.iter().enumerate() {
            for (piece, ends) in street.line.windows(2).enumerate() {
                let (a, b) = (ends[0].as_dvec2(), ends[1].as_dvec2());
                let reach = DVec2::splat(0.5 * f64::from(street.width) + 12.0);
                if (a + b).is_finite() && a.distance(b) < 1e4 {
                    for at in cells(a.min(b) - reach, a.max(b) + reach) {
                        obstacles.pieces.entry(at).or_default().push((road, piece));
                    }
                }
            }
        }
        for building in &layout.buildings {
            obstacles
                .buildings
                .add(&building.footprint.outer, &building.footprint.holes);
        }
        for area in layout.areas.iter().filter(|a| a.kind == AreaKind::Water) {
            obstacles
                .waters
                .add(&area.polygon.outer, &area.polygon.holes);
        }
        obstacles
    }

    /// Whether a place keeps its distance from buildings and from streets, and is no water.
    pub(crate) fn free(&self, at: DVec2, from_buildings: f64, from_streets: f64) -> bool {
        !self.buildings.touches(at, from_buildings)
            && !self.on_street(at, None, from_streets)
            && self.dry(at)
    }

    /// Whether a place is no water.
    pub(crate) fn dry(&self, at: DVec2) -> bool {
        !self.waters.touches(at, 0.0)
    }

    /// Whether a place is on a street for carriages, or nearer to its kerb than `margin`.
    pub(crate) fn on_street(&self, at: DVec2, except: Option<usize>, margin: f64) -> bool {
        self.pieces
            .get(&cell(at))
            .into_iter()
            .flatten()
            .filter(|(road, _)| Some(*road) != except)
            .filter(|(road, _)| self.layout.roads[*road].class != RoadClass::Pedestrian)
            .any(|&(road, piece)| {
                let half = 0.5 * f64::from(self.layout.roads[road].width);
                self.nearest(road, piece, at).distance(at) < half + margin
            })
    }

    /// Whether a street begins or ends near a place, with so much room before its kerbs.
    pub(crate) fn near_end(&self, at: DVec2, room: f64) -> bool {
        self.pieces
            .get(&cell(at))
            .into_iter()
            .flatten()
            .any(|&(road, piece)| {
                let street = &self.layout.roads[road];
                let last = street.line.len() - 1;
                let ends = [
                    (piece == 0).then_some(0),
                    (piece + 1 == last).then_some(last),
                ];
                let reach = 0.5 * f64::from(street.width) + room;
                ends.into_iter()
                    .flatten()
                    .any(|end| street.line[end].as_dvec2().distance(at) < reach)
            })
    }

    /// The nearest place on a centre line within a cell or so.
    pub(crate) fn nearest_street(&self, at: DVec2) -> Option<DVec2> {
        cells(at - CELL, at + CELL)
            .filter_map(|cell| self.pieces.get(&cell))
            .flatten()
            .map(|&(road, piece)| self.nearest(road, piece, at))
            .min_by(|a, b| a.distance_squared(at).total_cmp(&b.distance_squared(at)))
    }

    fn nearest(&self, road: usize, piece: usize, at: DVec2) -> DVec2 {
        let line = &self.layout.roads[road].line;
        nearest_on(line[piece].as_dvec2(), line[piece + 1].as_dvec2(), at)
    }
}
