//! Commands on lights.

use glam::Quat;
use scene::{Edit, Node, Payload};

use crate::{editor::Editor, outcome::Outcome, tools::light};

impl Editor {
    pub(super) fn add_light(&mut self) -> Outcome {
        let is_light = |node: &Node| matches!(node.payload, Payload::Light(_));
        let first = !self.scene.nodes().any(|(_, node)| is_light(node));
        let name = if first { "Key light" } else { "Light" };
        let light = Node::new(name, Payload::Light(crate::key_light()));
        let (id, edit) = Edit::insert(&self.scene, light);
        let outcome = self.change("Add light", Some(edit));
        self.selected_node = Some(id);
        outcome
    }

    pub(super) fn rotate_light(&mut self, right: f32, down: f32) -> Outcome {
        let Some((id, light)) = self.light_to_turn() else {
            return Outcome::default();
        };
        let turned = light::turned(light, self.camera.view(), right, down);
        self.change("Turn light", Some(Edit::set_light(id, turned)))
    }

    pub(super) fn rotate_environment(&mut self, angle: f32) -> Outcome {
        let mut environment = self.scene.environment().clone();
        let turned = Quat::from_rotation_y(angle) * environment.rotation;
        environment.rotation = turned.normalize();
        let edit = Edit::set_environment(environment);
        self.change("Turn environment", Some(edit))
    }
}
