//! Against a renderer that shares no line with ours: written from the papers, in double precision, every
//! splat on every pixel in the order of exact depth. And the same bytes every time.

use crate::common::{ball, camera, device, insert, layer};
use glam::{DMat3, DQuat, DVec2, DVec3, Vec3};
use renderer::{Background, Frame, Render, RenderedImage, SoftwareRenderer};
use scene::{PinholeCamera, Scene, cloud::CloudParts};

/// What both renderers must reach.
const MIN_PSNR_DB: f64 = 60.0;
/// Tells a copy of the test binary to print the sum of its picture and stop.
const CHILD: &str = "SPLATWRIGHT_TEST_SUM";

struct Projected {
    center: DVec2,
    depth: f64,
    /// xx, xy, yy of the inverse 2D covariance.
    conic: DVec3,
    opacity: f64,
    color: DVec3,
}

/// Real spherical harmonics (Sloan 2008) with the signs of Kerbl et al. 2023.
fn basis(d: DVec3) -> [f64; 16] {
    let DVec3 { x, y, z } = d;
    let root = |v: f64| (v / std::f64::consts::PI).sqrt();
    [
        0.5 * root(1.0),
        -0.5 * root(3.0) * y,
        0.5 * root(3.0) * z,
        -0.5 * root(3.0) * x,
        0.5 * root(15.0) * x * y,
        -0.5 * root(15.0) * y * z,
        0.25 * root(5.0) * (3.0 * z * z - 1.0),
        -0.5 * root(15.0) * x * z,
        0.25 * root(15.0) * (x * x - y * y),
        -0.25 * root(17.5) * y * (3.0 * x * x - y * y),
        0.5 * root(105.0) * x * y * z,
        -0.25 * root(10.5) * y * (5.0 * z * z - 1.0),
        0.25 * root(7.0) * z * (5.0 * z * z - 3.0),
        -0.25 * root(10.5) * x * (5.0 * z * z - 1.0),
        0.25 * root(105.0) * z * (x * x - y * y),
        -0.25 * root(17.5) * x * (x * x - 3.0 * y * y),
    ]
}

fn project(parts: &CloudParts, row: usize, camera: &PinholeCamera) -> Option<Projected> {
    let world = |v: Vec3| v.as_dvec3();
    let m = camera.view_from_world.matrix3;
    let w = DMat3::from_cols(
        DVec3::new(m.x_axis.x.into(), m.x_axis.y.into(), m.x_axis.z.into()),
        DVec3::new(m.y_axis.x.into(), m.y_axis.y.into(), m.y_axis.z.into()),
        DVec3::new(m.z_axis.x.into(), m.z_axis.y.into(), m.z_axis.z.into()),
    );
    let t = world(camera.view_from_world.translation.into());
    let mean = world(parts.means[row]);
    let p = w * mean + t;
    if p.z < f64::from(camera.near) {
        return None;
    }
    // Kerbl et al. 2023, eq. 5 and 6; the slope is kept within 30 % beyond the image, as in their code.
    let (fx, fy) = (f64::from(camera.fx), f64::from(camera.fy));
    let (cx, cy) = (f64::from(camera.cx), f64::from(camera.cy));
    let limit = |slope: f64, size: u32, focal: f64, center: f64| {
        let margin = 0.15 * f64::from(size) / focal;
        let (low, high) = (-center / focal, (f64::from(size) - center) / focal);
        slope.clamp(low - margin, high + margin)
    };
    let sx = limit(p.x / p.z, camera.width, fx, cx);
    let sy = limit(p.y / p.z, camera.height, fy, cy);
    let j = DMat3::from_cols(
        DVec3::new(fx / p.z, 0.0, 0.0),
        DVec3::new(0.0, fy / p.z, 0.0),
        DVec3::new(-fx * sx / p.z, -fy * sy / p.z, 0.0),
    );
    let q = parts.rotations[row];
    let r = DMat3::from_quat(
        DQuat::from_xyzw(q.x.into(), q.y.into(), q.z.into(), q.w.into()).normalize(),
    );
    let s = DMat3::from_diagonal(world(parts.log_scales[row]).map(f64::exp));
    let sigma = r * s * s * r.transpose();
    let cov = j * w * sigma * w.transpose() * j.transpose();
    let (xx, xy, yy) = (cov.x_axis.x + 0.3, cov.x_axis.y, cov.y_axis.y + 0.3);
    let det = xx * yy - xy * xy;

    let b = basis((mean - world(camera.eye())).normalize());
    let sh = &parts.sh[48 * row..48 * row + 48];
    let mut color = DVec3::splat(0.5);
    for (k, b) in b.into_iter().enumerate() {
        let c = |i: usize| f64::from(sh[3 * k + i]);
        color += b * DVec3::new(c(0), c(1), c(2));
    }
    Some(Projected {
        center: DVec2::new(fx * p.x / p.z + cx, fy * p.y / p.z + cy),
        depth: p.z,
        conic: DVec3::new(yy, -xy, xx) / det,
        opacity: 1.0 / (1.0 + (-f64::from(parts.opacity_logits[row])).exp()),
        color: color.max(DVec3::ZERO),
    })
}

