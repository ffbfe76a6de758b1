//! The face networks on pictures: golden answers, small, large, several and no faces.

#![allow(
    clippy::expect_used,
    reason = "the helpers of tests may panic like the tests"
)]

mod common;

use glam::Vec2;
use image::RgbaImage;
use inference::{GenerateOptions, ImageSource, InferenceError, Package, Part, generate};
use scene::{Cancelled, Progress, Sink};

/// Stops a run after the matte, and keeps what came until then.
#[derive(Default)]
struct UntilMatte {
    matte: Option<RgbaImage>,
    notes: Vec<String>,
}

impl Sink<Part> for UntilMatte {
    fn push(&mut self, part: Part) -> Result<(), Cancelled> {
        match part {
            Part::Matte(picture) => {
                self.matte = Some(picture);
                return Err(Cancelled);
            }
            Part::Note(note) => self.notes.push(note),
            _ => {}
        }
        Ok(())
    }

    fn progress(&mut self, _: Progress) -> Result<(), Cancelled> {
        Ok(())
    }
}

fn run(image: &ImageSource) -> Option<(UntilMatte, InferenceError)> {
    let runtime = common::runtime()?;
    let package = Package::open(&common::package_dir()).expect("the shipped package");
    let mut sink = UntilMatte::default();
    let options = GenerateOptions::default();
    let error = generate(
        &runtime,
        &package,
        image,
        &options,
        &common::Dots,
        &mut sink,
    )
    .expect_err("the sink stops it");
    Some((sink, error))
}

fn source(pixels: RgbaImage) -> ImageSource {
    ImageSource::from_pixels(pixels, "test").expect("a usable picture")
}

#[test]
fn golden_answers_are_reproduced() {
    let Some(runtime) = common::runtime() else {
        return;
    };
    let package = Package::open(&common::package_dir()).expect("the shipped package");
    let checks = package.self_test(&runtime).expect("the self-test runs");
    assert!(checks.len() >= 5, "every network is checked");
    for check in checks {
        assert!(check.passed(), "{check:?}");
    }
}

#[test]
fn the_matte_holds_the_person_and_not_the_wall() {
    let Some(photo) = common::photo("astronaut.png") else {
        return;
    };
    let image = ImageSource::open(&photo).expect("a picture");
    let Some((sink, _)) = run(&image) else { return };
    let matte = sink.matte.expect("a matte");
    let alpha = |x, y| matte.get_pixel(x, y).0[3];
    for (x, y, what) in [
        (227, 130, "nose"),
        (230, 30, "hair"),
        (180, 60, "hair"),
        (200, 400, "suit"),
    ] {
        assert!(alpha(x, y) > 240, "{what} at {x} {y}: {}", alpha(x, y));
    }
    for (x, y, what) in [
        (40, 60, "flag"),
        (430, 130, "shuttle"),
        (330, 60, "wall"),
        (120, 20, "wall"),
    ] {
        assert!(alpha(x, y) < 15, "{what} at {x} {y}: {}", alpha(x, y));
    }
}

#[test]
fn small_and_large_faces_are_found() {
    let Some(photo) = common::photo("astronaut.png") else {
        return;
    };
    let small = common::canvas(&photo, [1600, 1200], &[(1300, 700, 160)]);
    let whole = image::open(&photo).expect("a picture").into_rgba8();
    let large = image::imageops::crop_imm(&whole, 172, 60, 110, 130).to_image();
    for (name, picture) in [("small", small), ("large", large)] {
        let Some((sink, error)) = run(&source(picture)) else {
            return;
        };
        assert!(sink.matte.is_some(), "{name}: {error}");
    }
}

#[test]
fn of_several_faces_the_largest_is_used_and_said() {
    let Some(photo) = common::photo("astronaut.png") else {
        return;
    };
    let two = common::canvas(&photo, [900, 520], &[(0, 0, 380), (390, 0, 510)]);
    let Some((sink, _)) = run(&source(two)) else {
        return;
    };
    assert!(
        sink.notes.iter().any(|n| n.starts_with("2 faces")),
        "{:?}",
        sink.notes
    );
    let matte = sink.matte.expect("a matte");
    let head = |x: u32, y: u32| matte.get_pixel(x, y).0[3];
    assert!(head(390 + 226, 130) > 200, "the larger head is kept");
    assert!(
        head(168, 96) < 100,
        "the smaller head is not: {}",
        head(168, 96)
    );
}

#[test]
fn a_picture_without_a_face_says_so() {
    let gradient = RgbaImage::from_fn(400, 300, |x, y| {
        image::Rgba([(x / 2) as u8, (y / 2) as u8, 90, 255])
    });
    let Some((_, error)) = run(&source(gradient)) else {
        return;
    };
    assert!(matches!(error, InferenceError::NoFace), "{error}");
    for name in ["chelsea.png", "coffee.png"] {
        let Some(photo) = common::photo(name) else {
            continue;
        };
        let image = ImageSource::open(&photo).expect("a picture");
        let Some((sink, error)) = run(&image) else {
            return;
        };
        assert!(sink.matte.is_none(), "{name} is no person: {error}");
        assert!(matches!(error, InferenceError::NoFace), "{name}: {error}");
    }
}

#[test]
fn a_cut_out_picture_keeps_its_own_edge() {
    let Some(photo) = common::photo("astronaut.png") else {
        return;
    };
    let mut picture = image::open(&photo).expect("a picture").into_rgba8();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let inside = Vec2::new(x as f32, y as f32).distance(Vec2::new(227.0, 130.0)) < 120.0;
        pixel.0[3] = if inside { 255 } else { 0 };
    }
    let Some((sink, _)) = run(&source(picture)) else {
        return;
    };
    let matte = sink.matte.expect("a matte");
    assert_eq!(
        matte.get_pixel(227, 20).0[3],
        255,
        "wall inside the disc stays"
    );
    assert_eq!(
        matte.get_pixel(227, 300).0[3],
        0,
        "the suit outside is gone"
    );
}
