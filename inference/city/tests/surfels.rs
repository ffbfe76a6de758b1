//! A layout becomes the same solid city every time, at every level of detail, tile by tile.

use city::{
    Area, AreaKind, Bake, Building, BuildingUse, Class, Daylight, Detail, FinitePlan, HeightField,
    Layout, Plan, Polygon, Road, RoadClass, RoofShape, Surfels, TILE_SIZE, Tile, Tree, Viewpoint,
    cloud, extrude, rasterize,
};
use glam::{Vec2, Vec3};

fn rectangle(low: Vec2, high: Vec2) -> Polygon {
    Polygon {
        outer: vec![
            low,
            Vec2::new(high.x, low.y),
            high,
            Vec2::new(low.x, high.y),
        ],
        holes: Vec::new(),
    }
}

fn house(id: u64, low: Vec2, high: Vec2) -> Building {
    Building {
        id,
        footprint: rectangle(low, high),
        base: 0.0,
        height: 16.0,
        usage: BuildingUse::Apartments,
        levels: None,
        roof: None,
        family: None,
        style: id * 31,
        context: false,
    }
}

/// Two houses wall to wall, a street, a park with a tree; one house stands across the border at x = `size`.
fn small(size: f32) -> Layout {
    Layout {
        size: Vec2::new(2.0 * size, size),
        buildings: vec![
            house(1, Vec2::new(6.0, 20.0), Vec2::new(20.0, 32.0)),
            house(2, Vec2::new(20.0, 20.0), Vec2::new(34.0, 32.0)),
            house(3, Vec2::new(size - 6.0, 20.0), Vec2::new(size + 12.0, 32.0)),
        ],
        roads: vec![Road {
            id: 9,
            line: vec![Vec2::new(-80.0, 8.0), Vec2::new(2.0 * size + 80.0, 8.0)],
            start: 0.0,
            width: 10.0,
            class: RoadClass::Street,
        }],
        areas: vec![Area {
            kind: AreaKind::Park,
            polygon: rectangle(Vec2::new(36.0, 36.0), Vec2::new(44.0, 44.0)),
        }],
        trees: vec![Tree {
            at: Vec2::new(40.0, 40.0),
            height: 9.0,
            style: 5,
        }],
        ..Layout::default()
    }
}

fn surfels(layout: &Layout, detail: &Detail) -> Surfels {
    extrude(layout, &rasterize(layout, 0.25), detail)
}

#[test]
fn one_thread_and_many_make_the_same_city() {
    let layout = small(48.0);
    let detail = Detail::Stride(0.5);
    let many = surfels(&layout, &detail);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let one = pool.install(|| surfels(&layout, &detail));
    assert!(many.len() > 10_000, "only {} surfels", many.len());
    assert_eq!(many, one, "threads changed the city");
}

#[test]
fn every_surfel_is_a_sound_gaussian_with_materials() {
    let layout = small(48.0);
    let maps = rasterize(&layout, 0.25);
    let view = Detail::View(Viewpoint {
        eye: Vec3::new(12.0, 9.0, 1.7),
        gaze: None,
        focal_px: 300.0,
        pixels: 1.6,
        finest: 0.125,
    });
    let field = HeightField::new(&layout, &maps);
    let made = extrude(&layout, &maps, &view);
    for row in 0..made.len() {
        let surface = &made.surfaces[row];
        let shares = [
            surface.roughness,
            surface.metallic,
            surface.glass,
            made.occlusion[row],
        ];
        assert!(
            shares.iter().all(|x| (0.0..=1.0).contains(x)),
            "{row}: {surface:?}"
        );
        assert!(
            surface.albedo.min_element() >= 0.0 && surface.albedo.max_element() < 0.9,
            "{row}: {surface:?}"
        );
        assert!(
            (made.normals[row].length() - 1.0).abs() < 1e-3,
            "normal of {row}: {}",
            made.normals[row]
        );
        assert!(
            made.normals[row].dot(made.tangents[row]).abs() < 0.05,
            "tangent of {row} leans"
        );
    }
    for light in [Daylight::day(), Daylight::dusk()] {
        let made = cloud(
            &made,
            &Bake {
                light,
                eye: None,
                field: &field,
            },
        )
        .unwrap();
        for name in [
            "normal",
            "albedo",
            "roughness",
            "metallic",
            "emissive",
            "ambient_occlusion",
            "label",
            "instance",
        ] {
            assert!(made.column(name).is_some(), "the column {name} is missing");
        }
    }
}

