//! Draws a plan like the map of a city, to judge it by eye.
//!
//! `map_picture osm FILE OUT.png [METRES_PER_PIXEL]`
//! `map_picture painted FILE.png OUT.png [METRES_PER_PIXEL] [TIMES_LARGER]`
//! `map_picture time SEED`
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
        "painted" => painted(
            word(1),
            word(2),
            number(3, 1.0) as f32,
            number(4, 1.0) as usize,
        ),
        "time" => time(number(1, 7.0) as u64),
        _ => println!("map_picture osm FILE OUT.png [METRES_PER_PIXEL]"),
    }
}

/// Draws the city of a painted picture, with a legend made for it.
fn painted(from: &str, to: &str, cell: f32, times: usize) {
    use city::painted::{Heights, Legend, Picture, city};
    let file = std::io::BufReader::new(std::fs::File::open(from).expect("a picture"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a picture that fits")];
    let info = reader.next_frame(&mut bytes).expect("a whole PNG");
    let step = info.color_type.samples();
    let colors: Vec<[u8; 3]> = bytes
        .chunks_exact(step)
        .map(|c| [c[0], c[1], c[2]])
        .collect();
    let (width, height) = (info.width as usize, info.height as usize);
    let larger =
        |i: usize| colors[(i / (width * times) / times) * width + i % (width * times) / times];
    let colors: Vec<[u8; 3]> = (0..colors.len() * times * times).map(larger).collect();
    let (width, height) = (width * times, height * times);
    let picture = Picture {
        width,
        height,
        colors: &colors,
    };
    let legend = Legend::of(&picture);
    for entry in &legend.entries {
        println!("  {:?} is {:?}", entry.color, entry.class);
    }
    let start = Instant::now();
    let city = city(&picture, cell, &legend, Heights::Rule).expect("a city");
    let whole = city.plan.whole();
    println!(
        "{} buildings, {} streets in {:?}, {:?}",
        whole.buildings.len(),
        whole.roads.len(),
        start.elapsed(),
        city.warnings
    );
    let (low, high) = city.plan.bounds().unwrap();
    draw(&city.plan, low, high, f64::from(cell), to);
}

/// Milliseconds that the processors worked for this program, whatever else they did meanwhile (Linux).
fn busy() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|line| line.split(' ').next()?.parse::<f64>().ok())
        .sum::<f64>()
        * 1e-6
}

/// Times a quarter, its tiles and their maps, in the time of one processor.
fn time(seed: u64) {
    let style = city::CityStyle {
        seed,
        ..city::CityStyle::default()
    };
    let spread = |what: &str, mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!(
            "{what}: median {:.1} ms of one processor, slowest {:.1} ms, of {}",
            at(0.5),
            at(1.0),
            times.len()
        );
    };
    let (mut first, mut again, mut maps) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..12 {
        let tile = Tile {
            x: 7 * (i % 4) - 12,
            y: 7 * (i / 4) - 7,
        };
        let plan = city::ProceduralPlan::new(style);
        let start = busy();
        plan.layout(tile);
        first.push(busy() - start);
        let start = busy();
        let layout = plan.layout(tile);
        again.push(busy() - start);
        let start = busy();
        let painted = rasterize(&layout, 0.25);
        maps.push(busy() - start);
        assert!(painted.cell == 0.25);
    }
    spread("a tile of a new city", first);
    spread("a tile whose quarters are known", again);
    spread("its maps at 0.25 m", maps);
    let plan = city::ProceduralPlan::new(style);
    let start = busy();
    let mut buildings = 0;
    for i in 0..400 {
        let layout = plan.layout(Tile {
            x: i % 20 - 10,
            y: i / 20 - 10,
        });
        buildings += layout.buildings.iter().filter(|b| !b.context).count();
    }
    let spent = busy() - start;
    let km2 = 400.0 * f64::from(TILE_SIZE * TILE_SIZE) * 1e-6;
    println!(
        "{km2:.1} km², {buildings} buildings: {:.1} ms a tile, {:.0} buildings a km²",
        spent / 400.0,
        buildings as f64 / km2
    );
}

/// Draws a part of a plan, tile by tile.
fn draw(plan: &dyn Plan, low: DVec2, high: DVec2, pixel: f64, path: &str) {
    let size = ((high - low) / pixel).ceil();
    let (width, height) = (size.x as usize, size.y as usize);
    let mut picture = vec![0u8; width * height * 3];
    let (first, last) = (Tile::at(low), Tile::at(high));
    let (mut laid, mut painted, mut buildings) = (0.0, 0.0, 0);
    let mut cover = std::collections::BTreeMap::new();
    let mut ends: std::collections::BTreeMap<(u64, bool), DVec2> =
        std::collections::BTreeMap::new();
    for y in first.y..=last.y {
        for x in first.x..=last.x {
            let tile = Tile { x, y };
            let start = Instant::now();
            let layout = plan.layout(tile);
            laid += start.elapsed().as_secs_f64();
            let start = Instant::now();
            let maps = rasterize(&layout, pixel as f32);
            for road in layout.roads.iter().filter(|r| r.line.len() > 1) {
                for (at, end) in [
                    (road.line[0], false),
                    (road.line[road.line.len() - 1], true),
                ] {
                    ends.insert((road.id, end), layout.origin + at.as_dvec2());
                }
            }
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
                    let what = if maps.instances[cell] != 0 {
                        "built".to_owned()
                    } else {
                        format!("{:?}", maps.ground[cell])
                    };
                    *cover.entry(what).or_insert(0usize) += 1;
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
    let all: usize = cover.values().sum();
    for (what, count) in &cover {
        print!("{what} {:.1} %  ", 100.0 * *count as f64 / all as f64);
    }
    let mut places: Vec<(DVec2, usize)> = Vec::new();
    for end in ends.values() {
        match places
            .iter_mut()
            .find(|(place, _)| place.distance(*end) < 1.0)
        {
            Some(place) => place.1 += 1,
            None => places.push((*end, 1)),
        }
    }
    let crossings = places.iter().filter(|(_, count)| *count > 1).count();
    println!(
        "\n{} places where streets end, {crossings} of them crossings",
        places.len()
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
