//! Levels of detail show the same façade: the closed forms against boxes averaged from small samples.

use city::{Building, BuildingUse, Polygon};
use city::{
    Family,
    appearance::{FacadeStyle, Surface, Wall, WallKind, facade},
};
use glam::{Vec2, Vec3};

const FAMILIES: [Family; 5] = [
    Family::Brick,
    Family::Plaster,
    Family::Stone,
    Family::Concrete,
    Family::Glass,
];

fn style(family: Family, seed: u64) -> FacadeStyle {
    FacadeStyle::of(&Building {
        id: 1,
        footprint: Polygon::default(),
        base: 0.0,
        height: 18.0,
        usage: BuildingUse::Apartments,
        levels: None,
        roof: None,
        family: Some(family),
        style: seed,
        context: false,
    })
}

fn mean(surface: impl Fn(Vec2) -> Surface, size: Vec2, stride: f32) -> Vec3 {
    let n = (size / stride).round();
    let mut sum = Vec3::ZERO;
    for row in 0..n.y as u32 {
        for column in 0..n.x as u32 {
            sum += surface((Vec2::new(column as f32, row as f32) + 0.5) * size / n).albedo;
        }
    }
    sum / (n.x * n.y)
}

/// The truth of a box: the mean of samples 3 cm apart.
fn truth(style: &FacadeStyle, wall: &Wall, at: Vec2, stride: f32) -> Vec3 {
    let n = (stride / 0.03).ceil();
    let small = Vec2::splat(stride / n);
    mean(
        |offset| facade(style, wall, at - 0.5 * stride + offset, small),
        Vec2::splat(stride),
        small.x,
    )
}

#[test]
fn all_levels_have_the_same_mean() {
    let size = Vec2::new(24.0, 18.0);
    for family in FAMILIES {
        for seed in 1..4 {
            let style = style(family, seed);
            let wall = Wall::new(&style, size.x, size.y, WallKind::Street);
            let at = |stride: f32| {
                mean(
                    |at| facade(&style, &wall, at, size / (size / stride).round()),
                    size,
                    stride,
                )
            };
            let fine = at(0.0625);
            for stride in [0.125, 0.25, 0.5, 1.0, 2.0, 4.0] {
                let off = (at(stride) - fine).abs().element_sum() / fine.element_sum();
                assert!(
                    off < 0.03,
                    "{family:?} {seed} at {stride}: {:.1} % off",
                    100.0 * off
                );
            }
        }
    }
}

#[test]
fn the_box_filter_is_worth_ten_decibels() {
    for family in FAMILIES {
        let mut line = format!("{family:?}");
        for stride in [0.125, 0.25, 0.5] {
            let (mut filtered, mut sampled, mut count) = (0.0, 0.0, 0.0);
            for seed in 11..14 {
                let style = style(family, seed);
                let wall = Wall::new(&style, 24.0, 18.0, WallKind::Street);
                for k in 0..160 {
                    let at = Vec2::new(
                        (k as f32 * 0.618).fract() * 22.0 + 1.0,
                        (k as f32 * 0.755).fract() * 16.0 + 1.0,
                    );
                    let exact = truth(&style, &wall, at, stride);
                    filtered += facade(&style, &wall, at, Vec2::splat(stride))
                        .albedo
                        .distance_squared(exact);
                    sampled += facade(&style, &wall, at, Vec2::splat(0.01))
                        .albedo
                        .distance_squared(exact);
                    count += 3.0;
                }
            }
            let decibels = |sum: f32| -10.0 * (sum / count).log10();
            let (good, bad) = (decibels(filtered), decibels(sampled));
            line += &format!("  {stride}: {good:.1} dB, unfiltered {bad:.1}");
            assert!(
                good > 30.0 && good > bad + 6.0,
                "{family:?} at {stride}: {good:.1} dB against {bad:.1}"
            );
        }
        println!("{line}");
    }
}

#[test]
fn a_style_in_numbers_is_about_one_and_tells_styles_apart() {
    let all: Vec<_> = (0..20)
        .map(|seed| style(FAMILIES[seed as usize % 5], seed).numbers())
        .collect();
    for (k, numbers) in all.iter().enumerate() {
        assert!(
            numbers.iter().all(|x| (-0.1..=2.0).contains(x)),
            "{numbers:?}"
        );
        assert!(
            !all[..k].contains(numbers),
            "styles {k} and another are the same"
        );
    }
}
