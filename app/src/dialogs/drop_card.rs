//! The card after a picture was dropped: the picture, the package that will run, its licence, *Create*.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use egui::{Align2, Rect, Sense, Ui, vec2};
use inference::package::manifest::Commercial;
use inference::{ImageSource, Package, Worker};

use super::outline::Outlining;
use crate::assets;
use crate::background::{Background, Wake};
use crate::cx::{Cx, Wish, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::{icons, recent, text, widgets};

/// Longest side of the preview, pixels.
const PREVIEW_SIDE: u32 = 640;

/// What a package says about itself, ready to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageFacts {
    /// Name for people.
    pub title: String,
    /// What it makes.
    pub summary: String,
    /// Licence of the weights, SPDX.
    pub license: String,
    /// Whether results may be sold.
    pub commercial: Commercial,
    /// Whom to thank.
    pub attribution: Vec<String>,
    /// Where it fails, in words.
    pub failures: Vec<String>,
}

/// What was learned about the picture and the package.
#[derive(Debug)]
pub struct Preview {
    image: image::RgbaImage,
    size: [usize; 2],
    notes: Vec<String>,
    package: Result<PackageFacts, String>,
}

enum Stage {
    Reading(Background<(), Preview>),
    Ready(Box<Preview>),
    Failed(String),
}

/// The card while it is open.
pub struct DropCard {
    /// The picture.
    pub path: PathBuf,
    /// Rounds of color refinement; none: the package's own number.
    pub refine_rounds: Option<u32>,
    /// Focal length of the photograph, pixels; none: as the file says.
    pub focal_px: Option<f32>,
    stage: Stage,
    outlining: Outlining,
    advanced: bool,
}

impl DropCard {
    /// Opens the card; the picture and the package are read on a thread.
    pub fn new(path: PathBuf, wake: Wake) -> Self {
        let picture = path.clone();
        let work = move |_: &mut dyn scene::Sink<()>| preview(&picture);
        Self {
            path,
            refine_rounds: None,
            focal_px: None,
            stage: Stage::Reading(Background::start("preview", wake, work)),
            outlining: Outlining::default(),
            advanced: false,
        }
    }

    /// Goes on looking for the person in the picture; the picture with the outline, once, and whether
    /// there is more to come. Called outside of `ui`.
    pub fn poll_outline(
        &mut self,
        worker: &Worker,
        wake: &Wake,
    ) -> (Option<image::RgbaImage>, bool) {
        let Stage::Ready(preview) = &self.stage else {
            return (None, false);
        };
        if preview.package.is_err() {
            return (None, false);
        }
        let picture = self
            .outlining
            .poll(worker, &self.path, &preview.image, wake);
        (picture, self.outlining.goes_on())
    }

    /// Takes over what was read; the image to show, once. Called outside of `ui`.
    pub fn poll(&mut self) -> Option<image::RgbaImage> {
        let Stage::Reading(work) = &self.stage else {
            return None;
        };
        let result = work.result()?;
        match result {
            Ok(preview) => {
                let image = preview.image.clone();
                self.stage = Stage::Ready(Box::new(preview));
                Some(image)
            }
            Err(error) => {
                self.stage = Stage::Failed(crate::notify::sentence(&format!("{error:#}")));
                None
            }
        }
    }

    /// Whether all that the card shows is there.
    pub fn is_known(&self) -> bool {
        !matches!(self.stage, Stage::Reading(_)) && !self.outlining.goes_on()
    }

    /// Name of the package, for the job and the layer.
    pub fn package_title(&self) -> String {
        match &self.stage {
            Stage::Ready(preview) => match &preview.package {
                Ok(facts) => facts.title.clone(),
                Err(_) => text::PORTRAIT_PACKAGE.to_owned(),
            },
            _ => text::PORTRAIT_PACKAGE.to_owned(),
        }
    }

