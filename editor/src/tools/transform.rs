//! Moving, turning and scaling by handles: one step a drag, and Escape leaves no trace.
//!
//! A layer is moved by its transform. Selected splats become a floating layer of their own while they
//! are dragged, so that each event only changes a transform; when they are put down their parameters
//! are changed once.

use glam::{Vec2, Vec3};
use scene::{Edit, Node, NodeId};

mod change;
mod parts;

use change::Change;
use parts::{Part, float, node_part};

use super::{
    Drag, DragKey,
    gizmo::{Gizmo, Handle},
};
use crate::{
    editor::{Cx, Editor},
    gesture::Gesture,
    input::{Key, Modifiers},
    outcome::Outcome,
    overlay::{Label, Overlay, Shape, Tone},
    target::{Target, selected_rows},
    tool::ToolKind,
};

/// What Shift leaves of the pointer's motion.
const FINE: f32 = 0.1;
/// Steps of a snapped turn, degrees: with Ctrl, and with Shift as well.
const TURN_STEPS: (f32, f32) = (15.0, 5.0);
/// Steps of a snapped scale: with Ctrl, and with Shift as well.
const SCALE_STEPS: (f32, f32) = (0.1, 0.01);
/// A drag over so many points from the middle handle scales by e.
const POINTS_PER_E: f32 = 120.0;
/// Scales stay within this.
const SCALES: (f32, f32) = (1e-4, 1e4);

/// A drag of a handle.
#[derive(Debug)]
pub(crate) struct TransformDrag {
    gizmo: Gizmo,
    handle: Handle,
    /// Where the pointer was pressed, and where it would be without Shift's slowness.
    start: Vec2,
    pointer: Vec2,
    last: Vec2,
    /// Turned so far, with whole turns, radians.
    turned: f32,
    modifiers: Modifiers,
    typed: String,
    parts: Vec<Part>,
    gesture: Gesture,
    change: Change,
    trouble: Option<String>,
    hint: String,
}

/// Takes hold of a handle.
pub(crate) fn begin(
    cx: &mut Cx<'_>,
    (gizmo, handle): (Gizmo, Handle),
    target: &Target,
    pos: Vec2,
) -> (TransformDrag, Outcome) {
    let name = match gizmo.tool {
        ToolKind::Rotate => "Rotate",
        ToolKind::Scale => "Scale",
        _ => "Move",
    };
    let mut gesture = Gesture::begin(name);
    let mut outcome = Outcome::redraw();
    let parts = match target {
        Target::Node(id) => node_part(cx.scene, *id).into_iter().collect(),
        Target::Splats(layers) => {
            let parts = layers
                .iter()
                .filter_map(|id| match float(cx.scene, &mut gesture, *id) {
                    Ok((part, dirty)) => {
                        outcome.merge(Outcome::dirty(dirty));
                        Some(part)
                    }
                    Err(error) => {
                        outcome.merge(Outcome::message(error.to_string()));
                        None
                    }
                });
            parts.collect()
        }
    };
    let mut drag = TransformDrag {
        gizmo,
        handle,
        start: pos,
        pointer: pos,
        last: pos,
        turned: 0.0,
        modifiers: Modifiers::NONE,
        typed: String::new(),
        parts,
        gesture,
        change: Change::Scale(1.0),
        trouble: None,
        hint: String::new(),
    };
    drag.change = drag.wanted();
    drag.tell();
    (drag, outcome)
}

impl TransformDrag {
    /// The change that pointer, keys and typed number ask for.
    fn wanted(&self) -> Change {
        let typed = self.typed_value();
        let snaps = self.modifiers.ctrl;
        let fine = self.modifiers.shift;
        match self.gizmo.tool {
            ToolKind::Rotate => {
                let axis = match self.handle {
                    Handle::Axis(axis) | Handle::Plane(axis) => self.gizmo.axis(axis),
                    Handle::View => -self.gizmo.sight(),
                };
                let angle = match typed {
                    Some(degrees) => degrees.to_radians(),
                    None if snaps => {
                        let step = if fine { TURN_STEPS.1 } else { TURN_STEPS.0 };
                        snapped(self.turned.to_degrees(), step).to_radians()
                    }
                    None => self.turned,
                };
                Change::Turn(axis, angle)
            }
            ToolKind::Scale => {
                let factor = match typed {
                    Some(factor) if factor > 0.0 => factor,
                    Some(_) => 1.0,
                    None if snaps => {
                        let step = if fine { SCALE_STEPS.1 } else { SCALE_STEPS.0 };
                        snapped(self.scaled(), step).max(step)
                    }
                    None => self.scaled(),
                };
                Change::Scale(factor.clamp(SCALES.0, SCALES.1))
            }
            _ => Change::Move(self.moved(typed)),
        }
    }

