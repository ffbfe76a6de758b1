//! Painted shapes change a layout.

use glam::{DVec2, Vec2};

use super::{Edits, Paint, Painted};
use crate::dice::mix;
use crate::furnish::{self, Furnishing};
use crate::geometry;
use crate::layout::{Area, AreaKind, Building, BuildingUse, Layout, Polygon, Road, RoadClass};

/// Pavement that a painted street gets before a house, metres.
const PAVEMENT: f64 = 2.0;
/// Narrowest and widest painted street, metres.
const WIDTHS: (f32, f32) = (2.0, 60.0);

/// Largest painted shape, metres.
const LARGEST: f64 = 100_000.0;

/// South-western and north-eastern corner of what a painted shape touches; nothing for a shape that is none.
pub(super) fn reach(painted: &Painted) -> Option<(DVec2, DVec2)> {
    let points: Vec<DVec2> = painted
        .points
        .iter()
        .copied()
        .filter(|p| p.is_finite())
        .collect();
    let (margin, fewest) = match painted.what {
        Paint::Road { width, .. } => (0.5 * f64::from(sane(width)) + 10.0, 2),
        Paint::Ground { .. } | Paint::Zone { .. } => (1.0, 3),
    };
    let (low, high) = geometry::bounds(&points);
    let sound = points.len() >= fewest && (high - low).max_element() < LARGEST;
    sound.then_some((low - margin, high + margin))
}

fn sane(width: f32) -> f32 {
    if width.is_nan() {
        8.0
    } else {
        width.clamp(WIDTHS.0, WIDTHS.1)
    }
}

/// Changes a layout.
pub(super) fn apply(edits: &Edits, painted: &Painted, layout: &mut Layout) {
    let Some((low, high)) = reach(painted) else {
        return;
    };
    let apron = DVec2::splat(f64::from(Layout::APRON) + 60.0);
    let end = layout.origin + layout.size.as_dvec2();
    if low.cmpgt(end + apron).any() || high.cmplt(layout.origin - apron).any() {
        return;
    }
    let points: Vec<DVec2> = painted
        .points
        .iter()
        .filter(|p| p.is_finite())
        .map(|&p| geometry::snap(p) - layout.origin)
        .collect();
    match painted.what {
        Paint::Road { class, width } => {
            let width = if width.is_nan() {
                8.0
            } else {
                width.clamp(WIDTHS.0, WIDTHS.1)
            };
            street(edits, layout, &points, class, width);
        }
        Paint::Ground { kind, streets } => ground(edits, layout, &points, kind, streets),
        Paint::Zone { usage, height } => zone(edits, layout, &points, usage, height),
    }
}

fn outline(building: &Building) -> Vec<DVec2> {
    building
        .footprint
        .outer
        .iter()
        .map(|p| p.as_dvec2())
        .collect()
}

fn street(edits: &Edits, layout: &mut Layout, line: &[DVec2], class: RoadClass, width: f32) {
    let mut line = line.to_vec();
    line.dedup_by(|a, b| a.distance(*b) < 0.1);
    if line.len() < 2 {
        return;
    }
    let half = 0.5 * f64::from(width);
    let near = |p: DVec2, room: f64| {
        line.windows(2)
            .any(|pair| geometry::nearest_on(pair[0], pair[1], p).distance(p) < half + room)
    };
    layout.buildings.retain(|building| {
        let ring = outline(building);
        let crossed = near(geometry::centroid(&ring), PAVEMENT)
            || (0..ring.len()).any(|i| {
                let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                near(a, PAVEMENT) || near(0.5 * (a + b), PAVEMENT)
            })
            || line.iter().any(|&p| geometry::contains(&ring, p))
            || line.windows(2).any(|pair| crosses(&ring, pair[0], pair[1]));
        !crossed || edits.locked(building.id)
    });
    let off = |at: Vec2| !near(at.as_dvec2(), 0.5);
    layout.trees.retain(|tree| off(tree.at));
    layout.lamps.retain(|lamp| off(lamp.at));
    layout.cars.retain(|car| off(car.at));

    let id = line.iter().fold(41, |id, p| {
        let p = layout.origin + *p;
        mix(mix(id, p.x.to_bits()), p.y.to_bits())
    });
    let first = layout.roads.len();
    layout.roads.push(Road {
        id,
        line: line.iter().map(|p| p.as_vec2()).collect(),
        start: 0.0,
        width,
        class,
    });
    let furnishing = Furnishing {
        seed: id,
        ..Furnishing::default()
    };
    let (mut trees, mut lamps, mut cars) = furnish::streets_from(layout, &furnishing, first);
    // What stands outside what the layout knows is another one's.
    let known = |at: Vec2| {
        at.cmpge(Vec2::splat(-Layout::APRON)).all() && at.cmplt(layout.size + Layout::APRON).all()
    };
    trees.retain(|tree| known(tree.at));
    lamps.retain(|lamp| known(lamp.at));
    cars.retain(|car| known(car.at));
    layout.trees.extend(trees);
    layout.lamps.extend(lamps);
    layout.cars.extend(cars);
    layout.snap();
}

