//! Wishes are granted here, once a frame, outside of `ui`.

use std::path::{Path, PathBuf};

use editor::{AxisView, Command, EditCommand, Editor, ToolKind};
use egui::{Context, ViewportCommand};
use inference::{GenerateOptions, GenerateRequest};

use super::App;
use crate::assets;
use crate::background::Event;
use crate::cx::{Wish, Wishes};
use crate::dialogs::{Card, leave::Leaving};
use crate::document::Document;
use crate::jobs::{Generating, Task};
use crate::notify::Tone;
use crate::panels::inspector;
use crate::{recent, text};

impl App {
    /// Grants what was wished for since the last frame, and what follows from it.
    pub(super) fn grant(&mut self, ctx: &Context) {
        if self.clock.frames == 2 {
            self.open_first_files();
        }
        self.grant_all(ctx);
        let tool = self.editor.tool();
        if tool == ToolKind::Light && self.front.tool != tool {
            self.light_up();
        }
        self.front.tool = tool;
    }

    fn grant_all(&mut self, ctx: &Context) {
        // A granted wish may bring further ones; a bound keeps a circle from hanging the window.
        for _ in 0..4 {
            let wishes = self.front.wishes.take();
            if wishes.is_empty() {
                return;
            }
            for wish in wishes {
                self.grant_one(wish, ctx);
            }
        }
    }

    fn grant_one(&mut self, wish: Wish, ctx: &Context) {
        match wish {
            Wish::Run(command) => {
                let copies = [EditCommand::Copy, EditCommand::Cut].map(Command::Edit);
                if copies.contains(&command) {
                    // Without something of its own there the desktop does not tell of Ctrl+V.
                    ctx.copy_text(text::COPIED_MARK.to_owned());
                }
                self.run(command);
            }
            Wish::LightUp => self.run(Command::SetTool(ToolKind::Light)),
            Wish::Open(paths) => self.open(paths),
            Wish::Generate(path) => self.generate(path, GenerateOptions::default(), None),
            Wish::CreateFromCard => self.create_from_card(),
            Wish::Choose(purpose) => {
                // Whoever saves later, of their own accord, does not leave.
                self.front.leaving_after_save = None;
                self.choose(purpose);
            }
            Wish::Chosen(purpose, paths) => self.chosen(purpose, paths),
            Wish::Save => {
                self.front.leaving_after_save = None;
                self.save();
            }
            Wish::SaveAndLeave(leaving) => {
                self.front.card = Card::None;
                self.front.leaving_after_save = Some(leaving);
                self.save();
            }
            Wish::Show(kind) => self.front.card = Card::of(kind),
            Wish::CloseCard => {
                self.end_preview();
                if matches!(self.front.card, Card::Leave(Leaving::Project)) {
                    self.front.project = None;
                }
                self.front.card = Card::None;
            }
            Wish::LookThrough(node) => {
                if let Some(made) = self.jobs.made.get(&node) {
                    self.editor.look_through(&made.camera);
                }
            }
            Wish::NewScene => self.leave(Leaving::NewScene, ctx),
            Wish::NewSceneAnyway => self.start_anew(),
            Wish::ShowProject => self.show_project(ctx),
            Wish::ShowProjectAnyway => self.show_project_anyway(),
            Wish::NewCity => self.new_city(),
            Wish::KeepCityPart => self.keep_city_part(),
            Wish::ToggleHistory => {
                self.settings.history_open ^= true;
                self.settings.data_open = false;
            }
            Wish::ToggleData => {
                self.settings.data_open ^= true;
                self.settings.history_open = false;
            }
            Wish::Travel(steps) => self.travel(steps),
            Wish::Recover => self.recover(),
            Wish::CancelJob(id) => self.cancel_job(id),
            Wish::StopLooking => self.stop_looking(),
            Wish::Dismiss(id) => self.front.notices.dismiss(id),
            Wish::ForgetRecent(path) => self.settings.recent.retain(|r| r.path != path),
            Wish::Reveal(path) => reveal(&path),
            Wish::Quit => self.leave(Leaving::Quit, ctx),
            Wish::QuitAnyway => self.quit(ctx),
        }
    }

