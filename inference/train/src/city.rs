//! The decoder of façades: what the procedural façades look like in a box, told from the features of the box.
//!
//! Truth is the mean of many small boxes. A whole family (concrete) is never shown in training; the numbers of the
//! report are those of buildings that no training saw.

use std::fmt::Write as _;

use city::appearance::{
    DECODED, FACADE_FEATURES, FacadeStyle, Surface, Wall, WallKind, facade, facade_features,
};
use city::{Building, BuildingUse, Family, Polygon};
use glam::{Vec2, Vec3};
use rayon::prelude::*;

use crate::adam::{Adam, cosine};
use crate::mlp::Mlp;
use crate::random::Random;

/// What is seen in training.
const SEEN: [Family; 4] = [Family::Brick, Family::Plaster, Family::Stone, Family::Glass];
/// What is not.
const HELD_OUT: Family = Family::Concrete;
/// Strides of the report, metres.
const STRIDES: [f32; 6] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0];
/// Widths of the hidden layers.
const HIDDEN: [usize; 3] = [128, 96, 96];
/// Boxes in one step of the optimizer.
const BATCH: usize = 4096;

/// How long to train.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Boxes drawn once and shown again and again.
    pub(crate) samples: usize,
    /// Steps of the optimizer.
    pub(crate) steps: usize,
    /// Seed of everything.
    pub(crate) seed: u64,
}

/// One box: where it is, and what a mean of many small boxes sees there.
struct Sample {
    features: [f32; FACADE_FEATURES],
    truth: Surface,
    /// The shader at one point, the baseline without a filter.
    point: Vec3,
    /// The color of the building, the baseline without a pattern.
    flat: Vec3,
}

/// Trains and gives back the network with a report.
pub(crate) fn train(effort: Effort) -> (Mlp, String) {
    let samples = draw(effort.samples, effort.seed, &SEEN, None);
    let mut x = Vec::with_capacity(samples.len() * FACADE_FEATURES);
    let mut y = Vec::with_capacity(samples.len() * DECODED);
    for sample in &samples {
        x.extend(sample.features);
        y.extend(sample.truth.to_decoded());
    }
    drop(samples);
    let mut random = Random::new(effort.seed ^ 0xdec0de);
    let widths: Vec<usize> = [FACADE_FEATURES]
        .into_iter()
        .chain(HIDDEN)
        .chain([DECODED])
        .collect();
    let mut mlp = Mlp::new(&widths, &mut random);
    let mut adam = Adam::new(&mut mlp);
    // Color is what is looked at; the rest follows it closely.
    let weights: Vec<f32> = [4.0, 4.0, 4.0, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 0.5]
        .into_iter()
        .cycle()
        .take(BATCH * DECODED)
        .collect();
    let rows = x.len() / FACADE_FEATURES;
    let (mut bx, mut by) = (Vec::new(), Vec::new());
    let mut running = 0.0;
    for step in 0..effort.steps {
        bx.clear();
        by.clear();
        for _ in 0..BATCH {
            let row = random.below(rows);
            bx.extend_from_slice(&x[row * FACADE_FEATURES..(row + 1) * FACADE_FEATURES]);
            by.extend_from_slice(&y[row * DECODED..(row + 1) * DECODED]);
        }
        let gradient = mlp.loss_and_gradient(&bx, &by, &weights);
        running += gradient.loss;
        let rate = cosine(2e-3, step as f32 / effort.steps as f32);
        adam.step(&mut mlp, &gradient.values, rate);
        if (step + 1) % 500 == 0 {
            eprintln!("step {}: {:.6}", step + 1, running / 500.0);
            running = 0.0;
        }
    }
    let mlp = adam.averaged(&mlp);
    let report = report(&mlp, effort.seed ^ 0x7e57);
    (mlp, report)
}

/// The features of a few boxes, for the self-test.
pub(crate) fn some_rows() -> Vec<f32> {
    let families: Vec<Family> = SEEN.into_iter().chain([HELD_OUT]).collect();
    let samples = draw(128, 0x601d, &families, None);
    samples.iter().flat_map(|s| s.features).collect()
}

/// Albedo PSNR by stride, of the network and of both baselines, on buildings that no training saw.
fn report(mlp: &Mlp, seed: u64) -> String {
    let mut text = String::from(
        "| stride | family | decoder | point | flat | mean error |\n|---|---|---|---|---|---|\n",
    );
    for family in SEEN.into_iter().chain([HELD_OUT]) {
        for stride in STRIDES {
            let samples = draw(6000, seed ^ family as u64, &[family], Some(stride));
            let x: Vec<f32> = samples.iter().flat_map(|s| s.features).collect();
            let decoded: Vec<Surface> = mlp
                .forward(&x)
                .chunks_exact(DECODED)
                .map(|row| {
                    let mut values = [0.0; DECODED];
                    values.copy_from_slice(row);
                    Surface::from_decoded(&values)
                })
                .collect();
            let truth = |i: usize| samples[i].truth.albedo;
            let n = samples.len();
            let quality = psnr(n, |i| decoded[i].albedo - truth(i));
            let point = psnr(n, |i| samples[i].point - truth(i));
            let flat = psnr(n, |i| samples[i].flat - truth(i));
            let sum = |f: &dyn Fn(usize) -> Vec3| (0..n).map(f).sum::<Vec3>().element_sum();
            let drift = sum(&|i| decoded[i].albedo) / sum(&truth) - 1.0;
            let _ = writeln!(
                text,
                "| {stride} | {family:?} | {quality:.1} | {point:.1} | {flat:.1} | {:.1} % |",
                100.0 * drift
            );
        }
    }
    text
}

