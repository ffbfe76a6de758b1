//! Position, rotation and scale of a node.

use editor::Command;
use egui::{Response, Ui};
use glam::{EulerRot, Quat, Vec3};
use scene::{Node, NodeId, Transform};

use super::change;
use crate::cx::Wishes;
use crate::expression::Unit;
use crate::panels::State;
use crate::text;
use crate::theme::{GAP, tokens};
use crate::widgets::{self, NumberSpec};

/// Angles of a rotation as they were typed, so that they do not jump while they are scrubbed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angles {
    node: NodeId,
    rotation: Quat,
    degrees: Vec3,
}

impl Angles {
    fn of(node: NodeId, rotation: Quat, remembered: Option<Self>) -> Self {
        if let Some(angles) = remembered
            && angles.node == node
            && angles.rotation.abs_diff_eq(rotation, 1e-5)
        {
            return angles;
        }
        let (y, x, z) = rotation.to_euler(EulerRot::YXZ);
        Self {
            node,
            rotation,
            degrees: Vec3::new(x.to_degrees(), y.to_degrees(), z.to_degrees()),
        }
    }

    fn with(mut self, axis: usize, degrees: f32) -> Self {
        self.degrees[axis] = degrees;
        let [x, y, z] = self.degrees.to_array().map(f32::to_radians);
        self.rotation = Quat::from_euler(EulerRot::YXZ, y, x, z);
        self
    }
}

/// The rows.
pub(super) fn show(ui: &mut Ui, state: &mut State, wishes: &mut Wishes, id: NodeId, node: &Node) {
    let transform = node.transform;
    let set = |transform: Transform| Command::SetTransform(id, transform);

    let position = NumberSpec {
        unit: Unit::Meters,
        range: -1e6..=1e6,
        speed: 0.005,
        decimals: 3,
        default: 0.0,
        ..NumberSpec::unit_interval(text::POSITION)
    };
    let values = transform.translation.to_array().map(f64::from);
    for (axis, value, response) in row(ui, text::POSITION, values, &position) {
        let command = value.map(|value| {
            let mut translation = transform.translation;
            translation[axis] = value as f32;
            set(Transform {
                translation,
                ..transform
            })
        });
        change(wishes, &response, text::STEP_MOVE, command);
    }

    let angles = Angles::of(id, transform.rotation, state.angles);
    let rotation = NumberSpec {
        unit: Unit::Degrees,
        suffix: "°",
        range: -360.0..=360.0,
        speed: 0.3,
        decimals: 1,
        default: 0.0,
        ..NumberSpec::unit_interval(text::ROTATION)
    };
    let values = angles.degrees.to_array().map(f64::from);
    for (axis, value, response) in row(ui, text::ROTATION, values, &rotation) {
        let command = value.map(|value| {
            let angles = angles.with(axis, value as f32);
            state.angles = Some(angles);
            set(Transform {
                rotation: angles.rotation,
                ..transform
            })
        });
        change(wishes, &response, text::STEP_ROTATE, command);
    }
    scale_ui(ui, wishes, id, &transform);
    actions_ui(ui, wishes, id, &transform);
}

fn scale_ui(ui: &mut Ui, wishes: &mut Wishes, id: NodeId, transform: &Transform) {
    let scale = NumberSpec {
        range: 1e-4..=1e4,
        speed: 0.005,
        decimals: 3,
        default: 1.0,
        ..NumberSpec::unit_interval(text::SCALE)
    };
    widgets::form_row(ui, text::SCALE, |ui| {
        let width = field_width(ui);
        let (value, response) = widgets::number(ui, f64::from(transform.scale), &scale, width);
        let command = value.map(|value| {
            let scale = value as f32;
            Command::SetTransform(
                id,
                Transform {
                    scale,
                    ..*transform
                },
            )
        });
        change(wishes, &response, text::STEP_SCALE, command);
    });
}

fn actions_ui(ui: &mut Ui, wishes: &mut Wishes, id: NodeId, transform: &Transform) {
    widgets::form_row(ui, "", |ui| {
        let flip = ui.button(text::STEP_FLIP).on_hover_text(text::FLIP_HELP);
        if flip.clicked() {
            let half_turn = Transform {
                rotation: Quat::from_rotation_x(std::f32::consts::PI),
                ..Transform::IDENTITY
            };
            wishes.run(Command::SetTransform(id, half_turn.compose(transform)));
        }
        let fresh = [Transform::IDENTITY, scene::io::SCENE_FROM_FILE];
        let changed = !fresh.contains(transform);
        if changed && ui.button(text::RESET).clicked() {
            wishes.run(Command::ResetTransform(id));
        }
    });
}

fn field_width(ui: &Ui) -> f32 {
    ((ui.available_width() - 2.0 * GAP) / 3.0).floor()
}

/// Three numbers beside a label, each with the color of its axis on its left edge.
fn row(
    ui: &mut Ui,
    label: &str,
    values: [f64; 3],
    spec: &NumberSpec<'_>,
) -> Vec<(usize, Option<f64>, Response)> {
    widgets::form_row(ui, label, |ui| {
        let width = field_width(ui);
        let t = tokens(ui);
        let colors = [t.axis_x, t.axis_y, t.axis_z];
        let mut results = Vec::with_capacity(3);
        for (axis, letter) in ["X", "Y", "Z"].into_iter().enumerate() {
            let name = format!("{label} {letter}");
            let spec = NumberSpec {
                name: &name,
                ..spec.clone()
            };
            let (value, response) = widgets::number(ui, values[axis], &spec, width);
            let edge = egui::Rect::from_min_size(
                response.rect.left_top() + egui::vec2(0.0, 5.0),
                egui::vec2(2.0, response.rect.height() - 10.0),
            );
            ui.painter().rect_filled(edge, 1.0, colors[axis]);
            results.push((axis, value, response));
        }
        results
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_angles_stay_as_typed() {
        let node = NodeId(1);
        let angles = Angles::of(node, Quat::IDENTITY, None)
            .with(0, 90.0)
            .with(1, 30.0);
        let again = Angles::of(node, angles.rotation, Some(angles));
        assert_eq!(again.degrees, angles.degrees, "even where axes coincide");
        let other = Angles::of(NodeId(2), Quat::IDENTITY, Some(angles));
        assert_eq!(other.degrees, Vec3::ZERO, "another node has its own");
    }
}