    fn moved(&self, typed: Option<f32>) -> Vec3 {
        let step = self.grid_step() * if self.modifiers.shift { 0.1 } else { 1.0 };
        let snap = |v: f32| {
            if self.modifiers.ctrl {
                snapped(v, step)
            } else {
                v
            }
        };
        match self.handle {
            Handle::Axis(axis) => {
                let along = self.gizmo.axis(axis);
                let at = |pos| self.along(along, pos);
                let way = typed.unwrap_or_else(|| snap(at(self.pointer) - at(self.start)));
                along * way
            }
            Handle::Plane(axis) => {
                let way = self.in_plane(self.gizmo.axis(axis));
                let [u, v] = [1, 2].map(|s| self.gizmo.axis((axis + s) % 3));
                match typed {
                    Some(way) => u * way,
                    None => u * snap(way.dot(u)) + v * snap(way.dot(v)),
                }
            }
            Handle::View => {
                let way = self.in_plane(self.gizmo.camera.forward());
                match typed {
                    Some(length) => way.normalize_or_zero() * length,
                    None if self.modifiers.ctrl => {
                        let axes = [0, 1, 2].map(|a| self.gizmo.axis(a));
                        axes.into_iter().map(|a| a * snap(way.dot(a))).sum()
                    }
                    None => way,
                }
            }
        }
    }

    /// How far along an axis through the pivot the ray of a pixel comes nearest to it.
    fn along(&self, axis: Vec3, pos: Vec2) -> f32 {
        let (origin, ray) = self.gizmo.ray(pos);
        let between = self.gizmo.pivot - origin;
        let cosine = axis.dot(ray);
        let sine = 1.0 - cosine * cosine;
        if sine < 1e-6 {
            return 0.0;
        }
        (cosine * ray.dot(between) - axis.dot(between)) / sine
    }

    /// From the press to the pointer in the plane through the pivot.
    fn in_plane(&self, normal: Vec3) -> Vec3 {
        let at = |pos: Vec2| {
            let (origin, ray) = self.gizmo.ray(pos);
            let slope = ray.dot(normal);
            let t = (self.gizmo.pivot - origin).dot(normal) / slope;
            // Behind the horizon of the plane there is no point.
            (slope.abs() > 1e-4 && t.is_finite() && t > 0.0).then(|| origin + ray * t)
        };
        match (at(self.start), at(self.pointer)) {
            (Some(from), Some(to)) => to - from,
            _ => Vec3::ZERO,
        }
    }

    fn scaled(&self) -> f32 {
        let Some(center) = self.gizmo.center() else {
            return 1.0;
        };
        let from = self.start.distance(center);
        if from > 24.0 * self.gizmo.pixels_per_point {
            return self.pointer.distance(center) / from;
        }
        let way = (self.pointer - self.start) / self.gizmo.pixels_per_point;
        ((way.x - way.y) / POINTS_PER_E).exp()
    }

    /// By how much a motion of the pointer turns, radians.
    fn turn(&self, from: Vec2, to: Vec2) -> f32 {
        let Some(center) = self.gizmo.center() else {
            return 0.0;
        };
        let on_screen = |a: Vec2, b: Vec2| (a - center).angle_to(b - center);
        let turn = match self.handle {
            // Pixels grow downwards, so their angles run the other way; the axis points at the eye.
            Handle::View => -on_screen(from, to),
            Handle::Axis(axis) | Handle::Plane(axis) => {
                let normal = self.gizmo.axis(axis);
                let facing = normal.dot(self.gizmo.sight());
                if facing.abs() > 0.25 {
                    on_screen(from, to) * facing.signum()
                } else {
                    // Seen from its edge a ring is a line: along it a radius is a radian.
                    let side = normal.cross(self.gizmo.sight());
                    let ahead = self
                        .gizmo
                        .camera
                        .project(self.gizmo.pivot + side * self.gizmo.arm());
                    let along = (ahead.truncate() - center).normalize_or_zero();
                    let radius = ahead.truncate().distance(center).max(1.0);
                    -(to - from).dot(along) / radius
                }
            }
        };
        if turn.is_finite() { turn } else { 0.0 }
    }

