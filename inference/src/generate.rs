//! From a picture to Gaussians: runs the stages of a package in order.

use std::cell::OnceCell;
use std::time::Instant;

use scene::{GaussianCloud, PinholeCamera, Progress, Rasterizer, Sink, Transform};
use serde::{Deserialize, Serialize};

use crate::error::InferenceError;
use crate::image_source::ImageSource;
use crate::imageops::warp::Pyramid;
use crate::package::Package;
use crate::runtime::Runtime;
use crate::stages::{self, Board, StageRun};

/// What the caller may choose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GenerateOptions {
    /// Focal length of the photograph in pixels, where it is known better than by EXIF.
    pub focal_px: Option<f32>,
    /// Rounds of color refinement, instead of the package's number.
    pub refine_rounds: Option<u32>,
}

/// A part of the result, handed over while the rest is being made.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Further splats.
    Chunk(GaussianCloud),
    /// All splats so far, better than before.
    Replace(GaussianCloud),
    /// Something that the artist should know ("3 faces: the largest was used").
    Note(String),
    /// The cut-out picture, straight alpha.
    Matte(image::RgbaImage),
}

/// Time that one stage took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageTime {
    /// The stage's id in the manifest.
    pub stage: String,
    /// Seconds.
    pub secs: f32,
}

/// Numbers about a run, for the curious and for tests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Time of every stage in order; the first is the preparation of the networks.
    pub stages: Vec<StageTime>,
    /// Seconds in all.
    pub total_secs: f32,
    /// Seconds until the first splats were handed over.
    pub first_splats_secs: Option<f32>,
    /// Faces found.
    pub face_count: usize,
    /// Root mean square landmark residual of the fit, in inter-pupillary distances.
    pub residual_ipd: Option<f32>,
    /// Peak signal-to-noise ratio against the photograph inside the matte, dB.
    pub psnr_db: Option<f32>,
    /// Intersection over union of the silhouette.
    pub iou: Option<f32>,
    /// What the artist should know.
    pub notes: Vec<String>,
}

/// A finished reconstruction.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The splats.
    pub cloud: GaussianCloud,
    /// The photograph's own camera, in the cloud's frame.
    pub camera: PinholeCamera,
    /// Where the cloud should stand in the scene.
    pub world_from_cloud: Transform,
    /// Numbers about the run.
    pub report: Report,
}

/// Runs a package on a picture. Blocks; see [`crate::Worker`] for a thread.
///
/// Every graph is loaded and compared with its declaration before the first one runs.
pub fn generate(
    runtime: &Runtime,
    package: &Package,
    image: &ImageSource,
    options: &GenerateOptions,
    rasterizer: &dyn Rasterizer,
    sink: &mut dyn Sink<Part>,
) -> Result<Generated, InferenceError> {
    let start = Instant::now();
    let plan = package.plan();
    let total = plan.stages().len() as u64 + 1;
    let mut run = StageRun {
        runtime,
        package,
        image,
        options,
        rasterizer,
        sink,
        start,
        report: Report::default(),
        head_model: OnceCell::new(),
    };
    run.sink
        .progress(Progress::new("Preparing the networks", 0, total))?;
    for note in image.notes() {
        run.note(note.clone())?;
    }
    let (prepared, pyramid) =
        rayon::join(|| package.prepare(runtime), || Pyramid::new(image.color()));
    prepared?;
    run.report.stages.push(StageTime {
        stage: "prepare".to_owned(),
        secs: start.elapsed().as_secs_f32(),
    });
    let mut board = Board::new(pyramid);
    for (i, stage) in plan.stages().iter().enumerate() {
        run.sink
            .progress(Progress::new(stage.kind.title(), i as u64 + 1, total))?;
        let begin = Instant::now();
        stages::run(stage, &mut board, &mut run)?;
        let secs = begin.elapsed().as_secs_f32();
        log::debug!("stage {}: {secs:.3} s", stage.id);
        run.report.stages.push(StageTime {
            stage: stage.id.clone(),
            secs,
        });
    }
    run.sink.progress(Progress::new("Done", total, total))?;
    run.report.total_secs = start.elapsed().as_secs_f32();
    let report = run.report;
    let head = board.finish(plan)?;
    Ok(Generated {
        cloud: head.cloud,
        camera: head.camera,
        // The cloud stands as it is: head upright, its middle in the origin, metres.
        world_from_cloud: Transform::IDENTITY,
        report,
    })
}
