//! The maps say what the layout says.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use city::{
    Area, AreaKind, Building, BuildingUse, Class, Ground, Layout, Maps, Polygon, Road, RoadClass,
    RoadMaps, rasterize,
};
use glam::Vec2;

fn square(x: f32, y: f32, side: f32) -> Vec<Vec2> {
    [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
        .map(|(u, v)| Vec2::new(x + u, y + v))
        .to_vec()
}

fn building(footprint: Polygon, base: f32, height: f32) -> Building {
    Building {
        id: 1,
        footprint,
        base,
        height,
        usage: BuildingUse::Apartments,
        levels: None,
        roof: None,
        family: None,
        style: 0,
        context: false,
    }
}

fn road(id: u64, line: &[(f32, f32)], width: f32, class: RoadClass) -> Road {
    Road {
        id,
        line: line.iter().map(|&(x, y)| Vec2::new(x, y)).collect(),
        start: 100.0,
        width,
        class,
    }
}

fn layout() -> Layout {
    Layout {
        size: Vec2::splat(64.0),
        ..Layout::default()
    }
}

fn at(maps: &Maps, x: f32, y: f32) -> usize {
    maps.cell_at(Vec2::new(x, y)).expect("a point of the map")
}

#[test]
fn a_courtyard_is_no_building() {
    let mut court = square(20.0, 20.0, 10.0);
    court.reverse();
    let footprint = Polygon {
        outer: square(10.0, 10.0, 30.0),
        holes: vec![court],
    };
    let mut layout = layout();
    layout.buildings.push(building(footprint, 0.0, 18.0));
    let maps = rasterize(&layout, 0.25);

    let covered = maps.instances.iter().filter(|&&i| i == 1).count() as f32 * 0.25 * 0.25;
    assert!((covered - 800.0).abs() < 0.1, "{covered} m² of 800 m²");
    assert_eq!(maps.top[at(&maps, 15.0, 15.0)], 18.0);
    assert_eq!(maps.classes[at(&maps, 15.0, 15.0)], Class::Roof);
    assert_eq!(maps.classes[at(&maps, 25.0, 25.0)], Class::Zone);
    assert_eq!(
        maps.density[at(&maps, 10.1, 20.0)],
        255,
        "a façade wants points"
    );
}

#[test]
fn a_tower_on_a_podium_leaves_nothing_open_below() {
    let plain = |side: f32| Polygon {
        outer: square(0.0, 0.0, side),
        holes: Vec::new(),
    };
    let mut layout = layout();
    layout.buildings.push(building(plain(20.0), 9.0, 60.0));
    layout.buildings.push(building(plain(40.0), 0.0, 9.0));
    layout.buildings.push(building(plain(60.0), 5.0, 8.0));
    let maps = rasterize(&layout, 0.5);
    let (tower, podium, bridge) = (
        at(&maps, 5.0, 5.0),
        at(&maps, 30.0, 5.0),
        at(&maps, 50.0, 5.0),
    );
    assert_eq!([maps.top[tower], maps.bottom[tower]], [60.0, 0.0]);
    assert_eq!([maps.top[podium], maps.bottom[podium]], [9.0, 0.0]);
    assert_eq!([maps.top[bridge], maps.bottom[bridge]], [8.0, 5.0]);
    assert_eq!(
        [1, 2, 3],
        [tower, podium, bridge].map(|cell| maps.instances[cell])
    );
}

#[test]
fn a_street_knows_its_coordinates() {
    let mut layout = layout();
    layout.roads.push(road(
        7,
        &[(0.0, 30.0), (40.0, 30.0), (64.0, 30.0)],
        8.0,
        RoadClass::Street,
    ));
    let maps = rasterize(&layout, 0.25);
    let roads = maps.roads.as_ref().expect("street maps");
    let cell = at(&maps, 50.0, 32.0);
    assert!(
        (roads.across[cell] - 2.125).abs() < 1e-4,
        "left is positive: {}",
        roads.across[cell]
    );
    assert!(
        (roads.along[cell] - 150.125).abs() < 1e-3,
        "{}",
        roads.along[cell]
    );
    assert_eq!(roads.half_width[cell], 4.0);
    assert!(
        (roads.kerb[cell] + 1.875).abs() < 1e-4,
        "{}",
        roads.kerb[cell]
    );
    assert_eq!(maps.ground[cell], Ground::Carriageway);
    let beside = at(&maps, 50.0, 25.1);
    assert!(roads.across[beside] < -4.0 && maps.ground[beside] == Ground::Pavement);
    assert_eq!(roads.class[at(&maps, 50.0, 45.0)], RoadMaps::NO_STREET);
}

#[test]
fn junctions_lie_straight_across_and_joints_are_none() {
    let mut layout = layout();
    layout.roads.push(road(
        1,
        &[(-60.0, 30.0), (120.0, 30.0)],
        10.0,
        RoadClass::Street,
    ));
    layout.roads.push(road(
        2,
        &[(30.0, -60.0), (30.0, 30.0)],
        6.0,
        RoadClass::Residential,
    ));
    layout.roads.push(road(
        3,
        &[(-60.0, 5.0), (10.0, 5.0)],
        6.0,
        RoadClass::Residential,
    ));
    layout.roads.push(road(
        4,
        &[(10.0, 5.0), (20.0, 8.0)],
        6.0,
        RoadClass::Residential,
    ));
    let maps = rasterize(&layout, 0.25);
    let roads = maps.roads.as_ref().expect("street maps");
    assert_eq!(roads.junction[at(&maps, 31.0, 31.0)], 0.0);
    for y in [26.0, 30.0, 34.0] {
        let away = roads.junction[at(&maps, 40.0, y)];
        assert!((away - 7.125).abs() < 0.01, "{away} m from the side street");
    }
    let joint = roads.junction[at(&maps, 10.0, 5.0)];
    assert_eq!(
        joint,
        RoadMaps::NO_JUNCTION,
        "one street continues the other"
    );
    let corner = roads.kerb[at(&maps, 33.4, 24.6)];
    assert!(corner < 0.0, "the corner is rounded: {corner}");
    assert!(roads.kerb[at(&maps, 34.9, 23.1)] > 0.0);
}

#[test]
fn people_on_foot_give_way() {
    let mut layout = layout();
    layout.areas.push(Area {
        kind: AreaKind::Park,
        polygon: Polygon {
            outer: square(0.0, 0.0, 64.0),
            holes: Vec::new(),
        },
    });
    layout.roads.push(road(
        1,
        &[(32.0, 0.0), (32.0, 64.0)],
        6.0,
        RoadClass::Pedestrian,
    ));
    layout.roads.push(road(
        2,
        &[(0.0, 32.0), (64.0, 32.0)],
        8.0,
        RoadClass::Street,
    ));
    let maps = rasterize(&layout, 0.5);
    assert_eq!(maps.ground[at(&maps, 32.0, 32.0)], Ground::Carriageway);
    assert_eq!(maps.ground[at(&maps, 32.0, 10.0)], Ground::Promenade);
    assert_eq!(maps.ground[at(&maps, 10.0, 10.0)], Ground::Grass);
    assert_eq!(maps.classes[at(&maps, 10.0, 10.0)], Class::Green);
}

#[test]
fn broken_layouts_and_cells_are_survived() {
    let mut layout = layout();
    layout.size = Vec2::new(f32::NAN, 30.0);
    layout.roads.push(road(
        1,
        &[(f32::NAN, 0.0), (5.0, f32::INFINITY), (5.0, 5.0)],
        8.0,
        RoadClass::Street,
    ));
    layout.roads.push(road(2, &[], f32::NAN, RoadClass::Street));
    let wild = Polygon {
        outer: vec![
            Vec2::new(f32::NAN, 1.0),
            Vec2::new(1e30, -1e30),
            Vec2::new(-1e30, 1e30),
        ],
        holes: vec![vec![]],
    };
    layout.buildings.push(building(wild, f32::NAN, -3.0));
    for cell in [0.5, f32::NAN] {
        let maps = rasterize(&layout, cell);
        assert_eq!(maps.classes.len(), maps.width * maps.height);
    }
    layout.size = Vec2::splat(1e5);
    layout.buildings.clear();
    let cell = 64.0;
    assert_eq!(rasterize(&layout, cell).cell, cell);
}
