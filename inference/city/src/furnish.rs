//! What stands along streets and in parks: trees, lamps, parked cars. What it would stand in is looked at first.

mod obstacles;

use glam::{DVec2, Vec2};

use crate::dice::Dice;
use crate::geometry::{self, bounding_rectangle, left, toward};
use crate::layout::{Area, AreaKind, Car, Lamp, Layout, Polygon, Road, RoadClass, Tree};
use crate::maps::junctions;

pub(crate) use obstacles::Obstacles;

/// From trunk to kerb, metres.
const TREE_FROM_KERB: f64 = 1.1;
/// From mast to kerb, metres.
const LAMP_FROM_KERB: f64 = 0.7;
/// From the middle of a parked car to the kerb, metres.
const CAR_FROM_KERB: f64 = 1.15;
/// A parked car and its gap, metres.
const CAR_STEP: f64 = 5.6;
/// How far from a junction cars keep, metres.
const CAR_FROM_JUNCTION: f32 = 8.0;

/// Things along one street, at most.
const MOST_STEPS: usize = 20_000;

/// How much stands around.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Furnishing {
    /// Of everything left to chance.
    pub(crate) seed: u64,
    /// Share of streets with rows of trees, 0..=1.
    pub(crate) trees: f64,
    /// Share of parking places that are taken, 0..=1.
    pub(crate) cars: f64,
    /// Whether streets get lamps.
    pub(crate) lamps: bool,
    /// Narrowest street with rows of trees, metres.
    pub(crate) tree_street: f32,
}

impl Default for Furnishing {
    fn default() -> Self {
        Self {
            seed: 0,
            trees: 0.6,
            cars: 0.6,
            lamps: true,
            tree_street: 11.0,
        }
    }
}

/// Points along a line with the direction there: the first after `first` metres, then `every` so many.
pub(crate) fn steps(line: &[DVec2], first: f64, every: f64) -> Vec<(DVec2, DVec2)> {
    let mut found = Vec::new();
    let mut ahead = first;
    for pair in line.windows(2) {
        let length = pair[0].distance(pair[1]);
        let direction = toward(pair[0], pair[1]);
        while ahead < length && found.len() < MOST_STEPS {
            found.push((pair[0] + direction * ahead, direction));
            ahead += every.max(0.5);
        }
        ahead -= length;
    }
    found
}

/// Rows of trees, lamps and parked cars.
type Rows = (Vec<Tree>, Vec<Lamp>, Vec<Car>);

/// Rows of trees, lamps and parked cars along all streets.
pub(crate) fn streets(layout: &mut Layout, style: &Furnishing) {
    let (trees, lamps, cars) = streets_from(layout, style, usize::MAX);
    debug_assert!(trees.is_empty() && lamps.is_empty() && cars.is_empty());
}

/// The same, but what stands along the streets from number `apart` on is given back instead.
pub(crate) fn streets_from(layout: &mut Layout, style: &Furnishing, apart: usize) -> Rows {
    let apart = apart.min(layout.roads.len());
    let all = 0..layout.roads.len();
    let (trees, lamps, cars) = rows(layout, style, 0..apart);
    let rest = rows(layout, style, apart..all.end);
    layout.trees.extend(trees);
    layout.lamps.extend(lamps);
    layout.cars.extend(cars);
    rest
}

fn rows(layout: &Layout, style: &Furnishing, which: std::ops::Range<usize>) -> Rows {
    if which.is_empty() {
        return Rows::default();
    }
    let obstacles = Obstacles::new(layout);
    let junctions = junctions(&layout.roads);
    let (mut trees, mut lamps, mut cars) = (Vec::new(), Vec::new(), Vec::new());
    for (index, road) in layout.roads.iter().enumerate() {
        if !which.contains(&index) || road.class <= RoadClass::Service {
            continue;
        }
        let clear = |along: f64, gap: f32| {
            let along = road.start + along as f32;
            junctions[index]
                .iter()
                .all(|j| (along - j.along).abs() > j.reach + gap)
        };
        for side in [1.0, -1.0] {
            let kerb = Kerb {
                road,
                index,
                side,
                obstacles: &obstacles,
                dice: Dice::new(style.seed, &[road.id, (side > 0.0) as u64]),
            };
            kerb.trees(style, clear, &mut trees);
            if style.lamps {
                kerb.lamps(clear, &mut lamps);
            }
            kerb.cars(style, clear, &mut cars);
        }
    }
    (trees, lamps, cars)
}

