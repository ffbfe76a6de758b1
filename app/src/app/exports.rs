//! Screenshots and turntables, each on its own thread with its own renderer.

use std::path::PathBuf;

use renderer::{Frame, Render};
use scene::Sink;

use super::App;
use crate::background::Background;
use crate::dialogs::Card;
use crate::dialogs::export_settings::{TurntableKind, TurntableSettings};
use crate::export::{self, Direction, Look, Orbit, Quality, TurntableFormat, TurntableOptions};
use crate::jobs::{Task, Writing};
use crate::likeness::open_renderer;
use crate::view::options;
use crate::{recent, text};

impl App {
    /// Draws the view as it is now into a file.
    pub(super) fn take_screenshot(&mut self, path: PathBuf) {
        let settings = self.settings.screenshot;
        let frame = Frame {
            background: settings.background.resolve(self.settings.backdrop),
            filter: self.filter(),
            ..options::as_viewed(Frame::new(self.editor.camera(settings.size)), &self.editor)
        };
        let quality = Quality {
            supersample: settings.supersample.clamp(1, 4),
            deep: settings.deep,
        };
        self.export(text::SCREENSHOT, path, move |render, _, path, sink| {
            export::screenshot(render, &frame, quality, path, sink)
        });
    }

    /// Draws a whole turn into a file.
    pub(super) fn turn_table(&mut self, path: PathBuf) {
        let settings = self.settings.turntable;
        let look = Look {
            background: settings.background.resolve(self.settings.backdrop),
            filter: self.filter(),
            ..Look::default()
        };
        let view = *self.editor.camera_control().view();
        let from_view = settings.from_view.then_some(Orbit {
            target: view.target(),
            distance: view.distance,
            yaw: view.yaw,
            pitch: settings.elevation_deg.to_radians(),
            fov_y: self.editor.camera_control().fov_y(),
        });
        self.export(text::TURNTABLE, path, move |render, scene, path, sink| {
            let orbit = from_view.unwrap_or_else(|| Orbit {
                pitch: settings.elevation_deg.to_radians(),
                ..Orbit::framing(scene)
            });
            let options = turntable_options(&settings, orbit, look);
            export::turntable(render, scene, &options, path, sink)
        });
    }

    fn export(
        &mut self,
        title: &str,
        path: PathBuf,
        work: impl FnOnce(
            &mut dyn Render,
            &scene::Scene,
            &std::path::Path,
            &mut dyn Sink<()>,
        ) -> anyhow::Result<()>
        + Send
        + 'static,
    ) {
        self.front.card = Card::None;
        let scene = self.editor.scene().clone();
        let gpu = self.view.gpu();
        let target = path.clone();
        let job = Background::<(), String>::start("export", self.wake.clone(), move |sink| {
            sink.progress(scene::Progress::new(text::STARTING, 0, 0))?;
            let mut render = open_renderer(gpu);
            render.sync(&scene, &[]);
            work(render.as_mut(), &scene, &target, sink)?;
            Ok(String::new())
        });
        let subject = recent::file_name(&path);
        let task = Task::Write(Writing {
            work: job,
            path,
            saves_revision: None,
        });
        self.jobs.add(title, subject, task);
    }
}

fn turntable_options(settings: &TurntableSettings, orbit: Orbit, look: Look) -> TurntableOptions {
    TurntableOptions {
        size: settings.size,
        seconds: settings.seconds,
        fps: settings.fps,
        orbit: Some(orbit),
        direction: if settings.clockwise {
            Direction::Clockwise
        } else {
            Direction::CounterClockwise
        },
        look,
        format: match settings.kind {
            TurntableKind::Mp4 => TurntableFormat::Mp4,
            TurntableKind::Gif => TurntableFormat::Gif { dither: true },
            TurntableKind::Frames => TurntableFormat::PngSequence,
        },
    }
}
