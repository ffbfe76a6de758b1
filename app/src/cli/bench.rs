//! `splatwright bench`: times the renderer with the command line that every peer's driver has.

pub(crate) mod orbit;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use glam::{Affine3A, Mat3, Vec3};
use renderer::{
    Background, Frame, FrameStats, Gpu, Render, RenderError, Renderer, Residency, SoftwareRenderer,
};
use scene::{PinholeCamera, Projection, Transform};
use serde::Deserialize;

use super::args::{BenchArgs, harmonics};
use super::progress::Terminal;
use super::stage::{Stage, load_layer, tuned};
use crate::export;

/// Frames drawn before the clock starts: pipelines are compiled and buffers grow.
const WARM_UP: u32 = 3;

/// A camera as 3DGS training writes it.
#[derive(Deserialize)]
struct TrainedCamera {
    position: [f32; 3],
    /// Rows of `world_from_view`, view axes right, down, forward.
    rotation: [[f32; 3]; 3],
    fx: f32,
    fy: f32,
    width: u32,
    height: u32,
}

/// What is timed: drawing into a texture and waiting for the device, or drawing on the processor.
enum Timed {
    Gpu(Box<Renderer>),
    Software(Box<SoftwareRenderer>),
}

pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    ensure!(args.frames > 0, "there must be at least one frame to time");
    if args.orbit {
        return orbit::run(args);
    }
    let mut terminal = Terminal::new();
    let camera = read_camera(&args.cameras, args.camera, [args.width, args.height])?;

    let start = Instant::now();
    let layer = load_layer(&args.scene, &mut terminal)?;
    let load_ms = millis(start);
    let splats = layer.cloud.len();
    let mut stage = Stage {
        scene: scene::Scene::new(),
    };
    stage.add("bench", layer, Transform::IDENTITY)?;

    let (mut timed, adapter) = open(args.software)?;
    timed.render().set_residency(Residency {
        harmonics: harmonics(args.compact_harmonics),
        ..Residency::default()
    });
    let start = Instant::now();
    timed.render().sync(&stage.scene, &[]);
    let upload_ms = millis(start);

    let mut frame = Frame::new(camera);
    frame.background = Background::Color([0.0; 3]);
    for i in 0..WARM_UP {
        timed.draw(&moved(&frame, i))?;
    }
    let mut moving_ms = Vec::new();
    for i in 0..args.frames {
        let view = moved(&frame, WARM_UP + i);
        let start = Instant::now();
        timed.draw(&view)?;
        moving_ms.push(millis(start));
    }
    let moving_stats = timed.render().stats();
    timed.draw(&frame)?;
    let mut still_ms = Vec::new();
    for _ in 0..args.frames {
        let start = Instant::now();
        timed.draw(&frame)?;
        still_ms.push(millis(start));
    }
    moving_ms.sort_by(f64::total_cmp);
    still_ms.sort_by(f64::total_cmp);

    let passes_ms = timed.passes(&frame, &moving_stats)?;
    let picture = export::draw(timed.render(), &frame, &mut terminal)?;
    picture
        .save(&args.output)
        .with_context(|| format!("could not write {}", args.output.display()))?;
    println!(
        "{}",
        serde_json::json!({
            "peer": concat!("splatwright ", env!("CARGO_PKG_VERSION")),
            "adapter": adapter,
            "choice": timed.choice(),
            "splats": splats,
            "w": args.width,
            "h": args.height,
            "frames": args.frames,
            "load_ms": round(load_ms),
            "upload_ms": round(upload_ms),
            "min_ms": round(moving_ms[0]),
            "median_ms": round(moving_ms[moving_ms.len() / 2]),
            "camera_still_ms": round(still_ms[0]),
            "visible": moving_stats.visible,
            "intersections": moving_stats.intersections,
            "memory_mb": moving_stats.memory_bytes >> 20,
            "bytes_per_splat": round(moving_stats.scene_bytes as f64 / splats as f64),
            "passes_ms": passes_ms,
        })
    );
    Ok(())
}

impl Timed {
    fn draw(&mut self, frame: &Frame) -> Result<(), RenderError> {
        match self {
            Self::Gpu(renderer) => {
                renderer.render_to_texture(frame)?;
                renderer
                    .gpu()
                    .device
                    .poll(wgpu::PollType::wait_indefinitely())
                    .map_err(|error| RenderError::DeviceLost {
                        reason: error.to_string(),
                    })?;
                Ok(())
            }
            Self::Software(renderer) => renderer.render_image(frame).map(|_| ()),
        }
    }

