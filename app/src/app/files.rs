//! Opening and saving.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use editor::Editor;
use egui::Context;
use scene::{GaussianCloud, Transform};

use super::App;
use crate::background::Background;
use crate::choose::{self, Purpose};
use crate::dialogs::{Card, chooser::Chooser, drop_card::DropCard};
use crate::jobs::{Loading, Task, Writing};
use crate::notify::Tone;
use crate::panels::viewport::Dropping;
use crate::{recent, scratch, text};

/// What the files that hover over the window would become.
pub(super) fn hovering(ctx: &Context) -> Option<Dropping> {
    ctx.input(|i| {
        let files = &i.raw.hovered_files;
        if files.is_empty() {
            return None;
        }
        let paths: Vec<&Path> = files.iter().filter_map(|f| f.path.as_deref()).collect();
        let splats = paths
            .iter()
            .filter(|path| {
                scene::io::is_splat_path(path)
                    || scene::io::is_project_path(path)
                    || choose::is_map(path)
            })
            .count();
        Some(if paths.iter().any(|path| choose::is_picture(path)) {
            Dropping::Picture
        } else if splats > 0 {
            Dropping::Splats(splats)
        } else if paths.is_empty() {
            // Some desktops tell the names only at the drop.
            Dropping::Splats(files.len())
        } else {
            Dropping::Unknown
        })
    })
}

impl App {
    /// Opens files: splats as layers, the first picture as a portrait to be asked about.
    pub(super) fn open(&mut self, paths: Vec<PathBuf>) {
        let (projects, others): (Vec<_>, Vec<_>) = paths
            .into_iter()
            .partition(|path| scene::io::is_project_path(path));
        if projects.len() > 1 {
            let title = text::only_first(&recent::file_name(&projects[0]), projects.len() - 1);
            self.front
                .notices
                .show(Tone::Info, title, text::ONE_PROJECT);
        }
        if let Some(path) = projects.into_iter().next() {
            self.open_project(path);
        }
        let (maps, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|path| choose::is_map(path));
        for path in maps {
            self.open_map(path);
        }
        let (pictures, splats): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|path| choose::is_picture(path));
        for path in splats {
            self.load(path);
        }
        if pictures.len() > 1 {
            let title = text::only_first(&recent::file_name(&pictures[0]), pictures.len() - 1);
            self.front.notices.show(Tone::Info, title, text::ONE_BY_ONE);
        }
        if let Some(path) = pictures.into_iter().next() {
            self.front.card = Card::Drop(Box::new(DropCard::new(path, self.wake.clone())));
        }
    }

    fn load(&mut self, path: PathBuf) {
        let name = path.file_stem().map_or_else(
            || recent::file_name(&path),
            |s| s.to_string_lossy().into_owned(),
        );
        let file = recent::file_name(&path);
        let (node, outcome) = self
            .editor
            .begin_incoming(&name, &file, scene::io::SCENE_FROM_FILE);
        self.digest(outcome);
        if scratch::is_large(&path)
            && let Err(error) = self.put_on_disk(node)
        {
            self.front.notices.error(text::cannot_open(&file), &error);
            let outcome = self.editor.cancel_incoming(node);
            self.digest(outcome);
            return;
        }
        let source = path.clone();
        let work = Background::<GaussianCloud, _>::start("load", self.wake.clone(), move |sink| {
            Ok(scene::io::load(&source, sink)?)
        });
        let task = Task::Load(Loading {
            work,
            node,
            held_back: None,
            path,
        });
        self.jobs.add(text::OPENING, file, task);
    }

    fn put_on_disk(&mut self, node: scene::NodeId) -> anyhow::Result<()> {
        let folder = scratch::folder()?;
        Ok(self.editor.put_incoming_on_disk(node, &folder)?)
    }

    /// Asks for a file, through the desktop where it can.
    pub(super) fn choose(&mut self, purpose: Purpose) {
        let name = match purpose {
            Purpose::Open | Purpose::OpenPicture => String::new(),
            Purpose::SaveScene => {
                format!("{}.{}", self.document.stem(), scene::io::PROJECT_EXTENSION)
            }
            Purpose::SaveScreenshot => format!("{}.png", self.document.stem()),
            Purpose::SaveMp4 => format!("{}.mp4", self.document.stem()),
            Purpose::SaveGif => format!("{}.gif", self.document.stem()),
            Purpose::SaveFrames => format!("{} turntable", self.document.stem()),
        };
        let folder = choose::first_folder(self.settings.last_folder.as_deref());
        if choose::desktop_has_dialogs() {
            let wake = self.wake.clone();
            let answer = choose::ask_desktop(purpose, Some(&folder), &name, wake);
            self.front.asked = Some((purpose, answer));
        } else {
            let chooser = Chooser::new(purpose, folder, &name);
            self.front.card = Card::Chooser(Box::new(chooser));
        }
    }

    /// Goes on with the files that were chosen.
    pub(super) fn chosen(&mut self, purpose: Purpose, paths: Vec<PathBuf>) {
        let Some(first) = paths.first().cloned() else {
            return;
        };
        self.settings.last_folder = first.parent().map(Path::to_owned);
        let first = purpose.with_ending(first);
        match purpose {
            Purpose::Open | Purpose::OpenPicture => self.open(paths),
            Purpose::SaveScene => self.save_to(first),
            Purpose::SaveScreenshot => self.take_screenshot(first),
            Purpose::SaveMp4 | Purpose::SaveGif | Purpose::SaveFrames => self.turn_table(first),
        }
    }

    /// Saves where it was saved last, or asks.
    pub(super) fn save(&mut self) {
        match self.document.path.clone() {
            Some(path) => self.save_to(path),
            None => self.choose(Purpose::SaveScene),
        }
    }

    fn save_to(&mut self, path: PathBuf) {
        // What is only shown must not be kept.
        self.end_preview();
        if scene::io::is_project_path(&path) {
            self.save_project_to(path);
            return;
        }
        let layers: Vec<_> = layers(&self.editor);
        let target = path.clone();
        let work = Background::<(), String>::start("save", self.wake.clone(), move |sink| {
            sink.progress(scene::Progress::new(text::WRITING, 0, 0))?;
            // Files know no grades: they become part of the colors.
            let layers: Vec<_> = layers
                .into_iter()
                .map(|(layer, at)| (layer.with_grades_baked(), at))
                .collect();
            let borrowed: Vec<_> = layers.iter().map(|(layer, at)| (layer, at)).collect();
            let options = scene::io::SaveOptions::default();
            let report = scene::io::save(&target, &borrowed, &options)
                .context("the scene could not be saved")?;
            Ok(text::saved_detail(
                report.splats,
                report.bytes,
                &report.notes,
            ))
        });
        self.add_saving(work, path);
    }

    /// Lists work that puts the scene as it is now on disk.
    pub(super) fn add_saving(&mut self, work: Background<(), String>, path: PathBuf) {
        let subject = recent::file_name(&path);
        let task = Task::Write(Writing {
            work,
            path,
            saves_revision: Some(self.editor.history().revision()),
        });
        self.jobs.add(text::SAVING, subject, task);
    }
}

fn layers(editor: &Editor) -> Vec<(scene::SplatLayer, Transform)> {
    editor
        .layers_to_save()
        .into_iter()
        .map(|(_, layer, transform)| (layer.clone(), transform))
        .collect()
}
