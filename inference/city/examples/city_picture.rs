//! Makes a small city as a PLY file, seen from one place.
//!
//! `cargo run --release -p city --example city_picture -- OUT.ply [view] [day|dusk]`
//! The file's middle is where the view looks; the last lines printed are what to tell `splatwright render`.

use std::{path::Path, time::Instant};

use city::{
    Area, AreaKind, Bake, Building, BuildingUse, Car, Daylight, Detail, HeightField, Lamp, Layout,
    Polygon, Road, RoadClass, Tree, Viewpoint, cloud, rasterize, scene_from_city,
    surfels::extrude_with,
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

/// Eye and target in the frame of the city, and the full vertical angle in degrees.
fn view(name: &str) -> (Vec3, Vec3, f32) {
    match name {
        "street" => (
            Vec3::new(57.0, 116.8, 1.8),
            Vec3::new(110.0, 124.0, 6.0),
            58.0,
        ),
        "facade" => (
            Vec3::new(75.0, 135.0, 1.7),
            Vec3::new(85.0, 115.0, 8.5),
            55.0,
        ),
        "cars" => (
            Vec3::new(62.0, 126.5, 1.6),
            Vec3::new(69.0, 121.0, 0.7),
            50.0,
        ),
        "crossing" => (
            Vec3::new(122.5, 100.0, 7.0),
            Vec3::new(131.0, 130.0, 1.0),
            60.0,
        ),
        _ => (
            Vec3::new(20.0, -20.0, 85.0),
            Vec3::new(125.0, 125.0, 0.0),
            45.0,
        ),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let (out, name) = (&args[1], args.get(2).map_or("drone", String::as_str));
    let dusk = args.get(3).is_some_and(|a| a == "dusk");
    let (eye, target, fov) = view(name);
    let height_px = 720.0;
    let focal_px = 0.5 * height_px / (0.5 * fov.to_radians()).tan();
    let layout = test_layout();
    let clock = Instant::now();
    let maps = rasterize(&layout, 0.25);
    println!("maps {:?}", clock.elapsed());
    let field = HeightField::new(&layout, &maps);
    println!("field {:?}", clock.elapsed());
    let detail = Detail::View(Viewpoint {
        eye,
        gaze: Some((
            (target - eye).normalize(),
            (0.5 * fov * 1.95).to_radians().cos(),
        )),
        focal_px,
        pixels: 1.6,
        finest: 0.0625,
    });
    let surfels = extrude_with(&layout, &maps, &field, &detail);
    println!("surfels {:?}: {}", clock.elapsed(), surfels.len());
    let light = if dusk {
        Daylight::dusk()
    } else {
        Daylight::day()
    };
    let bake = Bake {
        light,
        eye: Some(eye),
        field: &field,
    };
    let made = cloud(&surfels, &bake)?;
    println!("cloud {:?}: {} splats", clock.elapsed(), made.len());
    save(made, target, Path::new(out))?;
    let towards = scene_from_city(eye - target);
    let yaw = towards.x.atan2(towards.z).to_degrees();
    let pitch = (towards.y / towards.length()).asin().to_degrees();
    println!(
        "--distance {} --yaw={yaw} --pitch={pitch} --fov {fov} --size 1280x720",
        towards.length()
    );
    Ok(())
}

/// Saves with invisible splats that put the middle of the scene at the target.
fn save(cloud: GaussianCloud, target: Vec3, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut parts: CloudParts = cloud.into_parts();
    parts.columns.clear();
    let center = scene_from_city(target);
    let n = parts.means.len() / 30;
    for k in 0..n {
        let far = if city::random::mix(7, k as u64) % 2 == 0 {
            5000.0
        } else {
            -5000.0
        };
        parts.means.push(center + Vec3::splat(far));
        parts.rotations.push(glam::Quat::IDENTITY);
        parts.log_scales.push(Vec3::splat(-7.0));
        parts.opacity_logits.push(-16.0);
        parts.sh.extend([0.0; 3]);
    }
    let cloud = GaussianCloud::new(parts)?;
    let layer = SplatLayer::new(cloud, "city");
    scene::io::save(
        path,
        &[(&layer, &scene::io::file_from_layer(&Transform::IDENTITY))],
        &scene::io::SaveOptions::default(),
    )?;
    Ok(())
}
