//! Cities without end: every tile follows from the seed alone.
//!
//! The plane is a bent lattice of avenues and rivers. What lies between four of them is a quarter, laid out whole and by
//! itself: cut into blocks by streets along a tensor field, the blocks filled by how central they are. A tile collects
//! the quarters that reach into it, so that no tile ever cuts a block, whatever was looked at before.

mod blocks;
mod field;
mod lattice;
mod parcels;
mod perimeter;
mod quarter;
mod streets;
mod style;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use glam::{DVec2, IVec2, Vec2};
use rayon::prelude::*;

use crate::furnish::Obstacles;
use crate::layout::{Layout, Plan, TILE_SIZE, Tile};
use lattice::Lattice;
use quarter::{LaidOut, lay_out};

pub use style::CityStyle;

/// Quarters that are kept, for the tiles around the ones that were asked for.
const KEPT: usize = 48;
/// How far around a tile and its apron streets of other quarters are looked for, metres.
const MARGIN: f64 = 60.0;

/// A city without end.
pub struct ProceduralPlan {
    lattice: Lattice,
    quarters: Mutex<Quarters>,
}

/// Quarters with when they were last asked for.
#[derive(Default)]
struct Quarters {
    kept: HashMap<IVec2, (u64, Arc<LaidOut>)>,
    asked: u64,
}

impl ProceduralPlan {
    /// The city of a style; values out of range are taken to the nearest end.
    pub fn new(style: CityStyle) -> Self {
        Self {
            lattice: Lattice {
                style: style.clamped(),
            },
            quarters: Mutex::default(),
        }
    }

    /// Its style.
    pub fn style(&self) -> &CityStyle {
        &self.lattice.style
    }

    fn quarter(&self, at: IVec2) -> Arc<LaidOut> {
        {
            let mut quarters = self.quarters.lock().unwrap_or_else(PoisonError::into_inner);
            quarters.asked += 1;
            let now = quarters.asked;
            if let Some((asked, quarter)) = quarters.kept.get_mut(&at) {
                *asked = now;
                return quarter.clone();
            }
        }
        // Laid out without the lock: two threads may do the same work, and get the same.
        let laid = Arc::new(lay_out(&self.lattice, at));
        let mut quarters = self.quarters.lock().unwrap_or_else(PoisonError::into_inner);
        let now = quarters.asked;
        quarters.kept.insert(at, (now, laid.clone()));
        while quarters.kept.len() > KEPT {
            let Some(oldest) = quarters
                .kept
                .iter()
                .min_by_key(|(_, (asked, _))| *asked)
                .map(|(at, _)| *at)
            else {
                break;
            };
            quarters.kept.remove(&oldest);
        }
        laid
    }
}

impl Plan for ProceduralPlan {
    fn layout(&self, tile: Tile) -> Arc<Layout> {
        let origin = tile.origin();
        let size = Vec2::splat(TILE_SIZE);
        let reach = DVec2::splat(f64::from(Layout::APRON) + MARGIN);
        let (low, high) = (origin - reach, origin + size.as_dvec2() + reach);
        let mut layout = Layout {
            origin,
            size,
            ..Layout::default()
        };
        let mut along_borders = Layout::default();
        let near: Vec<IVec2> = self.lattice.quarters(low, high).collect();
        let quarters: Vec<Arc<LaidOut>> = near.into_par_iter().map(|at| self.quarter(at)).collect();
        for quarter in quarters {
            collect(&quarter.layout, tile, &mut layout);
            collect(&quarter.along_borders, tile, &mut along_borders);
        }
        clear_mouths(&mut layout, along_borders);
        Arc::new(layout)
    }

    fn bounds(&self) -> Option<(DVec2, DVec2)> {
        None
    }
}

/// Adds what reaches near a tile, in its frame.
fn collect(from: &Layout, tile: Tile, to: &mut Layout) {
    let mut part = from.clone();
    part.shift((from.origin - tile.origin()).as_vec2());
    let low = Vec2::splat(-Layout::APRON);
    let high = Vec2::splat(TILE_SIZE + Layout::APRON);
    let near = |points: &[Vec2], reach: f32| {
        let inf = Vec2::splat(f32::INFINITY);
        let (a, b) = points
            .iter()
            .fold((inf, -inf), |(a, b), &p| (a.min(p), b.max(p)));
        (a - reach).cmple(high).all() && (b + reach).cmpge(low).all()
    };
    let inside = |p: Vec2| p.cmpge(low).all() && p.cmplt(high).all();
    let own = |points: &[Vec2]| {
        let ring: Vec<DVec2> = points
            .iter()
            .map(|p| tile.origin() + p.as_dvec2())
            .collect();
        Tile::at(crate::geometry::centroid(&ring)) == tile
    };
    to.buildings.extend(
        part.buildings
            .into_iter()
            .filter(|b| near(&b.footprint.outer, 0.0))
            .map(|mut building| {
                building.context = !own(&building.footprint.outer);
                building
            }),
    );
    let margin = MARGIN as f32;
    to.roads.extend(
        part.roads
            .into_iter()
            .filter(|r| near(&r.line, 0.5 * r.width + margin)),
    );
    to.areas.extend(
        part.areas
            .into_iter()
            .filter(|a| near(&a.polygon.outer, 0.0)),
    );
    to.trees
        .extend(part.trees.into_iter().filter(|t| inside(t.at)));
    to.lamps
        .extend(part.lamps.into_iter().filter(|l| inside(l.at)));
    to.cars
        .extend(part.cars.into_iter().filter(|c| inside(c.at)));
}

/// Adds what stands along borders, where no street of the neighbors begins.
fn clear_mouths(layout: &mut Layout, mut things: Layout) {
    {
        let obstacles = Obstacles::new(layout);
        let off = |at: Vec2, margin: f64| !obstacles.on_street(at.as_dvec2(), None, margin);
        things.trees.retain(|tree| off(tree.at, 0.6));
        things.lamps.retain(|lamp| off(lamp.at, 0.4));
        things
            .cars
            .retain(|car| !obstacles.near_end(car.at.as_dvec2(), 12.0));
    }
    layout.trees.extend(things.trees);
    layout.lamps.extend(things.lamps);
    layout.cars.extend(things.cars);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::bounds;

    /// A tile asks the quarters whose nodes are near: nothing may stick out farther than it thinks.
    #[test]
    fn quarters_stay_near_their_nodes() {
        let style = CityStyle {
            seed: 3,
            organic: 1.0,
            water: 1.0,
            radial: 1.0,
            ..CityStyle::default()
        };
        let lattice = Lattice { style };
        for (x, y) in [(0, 0), (1, 2), (-3, 1), (2, -2)] {
            let at = IVec2::new(x, y);
            let corners =
                [IVec2::ZERO, IVec2::X, IVec2::Y, IVec2::ONE].map(|step| lattice.node(at + step));
            let (low, high) = bounds(&corners);
            let mut quarter = lay_out(&lattice, at).layout;
            let origin = quarter.origin;
            assert!(
                quarter.buildings.len() + quarter.trees.len() > 20,
                "{at} is empty"
            );
            quarter.each_point(|p| {
                let place = origin + p.as_dvec2();
                let out = (low - place).max(place - high).max_element();
                assert!(out < lattice::BULGE, "{place} is {out} m out of {at}");
            });
        }
    }
}