    /// The card's content.
    pub fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
        ui.set_width(380.0);
        ui.horizontal(|ui| {
            ui.label(theme::heading(text::PORTRAIT_TO_HEAD));
            widgets::right_to_left(ui, |ui| {
                let close = widgets::IconButton::new(icons::CLOSE, text::CLOSE);
                if close.show(ui).clicked() {
                    wishes.push(Wish::CloseCard);
                }
            });
        });
        ui.add_space(GAP);
        self.picture_ui(ui, cx);
        ui.add_space(GAP * 2.0);
        match &self.stage {
            Stage::Reading(_) => {
                ui.label(theme::small(text::READING_PICTURE).color(tokens(ui).text_secondary));
            }
            Stage::Failed(why) => {
                ui.colored_label(tokens(ui).danger_text, why);
            }
            Stage::Ready(preview) => {
                package_ui(ui, preview);
                self.outlining.show(ui);
            }
        }
        if matches!(self.stage, Stage::Ready(_)) {
            ui.add_space(GAP);
            self.advanced_ui(ui);
        }
        ui.add_space(GAP * 3.0);
        self.buttons_ui(ui, wishes);
    }

    fn picture_ui(&self, ui: &mut Ui, cx: &Cx<'_>) {
        let t = tokens(ui);
        let width = ui.available_width();
        let texture = cx.pictures.get(&self.path);
        let aspect = texture.map_or(1.25, egui::TextureHandle::aspect_ratio);
        let height = (width / aspect).clamp(120.0, 280.0);
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        ui.painter().rect_filled(rect, theme::RADIUS, t.background);
        if let Some(texture) = texture {
            let fitted = fit(texture.size_vec2(), rect);
            egui::Image::new(texture)
                .corner_radius(theme::RADIUS)
                .paint_at(ui, fitted);
        } else {
            widgets::paint_icon(ui, rect.center(), icons::IMAGE, 32.0, t.text_faint);
        }
        // The file's name lies on the picture, on a strip that keeps it readable.
        let strip = Rect::from_min_max(
            egui::pos2(rect.left(), rect.bottom() - 24.0),
            rect.right_bottom(),
        );
        let low = egui::CornerRadius {
            nw: 0,
            ne: 0,
            sw: theme::RADIUS,
            se: theme::RADIUS,
        };
        ui.painter().rect_filled(strip, low, theme::overlay::SHADE);
        let mut label = recent::file_name(&self.path);
        if let Stage::Ready(preview) = &self.stage {
            label = text::picture_size(&label, preview.size);
        }
        ui.painter().with_clip_rect(strip).text(
            strip.left_center() + vec2(8.0, 0.0),
            Align2::LEFT_CENTER,
            label,
            theme::small_font(),
            theme::overlay::WHITE,
        );
    }

    fn advanced_ui(&mut self, ui: &mut Ui) {
        let caret = if self.advanced {
            icons::CARET_DOWN
        } else {
            icons::CARET_RIGHT
        };
        let t = tokens(ui);
        let label = egui::RichText::new(format!("{caret}  {}", text::ADVANCED));
        let button = egui::Button::new(label.color(t.text_secondary)).frame(false);
        if ui.add(button).clicked() {
            self.advanced = !self.advanced;
        }
        if !self.advanced {
            return;
        }
        ui.add_space(GAP);
        let rounds = widgets::NumberSpec {
            range: 0.0..=20.0,
            speed: 0.05,
            decimals: 0,
            default: f64::from(text::DEFAULT_ROUNDS),
            ..widgets::NumberSpec::unit_interval(text::REFINE_ROUNDS)
        };
        widgets::form_row(ui, text::REFINE_ROUNDS, |ui| {
            let shown = f64::from(self.refine_rounds.unwrap_or(text::DEFAULT_ROUNDS));
            if let (Some(value), _) = widgets::number(ui, shown, &rounds, 80.0) {
                self.refine_rounds = Some(value.round() as u32);
            }
        });
        widgets::form_row(ui, text::FOCAL_LENGTH, |ui| {
            let mut known = self.focal_px.is_some();
            if widgets::switch(ui, known, text::FOCAL_KNOWN, Ok(())) {
                known = !known;
                self.focal_px = known.then_some(1500.0);
            }
            if let Some(focal) = self.focal_px {
                let spec = widgets::NumberSpec {
                    suffix: " px",
                    range: 50.0..=100_000.0,
                    speed: 5.0,
                    decimals: 0,
                    default: 1500.0,
                    ..widgets::NumberSpec::unit_interval(text::FOCAL_LENGTH)
                };
                if let (Some(value), _) = widgets::number(ui, f64::from(focal), &spec, 90.0) {
                    self.focal_px = Some(value as f32);
                }
            } else {
                ui.label(theme::small(text::FOCAL_FROM_FILE).color(t.text_secondary));
            }
        });
    }

    fn buttons_ui(&self, ui: &mut Ui, wishes: &mut Wishes) {
        let enabled = match &self.stage {
            Stage::Reading(_) => Err(text::READING_PICTURE),
            Stage::Failed(_) => Err(text::PICTURE_UNUSABLE),
            Stage::Ready(preview) => match &preview.package {
                Ok(_) => self.outlining.usable(),
                Err(why) => Err(why.as_str()),
            },
        };
        ui.horizontal(|ui| {
            widgets::right_to_left(ui, |ui| {
                if widgets::primary_button(ui, text::CREATE, enabled).clicked()
                    || (enabled.is_ok() && ui.input(|i| i.key_pressed(egui::Key::Enter)))
                {
                    wishes.push(Wish::CreateFromCard);
                }
                if widgets::secondary_button(ui, text::CANCEL, Ok(())).clicked() {
                    wishes.push(Wish::CloseCard);
                }
            });
        });
    }
}

