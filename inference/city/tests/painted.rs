//! A city that was painted is the city that was painted.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use city::painted::{self, FiveMaps, Heights, Legend, PaintError, Picture};
use city::{CityStyle, Class, Ground, Maps, Plan, ProceduralPlan, Tile, rasterize, trace};
use glam::Vec2;

const ROAD: [u8; 3] = [64, 64, 64];
const HOUSE: [u8; 3] = [200, 90, 60];
const PARK: [u8; 3] = [80, 160, 70];
const PAPER: [u8; 3] = [235, 235, 235];

/// 160 × 120 m at half a metre: a crossing, four houses, a park.
fn painting() -> (usize, usize, Vec<[u8; 3]>) {
    let (width, height) = (320, 240);
    // Two rectangles in the north, and one without a corner in the south.
    let house = |x: f32, y: f32| {
        let pair = ((x - 50.0).abs() - 14.0).abs() < 8.0 && (20.0..45.0).contains(&y);
        let cut = (20.0..60.0).contains(&x) && (80.0..100.0).contains(&y) && x < 2.0 * y - 124.0;
        pair || cut
    };
    let color = |i: usize| {
        let (x, y) = (
            (i % width) as f32 * 0.5 + 0.25,
            (i / width) as f32 * 0.5 + 0.25,
        );
        if (x - 80.0).abs() < 6.0 || (y - 60.0).abs() < 4.0 {
            ROAD
        } else if (100.0..150.0).contains(&x) && (75.0..110.0).contains(&y) {
            PARK
        } else if house(x, y) {
            HOUSE
        } else {
            PAPER
        }
    };
    (width, height, (0..width * height).map(color).collect())
}

#[test]
fn streets_get_centre_lines_and_houses_right_angles() {
    let (width, height, colors) = painting();
    let picture = Picture {
        width,
        height,
        colors: &colors,
    };
    let city = painted::city(&picture, 0.5, &Legend::default(), Heights::Rule).expect("a city");
    let whole = city.plan.whole();
    assert_eq!(whole.buildings.len(), 3, "{:?}", whole.buildings);
    let right = whole
        .buildings
        .iter()
        .filter(|b| b.footprint.outer.len() == 4)
        .count();
    assert!(right >= 2, "rectangles have four corners");
    assert_eq!(
        whole.roads.len(),
        2,
        "streets go on across: {:#?}",
        whole.roads
    );
    for road in &whole.roads {
        let across = road.line[0].x - road.line[1].x;
        let wanted = if across.abs() < 4.0 { 12.0 } else { 8.0 };
        assert!(
            (road.width - wanted).abs() < 1.6,
            "{} m instead of {wanted}",
            road.width
        );
    }
    let maps = rasterize(whole, 0.5);
    let roads = maps.roads.as_ref().expect("streets");
    let middle = maps.cell_at(Vec2::new(80.0, 60.0)).expect("inside");
    assert_eq!(roads.junction[middle], 0.0, "the streets cross");
    let north = maps.cell_at(Vec2::new(125.0, 27.0)).expect("inside");
    assert_eq!(
        maps.ground[north],
        Ground::Grass,
        "row 0 is the north: the park is in the south"
    );
}

#[test]
fn a_city_survives_being_painted() {
    let plan = ProceduralPlan::new(CityStyle {
        seed: 7,
        ..CityStyle::default()
    });
    let layout = plan.layout(Tile { x: 0, y: 0 });
    let before = rasterize(&layout, 0.5);
    let after = rasterize(&trace::trace(&before), 0.5);
    // The maps of a layout have an apron: that of the maps of the maps lies around it.
    let overlap = |class: fn(&Maps, usize) -> bool| {
        let (mut both, mut any) = (0, 0);
        for y in 130..before.height - 130 {
            for x in 130..before.width - 130 {
                let old = y * before.width + x;
                let new = (y + 128) * after.width + x + 128;
                let (a, b) = (class(&before, old), class(&after, new));
                both += usize::from(a && b);
                any += usize::from(a || b);
            }
        }
        both as f32 / any as f32
    };
    let houses = overlap(|maps, cell| maps.instances[cell] != 0);
    let streets = overlap(|maps, cell| maps.classes[cell] == Class::Road);
    println!("houses {houses:.3}, streets {streets:.3}");
    assert!(houses > 0.93, "houses agree by {houses}");
    assert!(streets > 0.8, "streets agree by {streets}");
}

#[test]
fn heights_come_from_a_second_picture() {
    let (width, height, colors) = painting();
    let picture = Picture {
        width,
        height,
        colors: &colors,
    };
    let gray: Vec<u8> = (0..width * height)
        .map(|i| if i % width < 100 { 51 } else { 102 })
        .collect();
    let heights = Heights::Picture {
        gray: &gray,
        white: 100.0,
    };
    let city = painted::city(&picture, 0.5, &Legend::default(), heights).expect("a city");
    let mut found: Vec<i32> = city
        .plan
        .whole()
        .buildings
        .iter()
        .map(|b| b.height.round() as i32)
        .collect();
    found.sort_unstable();
    assert_eq!(found, [20, 20, 40]);
}

