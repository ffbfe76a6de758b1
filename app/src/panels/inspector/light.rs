//! The key light and the environment.

use editor::Command;
use egui::{Label, Ui};
use glam::{Quat, Vec3};
use scene::{DirectionalLight, Environment, NodeId, Scene};

use super::change;
use crate::cx::{Cx, Wishes};
use crate::expression::Unit;
use crate::panels::light_sphere;
use crate::persist::Settings;
use crate::theme::{self, GAP, tokens};
use crate::widgets::{self, NumberSpec};
use crate::{dialogs, environments, text};

/// A directional light.
pub(super) fn light_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    settings: &mut Settings,
    wishes: &mut Wishes,
    id: NodeId,
    light: &DirectionalLight,
) {
    unlit_hint(ui, cx, wishes);
    widgets::section(ui, &mut settings.folded, text::LIGHT_DIRECTION, |ui| {
        let camera = cx.editor.camera_control().camera([256, 256]);
        let (direction, response) = light_sphere::show(ui, light, &camera);
        let command = direction.map(|direction| set(id, light, |l| l.direction = direction));
        change(wishes, &response, text::STEP_TURN_LIGHT, command);
        angles_ui(ui, wishes, id, light);
    });
    widgets::section(ui, &mut settings.folded, text::LIGHT, |ui| {
        widgets::form_row(ui, text::INTENSITY, |ui| {
            let spec = NumberSpec {
                range: 0.0..=100.0,
                default: f64::from(editor::key_light().intensity),
                ..NumberSpec::unit_interval(text::INTENSITY)
            };
            let (value, response) =
                widgets::slider(ui, f64::from(light.intensity), &spec, 0.0..=3.0);
            let command = value.map(|value| set(id, light, |l| l.intensity = value as f32));
            change(wishes, &response, text::STEP_LIGHT, command);
        });
        widgets::form_row(ui, text::COLOR, |ui| {
            // Swatches are display-referred; the light is linear.
            let mut shown = light.color.to_array().map(|c| c.max(0.0).powf(1.0 / 2.2));
            if dialogs::preferences::color_button(ui, &mut shown, text::COLOR) {
                let color = Vec3::from_array(shown.map(|c| c.powf(2.2)));
                wishes.run(set(id, light, |l| l.color = color));
            }
            for (name, color) in text::LIGHT_COLORS {
                let picked = color_chip(ui, name, *color);
                if picked {
                    wishes.run(set(id, light, |l| l.color = Vec3::from_array(*color)));
                }
            }
        });
    });
}

fn color_chip(ui: &mut Ui, name: &str, linear: [f32; 3]) -> bool {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(20.0, 20.0), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    let color = theme::swatch(linear.map(|c| c.powf(1.0 / 2.2)));
    ui.painter()
        .circle(rect.center(), 8.0, color, tokens(ui).line());
    if response.hovered() {
        let ring = egui::Stroke::new(1.5, tokens(ui).text);
        ui.painter().circle_stroke(rect.center(), 9.0, ring);
    }
    response.on_hover_text(name).clicked()
}

fn set(
    id: NodeId,
    light: &DirectionalLight,
    change: impl FnOnce(&mut DirectionalLight),
) -> Command {
    let mut light = *light;
    change(&mut light);
    Command::SetLight(id, light)
}

fn angles_ui(ui: &mut Ui, wishes: &mut Wishes, id: NodeId, light: &DirectionalLight) {
    let d = light.direction;
    let azimuth = d.x.atan2(d.z).to_degrees();
    let elevation = d.y.clamp(-1.0, 1.0).asin().to_degrees();
    let place = |azimuth: f32, elevation: f32| {
        let (a, e) = (azimuth.to_radians(), elevation.to_radians());
        Vec3::new(a.sin() * e.cos(), e.sin(), a.cos() * e.cos())
    };
    widgets::form_row(ui, text::ANGLES, |ui| {
        let width = ((ui.available_width() - GAP) / 2.0).floor();
        let around = NumberSpec {
            unit: Unit::Degrees,
            suffix: "°",
            range: -360.0..=360.0,
            speed: 0.5,
            decimals: 0,
            default: 34.0,
            ..NumberSpec::unit_interval(text::AZIMUTH)
        };
        let (value, response) = widgets::number(ui, f64::from(azimuth), &around, width);
        let command = value.map(|v| set(id, light, |l| l.direction = place(v as f32, elevation)));
        change(wishes, &response, text::STEP_TURN_LIGHT, command);
        let response = response.on_hover_text(text::AZIMUTH);
        drop(response);
        let up = NumberSpec {
            range: -89.0..=89.0,
            default: 37.0,
            name: text::ELEVATION,
            ..around
        };
        let (value, response) = widgets::number(ui, f64::from(elevation), &up, width);
        let command = value.map(|v| set(id, light, |l| l.direction = place(azimuth, v as f32)));
        change(wishes, &response, text::STEP_TURN_LIGHT, command);
        response.on_hover_text(text::ELEVATION);
    });
}

