//! Applying an edit: check, swap, report.

use std::{collections::BTreeSet, mem::swap, sync::Arc};

use super::{Edit, EditError, FlagRuns, Kind, RowValues, Slot, Value, rows::swap_rows};
use crate::{
    Dirty, Environment, Grade, MOST_GRADES, Node, NodeId, Payload, Scene, SplatFlags, SplatLayer,
    Transform, rows::RowSet,
};

impl Edit {
    pub(super) fn swap(
        &mut self,
        scene: &mut Scene,
        dirty: &mut Vec<Dirty>,
    ) -> Result<(), EditError> {
        match &mut self.0 {
            Kind::Presence(slots) if slots.iter().all(|slot| slot.node.is_some()) => {
                bring(scene, slots, dirty)
            }
            Kind::Presence(slots) => take(scene, slots, dirty),
            Kind::Field { id, value } => swap_field(scene, *id, value, dirty),
            Kind::Environment(environment) => {
                check_environment(environment)?;
                swap(&mut scene.environment, &mut **environment);
                note(dirty, Dirty::Light);
                Ok(())
            }
            Kind::SelectionSets(sets) => {
                let named = |i: usize| sets[..i].iter().all(|set| set.name != sets[i].name);
                if !(0..sets.len()).all(named) {
                    return Err(EditError::Invalid {
                        what: "the name of the selection set",
                    });
                }
                swap(&mut scene.selection_sets, sets);
                Ok(())
            }
            Kind::Place {
                id,
                parent,
                position,
            } => place(scene, *id, parent, position, dirty),
            Kind::Flags { id, rows, values } => swap_flags(scene, *id, rows, values, dirty),
            Kind::Rows { id, rows, values } => swap_parameters(scene, *id, rows, values, dirty),
            Kind::Batch(edits) => swap_batch(scene, edits, dirty),
        }
    }
}

/// Adds a report unless it is there.
fn note(dirty: &mut Vec<Dirty>, part: Dirty) {
    if !dirty.contains(&part) {
        dirty.push(part);
    }
}

fn note_node(dirty: &mut Vec<Dirty>, node: &Node) {
    note(dirty, Dirty::Graph);
    if matches!(node.payload, Payload::Light(_) | Payload::Group) {
        note(dirty, Dirty::Light);
    }
}

fn editable(scene: &mut Scene, id: NodeId) -> Result<&mut Node, EditError> {
    let node = scene
        .nodes
        .get_mut(&id)
        .ok_or(EditError::NodeMissing { id })?;
    if node.splats().is_some_and(|layer| layer.incoming) {
        return Err(EditError::Incoming {
            name: node.name.clone(),
        });
    }
    Ok(node)
}

fn bring(scene: &mut Scene, slots: &mut [Slot], dirty: &mut Vec<Dirty>) -> Result<(), EditError> {
    for slot in slots.iter() {
        let Some(node) = &slot.node else { continue };
        if scene.nodes.contains_key(&slot.id)
            || slots.iter().filter(|other| other.id == slot.id).count() > 1
        {
            return Err(EditError::NodeExists { id: slot.id });
        }
        check_node(node)?;
        if let Some(parent_id) = node.parent {
            let together = slots.iter().find(|other| other.id == parent_id);
            let parent = together.and_then(|other| other.node.as_deref());
            let parent = parent.or(scene.node(parent_id));
            let parent = parent.ok_or(EditError::NodeMissing { id: parent_id })?;
            if !matches!(parent.payload, Payload::Group) {
                return Err(EditError::NotAGroup {
                    name: parent.name.clone(),
                });
            }
        }
    }

    for slot in slots {
        let Some(node) = slot.node.take() else {
            continue;
        };
        note_node(dirty, &node);
        if let Some(layer) = node.splats() {
            let rows = 0..layer.cloud.len();
            note(
                dirty,
                Dirty::Cloud {
                    node: slot.id,
                    rows,
                },
            );
        }
        // Incoming layers come and go without history, so an old position may lie past the end.
        slot.position = slot.position.min(scene.lasting());
        scene.order.insert(slot.position, slot.id);
        scene.nodes.insert(slot.id, *node);
        scene.next_id = scene.next_id.max(slot.id.0 + 1);
    }
    Ok(())
}

