//! Portraits of every kind through all stages: each ends in a head or in one clear message.

#![allow(
    clippy::expect_used,
    reason = "the helpers of tests may panic like the tests"
)]

mod common;

use image::{DynamicImage, RgbaImage, imageops};
use inference::{
    GenerateOptions, Generated, ImageSource, InferenceError, Package, Runtime, generate,
};
use scene::sink::Collect;

fn run(
    runtime: &Runtime,
    package: &Package,
    picture: RgbaImage,
) -> Result<Generated, InferenceError> {
    let image = ImageSource::from_pixels(picture, "test").expect("a usable picture");
    let options = GenerateOptions {
        refine_rounds: Some(0),
        ..GenerateOptions::default()
    };
    let mut sink = Collect { parts: Vec::new() };
    generate(runtime, package, &image, &options, &common::Dots, &mut sink)
}

/// The middle of the picture, turned by some degrees.
fn turned(picture: &RgbaImage, degrees: f32) -> RgbaImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (cx, cy) = (227.0, 150.0);
    RgbaImage::from_fn(360, 360, |x, y| {
        let (dx, dy) = (x as f32 - 180.0, y as f32 - 180.0);
        let (u, v) = (cx + cos * dx - sin * dy, cy + sin * dx + cos * dy);
        let clamp = |v: f32, end: u32| v.clamp(0.0, end as f32 - 1.0) as u32;
        *picture.get_pixel(clamp(u, picture.width()), clamp(v, picture.height()))
    })
}

fn variants(photo: &RgbaImage) -> Vec<(&'static str, RgbaImage)> {
    let dynamic = DynamicImage::from(photo.clone());
    let dark = imageops::colorops::brighten(&imageops::colorops::contrast(photo, -40.0), -40);
    let noise = |x: u32, y: u32| (((x * 7919 + y * 104_729) % 61) as i32 - 30) as i16;
    let noisy = RgbaImage::from_fn(512, 512, |x, y| {
        let mut pixel = *photo.get_pixel(x, y);
        for c in &mut pixel.0[..3] {
            *c = (i16::from(*c) + noise(x, y)).clamp(0, 255) as u8;
        }
        pixel
    });
    vec![
        ("gray", dynamic.grayscale().into_rgba8()),
        ("mirrored", imageops::flip_horizontal(photo)),
        ("small", imageops::thumbnail(photo, 180, 180)),
        (
            "face only",
            imageops::crop_imm(photo, 170, 60, 116, 130).to_image(),
        ),
        (
            "half a face",
            imageops::crop_imm(photo, 228, 0, 200, 300).to_image(),
        ),
        ("tilted", turned(photo, 25.0)),
        ("dark", dark),
        ("noisy", noisy),
        (
            "large",
            imageops::resize(photo, 1536, 1536, imageops::Triangle),
        ),
        ("upside down", imageops::rotate180(photo)),
    ]
}

#[test]
fn every_kind_of_portrait_ends_in_a_head_or_a_message() {
    let Some(photo) = common::photo("astronaut.png") else {
        return;
    };
    let Some(runtime) = common::runtime() else {
        return;
    };
    let package = Package::open(&common::package_dir()).expect("the shipped package");
    let photo = image::open(photo).expect("a picture").into_rgba8();
    for (name, picture) in variants(&photo) {
        let may_fail = ["half a face", "upside down"].contains(&name);
        match run(&runtime, &package, picture) {
            Ok(head) => {
                let report = &head.report;
                assert!(head.cloud.len() > 20_000, "{name}: {}", head.cloud.len());
                let residual = report.residual_ipd.unwrap_or(1.0);
                assert!(residual < 0.05 || may_fail, "{name}: residual {residual}");
                println!(
                    "{name}: {} splats, residual {residual:.3}, {report:?}",
                    head.cloud.len()
                );
            }
            Err(error) => {
                println!("{name}: {error}");
                assert!(may_fail, "{name}: {error}");
                assert!(
                    !matches!(error, InferenceError::Stage { .. }),
                    "{name}: the message must be about the picture: {error}"
                );
            }
        }
    }
}
