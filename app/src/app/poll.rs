//! What the jobs report, taken over once a frame.

use std::time::{Duration, Instant};

use editor::Arrived;
use egui::Context;
use glam::{Affine3A, Mat3A, Quat, Vec3A};
use inference::{GenerateEvent, Generated, InferenceError, Part};
use scene::{PinholeCamera, Transform, io::IoError};

use super::App;
use crate::background::Event;
use crate::cx::Wish;
use crate::dialogs::leave::Leaving;
use crate::jobs::{Generating, Job, Loading, Made, Task, Writing};
use crate::notify::{Offer, Tone, sentence};
use crate::{export, recent, text};

/// Arriving splats may take so long a frame; the rest waits in the channel, which holds back the worker.
const BUDGET: Duration = Duration::from_millis(12);
/// How long parts of a file wait for a drawing thread.
const HELD_BACK: Duration = Duration::from_secs(3);
/// How often a running job is looked at while nothing else wakes the window.
pub(super) const BEAT: Duration = Duration::from_millis(40);

impl App {
    /// Hears everything that runs.
    pub(super) fn poll(&mut self, ctx: &Context) {
        self.poll_cards(ctx);
        let mut going_on = Vec::new();
        for mut job in self.jobs.take() {
            if self.poll_job(&mut job, ctx) {
                going_on.push(job);
            }
        }
        self.jobs.put_back(going_on);
        if self.jobs.is_busy() {
            ctx.request_repaint_after(BEAT);
        }
        if let Some(wait) = self.front.notices.tick(Instant::now()) {
            ctx.request_repaint_after(wait);
        }
        self.poll_pictures(ctx);
    }

    fn poll_pictures(&mut self, ctx: &Context) {
        if self.clock.frames == 2 {
            self.front.pictures.samples = crate::assets::samples();
        }
        if self.welcomes() && self.clock.frames >= 2 {
            let samples = self.front.pictures.samples.clone();
            self.front.pictures.want(samples);
            let recent: Vec<_> = self
                .settings
                .recent
                .iter()
                .filter_map(|recent| {
                    let picture = crate::choose::is_picture(&recent.path);
                    recent
                        .thumbnail_path()
                        .or_else(|| picture.then(|| recent.path.clone()))
                })
                .collect();
            self.front.pictures.want(recent);
        }
        self.front.pictures.poll(ctx, &self.wake);
    }

    /// Whether the job goes on.
    fn poll_job(&mut self, job: &mut Job, ctx: &Context) -> bool {
        let title = job.title.clone();
        let mut reports = Vec::new();
        let goes_on = match &mut job.task {
            Task::Load(loading) => self.poll_load(loading, &mut reports),
            Task::Generate(generating) => self.poll_generate(generating, &mut reports, ctx),
            Task::Map(reading) => self.poll_map(reading, &mut reports),
            Task::OpenProject(opening) => self.poll_project(opening, &mut reports),
            Task::Write(writing) => self.poll_write(&title, writing, &mut reports),
        };
        if let Some(progress) = reports.last() {
            job.report(progress);
        }
        goes_on
    }

    fn poll_load(&mut self, loading: &mut Loading, reports: &mut Vec<scene::Progress>) -> bool {
        let start = Instant::now();
        // To add to what another thread looks at is to copy it; it looks for moments only.
        if self.editor.scene().is_incoming_shared(loading.node) {
            let since = *loading.held_back.get_or_insert(start);
            if since.elapsed() < HELD_BACK {
                (self.wake)();
                return true;
            }
        }
        loading.held_back = None;
        for event in loading.work.poll() {
            match event {
                Event::Progress(progress) => reports.push(progress),
                Event::Part(cloud) => match self.editor.extend_incoming(loading.node, cloud) {
                    Ok(outcome) => self.digest(outcome),
                    Err(error) => {
                        self.load_failed(loading, &anyhow::Error::new(error));
                        return false;
                    }
                },
                Event::Done(Ok(loaded)) => {
                    self.loaded(loading, loaded);
                    return false;
                }
                Event::Done(Err(error)) => {
                    self.load_failed(loading, &error);
                    return false;
                }
            }
            if start.elapsed() > BUDGET {
                (self.wake)();
                break;
            }
        }
        true
    }

