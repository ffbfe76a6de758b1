//! A city without end is the same from everywhere.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::collections::BTreeMap;

use city::{Building, BuildingUse, CityStyle, Layout, Plan, ProceduralPlan, TILE_SIZE, Tile};
use glam::{DVec2, Vec2};

fn style(seed: u64) -> CityStyle {
    CityStyle {
        seed,
        ..CityStyle::default()
    }
}

/// Outline of a building in the plan, exact.
fn in_plan(layout: &Layout, points: &[Vec2]) -> Vec<[u64; 2]> {
    points
        .iter()
        .map(|p| (layout.origin + p.as_dvec2()).to_array().map(f64::to_bits))
        .collect()
}

fn by_id(layout: &Layout) -> BTreeMap<u64, &Building> {
    layout.buildings.iter().map(|b| (b.id, b)).collect()
}

#[test]
fn the_path_does_not_matter() {
    let tiles = [(0, 0), (1, 0), (1, 1), (-2, 3), (0, 1)].map(|(x, y)| Tile { x, y });
    let one = ProceduralPlan::new(style(5));
    let forth: Vec<_> = tiles.iter().map(|&tile| one.layout(tile)).collect();
    let other = ProceduralPlan::new(style(5));
    let mut back: Vec<_> = tiles.iter().rev().map(|&tile| other.layout(tile)).collect();
    back.reverse();
    for ((tile, a), b) in tiles.iter().zip(&forth).zip(&back) {
        assert_eq!(a, b, "{tile:?} depends on what was asked before");
        assert!(!a.roads.is_empty(), "{tile:?} has no streets");
    }
    let third = ProceduralPlan::new(style(6));
    assert_ne!(forth[0].buildings, third.layout(tiles[0]).buildings);
}

#[test]
fn neighbors_agree_on_what_lies_between_them() {
    let plan = ProceduralPlan::new(style(11));
    let (west, east) = (
        plan.layout(Tile { x: 0, y: 0 }),
        plan.layout(Tile { x: 1, y: 0 }),
    );
    let (a, b) = (by_id(&west), by_id(&east));
    let mut shared = 0;
    for (id, left) in &a {
        let Some(right) = b.get(id) else { continue };
        shared += 1;
        assert_eq!(
            in_plan(&west, &left.footprint.outer),
            in_plan(&east, &right.footprint.outer),
            "building {id} is not in one place"
        );
        assert!(
            left.context || right.context,
            "building {id} is built twice"
        );
        assert_eq!((left.height, left.style), (right.height, right.style));
    }
    assert!(shared > 10, "{shared} buildings are near the border");

    let roads: BTreeMap<u64, _> = east.roads.iter().map(|r| (r.id, r)).collect();
    let crossing = west
        .roads
        .iter()
        .filter_map(|r| roads.get(&r.id).map(|other| (r, other)));
    let mut same = 0;
    for (road, other) in crossing {
        assert_eq!(
            in_plan(&west, &road.line),
            in_plan(&east, &other.line),
            "road {}",
            road.id
        );
        same += 1;
    }
    assert!(same > 2, "{same} streets cross the border");

    let middle =
        |at: Vec2, layout: &Layout| (layout.origin + at.as_dvec2()).to_array().map(f64::to_bits);
    let strip = |p: Vec2, layout: &Layout| {
        let x = layout.origin.x + f64::from(p.x) - f64::from(TILE_SIZE);
        x.abs() < 60.0 && (0.0..256.0).contains(&p.y)
    };
    let trees = |layout: &Layout| {
        let mut found: Vec<_> = layout
            .trees
            .iter()
            .filter(|t| strip(t.at, layout))
            .map(|t| (middle(t.at, layout), t.style))
            .collect();
        found.sort_unstable();
        found
    };
    assert!(
        trees(&west) == trees(&east),
        "the same trees stand along the border"
    );
    assert!(!trees(&west).is_empty());
}

#[test]
fn every_building_has_one_home() {
    let plan = ProceduralPlan::new(style(7));
    let mut homes = BTreeMap::new();
    for y in -1..=1 {
        for x in -1..=1 {
            let layout = plan.layout(Tile { x, y });
            for building in layout.buildings.iter().filter(|b| !b.context) {
                let before = homes.insert(building.id, (x, y));
                assert!(
                    before.is_none(),
                    "{} is built in {before:?} and {:?}",
                    building.id,
                    (x, y)
                );
            }
        }
    }
    let centre = plan.layout(Tile { x: 0, y: 0 });
    let missing = centre
        .buildings
        .iter()
        .filter(|b| !homes.contains_key(&b.id))
        .count();
    assert_eq!(missing, 0, "buildings that no tile around builds");
}

