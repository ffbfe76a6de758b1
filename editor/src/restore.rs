//! Bringing back a whole tree of nodes, as one step that can be undone.

use std::collections::BTreeMap;

use glam::Affine3A;
use scene::{Dirty, Edit, Environment, History, Node, NodeId, Scene};
use serde::{Deserialize, Serialize};

use crate::{
    camera_control::View, editor::Editor, gesture::Gesture, outcome::Outcome, settings::Settings,
};

/// What lies around a document on the desk of an artist; no step of its history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Where the camera is.
    pub view: View,
    /// The node that the inspector shows.
    #[serde(default)]
    pub selected_node: Option<NodeId>,
    /// Maps the cube −1..=1 to the box outside of which nothing is drawn, `world_from_box`.
    #[serde(default)]
    pub clip: Option<Affine3A>,
}

impl Editor {
    /// What lies around the document now.
    pub fn desk(&self) -> Desk {
        Desk {
            view: *self.camera.view(),
            selected_node: self.selected_node(),
            clip: self.clip,
        }
    }

    /// An editor at work on a document that was saved with its steps.
    pub fn of_document(
        settings: Settings,
        scene: Scene,
        history: History,
        desk: Option<Desk>,
    ) -> (Self, Outcome) {
        let mut editor = Self::with_settings(settings);
        editor.scene = scene;
        editor.history = history;
        editor.history.set_byte_budget(settings.history_bytes);
        let framed = editor.run(crate::Command::FrameAll);
        if let Some(desk) = desk {
            editor.selected_node = desk.selected_node;
            editor.clip = desk.clip.filter(|clip| clip.is_finite());
            editor.camera.set_view(desk.view);
        }
        let whole = editor.scene.layers().map(|(node, _, layer)| Dirty::Cloud {
            node,
            rows: 0..layer.cloud.len(),
        });
        let dirty = [Dirty::Graph, Dirty::Light].into_iter().chain(whole);
        let mut outcome = Outcome::dirty(dirty.collect());
        outcome.merge(framed);
        (editor, outcome)
    }

    /// Adds nodes that had other names elsewhere (their parents are given by those names) and takes
    /// over the environment. Nodes without a place to stand, or that are not sound, are left out.
    pub fn restore(
        &mut self,
        step: &str,
        nodes: Vec<(NodeId, Node)>,
        environment: Environment,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let mut gesture = Gesture::begin(step);
        let mut children: BTreeMap<Option<NodeId>, Vec<(NodeId, Node)>> = BTreeMap::new();
        for (old, node) in nodes {
            children.entry(node.parent).or_default().push((old, node));
        }
        // From the top down, so that every parent is there before its children.
        let mut places = vec![(None, None)];
        while let Some((old_parent, parent)) = places.pop() {
            for (old, mut node) in children.remove(&old_parent).unwrap_or_default() {
                node.parent = parent;
                let (id, edit) = Edit::insert(&self.scene, node);
                match gesture.update(&mut self.scene, edit) {
                    Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
                    Err(_) => continue,
                }
                places.push((Some(old), Some(id)));
            }
        }
        let environment = gesture.update(&mut self.scene, Edit::set_environment(environment));
        outcome.merge(Outcome::dirty(environment.unwrap_or_default()));
        if let Some((name, edit)) = gesture.commit() {
            self.history.record(&name, edit);
        }
        let all = self.run(crate::Command::FrameAll);
        outcome.merge(all);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scene::Payload;

    #[test]
    fn a_tree_comes_back_whatever_the_order_and_goes_with_one_undo() {
        let mut child = Node::new("child", Payload::Group);
        child.parent = Some(NodeId(40));
        let nodes = vec![
            (NodeId(41), child),
            (NodeId(40), Node::new("parent", Payload::Group)),
        ];
        let mut editor = Editor::new();
        let environment = Environment::uniform(0.2);
        editor.restore("Recover", nodes, environment.clone());
        editor.scene().check_invariants().expect("a sound tree");
        let names: Vec<_> = editor
            .scene()
            .nodes()
            .map(|(_, n)| n.name.clone())
            .collect();
        assert_eq!(names, ["parent", "child"], "both are there");
        assert_eq!(editor.scene().environment(), &environment, "the light too");
        editor.run(crate::Command::Undo);
        assert_eq!(editor.scene().nodes().count(), 0, "one step");
    }
}
