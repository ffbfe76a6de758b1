//! Turning the light by dragging; the whole drag is one step.

use glam::{Quat, Vec2};
use scene::{DirectionalLight, Edit, NodeId};

use crate::{
    camera_control::View,
    editor::{Cx, Editor},
    gesture::Gesture,
    input::Modifiers,
    outcome::Outcome,
    overlay::{Line, Overlay, Ring, Tone},
    tools::Drag,
};

/// Radians that a drag over the viewport's height turns a light.
const TURN_PER_HEIGHT: f32 = std::f32::consts::PI;
/// Length of the drawn direction, half viewport heights.
const ARROW_LENGTH: f32 = 0.6;
/// Radius of the mark at the light's end, points.
const HANDLE_RADIUS: f32 = 7.0;

#[derive(Debug)]
pub(crate) struct LightDrag {
    last: Vec2,
    target: Target,
    gesture: Gesture,
}

#[derive(Debug)]
enum Target {
    Light(NodeId, DirectionalLight),
    Environment,
}

/// Takes hold of a light, or with Shift of the environment; `None` if there is no light.
pub(crate) fn begin(
    pos: Vec2,
    light: Option<(NodeId, DirectionalLight)>,
    modifiers: Modifiers,
) -> Option<LightDrag> {
    let (target, name) = match light {
        _ if modifiers.shift => (Target::Environment, "Turn environment"),
        Some((id, light)) => (Target::Light(id, light), "Turn light"),
        None => return None,
    };
    Some(LightDrag {
        last: pos,
        target,
        gesture: Gesture::begin(name),
    })
}

/// A light turned to the right and down as seen in a view, radians.
pub(crate) fn turned(
    mut light: DirectionalLight,
    view: &View,
    right: f32,
    down: f32,
) -> DirectionalLight {
    // About the screen's axes, so that the lit side follows the pointer.
    let turn =
        Quat::from_axis_angle(-view.down(), right) * Quat::from_axis_angle(view.right(), down);
    let direction = turn * light.direction;
    light.direction = direction.normalize_or(light.direction);
    light
}

/// The light's direction from what is looked at.
pub(crate) fn overlay(editor: &Editor) -> Overlay {
    let mut overlay = Overlay::default();
    let Some((_, light)) = editor.light_to_turn() else {
        return overlay;
    };
    let view = editor.camera.view();
    let center = view.target();
    let radius = ARROW_LENGTH * view.distance * (0.5 * editor.camera.fov_y()).tan();
    let camera = editor.camera.camera(editor.viewport.size);
    let from = camera.project(center);
    let to = camera.project(center + light.direction * radius);
    if from.z > camera.near && to.z > camera.near {
        let tip = Vec2::new(to.x, to.y);
        overlay.lines.push(Line {
            points: vec![Vec2::new(from.x, from.y), tip],
            closed: false,
            tone: Tone::Light,
        });
        overlay.rings.push(Ring {
            center: tip,
            radius: HANDLE_RADIUS * editor.viewport.pixels_per_point,
            tone: Tone::Light,
        });
    }
    overlay
}

impl Drag for LightDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        let turn = (pos - self.last) * (TURN_PER_HEIGHT / cx.viewport.size[1] as f32);
        self.last = pos;
        let edit = match &mut self.target {
            Target::Light(id, light) => {
                *light = turned(*light, cx.camera.view(), turn.x, turn.y);
                Edit::set_light(*id, *light)
            }
            Target::Environment => {
                let mut environment = cx.scene.environment().clone();
                let rotation = Quat::from_rotation_y(turn.x) * environment.rotation;
                environment.rotation = rotation.normalize();
                Edit::set_environment(environment)
            }
        };
        match self.gesture.update(cx.scene, edit) {
            Ok(dirty) => Outcome::dirty(dirty),
            Err(error) => Outcome::message(error.to_string()),
        }
    }

    fn finish(mut self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        let moved = self.last != pos;
        let outcome = if moved {
            self.update(cx, pos, modifiers)
        } else {
            Outcome::redraw()
        };
        if let Some((name, edit)) = self.gesture.commit() {
            cx.history.record(&name, edit);
        }
        outcome
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        Outcome::dirty(self.gesture.abort(cx.scene))
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        overlay(editor)
    }

    fn hint(&self) -> &str {
        match self.target {
            Target::Light(..) => "Turning the light · Escape puts it back",
            Target::Environment => "Turning the environment · Escape puts it back",
        }
    }
}
