//! Draws what the stages between networks and splats make of a portrait:
//! `portrait_debug PACKAGE PICTURE OUT_DIR`.
//!
//! Writes `fit.png` (mesh and landmarks over the photograph), `labels.png`, `depth.png` and `head.png` (the
//! fitted mesh with the photograph on it from yaw 0°, 60° and 90°), and prints times and residuals.

use std::error::Error;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use glam::{EulerRot, Mat3, Quat, Vec2, Vec3};
use image::{Rgb, RgbImage};
use inference::imageops::Grid;
use inference::imageops::warp::Pyramid;
use inference::portrait::face_geometry::FaceFrame;
use inference::portrait::face_landmarks::{self, LandmarkOptions};
use inference::portrait::mesh::HeadModel;
use inference::portrait::posed::PosedMesh;
use inference::portrait::types::{
    Crop, FaceObservation, HeadCamera, HeadFit, Label, LabelMap, Matte,
};
use inference::portrait::{blendshapes, crop, cut_out, face_detector, fit, labels, surface};
use inference::{ImageSource, InferenceError, Package, Runtime, Session};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [package, picture, out] = arguments.as_slice() else {
        return Err("usage: portrait_debug PACKAGE PICTURE OUT_DIR".into());
    };
    let package = Package::open(Path::new(package))?;
    let model = HeadModel::load(&package)?;
    let source = ImageSource::open(Path::new(picture))?;
    let (face, matte) = observe(&package, &model, &source)?;

    let start = Instant::now();
    let head = fit::fit_head(&model, &face, &matte.alpha, source.focal_px())?;
    let fitted = start.elapsed();
    let crop = crop::crop_portrait(&face, &model.sets, &matte, &head)?;
    let cropped = start.elapsed() - fitted;
    let map = labels::label_portrait(&model, &head, &crop);
    let labelled = start.elapsed() - fitted - cropped;
    println!("fit {fitted:.1?}, crop {cropped:.1?}, labels {labelled:.1?}");
    describe(&head, &crop, &map);

    let out = Path::new(out);
    std::fs::create_dir_all(out)?;
    draw_fit(&model, &head, &crop).save(out.join("fit.png"))?;
    draw_labels(&crop, &map).save(out.join("labels.png"))?;
    let front = surface::front_surface(&PosedMesh::new(&model, &head), &crop, &map);
    draw_depth(&crop, &front.surface.depth.values).save(out.join("depth.png"))?;
    draw_head(&model, &head, &crop).save(out.join("head.png"))?;
    Ok(())
}

/// Runs the networks.
fn observe(
    package: &Package,
    model: &HeadModel,
    source: &ImageSource,
) -> Result<(FaceObservation, Matte), Box<dyn Error>> {
    let runtime = Runtime::load(None)?;
    let with = |graph: &str| package.session(&runtime, &format!("graphs/{graph}.onnx"));
    let picture = Pyramid::new(source.color());
    let (near, far) = (
        with("blazeface_short_range")?,
        with("blazeface_full_range")?,
    );
    let faces = face_detector::detect(&mut lock(&near), &mut lock(&far), &picture, 0.5)?;
    let options = LandmarkOptions {
        passes: 3,
        crop_scale: 1.5,
        min_presence: 0.5,
    };
    let landmarks = with("face_landmarks_478_v2")?;
    let mut face = face_landmarks::observe(&mut lock(&landmarks), &picture, &faces, &options)?
        .ok_or(InferenceError::NoFace)?;
    let expression = with("face_blendshapes_52")?;
    face.blendshapes =
        blendshapes::weights(&mut lock(&expression), &face, &model.sets.blendshape_inputs)?;
    let frame = FaceFrame::new(&face.landmarks, &model.sets);
    let selfie = with("selfie_segmentation_256")?;
    let matte = cut_out::cut_out(
        &picture,
        (&frame, &face.others),
        cut_out::Coverage::Network(&mut lock(&selfie)),
    )?;
    Ok((face, matte))
}

