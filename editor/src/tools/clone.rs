//! Where the clone brush takes its colors from.
//!
//! A splat is painted with what lies at the same distance and direction from it as the place picked lay
//! from where the first stroke began: a shift in the world, whatever lies between. The splats nearest to
//! there are mixed, near and opaque ones counting most. Their harmonics come along as they stand in the
//! world, because light comes from where it came from: between layers that are turned against each other
//! they are turned, on a surface that faces elsewhere they are not.

use std::collections::BTreeMap;

use glam::{Quat, Vec2, Vec3};
use scene::{
    AffineColor, Ink, NodeId, PinholeCamera, PointTree, Scene, Transform, bake::ShRotation, grade,
    nearest::Near, paint::regraded, sh,
};

use super::stroke::Stroke;
use crate::{
    adjust::own_reach,
    editor::{Cx, Editor},
    overlay::{Line, Overlay, Ring, Tone},
};

/// Splats that are mixed.
const MIXED: usize = 4;
/// Nothing is copied from farther away than so many distances between neighbors.
const REACH: f32 = 4.0;
/// Radius and arm of the mark, points.
const MARK: f32 = 7.0;

/// The place that colors are copied from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SourceMark {
    /// World.
    pub(crate) point: Vec3,
    /// From a splat to its source, once a stroke has begun.
    pub(crate) source_from_target: Option<Vec3>,
}

/// Copies colors from splats elsewhere.
#[derive(Debug)]
pub(crate) struct Copier {
    source_from_target: Vec3,
    /// What is drawn: centers in the world, and whose they are.
    tree: PointTree,
    splats: Vec<(NodeId, u32)>,
    reach: f32,
    layers: BTreeMap<NodeId, Layer>,
    /// Where the brush is now and how far away, world and along view Z.
    at: Vec3,
    depth: f32,
}

#[derive(Debug)]
struct Layer {
    world_from_layer: Transform,
    shown: Vec<AffineColor>,
    /// To other layers that are turned against it.
    turns: BTreeMap<NodeId, ShRotation>,
}

impl Copier {
    /// Begins a stroke at a pixel.
    pub(crate) fn begin(cx: &mut Cx<'_>, pos: Vec2) -> Result<Self, &'static str> {
        let from = cx.clone_from.as_mut();
        let from = from.ok_or("Pick the place to copy from first: Alt and a click")?;
        let pick = cx.picker.pick(pos.x, pos.y);
        let pick = pick.ok_or("There is no splat under the pointer; begin on one")?;
        let shift = from.point - pick.point;
        let source_from_target = *from.source_from_target.get_or_insert(shift);
        let scene = &*cx.scene;
        let (mut points, mut splats) = (Vec::new(), Vec::new());
        let mut layers = BTreeMap::new();
        let drawn = || scene.layers().filter(|(id, ..)| scene.is_visible(*id));
        for (id, _, layer) in drawn() {
            let world_from_layer = scene.world_from_node(id);
            let rows = layer
                .flags
                .iter()
                .zip(0_u32..)
                .filter(|(f, _)| f.is_drawn());
            for (_, row) in rows {
                points.push(world_from_layer.point(layer.cloud.means()[row as usize]));
                splats.push((id, row));
            }
            let turns = drawn().filter_map(|(other, ..)| {
                let turn =
                    scene.world_from_node(other).rotation.inverse() * world_from_layer.rotation;
                let degree = layer.cloud.sh_degree();
                let turned = turn.angle_between(Quat::IDENTITY) > 1e-4 && degree > 0;
                turned.then(|| (other, ShRotation::new(degree, turn)))
            });
            let layer = Layer {
                world_from_layer,
                shown: grade::affine_grades(&layer.grades).to_vec(),
                turns: turns.collect(),
            };
            layers.insert(id, layer);
        }
        Ok(Self {
            source_from_target,
            tree: PointTree::new(&points),
            splats,
            reach: REACH * own_reach(scene),
            layers,
            at: pick.point,
            depth: pick.depth,
        })
    }

    /// The brush is elsewhere.
    pub(crate) fn follow(&mut self, camera: &PinholeCamera, pos: Vec2) {
        self.at = camera.unproject(pos.x, pos.y, self.depth);
    }

    /// Writes the colors that a splat of a layer takes on into `new`; false where there is nothing to take.
    pub(crate) fn copy(
        &self,
        (stroke, scene): (&Stroke, &Scene),
        (id, row): (NodeId, u32),
        ink: &Ink,
        new: &mut [f32],
    ) -> bool {
        let target = self
            .layers
            .get(&id)
            .zip(scene.node(id).and_then(|n| n.splats()));
        let Some((target, layer)) = target else {
            return false;
        };
        let mean = layer.cloud.means()[row as usize];
        let place = target.world_from_layer.point(mean) + self.source_from_target;
        let mut found: Vec<Near> = Vec::with_capacity(MIXED);
        self.tree.nearest(place, MIXED, self.reach, &mut found);
        let mut color = vec![0.0; new.len()];
        let mut turned = vec![0.0; 3 * sh::coefficient_count(sh::MAX_DEGREE + 1)];
        let (mut total, least) = (0.0, (0.05 * self.reach).powi(2));
        new.fill(0.0);
        for near in &found {
            let (from, row) = self.splats[near.index as usize];
            let source = self
                .layers
                .get(&from)
                .zip(scene.node(from).and_then(|n| n.splats()));
            let Some((source, layer)) = source else {
                continue;
            };
            let mut sh = stroke.original(from, &layer.cloud, row);
            if let Some(turn) = source.turns.get(&id) {
                let turned = &mut turned[..sh.len()];
                turn.apply(sh, turned);
                sh = turned;
            }
            let shown = source.shown.get(layer.flags[row as usize].grade());
            regraded(sh, shown.unwrap_or(&AffineColor::IDENTITY), ink, &mut color);
            let weight = layer.cloud.opacity(row as usize).max(1e-3) / (near.squared + least);
            total += weight;
            for (sum, value) in new.iter_mut().zip(&color) {
                *sum += weight * value;
            }
        }
        new.iter_mut().for_each(|sum| *sum /= total);
        !found.is_empty() && new.iter().all(|v| v.is_finite())
    }

    /// Paints where colors come from now.
    pub(crate) fn mark(&self, editor: &Editor, overlay: &mut Overlay) {
        mark(editor, self.at + self.source_from_target, overlay);
    }
}

/// Paints where colors come from while nothing is dragged.
pub(crate) fn standing_mark(editor: &Editor, overlay: &mut Overlay) {
    if let Some(source) = &editor.clone_from {
        mark(editor, source.point, overlay);
    }
}

/// A ring with a cross through it.
fn mark(editor: &Editor, point: Vec3, overlay: &mut Overlay) {
    let camera = editor.camera.camera(editor.viewport.size);
    let p = camera.project(point);
    if !p.is_finite() || p.z <= camera.near {
        return;
    }
    let (center, size) = (p.truncate(), MARK * editor.viewport.pixels_per_point);
    overlay.rings.push(Ring {
        center,
        radius: size,
        tone: Tone::Add,
    });
    for arm in [Vec2::X, Vec2::Y] {
        overlay.lines.push(Line {
            points: vec![center - arm * 1.6 * size, center + arm * 1.6 * size],
            closed: false,
            tone: Tone::Add,
        });
    }
}
