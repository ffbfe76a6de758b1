//! Runs the portrait stages on a photograph and draws the head from all sides on one sheet.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::allow_attributes_without_reason
)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use glam::Vec3;
use image::{Rgb, RgbImage};
use inference::imageops::warp::Pyramid;
use inference::portrait::face_geometry::FaceFrame;
use inference::portrait::face_landmarks::LandmarkOptions;
use inference::portrait::mesh::HeadModel;
use inference::portrait::posed::PosedMesh;
use inference::portrait::types::*;
use inference::portrait::{
    blendshapes, crop, cut_out, emit, face_detector, face_landmarks, fit, labels, refine, surface,
    surfel,
};
use inference::{ImageSource, Runtime, Session};
use renderer::CpuRasterizer as Splatter;
use scene::{GaussianCloud, PinholeCamera, Rasterizer};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let photo = PathBuf::from(&args[1]);
    let out = PathBuf::from(&args[2]);
    std::fs::create_dir_all(&out).unwrap();
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models/portrait-head");
    let model = HeadModel::from_folder(&base.join("tables")).unwrap();
    let runtime = Runtime::load(None).unwrap();
    let session = |name: &str| {
        Session::new(
            &runtime,
            name,
            &std::fs::read(base.join("graphs").join(name)).unwrap(),
        )
        .unwrap()
    };
    let t = Instant::now();
    let source = ImageSource::open(&photo).unwrap();
    let picture = Pyramid::new(source.color());
    let faces = face_detector::detect(
        &mut session("blazeface_short_range.onnx"),
        &mut session("blazeface_full_range.onnx"),
        &picture,
        0.5,
    )
    .unwrap();
    let options = LandmarkOptions {
        passes: 3,
        crop_scale: 1.5,
        min_presence: 0.5,
    };
    let mut face = face_landmarks::observe(
        &mut session("face_landmarks_478_v2.onnx"),
        &picture,
        &faces,
        &options,
    )
    .unwrap()
    .expect("a face");
    face.blendshapes = blendshapes::weights(
        &mut session("face_blendshapes_52.onnx"),
        &face,
        &model.sets.blendshape_inputs,
    )
    .unwrap();
    let frame = FaceFrame::new(&face.landmarks, &model.sets);
    let matte = cut_out::cut_out(
        &picture,
        &frame,
        cut_out::Coverage::Network(&mut session("selfie_segmentation_256.onnx")),
    )
    .unwrap();
    eprintln!("networks {:.2}", t.elapsed().as_secs_f32());
    let t = Instant::now();
    let head = fit::fit_head(&model, &face, &matte.alpha, source.focal_px()).unwrap();
    eprintln!(
        "fit {:.2} residual {:.4}",
        t.elapsed().as_secs_f32(),
        head.residual_ipd
    );
    let t = Instant::now();
    let crop = crop::crop_portrait(&face, &model.sets, &matte, &head).unwrap();
    let labels = labels::label_portrait(&model, &head, &crop);
    eprintln!(
        "labels {:.2} crop {}x{} fh {:.0}",
        t.elapsed().as_secs_f32(),
        crop.alpha.width,
        crop.alpha.height,
        crop.face_height
    );

    let t = Instant::now();
    let mesh = PosedMesh::new(&model, &head);
    let front = surface::front_surface(&mesh, &crop, &labels);
    eprintln!("surface {:.3}", t.elapsed().as_secs_f32());
    if std::env::var("DEBUG").is_ok() {
        for k in (0..180).step_by(10) {
            eprint!("{:.2} ", front.shell.ratios[k]);
        }
        eprintln!();
        let mut lp = label_picture(&crop, &labels);
        for (which, tint) in [
            (&front.shell.skull, [255u8, 255, 255]),
            (&front.shell.surface, [255, 0, 255]),
        ] {
            for p in which.points() {
                let q = crop.camera.project(p);
                if q.x >= 0.0
                    && q.y >= 0.0
                    && (q.x as usize) < crop.alpha.width
                    && (q.y as usize) < crop.alpha.height
                {
                    lp.put_pixel(q.x as u32, q.y as u32, Rgb(tint));
                }
            }
        }
        lp.save(out.join("shell.png")).unwrap();
    }
    let mut all = Vec::new();
    let t = Instant::now();
    emit::emit::<()>(&mesh, &front, (&crop, &labels), |s| {
        eprintln!("  part {} at {:.3}", s.len(), t.elapsed().as_secs_f32());
        all.extend(s);
        Ok(())
    })
    .unwrap();
    eprintln!("emit {:.3} total {}", t.elapsed().as_secs_f32(), all.len());
    let t = Instant::now();
    let cloud = surfel::cloud_of(&all).unwrap();
    eprintln!("cloud {:.3}", t.elapsed().as_secs_f32());
    let before = refine::compare(&cloud, &crop, &Splatter);
    let t = Instant::now();
    let rounds: u32 = std::env::var("ROUNDS")
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(refine::ROUNDS);
    let cloud =
        refine::refine::<scene::CloudError>(cloud, &crop, &Splatter, rounds, |_| Ok(())).unwrap();
    eprintln!("refine {:.3}", t.elapsed().as_secs_f32());
    let after = refine::compare(&cloud, &crop, &Splatter);
    eprintln!("before {before:?}\nafter {after:?} splats {}", cloud.len());

    label_picture(&crop, &labels)
        .save(out.join("labels.png"))
        .unwrap();
    let camera = inference::portrait::frame::pinhole(&crop.camera, crop.alpha.grid());
    draw(&cloud, &camera).save(out.join("own.png")).unwrap();
    error_picture(&cloud, &crop, &camera)
        .save(out.join("error.png"))
        .unwrap();
    let views: Vec<(f32, f32)> = vec![
        (0., 0.),
        (-30., 0.),
        (30., 0.),
        (-60., 0.),
        (60., 0.),
        (-90., 0.),
        (90., 0.),
        (135., 0.),
        (180., 0.),
        (-135., 0.),
        (0., 15.),
        (0., -15.),
    ];
    let size = 400u32;
    let mut sheet = RgbImage::new(4 * size, 3 * size);
    for (k, (yaw, pitch)) in views.iter().enumerate() {
        let tile = draw(&cloud, &orbit(*yaw, *pitch, size));
        image::imageops::replace(
            &mut sheet,
            &tile,
            (k as u32 % 4 * size).into(),
            (k as u32 / 4 * size).into(),
        );
    }
    sheet.save(out.join("sheet.png")).unwrap();
    if let Ok(list) = std::env::var("BIG") {
        for v in list.split(';') {
            let p: Vec<f32> = v.split(',').map(|s| s.parse().unwrap()).collect();
            draw(&cloud, &orbit(p[0], p[1], 1000))
                .save(out.join(format!("big_{}_{}.png", p[0], p[1])))
                .unwrap();
        }
    }
}