    /// Milliseconds of each pass: by the device's clock where it has one that tells the truth, else by
    /// waiting after each pass, which takes longer than a frame.
    fn passes(
        &mut self,
        frame: &Frame,
        stats: &FrameStats,
    ) -> Result<serde_json::Map<String, serde_json::Value>, RenderError> {
        let waited = match self {
            // Software drivers run a frame on several threads and note when each was at it.
            Self::Gpu(renderer)
                if renderer.gpu().device_type == wgpu::DeviceType::Cpu
                    || stats.passes.is_empty() =>
            {
                Some(renderer.time_passes(frame)?)
            }
            _ => None,
        };
        let passes = waited.as_ref().unwrap_or(&stats.passes);
        Ok(passes
            .iter()
            .map(|pass| (pass.pass.to_owned(), round(f64::from(pass.ms)).into()))
            .collect())
    }

    /// Which of several ways to the same pixels is timed.
    fn choice(&self) -> Option<String> {
        match self {
            Self::Gpu(renderer) => Some(renderer.gpu().tuning.to_string()),
            Self::Software(_) => None,
        }
    }

    fn render(&mut self) -> &mut dyn Render {
        match self {
            Self::Gpu(renderer) => renderer.as_mut(),
            Self::Software(renderer) => renderer.as_mut(),
        }
    }
}

fn open(software: bool) -> Result<(Timed, String)> {
    if software {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        let adapter = format!("{cores} processor threads");
        return Ok((Timed::Software(Box::new(SoftwareRenderer::new())), adapter));
    }
    let gpu = Gpu::headless().context("`--software` times the processor instead")?;
    let gpu = tuned(gpu);
    let adapter = gpu.adapter_name.clone();
    Ok((Timed::Gpu(Box::new(Renderer::new(gpu)?)), adapter))
}

/// The frame from a hair's breadth beside it, so that nothing of the frame before can be used again.
fn moved(frame: &Frame, step: u32) -> Frame {
    let mut moved = *frame;
    moved.camera.view_from_world.translation.x += 1e-5 * (1 + step) as f32;
    moved
}

fn read_camera(path: &Path, index: usize, size: [u32; 2]) -> Result<PinholeCamera> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("could not read {}", path.display()))?;
    let cameras: Vec<TrainedCamera> = serde_json::from_str(&text)
        .with_context(|| format!("this is no list of cameras: {}", path.display()))?;
    let camera = cameras.get(index).with_context(|| {
        format!(
            "there is no camera {index}; the list has {}: {}",
            cameras.len(),
            path.display()
        )
    })?;
    ensure!(
        camera.width > 0 && camera.height > 0,
        "camera {index} has no size: {}",
        path.display()
    );
    let view_from_world_rotation = Mat3::from_cols_array_2d(&camera.rotation);
    let translation = -(view_from_world_rotation * Vec3::from(camera.position));
    let scale_x = size[0] as f32 / camera.width as f32;
    let scale_y = size[1] as f32 / camera.height as f32;
    Ok(PinholeCamera {
        // The rows of `world_from_view`, read as columns, are its transpose: `view_from_world`.
        view_from_world: Affine3A::from_mat3_translation(view_from_world_rotation, translation),
        fx: camera.fx * scale_x,
        fy: camera.fy * scale_y,
        cx: 0.5 * size[0] as f32,
        cy: 0.5 * size[1] as f32,
        width: size[0],
        height: size[1],
        near: PinholeCamera::NEAR,
        far: f32::INFINITY,
        projection: Projection::Perspective,
    })
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

fn round(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trained_camera_looks_along_its_forward_axis() {
        // Right, down and forward of a camera at (0, 0, 5) that looks at the origin, Y up.
        let json = r#"[{"position":[0,0,5],"rotation":[[1,0,0],[0,-1,0],[0,0,-1]],
                        "fx":1300,"fy":1300,"width":1920,"height":1080}]"#;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), json).unwrap();
        let camera = read_camera(file.path(), 0, [1280, 720]).unwrap();
        let middle = camera.project(Vec3::ZERO);
        assert!(
            middle.distance(Vec3::new(640.0, 360.0, 5.0)) < 1e-3,
            "{middle}"
        );
        assert!(camera.project(Vec3::Y).y < 360.0, "up is up");
        assert!(read_camera(file.path(), 1, [1, 1]).is_err(), "one camera");
    }
}
