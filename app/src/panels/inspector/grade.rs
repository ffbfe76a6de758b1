//! How the colors of a layer, or of its selected splats, are shown.

use editor::{Command, EditCommand};
use egui::{Label, Ui};
use scene::{Grade, NodeId, SplatLayer};

use super::control::Control;
use crate::cx::{Cx, Wishes};
use crate::panels::command_button;
use crate::persist::Settings;
use crate::text;
use crate::theme::{self, GAP, tokens};
use crate::widgets;

/// The section of a layer.
pub(super) fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    settings: &mut Settings,
    wishes: &mut Wishes,
    id: NodeId,
    layer: &SplatLayer,
) {
    widgets::section(ui, &mut settings.folded, text::GRADE, |ui| {
        let Some(hand) = cx.editor.grade_in_hand(id) else {
            return;
        };
        let t = tokens(ui);
        let about = if hand.of_selection {
            theme::small(text::GRADE_OF_SELECTION).color(t.accent_text)
        } else {
            theme::small(text::GRADE_OF_LAYER).color(t.text_secondary)
        };
        ui.add(Label::new(about).truncate());
        for control in &CONTROLS {
            control.row(ui, wishes, &hand.grade, text::STEP_GRADE, |grade| {
                Some(Command::Edit(EditCommand::SetGrade(id, grade)))
            });
        }
        filter_ui(ui, wishes, id, &hand.grade);
        actions_ui(ui, cx, wishes, id, layer);
    });
}

const CONTROLS: [Control<Grade>; 9] = [
    control(
        text::EXPOSURE,
        |g| g.exposure,
        |g, v| g.exposure = v,
        (-3.0, 3.0),
    ),
    control(
        text::TEMPERATURE,
        |g| g.temperature,
        |g, v| g.temperature = v,
        (-1.0, 1.0),
    ),
    control(text::TINT, |g| g.tint, |g, v| g.tint = v, (-1.0, 1.0)),
    control(
        text::SATURATION,
        |g| g.saturation,
        |g, v| g.saturation = v,
        (0.0, 2.0),
    ),
    control(
        text::CONTRAST,
        |g| g.contrast,
        |g, v| g.contrast = v,
        (0.0, 2.0),
    ),
    control(
        text::HUE,
        |g| g.hue.to_degrees(),
        |g, v| g.hue = v.to_radians(),
        (-180.0, 180.0),
    )
    .degrees(),
    control(
        text::BLACK,
        |g| g.black,
        |g, v| g.black = v.min(g.white - 0.01),
        (0.0, 0.5),
    ),
    control(
        text::WHITE,
        |g| g.white,
        |g, v| g.white = v.max(g.black + 0.01),
        (0.5, 1.5),
    ),
    control(
        text::OPACITY,
        |g| g.opacity,
        |g, v| g.opacity = v.clamp(0.0, 1.0),
        (0.0, 1.0),
    ),
];

const fn control(
    name: &'static str,
    get: fn(&Grade) -> f32,
    set: fn(&mut Grade, f32),
    shown: (f64, f64),
) -> Control<Grade> {
    Control::new(name, get, set, shown).beyond()
}

fn filter_ui(ui: &mut Ui, wishes: &mut Wishes, id: NodeId, grade: &Grade) {
    widgets::form_row(ui, text::COLOR_FILTER, |ui| {
        for (name, filter) in text::FILTERS {
            let (rect, response) =
                ui.allocate_exact_size(egui::vec2(20.0, 20.0), egui::Sense::click());
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, *name)
            });
            let on = grade.filter == *filter;
            let ring = if on {
                tokens(ui).accent
            } else {
                tokens(ui).outline
            };
            let stroke = egui::Stroke::new(if on { 2.0 } else { 1.0 }, ring);
            ui.painter()
                .circle(rect.center(), 8.0, theme::swatch(*filter), stroke);
            if response.on_hover_text(*name).clicked() {
                let grade = Grade {
                    filter: *filter,
                    ..*grade
                };
                wishes.run(Command::Edit(EditCommand::SetGrade(id, grade)));
            }
        }
    });
}

fn actions_ui(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes, id: NodeId, layer: &SplatLayer) {
    ui.add_space(GAP);
    widgets::form_row(ui, "", |ui| {
        for (command, name) in [
            (EditCommand::ResetGrade(id), text::RESET),
            (EditCommand::BakeGrade(id), text::BAKE),
        ] {
            let command = Command::Edit(command);
            command_button(ui, cx, wishes, command, egui::Button::new(name));
        }
    });
    let degree = layer.cloud.sh_degree();
    if degree > 0 {
        harmonics_ui(ui, wishes, id, degree);
    }
}

/// Cuts harmonics off.
fn harmonics_ui(ui: &mut Ui, wishes: &mut Wishes, id: NodeId, degree: u32) {
    widgets::form_row(ui, text::HARMONICS, |ui| {
        let width = ui.available_width();
        widgets::combo(ui, text::HARMONICS, &text::harmonics(degree), width, |ui| {
            for wanted in (0..=degree).rev() {
                let command = Command::Edit(EditCommand::StripHarmonics(id, wanted));
                let row = ui.selectable_label(wanted == degree, text::harmonics(wanted));
                let row = row.on_hover_text(command.info().help);
                if row.clicked() && wanted < degree {
                    wishes.run(command);
                }
            }
        });
    });
}