    /// Files of the command line: splats are opened, a picture is turned into 3D without asking.
    fn open_first_files(&mut self) {
        for path in std::mem::take(&mut self.front.first_files) {
            self.front.state.welcome_done = true;
            if crate::choose::is_picture(&path) {
                self.generate(path, GenerateOptions::default(), None);
            } else {
                self.open(vec![path]);
            }
        }
    }

    fn create_from_card(&mut self) {
        let Card::Drop(card) = std::mem::take(&mut self.front.card) else {
            return;
        };
        let options = GenerateOptions {
            focal_px: card.focal_px,
            refine_rounds: card.refine_rounds,
        };
        self.generate(card.path.clone(), options, Some(card.package_title()));
    }

    fn generate(&mut self, path: PathBuf, options: GenerateOptions, package: Option<String>) {
        let package_dir = match assets::find(assets::PORTRAIT_PACKAGE) {
            Ok(folder) => folder,
            Err(missing) => {
                let title = text::cannot_create(&recent::file_name(&path));
                self.front
                    .notices
                    .show(Tone::Error, title, missing.to_string());
                return;
            }
        };
        self.front.pictures.want([path.clone()]);
        let request = GenerateRequest {
            package_dir,
            image: path.clone(),
            options,
        };
        match self.jobs.worker().submit(request) {
            Ok(work) => {
                let subject = recent::file_name(&path);
                let task = Task::Generate(Box::new(Generating {
                    work,
                    node: None,
                    path,
                    package: package.unwrap_or_else(|| text::PORTRAIT_PACKAGE.to_owned()),
                }));
                self.jobs.add(text::PORTRAIT_TO_HEAD, subject, task);
            }
            Err(error) => {
                let title = text::cannot_create(&recent::file_name(&path));
                let detail = crate::notify::sentence(&error.to_string());
                self.front.notices.show(Tone::Error, title, detail);
            }
        }
    }

    /// The light tool turns a light that nothing feels into one that does: layers with normals are
    /// lit, and a light is added where there is none.
    fn light_up(&mut self) {
        self.front
            .notices
            .dismiss_offers(|wish| matches!(wish, Wish::LightUp));
        let scene = self.editor.scene();
        if scene.layers().any(|(_, _, layer)| layer.lit) {
            return;
        }
        let layers = inspector::unlit_layers(scene);
        if layers.is_empty() {
            return;
        }
        let has_light = scene
            .nodes()
            .any(|(_, node)| matches!(node.payload, scene::Payload::Light(_)));
        let selected = self.editor.selected_node();
        if !has_light {
            self.run(Command::AddLight);
            self.run(Command::SelectNode(selected));
        }
        let mut wishes = Wishes::default();
        inspector::light_layers(&layers, &mut wishes);
        for wish in wishes.take() {
            if let Wish::Run(command) = wish {
                self.run(command);
            }
        }
    }

    pub(super) fn leave(&mut self, leaving: Leaving, ctx: &Context) {
        if self.document.is_unsaved(&self.editor) || self.jobs.is_busy() {
            self.front.card = Card::Leave(leaving);
            return;
        }
        match leaving {
            Leaving::Quit => self.quit(ctx),
            Leaving::NewScene => self.start_anew(),
            Leaving::Project => self.show_project_anyway(),
        }
    }

