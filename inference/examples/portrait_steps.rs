//! Draws what the face networks see: `portrait_steps PACKAGE PICTURE OUT_DIR`.
//!
//! Writes `landmarks.png`, `matte.png` (over magenta) and prints the time of every step.

use std::path::Path;
use std::sync::PoisonError;
use std::time::Instant;

use glam::Vec3;
use image::{Rgb, RgbImage};
use inference::imageops::warp::Pyramid;
use inference::portrait::cut_out::{Coverage, cut_out};
use inference::portrait::face_geometry::FaceFrame;
use inference::portrait::face_landmarks::{self, LandmarkOptions};
use inference::portrait::mesh::HeadModel;
use inference::portrait::types::ColorPlane;
use inference::portrait::{blendshapes, face_detector};
use inference::{ImageSource, InferenceError, Package, Runtime, Session};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [package, picture, out] = arguments.as_slice() else {
        return Err("usage: portrait_steps PACKAGE PICTURE OUT_DIR".into());
    };
    inference::package::seal(Path::new(package))?;
    let mut clock = Clock(Instant::now());
    let runtime = Runtime::load(None)?;
    clock.lap("runtime");
    let package = Package::open(Path::new(package))?;
    clock.lap("package");
    let source = ImageSource::open(Path::new(picture))?;
    clock.lap("decode");
    package.prepare(&runtime)?;
    clock.lap("sessions");
    let model = HeadModel::load(&package)?;
    clock.lap("head model");
    let image = Pyramid::new(source.color());
    clock.lap("pyramid");

    let with = |graph: &str| package.session(&runtime, &format!("graphs/{graph}.onnx"));
    let (near, far) = (
        with("blazeface_short_range")?,
        with("blazeface_full_range")?,
    );
    let faces = face_detector::detect(&mut lock(&near), &mut lock(&far), &image, 0.5)?;
    clock.lap("detect");
    for face in &faces {
        println!(
            "  face {:.2} at {:.0} size {:.0}",
            face.score, face.center, face.size
        );
    }
    let options = LandmarkOptions {
        passes: 3,
        crop_scale: 1.5,
        min_presence: 0.5,
    };
    let landmarks = with("face_landmarks_478_v2")?;
    let mut face = face_landmarks::observe(&mut lock(&landmarks), &image, &faces, &options)?
        .ok_or(InferenceError::NoFace)?;
    clock.lap("landmarks");
    let expression = with("face_blendshapes_52")?;
    face.blendshapes =
        blendshapes::weights(&mut lock(&expression), &face, &model.sets.blendshape_inputs)?;
    clock.lap("blendshapes");
    println!(
        "  presence {:.3}, {} faces, yaw {:.1}°",
        face.presence,
        face.face_count,
        face_landmarks::yaw(&face.landmarks).to_degrees()
    );
    let frame = FaceFrame::new(&face.landmarks, &model.sets);
    let selfie = with("selfie_segmentation_256")?;
    let matte = cut_out(
        &image,
        (&frame, &face.others),
        Coverage::Network(&mut lock(&selfie)),
    )?;
    clock.lap("cut out");

    let out = Path::new(out);
    std::fs::create_dir_all(out)?;
    let magenta = Vec3::new(1.0, 0.0, 1.0);
    let mut over = matte.foreground.clone();
    for (c, a) in over.values.iter_mut().zip(&matte.alpha.values) {
        *c = magenta.lerp(*c, *a);
    }
    picture_of(&over).save(out.join("matte.png"))?;
    picture_of(&matte.foreground).save(out.join("foreground.png"))?;
    let mut marked = picture_of(image.full());
    for point in &face.landmarks {
        let (x, y) = (point.x as i64, point.y as i64);
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)] {
            let (x, y) = (u32::try_from(x + dx), u32::try_from(y + dy));
            if let (Ok(x), Ok(y)) = (x, y)
                && x < marked.width()
                && y < marked.height()
            {
                marked.put_pixel(x, y, Rgb([0, 255, 0]));
            }
        }
    }
    marked.save(out.join("landmarks.png"))?;
    Ok(())
}

struct Clock(Instant);

impl Clock {
    fn lap(&mut self, what: &str) {
        println!("{what}: {:.1} ms", self.0.elapsed().as_secs_f32() * 1e3);
        self.0 = Instant::now();
    }
}

fn lock(session: &std::sync::Mutex<Session>) -> std::sync::MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn picture_of(plane: &ColorPlane) -> RgbImage {
    let bytes = plane
        .values
        .iter()
        .flat_map(|c| {
            (c.clamp(Vec3::ZERO, Vec3::ONE) * 255.0 + 0.5)
                .to_array()
                .map(|v| v as u8)
        })
        .collect();
    RgbImage::from_raw(plane.width as u32, plane.height as u32, bytes).unwrap_or_default()
}
