//! The one thread that reconstructs, so that the window never waits.
//!
//! Requests queue in a short line; results come back through a bounded channel per job. Dropping
//! a job cancels it. A panic inside a stage becomes [`GenerateEvent::Failed`] and the thread goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, TrySendError, bounded};
use scene::{Cancelled, Progress, Rasterizer, Sink};

use crate::error::InferenceError;
use crate::generate::{GenerateOptions, Generated, Part, generate};
use crate::image_source::ImageSource;
use crate::package::Package;
use crate::runtime::Runtime;

/// Requests that may wait beside the one that runs.
const QUEUE: usize = 8;
/// Events that may wait for the reader of a job; a slow reader slows the worker.
const EVENTS: usize = 16;
/// How often a blocked worker looks whether it was cancelled.
const CANCEL_POLL: Duration = Duration::from_millis(20);
/// How long the end of a cancelled job waits for room in its channel.
const LAST_WORD: Duration = Duration::from_millis(500);

/// One picture to reconstruct.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerateRequest {
    /// Folder of the model package.
    pub package_dir: PathBuf,
    /// The picture.
    pub image: PathBuf,
    /// What the artist chose.
    pub options: GenerateOptions,
}

/// What a running job reports.
#[derive(Debug)]
pub enum GenerateEvent {
    /// How far it is.
    Progress(Progress),
    /// A part of the result.
    Part(Part),
    /// The end: the whole result.
    Finished(Box<Generated>),
    /// The end: what went wrong.
    Failed(InferenceError),
}

/// The worker thread; ends with its last owner.
#[derive(Debug)]
pub struct Worker {
    requests: Sender<Job>,
}

/// One running or waiting reconstruction. Dropping it cancels.
#[derive(Debug)]
pub struct GenerateJob {
    events: Receiver<GenerateEvent>,
    cancelled: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Job {
    request: GenerateRequest,
    events: Sender<GenerateEvent>,
    cancelled: Arc<AtomicBool>,
}

impl Worker {
    /// Starts the thread; ONNX Runtime is looked for when the first request comes.
    pub fn start(rasterizer: Arc<dyn Rasterizer>) -> Self {
        Self::start_with_runtime(rasterizer, None)
    }

    /// As [`Self::start`], with the place of ONNX Runtime's library given by hand.
    pub fn start_with_runtime(rasterizer: Arc<dyn Rasterizer>, runtime: Option<PathBuf>) -> Self {
        let (requests, jobs) = bounded::<Job>(QUEUE);
        let thread = std::thread::Builder::new()
            .name("reconstruct".to_owned())
            .spawn(move || {
                let mut package = None;
                for job in jobs {
                    run_contained(&job, &mut package, runtime.as_deref(), rasterizer.as_ref());
                }
            });
        if let Err(error) = thread {
            // The receiver is gone with the closure, so `submit` reports it.
            log::error!("the worker thread cannot start: {error}");
        }
        Self { requests }
    }

    /// Puts a picture in the line.
    pub fn submit(&self, request: GenerateRequest) -> Result<GenerateJob, InferenceError> {
        let (sender, events) = bounded(EVENTS);
        let cancelled = Arc::new(AtomicBool::new(false));
        let job = Job {
            request,
            events: sender,
            cancelled: Arc::clone(&cancelled),
        };
        match self.requests.try_send(job) {
            Ok(()) => Ok(GenerateJob { events, cancelled }),
            Err(TrySendError::Full(_)) => Err(InferenceError::Worker {
                reason: format!("{QUEUE} pictures are waiting already; try again when one is done"),
            }),
            Err(TrySendError::Disconnected(_)) => Err(InferenceError::Worker {
                reason: "the worker thread is not running; restart Splatwright".to_owned(),
            }),
        }
    }
}

impl GenerateJob {
    /// Everything that happened since the last call; does not block.
    pub fn poll(&self) -> impl Iterator<Item = GenerateEvent> + '_ {
        self.events.try_iter()
    }

