//! What the move, rotate and scale tools act on, about which point and along which axes.

use glam::{Quat, Vec3};
use scene::{NodeId, Payload, RowSet, Scene, SplatFlags, SplatLayer};
use serde::{Deserialize, Serialize};

use crate::{
    editor::Editor,
    select::{editable_layers, is_selected},
    tools::gizmo::Gizmo,
};

/// The point that stays where it is while things are turned and scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub enum Pivot {
    /// The middle of the box around what is acted on, strays aside.
    #[default]
    Bounds,
    /// The average of the centers.
    Average,
    /// The origin of the layer.
    Origin,
    /// A point that was picked.
    Picked,
}

impl Pivot {
    /// Every one, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Bounds, Self::Average, Self::Origin, Self::Picked];
}

/// What is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A layer, group or camera.
    Node(NodeId),
    /// The selected splats of these layers.
    Splats(Vec<NodeId>),
}

/// A pivot that was worked out, and for what.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cached {
    revision: u64,
    target: Target,
    pivot: Pivot,
    /// In the frame of the node, or in the world for splats.
    point: Vec3,
}

impl Editor {
    /// What the transform tools would act on: the selected splats, else the selected layer, else the
    /// only one.
    pub(crate) fn target(&self) -> Result<Target, &'static str> {
        let layers: Vec<NodeId> = editable_layers(&self.scene)
            .filter(|(_, layer)| has_selected(layer))
            .map(|(id, _)| id)
            .collect();
        if !layers.is_empty() {
            return Ok(Target::Splats(layers));
        }
        let movable = |id: NodeId| {
            let node = self.scene.node(id);
            node.is_some_and(|n| !matches!(n.payload, Payload::Light(_)))
        };
        if let Some(id) = self.selected_node().filter(|id| movable(*id)) {
            self.can_change(id)?;
            return Ok(Target::Node(id));
        }
        let mut layers = self.scene.layers().map(|(id, ..)| id);
        match (layers.next(), layers.next()) {
            (Some(only), None) => self.can_change(only).map(|()| Target::Node(only)),
            (Some(_), Some(_)) => Err("Select splats, or a layer in the scene tree, first"),
            (None, _) => Err("The scene holds no splats yet"),
        }
    }

    /// The handles of the tool in hand, where there is something to take hold of.
    pub(crate) fn gizmo(&self) -> Option<Gizmo> {
        let target = self.target().ok()?;
        self.gizmo_of(&target)
    }

    pub(crate) fn gizmo_of(&self, target: &Target) -> Option<Gizmo> {
        Some(Gizmo {
            tool: self.tool,
            pivot: self.pivot_of(target)?,
            axes: self.axes_of(target),
            camera: self.camera.camera(self.viewport.size),
            pixels_per_point: self.viewport.pixels_per_point,
        })
    }

    fn axes_of(&self, target: &Target) -> Quat {
        let node = match target {
            Target::Node(id) => Some(*id),
            Target::Splats(layers) => layers.first().copied(),
        };
        match node.filter(|_| self.settings.local_axes) {
            Some(id) => self.scene.world_from_node(id).rotation,
            None => Quat::IDENTITY,
        }
    }

    /// The pivot in the world.
    pub(crate) fn pivot_of(&self, target: &Target) -> Option<Vec3> {
        let kind = self.settings.pivot;
        if let (Pivot::Picked, Some(point)) = (kind, self.picked_pivot) {
            return Some(point);
        }
        let world_from = match target {
            Target::Node(id) => self.scene.world_from_node(*id),
            Target::Splats(_) => scene::Transform::IDENTITY,
        };
        let revision = self.history.revision();
        let known = self.pivot_cache.borrow().clone().filter(|cached| {
            // While a change is gathered the revision stays, though splats may move.
            let still = matches!(target, Target::Node(_)) || self.gesture.is_none();
            still && cached.revision == revision && cached.target == *target && cached.pivot == kind
        });
        let point = match known {
            Some(cached) => cached.point,
            None => find_pivot(&self.scene, target, kind)?,
        };
        *self.pivot_cache.borrow_mut() = Some(Cached {
            revision,
            target: target.clone(),
            pivot: kind,
            point,
        });
        Some(world_from.point(point))
    }
}

/// The selected rows of a layer.
pub(crate) fn selected_rows(layer: &SplatLayer) -> RowSet {
    let rows = (0_u32..).zip(&layer.flags);
    rows.filter(|(_, flags)| is_selected(**flags))
        .map(|(row, _)| row)
        .collect()
}

fn has_selected(layer: &SplatLayer) -> bool {
    layer.flags.iter().any(|flags| is_selected(*flags))
}

/// In the frame of the node, or in the world for splats.
fn find_pivot(scene: &Scene, target: &Target, kind: Pivot) -> Option<Vec3> {
    match (target, kind) {
        (Target::Node(_), Pivot::Origin) => Some(Vec3::ZERO),
        (Target::Splats(layers), Pivot::Origin) => {
            Some(scene.world_from_node(*layers.first()?).translation)
        }
        (Target::Node(id), _) => {
            let node_from_world = scene.world_from_node(*id).inverse();
            let below = scene.layers().filter(|(l, ..)| scene.is_within(*l, *id));
            let mut points = Vec::new();
            for (layer_id, _, layer) in below {
                let node_from_layer = node_from_world.compose(&scene.world_from_node(layer_id));
                let alive = |row: usize| !layer.flags[row].intersects(SplatFlags::DELETED);
                points.extend(sampled(layer, alive).map(|p| node_from_layer.point(p)));
            }
            // An empty group is moved by its origin.
            Some(middle(points, kind).unwrap_or(Vec3::ZERO))
        }
        (Target::Splats(layers), _) => {
            let mut points = Vec::new();
            for id in layers {
                let layer = scene.node(*id)?.splats()?;
                let world_from_layer = scene.world_from_node(*id);
                let picked = sampled(layer, |row| is_selected(layer.flags[row]));
                points.extend(picked.map(|p| world_from_layer.point(p)));
            }
            middle(points, kind)
        }
    }
}

/// Enough centers of the rows that count to tell where they are.
fn sampled(layer: &SplatLayer, counts: impl Fn(usize) -> bool) -> impl Iterator<Item = Vec3> {
    const SAMPLES: usize = 20_000;
    let rows: Vec<u32> = (0_u32..)
        .take(layer.cloud.len())
        .filter(|row| counts(*row as usize))
        .collect();
    let step = rows.len().div_ceil(SAMPLES).max(1);
    let points: Vec<Vec3> = rows
        .iter()
        .step_by(step)
        .map(|row| layer.cloud.means()[*row as usize])
        .collect();
    points.into_iter()
}

fn middle(points: Vec<Vec3>, kind: Pivot) -> Option<Vec3> {
    if points.is_empty() {
        return None;
    }
    let point = if kind == Pivot::Average {
        let sum: glam::DVec3 = points.iter().map(|p| p.as_dvec3()).sum();
        (sum / points.len() as f64).as_vec3()
    } else {
        Vec3::from_array([0, 1, 2].map(|axis| {
            let mut values: Vec<f32> = points.iter().map(|p| p[axis]).collect();
            values.sort_unstable_by(f32::total_cmp);
            // Scans have strays far away: they must not carry the handles off.
            let stray = values.len() / 100;
            0.5 * (values[stray] + values[values.len() - 1 - stray])
        }))
    };
    point.is_finite().then_some(point)
}
