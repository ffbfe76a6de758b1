//! What runs in the background, as the corner of the window shows it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use inference::{GenerateJob, Report, Worker};
use scene::{GaussianCloud, NodeId, PinholeCamera, Progress};
use serde::{Deserialize, Serialize};

use crate::background::Background;
use crate::icons;

/// A file that is being read into an arriving layer.
pub struct Loading {
    /// The work.
    pub work: Background<GaussianCloud, scene::io::Loaded>,
    /// The arriving layer.
    pub node: NodeId,
    /// Since when parts wait because a drawing thread looks at those before them.
    pub held_back: Option<Instant>,
    /// The file.
    pub path: PathBuf,
}

/// A project that is being read.
pub struct OpeningProject {
    /// The work.
    pub work: Background<(), Box<scene::io::Project>>,
    /// The file.
    pub path: PathBuf,
}

/// A map that is being read to become a city.
pub struct ReadingMap {
    /// The work.
    pub work: Background<(), city::osm::Imported>,
    /// The file.
    pub path: PathBuf,
}

/// A picture that is being turned into splats.
pub struct Generating {
    /// The work.
    pub work: GenerateJob,
    /// The arriving layer, from the first splats on.
    pub node: Option<NodeId>,
    /// The picture.
    pub path: PathBuf,
    /// Name of the package.
    pub package: String,
}

/// A file that is being written.
pub struct Writing {
    /// The work; it returns what to say about it.
    pub work: Background<(), String>,
    /// The file or folder.
    pub path: PathBuf,
    /// State of the scene that is written, for saves.
    pub saves_revision: Option<u64>,
}

/// How a layer was generated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Made {
    /// Numbers about the run.
    pub report: Report,
    /// The photograph's own camera, world frame.
    pub camera: PinholeCamera,
}

/// What a job does.
pub enum Task {
    /// Reads a file.
    Load(Loading),
    /// Reads a project.
    OpenProject(OpeningProject),
    /// Reads a map.
    Map(ReadingMap),
    /// Turns a picture into splats.
    Generate(Box<Generating>),
    /// Saves or exports.
    Write(Writing),
}

/// One job.
pub struct Job {
    /// Names it for cancelling.
    pub id: u64,
    /// What it makes of what ("Portrait → head").
    pub title: String,
    /// The thing it works on ("astronaut.png").
    pub subject: String,
    /// What is done now.
    pub stage: String,
    /// Share done, where it is known.
    pub fraction: Option<f32>,
    /// When it began.
    pub began: Instant,
    /// What it does.
    pub task: Task,
}

impl Job {
    /// Takes over a report.
    pub fn report(&mut self, progress: &Progress) {
        self.fraction = progress.fraction();
        self.stage.clone_from(&progress.stage);
    }

    /// Its icon.
    pub fn icon(&self) -> &'static str {
        match &self.task {
            Task::Load(_) | Task::OpenProject(_) => icons::CUBE,
            Task::Map(_) => icons::CITY,
            Task::Generate(_) => icons::PERSON,
            Task::Write(writing) if writing.saves_revision.is_some() => icons::SAVE,
            Task::Write(_) => icons::FILM,
        }
    }

    /// Time left, guessed from the share done; none in the first second.
    pub fn time_left(&self) -> Option<Duration> {
        let share = self.fraction.filter(|share| *share > 0.03)?;
        let spent = self.began.elapsed();
        (spent > Duration::from_secs(1)).then(|| spent.mul_f32((1.0 - share) / share))
    }
}

/// Everything that runs.
#[derive(Default)]
pub struct Jobs {
    list: Vec<Job>,
    next_id: u64,
    worker: Option<Worker>,
    /// How layers were generated, for the inspector.
    pub made: BTreeMap<NodeId, Made>,
}

impl Jobs {
    /// What runs now, oldest first.
    pub fn list(&self) -> &[Job] {
        &self.list
    }

    /// Whether anything runs.
    pub fn is_busy(&self) -> bool {
        !self.list.is_empty()
    }

    /// Whether a file is being written.
    pub fn is_writing(&self) -> bool {
        self.list
            .iter()
            .any(|job| matches!(job.task, Task::Write(_)))
    }

    /// Adds a job.
    pub fn add(&mut self, title: impl Into<String>, subject: impl Into<String>, task: Task) {
        self.next_id += 1;
        self.list.push(Job {
            id: self.next_id,
            title: title.into(),
            subject: subject.into(),
            stage: crate::text::STARTING.to_owned(),
            fraction: None,
            began: Instant::now(),
            task,
        });
    }

    /// Takes all jobs out, to be polled and put back with [`Self::put_back`].
    pub fn take(&mut self) -> Vec<Job> {
        std::mem::take(&mut self.list)
    }

    /// Puts jobs back that go on, before those added since.
    pub fn put_back(&mut self, mut jobs: Vec<Job>) {
        jobs.append(&mut self.list);
        self.list = jobs;
    }

    /// Takes one job out, for cancelling; dropping it stops its work.
    pub fn remove(&mut self, id: u64) -> Option<Job> {
        let at = self.list.iter().position(|job| job.id == id)?;
        Some(self.list.remove(at))
    }

    /// The worker that turns pictures into splats, started at the first picture.
    pub fn worker(&mut self) -> &Worker {
        self.worker
            .get_or_insert_with(|| Worker::start(Arc::new(renderer::CpuRasterizer)))
    }
}
