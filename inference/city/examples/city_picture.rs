//! Makes a city as a PLY file for one camera, tile by tile.
//!
//! `city_picture SOURCE OUT.ply EYE TARGET [FOV] [REACH] [day|dusk] [STRIDE]`: SOURCE is `seed:7` or a map's
//! file; EYE and TARGET are `x,y,z` in metres of the plan; REACH is how far tiles are made. The file's middle is the
//! target; the last line printed is what to tell `splatwright render`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool for its makers"
)]

use std::{path::Path, time::Instant};

use city::{
    Bake, CityStyle, Daylight, Detail, HeightField, Plan, ProceduralPlan, Tile, Viewpoint, cloud,
    rasterize, scene_from_city, surfels::extrude_with,
};
use glam::Vec3;
use scene::{GaussianCloud, SplatLayer, Transform, cloud::CloudParts};

fn plan(source: &str) -> Box<dyn Plan> {
    match source {
        seed if seed.starts_with("seed:") => {
            let seed = seed[5..].parse().expect("a number");
            let style = CityStyle {
                seed,
                ..CityStyle::default()
            };
            Box::new(ProceduralPlan::new(style))
        }
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
    let plan = plan(&word(0, "seed:7"));

    let around = target.lerp(eye, 0.5).truncate();
    let (low, high) = (
        Tile::at((around - reach).as_dvec2()),
        Tile::at((around + reach).as_dvec2()),
    );
    let mut all = CloudParts::default();
    let (mut laid, mut mapped, mut made, mut baked) = (0.0, 0.0, 0.0, 0.0);
    let mut counts = [0_usize; 9];
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
            for class in &surfels.classes {
                counts[*class as usize] += 1;
            }
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
    println!("by class {counts:?}");
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
        let far = if city::random::mix(7, k as u64).is_multiple_of(2) {
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