fn crosses(ring: &[DVec2], p: DVec2, q: DVec2) -> bool {
    (0..ring.len()).any(|i| {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        let hit = |p, d, q, e| geometry::meet(p, d, q, e).is_some_and(|t| (0.0..=1.0).contains(&t));
        hit(p, q - p, a, b - a) && hit(a, b - a, p, q - p)
    })
}

fn ground(edits: &Edits, layout: &mut Layout, ring: &[DVec2], kind: AreaKind, streets: bool) {
    let ring = geometry::repair(ring, 0.05);
    if ring.len() < 3 {
        return;
    }
    layout.buildings.retain(|building| {
        let own = outline(building);
        let inside = own
            .iter()
            .filter(|&&p| geometry::contains(&ring, p))
            .count();
        let covered =
            2 * inside >= own.len() || geometry::contains(&ring, geometry::inner_point(&own));
        !covered || edits.locked(building.id)
    });
    let off = |at: Vec2| !geometry::contains(&ring, at.as_dvec2());
    if kind != AreaKind::Park {
        layout.trees.retain(|tree| off(tree.at));
    }
    if !streets {
        layout.lamps.retain(|lamp| off(lamp.at));
        layout.cars.retain(|car| off(car.at));
        layout.roads = layout
            .roads
            .iter()
            .flat_map(|road| outside(road, &ring))
            .collect();
    }
    let polygon = Polygon {
        outer: geometry::polygon(&ring, &[], DVec2::ZERO).outer,
        holes: Vec::new(),
    };
    layout.areas.push(Area { kind, polygon });
    if kind == AreaKind::Park {
        plant(layout, &ring);
    }
}

/// Trees of a painted park: on a grid of the plan, so that every tile plants the same.
fn plant(layout: &mut Layout, ring: &[DVec2]) {
    let origin = layout.origin;
    let ring: Vec<Vec2> = ring.iter().map(|p| (origin + *p).as_vec2()).collect();
    let mut whole = Layout {
        buildings: layout.buildings.clone(),
        roads: layout.roads.clone(),
        ..Layout::default()
    };
    whole.shift(origin.as_vec2());
    let polygon = Polygon {
        outer: ring,
        holes: Vec::new(),
    };
    let style = Furnishing {
        seed: 43,
        ..Furnishing::default()
    };
    furnish::groves(&mut whole, &[(&polygon, 130.0)], &style);
    let known = |at: Vec2| {
        at.cmpge(Vec2::splat(-Layout::APRON)).all() && at.cmplt(layout.size + Layout::APRON).all()
    };
    let planted = whole.trees.into_iter().filter_map(|mut tree| {
        tree.at = (tree.at.as_dvec2() - origin).as_vec2();
        known(tree.at).then_some(tree)
    });
    layout.trees.extend(planted);
    layout.snap();
}

/// The parts of a street outside a ring, their dashes where they were.
fn outside(road: &Road, ring: &[DVec2]) -> Vec<Road> {
    const STEP: f64 = 2.0;
    let mut parts: Vec<Road> = Vec::new();
    let mut open = false;
    let mut along = f64::from(road.start);
    for pair in road.line.windows(2) {
        let (a, b) = (pair[0].as_dvec2(), pair[1].as_dvec2());
        let steps = (a.distance(b) / STEP).ceil().max(1.0) as usize;
        for i in 0..steps {
            let (s, t) = (i as f64 / steps as f64, (i + 1) as f64 / steps as f64);
            if geometry::contains(ring, a.lerp(b, 0.5 * (s + t))) {
                open = false;
                continue;
            }
            if !open {
                parts.push(Road {
                    id: if parts.is_empty() {
                        road.id
                    } else {
                        mix(road.id, parts.len() as u64)
                    },
                    line: vec![a.lerp(b, s).as_vec2()],
                    start: (along + a.distance(b) * s) as f32,
                    ..road.clone()
                });
                open = true;
            }
            if let Some(part) = parts.last_mut() {
                let end = a.lerp(b, t).as_vec2();
                // A straight piece goes on as one.
                if part.line.len() > 1 && i > 0 {
                    part.line.pop();
                }
                part.line.push(end);
            }
        }
        along += a.distance(b);
    }
    parts.retain(|part| part.line.len() > 1);
    parts
}

fn zone(
    edits: &Edits,
    layout: &mut Layout,
    ring: &[DVec2],
    usage: BuildingUse,
    height: Option<f32>,
) {
    for building in &mut layout.buildings {
        let inside = geometry::contains(ring, geometry::inner_point(&outline(building)));
        if !inside || edits.locked(building.id) {
            continue;
        }
        building.usage = usage;
        building.family = None;
        building.roof = None;
        building.levels = None;
        if let Some(height) = height.filter(|height| height.is_finite()) {
            // A fifth up or down, each its own.
            let share = (mix(building.style, 3) % 1000) as f32 / 1000.0;
            let lowest = building.base + super::HEIGHTS.0;
            building.height =
                (height * (0.8 + 0.4 * share)).clamp(lowest, super::HEIGHTS.1.max(lowest));
        }
    }
}
