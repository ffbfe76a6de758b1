//! The first minute: three ways in, and what was open lately, over a real scene.

use egui::accesskit::Role;
use egui::{
    Align2, Area, CornerRadius, Frame, Id, Margin, Order, Rect, Response, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::jobs::cover;
use crate::choose::Purpose;
use crate::cx::{Cx, Wish, Wishes};
use crate::recent::Recent;
use crate::theme::{self, GAP, tokens};
use crate::widgets;
use crate::{icons, recent, text};

/// Width of the card, points.
const WIDTH: f32 = 624.0;
/// Recent files in the row.
const SHOWN_RECENT: usize = 4;

/// Shows the card over `viewport` and returns its place: below the welcome scene where there is one, else in the middle.
pub fn show(
    ui: &Ui,
    viewport: Rect,
    cx: &Cx<'_>,
    list: &[Recent],
    over_scene: bool,
    wishes: &mut Wishes,
) -> Rect {
    let width = WIDTH.min(viewport.width() - 48.0);
    let (pivot, at) = if over_scene {
        let bottom = viewport.bottom() - 32.0;
        (Align2::CENTER_BOTTOM, pos2(viewport.center().x, bottom))
    } else {
        (Align2::CENTER_CENTER, viewport.center())
    };
    Area::new(Id::unique("welcome"))
        .order(Order::Middle)
        .pivot(pivot)
        .fixed_pos(at)
        .constrain(false)
        .show(ui.ctx(), |ui| {
            let t = tokens(ui);
            let frame = Frame {
                inner_margin: Margin::same(20),
                corner_radius: CornerRadius::same(12),
                ..widgets::card_frame(t)
            };
            frame.show(ui, |ui| {
                ui.set_width(width - 40.0);
                card_ui(ui, cx, list, wishes);
            });
        })
        .response
        .rect
}

fn card_ui(ui: &mut Ui, cx: &Cx<'_>, list: &[Recent], wishes: &mut Wishes) {
    let t = tokens(ui);
    ui.label(theme::heading(text::WELCOME_TITLE));
    ui.label(egui::RichText::new(text::WELCOME_LINE).color(t.text_secondary));
    ui.add_space(GAP * 3.0);
    tiles_ui(ui, cx, wishes);
    if !list.is_empty() {
        ui.add_space(GAP * 4.0);
        ui.label(theme::strong(text::RECENT));
        ui.add_space(GAP);
        recent_ui(ui, cx, list, wishes);
    }
}

fn tiles_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP * 3.0;
        let width = (ui.available_width() - GAP * 6.0) / 3.0;
        let picture = Tile {
            icon: icons::IMAGE,
            title: text::TILE_PICTURE,
            line: text::TILE_PICTURE_LINE,
            primary: true,
        };
        if picture.show(ui, width, None).clicked() {
            wishes.push(Wish::Choose(Purpose::OpenPicture));
        }
        let splats = Tile {
            icon: icons::CUBE,
            title: text::TILE_SPLATS,
            line: text::TILE_SPLATS_LINE,
            primary: false,
        };
        if splats.show(ui, width, None).clicked() {
            wishes.push(Wish::Choose(Purpose::Open));
        }
        let sample = Tile {
            icon: icons::SPARKLE,
            title: text::TILE_SAMPLE,
            line: text::TILE_SAMPLE_LINE,
            primary: false,
        };
        let first = cx.pictures.samples.first();
        let texture = first.and_then(|path| cx.pictures.get_small(path));
        let response = sample.show(ui, width, texture);
        match first {
            Some(path) if response.clicked() => wishes.push(Wish::Generate(path.clone())),
            None => drop(response.on_hover_text(text::NO_SAMPLES)),
            Some(_) => {}
        }
    });
}

struct Tile<'a> {
    icon: &'a str,
    title: &'a str,
    line: &'a str,
    primary: bool,
}