fn psnr(n: usize, error: impl Fn(usize) -> Vec3) -> f64 {
    let sum: f64 = (0..n).map(|i| f64::from(error(i).length_squared())).sum();
    -10.0 * (sum / (3 * n) as f64).log10()
}

fn draw(count: usize, seed: u64, families: &[Family], stride: Option<f32>) -> Vec<Sample> {
    const AT_ONCE: usize = 64;
    (0..count.div_ceil(AT_ONCE))
        .into_par_iter()
        .flat_map_iter(|k| {
            let mut random =
                Random::new(seed.wrapping_add((k as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            let wall = random_wall(&mut random, families);
            (0..AT_ONCE)
                .map(|_| sample(&mut random, &wall.0, &wall.1, stride))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn random_wall(random: &mut Random, families: &[Family]) -> (FacadeStyle, Wall) {
    let family = families[random.below(families.len())];
    let usage = match (family, random.below(8)) {
        (Family::Glass, 0..6) => BuildingUse::Office,
        (_, 0) => BuildingUse::House,
        (_, 1) => BuildingUse::Office,
        (_, 2) => BuildingUse::Podium,
        (_, 3) => BuildingUse::Landmark,
        _ => BuildingUse::Apartments,
    };
    let height = match usage {
        BuildingUse::House => random.between(4.0, 9.0),
        BuildingUse::Office if random.unit() < 0.5 => random.between(25.0, 60.0),
        _ => random.between(8.0, 28.0),
    };
    let building = Building {
        id: random.next(),
        footprint: Polygon::default(),
        base: 0.0,
        height,
        usage,
        levels: None,
        roof: None,
        family: Some(family),
        style: random.next(),
        context: false,
    };
    let style = FacadeStyle::of(&building);
    let kind = match random.below(10) {
        0..6 => WallKind::Street,
        6..9 => WallKind::Court,
        _ => WallKind::Party,
    };
    let length = if random.unit() < 0.2 {
        random.between(1.0, 6.0)
    } else {
        random.between(6.0, 45.0)
    };
    let wall = Wall::new(&style, length, height, kind);
    (style, wall)
}

/// A box of the lattice on which the extruder puts splats: whole cells a bay and a floor.
fn sample(random: &mut Random, style: &FacadeStyle, wall: &Wall, stride: Option<f32>) -> Sample {
    let stride = stride.unwrap_or_else(|| 2.0_f32.powf(random.between(-4.0, 2.3)));
    let cells = |length: f32| length / (length / stride).round().max(1.0);
    let ground = random.unit() < 0.35_f32.max(wall.ground_floor / wall.height);
    let (low, high, level) = if ground {
        (0.0, wall.ground_floor, cells(wall.ground_floor))
    } else if random.unit() < 0.06 {
        (wall.top(), wall.height, cells(wall.height - wall.top()))
    } else {
        (wall.ground_floor, wall.top(), cells(wall.floor))
    };
    let along = if wall.bays > 0 {
        cells(wall.bay)
    } else {
        cells(wall.length)
    };
    let size = Vec2::new(along, level).max(Vec2::splat(0.02));
    let place = |low: f32, high: f32, step: f32, r: f32| {
        let count = ((high - low) / step).round().max(1.0);
        low + step * ((r * count).floor() + 0.5)
    };
    let at = Vec2::new(
        place(
            wall.corner,
            wall.length - wall.corner,
            size.x,
            random.unit(),
        ),
        place(low, high.max(low + 0.01), size.y, random.unit()),
    );
    let mut features = [0.0; FACADE_FEATURES];
    facade_features(style, wall, at, size, &mut features);
    Sample {
        features,
        truth: mean(style, wall, at, size),
        point: facade(style, wall, at, Vec2::splat(0.01)).albedo,
        flat: style.base,
    }
}

/// The mean of a lattice of small boxes.
fn mean(style: &FacadeStyle, wall: &Wall, at: Vec2, size: Vec2) -> Surface {
    let n = (size / 0.06)
        .ceil()
        .clamp(Vec2::splat(3.0), Vec2::splat(14.0));
    let small = size / n;
    let mut sum = Surface::default();
    let mut count = 0.0;
    for j in 0..n.y as u32 {
        for i in 0..n.x as u32 {
            let step = Vec2::new(i as f32 + 0.5, j as f32 + 0.5);
            let one = facade(
                style,
                wall,
                at - 0.5 * size + step * small,
                small.min(Vec2::splat(0.06)),
            );
            count += 1.0;
            sum = sum.under(&one, 1.0 / count);
        }
    }
    sum
}
