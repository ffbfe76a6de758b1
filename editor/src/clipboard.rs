//! What was copied: layers as they stood in the world, to be pasted here or in another document.

use scene::{Edit, Node, NodeId, Payload, SplatFlags, SplatLayer};

use crate::{
    editor::Editor,
    gesture::Gesture,
    outcome::Outcome,
    select::{is_selected, map_touchable, set_selected},
    target::Target,
};

/// Copied layers; their clouds are shared with the scene where they are whole.
#[derive(Debug, Clone, Default)]
pub struct Clipboard {
    /// Without parents; transforms are `world_from_layer`.
    nodes: Vec<Node>,
}

impl Editor {
    /// Takes what was copied out, for the editor of the next document.
    pub fn take_clipboard(&mut self) -> Clipboard {
        std::mem::take(&mut self.clipboard)
    }

    /// Brings what was copied in an earlier document.
    pub fn set_clipboard(&mut self, clipboard: Clipboard) {
        self.clipboard = clipboard;
    }

    pub(crate) fn has_copied(&self) -> bool {
        !self.clipboard.nodes.is_empty()
    }

    pub(crate) fn copy(&mut self) -> Outcome {
        match self.target() {
            Ok(target) => {
                let nodes = self.copies_of(&target);
                let splats = nodes.iter().filter_map(Node::splats).map(SplatLayer::alive);
                let count: usize = splats.sum();
                self.clipboard = Clipboard { nodes };
                Outcome::message(format!("Copied {count} splats"))
            }
            Err(why) => Outcome::message(why),
        }
    }

    pub(crate) fn cut(&mut self) -> Outcome {
        let target = match self.target() {
            Ok(target) => target,
            Err(why) => return Outcome::message(why),
        };
        self.clipboard = Clipboard {
            nodes: self.copies_of(&target),
        };
        let edit = match target {
            Target::Node(id) => Edit::remove(&self.scene, id),
            Target::Splats(_) => map_touchable(&self.scene, |flags| {
                if is_selected(flags) {
                    set_selected(flags, false).with(SplatFlags::DELETED)
                } else {
                    flags
                }
            }),
        };
        let outcome = self.change("Cut", edit);
        self.selected_node = self.selected_node();
        outcome
    }

    pub(crate) fn paste(&mut self) -> Outcome {
        let nodes = self.clipboard.nodes.clone();
        self.bring("Paste", nodes)
    }

    pub(crate) fn duplicate(&mut self) -> Outcome {
        match self.target() {
            Ok(Target::Node(id)) => self.duplicate_node(id),
            Ok(target) => {
                let nodes = self.copies_of(&target);
                self.bring("Duplicate", nodes)
            }
            Err(why) => Outcome::message(why),
        }
    }

    /// Adds layers as one step. Only what came is selected, so that it can be moved at once.
    fn bring(&mut self, name: &str, nodes: Vec<Node>) -> Outcome {
        let deselect = map_touchable(&self.scene, |flags| set_selected(flags, false));
        let mut brought = None;
        let outcome = self.step(name, |step: &mut Gesture, scene| {
            let mut dirty = Vec::new();
            if let Some(edit) = deselect {
                dirty.extend(step.update(scene, edit)?);
            }
            for node in nodes {
                let (id, insert) = Edit::insert(scene, node);
                brought.get_or_insert(id);
                dirty.extend(step.update(scene, insert)?);
            }
            Ok(dirty)
        });
        self.selected_node = brought.or(self.selected_node);
        self.selected_node = self.selected_node();
        outcome
    }

    fn copies_of(&self, target: &Target) -> Vec<Node> {
        match target {
            Target::Splats(layers) => {
                let parts = layers.iter().filter_map(|id| self.copied_part(*id));
                parts.collect()
            }
            Target::Node(id) => {
                let below = self.scene.layers();
                let below = below.filter(|(layer, ..)| self.scene.is_within(*layer, *id));
                let copies = below
                    .filter(|(_, _, l)| !l.incoming)
                    .map(|(layer, node, _)| Node {
                        transform: self.scene.world_from_node(layer),
                        parent: None,
                        visible: true,
                        locked: false,
                        ..node.clone()
                    });
                copies.collect()
            }
        }
    }

    /// The selected splats of a layer as a layer, still selected.
    fn copied_part(&self, id: NodeId) -> Option<Node> {
        let node = self.scene.node(id)?;
        let layer = node.splats()?;
        let cloud = layer.cloud.subset(|row| is_selected(layer.flags[row]));
        let flags = layer.flags.iter().filter(|f| is_selected(**f)).copied();
        let part = SplatLayer {
            lit: layer.lit,
            grades: layer.grades.clone(),
            flags: flags.collect(),
            layout: layer.layout.clone(),
            ..SplatLayer::new(cloud, layer.source.clone())
        };
        Some(Node {
            name: format!("{} copy", node.name),
            payload: Payload::Splats(part),
            transform: self.scene.world_from_node(id),
            parent: None,
            ..node.clone()
        })
    }
}