    fn loaded(&mut self, loading: &Loading, loaded: scene::io::Loaded) {
        let clean = !self.document.is_unsaved(&self.editor);
        let alone = self.editor.scene().layers().count() == 1;
        let arrived = Arrived {
            layout: loaded.layout,
            ..Arrived::default()
        };
        let outcome = self.editor.finish_incoming(loading.node, arrived);
        self.digest(outcome);
        recent::remember(&mut self.settings.recent, &loading.path);
        if alone {
            self.document.opened = Some(loading.path.clone());
            self.front.portray = self.settings.recent.first().map(|r| r.path.clone());
        }
        if alone && clean {
            let revision = self.editor.history().revision();
            self.document.saved(None, revision);
        }
        let warnings = loaded.warnings.to_string();
        if !warnings.is_empty() {
            let title = text::opened_with_notes(&recent::file_name(&loading.path));
            self.front
                .notices
                .show(Tone::Info, title, sentence(&warnings));
        }
    }

    fn load_failed(&mut self, loading: &Loading, error: &anyhow::Error) {
        let outcome = self.editor.cancel_incoming(loading.node);
        self.digest(outcome);
        self.settings
            .recent
            .retain(|r| r.path != loading.path || r.path.exists());
        let cancelled = matches!(error.downcast_ref(), Some(IoError::Cancelled(_)));
        if !cancelled {
            let title = text::cannot_open(&recent::file_name(&loading.path));
            self.front.notices.error(title, error);
        }
    }

    fn poll_generate(
        &mut self,
        generating: &mut Generating,
        reports: &mut Vec<scene::Progress>,
        ctx: &Context,
    ) -> bool {
        let events: Vec<_> = generating.work.poll().collect();
        for event in events {
            match event {
                GenerateEvent::Progress(progress) => reports.push(progress),
                GenerateEvent::Part(part) => self.part(generating, part, ctx),
                GenerateEvent::Finished(generated) => {
                    self.generated(generating, *generated);
                    return false;
                }
                GenerateEvent::Failed(error) => {
                    self.generate_failed(generating, &error);
                    return false;
                }
            }
        }
        true
    }

    fn part(&mut self, generating: &mut Generating, part: Part, ctx: &Context) {
        let (cloud, replaces) = match part {
            Part::Chunk(cloud) => (cloud, false),
            Part::Replace(cloud) => (cloud, true),
            Part::Note(note) => {
                self.front.notices.show(Tone::Info, note, "");
                return;
            }
            Part::Matte(image) => {
                self.front.pictures.insert(ctx, &generating.path, &image);
                return;
            }
        };
        let first = generating.node.is_none();
        let node = self.arriving_node(generating);
        let result = if replaces {
            self.editor.replace_incoming(node, cloud)
        } else {
            self.editor.extend_incoming(node, cloud)
        };
        match result {
            Ok(outcome) => self.digest(outcome),
            Err(error) => log::error!("a part of the head could not be shown: {error}"),
        }
        if first && self.editor.scene().layers().count() == 1 {
            self.face_front();
        }
    }

    fn arriving_node(&mut self, generating: &mut Generating) -> scene::NodeId {
        if let Some(node) = generating.node {
            return node;
        }
        let name = generating.path.file_stem().map_or_else(
            || String::from("Head"),
            |s| s.to_string_lossy().into_owned(),
        );
        let source = format!(
            "{} · {}",
            recent::file_name(&generating.path),
            generating.package
        );
        let (node, outcome) = self
            .editor
            .begin_incoming(&name, &source, Transform::IDENTITY);
        self.digest(outcome);
        generating.node = Some(node);
        node
    }

    fn generated(&mut self, generating: &mut Generating, generated: Generated) {
        let node = self.arriving_node(generating);
        match self.editor.replace_incoming(node, generated.cloud) {
            Ok(outcome) => self.digest(outcome),
            Err(error) => log::error!("the finished head could not be shown: {error}"),
        }
        let arrived = Arrived {
            transform: Some(generated.world_from_cloud),
            ..Arrived::default()
        };
        let outcome = self.editor.finish_incoming(node, arrived);
        self.digest(outcome);
        recent::remember(&mut self.settings.recent, &generating.path);
        if self.document.opened.is_none() {
            self.document.opened = Some(generating.path.clone());
        }
        let title = text::head_ready(generated.report.total_secs);
        let splats = self.front.counts.layer(node).alive;
        let offer = Offer {
            label: text::LIGHT_IT.to_owned(),
            wish: Wish::LightUp,
        };
        let detail = text::head_detail(&recent::file_name(&generating.path), splats);
        self.front
            .notices
            .offer(Tone::Success, title, detail, Some(offer));
        let made = Made {
            report: generated.report,
            camera: camera_in_world(&generated.camera, &generated.world_from_cloud),
        };
        self.jobs.made.insert(node, made);
    }

