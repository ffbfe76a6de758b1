//! Makes a city as a PLY file for one camera, tile by tile.
//!
//! `city_picture SOURCE OUT.ply EYE TARGET [FOV] [REACH] [day|dusk] [STRIDE]`: SOURCE is `test`, `seed:7` or a map's
//! file; EYE and TARGET are `x,y,z` in metres of the plan; REACH is how far tiles are made. The file's middle is the
//! target; the last line printed is what to tell `splatwright render`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool for its makers"
)]

use std::{path::Path, time::Instant};

use city::{
    Area, AreaKind, Bake, Building, BuildingUse, Car, Daylight, Detail, FinitePlan, HeightField,
    Lamp, Layout, Plan, Polygon, Road, RoadClass, Tile, Tree, Viewpoint, cloud, rasterize,
    scene_from_city, surfels::extrude_with,
};
use glam::{Vec2, Vec3};
use scene::{GaussianCloud, SplatLayer, Transform, cloud::CloudParts};

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

/// Four blocks around a crossing, one of them a park.
fn test_layout() -> Layout {
    let mut layout = Layout {
        size: Vec2::splat(256.0),
        ..Layout::default()
    };
    let streets = [
        (
            Vec2::new(-64.0, 128.0),
            Vec2::new(320.0, 128.0),
            16.0,
            RoadClass::Avenue,
        ),
        (
            Vec2::new(128.0, -64.0),
            Vec2::new(128.0, 320.0),
            12.5,
            RoadClass::Street,
        ),
        (
            Vec2::new(-64.0, 30.0),
            Vec2::new(320.0, 30.0),
            10.5,
            RoadClass::Residential,
        ),
        (
            Vec2::new(-64.0, 226.0),
            Vec2::new(320.0, 226.0),
            12.0,
            RoadClass::Street,
        ),
        (
            Vec2::new(30.0, -64.0),
            Vec2::new(30.0, 320.0),
            10.5,
            RoadClass::Residential,
        ),
        (
            Vec2::new(226.0, -64.0),
            Vec2::new(226.0, 320.0),
            12.0,
            RoadClass::Street,
        ),
    ];
    for (k, (a, b, width, class)) in streets.into_iter().enumerate() {
        layout.roads.push(Road {
            id: k as u64 + 1,
            line: vec![a, b],
            start: 0.0,
            width,
            class,
        });
    }
    let xs = [(40.0, 117.5), (138.5, 215.5), (-40.0, 20.5), (236.5, 290.0)];
    let ys = [(40.0, 115.5), (140.5, 215.5), (-40.0, 20.5), (236.5, 290.0)];
    let mut seed = 1_u64;
    for (i, (x0, x1)) in xs.into_iter().enumerate() {
        for (j, (y0, y1)) in ys.into_iter().enumerate() {
            let (low, high) = (Vec2::new(x0, y0), Vec2::new(x1, y1));
            if i == 1 && j == 1 {
                layout.areas.push(Area {
                    kind: AreaKind::Park,
                    polygon: rectangle(low, high),
                });
                for k in 0..60 {
                    let mut r = city::random::Random::new(k, 99);
                    let at = Vec2::new(r.range(x0 + 4.0, x1 - 4.0), r.range(y0 + 4.0, y1 - 4.0));
                    layout.trees.push(Tree {
                        at,
                        height: r.range(8.0, 14.0),
                        style: k,
                    });
                }
                continue;
            }
            layout.areas.push(Area {
                kind: AreaKind::Court,
                polygon: rectangle(low, high),
            });
            let parts = 4;
            let step = (high - low) / parts as f32;
            for k in 0..parts {
                let k = k as f32;
                let sides = [
                    (
                        Vec2::new(x0 + k * step.x, y0),
                        Vec2::new(x0 + (k + 1.0) * step.x, y0 + 13.0),
                    ),
                    (
                        Vec2::new(x0 + k * step.x, y1 - 13.0),
                        Vec2::new(x0 + (k + 1.0) * step.x, y1),
                    ),
                ];
                for (a, b) in sides {
                    push(&mut layout, &mut seed, a, b);
                }
            }
            let middle = [
                (Vec2::new(x0, y0 + 13.0), Vec2::new(x0 + 13.0, y1 - 13.0)),
                (Vec2::new(x1 - 13.0, y0 + 13.0), Vec2::new(x1, y1 - 13.0)),
            ];
            for (a, b) in middle {
                push(&mut layout, &mut seed, a, b);
            }
        }
    }
    for k in 0..60 {
        let along = k as f32 * 8.0 - 60.0;
        let clear = (along - 128.0).abs() > 20.0
            && (along - 30.0).abs() > 14.0
            && (along - 226.0).abs() > 14.0;
        if clear {
            for side in [-1.0, 1.0] {
                layout.trees.push(Tree {
                    at: Vec2::new(along, 128.0 + side * 9.3),
                    height: 8.0 + (k % 4) as f32,
                    style: 1000 + k,
                });
                if k % 3 == 0 {
                    let heading = if side > 0.0 { -1.5708 } else { 1.5708 };
                    layout.lamps.push(Lamp {
                        at: Vec2::new(along + 4.0, 128.0 + side * 8.9),
                        heading,
                    });
                }
                if (k * 7) % 5 != 0 {
                    let heading = if side > 0.0 {
                        std::f32::consts::PI
                    } else {
                        0.0
                    };
                    layout.cars.push(Car {
                        at: Vec2::new(along + 2.0, 128.0 + side * 6.9),
                        heading,
                        style: 77 + k * 13 + side as i64 as u64,
                    });
                    layout.cars.push(Car {
                        at: Vec2::new(128.0 + side * 5.1, along),
                        heading: heading + 1.5708,
                        style: 770 + k * 17 + side as i64 as u64,
                    });
                }
            }
        }
    }
    layout
}