    fn quit(&mut self, ctx: &Context) {
        self.front.leaving = true;
        self.save_settings();
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    pub(super) fn start_anew(&mut self) {
        // Dropping the jobs cancels them.
        drop(self.jobs.take());
        self.jobs.made.clear();
        // What was copied here can be pasted there.
        let clipboard = self.editor.take_clipboard();
        self.editor = Editor::with_settings(self.settings.editor);
        self.editor.set_clipboard(clipboard);
        self.document = Document::default();
        let revision = self.editor.history().revision();
        self.document.saved(None, revision);
        self.front.card = Card::None;
        self.front.counts = crate::counts::Counts::default();
        self.front.state.environment_selected = false;
        self.front.state.welcome_done = false;
        self.view.reset();
    }

    fn cancel_job(&mut self, id: u64) {
        let Some(job) = self.jobs.remove(id) else {
            return;
        };
        let node = match &job.task {
            Task::Load(loading) => Some(loading.node),
            Task::Generate(generating) => generating.node,
            Task::Write(_) | Task::OpenProject(_) | Task::Map(_) => None,
        };
        if let Some(node) = node {
            let outcome = self.editor.cancel_incoming(node);
            self.digest(outcome);
        }
        let line = text::cancelled(&job.title, &job.subject);
        self.front.notices.show(Tone::Info, line, "");
    }

    fn travel(&mut self, steps: usize) {
        let distance = self.editor.history().applied().abs_diff(steps);
        for _ in 0..distance {
            let back = self.editor.history().applied() > steps;
            self.run(if back { Command::Undo } else { Command::Redo });
        }
    }

    /// Turns the view to the front before the first splats of a face arrive.
    pub(super) fn face_front(&mut self) {
        self.run(Command::AxisView(AxisView::Front));
        self.run(Command::FrameAll);
    }

    /// Shows the scene as it is.
    pub(super) fn end_preview(&mut self) {
        if self.editor.has_preview() || self.editor.shows_simplified() {
            self.run(Command::Edit(EditCommand::EndPreview));
        }
    }

    /// Hears the file dialog and the open card.
    pub(super) fn poll_cards(&mut self, ctx: &Context) {
        if let Some((purpose, answer)) = self.front.asked.take() {
            let mut done = None;
            for event in answer.poll() {
                if let Event::Done(result) = event {
                    done = Some(result);
                }
            }
            match done {
                Some(Ok(paths)) if !paths.is_empty() => {
                    self.front.wishes.push(Wish::Chosen(purpose, paths));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => self.front.notices.error(text::DIALOG_FAILED, &error),
                None => self.front.asked = Some((purpose, answer)),
            }
        }
        // The card may have made way for another.
        if self.editor.shows_simplified() && !matches!(self.front.card, Card::Simplify(_)) {
            self.end_preview();
        }
        match &mut self.front.card {
            Card::Drop(card) => {
                if let Some(image) = card.poll() {
                    let path = card.path.clone();
                    self.front.pictures.insert(ctx, &path, &image);
                }
                let (outlined, goes_on) = card.poll_outline(self.jobs.worker(), &self.wake);
                if let Some(image) = outlined {
                    self.front.pictures.insert(ctx, &card.path, &image);
                }
                if goes_on {
                    ctx.request_repaint_after(super::poll::BEAT);
                }
            }
            Card::Simplify(card) => {
                let gpu = self.view.gpu();
                let (outcome, goes_on) = card.poll(&mut self.editor, gpu, &self.wake);
                if goes_on {
                    ctx.request_repaint_after(super::poll::BEAT);
                }
                if let Some(outcome) = outcome {
                    self.digest(outcome);
                }
            }
            Card::Chooser(chooser) => chooser.refresh(),
            _ => {}
        }
    }
}

/// Opens the folder of a file in the desktop's file manager.
fn reveal(path: &Path) {
    let folder = path.parent().unwrap_or(path);
    let (program, argument) = if cfg!(target_os = "windows") {
        ("explorer", folder)
    } else if cfg!(target_os = "macos") {
        ("open", folder)
    } else {
        ("xdg-open", folder)
    };
    let mut command = std::process::Command::new(program);
    command.arg(argument);
    let wait = move || match command.status() {
        Ok(status) if status.success() => {}
        other => log::warn!("the file manager did not open: {other:?}"),
    };
    let thread = std::thread::Builder::new().name(String::from("reveal"));
    if let Err(error) = thread.spawn(wait) {
        log::warn!("the file manager did not open: {error}");
    }
}
