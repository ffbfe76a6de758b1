//! Makes a head of a portrait and draws it from all sides on one sheet:
//! `portrait_sheet PACKAGE PICTURE SHEET.png`.
//!
//! Rows: yaw 0°, −30°, 30°, −60°; 60°, −90°, 90°, 135°; 180°, −135°, and from 15° above and below.

use std::error::Error;
use std::path::Path;

use glam::Vec3;
use image::{Rgb, RgbImage};
use inference::{GenerateOptions, ImageSource, Package, Runtime, generate};
use renderer::CpuRasterizer;
use scene::sink::Collect;
use scene::{GaussianCloud, PinholeCamera, Rasterizer};

/// Side of one picture, pixels.
const SIDE: u32 = 400;
/// Pictures in a row.
const COLUMNS: u32 = 4;
/// Background of the sheet.
const GREY: f32 = 0.21;
/// Yaw and pitch of the pictures, degrees.
const VIEWS: [[f32; 2]; 12] = [
    [0.0, 0.0],
    [-30.0, 0.0],
    [30.0, 0.0],
    [-60.0, 0.0],
    [60.0, 0.0],
    [-90.0, 0.0],
    [90.0, 0.0],
    [135.0, 0.0],
    [180.0, 0.0],
    [-135.0, 0.0],
    [0.0, 15.0],
    [0.0, -15.0],
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [package, picture, sheet] = arguments.as_slice() else {
        return Err("usage: portrait_sheet PACKAGE PICTURE SHEET.png".into());
    };
    let runtime = Runtime::load(None)?;
    let package = Package::open(Path::new(package))?;
    let picture = ImageSource::open(Path::new(picture))?;
    let options = GenerateOptions::default();
    let mut parts = Collect { parts: Vec::new() };
    let head = generate(
        &runtime,
        &package,
        &picture,
        &options,
        &CpuRasterizer,
        &mut parts,
    )?;
    for stage in &head.report.stages {
        println!("{:>8.3} s  {}", stage.secs, stage.stage);
    }
    println!("{:>8.3} s  total", head.report.total_secs);
    println!(
        "first splats after {:?} s, {} splats, PSNR {:?} dB, IoU {:?}",
        head.report.first_splats_secs,
        head.cloud.len(),
        head.report.psnr_db,
        head.report.iou
    );
    draw_sheet(&head.cloud).save(sheet)?;
    Ok(())
}

fn draw_sheet(cloud: &GaussianCloud) -> RgbImage {
    let rows = (VIEWS.len() as u32).div_ceil(COLUMNS);
    let mut sheet = RgbImage::new(COLUMNS * SIDE, rows * SIDE);
    for (k, [yaw, pitch]) in VIEWS.into_iter().enumerate() {
        let picture = draw(cloud, &orbit(yaw.to_radians(), pitch.to_radians()));
        let (x, y) = (k as u32 % COLUMNS * SIDE, k as u32 / COLUMNS * SIDE);
        image::imageops::replace(&mut sheet, &picture, x.into(), y.into());
    }
    sheet
}

/// A camera at a portrait's distance.
fn orbit(yaw: f32, pitch: f32) -> PinholeCamera {
    const DISTANCE: f32 = 1.4;
    const FIELD_OF_VIEW: f32 = 0.3;
    let target = Vec3::new(0.0, -0.03, -0.01);
    let direction = Vec3::new(
        yaw.sin() * pitch.cos(),
        pitch.sin(),
        yaw.cos() * pitch.cos(),
    );
    let eye = target + DISTANCE * direction;
    PinholeCamera::look_at(eye, target, Vec3::Y, FIELD_OF_VIEW, [SIDE, SIDE])
}

fn draw(cloud: &GaussianCloud, camera: &PinholeCamera) -> RgbImage {
    let image = CpuRasterizer.rasterize(cloud, camera);
    RgbImage::from_fn(image.width, image.height, |x, y| {
        let pixel = image.pixels[(y * image.width + x) as usize];
        let over_grey = |c: usize| pixel[c] + (1.0 - pixel[3]) * GREY;
        Rgb([0, 1, 2].map(|c| (over_grey(c).clamp(0.0, 1.0) * 255.0 + 0.5) as u8))
    })
}
