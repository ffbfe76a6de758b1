//! Real maps are read, and broken ones never break more than themselves.
#![allow(clippy::expect_used, reason = "a test that cannot go on stops")]

use std::path::Path;

use city::osm::{self, OsmError};
use city::{AreaKind, BuildingUse, Ground, Plan, RoadClass, RoofShape, rasterize};
use glam::Vec2;

/// About so many degrees north and east are a metre at the equator.
const METRE: f64 = 1.0 / 111_000.0;

/// A small town in XML: an apartment house with a courtyard, a church, a kiosk without levels, a broken outline, streets,
/// a park. `shift` moves it to the east, degrees.
fn town(shift: f64) -> String {
    let mut text = String::from("<?xml version='1.0'?>\n<!-- a town --><osm version=\"0.6\">\n");
    let mut nodes = 0;
    let mut ways = String::new();
    let mut way =
        |id: i64, points: &[(f64, f64)], closed: bool, tags: &[(&str, &str)], text: &mut String| {
            ways.push_str(&format!("<way id=\"{id}\">"));
            let first = nodes + 1;
            for (x, y) in points {
                nodes += 1;
                let lon = (shift + x * METRE + 180.0).rem_euclid(360.0) - 180.0;
                text.push_str(&format!(
                    "<node id='{nodes}' lat='{}' lon='{lon}'/>\n",
                    y * METRE
                ));
                ways.push_str(&format!("<nd ref=\"{nodes}\"/>"));
            }
            if closed {
                ways.push_str(&format!("<nd ref='{first}'/>"));
            }
            for (k, v) in tags {
                ways.push_str(&format!("<tag k=\"{k}\" v=\"{v}\"/>"));
            }
            ways.push_str("</way>\n");
        };
    let box_at = |x: f64, y: f64, s: f64| [(x, y), (x + s, y), (x + s, y + s), (x, y + s)];
    way(1, &box_at(0.0, 0.0, 40.0), true, &[], &mut text);
    way(2, &box_at(14.0, 14.0, 12.0), true, &[], &mut text);
    way(
        3,
        &box_at(60.0, 0.0, 20.0),
        true,
        &[
            ("building", "church"),
            ("height", "40'"),
            ("roof:shape", "dome"),
        ],
        &mut text,
    );
    way(
        4,
        &box_at(90.0, 0.0, 5.0),
        true,
        &[("building", "yes"), ("height", "-3")],
        &mut text,
    );
    way(
        5,
        &[(100.0, 0.0), (120.0, 20.0), (120.0, 0.0), (100.0, 16.0)],
        true,
        &[("building", "yes"), ("building:levels", "4")],
        &mut text,
    );
    way(
        6,
        &[(-20.0, -10.0), (140.0, -10.0)],
        false,
        &[("highway", "residential"), ("name", "A &amp; B")],
        &mut text,
    );
    way(
        7,
        &[(50.0, -60.0), (50.0, 60.0)],
        false,
        &[("highway", "primary"), ("lanes", "4")],
        &mut text,
    );
    way(
        8,
        &box_at(60.0, 30.0, 30.0),
        true,
        &[("leisure", "park")],
        &mut text,
    );
    way(
        9,
        &[(0.0, 50.0), (0.0, 50.0)],
        true,
        &[("building", "yes")],
        &mut text,
    );
    text.push_str(&ways);
    text.push_str(
        "<relation id=\"1\"><member type='way' ref='1' role='outer'/><member type='way' ref='2' role='inner'/>\
         <tag k='type' v='multipolygon'/><tag k='building' v='apartments'/><tag k='building:levels' v='6'/></relation></osm>",
    );
    text
}

