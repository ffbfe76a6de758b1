//! Messages at the lower right of the picture.

use egui::{Align2, Area, Frame, Id, Margin, Order, Rect, Ui, vec2};

use crate::cx::{Cx, Wish, Wishes};
use crate::notify::{Notice, Tone};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, IconButton};
use crate::{icons, text};

/// Width of a message, points.
const WIDTH: f32 = 360.0;
/// Longer details are cut after so many lines.
const MOST_ROWS: usize = 5;

/// Shows the messages over `viewport`.
pub fn show(ui: &Ui, viewport: Rect, cx: &Cx<'_>, wishes: &mut Wishes) {
    let width = WIDTH.min(viewport.width() - 32.0);
    if cx.notices.shown().is_empty() || width < 120.0 {
        return;
    }
    Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .pivot(Align2::RIGHT_BOTTOM)
        .fixed_pos(viewport.right_bottom() - vec2(12.0, 12.0))
        .constrain(false)
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = GAP * 2.0;
            for notice in cx.notices.shown() {
                notice_ui(ui, notice, width, wishes);
            }
        });
}

fn notice_ui(ui: &mut Ui, notice: &Notice, width: f32, wishes: &mut Wishes) {
    let t = tokens(ui);
    let (icon, color) = match notice.tone {
        Tone::Info | Tone::Question => (icons::INFO, t.sky),
        Tone::Success => (icons::CHECK_CIRCLE, t.success),
        Tone::Error => (icons::WARNING_CIRCLE, t.danger_text),
    };
    let frame = Frame {
        inner_margin: Margin {
            left: 12,
            right: 6,
            top: 8,
            bottom: 10,
        },
        ..widgets::card_frame(t)
    };
    frame.show(ui, |ui| {
        ui.set_width(width - 18.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            ui.vertical(|ui| {
                ui.add_space(4.0);
                widgets::icon_label(ui, icon, 18.0, color);
            });
            let copies = notice.tone == Tone::Error && !notice.detail.is_empty();
            let icons = if copies { 2.0 } else { 1.0 };
            let text_width = ui.available_width() - icons * theme::FIELD - 8.0;
            ui.vertical(|ui| {
                ui.set_width(text_width);
                ui.add_space(4.0);
                ui.add(egui::Label::new(theme::strong(&notice.title)).wrap());
                detail_ui(ui, notice);
                offer_ui(ui, notice, wishes);
            });
            ui.spacing_mut().item_spacing.x = 0.0;
            if copies {
                let copy = IconButton::new(icons::COPY, text::COPY_MESSAGE);
                if copy.show(ui).clicked() {
                    ui.ctx()
                        .copy_text(format!("{}. {}", notice.title, notice.detail));
                }
            }
            let close = IconButton::new(icons::CLOSE, text::DISMISS);
            if close.show(ui).clicked() {
                wishes.push(Wish::Dismiss(notice.id));
            }
        });
    });
}

/// The detail in a few lines; all of it is in the tooltip, and can be copied.
fn detail_ui(ui: &mut Ui, notice: &Notice) {
    if notice.detail.is_empty() {
        return;
    }
    let t = tokens(ui);
    let mut job = egui::text::LayoutJob::simple(
        notice.detail.clone(),
        theme::body_font(),
        t.text_secondary,
        ui.available_width(),
    );
    job.wrap.max_rows = MOST_ROWS;
    let response = ui.add(egui::Label::new(job));
    if notice.tone == Tone::Error {
        response.on_hover_text(&notice.detail);
    }
}

fn offer_ui(ui: &mut Ui, notice: &Notice, wishes: &mut Wishes) {
    let Some(offer) = &notice.offer else {
        return;
    };
    ui.add_space(GAP);
    if widgets::secondary_button(ui, &offer.label, Ok(())).clicked() {
        wishes.push(offer.wish.clone());
        wishes.push(Wish::Dismiss(notice.id));
    }
}
