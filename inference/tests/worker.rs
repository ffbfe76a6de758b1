//! The worker thread: results in parts, cancel, and failures that do not end it.

#![allow(
    clippy::expect_used,
    reason = "the helpers of tests may panic like the tests"
)]

mod common;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Broken, Dots};
use inference::{
    GenerateEvent, GenerateJob, GenerateOptions, GenerateRequest, Generated, InferenceError, Part,
    Worker,
};
use scene::Rasterizer;

/// Nothing here may take longer.
const PATIENCE: Duration = Duration::from_secs(120);

fn request(image: PathBuf) -> GenerateRequest {
    GenerateRequest {
        package_dir: common::package_dir(),
        image,
        options: GenerateOptions {
            refine_rounds: Some(1),
            ..GenerateOptions::default()
        },
    }
}

fn end(job: &GenerateJob, parts: &mut Vec<Part>) -> Result<Box<Generated>, InferenceError> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match job.wait() {
            Some(GenerateEvent::Part(part)) => parts.push(part),
            Some(GenerateEvent::Finished(generated)) => return Ok(generated),
            Some(GenerateEvent::Failed(error)) => return Err(error),
            Some(GenerateEvent::Progress(_)) => {}
            None => return Err(InferenceError::Cancelled),
        }
    }
    panic!("the job does not end");
}

fn worker(rasterizer: impl Rasterizer + 'static) -> Option<(Worker, PathBuf)> {
    common::runtime()?;
    let photo = common::photo("astronaut.png")?;
    Some((Worker::start(Arc::new(rasterizer)), photo))
}

#[test]
fn a_head_comes_in_parts_and_then_whole() {
    let Some((worker, photo)) = worker(Dots) else {
        return;
    };
    let job = worker.submit(request(photo)).expect("a free worker");
    let mut parts = Vec::new();
    let generated = end(&job, &mut parts).expect("a head");
    assert!(matches!(parts[0], Part::Matte(_)), "the matte first");
    let chunks: usize = parts
        .iter()
        .map(|p| match p {
            Part::Chunk(cloud) => cloud.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(chunks, generated.cloud.len(), "the chunks are the whole");
    assert!((50_000..300_000).contains(&chunks), "{chunks} splats");
    assert!(
        matches!(parts.last(), Some(Part::Replace(_))),
        "refined at the end"
    );
    for (name, width) in [("normal", 3), ("label", 1), ("confidence", 1)] {
        let column = generated.cloud.column(name).expect("a column");
        assert_eq!(column.width, width, "{name}");
    }
    let report = generated.report;
    assert_eq!(report.face_count, 1, "one face");
    assert!(report.residual_ipd.is_some_and(|r| r < 0.05), "{report:?}");
    assert!(report.first_splats_secs.is_some(), "{report:?}");
    let (low, high) = generated.cloud.bounds().expect("splats");
    assert!(
        low.y > -0.6 && high.y < 0.4 && high.y - low.y > 0.2,
        "metres: {low} {high}"
    );
}

#[test]
fn cancelling_ends_a_job_soon_and_the_next_one_runs() {
    let Some((worker, photo)) = worker(Dots) else {
        return;
    };
    let first = worker
        .submit(request(photo.clone()))
        .expect("a free worker");
    let second = worker
        .submit(request(photo.clone()))
        .expect("room in the line");
    let third = worker
        .submit(request(PathBuf::from("nowhere.png")))
        .expect("room");
    first.cancel();
    drop(second);
    let error = end(&first, &mut Vec::new()).expect_err("cancelled");
    assert!(matches!(error, InferenceError::Cancelled), "{error}");
    let error = end(&third, &mut Vec::new()).expect_err("no such file");
    assert!(matches!(error, InferenceError::Image(_)), "{error}");
}

#[test]
fn a_panic_fails_the_job_and_not_the_worker() {
    let Some((worker, photo)) = worker(Broken) else {
        return;
    };
    for _ in 0..2 {
        let job = worker
            .submit(request(photo.clone()))
            .expect("a free worker");
        match end(&job, &mut Vec::new()) {
            Err(InferenceError::Panicked { message }) => {
                assert!(message.contains("on purpose"), "{message}");
            }
            other => panic!("{:?}", other.map(|g| g.report)),
        }
    }
}

#[test]
fn a_full_line_refuses_politely() {
    let Some((worker, photo)) = worker(Dots) else {
        return;
    };
    let jobs: Vec<_> = (0..20)
        .map(|_| worker.submit(request(photo.clone())))
        .collect();
    let error = jobs
        .into_iter()
        .find_map(Result::err)
        .expect("twenty do not fit");
    assert!(error.to_string().contains("waiting"), "{error}");
}