    /// A round length, about a quarter of an arm.
    fn grid_step(&self) -> f32 {
        let wanted = 0.25 * self.gizmo.arm();
        let decade = 10f32.powf(wanted.max(1e-9).log10().floor());
        let step = [5.0, 2.0, 1.0].into_iter().find(|s| s * decade <= wanted);
        step.unwrap_or(1.0) * decade
    }

    fn typed_value(&self) -> Option<f32> {
        self.typed.parse().ok().filter(|v: &f32| v.is_finite())
    }

    /// Brings the scene to what is wanted.
    fn apply(&mut self, cx: &mut Cx<'_>) -> Outcome {
        self.change = self.wanted();
        self.tell();
        let mut outcome = Outcome::redraw();
        for part in &self.parts {
            let edit = match part {
                Part::Node {
                    id,
                    before,
                    world_from_parent,
                } => {
                    let after = self.change.applied(&self.gizmo, before, world_from_parent);
                    Edit::set_transform(*id, after)
                }
                Part::Splats {
                    shown_by,
                    before,
                    world_from_layer,
                    ..
                } => {
                    // Where the layer itself shows them, its own frame moves within its parent.
                    let change = self.change.within(&self.gizmo, world_from_layer);
                    Edit::set_transform(*shown_by, before.compose(&change))
                }
            };
            match self.gesture.update(cx.scene, edit) {
                Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                Err(error) => outcome.merge(Outcome::message(error.to_string())),
            }
        }
        outcome
    }

    fn tell(&mut self) {
        let how = "Ctrl snaps · Shift is fine · type a number, X Y Z choose the axis · Escape puts it back";
        self.hint = format!("{} · {how}", self.value());
    }

    /// What the drag does, in words.
    fn value(&self) -> String {
        if !self.typed.is_empty() {
            let unit = match self.gizmo.tool {
                ToolKind::Rotate => "°",
                ToolKind::Scale => "×",
                _ => " m",
            };
            return format!("{}{}▏{unit}", self.axis_name(), self.typed);
        }
        match self.change {
            Change::Move(by) => match self.handle {
                Handle::Axis(axis) => {
                    format!(
                        "{}{} m",
                        self.axis_name(),
                        short(by.dot(self.gizmo.axis(axis)))
                    )
                }
                _ => {
                    let [x, y, z] = by.to_array().map(short);
                    format!("{x}  {y}  {z} m")
                }
            },
            Change::Turn(_, angle) => format!("{}{:.1}°", self.axis_name(), angle.to_degrees()),
            Change::Scale(factor) => format!("× {factor:.3}"),
        }
    }

    fn axis_name(&self) -> &'static str {
        match self.handle {
            Handle::Axis(axis) => ["X ", "Y ", "Z "][axis],
            _ => "",
        }
    }

    /// Puts down what was dragged: everything back, then the one change.
    fn put_down(self, cx: &mut Cx<'_>) -> Outcome {
        let Self {
            parts,
            gesture,
            gizmo,
            change,
            ..
        } = self;
        let name = gesture.name().to_owned();
        let only_nodes = parts.iter().all(|part| matches!(part, Part::Node { .. }));
        if only_nodes && !change.is_none() {
            if let Some((name, edit)) = gesture.commit() {
                cx.history.record(&name, edit);
            }
            return Outcome::redraw();
        }
        let mut outcome = Outcome::dirty(gesture.abort(cx.scene));
        if change.is_none() {
            return outcome;
        }
        let mut edits = Vec::new();
        for part in &parts {
            let Part::Splats {
                id,
                world_from_layer,
                ..
            } = part
            else {
                continue;
            };
            let local = change.within(&gizmo, world_from_layer);
            let rows = cx.scene.node(*id).and_then(Node::splats).map(selected_rows);
            let edit = rows.and_then(|rows| Edit::transform_rows(cx.scene, *id, rows, &local));
            edits.extend(edit);
        }
        match cx.history.run(cx.scene, &name, Edit::batch(edits)) {
            Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
            Err(error) => outcome.merge(Outcome::message(error.to_string())),
        }
        outcome
    }
}

