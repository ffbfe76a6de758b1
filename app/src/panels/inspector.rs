//! The inspector: everything about the selected thing, and ways to change it.

mod city;
mod control;
mod grade;
mod layer;
mod light;
mod transform;

pub use light::{light_layers, unlit_layers};
pub use transform::Angles;

use editor::Command;
use egui::{Response, ScrollArea, Ui};
use scene::{Node, NodeId, Payload};

use super::State;
use crate::cx::{Cx, Wishes};
use crate::persist::Settings;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec, grouped};
use crate::{icons, text};

/// The panel's content.
pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    settings: &mut Settings,
    wishes: &mut Wishes,
) {
    ScrollArea::vertical()
        .id_salt("inspector")
        .auto_shrink([false, false])
        .content_margin(super::SCROLL_MARGIN)
        .show(ui, |ui| {
            let scene = cx.editor.scene();
            let selected = cx.editor.selected_node();
            if state.environment_selected {
                title_ui(ui, icons::GLOBE, text::ENVIRONMENT);
                light::environment_ui(ui, cx, settings, wishes);
            } else if let Some((id, node)) = selected.and_then(|id| Some((id, scene.node(id)?))) {
                node_ui(ui, cx, state, settings, wishes, id, node);
            } else {
                scene_ui(ui, cx, settings, wishes);
            }
        });
}

fn title_ui(ui: &mut Ui, icon: &str, title: &str) {
    ui.horizontal(|ui| {
        ui.set_min_height(ROW_HEIGHT);
        let t = tokens(ui);
        widgets::icon_label(ui, icon, 18.0, t.text_secondary);
        ui.add(egui::Label::new(theme::heading(title)).truncate());
    });
    ui.add_space(GAP);
}

const ROW_HEIGHT: f32 = 30.0;

fn node_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    settings: &mut Settings,
    wishes: &mut Wishes,
    id: NodeId,
    node: &Node,
) {
    title_ui(ui, super::tree::node_icon(node), &node.name);
    match &node.payload {
        Payload::Splats(layer) => {
            layer::show(ui, cx, settings, wishes, id, layer);
            widgets::section(ui, &mut settings.folded, text::TRANSFORM, |ui| {
                transform::show(ui, state, wishes, id, node);
            });
            grade::show(ui, cx, settings, wishes, id, layer);
            layer::report_ui(ui, cx, settings, wishes, id);
        }
        Payload::Light(light) => light::light_ui(ui, cx, settings, wishes, id, light),
        Payload::Recipe(recipe) => {
            city::show(ui, cx, settings, wishes, id, recipe);
            widgets::section(ui, &mut settings.folded, text::TRANSFORM, |ui| {
                transform::show(ui, state, wishes, id, node);
            });
        }
        Payload::Group | Payload::Camera(_) => {
            widgets::section(ui, &mut settings.folded, text::TRANSFORM, |ui| {
                transform::show(ui, state, wishes, id, node);
            });
        }
    }
}

fn scene_ui(ui: &mut Ui, cx: &Cx<'_>, settings: &mut Settings, wishes: &mut Wishes) {
    title_ui(ui, icons::STACK, text::SCENE);
    let scene = cx.editor.scene();
    let layers = scene.layers().count();
    let splats = cx.counts.all.alive;
    widgets::value_row(ui, text::LAYERS, &grouped(layers));
    widgets::value_row(ui, text::SPLATS, &grouped(splats));
    widgets::form_row(ui, text::LENS, |ui| {
        let degrees = f64::from(cx.editor.camera_control().fov_y().to_degrees());
        let spec = NumberSpec {
            unit: crate::expression::Unit::Degrees,
            suffix: "°",
            range: 5.0..=120.0,
            speed: 0.2,
            decimals: 0,
            default: f64::from(editor::Settings::default().fov_y.to_degrees()),
            ..NumberSpec::unit_interval(text::LENS)
        };
        if let (Some(degrees), _) = widgets::number(ui, degrees, &spec, 80.0) {
            wishes.run(Command::SetFov((degrees as f32).to_radians()));
        }
    });
    ui.add_space(GAP);
    backdrop_ui(ui, settings);
}

fn backdrop_ui(ui: &mut Ui, settings: &mut Settings) {
    use crate::dialogs::export_settings::NEUTRAL;
    use crate::persist::Backdrop;
    widgets::form_row(ui, text::BACKGROUND, |ui| {
        let now = settings.backdrop;
        let swatches = match now {
            Backdrop::Color(_) => 44.0,
            Backdrop::Horizon { .. } => 88.0,
            _ => 0.0,
        };
        let width = ui.available_width() - swatches;
        widgets::combo(ui, text::BACKGROUND, text::backdrop(now), width, |ui| {
            let color = match now {
                Backdrop::Color(color) => color,
                _ => NEUTRAL,
            };
            for choice in [
                Backdrop::Gradient,
                Backdrop::Neutral,
                Backdrop::Checker,
                Backdrop::Color(color),
                match now {
                    Backdrop::Horizon { .. } => now,
                    _ => Backdrop::HORIZON,
                },
                Backdrop::Environment,
            ] {
                let on = std::mem::discriminant(&choice) == std::mem::discriminant(&now);
                if ui.selectable_label(on, text::backdrop(choice)).clicked() {
                    settings.backdrop = choice;
                }
            }
        });
        if let Backdrop::Color(color) = &mut settings.backdrop {
            crate::dialogs::preferences::color_button(ui, color, text::BACKGROUND);
        }
        if let Backdrop::Horizon { top, bottom } = &mut settings.backdrop {
            crate::dialogs::preferences::color_button(ui, top, text::HORIZON_TOP);
            crate::dialogs::preferences::color_button(ui, bottom, text::HORIZON_BOTTOM);
        }
    });
}

/// Wraps what a scrubbed control wants into one step of the history: begins when the drag begins,
/// ends when it ends.
pub(crate) fn change(
    wishes: &mut Wishes,
    response: &Response,
    step: &str,
    command: Option<Command>,
) {
    if response.drag_started() {
        wishes.run(Command::BeginGesture(step.to_owned()));
    }
    if let Some(command) = command {
        wishes.run(command);
    }
    if response.drag_stopped() {
        wishes.run(Command::CommitGesture);
    }
}
