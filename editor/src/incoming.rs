//! Layers that arrive from files and models: shown while they come, one step when they are complete.

use std::sync::Arc;

use scene::{
    DirectionalLight, Edit, GaussianCloud, IncomingError, Node, NodeId, Payload, Transform,
    io::PlyLayout,
};

use crate::{camera_control::Motion, editor::Editor, gesture::Gesture, outcome::Outcome, tools};

/// The light that is added to a scene: strong enough to model a face, weak enough that it and an
/// environment together leave white just below white.
pub fn key_light() -> DirectionalLight {
    DirectionalLight {
        intensity: 0.6,
        ..DirectionalLight::default()
    }
}

/// What is known of a layer only when it is complete.
#[derive(Debug, Clone, Default)]
pub struct Arrived {
    /// How its file was laid out.
    pub layout: Option<Arc<PlyLayout>>,
    /// Let the scene's lights shade it; brings a light where there is none.
    pub lit: bool,
    /// Its place, where it was not known at the beginning.
    pub transform: Option<Transform>,
}

impl Editor {
    /// Opens an arriving layer.
    pub fn begin_incoming(
        &mut self,
        name: &str,
        source: &str,
        transform: Transform,
    ) -> (NodeId, Outcome) {
        let id = self.scene.begin_incoming(name, source, transform);
        (id, Outcome::dirty(vec![scene::Dirty::Graph]))
    }

    /// Lets what arrives lie in files in a folder; see [`scene::GaussianCloud::on_disk`].
    pub fn put_incoming_on_disk(
        &mut self,
        id: NodeId,
        folder: &std::path::Path,
    ) -> Result<(), IncomingError> {
        self.scene.put_incoming_on_disk(id, folder)
    }

    /// Adds splats to an arriving layer and shows them, if nothing else was there to be seen.
    pub fn extend_incoming(
        &mut self,
        id: NodeId,
        part: GaussianCloud,
    ) -> Result<Outcome, IncomingError> {
        let len = |editor: &Self| {
            let layer = editor.scene.node(id).and_then(|node| node.splats());
            layer.map_or(0, |layer| layer.cloud.len())
        };
        let before = len(self);
        let dirty = self.scene.extend_incoming(id, part)?;
        // Measuring takes as long as a part: not for each, but whenever there is twice as much.
        if before.checked_ilog2() != len(self).checked_ilog2() {
            self.frame_first(id);
        }
        Ok(Outcome::dirty(vec![dirty]))
    }

    /// Puts a better version into an arriving layer.
    pub fn replace_incoming(
        &mut self,
        id: NodeId,
        cloud: GaussianCloud,
    ) -> Result<Outcome, IncomingError> {
        let dirty = self.scene.replace_incoming(id, cloud)?;
        self.frame_first(id);
        Ok(Outcome::dirty(vec![dirty]))
    }

    /// Places an arriving layer.
    pub fn place_incoming(&mut self, id: NodeId, transform: Transform) -> Outcome {
        let dirty = self.scene.set_incoming_transform(id, transform);
        Outcome::dirty(dirty.into_iter().collect())
    }

    /// Makes a complete layer an ordinary one, as one step that can be undone, and selects it.
    pub fn finish_incoming(&mut self, id: NodeId, arrived: Arrived) -> Outcome {
        let Some(name) = self.scene.node(id).map(|node| node.name.clone()) else {
            return Outcome::default();
        };
        let mut dirty = vec![scene::Dirty::Graph];
        self.scene.set_incoming_layout(id, arrived.layout);
        dirty.extend(self.scene.set_incoming_lit(id, arrived.lit));
        if let Some(transform) = arrived.transform {
            dirty.extend(self.scene.set_incoming_transform(id, transform));
        }
        self.frame_first(id);
        let Some(edit) = self.scene.finish_incoming(id) else {
            return Outcome::default();
        };

        let mut step = Gesture::begin(format!("Add {name}"));
        step.adopt(edit);
        let is_light = |node: &Node| matches!(node.payload, Payload::Light(_));
        if arrived.lit && !self.scene.nodes().any(|(_, node)| is_light(node)) {
            let light = Payload::Light(key_light());
            let (_, edit) = Edit::insert(&self.scene, Node::new("Key light", light));
            // A light that does not fit is no reason to lose the layer.
            dirty.extend(step.update(&mut self.scene, edit).unwrap_or_default());
        }
        if let Some((name, edit)) = step.commit() {
            self.history.record(&name, edit);
        }
        self.selected_node = Some(id);
        Outcome::dirty(dirty)
    }

    /// Removes an arriving layer without a trace.
    pub fn cancel_incoming(&mut self, id: NodeId) -> Outcome {
        Outcome::dirty(self.scene.cancel_incoming(id))
    }

    /// Frames the only thing in the scene unless the artist has moved the camera already.
    fn frame_first(&mut self, id: NodeId) {
        let alone = self.scene.layers().all(|(other, ..)| other == id);
        if let Some((center, radius)) = tools::frame::sphere_of_scene(&self.scene) {
            self.camera.set_scene_radius(radius);
            if alone && !self.camera.touched() {
                self.camera
                    .frame(center, radius, self.viewport.size, Motion::Instant);
            }
        }
    }
}