/// The light from everywhere.
pub(super) fn environment_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    settings: &mut Settings,
    wishes: &mut Wishes,
) {
    unlit_hint(ui, cx, wishes);
    let now = cx.editor.scene().environment();
    widgets::section(ui, &mut settings.folded, text::LIGHT, |ui| {
        preset_ui(ui, now, wishes);
        widgets::form_row(ui, text::INTENSITY, |ui| {
            let spec = NumberSpec {
                range: 0.0..=100.0,
                ..NumberSpec::unit_interval(text::INTENSITY)
            };
            let (value, response) = widgets::slider(ui, f64::from(now.intensity), &spec, 0.0..=3.0);
            let command = value.map(|value| {
                Command::SetEnvironment(Environment {
                    intensity: value as f32,
                    ..now.clone()
                })
            });
            change(wishes, &response, text::STEP_ENVIRONMENT, command);
        });
        rotation_ui(ui, now, wishes);
    });
}

fn preset_ui(ui: &mut Ui, now: &Environment, wishes: &mut Wishes) {
    widgets::form_row(ui, text::PRESET, |ui| {
        let width = ui.available_width();
        widgets::combo(ui, text::ENVIRONMENT, &now.name, width, |ui| {
            for preset in environments::presets() {
                let on = preset.name == now.name;
                if ui.selectable_label(on, &preset.name).clicked() && !on {
                    wishes.run(Command::SetEnvironment(Environment {
                        intensity: now.intensity,
                        rotation: now.rotation,
                        ..preset
                    }));
                }
            }
        });
    });
}

fn rotation_ui(ui: &mut Ui, now: &Environment, wishes: &mut Wishes) {
    widgets::form_row(ui, text::ROTATION, |ui| {
        let (angle, _, _) = now.rotation.to_euler(glam::EulerRot::YXZ);
        let spec = NumberSpec {
            unit: Unit::Degrees,
            suffix: "°",
            range: -360.0..=360.0,
            speed: 0.5,
            decimals: 0,
            default: 0.0,
            ..NumberSpec::unit_interval(text::ROTATION)
        };
        let degrees = f64::from(angle.to_degrees());
        let (value, response) = widgets::slider(ui, degrees, &spec, -180.0..=180.0);
        let command = value.map(|value| {
            Command::SetEnvironment(Environment {
                rotation: Quat::from_rotation_y((value as f32).to_radians()),
                ..now.clone()
            })
        });
        change(wishes, &response, text::STEP_ENVIRONMENT, command);
    });
}

/// Lights that nothing feels would be a riddle; offer the way out.
fn unlit_hint(ui: &mut Ui, cx: &Cx<'_>, wishes: &mut Wishes) {
    let scene = cx.editor.scene();
    let lightable = unlit_layers(scene);
    let any_lit = scene.layers().any(|(_, _, layer)| layer.lit);
    if any_lit || scene.layers().next().is_none() {
        return;
    }
    let t = tokens(ui);
    egui::Frame::new()
        .fill(t.raised)
        .corner_radius(theme::RADIUS)
        .inner_margin(egui::Margin::same(10))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let line = if lightable.is_empty() {
                text::NOTHING_LIGHTABLE
            } else {
                text::NOTHING_LIT
            };
            ui.add(Label::new(theme::small(line).color(t.text_secondary)).wrap());
            if !lightable.is_empty() {
                ui.add_space(GAP);
                if widgets::secondary_button(ui, text::LIGHT_LAYERS, Ok(())).clicked() {
                    light_layers(&lightable, wishes);
                }
            }
        });
    ui.add_space(GAP * 2.0);
}

/// Layers that could be lit and are not.
pub fn unlit_layers(scene: &Scene) -> Vec<NodeId> {
    scene
        .layers()
        .filter(|(_, _, layer)| {
            !layer.lit && !layer.incoming && layer.cloud.column("normal").is_some()
        })
        .map(|(id, _, _)| id)
        .collect()
}

/// Wishes that all of them be lit, as one step.
pub fn light_layers(layers: &[NodeId], wishes: &mut Wishes) {
    wishes.run(Command::BeginGesture(text::LIGHT_LAYERS.to_owned()));
    for id in layers {
        wishes.run(Command::SetLit(*id, true));
    }
    wishes.run(Command::CommitGesture);
}
