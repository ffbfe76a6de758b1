//! Maps become a layout again: outlines are traced, straightened and squared, streets get their centre lines back.
//!
//! Buildings keep their outline to about a cell, streets become bands of one width each: what a painter made wider in
//! places is wide no more.

mod contours;
mod network;
mod skeleton;
mod squared;

use std::collections::BTreeMap;

use glam::{DVec2, Vec2};

use crate::dice::{Dice, mix};
use crate::finite::FinitePlan;
use crate::furnish::{self, Furnishing};
use crate::geometry;
use crate::layout::{Area, AreaKind, Building, BuildingUse, Layout, Polygon, Road, RoadClass};
use crate::maps::{Class, Maps};
use contours::{Region, regions};

/// Smallest building, m².
const SMALLEST_BUILDING: f64 = 12.0;
/// Smallest piece of ground, m².
const SMALLEST_GROUND: f64 = 30.0;
/// Half width of asphalt that is a yard rather than a street, metres.
const WIDEST: f64 = 22.0;

/// The layout that maps show: classes, instances and heights are read, what is missing is empty or zero.
///
/// Cells of one instance that touch are one building. Streets, trees, lamps and cars are placed anew.
pub fn trace(maps: &Maps) -> Layout {
    let mut layout = Layout {
        origin: maps.corner.as_dvec2(),
        size: Vec2::new(maps.width as f32, maps.height as f32) * maps.cell,
        ..Layout::default()
    };
    let cells = maps.width * maps.height;
    if cells == 0 || maps.classes.len() != cells || !(maps.cell > 0.0) {
        return layout;
    }
    buildings(maps, &mut layout);
    ground(maps, &mut layout);
    streets(maps, &mut layout);
    furnish(&mut layout);
    layout
}

/// The same as a plan, cut into tiles.
pub fn trace_plan(maps: &Maps) -> FinitePlan {
    FinitePlan::new(trace(maps))
}

/// A region's rings in metres, straightened; nothing for what is too small.
fn rings(
    region: &Region,
    cell: f64,
    smallest: f64,
    square: bool,
) -> Option<(Vec<DVec2>, Vec<Vec<DVec2>>)> {
    let straight = |ring: &[DVec2]| {
        let ring: Vec<DVec2> = ring.iter().map(|&p| p * cell).collect();
        squared::straightened(&ring, cell, square)
    };
    let outer = straight(&region.outer);
    if outer.len() < 3 || geometry::area(&outer).abs() < smallest {
        return None;
    }
    let holes = region
        .holes
        .iter()
        .map(|hole| straight(hole))
        .filter(|hole| hole.len() >= 3 && geometry::area(hole).abs() > 0.5 * smallest)
        .collect();
    Some((outer, holes))
}

fn is_building(class: Class) -> bool {
    matches!(class, Class::Roof | Class::Facade)
}

fn buildings(maps: &Maps, layout: &mut Layout) {
    let numbered = maps.instances.len() == maps.classes.len();
    let label = |i: usize| {
        let number = if numbered { maps.instances[i] } else { 0 };
        is_building(maps.classes[i]).then_some(number)
    };
    let cell = f64::from(maps.cell);
    for region in regions(maps.width, maps.height, label) {
        let Some((outer, holes)) = rings(&region, cell, SMALLEST_BUILDING, true) else {
            continue;
        };
        let area = geometry::area(&outer).abs() as f32;
        let id = mix(mix(51, region.first as u64), u64::from(region.label));
        let mut dice = Dice::new(id, &[1]);
        let height = middle_of(&maps.top, &region.cells)
            .filter(|height| *height > 0.5)
            .unwrap_or_else(|| usual_height(area, &mut dice));
        let base = middle_of(&maps.bottom, &region.cells)
            .unwrap_or(0.0)
            .max(0.0);
        layout.buildings.push(Building {
            id,
            footprint: geometry::polygon(&outer, &holes, DVec2::ZERO),
            base: if base < height - 0.5 { base } else { 0.0 },
            height: height.clamp(2.0, 900.0),
            usage: usage(area, height),
            levels: None,
            roof: None,
            family: None,
            style: mix(id, 2),
            context: false,
        });
    }
}

/// The rule for heights where no map has them, metres.
fn usual_height(area: f32, dice: &mut Dice) -> f32 {
    if area < 60.0 {
        return 3.5;
    }
    let usual = if area < 220.0 {
        6.0
    } else {
        12.0 + 5.0 * (area / 600.0).min(2.0)
    };
    (usual + 2.0 * dice.bell() as f32).max(3.5)
}

