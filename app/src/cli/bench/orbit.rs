//! `splatwright bench --orbit`: a scene of any size, opened and turned as the window does it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use glam::{Affine3A, Quat};
use renderer::{Background, Detail, Frame, FrameStats, Residency};
use scene::{LodTree, NodeId, Scene, SplatLayer, Transform};

use super::{Timed, millis, open, read_camera, round};
use crate::cli::args::{BenchArgs, harmonics};
use crate::cli::progress::Terminal;
use crate::cli::stage::{Stage, file_name, load_layer};
use crate::{export, scratch};

/// As the window: what a frame may take over splats, on the device and in software, how coarse it is while
/// it moves, and of how many.
const SLICES: [Duration; 2] = [Duration::from_millis(8), Duration::from_millis(200)];
const MOVING: Detail = Detail::Coarse {
    tolerance_px: 1.0,
    budget: 2_000_000,
    fade: 0.5,
};
/// Rounds that are turned; all but the last warm up.
const ROUNDS: u32 = 2;
/// A picture at rest that is not whole after this never will be.
const PATIENCE: Duration = Duration::from_secs(600);

/// What one frame cost and held.
struct Sample {
    ms: f64,
    stats: FrameStats,
    memory: ProcessMemory,
}

pub(super) fn run(args: &BenchArgs) -> Result<()> {
    let mut terminal = Terminal::new();
    let camera = read_camera(&args.cameras, args.camera, [args.width, args.height])?;
    let start = Instant::now();
    let layer = load(args, &mut terminal)?;
    let load_ms = millis(start);
    let splats = layer.cloud.len();
    let start = Instant::now();
    let folder = layer.cloud.is_on_disk().then(scratch::folder).transpose()?;
    let tree = LodTree::build_in(folder.as_deref(), &layer.cloud, &layer.flags, &|| false)?;
    let (tree, tree_ms) = (Arc::new(tree), millis(start));
    let mut stage = Stage {
        scene: Scene::new(),
    };
    stage.add("bench", layer, Transform::IDENTITY)?;
    let node = first_layer(&stage.scene)?;

    let (mut timed, adapter) = open(args.software)?;
    timed.render().set_residency(Residency {
        scene_bytes: args.scene_memory << 20,
        slice: Some(SLICES[usize::from(args.software)]),
        harmonics: harmonics(args.compact_harmonics),
    });
    let start = Instant::now();
    timed.render().sync(&stage.scene, &[]);
    timed.render().set_tree(&stage.scene, node, tree);
    let upload_ms = millis(start);

    let mut frame = Frame::new(camera);
    frame.background = Background::Color([0.0; 3]);
    let mut samples = Vec::new();
    for i in 0..ROUNDS * args.frames {
        let mut turned = Frame {
            detail: MOVING,
            ..frame
        };
        let angle = std::f32::consts::TAU * i as f32 / args.frames as f32;
        let turn = Affine3A::from_quat(Quat::from_rotation_y(angle));
        turned.camera.view_from_world = camera.view_from_world * turn;
        samples.push(draw(&mut timed, &stage.scene, &turned)?);
    }
    let start = Instant::now();
    let mut rest = draw(&mut timed, &stage.scene, &frame)?;
    let first_at_rest_ms = rest.ms;
    while !timed.render().is_complete() && start.elapsed() < PATIENCE {
        rest = draw(&mut timed, &stage.scene, &frame)?;
    }
    let rest_ms = millis(start);
    let picture = export::draw(timed.render(), &frame, &mut terminal)?;
    picture
        .save(&args.output)
        .with_context(|| format!("could not write {}", args.output.display()))?;

    let mut line = last_round(&samples[((ROUNDS - 1) * args.frames) as usize..]);
    let facts = serde_json::json!({
        "peer": concat!("splatwright ", env!("CARGO_PKG_VERSION"), " orbit"),
        "adapter": adapter,
        "splats": splats,
        "on_disk": folder.is_some(),
        "w": args.width,
        "h": args.height,
        "frames": args.frames,
        "scene_memory_mib": args.scene_memory,
        "load_ms": round(load_ms),
        "tree_ms": round(tree_ms),
        "upload_ms": round(upload_ms),
        "first_frame_ms": round(samples[0].ms),
        "first_at_rest_ms": round(first_at_rest_ms),
        "rest_ms": round(rest_ms),
        "rest_error_px": round(f64::from(rest.stats.error_px)),
        "rest_missing_parts": rest.stats.missing_parts,
        "rest_scene_mb": rest.stats.scene_bytes >> 20,
    });
    if let (Some(line), serde_json::Value::Object(facts)) = (line.as_object_mut(), facts) {
        line.extend(facts);
    }
    println!("{line}");
    Ok(())
}

fn load(args: &BenchArgs, terminal: &mut Terminal) -> Result<SplatLayer> {
    if !args.on_disk && !scratch::is_large(&args.scene) {
        return load_layer(&args.scene, terminal);
    }
    let (cloud, _) = scene::io::load_all_on_disk(&args.scene, &scratch::folder()?)?;
    Ok(SplatLayer::new(cloud, file_name(&args.scene)))
}

fn first_layer(scene: &Scene) -> Result<NodeId> {
    let mut layers = scene.layers();
    let (id, ..) = layers.next().context("the scene has no layer")?;
    Ok(id)
}

/// One frame, with what is left to take over of the scene.
fn draw(timed: &mut Timed, scene: &Scene, frame: &Frame) -> Result<Sample> {
    let start = Instant::now();
    timed.render().sync(scene, &[]);
    timed.draw(frame)?;
    Ok(Sample {
        ms: millis(start),
        stats: timed.render().stats(),
        memory: ProcessMemory::now(),
    })
}

/// Times and sizes of a round whose memory should no longer grow.
fn last_round(samples: &[Sample]) -> serde_json::Value {
    let mut ms: Vec<f64> = samples.iter().map(|s| s.ms).collect();
    ms.sort_by(f64::total_cmp);
    let at = |share: f64| round(ms[((ms.len() - 1) as f64 * share) as usize]);
    let range = |of: fn(&Sample) -> u64| {
        let sizes = || samples.iter().map(of);
        [sizes().min(), sizes().max()].map(|size| size.unwrap_or(0) >> 20)
    };
    let most_missing = samples.iter().map(|s| s.stats.missing_parts).max();
    serde_json::json!({
        "median_ms": at(0.5),
        "p95_ms": at(0.95),
        "max_ms": at(1.0),
        "most_missing_parts": most_missing,
        "considered": samples.iter().map(|s| s.stats.considered).max(),
        "scene_mb": range(|s| s.stats.scene_bytes),
        "memory_mb": range(|s| s.stats.memory_bytes),
        "rss_own_mb": range(|s| s.memory.own),
        "rss_file_mb": range(|s| s.memory.of_files),
    })
}

/// What the system says that this process holds, bytes; zeros where it does not say.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ProcessMemory {
    /// Its own.
    pub(crate) own: u64,
    /// Of files, given back whenever somebody needs it.
    of_files: u64,
}

impl ProcessMemory {
    pub(crate) fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
            kilobytes.unwrap_or(0) << 10
        };
        Self {
            own: of("RssAnon:"),
            of_files: of("RssFile:") + of("RssShmem:"),
        }
    }
}