    /// The next event, waiting for it; `None` when there will be none.
    pub fn wait(&self) -> Option<GenerateEvent> {
        self.events.recv().ok()
    }

    /// Asks the worker to stop; it does so within one network run.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Drop for GenerateJob {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// The package of the last request, kept with its sessions.
type OpenPackage = Option<Package>;

fn run_contained(
    job: &Job,
    package: &mut OpenPackage,
    runtime: Option<&std::path::Path>,
    rasterizer: &dyn Rasterizer,
) {
    let mut sink = JobSink {
        events: &job.events,
        cancelled: &job.cancelled,
    };
    let result = catch_unwind(AssertUnwindSafe(|| {
        run(job, package, runtime, rasterizer, &mut sink)
    }));
    let end = match result {
        Ok(Ok(generated)) => GenerateEvent::Finished(Box::new(generated)),
        Ok(Err(error)) => GenerateEvent::Failed(error),
        Err(panic) => {
            // Sessions may be half-way through a run; start the next job with fresh ones.
            *package = None;
            GenerateEvent::Failed(InferenceError::Panicked {
                message: panic_message(panic.as_ref()),
            })
        }
    };
    sink.send_end(end);
}

fn run(
    job: &Job,
    package: &mut OpenPackage,
    runtime: Option<&std::path::Path>,
    rasterizer: &dyn Rasterizer,
    sink: &mut JobSink<'_>,
) -> Result<Generated, InferenceError> {
    let request = &job.request;
    sink.progress(Progress::new("Opening the picture", 0, 0))?;
    // The picture is decoded while libraries and networks are read from the disk.
    let (image, opened) = rayon::join(
        || ImageSource::open(&request.image),
        || -> Result<_, InferenceError> {
            let runtime = Runtime::load(runtime)?;
            if package
                .as_ref()
                .is_none_or(|p| p.folder() != request.package_dir)
            {
                *package = None;
                *package = Some(Package::open(&request.package_dir)?);
            }
            Ok(runtime)
        },
    );
    let (image, runtime) = (image?, opened?);
    let Some(package) = package.as_ref() else {
        return Err(InferenceError::Cancelled);
    };
    generate(
        &runtime,
        package,
        &image,
        &request.options,
        rasterizer,
        sink,
    )
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}

/// Hands parts to the reader of a job.
struct JobSink<'a> {
    events: &'a Sender<GenerateEvent>,
    cancelled: &'a AtomicBool,
}

impl JobSink<'_> {
    fn check(&self) -> Result<(), Cancelled> {
        if self.cancelled.load(Ordering::Relaxed) {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Waits while the reader is behind, but not longer than until it cancels.
    fn send(&self, mut event: GenerateEvent) -> Result<(), Cancelled> {
        loop {
            self.check()?;
            match self.events.send_timeout(event, CANCEL_POLL) {
                Ok(()) => return Ok(()),
                Err(SendTimeoutError::Timeout(back)) => event = back,
                Err(SendTimeoutError::Disconnected(_)) => return Err(Cancelled),
            }
        }
    }

    /// The last event. After a cancel nobody may be reading, so the wait is short then.
    fn send_end(&self, event: GenerateEvent) {
        if self.check().is_err() {
            let _ = self.events.send_timeout(event, LAST_WORD);
        } else {
            let _ = self.send(event);
        }
    }
}

impl Sink<Part> for JobSink<'_> {
    fn push(&mut self, part: Part) -> Result<(), Cancelled> {
        self.send(GenerateEvent::Part(part))
    }

    fn progress(&mut self, progress: Progress) -> Result<(), Cancelled> {
        self.check()?;
        // Progress is news only while it is new: a full channel drops it.
        match self.events.try_send(GenerateEvent::Progress(progress)) {
            Ok(()) | Err(TrySendError::Full(_)) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(Cancelled),
        }
    }
}