/// Display-referred RGB over black, 8 bits.
fn reference(parts: &CloudParts, camera: &PinholeCamera) -> Vec<u8> {
    let n = parts.means.len();
    let mut splats: Vec<Projected> = (0..n)
        .filter_map(|row| project(parts, row, camera))
        .collect();
    splats.sort_by(|a, b| a.depth.total_cmp(&b.depth));
    let mut rgb = Vec::new();
    for y in 0..camera.height {
        for x in 0..camera.width {
            let pixel = DVec2::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
            let (mut left, mut sum) = (1.0, DVec3::ZERO);
            for splat in &splats {
                let d = pixel - splat.center;
                let c = splat.conic;
                let power = -0.5 * (c.x * d.x * d.x + 2.0 * c.y * d.x * d.y + c.z * d.y * d.y);
                if power < -8.0 {
                    continue;
                }
                let alpha = (splat.opacity * power.exp()).min(0.99);
                if alpha < 1.0 / 255.0 {
                    continue;
                }
                let behind = left * (1.0 - alpha);
                if behind <= 1e-4 {
                    break;
                }
                sum += alpha * left * splat.color;
                left = behind;
            }
            rgb.extend(sum.to_array().map(|v| (v.min(1.0) * 255.0).round() as u8));
        }
    }
    rgb
}

fn psnr(image: &RenderedImage, reference: &[u8]) -> f64 {
    let colors = image.rgba.chunks_exact(4).flat_map(|p| &p[..3]);
    let errors = colors
        .zip(reference)
        .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    let mse = errors.sum::<f64>() / reference.len() as f64;
    10.0 * (255.0 * 255.0 / mse).log10()
}

fn subject() -> (CloudParts, Scene, Frame) {
    let mut parts = ball(4000, 3, 21);
    parts.columns.clear();
    let mut scene = Scene::new();
    insert(&mut scene, layer(parts.clone()));
    let mut frame = Frame::new(camera([150, 110]));
    frame.background = Background::Color([0.0; 3]);
    (parts, scene, frame)
}

#[test]
fn both_renderers_keep_to_the_papers() {
    let (parts, scene, frame) = subject();
    let expected = reference(&parts, &frame.camera);
    let mut software = SoftwareRenderer::new();
    software.sync(&scene, &[]);
    let reached = psnr(
        &software.render_image(&frame).expect("a picture"),
        &expected,
    );
    eprintln!("software {reached:.1} dB");
    assert!(reached >= MIN_PSNR_DB, "software: {reached:.1} dB");
    if let Some(mut device) = device() {
        device.sync(&scene, &[]);
        let reached = psnr(&device.render_image(&frame).expect("a picture"), &expected);
        eprintln!("device {reached:.1} dB");
        assert!(reached >= MIN_PSNR_DB, "device: {reached:.1} dB");
    }
}

/// FNV-1a (Fowler, Noll, Vo).
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, &b| {
        (sum ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn threads_of_the_driver_change_no_byte() {
    let Some(mut device) = device() else { return };
    let (_, scene, frame) = subject();
    device.sync(&scene, &[]);
    let own = sum(&device.render_image(&frame).expect("a picture").rgba);
    if std::env::var_os(CHILD).is_some() {
        println!("sum {own:x}");
        return;
    }
    for threads in ["1", "2"] {
        let output = std::process::Command::new(std::env::current_exe().expect("a path"))
            .args([
                "exact::threads_of_the_driver_change_no_byte",
                "--exact",
                "--nocapture",
            ])
            .env(CHILD, "1")
            .env("LP_NUM_THREADS", threads)
            .output()
            .expect("a run");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains(&format!("sum {own:x}")),
            "{threads} threads draw another picture: {said}"
        );
    }
}
