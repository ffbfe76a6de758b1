//! The steps of the history in the drawer below the viewport; a click goes back or forth to one.

use egui::accesskit::Role;
use egui::{Align2, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::cx::{Cx, Wish, Wishes};
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, IconButton};
use crate::{icons, text};

/// Height of a step, points.
const ROW: f32 = 22.0;

/// The drawer's content.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    ui.horizontal(|ui| {
        ui.label(theme::strong(text::HISTORY));
        widgets::right_to_left(ui, |ui| {
            let close = IconButton::new(icons::CLOSE, text::CLOSE);
            if close.show(ui).clicked() {
                wishes.push(Wish::ToggleHistory);
            }
        });
    });
    ui.add_space(GAP);
    let history = cx.editor.history();
    let applied = history.applied();
    ScrollArea::vertical()
        .id_salt("history")
        .auto_shrink(false)
        .stick_to_bottom(true)
        .content_margin(super::SCROLL_MARGIN)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let steps = std::iter::once(text::HISTORY_START).chain(history.entries());
            for (i, name) in steps.enumerate() {
                if step_ui(ui, name, i == applied, i <= applied) && i != applied {
                    wishes.push(Wish::Travel(i));
                }
            }
        });
}

/// One step; whether it was clicked.
fn step_ui(ui: &mut Ui, name: &str, is_now: bool, in_effect: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_now, name));
    let t = tokens(ui);
    if is_now {
        ui.painter().rect_filled(rect, theme::RADIUS, t.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, t.hover);
    }
    let ink = if in_effect { t.text } else { t.text_secondary };
    let dot = pos2(rect.left() + 12.0, rect.center().y);
    if in_effect {
        ui.painter()
            .circle_filled(dot, 3.0, if is_now { t.accent } else { ink });
    } else {
        ui.painter()
            .circle_stroke(dot, 3.0, egui::Stroke::new(1.0, ink));
    }
    ui.painter().text(
        pos2(rect.left() + 26.0, rect.center().y),
        Align2::LEFT_CENTER,
        name,
        theme::body_font(),
        ink,
    );
    response.clicked()
}