fn orbit(yaw: f32, pitch: f32, size: u32) -> PinholeCamera {
    let (y, p) = (yaw.to_radians(), pitch.to_radians());
    let target = Vec3::new(0.0, -0.03, -0.01);
    let eye = target + 1.4 * Vec3::new(y.sin() * p.cos(), p.sin(), y.cos() * p.cos());
    PinholeCamera::look_at(eye, target, Vec3::Y, 0.30, [size, size])
}

fn draw(cloud: &GaussianCloud, camera: &PinholeCamera) -> RgbImage {
    let image = Splatter.rasterize(cloud, camera);
    RgbImage::from_fn(image.width, image.height, |x, y| {
        let p = image.pixels[(y * image.width + x) as usize];
        Rgb([0, 1, 2].map(|c| ((p[c] + (1.0 - p[3]) * 0.21).clamp(0.0, 1.0) * 255.0 + 0.5) as u8))
    })
}

fn error_picture(cloud: &GaussianCloud, crop: &Crop, camera: &PinholeCamera) -> RgbImage {
    let image = Splatter.rasterize(cloud, camera);
    RgbImage::from_fn(image.width, image.height, |x, y| {
        let i = (y * image.width + x) as usize;
        let p = image.pixels[i];
        let t = crop.color.values[i] * crop.alpha.values[i];
        if crop.alpha.values[i] < 0.5 {
            return Rgb([0, 0, if p[3] > 0.5 { 255 } else { 0 }]);
        }
        let e = (Vec3::new(p[0], p[1], p[2]) - t).length() * 4.0;
        Rgb([
            (e.min(1.0) * 255.0) as u8,
            if p[3] < 0.5 { 255 } else { 0 },
            0,
        ])
    })
}

fn label_picture(crop: &Crop, labels: &LabelMap) -> RgbImage {
    RgbImage::from_fn(crop.alpha.width as u32, crop.alpha.height as u32, |x, y| {
        let i = y as usize * crop.alpha.width + x as usize;
        if crop.alpha.values[i] < 0.05 {
            return Rgb([0, 0, 0]);
        }
        let tint = match labels.labels[i] {
            Label::Skin => [200, 160, 140],
            Label::Hair => [60, 120, 60],
            Label::Eye => [255, 255, 0],
            Label::Mouth => [255, 0, 0],
            Label::Cloth => [80, 80, 220],
        };
        let c = crop.color.values[i];
        Rgb([0, 1, 2].map(|k| (0.6 * tint[k] as f32 + 0.4 * 255.0 * c[k]) as u8))
    })
}
