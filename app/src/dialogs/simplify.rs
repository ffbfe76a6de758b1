//! Simplification: how many splats shall be left, the scene as it would be, and how alike it stays.

use std::sync::Arc;

use editor::{Command, EditCommand, Editor, Outcome, ToSimplify};
use egui::{Label, Ui};
use renderer::Gpu;
use scene::{Edit, NodeId, Progress, SplatLayer, simplify::Method};

use super::export_cards::title_ui;
use crate::background::{Background, Event, Wake};
use crate::cx::{Cx, Wish, Wishes};
use crate::likeness::{self, Likeness, VIEWS, Views};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec, grouped};
use crate::{icons, text};

type Layers = Vec<(NodeId, SplatLayer)>;
/// The slider's lowest percentage.
const LEAST: f64 = 1.0;

/// In what the target is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Unit {
    #[default]
    Percent,
    Splats,
    Megabytes,
}

enum Part {
    Layers(Layers),
    /// After so many views.
    Likeness(usize, Likeness),
}

/// Simpler layers.
struct Simpler {
    layers: Layers,
    likeness: Likeness,
    views: usize,
}

/// The card.
pub struct Simplify {
    unit: Unit,
    /// Of the splats, 0..=1.
    share: f64,
    /// What it is about, and in which state of the scene.
    source: Option<(u64, Arc<ToSimplify>)>,
    /// Pictures of that state.
    views: Option<Arc<Views>>,
    /// What is or was worked out, splats.
    target: Option<usize>,
    settled: bool,
    work: Option<Background<Part, Arc<Views>>>,
    progress: Option<Progress>,
    simpler: Option<Simpler>,
    problem: Option<String>,
    /// Whether the artist wants to see the scene as it was.
    shows_original: bool,
}

impl Default for Simplify {
    fn default() -> Self {
        Self {
            unit: Unit::default(),
            share: 0.5,
            source: None,
            views: None,
            target: None,
            settled: true,
            work: None,
            progress: None,
            simpler: None,
            problem: None,
            shows_original: false,
        }
    }
}

impl Simplify {
    /// Hears the work and starts what is wanted; what came of it, and whether it goes on.
    pub fn poll(
        &mut self,
        editor: &mut Editor,
        gpu: Option<Gpu>,
        wake: &Wake,
    ) -> (Option<Outcome>, bool) {
        let revision = editor.history().revision();
        if self
            .source
            .as_ref()
            .is_none_or(|source| source.0 != revision)
        {
            *self = Self {
                unit: self.unit,
                share: self.share,
                source: Some((revision, Arc::new(editor.to_simplify()))),
                ..Self::default()
            };
        }
        let mut outcome = self.hear(editor);
        let shows = editor.shows_simplified();
        if let Some(simpler) = self
            .simpler
            .as_ref()
            .filter(|_| self.shows_original == shows)
        {
            outcome = Some(if shows {
                editor.run(Command::Edit(EditCommand::EndPreview))
            } else {
                editor.show_simplified(simpler.layers.clone())
            });
        }
        let wanted = self.source.as_ref().map(|(_, to)| self.splats_left(to));
        if self.settled && wanted != self.target {
            self.target = wanted;
            self.start(editor, gpu, wake);
        }
        (outcome, self.work.is_some())
    }

    fn hear(&mut self, editor: &mut Editor) -> Option<Outcome> {
        let mut outcome = None;
        let events: Vec<_> = self.work.iter().flat_map(Background::poll).collect();
        for event in events {
            match event {
                Event::Progress(progress) => self.progress = Some(progress),
                Event::Part(Part::Layers(layers)) => {
                    if !self.shows_original {
                        outcome = Some(editor.show_simplified(layers.clone()));
                    }
                    self.simpler = Some(Simpler {
                        layers,
                        likeness: Likeness::default(),
                        views: 0,
                    });
                }
                Event::Part(Part::Likeness(views, likeness)) => {
                    if let Some(simpler) = &mut self.simpler {
                        (simpler.views, simpler.likeness) = (views, likeness);
                    }
                }
                Event::Done(result) => {
                    self.work = None;
                    self.progress = None;
                    match result {
                        Ok(views) => self.views = Some(views),
                        Err(error) => self.problem = Some(format!("{error:#}")),
                    }
                }
            }
        }
        outcome
    }

    fn start(&mut self, editor: &Editor, gpu: Option<Gpu>, wake: &Wake) {
        let (Some((_, to)), Some(target)) = (&self.source, self.target) else {
            return;
        };
        self.problem = None;
        let (to, views) = (Arc::clone(to), self.views.clone());
        let mut scene = editor.scene().clone();
        if let Some(simpler) = self.simpler.take() {
            // The scene that is shown may be the simpler one.
            drop(simpler);
            to.restore(&mut scene);
        }
        self.work = Some(Background::start("simplify", wake.clone(), move |sink| {
            let mut report = |progress| sink.progress(progress);
            let layers = to.simplified(target, Method::Merge, &mut report)?;
            sink.push(Part::Layers(layers.clone()))?;
            sink.progress(Progress::new(text::COMPARING, 0, VIEWS as u64))?;
            let mut render = likeness::open_renderer(gpu);
            let views = match views {
                Some(views) => views,
                None => {
                    render.sync(&scene, &crate::view::everything(&scene));
                    Arc::new(Views::of(&scene, render.as_mut())?)
                }
            };
            for (id, layer) in layers {
                Edit::replace_layer(id, layer).apply(&mut scene)?;
            }
            render.sync(&scene, &crate::view::everything(&scene));
            let mut likeness = Likeness::default();
            for view in 0..VIEWS {
                views.compare(view, render.as_mut(), &mut likeness)?;
                sink.push(Part::Likeness(view + 1, likeness))?;
                sink.progress(Progress::new(
                    text::COMPARING,
                    view as u64 + 1,
                    VIEWS as u64,
                ))?;
            }
            Ok(views)
        }));
    }