fn usage(area: f32, height: f32) -> BuildingUse {
    match (area, height) {
        (a, h) if a < 60.0 && h < 7.0 => BuildingUse::Shed,
        (a, h) if a < 260.0 && h < 9.0 => BuildingUse::House,
        (a, h) if a > 2500.0 && h < 12.0 => BuildingUse::Industrial,
        (_, h) if h > 34.0 => BuildingUse::Office,
        _ => BuildingUse::Apartments,
    }
}

/// The middle value of some cells of a map that may be missing.
fn middle_of(map: &[f32], cells: &[u32]) -> Option<f32> {
    let mut values: Vec<f32> = cells
        .iter()
        .filter_map(|&cell| map.get(cell as usize).copied())
        .filter(|value| value.is_finite())
        .collect();
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

fn ground(maps: &Maps, layout: &mut Layout) {
    // Houses stand on what is around them: they cut no hole in a park.
    let kinds: BTreeMap<Class, (u32, AreaKind)> = [
        (Class::Construction, (0, AreaKind::Bare)),
        (Class::Green, (1, AreaKind::Park)),
        (Class::Water, (2, AreaKind::Water)),
    ]
    .into();
    let cell = f64::from(maps.cell);
    let label = |i: usize| kinds.get(&maps.classes[i]).map(|(order, _)| *order);
    let mut found: Vec<(f64, Area)> = Vec::new();
    for region in regions(maps.width, maps.height, label) {
        let kind = kinds.values().find(|(order, _)| *order == region.label);
        if let (Some((_, kind)), Some((outer, holes))) =
            (kind, rings(&region, cell, SMALLEST_GROUND, false))
        {
            let polygon = geometry::polygon(&outer, &holes, DVec2::ZERO);
            found.push((
                geometry::area(&outer).abs(),
                Area {
                    kind: *kind,
                    polygon,
                },
            ));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    layout.areas.extend(found.into_iter().map(|(_, area)| area));
}

fn streets(maps: &Maps, layout: &mut Layout) {
    let cell = f64::from(maps.cell);
    // Wide streets need no fine cells to find their middle.
    let coarse = (1.0 / cell).round().max(1.0) as usize;
    let mask = skeleton::Mask::new(maps, coarse, |class| {
        matches!(class, Class::Road | Class::Car)
    });
    let size = cell * coarse as f64;
    for (number, street) in network::streets(&mask).into_iter().enumerate() {
        let half = street.half_width * size;
        if !(0.8..=WIDEST).contains(&half) {
            continue;
        }
        let class = match 2.0 * half {
            w if w >= 17.5 => RoadClass::Avenue,
            w if w >= 12.0 => RoadClass::Street,
            w if w >= 6.0 => RoadClass::Residential,
            w if w >= 3.0 => RoadClass::Service,
            _ => RoadClass::Pedestrian,
        };
        layout.roads.push(Road {
            id: mix(52, number as u64),
            line: street.line.iter().map(|p| (*p * size).as_vec2()).collect(),
            start: 0.0,
            width: (2.0 * half) as f32,
            class,
        });
    }
    yards(maps, layout);
}

/// Asphalt that no street covers: yards and parking.
fn yards(maps: &Maps, layout: &mut Layout) {
    let grid = Layout {
        roads: layout.roads.clone(),
        size: layout.size,
        ..Layout::default()
    };
    let painted = crate::maps::rasterize(&grid, maps.cell.max(1.0));
    let Some(roads) = &painted.roads else { return };
    let far = |i: usize| {
        let at =
            Vec2::new((i % maps.width) as f32 + 0.5, (i / maps.width) as f32 + 0.5) * maps.cell;
        painted
            .cell_at(at)
            .is_none_or(|cell| roads.kerb[cell] > 2.5)
    };
    let label = |i: usize| (maps.classes[i] == Class::Road && far(i)).then_some(0);
    let cell = f64::from(maps.cell);
    for region in regions(maps.width, maps.height, label) {
        if let Some((outer, holes)) = rings(&region, cell, 120.0, true) {
            let polygon: Polygon = geometry::polygon(&outer, &holes, DVec2::ZERO);
            layout.areas.push(Area {
                kind: AreaKind::Asphalt,
                polygon,
            });
        }
    }
}

fn furnish(layout: &mut Layout) {
    let style = Furnishing {
        seed: 53,
        ..Furnishing::default()
    };
    furnish::streets(layout, &style);
    furnish::parking(layout, &style);
    let parks: Vec<Polygon> = layout
        .areas
        .iter()
        .filter(|area| area.kind == AreaKind::Park)
        .map(|area| area.polygon.clone())
        .collect();
    let groves: Vec<_> = parks.iter().map(|park| (park, 140.0)).collect();
    furnish::groves(layout, &groves, &style);
}