#[test]
fn buildings_keep_off_the_streets_and_off_each_other() {
    for seed in [1, 7] {
        let plan = ProceduralPlan::new(style(seed));
        let layout = plan.layout(Tile { x: 1, y: -1 });
        let maps = city::rasterize(&layout, 1.0);
        let roads = maps.roads.as_ref().expect("street maps");
        let mut covered = 0;
        let mut blocked = 0;
        for cell in 0..maps.classes.len() {
            let built = maps.instances[cell] != 0;
            covered += usize::from(built);
            blocked += usize::from(built && roads.kerb[cell] < -0.5);
        }
        assert!(covered > 5000, "seed {seed}: {covered} m² are built");
        assert!(
            blocked * 400 < covered,
            "seed {seed}: {blocked} of {covered} m² stand on a street"
        );
        for building in &layout.buildings {
            assert!(building.height > building.base && building.height < 400.0);
            assert!(building.footprint.outer.len() >= 3);
        }
    }
}

#[test]
fn footprints_are_sound_whatever_the_sliders_say() {
    let (mut count, mut sum, mut covered) = (0, 0.0, 0.0);
    for k in 0..8u64 {
        let share = |i: u64| ((k * 37 + i * 53) % 101) as f32 / 100.0;
        let style = CityStyle {
            radial: share(1),
            organic: share(2),
            block_size: 0.6 + 1.2 * share(3),
            density: share(4),
            green: 0.5 * share(5),
            courtyards: share(6),
            ..style(k)
        };
        let tile = Tile {
            x: k as i32 - 4,
            y: 3 - k as i32,
        };
        let mut layout = Layout::clone(&ProceduralPlan::new(style).layout(tile));
        layout
            .buildings
            .retain(|b| !b.context && b.base == 0.0 && b.usage != BuildingUse::Landmark);
        for building in &layout.buildings {
            let ring = &building.footprint.outer;
            let ends = |i: usize| (ring[i], ring[(i + 1) % ring.len()]);
            let area: f32 = (0..ring.len())
                .map(|i| (ends(i).0 - ring[0]).perp_dot(ends(i).1 - ring[0]))
                .sum();
            assert!(
                area > 10.0,
                "{} of style {k} is turned or empty",
                building.id
            );
            let shortest = (0..ring.len())
                .map(|i| ends(i).0.distance(ends(i).1))
                .fold(9.0, f32::min);
            assert!(
                shortest > 0.15,
                "{} of style {k} has an edge of {shortest} m",
                building.id
            );
            sum += 0.5 * area;
            count += 1;
        }
        let maps = city::rasterize(&layout, 0.5);
        covered += maps.instances.iter().filter(|&&i| i != 0).count() as f32 * 0.25;
    }
    assert!(count > 200, "{count} buildings");
    assert!(
        (sum - covered).abs() < 0.002 * sum,
        "{sum} m² of houses cover {covered} m²"
    );
}

#[test]
fn sliders_out_of_range_and_far_tiles_are_survived() {
    let wild = CityStyle {
        radial: f32::NAN,
        organic: 9.0,
        block_size: -1.0,
        density: f32::INFINITY,
        height: 0.0,
        center_spacing: 0.0,
        green: 2.0,
        water: 1.0,
        ..style(u64::MAX)
    };
    let plan = ProceduralPlan::new(wild);
    assert!(!plan.style().radial.is_nan());
    for (x, y) in [(0, 0), (40_000, -40_000), (i32::MAX, i32::MIN)] {
        let layout = plan.layout(Tile { x, y });
        assert!(layout.size == Vec2::splat(TILE_SIZE));
        let far = layout
            .buildings
            .iter()
            .flat_map(|b| &b.footprint.outer)
            .find(|p| p.abs().max_element() > 3000.0);
        assert!(far.is_none() || x == i32::MAX, "{far:?}");
    }
    assert_eq!(Tile::at(DVec2::new(-0.5, 255.9)), Tile { x: -1, y: 0 });
}
