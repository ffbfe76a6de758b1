//! The window: `logic` polls, grants wishes, moves the camera and draws; `ui` only shows.

mod aside;
mod cities;
mod data;
mod exports;
mod files;
mod grant;
pub mod look;
mod picker;
mod poll;
mod project;
mod stage;
mod tell;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use editor::{Command, Editor, Input, Outcome, Request};
use egui::{CentralPanel, Context, Frame, Key, Margin, Panel, Ui, ViewportCommand};

use crate::background::{Background, Wake};
use crate::choose::Purpose;
use crate::cx::{CardKind, Cx, Wish, Wishes};
use crate::dialogs::{Card, leave::Leaving};
use crate::document::Document;
use crate::input::{Pointer, Surface};
use crate::jobs::Jobs;
use crate::notify::Notices;
use crate::panels::{self, State};
use crate::persist::{self, Settings};
use crate::pictures::Pictures;
use crate::probe::Probe;
use crate::text;
use crate::theme::{self, Tokens};
use crate::view::View;
use crate::window::{self, Start};
use picker::ViewPicker;
use stage::Stage;

/// So long the status bar shows what the editor said.
const FLASH: Duration = Duration::from_secs(4);

/// Everything that the window owns.
pub struct App {
    editor: Editor,
    document: Document,
    view: View,
    stage: Stage,
    jobs: Jobs,
    settings: Settings,
    front: Front,
    pointer: Pointer,
    clock: Clock,
    aside: aside::Aside,
    cities: crate::cities::Cities,
    /// The leftover was brought back, and is to be removed once it is put aside anew.
    recovered: bool,
    wake: Wake,
}

/// What is in front of the artist beside the document.
#[derive(Default)]
struct Front {
    state: State,
    card: Card,
    notices: Notices,
    pictures: Pictures,
    wishes: Wishes,
    counts: crate::counts::Counts,
    data: data::Data,
    look: look::Look,
    asked: Option<(Purpose, Background<(), Vec<PathBuf>>)>,
    /// Files to open once the window is there.
    first_files: Vec<PathBuf>,
    /// A recent file that gets a picture with the next frame drawn.
    portray: Option<PathBuf>,
    leaving: bool,
    /// A project that is read and not yet on screen.
    project: Option<Box<project::Arrived>>,
    /// Where to go once the scene is saved.
    leaving_after_save: Option<Leaving>,
    /// What the editor said last, for the status bar, and when.
    flash: Option<(String, Instant)>,
    /// The tool of the last frame, to notice when another is taken.
    tool: editor::ToolKind,
}

/// Times, and what is compared over time.
struct Clock {
    began: Instant,
    frames: u64,
    first_frame_ms: Option<u64>,
    /// Of all frames but the first two.
    longest_frame_ms: u64,
    title: String,
    /// Where tests read what the window is doing.
    probe: Option<Probe>,
    saved_settings: Settings,
    /// Theme, scale and motion as they are applied.
    look: Option<(persist::ThemeChoice, f32, bool)>,
    settings_checked: Instant,
}