/// One side of a street.
struct Kerb<'a> {
    road: &'a Road,
    index: usize,
    side: f64,
    obstacles: &'a Obstacles<'a>,
    dice: Dice,
}

impl Kerb<'_> {
    /// Places along the street, its direction there, and metres from its beginning.
    fn places(&self, first: f64, every: f64) -> impl Iterator<Item = (DVec2, DVec2, f64)> {
        let line: Vec<DVec2> = self.road.line.iter().map(|p| p.as_dvec2()).collect();
        steps(&line, first, every)
            .into_iter()
            .enumerate()
            .map(move |(i, (at, along))| (at, along, first + every * i as f64))
    }

    /// A place at a distance from the kerb, away from the street.
    fn beside(&self, at: DVec2, along: DVec2, from_kerb: f64) -> DVec2 {
        at + left(along) * self.side * (0.5 * f64::from(self.road.width) + from_kerb)
    }

    fn trees(&self, style: &Furnishing, clear: impl Fn(f64, f32) -> bool, trees: &mut Vec<Tree>) {
        let mut dice = self.dice.clone();
        let height = dice.within(7.0, 11.5);
        if self.road.width < style.tree_street || !dice.chance(style.trees) {
            return;
        }
        for (at, along, metres) in self.places(dice.within(3.0, 7.0), dice.within(7.5, 10.5)) {
            let at = self.beside(at, along, TREE_FROM_KERB);
            let (style, missing) = (dice.next(), dice.chance(0.06));
            let height = (height + dice.bell()) as f32;
            if !missing && clear(metres, 5.0) && self.obstacles.free(at, 1.4, 0.4) {
                let at = at.as_vec2();
                trees.push(Tree { at, height, style });
            }
        }
    }

    fn lamps(&self, clear: impl Fn(f64, f32) -> bool, lamps: &mut Vec<Lamp>) {
        let wide = self.road.width > 13.0;
        let (first, every) = match (wide, self.side > 0.0) {
            (true, _) => (13.0, 27.0),
            // Narrow streets have them on one side and the other in turn.
            (false, true) => (13.0, 54.0),
            (false, false) => (40.0, 54.0),
        };
        for (at, along, metres) in self.places(first, every) {
            let place = self.beside(at, along, LAMP_FROM_KERB);
            if clear(metres, 1.0) && self.obstacles.free(place, 0.3, 0.4) {
                let arm = (at - place).as_vec2();
                let at = place.as_vec2();
                lamps.push(Lamp {
                    at,
                    heading: arm.y.atan2(arm.x),
                });
            }
        }
    }

    fn cars(&self, style: &Furnishing, clear: impl Fn(f64, f32) -> bool, cars: &mut Vec<Car>) {
        let share = match self.road.class {
            RoadClass::Residential if self.road.width >= 6.5 => style.cars,
            RoadClass::Street if self.road.width >= 10.0 => 0.8 * style.cars,
            RoadClass::Avenue if self.road.width >= 20.0 => 0.45 * style.cars,
            _ => return,
        };
        let mut dice = self.dice.clone();
        dice.next();
        // Stretches of a street are full or empty together.
        let mut stretch = 0.0;
        for (i, (at, along, metres)) in self.places(4.0, CAR_STEP).enumerate() {
            if i % 8 == 0 {
                stretch = dice.within(-0.25, 0.25);
            }
            let place = self.beside(at, along, -CAR_FROM_KERB + 0.08 * dice.bell());
            let (parked, style) = (dice.chance(share + stretch), dice.next());
            let behind = self.beside(at, along, 2.0);
            let open = clear(metres, CAR_FROM_JUNCTION)
                && self.obstacles.dry(behind)
                && !self.obstacles.on_street(place, Some(self.index), 1.0);
            if parked && open {
                // Right-hand traffic: cars on the right look along the street, those on the left against it.
                let ahead = along * -self.side;
                let heading = ahead.y.atan2(ahead.x) as f32 + 0.02 * dice.bell() as f32;
                let at = place.as_vec2();
                cars.push(Car { at, heading, style });
            }
        }
    }
}