fn take(scene: &mut Scene, slots: &mut [Slot], dirty: &mut Vec<Dirty>) -> Result<(), EditError> {
    for slot in slots.iter() {
        editable(scene, slot.id)?;
    }
    let ids: BTreeSet<NodeId> = slots.iter().map(|slot| slot.id).collect();
    for (id, node) in &scene.nodes {
        if let Some(parent) = node.parent
            && ids.contains(&parent)
            && !ids.contains(id)
            && !scene.is_streamed(*id)
        {
            return Err(EditError::HasChildren {
                name: scene.nodes[&parent].name.clone(),
            });
        }
    }

    // What a recipe made goes with it; it is made again when the recipe comes back.
    scene.drop_streamed(|parent| ids.contains(&parent));
    for slot in slots.iter_mut() {
        let position = scene.order.iter().position(|id| *id == slot.id);
        slot.position = position.unwrap_or(scene.order.len());
    }
    slots.sort_by_key(|slot| slot.position);
    scene.order.retain(|id| !ids.contains(id));
    for slot in slots {
        slot.node = scene.nodes.remove(&slot.id).map(Box::new);
        if let Some(node) = &slot.node {
            note_node(dirty, node);
        }
    }
    Ok(())
}

fn swap_field(
    scene: &mut Scene,
    id: NodeId,
    value: &mut Value,
    dirty: &mut Vec<Dirty>,
) -> Result<(), EditError> {
    let node = editable(scene, id)?;
    match value {
        Value::Name(name) => {
            swap(&mut node.name, name);
            note(dirty, Dirty::Graph);
        }
        Value::Visible(visible) => {
            swap(&mut node.visible, visible);
            note_node(dirty, node);
        }
        Value::Locked(locked) => {
            swap(&mut node.locked, locked);
            note(dirty, Dirty::Graph);
        }
        Value::Transform(transform) => {
            check_transform(transform)?;
            swap(&mut node.transform, transform);
            note_node(dirty, node);
        }
        Value::Lit(lit) => {
            swap(&mut layer_of(node)?.lit, lit);
            note(dirty, Dirty::Graph);
        }
        Value::Grades(grades) => {
            check_grades(grades)?;
            swap(&mut layer_of(node)?.grades, grades);
            note(dirty, Dirty::Graph);
        }
        Value::Light(light) => {
            check_light(light)?;
            let Payload::Light(old) = &mut node.payload else {
                return Err(EditError::NotALight {
                    name: node.name.clone(),
                });
            };
            swap(old, light);
            note(dirty, Dirty::Light);
        }
        Value::Recipe(recipe) => {
            let Payload::Recipe(old) = &mut node.payload else {
                return Err(EditError::NotARecipe {
                    name: node.name.clone(),
                });
            };
            swap(old, recipe);
            note(dirty, Dirty::Graph);
        }
        Value::Layer(new) => {
            check_layer(new)?;
            let old = layer_of(node)?;
            swap(old, new);
            let rows = 0..old.cloud.len();
            note(dirty, Dirty::Graph);
            note(dirty, Dirty::Cloud { node: id, rows });
        }
    }
    Ok(())
}

fn layer_of(node: &mut Node) -> Result<&mut SplatLayer, EditError> {
    match &mut node.payload {
        Payload::Splats(layer) => Ok(layer),
        _ => Err(EditError::NotALayer {
            name: node.name.clone(),
        }),
    }
}

fn place(
    scene: &mut Scene,
    id: NodeId,
    parent: &mut Option<NodeId>,
    position: &mut usize,
    dirty: &mut Vec<Dirty>,
) -> Result<(), EditError> {
    editable(scene, id)?;
    if let Some(parent) = *parent {
        let group = scene
            .node(parent)
            .ok_or(EditError::NodeMissing { id: parent })?;
        let name = || group.name.clone();
        if !matches!(group.payload, Payload::Group) {
            return Err(EditError::NotAGroup { name: name() });
        }
        if scene.is_within(parent, id) {
            return Err(EditError::Cycle { name: name() });
        }
    }

    let old = scene.order.iter().position(|other| *other == id);
    scene.order.retain(|other| *other != id);
    let end = scene.lasting();
    scene.order.insert((*position).min(end), id);
    *position = old.unwrap_or(end);
    if let Some(node) = scene.nodes.get_mut(&id) {
        swap(&mut node.parent, parent);
        note_node(dirty, node);
    }
    Ok(())
}

