//! What a drag moves: nodes by their transforms, and splats by layers that stand in for them.

use scene::{
    Dirty, Edit, EditError, Node, NodeId, Payload, Scene, SplatFlags, SplatLayer, Transform,
};

use crate::{
    gesture::Gesture,
    select::{is_selected, set_selected},
};

/// One thing that moves.
#[derive(Debug)]
pub(super) enum Part {
    /// Moves by its transform.
    Node {
        id: NodeId,
        before: Transform,
        world_from_parent: Transform,
    },
    /// Rows of a layer, shown by a floating node (or by the layer itself where they are all of it).
    Splats {
        id: NodeId,
        shown_by: NodeId,
        before: Transform,
        world_from_layer: Transform,
    },
}

pub(super) fn node_part(scene: &Scene, id: NodeId) -> Option<Part> {
    let node = scene.node(id)?;
    Some(Part::Node {
        id,
        before: node.transform,
        world_from_parent: node
            .parent
            .map(|p| scene.world_from_node(p))
            .unwrap_or_default(),
    })
}

/// Lifts the selected splats of a layer out of it, for the time of a drag.
pub(super) fn float(
    scene: &mut Scene,
    gesture: &mut Gesture,
    id: NodeId,
) -> Result<(Part, Vec<Dirty>), EditError> {
    let missing = || EditError::NodeMissing { id };
    let node = scene.node(id).ok_or_else(missing)?;
    let layer = node.splats().ok_or_else(missing)?;
    let world_from_layer = scene.world_from_node(id);
    let before = node.transform;
    let gone = |f: &SplatFlags| is_selected(*f) || f.intersects(SplatFlags::DELETED);
    if layer.flags.iter().all(gone) {
        let part = Part::Splats {
            id,
            shown_by: id,
            before,
            world_from_layer,
        };
        return Ok((part, Vec::new()));
    }
    let flags = layer.flags.iter().filter(|f| is_selected(**f)).copied();
    let part = SplatLayer {
        lit: layer.lit,
        grades: layer.grades.clone(),
        flags: flags.collect(),
        ..SplatLayer::new(layer.cloud.subset(|row| is_selected(layer.flags[row])), "")
    };
    let floating = Node {
        payload: Payload::Splats(part),
        transform: world_from_layer,
        parent: None,
        ..node.clone()
    };
    let (shown_by, insert) = Edit::insert(scene, floating);
    let hide = Edit::map_flags(scene, id, |_, flags| {
        if is_selected(flags) {
            set_selected(flags, false).with(SplatFlags::HIDDEN)
        } else {
            flags
        }
    });
    let mut dirty = gesture.update(scene, insert)?;
    if let Some(edit) = hide {
        dirty.extend(gesture.update(scene, edit)?);
    }
    let before = world_from_layer;
    Ok((
        Part::Splats {
            id,
            shown_by,
            before,
            world_from_layer,
        },
        dirty,
    ))
}