#[test]
fn the_five_maps_are_read() {
    let (width, height) = (64, 48);
    let inside = |i: usize| (10..30).contains(&(i % width)) && (10..25).contains(&(i / width));
    let classes: Vec<u8> = (0..width * height)
        .map(|i| if inside(i) { 7 } else { 6 })
        .collect();
    let instances: Vec<u32> = (0..width * height)
        .map(|i| {
            if inside(i) {
                101 + 2 * u32::from(i % width >= 20)
            } else {
                6
            }
        })
        .collect();
    let top: Vec<f32> = (0..width * height)
        .map(|i| if inside(i) { 25.0 } else { 0.0 })
        .collect();
    let bottom: Vec<f32> = (0..width * height)
        .map(|i| {
            if inside(i) && i % width >= 20 {
                5.0
            } else {
                0.0
            }
        })
        .collect();
    let five = FiveMaps {
        width,
        height,
        cell: 1.0,
        classes: &classes,
        instances: &instances,
        top: &top,
        bottom: &bottom,
    };
    let maps = painted::five_maps(&five).expect("maps");
    let layout = trace::trace(&maps);
    let mut bases: Vec<f32> = layout.buildings.iter().map(|b| b.base).collect();
    bases.sort_by(f32::total_cmp);
    assert_eq!(bases, [0.0, 5.0], "two buildings, one over a passage");
    assert!(
        layout
            .buildings
            .iter()
            .all(|b| b.height == 25.0 && b.footprint.outer.len() == 4)
    );
}

#[test]
fn pictures_that_are_no_cities_are_said_so() {
    let legend = Legend::default();
    let refused = |width, height, colors: &[[u8; 3]], cell| {
        let picture = Picture {
            width,
            height,
            colors,
        };
        painted::city(&picture, cell, &legend, Heights::Rule)
            .expect_err("no city")
            .to_string()
    };
    assert!(refused(20_000, 20_000, &[], 1.0).contains("8192"));
    assert!(refused(1, 1, &[ROAD], 1.0).contains("16 × 16"));
    assert!(refused(0, 0, &[], 1.0).contains("too small"));
    assert!(refused(usize::MAX, 40, &[], 1.0).contains("too large"));
    assert!(refused(32, 32, &[ROAD; 9], 1.0).contains("instead of 1024"));
    let pink = vec![[255, 0, 200]; 1024];
    assert!(refused(32, 32, &pink, 1.0).contains("#ff00c8 (100 %)"));
    let paper = vec![PAPER; 1024];
    assert!(refused(32, 32, &paper, 1.0).contains("neither"));
    assert!(refused(32, 32, &paper, f32::NAN).contains("scale"));
    assert!(refused(32, 32, &paper, 5000.0).contains("30000"));
}

#[test]
fn a_legend_is_made_for_a_picture() {
    let (width, height, mut colors) = painting();
    colors
        .iter_mut()
        .filter(|c| **c == HOUSE)
        .for_each(|c| *c = [150, 60, 40]);
    let picture = Picture {
        width,
        height,
        colors: &colors,
    };
    let mut legend = Legend::of(&picture);
    let class = |legend: &Legend, color| legend.class(color).expect("a meaning");
    assert_eq!(class(&legend, [150, 60, 40]), Class::Roof);
    assert_eq!(class(&legend, PARK), Class::Green);
    assert_eq!(class(&legend, ROAD), Class::Road);
    for entry in legend
        .entries
        .iter_mut()
        .filter(|e| e.class == Class::Green)
    {
        entry.class = Class::Water;
    }
    let city = painted::city(&picture, 0.5, &legend, Heights::Rule).expect("a city");
    assert!(
        city.plan
            .whole()
            .areas
            .iter()
            .any(|a| a.kind == city::AreaKind::Water)
    );
}

/// Any maps become some layout.
#[test]
fn noise_is_survived() {
    let mut state = 3u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as usize
    };
    for coarse in [1, 3, 9] {
        let (width, height) = (90, 70);
        let mut colors = vec![PAPER; width * height];
        for y in (0..height).step_by(coarse) {
            for x in (0..width).step_by(coarse) {
                let color = [ROAD, HOUSE, PARK, PAPER][next() % 4];
                for v in y..(y + coarse).min(height) {
                    colors[v * width + x..v * width + (x + coarse).min(width)].fill(color);
                }
            }
        }
        let picture = Picture {
            width,
            height,
            colors: &colors,
        };
        match painted::city(&picture, 2.0, &Legend::default(), Heights::Rule) {
            Ok(city) => {
                let maps = rasterize(city.plan.whole(), 2.0);
                assert_eq!(maps.classes.len(), maps.width * maps.height);
            }
            Err(error) => assert!(matches!(error, PaintError::Empty), "{error}"),
        }
    }
}
