//! The city package: what its network says is what the façades look like.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops"
)]

use std::path::PathBuf;
use std::sync::Arc;

use city::appearance::{DECODED, FACADE_FEATURES, FacadeStyle, Surface, Wall, WallKind};
use city::appearance::{facade, facade_features};
use city::{
    Building, BuildingUse, CityMaker, Daylight, Decoder, Family, FinitePlan, Layout, Polygon,
    stream::Patch,
};
use glam::{Vec2, Vec3};
use inference::{CityDecoder, Package, Runtime};

fn models() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../assets/models")
}

fn decoder() -> (Arc<Runtime>, CityDecoder) {
    let runtime = Runtime::load(None).expect("ONNX Runtime, see `cargo xtask setup`");
    let package = Package::open(&models().join("city")).expect("the package that ships");
    let checks = package.self_test(&runtime).expect("it runs");
    assert!(
        !checks.is_empty() && checks.iter().all(|c| c.passed()),
        "{checks:?}"
    );
    let decoder = CityDecoder::open(&runtime, &package).expect("a decoder");
    (runtime, decoder)
}

fn house(id: u64, family: Family) -> Building {
    let corner = Vec2::new(40.0 * id as f32, 30.0);
    Building {
        id,
        footprint: Polygon {
            outer: [(0.0, 0.0), (20.0, 0.0), (20.0, 14.0), (0.0, 14.0)]
                .map(|(x, y)| corner + Vec2::new(x, y))
                .to_vec(),
            holes: Vec::new(),
        },
        base: 0.0,
        height: 18.0,
        usage: BuildingUse::Apartments,
        levels: None,
        roof: None,
        family: Some(family),
        style: 1000 + id,
        context: false,
    }
}

#[test]
fn the_network_says_what_facades_look_like() {
    let (_runtime, decoder) = decoder();
    for family in [
        Family::Brick,
        Family::Plaster,
        Family::Stone,
        Family::Concrete,
    ] {
        let (mut features, mut truth, mut flat) = (Vec::new(), Vec::new(), Vec::new());
        for id in 0..12 {
            let style = FacadeStyle::of(&house(id, family));
            let wall = Wall::new(&style, 20.0, 18.0, WallKind::Street);
            let size = Vec2::new(wall.bay, wall.floor) / 12.0;
            for k in 0..400 {
                let cell = Vec2::new((k * 7 % 60) as f32 + 0.5, (k / 8) as f32 + 0.5);
                let at = Vec2::new(wall.corner, 0.0) + cell * size;
                let mut row = [0.0; FACADE_FEATURES];
                facade_features(&style, &wall, at, size, &mut row);
                features.extend(row);
                truth.push(facade(&style, &wall, at, size).albedo);
                flat.push(style.base);
            }
        }
        let said = decoder.decode(&features).expect("an answer");
        let said: Vec<Vec3> = said
            .chunks_exact(DECODED)
            .map(|row| Surface::from_decoded(row.try_into().unwrap()).albedo)
            .collect();
        let psnr = |of: &[Vec3]| {
            let sum: f32 = of
                .iter()
                .zip(&truth)
                .map(|(a, b)| a.distance_squared(*b))
                .sum();
            -10.0 * (sum / (3 * truth.len()) as f32).log10()
        };
        let (network, baseline) = (psnr(&said), psnr(&flat));
        assert!(
            network > 27.0 && network > baseline + 6.0,
            "{family:?}: {network}, {baseline}"
        );
    }
}

#[test]
fn a_patch_is_as_bright_with_the_network_as_without() {
    let (_runtime, decoder) = decoder();
    let layout = Layout {
        size: Vec2::splat(256.0),
        buildings: vec![house(1, Family::Plaster), house(3, Family::Glass)],
        ..Layout::default()
    };
    let patch = Patch {
        level: 3,
        x: 0,
        y: 0,
    };
    let albedo = |decoder: Option<Arc<dyn Decoder>>| {
        let plan = Arc::new(FinitePlan::new(layout.clone()));
        let maker = CityMaker::new(plan, decoder, Daylight::day());
        let cloud = maker.make(patch, &|| true).unwrap().unwrap();
        cloud.column_f32("albedo", 3).unwrap().to_vec()
    };
    let (with, without) = (albedo(Some(Arc::new(decoder))), albedo(None));
    assert_eq!(with.len(), without.len());
    assert_ne!(with, without, "somebody was asked");
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let drift = mean(&with) / mean(&without) - 1.0;
    assert!(drift.abs() < 0.03, "{drift}");
}

#[test]
fn packages_of_other_tasks_are_refused() {
    let (runtime, _) = decoder();
    let heads = Package::open(&models().join("portrait-head")).expect("the package that ships");
    let error = CityDecoder::open(&runtime, &heads).expect_err("it makes heads");
    assert!(error.to_string().contains("city"), "{error}");
}