#[test]
fn a_town_has_its_houses_streets_and_park() {
    let map = osm::read(town(0.0).as_bytes()).expect("a map");
    let whole = map.plan.whole();
    assert_eq!(whole.buildings.len(), 4, "{:?}", map.warnings);
    let flats = whole
        .buildings
        .iter()
        .find(|b| !b.footprint.holes.is_empty())
        .expect("a courtyard");
    assert_eq!(
        (flats.usage, flats.levels),
        (BuildingUse::Apartments, Some(6.0))
    );
    assert!((flats.height - 21.0).abs() < 0.1, "{}", flats.height);
    let church = whole
        .buildings
        .iter()
        .find(|b| b.usage == BuildingUse::Landmark)
        .expect("a church");
    assert_eq!(church.roof, Some(RoofShape::Dome));
    assert!(
        (5.0..12.2).contains(&church.height),
        "the roof is part of {} m",
        church.height
    );
    assert!(whole.buildings.iter().all(|b| b.height > 2.0));
    assert_eq!(map.warnings.len(), 2, "{:?}", map.warnings);
    let widths: Vec<_> = whole.roads.iter().map(|r| (r.class, r.width)).collect();
    assert!(widths.contains(&(RoadClass::Avenue, 14.2)), "{widths:?}");
    assert!(whole.areas.iter().any(|a| a.kind == AreaKind::Park));
    assert!(!whole.trees.is_empty() && !whole.lamps.is_empty());

    let homes: usize = map
        .plan
        .tiles()
        .iter()
        .map(|&tile| {
            map.plan
                .layout(tile)
                .buildings
                .iter()
                .filter(|b| !b.context)
                .count()
        })
        .sum();
    assert_eq!(homes, 4, "every building has one tile");
}

#[test]
fn the_date_line_cuts_no_town() {
    let here = osm::read(town(10.0).as_bytes()).expect("a map");
    let there = osm::read(town(179.9997).as_bytes()).expect("a map over the date line");
    let (a, b) = (here.plan.whole(), there.plan.whole());
    assert_eq!(a.buildings.len(), b.buildings.len());
    assert!(
        (a.size - b.size).abs().max_element() < 0.1,
        "{} and {}",
        a.size,
        b.size
    );
}

#[test]
fn footprints_come_from_geojson() {
    let text = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"Height":31.5},"geometry":{"type":"Polygon","coordinates":
            [[[0,0],[0.0004,0],[0.0004,0.0003],[0,0.0003],[0,0]]]}},
        {"type":"Feature","properties":{"floors":"3"},"geometry":{"type":"MultiPolygon","coordinates":
            [[[[0.001,0],[0.0012,0],[0.0012,0.0002]]],[[[0.002,0],[0.0022,0],[0.0022,0.0002]]]]}},
        {"type":"Feature","properties":null,"geometry":null},
        {"type":"Feature","properties":{"highway":"residential"},"geometry":{"type":"LineString","coordinates":
            [[-0.0001,-0.0001],[0.003,-0.0001]]}}]}"#;
    let map = osm::read(text.as_bytes()).expect("a map");
    let heights: Vec<f32> = map
        .plan
        .whole()
        .buildings
        .iter()
        .map(|b| b.height)
        .collect();
    assert_eq!(heights.len(), 3);
    assert_eq!(heights[0], 31.5);
    assert!((heights[1] - 11.1).abs() < 0.01);
    assert_eq!(map.warnings.len(), 1, "{:?}", map.warnings);
}

#[test]
fn what_is_no_city_is_said_so() {
    let refused = |bytes: &[u8]| osm::read(bytes).expect_err("no map").to_string();
    assert!(refused(b"").contains("no map"));
    assert!(refused(b"\x89PNG....").contains(".osm.pbf"));
    assert!(refused(b"<osm></osm>").contains("neither"));
    assert!(refused(b"<kml></kml>").contains("<osm>"));
    assert!(refused(b"{\"type\":\"Topology\"}").contains("GeoJSON"));
    let metres = br#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[385000,6672000],[385010,6672000],[385010,6672010]]]}}"#;
    assert!(refused(metres).contains("WGS 84"));
    let country = br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"highway":"primary"},"geometry":{"type":"LineString","coordinates":[[0,0],[5,5]]}}]}"#;
    assert!(matches!(osm::read(country), Err(OsmError::TooLarge { .. })));
    assert!(matches!(
        osm::load(Path::new("/nowhere.osm")),
        Err(OsmError::File { .. })
    ));
}