#[test]
fn a_party_wall_has_no_windows() {
    let made = surfels(&small(48.0), &Detail::Stride(0.25));
    let glass = |x: f32| {
        let rows = (0..made.len()).filter(|row| {
            (made.means[*row].x - x).abs() < 0.3 && made.classes[*row] == Class::Facade
        });
        rows.filter(|row| made.surfaces[*row].glass > 0.5 && made.normals[*row].x.abs() > 0.9)
            .count()
    };
    assert_eq!(glass(20.0), 0, "windows between two houses");
    assert!(glass(34.0) > 50, "the free end has windows");
}

#[test]
fn tiles_meet_without_gap_or_double() {
    let plan = FinitePlan::new(small(TILE_SIZE));
    let detail = Detail::Stride(2.0);
    let tiles = [Tile { x: 0, y: 0 }, Tile { x: 1, y: 0 }].map(|tile| {
        let layout = plan.layout(tile);
        (layout.origin.as_vec2(), surfels(&layout, &detail))
    });
    let mut parts = Vec::new();
    for (origin, part) in &tiles {
        let strip = (0..part.len()).filter(|row| part.means[*row].y < 50.0);
        parts.extend(strip.map(|row| {
            (
                part.means[row] + origin.extend(0.0),
                part.surfaces[row].albedo,
                part.classes[row],
            )
        }));
    }
    let whole = surfels(plan.whole(), &detail);
    let rows = || (0..whole.len()).filter(|row| whole.means[*row].y < 50.0);
    assert_eq!(
        parts.len(),
        rows().count(),
        "surfels in two tiles and in one"
    );

    // The same places, and the same looks within what positions far from the origin lose.
    let key = |p: Vec3| (p * 100.0).round().as_ivec3().to_array();
    let mut left: std::collections::HashMap<_, Vec<Vec3>> = std::collections::HashMap::new();
    for row in rows() {
        left.entry(key(whole.means[row]))
            .or_default()
            .push(whole.surfaces[row].albedo);
    }
    let same = parts
        .iter()
        .filter(|(mean, albedo, _)| {
            left.get(&key(*mean))
                .is_some_and(|list| list.iter().any(|a| a.distance(*albedo) < 0.02))
        })
        .count();
    assert!(
        same * 100 > parts.len() * 98,
        "{same} of {} surfels are the same",
        parts.len()
    );
}

#[test]
fn broken_buildings_are_survived() {
    let mut layout = small(48.0);
    let ring = |points: &[[f32; 2]]| Polygon {
        outer: points.iter().map(|p| Vec2::from_array(*p)).collect(),
        holes: Vec::new(),
    };
    let outlines = [
        ring(&[]),
        ring(&[[5.0, 5.0], [9.0, 5.0]]),
        ring(&[[5.0, 36.0], [5.0, 36.0], [5.0, 36.0]]),
        ring(&[[5.0, 36.0], [9.0, 40.0], [9.0, 36.0], [5.0, 40.0]]),
        ring(&[[5.0, 36.0], [9.0, 36.0], [9.0, 36.001], [5.0, 36.001]]),
    ];
    let roofs = [
        RoofShape::Dome,
        RoofShape::Pyramid,
        RoofShape::Mansard,
        RoofShape::Gabled,
        RoofShape::Shed,
    ];
    for (k, (footprint, roof)) in outlines.into_iter().zip(roofs).enumerate() {
        for (base, height) in [
            (0.0, 9.0),
            (0.0, -3.0),
            (12.0, 9.0),
            (0.0, 0.01),
            (3.0, 400.0),
        ] {
            layout.buildings.push(Building {
                id: 100 + k as u64,
                footprint: footprint.clone(),
                roof: Some(roof),
                base,
                height,
                ..house(9, Vec2::ZERO, Vec2::ONE)
            });
        }
    }
    let made = surfels(&layout, &Detail::Stride(1.0));
    assert!(
        made.means.iter().all(|p| p.is_finite()),
        "places without a number"
    );
    assert!(
        made.sigmas
            .iter()
            .all(|s| s.is_finite() && s.min_element() > 0.0),
        "sizes without a number"
    );
    assert!(
        made.normals.iter().all(|n| (n.length() - 1.0).abs() < 1e-3),
        "normals of no length"
    );
}