fn lock(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

fn describe(head: &HeadFit, crop: &Crop, map: &LabelMap) {
    let upright = head.camera.rotation * Mat3::from_rotation_x(std::f32::consts::PI);
    let (yaw, pitch, roll) = Quat::from_mat3(&upright).to_euler(EulerRot::YXZ);
    let angles = [yaw, pitch, roll].map(f32::to_degrees);
    let size = (head.identity.iter().map(|a| a * a).sum::<f32>() / 64.0).sqrt();
    println!(
        "residual {:.4} eye distances, yaw pitch roll {angles:.0?}°",
        head.residual_ipd
    );
    println!(
        "focal length {:.0} px, identity rms {size:.2}",
        head.camera.focal
    );
    println!(
        "crop {}x{} at {:.2}, face height {:.0} px",
        crop.alpha.width, crop.alpha.height, crop.scale, crop.face_height
    );
    println!(
        "ears covered {:.2?}, wide hair {}",
        map.ear_covered, map.wide_hair
    );
}

fn picture(grid: Grid, color: impl Fn(usize) -> Vec3) -> RgbImage {
    let mut image = RgbImage::new(grid.width as u32, grid.height as u32);
    for (i, pixel) in image.pixels_mut().enumerate() {
        let bytes = color(i).clamp(Vec3::ZERO, Vec3::ONE) * 255.0 + 0.5;
        *pixel = Rgb(bytes.to_array().map(|v| v as u8));
    }
    image
}

fn matted(crop: &Crop, i: usize) -> Vec3 {
    Vec3::splat(0.2).lerp(crop.color.values[i], crop.alpha.values[i])
}

fn draw_fit(model: &HeadModel, head: &HeadFit, crop: &Crop) -> RgbImage {
    let grid = crop.alpha.grid();
    let normals = model.vertex_normals(&head.vertices);
    let hits = model.rasterize(&head.vertices, &crop.camera, grid);
    let light = Vec3::new(0.3, 0.5, 0.8).normalize();
    let mut image = picture(grid, |i| {
        if !hits[i].is_some() {
            return matted(crop, i);
        }
        let normal = hits[i]
            .interpolate(&model.triangles, &normals)
            .normalize_or(Vec3::Z);
        matted(crop, i).lerp(Vec3::splat(0.25 + 0.75 * normal.dot(light).max(0.0)), 0.6)
    });
    for point in &crop.landmarks {
        if let Some(i) = grid.pixel_at(point.x, point.y) {
            let (x, y) = grid.position(i);
            image.put_pixel(x as u32, y as u32, Rgb([0, 255, 0]));
        }
    }
    image
}

fn draw_labels(crop: &Crop, map: &LabelMap) -> RgbImage {
    picture(crop.alpha.grid(), |i| {
        let tint = match map.labels[i] {
            Label::Skin => Vec3::new(0.9, 0.65, 0.5),
            Label::Hair => Vec3::new(0.2, 0.6, 0.2),
            Label::Eye => Vec3::new(1.0, 1.0, 0.0),
            Label::Mouth => Vec3::new(1.0, 0.0, 0.0),
            Label::Cloth => Vec3::new(0.3, 0.3, 1.0),
        };
        let color = matted(crop, i);
        if crop.alpha.values[i] > 0.05 {
            color.lerp(tint, 0.6)
        } else {
            color
        }
    })
}

fn draw_depth(crop: &Crop, depth: &[f32]) -> RgbImage {
    let covered = |i: &usize| crop.alpha.values[*i] > 0.05;
    let shown = (0..depth.len()).filter(covered).map(|i| depth[i]);
    let near = shown.clone().fold(f32::INFINITY, f32::min);
    let far = shown.fold(f32::NEG_INFINITY, f32::max);
    picture(crop.alpha.grid(), |i| {
        if covered(&i) {
            Vec3::splat((far - depth[i]) / (far - near).max(1e-6))
        } else {
            Vec3::ZERO
        }
    })
}

/// The mesh with the photograph on what it shows, from three sides.
fn draw_head(model: &HeadModel, head: &HeadFit, crop: &Crop) -> RgbImage {
    let one = Grid::new(360, 400);
    let normals = model.vertex_normals(&head.vertices);
    let eye = head.camera.eye();
    let mut sheet = RgbImage::new(3 * one.width as u32, one.height as u32);
    for (k, yaw) in [0.0f32, 60.0, 90.0].into_iter().enumerate() {
        let rotation =
            Mat3::from_rotation_x(std::f32::consts::PI) * Mat3::from_rotation_y(-yaw.to_radians());
        let camera = HeadCamera {
            rotation,
            translation: Vec3::new(0.0, 0.0, 14.0) - rotation * Vec3::new(0.0, 7.1, 0.4),
            focal: 1800.0,
            center: 0.5 * Vec2::new(one.width as f32, one.height as f32),
        };
        let hits = model.rasterize(&head.vertices, &camera, one);
        let view = picture(one, |i| {
            if !hits[i].is_some() {
                return Vec3::splat(0.15);
            }
            let point = hits[i].interpolate(&model.triangles, &head.vertices);
            let normal = hits[i]
                .interpolate(&model.triangles, &normals)
                .normalize_or(Vec3::Z);
            let seen = crop.camera.project(point);
            let pixel = crop.alpha.grid().pixel_at(seen.x, seen.y);
            match pixel.filter(|_| (eye - point).normalize().dot(normal) > 0.1) {
                Some(pixel) => crop.color.values[pixel],
                None => Vec3::splat(0.5),
            }
        });
        image::imageops::replace(&mut sheet, &view, (k * one.width) as i64, 0);
    }
    sheet
}
