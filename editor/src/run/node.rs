//! Commands on the scene tree.

use std::collections::BTreeMap;

use scene::{Edit, Node, NodeId, Payload};

use crate::{editor::Editor, gesture::Gesture, outcome::Outcome};

impl Editor {
    pub(super) fn select_node(&mut self, id: Option<NodeId>) -> Outcome {
        self.selected_node = id.filter(|id| self.scene.node(*id).is_some());
        Outcome::redraw()
    }

    pub(super) fn on_selected(&mut self, act: fn(&mut Self, NodeId) -> Outcome) -> Outcome {
        match self.selected_node() {
            Some(id) => act(self, id),
            None => Outcome::default(),
        }
    }

    pub(super) fn rename_node(&mut self, id: NodeId, name: String) -> Outcome {
        let name = name.trim();
        let same = self.scene.node(id).is_some_and(|node| node.name == name);
        if name.is_empty() || same {
            return Outcome::default();
        }
        self.change("Rename", Some(Edit::rename(id, name)))
    }

    pub(super) fn delete_node(&mut self, id: NodeId) -> Outcome {
        let Some(name) = self.scene.node(id).map(|node| node.name.clone()) else {
            return Outcome::default();
        };
        let incoming = |other: NodeId| {
            let node = self.scene.node(other);
            node.and_then(Node::splats).is_some_and(|l| l.incoming)
        };
        let arriving = self
            .scene
            .nodes()
            .any(|(other, _)| self.scene.is_within(other, id) && incoming(other));
        if arriving {
            return Outcome::message(format!("“{name}” is still arriving; cancel it instead"));
        }
        let edit = Edit::remove(&self.scene, id);
        let outcome = self.change(&format!("Delete {name}"), edit);
        self.selected_node = self.selected_node();
        outcome
    }

    pub(crate) fn duplicate_node(&mut self, id: NodeId) -> Outcome {
        let Some(name) = self.scene.node(id).map(|node| node.name.clone()) else {
            return Outcome::default();
        };
        let below = self.scene.nodes();
        let below: Vec<NodeId> = below
            .map(|(other, _)| other)
            .filter(|other| self.scene.is_within(*other, id))
            .collect();
        let copies: BTreeMap<NodeId, NodeId> =
            below.iter().copied().zip(self.scene.free_ids()).collect();
        // Parents come before their children, so that each finds its place.
        let mut ordered = vec![id];
        let mut next = 0;
        while let Some(parent) = ordered.get(next).copied() {
            let children = self.scene.children(Some(parent));
            ordered.extend(children.map(|(child, _)| child));
            next += 1;
        }
        let mut edits = Vec::new();
        for original in ordered {
            let (Some(node), Some(copy)) = (self.scene.node(original), copies.get(&original))
            else {
                continue;
            };
            let mut node = node.clone();
            if original == id {
                node.name = format!("{name} copy");
            } else {
                let parent = node.parent.and_then(|parent| copies.get(&parent));
                node.parent = parent.copied();
            }
            edits.push(Edit::insert_as(&self.scene, *copy, node));
        }
        let outcome = self.change(&format!("Duplicate {name}"), Some(Edit::batch(edits)));
        self.selected_node = copies.get(&id).copied();
        self.selected_node = self.selected_node();
        outcome
    }

    /// Back to where the node first stood: a layer from a file upright, everything else at the origin.
    pub(super) fn reset_transform(&mut self, id: NodeId) -> Outcome {
        let from_file = self
            .scene
            .node(id)
            .and_then(Node::splats)
            .is_some_and(|layer| layer.layout.is_some());
        let start = if from_file {
            scene::io::SCENE_FROM_FILE
        } else {
            scene::Transform::IDENTITY
        };
        self.change("Reset transform", Some(Edit::set_transform(id, start)))
    }

    pub(super) fn add_group(&mut self) -> Outcome {
        let inside = self.selected_node().filter(|id| {
            let node = self.scene.node(*id);
            let incoming = node.and_then(Node::splats).is_some_and(|l| l.incoming);
            !incoming && !self.scene.is_locked(*id)
        });
        let mut group = Node::new("Group", Payload::Group);
        group.parent = inside.and_then(|id| self.scene.node(id)?.parent);
        let (group_id, insert) = Edit::insert(&self.scene, group);
        self.step("New group", |step, scene| {
            let mut dirty = step.update(scene, insert)?;
            let moved = inside.and_then(|id| Edit::move_to(scene, id, Some(group_id), 0));
            if let Some(edit) = moved {
                dirty.extend(step.update(scene, edit)?);
            }
            Ok(dirty)
        })
    }

    /// Moves a node in the tree; it stays where it is in the world.
    pub(super) fn move_node(
        &mut self,
        id: NodeId,
        parent: Option<NodeId>,
        index: usize,
    ) -> Outcome {
        let Some(edit) = Edit::move_to(&self.scene, id, parent, index) else {
            return Outcome::default();
        };
        let world_from_node = self.scene.world_from_node(id);
        let stays = self
            .scene
            .node(id)
            .is_some_and(|node| node.parent == parent);
        self.step("Move in the tree", |step, scene| {
            let mut dirty = step.update(scene, edit)?;
            if !stays {
                let world_from_parent = parent.map(|parent| scene.world_from_node(parent));
                let parent_from_world = world_from_parent.unwrap_or_default().inverse();
                let transform = parent_from_world.compose(&world_from_node);
                dirty.extend(step.update(scene, Edit::set_transform(id, transform))?);
            }
            Ok(dirty)
        })
    }

    pub(super) fn toggle_visible(&mut self, id: NodeId) -> Outcome {
        let Some(visible) = self.scene.node(id).map(|node| node.visible) else {
            return Outcome::default();
        };
        let name = if visible { "Hide" } else { "Show" };
        self.change(name, Some(Edit::set_visible(id, !visible)))
    }

    pub(super) fn toggle_lock(&mut self, id: NodeId) -> Outcome {
        let Some(locked) = self.scene.node(id).map(|node| node.locked) else {
            return Outcome::default();
        };
        let name = if locked { "Unlock" } else { "Lock" };
        self.change(name, Some(Edit::set_locked(id, !locked)))
    }

    /// Several edits, each seeing the scene that the one before left, as one step; all or none.
    pub(crate) fn step(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Gesture, &mut scene::Scene) -> Result<Vec<scene::Dirty>, scene::EditError>,
    ) -> Outcome {
        let mut step = Gesture::begin(name);
        match act(&mut step, &mut self.scene) {
            Ok(dirty) => {
                if let Some((name, edit)) = step.commit() {
                    self.history.record(&name, edit);
                }
                Outcome::dirty(dirty)
            }
            Err(error) => {
                let mut outcome = Outcome::dirty(step.abort(&mut self.scene));
                outcome.message = Some(error.to_string());
                outcome
            }
        }
    }
}
