//! Painting a selection with a ball that rolls over what is seen. The whole stroke is one step.

use glam::{Vec2, Vec3};
use scene::{Footprint, RegionMask, Scene};

use crate::{
    editor::{Cx, Editor},
    gesture::Gesture,
    input::Modifiers,
    outcome::Outcome,
    overlay::{Overlay, Ring},
    select::{
        SelectOp, editable_layers, is_touchable,
        mask::{Rows, rows_where, select_rows},
    },
    tools::{Drag, brush, seen_surface, tone},
    volume::Volume,
};

/// Two picks farther apart than so many radii lie on different surfaces; the ball jumps.
const JUMP: f32 = 4.0;

#[derive(Debug)]
pub(crate) struct SphereBrushDrag {
    /// Where the ball was last, world.
    last: Vec3,
    /// Metres; the same during a stroke, however near the surface comes.
    radius: f32,
    op: SelectOp,
    stroke: Gesture,
    surface: Option<RegionMask>,
    ring: Ring,
}

/// Begins a stroke on what is seen.
pub(crate) fn begin(
    cx: &mut Cx<'_>,
    pos: Vec2,
    modifiers: Modifiers,
) -> Result<(SphereBrushDrag, Outcome), &'static str> {
    let pick = cx.picker.pick(pos.x, pos.y);
    let point = pick
        .ok_or("There is no splat under the pointer; begin on one")?
        .point;
    let surface = seen_surface(cx, cx.settings.select.space_surface);
    let mut drag = SphereBrushDrag {
        last: point,
        radius: world_radius(cx, point),
        op: brush::dab_op(modifiers),
        stroke: Gesture::begin("Sphere brush"),
        surface,
        ring: ring_at(cx, pos, SelectOp::from_modifiers(modifiers)),
    };
    let outcome = drag.dab(cx, point);
    drag.op = brush::after_first(drag.op);
    Ok((drag, outcome))
}

/// Radius of the brush at the depth of a point, metres.
fn world_radius(cx: &Cx<'_>, point: Vec3) -> f32 {
    let camera = cx.pinhole();
    let px = cx.settings.brush_radius * cx.viewport.pixels_per_point;
    px / camera.px_per_metre(camera.project(point).z)
}

fn ring_at(cx: &Cx<'_>, center: Vec2, op: SelectOp) -> Ring {
    Ring {
        center,
        radius: cx.settings.brush_radius * cx.viewport.pixels_per_point,
        tone: tone(op),
    }
}

impl SphereBrushDrag {
    fn follow(&mut self, cx: &mut Cx<'_>, pos: Vec2) -> Outcome {
        self.ring.center = pos;
        let Some(pick) = cx.picker.pick(pos.x, pos.y) else {
            return Outcome::redraw();
        };
        self.ring.radius = self.radius * cx.pinhole().px_per_metre(pick.depth);
        self.dab(cx, pick.point)
    }

    /// Selects along the way to a point.
    fn dab(&mut self, cx: &mut Cx<'_>, point: Vec3) -> Outcome {
        if self.last.distance(point) > JUMP * self.radius {
            self.last = point;
        }
        let rows = self.rows(cx, point);
        self.last = point;
        brush::apply(cx, &mut self.stroke, select_rows(cx.scene, &rows, self.op))
    }

    fn rows(&self, cx: &Cx<'_>, to: Vec3) -> Rows {
        let softness = cx.settings.select.softness;
        let ellipses = cx.settings.select_ellipses && softness == 0.0;
        let scene: &Scene = cx.scene;
        let layers = editable_layers(scene).map(|(id, layer)| {
            let world_from_layer = scene.world_from_node(id);
            let node_from_world = world_from_layer.inverse();
            // In the layer's own frame no centre has to be moved.
            let (from, along) = (
                node_from_world.point(self.last),
                node_from_world.point(to) - node_from_world.point(self.last),
            );
            let radius = self.radius * node_from_world.scale;
            let nearest = |p: Vec3| {
                let squared = along.length_squared();
                let t = if squared > 0.0 {
                    ((p - from).dot(along) / squared).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                from + along * t
            };
            let holds = |row: usize, mean: Vec3| {
                let at = nearest(mean);
                let away = mean.distance(at) / radius;
                if brush::takes(softness, away, (id, row)) {
                    return true;
                }
                ellipses && {
                    let center = world_from_layer.point(at);
                    let ball = Volume::Sphere {
                        center,
                        radius: self.radius,
                    };
                    ball.holds(&world_from_layer, layer, row, Footprint::Ellipse)
                }
            };
            let means = layer.cloud.means();
            let rows = rows_where(means.len(), |row| {
                is_touchable(layer.flags[row])
                    && holds(row, means[row])
                    && self.surface.as_ref().is_none_or(|s| s.contains(id, row))
            });
            (id, rows)
        });
        layers.collect()
    }
}

impl Drag for SphereBrushDrag {
    fn update(&mut self, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        self.follow(cx, pos)
    }

    fn finish(mut self: Box<Self>, cx: &mut Cx<'_>, pos: Vec2, _modifiers: Modifiers) -> Outcome {
        let outcome = self.follow(cx, pos);
        if let Some((name, edit)) = self.stroke.commit() {
            cx.history.record(&name, edit);
        }
        outcome
    }

    fn cancel(self: Box<Self>, cx: &mut Cx<'_>) -> Outcome {
        Outcome::dirty(self.stroke.abort(cx.scene))
    }

    fn overlay(&self, _editor: &Editor) -> Overlay {
        Overlay {
            rings: vec![self.ring],
            ..Overlay::default()
        }
    }

    fn hint(&self) -> &str {
        "Painting over the surface · Escape takes the stroke back"
    }
}
