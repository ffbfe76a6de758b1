//! Draws a plan like the map of a city, to judge it by eye.
//!
//! `map_picture osm FILE OUT.png [METRES_PER_PIXEL]`
//! `map_picture seed SEED OUT.png [SIDE_METRES] [METRES_PER_PIXEL] [ORGANIC] [RADIAL]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a tool for its makers"
)]

use std::time::Instant;

use city::{Ground, Layout, Maps, Plan, RoadClass, TILE_SIZE, Tile, rasterize};
use glam::{DVec2, Vec2, Vec3};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |i: usize| words.get(i).map(String::as_str).unwrap_or_default();
    let number = |i: usize, usual: f64| word(i).parse().unwrap_or(usual);
    match word(0) {
        "osm" => {
            let start = Instant::now();
            let map = city::osm::load(word(1).as_ref()).expect("a map");
            let whole = map.plan.whole();
            println!(
                "{} buildings, {} streets, {} areas, {} trees, {} lamps, {} cars in {:?}",
                whole.buildings.len(),
                whole.roads.len(),
                whole.areas.len(),
                whole.trees.len(),
                whole.lamps.len(),
                whole.cars.len(),
                start.elapsed()
            );
            map.warnings
                .iter()
                .for_each(|warning| println!("  {warning}"));
            let (low, high) = map.plan.bounds().unwrap();
            draw(&map.plan, low, high, number(3, 1.0), word(2));
        }
        "seed" => {
            let style = city::CityStyle {
                seed: number(1, 7.0) as u64,
                organic: number(5, 0.3) as f32,
                radial: number(6, 0.35) as f32,
                ..city::CityStyle::default()
            };
            let plan = city::ProceduralPlan::new(style);
            let half = DVec2::splat(0.5 * number(3, 1400.0));
            draw(&plan, -half, half, number(4, 1.0), word(2));
        }
        _ => println!("map_picture osm FILE OUT.png [METRES_PER_PIXEL]"),
    }
}

/// Draws a part of a plan, tile by tile.
fn draw(plan: &dyn Plan, low: DVec2, high: DVec2, pixel: f64, path: &str) {
    let size = ((high - low) / pixel).ceil();
    let (width, height) = (size.x as usize, size.y as usize);
    let mut picture = vec![0u8; width * height * 3];
    let (first, last) = (Tile::at(low), Tile::at(high));
    let (mut laid, mut painted, mut buildings) = (0.0, 0.0, 0);
    for y in first.y..=last.y {
        for x in first.x..=last.x {
            let tile = Tile { x, y };
            let start = Instant::now();
            let layout = plan.layout(tile);
            laid += start.elapsed().as_secs_f64();
            let start = Instant::now();
            let maps = rasterize(&layout, pixel as f32);
            painted += start.elapsed().as_secs_f64();
            buildings += layout.buildings.iter().filter(|b| !b.context).count();
            let mut colors: Vec<Vec3> = (0..maps.classes.len()).map(|i| color(&maps, i)).collect();
            things(&layout, &maps, &mut colors);
            let from = ((tile.origin() - low) / pixel).round();
            let side = (f64::from(TILE_SIZE) / pixel).round() as usize;
            for v in 0..side {
                for u in 0..side {
                    let (px, py) = (from.x as i64 + u as i64, from.y as i64 + v as i64);
                    if px < 0 || py < 0 || px >= width as i64 || py >= height as i64 {
                        continue;
                    }
                    let point = Vec2::new(u as f32 + 0.5, v as f32 + 0.5) * pixel as f32;
                    let Some(cell) = maps.cell_at(point) else {
                        continue;
                    };
                    let row = height - 1 - py as usize;
                    let at = (row * width + px as usize) * 3;
                    let c = (colors[cell] * 255.0).clamp(Vec3::ZERO, Vec3::splat(255.0));
                    picture[at..at + 3].copy_from_slice(&[c.x as u8, c.y as u8, c.z as u8]);
                }
            }
        }
    }
    let km2 = (size.x * size.y) * pixel * pixel * 1e-6;
    println!(
        "{buildings} buildings, {:.0} a km²; laid out in {laid:.2} s, maps in {painted:.2} s",
        buildings as f64 / km2
    );
    let file = std::io::BufWriter::new(std::fs::File::create(path).expect("a file to write"));
    let mut encoder = png::Encoder::new(file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&picture)
        .unwrap();
}

fn rgb(hex: u32) -> Vec3 {
    Vec3::new(
        (hex >> 16 & 255) as f32,
        (hex >> 8 & 255) as f32,
        (hex & 255) as f32,
    ) / 255.0
}

/// Color of a cell: buildings darker the higher they are, with a shadow.
fn color(maps: &Maps, cell: usize) -> Vec3 {
    if maps.instances[cell] != 0 {
        let high = (maps.top[cell] / 60.0).clamp(0.0, 1.0).sqrt();
        let edge = [1, maps.width]
            .iter()
            .any(|step| cell >= *step && maps.instances[cell - step] != maps.instances[cell]);
        let body = rgb(0xd9c8b0).lerp(rgb(0x6b4a3a), high);
        return if edge { body * 0.75 } else { body };
    }
    let class = maps.roads.as_ref().map_or(255, |roads| roads.class[cell]);
    let ground = match maps.ground[cell] {
        Ground::Pavement => rgb(0xe9e6df),
        Ground::Carriageway if class == RoadClass::Avenue as u8 => rgb(0xf7d794),
        Ground::Carriageway if class == RoadClass::Street as u8 => rgb(0xfcf0c4),
        Ground::Carriageway => rgb(0xffffff),
        Ground::Promenade => rgb(0xf3ddd5),
        Ground::Asphalt => rgb(0xd2d2d6),
        Ground::Grass => rgb(0xb5d89b),
        Ground::Water => rgb(0x8fc1de),
        Ground::Square => rgb(0xf0dccb),
        Ground::Court => rgb(0xdcd9c9),
        Ground::Bare => rgb(0xd6c7a4),
    };
    // Shadow of what stands to the north-west.
    let shaded = (1..5).any(|k| {
        let away = (k as f32 * 1.4 * maps.cell) as usize;
        let step = (k * maps.width) - k;
        cell + step < maps.top.len() && maps.top[cell + step] > 2.0 + away as f32 * 1.5
    });
    if shaded { ground * 0.82 } else { ground }
}

fn things(layout: &Layout, maps: &Maps, colors: &mut [Vec3]) {
    let mut blot = |at: Vec2, radius: f32, color: Vec3, share: f32| {
        let steps = (radius / maps.cell).ceil() as i32;
        for v in -steps..=steps {
            for u in -steps..=steps {
                let offset = Vec2::new(u as f32, v as f32) * maps.cell;
                if let Some(cell) = maps.cell_at(at + offset)
                    && offset.length() <= radius
                {
                    colors[cell] = colors[cell].lerp(color, share);
                }
            }
        }
    };
    for tree in &layout.trees {
        blot(tree.at, 0.2 * tree.height, rgb(0x5f9a4a), 0.75);
    }
    for car in &layout.cars {
        let ahead = Vec2::from_angle(car.heading);
        let shade = if car.style % 3 == 0 {
            rgb(0xa33a32)
        } else {
            rgb(0x5a6470)
        };
        for k in [-1.2, 0.0, 1.2] {
            blot(car.at + ahead * k, 0.9, shade, 0.8);
        }
    }
    for lamp in &layout.lamps {
        blot(lamp.at, 0.4, rgb(0x303030), 0.9);
    }
}
