//! Nodes whose splats are made where the artist looks: added, changed, and parts of them kept.

use glam::Vec3;
use scene::{Dirty, Edit, GaussianCloud, Node, NodeId, Payload, Recipe, Transform};

use crate::{camera_control::Motion, editor::Editor, outcome::Outcome};

/// Angles from which new splats are first seen, radians: over the roofs, not into them.
const FIRST_YAW: f32 = 0.5;
const FIRST_PITCH: f32 = 0.4;

impl Editor {
    /// Adds a recipe as one step, selects it, and looks at the ball where its splats will be if nothing else is
    /// there to look at.
    pub fn add_recipe(&mut self, name: &str, recipe: Recipe, center: Vec3, radius: f32) -> Outcome {
        let alone = self.scene.nodes().next().is_none();
        let node = Node::new(name, Payload::Recipe(recipe));
        let (id, edit) = Edit::insert(&self.scene, node);
        let mut outcome = self.commit_gesture();
        outcome.merge(self.change(&format!("Add {name}"), Some(edit)));
        self.selected_node = Some(id);
        if alone {
            self.camera.set_scene_radius(8.0 * radius);
            self.camera
                .frame(center, radius, self.viewport.size, Motion::Instant);
            self.camera.orbit(center, FIRST_YAW, FIRST_PITCH);
        }
        outcome.redraw = true;
        outcome
    }

    pub(super) fn set_recipe(&mut self, id: NodeId, recipe: Recipe) -> Outcome {
        self.change("Change city", Some(Edit::set_recipe(id, recipe)))
    }

    /// Shows a cloud that a recipe made, without history; nothing where there is no such recipe.
    pub fn stream_in(
        &mut self,
        recipe: NodeId,
        name: &str,
        transform: Transform,
        cloud: GaussianCloud,
    ) -> Option<(NodeId, Outcome)> {
        let (id, dirty) = self.scene.begin_streamed(recipe, name, transform, cloud)?;
        Some((id, Outcome::dirty(dirty)))
    }

    /// Makes a layer that a recipe made an ordinary one, as one step together with the recipe that no longer
    /// makes it.
    pub fn keep_streamed(&mut self, id: NodeId, recipe: NodeId, without: Recipe) -> Outcome {
        let mut step = crate::gesture::Gesture::begin("Keep a part of the city");
        let Some(edit) = self.scene.keep_streamed(id) else {
            return Outcome::message("This part is no longer there; try again");
        };
        step.adopt(edit);
        let mut outcome = Outcome::dirty(vec![Dirty::Graph]);
        match step.update(&mut self.scene, Edit::set_recipe(recipe, without)) {
            Ok(dirty) => outcome.merge(Outcome::dirty(dirty)),
            Err(error) => outcome.merge(Outcome::message(error.to_string())),
        }
        if let Some((name, edit)) = step.commit() {
            self.history.record(&name, edit);
        }
        self.selected_node = Some(id);
        outcome
    }
}
