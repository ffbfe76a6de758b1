//! Commands that put a layer where it belongs: upright, on the ground, of a real size, with its origin
//! where it is wanted.

use glam::{Quat, Vec3};
use scene::{Edit, EditError, NodeId, Payload, Plane, SplatFlags, Transform, upright};

use crate::{
    editor::Editor, outcome::Outcome, settings::Settings, target::Pivot, tools::measure::Anchored,
};

/// Points that the measuring tool keeps.
pub(crate) const MOST_POINTS: usize = 3;
/// The surface under a point is what lies within this share of the scene's radius.
const SURFACE: f32 = 0.06;
/// Share of splats at either end that a box does not care about.
const STRAY: f32 = 0.004;
/// Lengths that can be set, metres.
const LENGTHS: (f32, f32) = (1e-6, 1e6);

impl Editor {
    /// Points of the world that were picked with the measuring tool, at most three. They stay on the splats
    /// that they were picked on.
    pub fn points(&self) -> Vec<Vec3> {
        let points = self.points.iter();
        points.map(|point| point.world(&self.scene)).collect()
    }

    /// The point that things are turned about, where one was picked.
    pub fn picked_pivot(&self) -> Option<Vec3> {
        self.picked_pivot
    }

    /// Whether the next click picks the pivot.
    pub fn is_picking_pivot(&self) -> bool {
        self.picking_pivot
    }

    pub(crate) fn pivot_at(&mut self, point: Vec3) -> Outcome {
        if !point.is_finite() {
            return Outcome::message("The pivot is not a usable point; pick another one");
        }
        self.picked_pivot = Some(point);
        self.picking_pivot = false;
        self.settings.pivot = Pivot::Picked;
        Outcome::redraw()
    }

    pub(crate) fn set_pivot(&mut self, pivot: Pivot) -> Outcome {
        self.picking_pivot = pivot == Pivot::Picked && self.picked_pivot.is_none();
        self.settings = Settings {
            pivot,
            ..self.settings
        };
        if self.picking_pivot {
            return Outcome::message("Click the point to turn and scale about");
        }
        Outcome::redraw()
    }

    pub(crate) fn pick_pivot(&mut self) -> Outcome {
        self.picking_pivot = true;
        Outcome::message("Click the point to turn and scale about")
    }

    pub(crate) fn add_point(&mut self, point: Anchored) -> Outcome {
        if self.points.len() >= MOST_POINTS {
            self.points.clear();
        }
        self.points.push(point);
        Outcome::redraw()
    }

    pub(crate) fn clear_points(&mut self) -> Outcome {
        self.points.clear();
        Outcome::redraw()
    }

