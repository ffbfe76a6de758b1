//! What runs, at the lower left of the picture: what of what, how far, how long still, cancel.

use egui::{Align2, Area, Id, Order, Rect, Ui, vec2};

use crate::cx::{Cx, Wish, Wishes};
use crate::jobs::{Job, Task};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, IconButton};
use crate::{icons, text};

/// Width of a job's card, points.
const WIDTH: f32 = 320.0;

/// Shows the jobs over `viewport`.
pub fn show(ui: &Ui, viewport: Rect, cx: &Cx<'_>, wishes: &mut Wishes) {
    if !cx.jobs.is_busy() {
        return;
    }
    Area::new(Id::unique("jobs"))
        .order(Order::Foreground)
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(viewport.left_bottom() + vec2(12.0, -12.0))
        .constrain(false)
        .show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = GAP * 2.0;
            for job in cx.jobs.list() {
                job_ui(ui, job, cx, wishes);
            }
        });
}

fn job_ui(ui: &mut Ui, job: &Job, cx: &Cx<'_>, wishes: &mut Wishes) {
    let t = tokens(ui);
    widgets::card_frame(t).show(ui, |ui| {
        ui.set_width(WIDTH);
        ui.horizontal(|ui| {
            if let Task::Generate(generating) = &job.task
                && let Some(texture) = cx.pictures.get_small(&generating.path)
            {
                let (rect, _) = ui.allocate_exact_size(vec2(40.0, 40.0), egui::Sense::hover());
                cover(ui, texture, rect);
            } else {
                widgets::icon_label(ui, job.icon(), 20.0, t.accent_text);
            }
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let title = theme::strong(&job.title);
                ui.add(egui::Label::new(title).truncate());
                let subject = theme::small(&job.subject).color(t.text_secondary);
                ui.add(egui::Label::new(subject).truncate());
            });
            widgets::right_to_left(ui, |ui| {
                let cancel = IconButton::new(icons::CLOSE, text::CANCEL_JOB);
                if cancel.show(ui).clicked() {
                    wishes.push(Wish::CancelJob(job.id));
                }
            });
        });
        ui.add_space(GAP);
        widgets::progress_bar(ui, job.fraction, ui.available_width());
        ui.horizontal(|ui| {
            ui.label(theme::small(&job.stage).color(t.text_secondary));
            widgets::right_to_left(ui, |ui| {
                let line = text::job_amount(job.fraction, job.time_left());
                ui.label(theme::small(line).color(t.text_secondary));
            });
        });
    });
}

/// Paints a picture so that it fills `rect`, cut where it is longer.
pub fn cover(ui: &Ui, texture: &egui::TextureHandle, rect: Rect) {
    let picture = texture.aspect_ratio();
    let frame = rect.width() / rect.height();
    let uv = if picture > frame {
        let half = 0.5 * frame / picture;
        Rect::from_min_max(egui::pos2(0.5 - half, 0.0), egui::pos2(0.5 + half, 1.0))
    } else {
        // Heads are in the upper part of portraits.
        let height = picture / frame;
        let top = (1.0 - height) * 0.25;
        Rect::from_min_max(egui::pos2(0.0, top), egui::pos2(1.0, top + height))
    };
    egui::Image::new(texture)
        .uv(uv)
        .corner_radius(theme::RADIUS)
        .fit_to_exact_size(rect.size())
        .paint_at(ui, rect);
}