/// A field of a message of protocol buffers.
fn field(key: u64, bytes: &[u8]) -> Vec<u8> {
    let mut out = varint(key << 3 | 2);
    out.extend(varint(bytes.len() as u64));
    out.extend(bytes);
    out
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn number(key: u64, value: u64) -> Vec<u8> {
    [varint(key << 3), varint(value)].concat()
}

fn deltas(values: &[i64]) -> Vec<u8> {
    let mut last = 0;
    let mut out = Vec::new();
    for &value in values {
        let d = value - std::mem::replace(&mut last, value);
        out.extend(varint((d << 1 ^ d >> 63) as u64));
    }
    out
}

fn blob(kind: &str, content: &[u8]) -> Vec<u8> {
    let body = field(1, content);
    let header = [field(1, kind.as_bytes()), number(3, body.len() as u64)].concat();
    [(header.len() as u32).to_be_bytes().to_vec(), header, body].concat()
}

/// One house of 30 m in the binary format.
fn binary() -> Vec<u8> {
    let strings: Vec<u8> = ["", "building", "house"]
        .iter()
        .flat_map(|s| field(1, s.as_bytes()))
        .collect();
    let dense = [
        field(1, &deltas(&[1, 2, 3, 4])),
        field(8, &deltas(&[0, 0, 2700, 2700])),
        field(9, &deltas(&[0, 2700, 2700, 0])),
    ]
    .concat();
    let way = [
        number(1, 5),
        field(2, &[1]),
        field(3, &[2]),
        field(8, &deltas(&[1, 2, 3, 4, 1])),
    ]
    .concat();
    let group = [field(2, &dense), field(3, &way)].concat();
    let block = [field(1, &strings), field(2, &group)].concat();
    let header = [field(4, b"OsmSchema-V0.6"), field(4, b"DenseNodes")].concat();
    [blob("OSMHeader", &header), blob("OSMData", &block)].concat()
}

#[test]
fn the_binary_format_is_read() {
    let map = osm::read(&binary()).expect("a map");
    let house = &map.plan.whole().buildings[0];
    assert_eq!(house.usage, BuildingUse::House);
    let side = house.footprint.outer[0].distance(house.footprint.outer[1]);
    assert!((29.5..30.5).contains(&side), "{side} m");
}

#[test]
fn hostile_bytes_never_panic() {
    let samples = [binary(), town(0.0).into_bytes()];
    let mut state = 1u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for sample in &samples {
        for cut in 0..sample.len().min(400) {
            let _ = osm::read(&sample[..sample.len() - cut * sample.len() / 400]);
        }
        for _ in 0..600 {
            let mut bytes = sample.clone();
            for _ in 0..1 + next() % 6 {
                let at = next() % bytes.len();
                match next() % 3 {
                    0 => bytes[at] = next() as u8,
                    1 => bytes[at] ^= 1 << (next() % 8),
                    _ => drop(bytes.splice(at..at, [next() as u8, next() as u8])),
                }
            }
            if let Ok(map) = osm::read(&bytes) {
                let finite = map
                    .plan
                    .whole()
                    .buildings
                    .iter()
                    .all(|b| b.height.is_finite());
                assert!(finite, "a height that is no number");
            }
        }
    }
}

#[test]
fn helsinki_is_a_city() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/osm/Helsinki.osm.pbf");
    if !path.exists() {
        println!("skipped: {} is not here", path.display());
        return;
    }
    let map = osm::load(&path).expect("a map");
    let whole = map.plan.whole();
    assert!(whole.buildings.len() > 385, "{}", whole.buildings.len());
    assert!(
        whole
            .buildings
            .iter()
            .filter(|b| !b.footprint.holes.is_empty())
            .count()
            > 20
    );
    assert!(
        whole
            .buildings
            .iter()
            .filter(|b| b.usage == BuildingUse::Landmark)
            .count()
            > 10
    );
    assert!(whole.trees.len() > 649 && whole.lamps.len() == 586);
    let maps = rasterize(whole, 4.0);
    let share = |ground: Ground| {
        maps.ground.iter().filter(|&&g| g == ground).count() as f32 / maps.ground.len() as f32
    };
    assert!(
        (0.05..0.25).contains(&share(Ground::Water)),
        "the bay: {}",
        share(Ground::Water)
    );
    assert!((0.05..0.4).contains(&share(Ground::Grass)));
    assert!(whole.size.cmpgt(Vec2::splat(900.0)).all());
}