fn swap_flags(
    scene: &mut Scene,
    id: NodeId,
    rows: &RowSet,
    values: &mut FlagRuns,
    dirty: &mut Vec<Dirty>,
) -> Result<(), EditError> {
    let node = editable(scene, id)?;
    let name = node.name.clone();
    let layer = layer_of(node)?;
    let covering = rows.covering();
    if covering.end > layer.flags.len() {
        return Err(EditError::RowMissing {
            name,
            row: covering.end - 1,
            splats: layer.flags.len(),
        });
    }

    let mut old = FlagRuns::default();
    for (row, new) in rows.iter().zip(values.iter()) {
        let flags: &mut SplatFlags = &mut layer.flags[row];
        old.push(*flags);
        *flags = new;
    }
    *values = old;
    note(
        dirty,
        Dirty::Flags {
            node: id,
            rows: covering,
        },
    );
    Ok(())
}

fn swap_parameters(
    scene: &mut Scene,
    id: NodeId,
    rows: &RowSet,
    values: &mut RowValues,
    dirty: &mut Vec<Dirty>,
) -> Result<(), EditError> {
    let node = editable(scene, id)?;
    let name = node.name.clone();
    // Copied only where a saver or a copy of the layer still reads it.
    let cloud = Arc::make_mut(&mut layer_of(node)?.cloud);
    swap_rows(&name, cloud, rows, values)?;
    let part = if values.only_colors() {
        let rows = rows.clone();
        Dirty::Colors { node: id, rows }
    } else {
        let rows = rows.covering();
        Dirty::Cloud { node: id, rows }
    };
    note(dirty, part);
    Ok(())
}

fn swap_batch(
    scene: &mut Scene,
    edits: &mut [Edit],
    dirty: &mut Vec<Dirty>,
) -> Result<(), EditError> {
    for done in 0..edits.len() {
        if let Err(error) = edits[done].swap(scene, dirty) {
            // Take back what was applied; a swap that worked forth works back.
            for edit in edits[..done].iter_mut().rev() {
                edit.swap(scene, dirty)?;
            }
            return Err(error);
        }
    }
    edits.reverse();
    let mut seen = Vec::with_capacity(dirty.len());
    dirty.drain(..).for_each(|part| note(&mut seen, part));
    *dirty = seen;
    Ok(())
}

pub(crate) fn check_node(node: &Node) -> Result<(), EditError> {
    check_transform(&node.transform)?;
    match &node.payload {
        Payload::Splats(layer) => check_layer(layer),
        Payload::Light(light) => check_light(light),
        Payload::Camera(pose) if !(pose.fov_y > 0.0 && pose.fov_y < std::f32::consts::PI) => {
            Err(EditError::Invalid {
                what: "the camera's angle",
            })
        }
        Payload::Camera(_) | Payload::Group | Payload::Recipe(_) => Ok(()),
    }
}

fn check_transform(transform: &Transform) -> Result<(), EditError> {
    let unit = (transform.rotation.length() - 1.0).abs() < 1e-3;
    if transform.is_valid() && unit {
        Ok(())
    } else {
        Err(EditError::Invalid {
            what: "the transform",
        })
    }
}

fn check_light(light: &crate::DirectionalLight) -> Result<(), EditError> {
    let unit = (light.direction.length() - 1.0).abs() < 1e-3;
    let bright = light.color.is_finite() && light.intensity.is_finite() && light.intensity >= 0.0;
    if unit && bright {
        Ok(())
    } else {
        Err(EditError::Invalid { what: "the light" })
    }
}

pub(crate) fn check_environment(environment: &Environment) -> Result<(), EditError> {
    let unit = (environment.rotation.length() - 1.0).abs() < 1e-3;
    let finite = environment.radiance.iter().all(|value| value.is_finite());
    if unit && finite && environment.intensity.is_finite() && environment.intensity >= 0.0 {
        Ok(())
    } else {
        Err(EditError::Invalid {
            what: "the environment",
        })
    }
}

fn check_grades(grades: &[Grade]) -> Result<(), EditError> {
    let sound = grades.len() <= MOST_GRADES && grades.iter().all(Grade::is_valid);
    sound
        .then_some(())
        .ok_or(EditError::Invalid { what: "the grade" })
}

fn check_layer(layer: &SplatLayer) -> Result<(), EditError> {
    check_grades(&layer.grades)?;
    if layer.flags.len() == layer.cloud.len() && !layer.incoming {
        Ok(())
    } else {
        Err(EditError::Invalid {
            what: "the layer's splat state",
        })
    }
}
