//! Opening and saving whole projects: the scene with its steps, the view, and how heads were made.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use editor::{Desk, Editor};
use egui::Context;
use scene::NodeId;
use scene::io::Project;

use super::App;
use crate::background::{Background, Event};
use crate::dialogs::leave::Leaving;
use crate::document::Document;
use crate::jobs::{Made, OpeningProject, Task};
use crate::{recent, text};

/// Attachment with the view of the scene.
const DESK: &str = "desk.json";
/// Attachment with how generated layers were made.
const MADE: &str = "made.json";

/// A project that is read and waits for its place on screen.
pub(super) struct Arrived {
    project: Project,
    path: PathBuf,
}

impl App {
    /// Reads a project; the scene on screen stays until it is complete.
    pub(super) fn open_project(&mut self, path: PathBuf) {
        let source = path.clone();
        let work =
            Background::<(), Box<Project>>::start("project", self.wake.clone(), move |sink| {
                let mut listen = |progress| sink.progress(progress);
                Ok(Box::new(scene::io::load_project(&source, &mut listen)?))
            });
        let file = recent::file_name(&path);
        let task = Task::OpenProject(OpeningProject { work, path });
        self.jobs.add(text::OPENING, file, task);
    }

    /// Whether the reading goes on.
    pub(super) fn poll_project(
        &mut self,
        opening: &mut OpeningProject,
        reports: &mut Vec<scene::Progress>,
    ) -> bool {
        for event in opening.work.poll() {
            match event {
                Event::Progress(progress) => reports.push(progress),
                Event::Part(()) => {}
                Event::Done(Ok(project)) => {
                    self.front.project = Some(Box::new(Arrived {
                        project: *project,
                        path: opening.path.clone(),
                    }));
                    self.front.wishes.push(crate::cx::Wish::ShowProject);
                    return false;
                }
                Event::Done(Err(error)) => {
                    if !crate::export::is_cancelled(&error) {
                        let title = text::cannot_open(&recent::file_name(&opening.path));
                        self.front.notices.error(title, &error);
                    }
                    return false;
                }
            }
        }
        true
    }

    /// Puts the project that was read in the place of the scene, after asking about unsaved work.
    pub(super) fn show_project(&mut self, ctx: &Context) {
        if self.front.project.is_some() {
            self.leave(Leaving::Project, ctx);
        }
    }

    /// The same without asking.
    pub(super) fn show_project_anyway(&mut self) {
        let Some(arrived) = self.front.project.take() else {
            return;
        };
        let Arrived { mut project, path } = *arrived;
        self.start_anew();
        let desk: Option<Desk> = attached(&project, DESK);
        let made: Vec<(NodeId, Made)> = attached(&project, MADE).unwrap_or_default();
        project.attachments.clear();
        let (editor, outcome) =
            Editor::of_document(self.settings.editor, project.scene, project.history, desk);
        self.editor = editor;
        self.digest(outcome);
        self.jobs.made = made.into_iter().collect();
        self.front.state.welcome_done = true;
        let revision = self.editor.history().revision();
        self.document = Document::default();
        self.document.saved(Some(&path), revision);
        recent::remember(&mut self.settings.recent, &path);
        self.front.portray = self.settings.recent.first().map(|r| r.path.clone());
    }

    /// Writes the whole document.
    pub(super) fn save_project_to(&mut self, path: PathBuf) {
        let mut project = Project::snapshot(self.editor.scene(), self.editor.history());
        let made: Vec<_> = self.jobs.made.iter().collect();
        attach(&mut project, DESK, &self.editor.desk());
        attach(&mut project, MADE, &made);
        let target = path.clone();
        let work = Background::<(), String>::start("save", self.wake.clone(), move |sink| {
            write(&project, &target, &mut |progress| sink.progress(progress))
        });
        self.add_saving(work, path);
    }
}

fn write(project: &Project, path: &Path, listen: &mut scene::Listen<'_>) -> Result<String> {
    let report =
        scene::io::save_project(path, project, listen).context("the project could not be saved")?;
    Ok(text::saved_detail(
        report.splats,
        report.bytes,
        &report.notes,
    ))
}

fn attach(project: &mut Project, name: &str, value: &impl serde::Serialize) {
    match serde_json::to_vec(value) {
        Ok(bytes) => drop(project.attachments.insert(name.to_owned(), bytes)),
        // A view that cannot be kept is no reason not to save the work.
        Err(error) => log::warn!("{name} is not kept: {error}"),
    }
}

fn attached<T: serde::de::DeserializeOwned>(project: &Project, name: &str) -> Option<T> {
    let bytes = project.attachments.get(name)?;
    serde_json::from_slice(bytes)
        .inspect_err(|error| log::warn!("{name} is not understood: {error}"))
        .ok()
}