impl Drag for TransformDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        let way = pos - self.last;
        self.last = pos;
        self.modifiers = modifiers;
        let slow = if modifiers.shift && !modifiers.ctrl {
            FINE
        } else {
            1.0
        };
        let to = self.pointer + way * slow;
        self.turned += self.turn(self.pointer, to);
        self.pointer = to;
        self.apply(cx)
    }

    fn finish(mut self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        let mut outcome = Outcome::redraw();
        if pos != self.last {
            outcome.merge(self.update(cx, pos, modifiers));
        }
        outcome.merge(self.put_down(cx));
        outcome
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        Outcome::dirty(self.gesture.abort(cx.scene))
    }

    fn key(&mut self, cx: &mut Cx<'_>, key: Key) -> DragKey {
        let sign = match key {
            Key::Enter => {
                if self.typed.is_empty() || self.typed_value().is_some() {
                    return DragKey::Finish;
                }
                let typed = &self.typed;
                let trouble = format!(
                    "“{typed}” is not a number; correct it, or Escape puts everything back"
                );
                self.trouble = Some(trouble.clone());
                return DragKey::Taken(Outcome::message(trouble));
            }
            Key::Backspace => {
                self.typed.pop();
                return DragKey::Taken(self.apply(cx));
            }
            Key::Char(axis @ ('X' | 'Y' | 'Z')) => {
                if self.gizmo.tool != ToolKind::Scale {
                    self.handle = Handle::Axis("XYZ".find(axis).unwrap_or(0));
                    self.turned = self.turn(self.start, self.pointer);
                }
                return DragKey::Taken(self.apply(cx));
            }
            Key::Numpad(digit) => char::from(b'0' + digit.min(9)),
            Key::Char(digit @ '0'..='9') => digit,
            Key::NumpadPeriod | Key::Char('.' | ',') => '.',
            Key::Char('-') => '-',
            _ => return DragKey::Ignored,
        };
        if sign == '-' {
            // As in a modeller: a minus anywhere turns the sign.
            self.typed = match self.typed.strip_prefix('-') {
                Some(rest) => rest.to_owned(),
                None => format!("-{}", self.typed),
            };
        } else {
            self.typed.push(sign);
        }
        self.trouble = None;
        DragKey::Taken(self.apply(cx))
    }

    fn moves(&self) -> bool {
        true
    }

    fn floating(&self) -> Vec<NodeId> {
        let floating = self.parts.iter().filter_map(|part| match part {
            Part::Splats { id, shown_by, .. } if id != shown_by => Some(*shown_by),
            _ => None,
        });
        floating.collect()
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        let mut gizmo = self.gizmo;
        gizmo.camera = editor.camera.camera(editor.viewport.size);
        if let Change::Move(by) = self.change {
            gizmo.pivot += by;
        }
        let mut overlay = Overlay {
            shapes: gizmo.shapes(Some(self.handle), true),
            ..Overlay::default()
        };
        if let (Some(center), Some(from)) = (gizmo.center(), self.gizmo.center()) {
            if let Change::Move(_) = self.change {
                overlay.shapes.push(Shape {
                    opacity: 0.6,
                    ..Shape::open(vec![from, center], Tone::View, 1.0)
                });
            }
            let aside = Vec2::new(18.0, -26.0) * gizmo.pixels_per_point;
            overlay.labels.push(Label {
                at: self.last + aside,
                text: self.value(),
                tone: Tone::Hot,
            });
        }
        overlay
    }

    fn hint(&self) -> &str {
        self.trouble.as_deref().unwrap_or(&self.hint)
    }
}

fn snapped(value: f32, step: f32) -> f32 {
    (value / step).round() * step
}

/// Four digits that matter.
fn short(value: f32) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.digits$}")
}