    fn generate_failed(&mut self, generating: &Generating, error: &InferenceError) {
        if let Some(node) = generating.node {
            let outcome = self.editor.cancel_incoming(node);
            self.digest(outcome);
        }
        if matches!(error, InferenceError::Cancelled) {
            return;
        }
        let title = text::cannot_create(&recent::file_name(&generating.path));
        let detail = sentence(&error.to_string());
        self.front.notices.show(Tone::Error, title, detail);
    }

    fn poll_write(
        &mut self,
        title: &str,
        writing: &mut Writing,
        reports: &mut Vec<scene::Progress>,
    ) -> bool {
        for event in writing.work.poll() {
            match event {
                Event::Progress(progress) => reports.push(progress),
                Event::Part(()) => {}
                Event::Done(Ok(detail)) => {
                    self.written(title, writing, detail);
                    return false;
                }
                Event::Done(Err(error)) => {
                    if !export::is_cancelled(&error) {
                        let title = text::cannot_write(&recent::file_name(&writing.path));
                        self.front.notices.error(title, &error);
                    }
                    return false;
                }
            }
        }
        true
    }

    fn written(&mut self, title: &str, writing: &Writing, detail: String) {
        if let Some(revision) = writing.saves_revision {
            self.document.saved(Some(&writing.path), revision);
            match self.front.leaving_after_save.take() {
                Some(Leaving::Quit) => self.front.wishes.push(Wish::Quit),
                Some(Leaving::NewScene) => self.front.wishes.push(Wish::NewScene),
                Some(Leaving::Project) => self.front.wishes.push(Wish::ShowProject),
                None => {}
            }
            recent::remember(&mut self.settings.recent, &writing.path);
            self.front.portray = self.settings.recent.first().map(|r| r.path.clone());
        }
        let headline = match writing.saves_revision {
            Some(_) => text::saved(&recent::file_name(&writing.path)),
            None => text::exported(title, &recent::file_name(&writing.path)),
        };
        let offer = Offer {
            label: text::SHOW_IN_FOLDER.to_owned(),
            wish: Wish::Reveal(writing.path.clone()),
        };
        self.front
            .notices
            .offer(Tone::Success, headline, detail, Some(offer));
    }
}

/// A camera of a cloud's frame in the world. The view stays rigid where the cloud is scaled.
fn camera_in_world(camera: &PinholeCamera, world_from_cloud: &Transform) -> PinholeCamera {
    let eye = Vec3A::from(world_from_cloud.point(camera.eye()));
    let view_from_cloud = Quat::from_mat3a(&camera.view_from_world.matrix3);
    let view_from_world = view_from_cloud * world_from_cloud.rotation.inverse();
    let rotation = Mat3A::from_quat(view_from_world);
    PinholeCamera {
        view_from_world: Affine3A {
            matrix3: rotation,
            translation: -(rotation * eye),
        },
        ..*camera
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3;

    #[test]
    fn a_moved_cloud_is_seen_as_before_by_its_moved_camera() {
        let size = [640, 480];
        let camera =
            PinholeCamera::look_at(Vec3::new(0.2, 0.1, 2.0), Vec3::ZERO, Vec3::Y, 0.5, size);
        let moved = Transform {
            translation: Vec3::new(1.0, -2.0, 0.5),
            rotation: Quat::from_rotation_y(0.7),
            scale: 3.0,
        };
        let point = Vec3::new(0.1, -0.2, 0.05);
        let before = camera.project(point).truncate();
        let after = camera_in_world(&camera, &moved)
            .project(moved.point(point))
            .truncate();
        assert!((before - after).length() < 1e-2, "{before} became {after}");
    }
}