/// Cars in rows on areas of asphalt.
pub(crate) fn parking(layout: &mut Layout, style: &Furnishing) {
    let obstacles = Obstacles::new(layout);
    let lots: Vec<&Area> = layout
        .areas
        .iter()
        .filter(|area| area.kind == AreaKind::Asphalt)
        .collect();
    let mut cars = Vec::new();
    for area in lots {
        let ring: Vec<DVec2> = area.polygon.outer.iter().map(|p| p.as_dvec2()).collect();
        let size = bounding_rectangle(&ring);
        if geometry::area(&ring) < 120.0 {
            continue;
        }
        let first = ring[0];
        let mut dice = Dice::new(style.seed, &[first.x.to_bits(), first.y.to_bits()]);
        let (along, across) = (size.axis, left(size.axis));
        // Two rows of stalls, then a lane.
        let mut y = -size.half.y + 2.7;
        let mut row = 0;
        while y < size.half.y - 2.4 {
            let mut x = -size.half.x + 1.6;
            while x < size.half.x - 1.5 {
                let at = size.center + along * x + across * y;
                let nose = if row % 2 == 0 { across } else { -across };
                let (taken, look) = (dice.chance(style.cars), dice.next());
                let inside =
                    geometry::contains(&ring, at) && geometry::distance_to(&ring, at) > 2.0;
                if taken
                    && inside
                    && !obstacles.on_street(at, None, 2.4)
                    && obstacles.free(at, 2.5, -50.0)
                {
                    cars.push(Car {
                        at: at.as_vec2(),
                        heading: nose.y.atan2(nose.x) as f32,
                        style: look,
                    });
                }
                x += 2.6;
            }
            y += if row % 2 == 0 { 11.0 } else { 5.2 };
            row += 1;
        }
    }
    layout.cars.extend(cars);
}

/// Trees all over polygons, about one in so many m² of each.
pub(crate) fn groves(layout: &mut Layout, groves: &[(&Polygon, f64)], style: &Furnishing) {
    let mut trees = Vec::new();
    {
        let obstacles = Obstacles::new(layout);
        for (polygon, each) in groves {
            grove(&obstacles, polygon, *each, style, &mut trees);
        }
    }
    layout.trees.extend(trees);
}

fn grove(
    obstacles: &Obstacles<'_>,
    polygon: &Polygon,
    each: f64,
    style: &Furnishing,
    trees: &mut Vec<Tree>,
) {
    let wide = |ring: &Vec<Vec2>| -> Vec<DVec2> { ring.iter().map(|p| p.as_dvec2()).collect() };
    let ring = wide(&polygon.outer);
    let holes: Vec<Vec<DVec2>> = polygon.holes.iter().map(wide).collect();
    let (low, high) = geometry::bounds(&ring);
    let step = each.max(9.0).sqrt();
    let count = ((high - low) / step).ceil();
    if !(count.x * count.y < 4e5) {
        return;
    }
    for i in 0..(count.x * count.y) as u64 {
        let (x, y) = (i % count.x as u64, i / count.x as u64);
        let cell = low + DVec2::new(x as f64, y as f64) * step;
        let mut dice = Dice::new(style.seed, &[cell.x.to_bits(), cell.y.to_bits()]);
        let at = cell + DVec2::new(dice.unit(), dice.unit()) * step;
        let (height, look) = (dice.within(6.0, 14.0) as f32, dice.next());
        let inside = geometry::contains(&ring, at)
            && geometry::distance_to(&ring, at) > 1.5
            && !holes.iter().any(|hole| geometry::contains(hole, at));
        if inside && obstacles.free(at, 2.2, 1.2) {
            trees.push(Tree {
                at: at.as_vec2(),
                height,
                style: look,
            });
        }
    }
}

/// Adds lamps whose arms reach over the nearest street.
pub(crate) fn turn_lamps(layout: &mut Layout, lamps: Vec<Lamp>) {
    let turned: Vec<Lamp> = {
        let obstacles = Obstacles::new(layout);
        lamps
            .into_iter()
            .map(|lamp| {
                let to = obstacles
                    .nearest_street(lamp.at.as_dvec2())
                    .unwrap_or(lamp.at.as_dvec2());
                let arm = to.as_vec2() - lamp.at;
                let heading = if arm == Vec2::ZERO {
                    0.0
                } else {
                    arm.y.atan2(arm.x)
                };
                Lamp { heading, ..lamp }
            })
            .collect()
    };
    layout.lamps.extend(turned);
}