impl Tile<'_> {
    fn show(&self, ui: &mut Ui, width: f32, picture: Option<&egui::TextureHandle>) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(width, 132.0), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, self.title));
        let t = tokens(ui);
        let fill = if response.hovered() {
            t.hover
        } else {
            t.raised
        };
        let edge = if response.has_focus() {
            t.accent
        } else if response.hovered() {
            t.outline
        } else {
            t.hairline
        };
        ui.painter().rect(
            rect,
            theme::RADIUS,
            fill,
            Stroke::new(1.0, edge),
            StrokeKind::Inside,
        );
        let top = Rect::from_min_size(rect.min + vec2(14.0, 14.0), vec2(44.0, 44.0));
        match picture {
            Some(texture) => cover(ui, texture, top),
            None => {
                let (disc, ink) = if self.primary {
                    (t.accent, t.on_accent)
                } else {
                    (t.pressed, t.text)
                };
                ui.painter().rect_filled(top, 10.0, disc);
                widgets::paint_icon(ui, top.center(), self.icon, 24.0, ink);
            }
        }
        let text_width = width - 28.0;
        let title = ui.painter().layout(
            self.title.to_owned(),
            theme::strong_font(),
            t.text,
            text_width,
        );
        let line = ui.painter().layout(
            self.line.to_owned(),
            theme::small_font(),
            t.text_secondary,
            text_width,
        );
        let at = pos2(rect.left() + 14.0, top.bottom() + 10.0);
        let below = title.size().y + 2.0;
        ui.painter().galley(at, title, t.text);
        ui.painter()
            .galley(at + vec2(0.0, below), line, t.text_secondary);
        response
    }
}

fn recent_ui(ui: &mut Ui, cx: &Cx<'_>, list: &[Recent], wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP * 2.0;
        let gaps = GAP * 2.0 * (SHOWN_RECENT as f32 - 1.0);
        let width = (ui.available_width() - gaps) / SHOWN_RECENT as f32;
        for recent in list.iter().take(SHOWN_RECENT) {
            let response = recent_tile(ui, cx, recent, width);
            if response.clicked() {
                wishes.push(Wish::Open(vec![recent.path.clone()]));
            }
            response.context_menu(|ui| {
                if ui.button(text::FORGET_RECENT).clicked() {
                    wishes.push(Wish::ForgetRecent(recent.path.clone()));
                    ui.close();
                }
            });
        }
    });
}

fn recent_tile(ui: &mut Ui, cx: &Cx<'_>, recent: &Recent, width: f32) -> Response {
    let picture_height = 80.0;
    let (rect, response) =
        ui.allocate_exact_size(vec2(width, picture_height + 26.0), Sense::click());
    let name = recent.name();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let t = tokens(ui);
    let picture = Rect::from_min_size(rect.min, vec2(width, picture_height));
    ui.painter()
        .rect_filled(picture, theme::RADIUS, t.background);
    let texture = recent
        .thumbnail_path()
        .and_then(|path| cx.pictures.get(&path))
        .or_else(|| cx.pictures.get(&recent.path));
    match texture {
        Some(texture) => cover(ui, texture, picture),
        None => {
            let icon = if crate::choose::is_picture(&recent.path) {
                icons::IMAGE
            } else {
                icons::CUBE
            };
            widgets::paint_icon(ui, picture.center(), icon, 24.0, t.text_faint);
        }
    }
    let edge = if response.hovered() || response.has_focus() {
        t.accent
    } else {
        t.hairline
    };
    ui.painter().rect_stroke(
        picture,
        theme::RADIUS,
        Stroke::new(1.0, edge),
        StrokeKind::Inside,
    );
    let label = elided(ui, &recent::file_name(&recent.path), width);
    ui.painter().galley(
        pos2(rect.left() + 2.0, picture.bottom() + 6.0),
        label,
        t.text_secondary,
    );
    response.on_hover_text(recent.path.display().to_string())
}

/// One line of small text, with an ellipsis where it is too long.
fn elided(ui: &Ui, label: &str, width: f32) -> std::sync::Arc<egui::Galley> {
    let t = tokens(ui);
    let mut job = egui::text::LayoutJob::simple_singleline(
        label.to_owned(),
        theme::small_font(),
        t.text_secondary,
    );
    job.wrap = egui::text::TextWrapping::truncate_at_width(width - 4.0);
    ui.painter().layout_job(job)
}