fn package_ui(ui: &mut Ui, preview: &Preview) {
    let t = tokens(ui);
    match &preview.package {
        Ok(facts) => {
            ui.horizontal(|ui| {
                widgets::icon_label(ui, icons::PERSON, 18.0, t.accent_text);
                ui.label(theme::strong(&facts.title));
                widgets::right_to_left(ui, |ui| {
                    let word = text::license_word(facts.commercial);
                    let hover = format!("{}\n{}", facts.license, facts.attribution.join("\n"));
                    ui.label(theme::small(word).color(t.text_secondary))
                        .on_hover_text(hover);
                    widgets::icon_label(ui, icons::SHIELD, 16.0, t.text_secondary);
                });
            });
            if !facts.summary.is_empty() {
                ui.label(theme::small(&facts.summary).color(t.text_secondary));
            }
        }
        Err(why) => {
            ui.horizontal_top(|ui| {
                widgets::icon_label(ui, icons::WARNING, 16.0, t.danger_text);
                ui.add(egui::Label::new(theme::small(why).color(t.danger_text)).wrap());
            });
        }
    }
    for note in &preview.notes {
        ui.horizontal_top(|ui| {
            widgets::icon_label(ui, icons::INFO, 16.0, t.text_secondary);
            ui.add(egui::Label::new(theme::small(note).color(t.text_secondary)).wrap());
        });
    }
}

fn fit(size: egui::Vec2, into: Rect) -> Rect {
    let scale = (into.width() / size.x.max(1.0)).min(into.height() / size.y.max(1.0));
    Rect::from_center_size(into.center(), size * scale)
}

fn preview(path: &Path) -> anyhow::Result<Preview> {
    let source = ImageSource::open(path)?;
    let small = image::DynamicImage::ImageRgba8(source.pixels().clone())
        .thumbnail(PREVIEW_SIDE, PREVIEW_SIDE)
        .to_rgba8();
    Ok(Preview {
        image: small,
        size: [source.width(), source.height()],
        notes: source.notes().to_vec(),
        package: package_facts().map_err(|error| crate::notify::sentence(&format!("{error:#}"))),
    })
}

fn package_facts() -> anyhow::Result<PackageFacts> {
    let folder = assets::find(assets::PORTRAIT_PACKAGE)?;
    let package = Package::open(&folder).context("the package for portraits cannot be used")?;
    let manifest = package.manifest();
    Ok(PackageFacts {
        title: manifest.title.clone(),
        summary: manifest.summary.clone(),
        license: manifest.license.weights.clone(),
        commercial: manifest.license.commercial,
        attribution: manifest.license.attribution.clone(),
        failures: manifest
            .honesty
            .as_ref()
            .map(|honesty| honesty.known_failures.clone())
            .unwrap_or_default(),
    })
}