fn push(layout: &mut Layout, seed: &mut u64, a: Vec2, b: Vec2) {
    *seed += 1;
    let mut r = city::random::Random::new(*seed, 55);
    layout.buildings.push(Building {
        id: *seed,
        footprint: rectangle(a, b),
        base: 0.0,
        height: r.range(14.0, 23.0),
        usage: BuildingUse::Apartments,
        levels: None,
        roof: None,
        family: None,
        style: *seed * 7919,
        context: false,
    });
}

fn plan(source: &str) -> Box<dyn Plan> {
    match source {
        "test" => Box::new(FinitePlan::new(test_layout())),
        path => {
            let map = city::osm::load(path.as_ref()).expect("a map");
            println!("bounds {:?}", map.plan.bounds());
            Box::new(map.plan)
        }
    }
}

fn vector(text: &str) -> Vec3 {
    let v: Vec<f32> = text
        .split(',')
        .map(|n| n.trim().parse().expect("a number"))
        .collect();
    Vec3::new(v[0], v[1], v[2])
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let word = |k: usize, usual: &str| args.get(k).map_or(usual.to_owned(), Clone::clone);
    let (eye, target) = (vector(&word(2, "20,-20,85")), vector(&word(3, "125,125,0")));
    let fov: f32 = word(4, "50").parse().expect("degrees");
    let reach: f32 = word(5, "600").parse().expect("metres");
    let light = if word(6, "day") == "dusk" {
        Daylight::dusk()
    } else {
        Daylight::day()
    };
    let fixed: Option<f32> = word(7, "").parse().ok();
    let focal_px = 0.5 * 720.0 / (0.5 * fov.to_radians()).tan();
    let gaze = (target - eye).normalize();
    let plan = plan(&word(0, "test"));

    let around = target.lerp(eye, 0.5).truncate();
    let (low, high) = (
        Tile::at((around - reach).as_dvec2()),
        Tile::at((around + reach).as_dvec2()),
    );
    let mut all = CloudParts::default();
    let (mut laid, mut mapped, mut made, mut baked) = (0.0, 0.0, 0.0, 0.0);
    for y in low.y..=high.y {
        for x in low.x..=high.x {
            let tile = Tile { x, y };
            let clock = Instant::now();
            let layout = plan.layout(tile);
            laid += clock.elapsed().as_secs_f64();
            let offset = layout.origin.as_vec2().extend(0.0);
            let local = eye - offset;
            let view = Viewpoint {
                eye: local,
                gaze: Some((gaze, (0.5 * fov * 1.95).to_radians().cos())),
                focal_px,
                pixels: 1.6,
                finest: 0.03125,
            };
            let detail = fixed.map_or(Detail::View(view), Detail::Stride);
            let clock = Instant::now();
            let maps = rasterize(&layout, 0.25);
            let field = HeightField::new(&layout, &maps);
            mapped += clock.elapsed().as_secs_f64();
            let clock = Instant::now();
            let surfels = extrude_with(&layout, &maps, &field, &detail);
            made += clock.elapsed().as_secs_f64();
            let clock = Instant::now();
            let one = cloud(
                &surfels,
                &Bake {
                    light,
                    eye: Some(local),
                    field: &field,
                },
            )
            .expect("numbers");
            baked += clock.elapsed().as_secs_f64();
            let parts = one.into_parts();
            let shift = scene_from_city(offset);
            all.means.extend(parts.means.iter().map(|p| *p + shift));
            all.rotations.extend(parts.rotations);
            all.log_scales.extend(parts.log_scales);
            all.opacity_logits.extend(parts.opacity_logits);
            all.sh.extend(parts.sh);
        }
    }
    println!(
        "{} surfels; layout {laid:.2} s, maps {mapped:.2} s, surfels {made:.2} s, light {baked:.2} s",
        all.means.len()
    );
    save(all, target, Path::new(&word(1, "city.ply")));
    let towards = scene_from_city(eye - target);
    let yaw = towards.x.atan2(towards.z).to_degrees();
    let pitch = (towards.y / towards.length()).asin().to_degrees();
    println!(
        "--distance {} --yaw={yaw} --pitch={pitch} --fov {fov} --size 1280x720",
        towards.length()
    );
}

/// Saves with invisible splats that put the middle of the scene at the target.
fn save(mut parts: CloudParts, target: Vec3, path: &Path) {
    let center = scene_from_city(target);
    let n = parts.means.len() / 30;
    for k in 0..n {
        let far = if city::random::mix(7, k as u64) % 2 == 0 {
            9000.0
        } else {
            -9000.0
        };
        parts.means.push(center + Vec3::splat(far));
        parts.rotations.push(glam::Quat::IDENTITY);
        parts.log_scales.push(Vec3::splat(-7.0));
        parts.opacity_logits.push(-16.0);
        parts.sh.extend([0.0; 3]);
    }
    let cloud = GaussianCloud::new(parts).expect("numbers");
    let layer = SplatLayer::new(cloud, "city");
    let upright = scene::io::file_from_layer(&Transform::IDENTITY);
    scene::io::save(
        path,
        &[(&layer, &upright)],
        &scene::io::SaveOptions::default(),
    )
    .expect("a file");
}