impl App {
    /// The window's content; called once by the framework.
    pub fn new(cc: &eframe::CreationContext<'_>, start: Start) -> Self {
        theme::install(&cc.egui_ctx);
        cc.egui_ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            // A second pass would only help layouts that are unsure of their size.
            options.max_passes = std::num::NonZeroUsize::MIN.saturating_add(1);
        });
        let ctx = cc.egui_ctx.clone();
        let wake: Wake = Arc::new(move || ctx.request_repaint());
        let state = cc.wgpu_render_state.clone().filter(|_| !start.software);
        let mut app = Self {
            editor: Editor::with_settings(start.settings.editor),
            document: Document::default(),
            view: View::new(state, Arc::clone(&wake)),
            stage: Stage::new(start.files.is_empty(), &wake),
            jobs: Jobs::default(),
            settings: start.settings.clone(),
            front: Front {
                first_files: start.files,
                ..Front::default()
            },
            pointer: Pointer::default(),
            clock: Clock {
                began: start.began,
                frames: 0,
                first_frame_ms: None,
                longest_frame_ms: 0,
                title: String::new(),
                probe: Probe::from_env(),
                saved_settings: start.settings,
                look: None,
                settings_checked: start.began,
            },
            aside: aside::Aside::default(),
            cities: crate::cities::Cities::new(Arc::clone(&wake)),
            recovered: false,
            wake,
        };
        app.apply_settings(&cc.egui_ctx);
        app
    }

    /// Whether the welcome card is shown.
    fn welcomes(&self) -> bool {
        !self.front.state.welcome_done
            && !self.jobs.is_busy()
            && self.editor.scene().nodes().next().is_none()
    }

    /// Takes over what a command or an input changed.
    fn digest(&mut self, outcome: Outcome) {
        if !outcome.dirty.is_empty() {
            self.view.note(&outcome.dirty);
            let light = |dirty: &scene::Dirty| matches!(dirty, scene::Dirty::Light);
            // While things are moved none comes or goes, though some stand in for others.
            if !outcome.dirty.iter().all(light) && !self.editor.is_transforming() {
                let (scene, dirty) = (self.editor.scene(), &outcome.dirty);
                self.front.counts.update(scene, dirty);
                self.front.data.changes += 1;
            } else {
                self.front.counts.doubt(&outcome.dirty);
            }
        }
        if let Some(message) = outcome.message {
            self.front.flash = Some((message, Instant::now()));
        }
        for request in outcome.requests {
            self.front.wishes.push(match request {
                Request::NewScene => Wish::NewScene,
                Request::OpenDialog => Wish::Choose(Purpose::Open),
                Request::ImportPicture => Wish::Choose(Purpose::OpenPicture),
                Request::Save => Wish::Save,
                Request::SaveDialog => Wish::Choose(Purpose::SaveScene),
                Request::ScreenshotDialog => Wish::Show(CardKind::Screenshot),
                Request::TurntableDialog => Wish::Show(CardKind::Turntable),
                Request::Preferences => Wish::Show(CardKind::Preferences),
                Request::HistoryPanel => Wish::ToggleHistory,
                Request::NewCity => Wish::NewCity,
                Request::KeepCityPart => Wish::KeepCityPart,
                Request::SimplifyDialog => Wish::Show(CardKind::Simplify),
                Request::CleanUpDialog => Wish::Show(CardKind::CleanUp),
                Request::DoctorDialog => Wish::Show(CardKind::Doctor),
                Request::DataPanel => Wish::ToggleData,
                Request::CommandPalette => Wish::Show(CardKind::Palette),
                Request::Quit => Wish::Quit,
            });
        }
    }

    fn run(&mut self, command: Command) {
        // The end of a scrub may come after the change was ended by something else.
        if command == Command::CommitGesture && self.editor.enabled(&command).is_err() {
            return;
        }
        let outcome = self.editor.run(command);
        self.digest(outcome);
    }

    fn take_input(&mut self, ctx: &Context) {
        let Some(rect) = self.view.facts().rect else {
            return;
        };
        let pixels_per_point = ctx.pixels_per_point();
        let size = stage::pixel_size(rect, pixels_per_point);
        self.editor.set_viewport(size, pixels_per_point);
        let surface = Surface {
            rect,
            solid: &self.front.state.solid,
            pixels_per_point,
        };
        let inputs = self.pointer.collect(ctx, &surface);
        let card_open = self.front.card.is_open();
        let welcomes = self.welcomes();
        for input in inputs {
            // Escape closes the card first; over the welcome scene there is nothing to turn or select.
            let for_card = matches!(
                input,
                Input::KeyPressed {
                    key: editor::Key::Escape,
                    ..
                }
            );
            let is_key = matches!(input, Input::KeyPressed { .. } | Input::KeyReleased { .. });
            // An open menu closes first as well.
            let for_menu = for_card && egui::Popup::is_any_open(ctx);
            if for_menu
                || (card_open && for_card)
                || (welcomes && !is_key)
                || (self.is_modal() && is_key)
            {
                continue;
            }
            if let Input::KeyPressed {
                key: editor::Key::Char('C' | 'X'),
                modifiers: editor::Modifiers { ctrl: true, .. },
            } = input
            {
                ctx.copy_text(text::COPIED_MARK.to_owned());
            }
            let mut picker = ViewPicker(&mut self.view);
            let outcome = self.editor.input(&input, &mut picker);
            self.digest(outcome);
        }
        if ctx.input(|i| i.key_pressed(Key::F1)) {
            self.front.wishes.push(Wish::Show(CardKind::Keyboard));
        }
    }

    fn is_modal(&self) -> bool {
        matches!(
            self.front.card,
            Card::Leave(_) | Card::Chooser(_) | Card::Keyboard(_) | Card::About | Card::Palette(_)
        )
    }

    fn take_drops(&mut self, ctx: &Context) {
        let dropped: Vec<PathBuf> = ctx.input(|i| {
            let files = i.raw.dropped_files.iter();
            files.map(|file| file.path().to_owned()).collect()
        });
        if !dropped.is_empty() {
            self.front.wishes.push(Wish::Open(dropped));
        }
        if ctx.input(|i| i.viewport().close_requested()) && !self.front.leaving {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.front.wishes.push(Wish::Quit);
        }
    }

    fn forget_flash(&mut self, ctx: &Context) {
        let Some((_, since)) = &self.front.flash else {
            return;
        };
        match FLASH.checked_sub(since.elapsed()) {
            Some(left) => ctx.request_repaint_after(left),
            None => self.front.flash = None,
        }
    }

    fn move_camera(&mut self, ctx: &Context) {
        let dt = ctx.input(|i| i.stable_dt).min(0.1);
        let outcome = self.editor.tick(dt);
        self.digest(outcome);
        if self.editor.is_animating() {
            ctx.request_repaint();
        }
    }

    fn apply_settings(&mut self, ctx: &Context) {
        self.settings
            .editor
            .take_over_commands(self.editor.settings());
        if *self.editor.settings() != self.settings.editor {
            self.editor.set_settings(self.settings.editor);
        }
        if *self.editor.keymap() != self.settings.keymap {
            self.editor.set_keymap(self.settings.keymap.clone());
        }
        let look = (
            self.settings.theme,
            self.settings.ui_scale,
            self.settings.editor.reduced_motion,
        );
        // While a scale is being picked the card must not move under the pointer.
        if self.clock.look == Some(look) || ctx.input(|i| i.pointer.any_down()) {
            return;
        }
        self.clock.look = Some(look);
        let preference = match self.settings.theme {
            persist::ThemeChoice::Dark => egui::ThemePreference::Dark,
            persist::ThemeChoice::Light => egui::ThemePreference::Light,
            persist::ThemeChoice::System => egui::ThemePreference::System,
        };
        ctx.set_theme(preference);
        ctx.set_zoom_factor(self.settings.ui_scale);
        let animation = if self.settings.editor.reduced_motion {
            0.0
        } else {
            theme::SLIDE_SECS
        };
        ctx.all_styles_mut(|style| style.animation_time = animation);
    }

    fn remember(&mut self, ctx: &Context) {
        let now = Instant::now();
        let pause = Duration::from_secs(2);
        let since = now.duration_since(self.clock.settings_checked);
        if since < pause {
            // Nobody may move the mouse again before the window is killed.
            if self.settings != self.clock.saved_settings {
                ctx.request_repaint_after(pause - since);
            }
            return;
        }
        self.clock.settings_checked = now;
        ctx.input(|i| {
            let viewport = i.viewport();
            let maximized = viewport.maximized.unwrap_or(false);
            self.settings.window.maximized = maximized;
            if let Some(rect) = viewport.inner_rect.filter(|_| !maximized) {
                self.settings.window.size = [rect.width(), rect.height()];
            }
        });
        self.save_settings();
    }

    fn save_settings(&mut self) {
        if self.settings == self.clock.saved_settings {
            return;
        }
        self.clock.saved_settings = self.settings.clone();
        if let Err(error) = self.settings.save(&persist::settings_path()) {
            log::warn!("the settings cannot be saved: {error}");
        }
    }

    fn time_start(&mut self, ctx: &Context) {
        self.clock.frames += 1;
        // The second call means that the first frame is on screen.
        if self.clock.frames != 2 {
            return;
        }
        let ms = self.clock.began.elapsed().as_millis();
        self.clock.first_frame_ms = u64::try_from(ms).ok();
        log::info!("first frame after {ms} ms");
        if let Some(value) = std::env::var_os(window::TIME_START) {
            eprintln!("first frame after {ms} ms");
            if value == "exit" {
                self.front.leaving = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    fn title(&mut self, ctx: &Context) {
        let mut title = format!("{} – {}", self.document.name(), text::APP);
        if self.document.is_unsaved(&self.editor) {
            title.insert_str(0, "● ");
        }
        // Not every desktop tells the title back, and setting it draws a frame.
        if title != self.clock.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.clock.title = title;
        }
    }

    fn frame_guide(&self) -> Option<[u32; 2]> {
        match &self.front.card {
            Card::Screenshot => Some(self.settings.screenshot.size),
            Card::Turntable => Some(self.settings.turntable.size),
            _ => self
                .settings
                .safe_frame
                .then_some(self.settings.screenshot.size),
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        // A frame may be laid out twice; its events are taken once.
        if ctx.current_pass_index() > 0 {
            return;
        }
        let start = Instant::now();
        self.time_start(ctx);
        self.take_drops(ctx);
        self.poll(ctx);
        self.take_input(ctx);
        self.grant(ctx);
        self.look(ctx);
        self.put_aside(ctx);
        self.forget_flash(ctx);
        self.count_data();
        self.apply_settings(ctx);
        self.move_camera(ctx);
        self.follow_cities();
        self.draw(ctx);
        self.remember(ctx);
        self.title(ctx);
        if self.clock.frames > 2 {
            let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.clock.longest_frame_ms = self.clock.longest_frame_ms.max(ms);
        }
        self.tell_probe();
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let welcomes = self.welcomes();
        let guides = panels::viewport::Guides {
            frame: self.frame_guide().filter(|_| !welcomes),
            welcome: welcomes,
        };
        let over_scene = self.stage.has_scene();
        let Self {
            editor,
            document,
            view,
            jobs,
            cities,
            settings,
            front,
            ..
        } = self;
        let Front {
            state,
            card,
            notices,
            pictures,
            wishes,
            counts,
            data,
            look,
            flash,
            ..
        } = front;
        let cx = Cx {
            editor,
            counts,
            jobs,
            cities,
            notices,
            pictures,
            view: view.facts(),
            document,
            histogram: data.histogram.as_ref(),
            reach: data.reach.0,
            looked: &look.looked,
            flash: flash.as_ref().map(|(message, _)| message.as_str()),
        };
        let t = Tokens::of(ui.visuals());
        let bar = Frame::new()
            .fill(t.background)
            .inner_margin(Margin::symmetric(6, 3));
        Panel::top("menu").frame(bar).show(ui, |ui| {
            panels::menu::show(ui, &cx, state, settings, wishes)
        });
        Panel::bottom("status")
            .frame(
                Frame::new()
                    .fill(t.background)
                    .inner_margin(Margin::symmetric(12, 0)),
            )
            .exact_size(panels::status::HEIGHT)
            .show(ui, |ui| panels::status::show(ui, &cx));
        Panel::left("tools")
            .frame(Frame::new().fill(t.background))
            .exact_size(panels::tools::WIDTH)
            .resizable(false)
            .show(ui, |ui| {
                panels::tools::show(ui, &cx, &mut state.tools, wishes)
            });
        side_ui(ui, &cx, state, settings, wishes);
        if settings.history_open && !welcomes {
            Panel::bottom("drawer")
                .frame(
                    Frame::new()
                        .fill(t.panel)
                        .inner_margin(Margin::symmetric(12, 4)),
                )
                .default_size(160.0)
                .size_range(96.0..=400.0)
                .resizable(true)
                .show(ui, |ui| panels::history::show(ui, &cx, wishes));
        }
        if settings.data_open && !welcomes {
            panels::data::drawer(ui, &cx, state, settings, wishes);
        }
        let rect = CentralPanel::no_frame()
            .show(ui, |ui| {
                panels::viewport::show(ui, &cx, state, settings, guides, wishes)
            })
            .inner;
        let dropping = files::hovering(ui.ctx());
        if welcomes && !card.is_open() && dropping.is_none() {
            let card = panels::welcome::show(ui, rect, &cx, &settings.recent, over_scene, wishes);
            state.welcome_card = Some(card);
        }
        if !welcomes {
            panels::tool_options::show(ui, rect, &cx, wishes);
        }
        panels::jobs::show(ui, rect, &cx, wishes);
        panels::notices::show(ui, rect, &cx, wishes);
        card.show(ui, rect, &cx, settings, wishes);
        if let Some(dropping) = dropping {
            panels::viewport::drop_ui(ui, rect, dropping);
        }
        let moved = self.view.facts().rect != Some(rect);
        self.view.place(rect);
        if moved || !self.front.wishes.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    fn on_exit(&mut self) {
        self.save_settings();
        self.aside.close(self.recovered);
    }
}

/// Scene tree above, inspector below.
fn side_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    settings: &mut Settings,
    wishes: &mut Wishes,
) {
    let t = Tokens::of(ui.visuals());
    Panel::right("side")
        .frame(Frame::new().fill(t.panel))
        .default_size(300.0)
        .size_range(240.0..=520.0)
        .show(ui, |ui| {
            // The right margin is inside of the scrolled parts, so that the bar has room there.
            let margin = Margin {
                left: 12,
                right: 2,
                top: 4,
                bottom: 4,
            };
            let height = ui.available_height();
            Panel::top("tree")
                .frame(Frame::new().fill(t.panel).inner_margin(margin))
                .resizable(true)
                .default_size((height * 0.34).max(160.0))
                .size_range(96.0..=(height - 160.0).max(120.0))
                .show(ui, |ui| panels::tree::show(ui, cx, state, wishes));
            CentralPanel::no_frame()
                .frame(Frame::new().fill(t.panel).inner_margin(margin))
                .show(ui, |ui| {
                    panels::inspector::show(ui, cx, state, settings, wishes);
                });
        });
}