    fn splats_left(&self, to: &ToSimplify) -> usize {
        let left = (to.splats() as f64 * self.share).round() as usize;
        left.clamp(1, to.splats().max(1))
    }

    /// The card.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.set_width(340.0);
        title_ui(ui, icons::FUNNEL, text::SIMPLIFY, wishes);
        let Some((_, to)) = self.source.clone() else {
            return;
        };
        let t = tokens(ui);
        let note = if to.only_selected() {
            text::SIMPLIFY_SELECTED
        } else {
            text::SIMPLIFY_HELP
        };
        ui.add(Label::new(theme::small(note).color(t.text_secondary)).wrap());
        ui.add_space(GAP);
        self.target_ui(ui, &to);
        ui.add_space(GAP * 2.0);
        self.result_ui(ui);
        ui.add_space(GAP * 2.0);
        self.footer_ui(ui, cx, wishes);
    }

    fn target_ui(&mut self, ui: &mut Ui, to: &ToSimplify) {
        let units = [
            (Unit::Percent, text::UNIT_PERCENT),
            (Unit::Splats, text::UNIT_SPLATS),
            (Unit::Megabytes, text::UNIT_MEGABYTES),
        ];
        let pressed = widgets::form_row(ui, text::SIMPLIFY_BY, |ui| {
            widgets::segmented(ui, self.unit, &units)
        });
        self.unit = pressed.unwrap_or(self.unit);
        let all = to.splats() as f64;
        let (whole, suffix, decimals) = match self.unit {
            Unit::Percent => (100.0, " %", 0),
            Unit::Splats => (all, "", 0),
            Unit::Megabytes => (all * to.bytes_a_splat() / 1e6, " MB", 2),
        };
        let spec = NumberSpec {
            suffix,
            range: 0.0..=whole,
            speed: whole / 300.0,
            decimals,
            default: 0.5 * whole,
            ..NumberSpec::unit_interval(text::SIMPLIFY_LEFT)
        };
        self.settled = widgets::form_row(ui, text::SIMPLIFY_LEFT, |ui| {
            let shown = whole * LEAST / 100.0..=whole;
            let (new, response) = widgets::slider(ui, self.share * whole, &spec, shown);
            if let Some(new) = new {
                self.share = (new / whole.max(1e-9)).clamp(0.0, 1.0);
            }
            !response.dragged()
        });
        let (left, bytes) = (self.splats_left(to), to.bytes_a_splat());
        let counts = text::from_to(&grouped(to.splats()), &grouped(left));
        widgets::value_row(ui, text::UNIT_SPLATS, &counts);
        let size = |splats: usize| format!("{:.1} MB", splats as f64 * bytes / 1e6);
        let sizes = text::from_to(&size(to.splats()), &size(left));
        widgets::value_row(ui, text::SIMPLIFY_SIZE, &sizes);
    }

    fn result_ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let psnr = self.simpler.as_ref().and_then(|s| s.likeness.psnr());
        let views = self.simpler.as_ref().map_or(0, |s| s.views);
        let said = match psnr {
            Some(psnr) if psnr.is_finite() => text::likeness(psnr, views, VIEWS),
            Some(_) => text::LIKE_THE_ORIGINAL.to_owned(),
            None => String::from("–"),
        };
        widgets::form_row(ui, text::SIMPLIFY_LIKENESS, |ui| {
            let label = ui.add(Label::new(theme::strong(said)).truncate());
            label.on_hover_text(text::SIMPLIFY_LIKENESS_HELP);
        });
        if let Some(problem) = &self.problem {
            let problem = theme::small(problem.clone()).color(t.danger_text);
            ui.add(Label::new(problem).wrap());
        }
        ui.horizontal(|ui| {
            ui.set_min_height(24.0);
            let Some(progress) = self.progress.as_ref().filter(|_| self.work.is_some()) else {
                return;
            };
            ui.add(Label::new(
                theme::small(progress.stage.clone()).color(t.text_secondary),
            ));
            let width = (ui.available_width() - 80.0).max(40.0);
            widgets::progress_bar(ui, progress.fraction(), width);
            if ui.button(text::CANCEL).clicked() {
                // The target stays, so that nothing starts again by itself.
                self.work = None;
            }
        });
    }

    fn footer_ui(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.horizontal(|ui| {
            let command = Command::Edit(EditCommand::AcceptSimplified);
            let enabled = cx.editor.enabled(&command);
            if widgets::primary_button(ui, text::KEEP_SIMPLIFIED, enabled).clicked() {
                wishes.run(command);
                wishes.push(Wish::CloseCard);
            }
            let name = if self.shows_original {
                text::SHOW_SIMPLIFIED
            } else {
                text::SHOW_ORIGINAL
            };
            let any = self.simpler.is_some();
            let enabled = any.then_some(()).ok_or(text::NOTHING_SIMPLER);
            if widgets::secondary_button(ui, name, enabled).clicked() {
                self.shows_original = !self.shows_original;
            }
        });
    }
}
