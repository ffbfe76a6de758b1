//! The status bar: what the tool does, what is selected, what the device does.

use egui::{Label, RichText, Ui};

use crate::cx::Cx;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, grouped};
use crate::{icons, text};

/// Height of the bar, points.
pub const HEIGHT: f32 = 26.0;

/// The bar's content.
pub fn show(ui: &mut Ui, cx: &Cx<'_>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = GAP * 4.0;
        let t = tokens(ui);
        widgets::right_to_left(ui, |ui| {
            ui.spacing_mut().item_spacing.x = GAP * 4.0;
            device_ui(ui, cx);
            let (alive, selected) = (cx.counts.all.alive, cx.counts.all.selected);
            if alive > 0 {
                let line = if selected > 0 {
                    text::selected_of(&grouped(selected), &grouped(alive))
                } else {
                    text::splat_count(&grouped(alive))
                };
                let color = if selected > 0 {
                    t.accent_text
                } else {
                    t.text_secondary
                };
                ui.label(theme::small(line).color(color));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let line = match cx.flash {
                    Some(message) => theme::small(message).color(t.text),
                    None => theme::small(cx.editor.hint()).color(t.text_secondary),
                };
                ui.add(Label::new(line).truncate());
            });
        });
    });
}

fn device_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let t = tokens(ui);
    let view = cx.view;
    if let Some(problem) = &view.problem {
        let label = RichText::new(icons::WARNING).color(t.danger_text);
        ui.label(label).on_hover_text(problem);
    }
    if let Some(line) = held_facts(&view.stats) {
        let response = ui.label(theme::small(line).color(t.text_secondary));
        response.on_hover_text(text::HELD_HINT);
    }
    if view.frame_ms > 0.0 {
        let line = text::frame_facts(view.frame_ms, view.stats.memory_bytes);
        let response = ui.label(theme::small(line).color(t.text_secondary));
        response.on_hover_ui(|ui| {
            ui.label(theme::strong(&view.device));
            ui.label(theme::small(text::visible_splats(
                &grouped(view.stats.visible as usize),
                &grouped(view.stats.splats as usize),
            )));
            for pass in &view.stats.passes {
                ui.label(theme::small(text::pass_time(pass.pass, pass.ms)));
            }
        });
    } else {
        ui.label(theme::small(&view.device).color(t.text_secondary));
    }
}

/// What of large layers the picture does not show yet, or shows coarser.
fn held_facts(stats: &renderer::FrameStats) -> Option<String> {
    if stats.waiting > 0 {
        let held = stats.splats.saturating_sub(stats.waiting);
        let counts = [held, stats.splats].map(|n| grouped(n as usize));
        return Some(text::splats_held(&counts[0], &counts[1]));
    }
    (stats.missing_parts > 0).then(|| text::parts_to_come(stats.missing_parts))
}
