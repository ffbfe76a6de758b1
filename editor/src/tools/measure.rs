//! Picking points of what is seen: two have a distance, three have a plane.

use glam::{Vec2, Vec3};
use scene::{NodeId, Scene};

use super::{Drag, is_click, navigate::Navigate};
use crate::{
    editor::{Cx, Editor},
    input::Modifiers,
    outcome::Outcome,
    overlay::{Label, Overlay, Ring, Shape, Tone},
    picker::Pick,
};

/// Radius of the mark of a point, points.
const MARK: f32 = 6.0;

/// A press that turns the view, or where the pointer stays picks a point.
#[derive(Debug)]
pub(crate) struct PickDrag {
    pub(crate) start: Vec2,
    pub(crate) turning: Navigate,
    pub(crate) what: Picked,
}

/// A point that stays on the splat where it was picked, wherever that goes: by handles, by a placement, or
/// back by undo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchored {
    node: NodeId,
    row: usize,
    /// From the splat's center, frame of its layer.
    offset: Vec3,
    /// Where it was picked, for when the splat is no more.
    pub(crate) picked: Vec3,
}

impl Anchored {
    fn new(scene: &Scene, pick: &Pick) -> Self {
        let mean = mean_of(scene, pick.node, pick.row as usize).unwrap_or_default();
        let layer_from_world = scene.world_from_node(pick.node).inverse();
        Self {
            node: pick.node,
            row: pick.row as usize,
            offset: layer_from_world.point(pick.point) - mean,
            picked: pick.point,
        }
    }

    /// Where it is, world frame.
    pub(crate) fn world(&self, scene: &Scene) -> Vec3 {
        match mean_of(scene, self.node, self.row) {
            Some(mean) => scene.world_from_node(self.node).point(mean + self.offset),
            None => self.picked,
        }
    }
}

fn mean_of(scene: &Scene, node: NodeId, row: usize) -> Option<Vec3> {
    let layer = scene.node(node)?.splats()?;
    layer.cloud.means().get(row).copied()
}

/// What a picked point is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picked {
    Measure,
    Pivot,
}

impl Drag for PickDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, modifiers: Modifiers) -> Outcome {
        if is_click(cx, self.start, pos) {
            return Outcome::default();
        }
        self.turning.update(cx, pos, modifiers)
    }

    fn finish(self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        if !is_click(cx, self.start, pos) {
            return Outcome::redraw();
        }
        let Some(pick) = cx.picker.pick(pos.x, pos.y) else {
            return Outcome::message("There is no splat under the pointer; click on one");
        };
        *cx.picked = Some((self.what, Anchored::new(cx.scene, &pick)));
        Outcome::redraw()
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        Box::new(self.turning).cancel(cx)
    }

    fn overlay(&self, editor: &Editor) -> Overlay {
        let mut overlay = self.turning.overlay(editor);
        let points = overlay_of(editor);
        overlay.rings.extend(points.rings);
        overlay.shapes.extend(points.shapes);
        overlay.labels.extend(points.labels);
        overlay
    }

    fn hint(&self) -> &str {
        "Release to pick the point · drag to turn the view"
    }
}

/// The points with what lies between them.
pub(crate) fn overlay_of(editor: &Editor) -> Overlay {
    let camera = editor.camera.camera(editor.viewport.size);
    let pixel = |p: Vec3| {
        let p = camera.project(p);
        (p.z > camera.near && p.is_finite()).then(|| p.truncate())
    };
    let scale = editor.viewport.pixels_per_point;
    let points = editor.points();
    let mut overlay = Overlay::default();
    let pairs = points.windows(2).map(|w| (w[0], w[1]));
    let closing = (points.len() == 3).then(|| (points[2], points[0]));
    if points.len() == 3 {
        let corners: Option<Vec<Vec2>> = points.iter().map(|p| pixel(*p)).collect();
        overlay
            .shapes
            .extend(corners.map(|c| Shape::filled(c, Tone::Hot, 0.12)));
    }
    for (a, b) in pairs.chain(closing) {
        let (Some(from), Some(to)) = (pixel(a), pixel(b)) else {
            continue;
        };
        overlay
            .shapes
            .push(Shape::open(vec![from, to], Tone::Hot, 2.0));
        overlay.labels.push(Label {
            at: 0.5 * (from + to),
            text: length(a.distance(b)),
            tone: Tone::Hot,
        });
    }
    let marks = points.iter().filter_map(|p| pixel(*p));
    overlay.rings.extend(marks.map(|center| Ring {
        center,
        radius: MARK * scale,
        tone: Tone::Neutral,
    }));
    overlay
}

/// A length as it is read.
fn length(metres: f32) -> String {
    match metres {
        m if m < 0.1 => format!("{:.1} mm", 1000.0 * m),
        m if m < 10.0 => format!("{m:.3} m"),
        m => format!("{m:.2} m"),
    }
}