    /// The layer or group that is placed: the selected one, else the only one.
    pub(crate) fn layer_to_place(&self) -> Result<NodeId, &'static str> {
        let selected = self.selected_node().filter(|id| {
            let payload = self.scene.node(*id).map(|node| &node.payload);
            matches!(payload, Some(Payload::Splats(_) | Payload::Group))
        });
        if let Some(id) = selected {
            return self.can_change(id).map(|()| id);
        }
        let mut layers = self.scene.layers().map(|(id, ..)| id);
        match (layers.next(), layers.next()) {
            (Some(only), None) => self.can_change(only).map(|()| only),
            (Some(_), Some(_)) => Err("Select a layer in the scene tree first"),
            (None, _) => Err("The scene holds no splats yet"),
        }
    }

    /// Runs a change of the layer to place that is a motion of the world.
    fn place(
        &mut self,
        name: &str,
        motion: impl FnOnce(&Self, NodeId) -> Result<Transform, String>,
    ) -> Outcome {
        let moved = self
            .layer_to_place()
            .map_err(str::to_owned)
            .and_then(|id| Ok((id, motion(self, id)?)));
        match moved {
            Ok((id, motion)) => {
                let edit = self.in_world(id, &motion);
                self.change(name, edit)
            }
            Err(why) => Outcome::message(why),
        }
    }

    /// The edit that moves a node in the world.
    fn in_world(&self, id: NodeId, motion: &Transform) -> Option<Edit> {
        let node = self.scene.node(id)?;
        let world_from_parent = node.parent.map(|p| self.scene.world_from_node(p));
        let parent_from_world = world_from_parent.unwrap_or_default().inverse();
        let world_from_node = motion.compose(&self.scene.world_from_node(id));
        let transform = parent_from_world.compose(&world_from_node);
        Some(Edit::set_transform(id, transform))
    }

    pub(super) fn put_on_ground(&mut self) -> Outcome {
        self.place("Put on the ground", |editor, id| {
            let (low, high) = editor.box_of(id).ok_or("The layer holds no splats")?;
            let foot = Vec3::new(0.5 * (low.x + high.x), low.y, 0.5 * (low.z + high.z));
            Ok(Transform::from_translation(-foot))
        })
    }

    pub(super) fn guess_up(&mut self) -> Outcome {
        let mut tilt = 0.0;
        let mut outcome = self.place("Turn upright", |editor, id| {
            let floor = editor.floor_of(id).ok_or(
                "No level surface was found; pick three points of the floor with the measuring tool",
            )?;
            tilt = floor.normal.angle_between(Vec3::Y).to_degrees();
            Ok(about(floor.point, upright::turn_upright(floor.normal), 1.0))
        });
        outcome
            .message
            .get_or_insert_with(|| format!("Turned by {tilt:.1}° so that the floor lies level"));
        outcome
    }

    /// The floor of the largest layer in a node, world frame.
    fn floor_of(&self, id: NodeId) -> Option<Plane> {
        let below = self.scene.layers();
        let below = below.filter(|(layer, ..)| self.scene.is_within(*layer, id));
        let (layer_id, _, layer) = below.max_by_key(|(.., layer)| layer.alive())?;
        let world_from_layer = self.scene.world_from_node(layer_id);
        let up = world_from_layer.rotation.inverse() * Vec3::Y;
        let drawn = |row: usize| layer.flags[row].is_drawn();
        let floor = upright::floor(&layer.cloud, drawn, up)?;
        Some(Plane {
            point: world_from_layer.point(floor.point),
            normal: world_from_layer.rotation * floor.normal,
        })
    }

    /// Three points become level.
    pub(crate) fn level_points(&mut self) -> Outcome {
        let points = self.points();
        self.place("Level by three points", |editor, _| {
            let [a, b, c] = points[..] else {
                return Err("Pick three points of the floor first".to_owned());
            };
            let plane = Plane::through(a, b, c)
                .ok_or("The three points lie on one line; pick points that are farther apart")?;
            // Whoever picked them looks at the floor from above.
            let eye = editor.camera.view().eye;
            let side = (eye - plane.point).dot(plane.normal).signum();
            Ok(about(
                plane.point,
                upright::turn_upright(plane.normal * side),
                1.0,
            ))
        })
    }

    /// The surface at the last point becomes level.
    pub(crate) fn level_surface(&mut self) -> Outcome {
        let last = self.points().last().copied();
        self.place("Level by surface", |editor, id| {
            let at = last.ok_or("Pick a point of the floor first")?;
            let plane = editor.surface_at(id, at).ok_or(
                "There are too few splats around the point to tell how the surface lies; pick another one",
            )?;
            let eye = editor.camera.view().eye;
            let side = (eye - plane.point).dot(plane.normal).signum();
            Ok(about(at, upright::turn_upright(plane.normal * side), 1.0))
        })
    }

    /// The plane of the splats around a point, world frame.
    fn surface_at(&self, id: NodeId, at: Vec3) -> Option<Plane> {
        let below = self.scene.layers();
        let below = below.filter(|(layer, ..)| self.scene.is_within(*layer, id));
        let planes = below.filter_map(|(layer_id, _, layer)| {
            let world_from_layer = self.scene.world_from_node(layer_id);
            let point = world_from_layer.inverse().point(at);
            let radius = SURFACE * self.camera.scene_radius() / world_from_layer.scale;
            let drawn = |row: usize| layer.flags[row].is_drawn();
            let plane = Plane::around(&layer.cloud, drawn, point, radius)?;
            Some(Plane {
                point: world_from_layer.point(plane.point),
                normal: world_from_layer.rotation * plane.normal,
            })
        });
        planes.min_by(|a, b| {
            let far = |p: &Plane| p.point.distance_squared(at);
            far(a).total_cmp(&far(b))
        })
    }

    /// The distance between the first two points becomes a real length.
    pub(crate) fn rescale_to(&mut self, length: f32) -> Outcome {
        let points = self.points();
        self.place("Rescale", |_, _| {
            let [a, b, ..] = points[..] else {
                return Err("Pick two points first".to_owned());
            };
            if !(length >= LENGTHS.0 && length <= LENGTHS.1) {
                let (low, high) = LENGTHS;
                return Err(format!(
                    "A length of {length} m cannot be set; enter {low} to {high} m"
                ));
            }
            let factor = length / a.distance(b);
            if !(factor.is_finite() && factor > 0.0) {
                return Err("The two points are one; pick another one".to_owned());
            }
            Ok(about(a, Quat::IDENTITY, factor))
        })
    }

    /// Puts the origin at a height of the box, 0 (base) to 1; everything stays where it is.
    pub(super) fn origin_to(&mut self, height: f32) -> Outcome {
        let id = match self.layer_to_place() {
            Ok(id) => id,
            Err(why) => return Outcome::message(why),
        };
        let Some((low, high)) = self.box_of(id) else {
            return Outcome::message("The layer holds no splats");
        };
        let middle = 0.5 * (low + high);
        let at = Vec3::new(middle.x, low.y + height * (high.y - low.y), middle.z);
        let name = if height > 0.0 {
            "Origin to center"
        } else {
            "Origin to base"
        };
        let world_from_node = self.scene.world_from_node(id);
        let offset = world_from_node.inverse().point(at);
        let Some(node) = self.scene.node(id) else {
            return Outcome::default();
        };
        let transform = Transform {
            translation: node.transform.point(offset),
            ..node.transform
        };
        let back = Transform::from_translation(-offset);
        let children: Vec<(NodeId, Transform)> = self
            .scene
            .children(Some(id))
            .map(|(child, node)| (child, node.transform))
            .collect();
        self.step(name, |step, scene| {
            let mut dirty = step.update(scene, Edit::set_transform(id, transform))?;
            for (child, before) in children {
                let after = Transform {
                    translation: before.translation - offset,
                    ..before
                };
                dirty.extend(step.update(scene, Edit::set_transform(child, after))?);
            }
            let splats = scene
                .node(id)
                .ok_or(EditError::NodeMissing { id })?
                .splats();
            let rows = splats.map(|layer| (0_u32..).take(layer.cloud.len()).collect());
            let moved = rows.and_then(|rows| Edit::transform_rows(scene, id, rows, &back));
            if let Some(edit) = moved {
                dirty.extend(step.update(scene, edit)?);
            }
            Ok(dirty)
        })
    }

    /// The box around the splats of a node in the world, strays aside.
    pub(crate) fn box_of(&self, id: NodeId) -> Option<(Vec3, Vec3)> {
        let below = self.scene.layers();
        let below = below.filter(|(layer, ..)| self.scene.is_within(*layer, id));
        let mut axes = [const { Vec::new() }; 3];
        for (layer_id, _, layer) in below {
            let world_from_layer = self.scene.world_from_node(layer_id);
            for (mean, flags) in layer.cloud.means().iter().zip(&layer.flags) {
                if !flags.intersects(SplatFlags::DELETED) {
                    let p = world_from_layer.point(*mean);
                    (0..3).for_each(|axis| axes[axis].push(p[axis]));
                }
            }
        }
        let (mut low, mut high) = (Vec3::ZERO, Vec3::ZERO);
        for (axis, values) in axes.iter_mut().enumerate() {
            let last = values.len().checked_sub(1)?;
            let stray = (last as f32 * STRAY) as usize;
            low[axis] = *values.select_nth_unstable_by(stray, f32::total_cmp).1;
            high[axis] = *values
                .select_nth_unstable_by(last - stray, f32::total_cmp)
                .1;
        }
        Some((low, high))
    }
}

/// A turn and a scale about a point of the world.
fn about(point: Vec3, rotation: Quat, scale: f32) -> Transform {
    Transform {
        translation: point - rotation * (scale * point),
        rotation,
        scale,
    }
}
