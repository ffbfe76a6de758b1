//! Layers that are still arriving: visible at once, not editable, without history until they are complete.

use std::sync::Arc;

use crate::{
    CloudError, Dirty, Edit, GaussianCloud, Node, NodeId, Payload, Scene, SplatFlags, SplatLayer,
    Transform, io::PlyLayout,
};

/// Why a part could not be added to an arriving layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IncomingError {
    /// The layer was cancelled or finished.
    #[error("this layer is no longer arriving; start again")]
    NotIncoming,
    /// The parts do not belong together.
    #[error("the parts do not fit together: {0}; load the file again")]
    Cloud(#[from] CloudError),
}

impl Scene {
    /// Opens an empty arriving layer at the top of the tree.
    pub fn begin_incoming(&mut self, name: &str, source: &str, transform: Transform) -> NodeId {
        let id = NodeId(self.next_id);
        self.next_id += 1;
        let mut layer = SplatLayer::new(GaussianCloud::default(), source);
        layer.incoming = true;
        let mut node = Node::new(name, Payload::Splats(layer));
        if let Some(transform) = sound(transform) {
            node.transform = transform;
        }
        self.order.insert(self.lasting(), id);
        self.nodes.insert(id, node);
        id
    }

    /// Lets what arrives in a layer lie in files in a folder: for clouds that the memory does not hold. To
    /// be called before the first part.
    pub fn put_incoming_on_disk(
        &mut self,
        id: NodeId,
        folder: &std::path::Path,
    ) -> Result<(), IncomingError> {
        let layer = self.incoming_mut(id).ok_or(IncomingError::NotIncoming)?;
        if layer.cloud.is_empty() {
            layer.cloud = Arc::new(GaussianCloud::on_disk(folder)?);
        }
        Ok(())
    }

    /// Whether somebody else looks at what has arrived of a layer: adding to it would copy it all.
    pub fn is_incoming_shared(&self, id: NodeId) -> bool {
        let layer = self.node(id).and_then(|node| node.splats());
        layer.is_some_and(|l| !l.cloud.is_on_disk() && Arc::strong_count(&l.cloud) > 1)
    }

    /// Adds splats at the end of an arriving layer.
    pub fn extend_incoming(
        &mut self,
        id: NodeId,
        part: GaussianCloud,
    ) -> Result<Dirty, IncomingError> {
        let layer = self.incoming_mut(id).ok_or(IncomingError::NotIncoming)?;
        let before = layer.cloud.len();
        let old_degree = layer.cloud.sh_degree();
        let old_columns = layer.cloud.columns().len();
        Arc::make_mut(&mut layer.cloud).append(part)?;
        layer.flags.resize(layer.cloud.len(), SplatFlags::NONE);
        let grew_wider =
            layer.cloud.sh_degree() != old_degree || layer.cloud.columns().len() != old_columns;
        let first = if grew_wider { 0 } else { before };
        Ok(Dirty::Cloud {
            node: id,
            rows: first..layer.cloud.len(),
        })
    }

    /// Puts another cloud into an arriving layer (a refined version of all that came before).
    pub fn replace_incoming(
        &mut self,
        id: NodeId,
        cloud: GaussianCloud,
    ) -> Result<Dirty, IncomingError> {
        let layer = self.incoming_mut(id).ok_or(IncomingError::NotIncoming)?;
        layer.flags = vec![SplatFlags::NONE; cloud.len()];
        layer.cloud = Arc::new(cloud);
        Ok(Dirty::Cloud {
            node: id,
            rows: 0..layer.cloud.len(),
        })
    }

    /// Remembers how the file of an arriving layer was laid out, so that it saves back as it came.
    pub fn set_incoming_layout(&mut self, id: NodeId, layout: Option<Arc<PlyLayout>>) {
        if let Some(layer) = self.incoming_mut(id) {
            layer.layout = layout;
        }
    }

    /// Whether the scene's lights shade an arriving layer.
    pub fn set_incoming_lit(&mut self, id: NodeId, lit: bool) -> Option<Dirty> {
        self.incoming_mut(id)?.lit = lit;
        Some(Dirty::Graph)
    }

    /// Places an arriving layer, where its place is known only late. Refuses invalid transforms.
    pub fn set_incoming_transform(&mut self, id: NodeId, transform: Transform) -> Option<Dirty> {
        self.incoming_mut(id)?;
        let transform = sound(transform)?;
        self.nodes.get_mut(&id)?.transform = transform;
        Some(Dirty::Graph)
    }

    /// Makes a complete layer an ordinary one. The edit has been applied; hand it to
    /// [`History::record`](crate::History::record). `None` if the layer is not arriving.
    pub fn finish_incoming(&mut self, id: NodeId) -> Option<Edit> {
        self.incoming_mut(id)?.incoming = false;
        let position = self.order.iter().position(|other| *other == id)?;
        Some(Edit::brought(id, position))
    }

    /// Removes an arriving layer without a trace.
    pub fn cancel_incoming(&mut self, id: NodeId) -> Vec<Dirty> {
        if self.incoming_mut(id).is_none() {
            return Vec::new();
        }
        self.nodes.remove(&id);
        self.order.retain(|other| *other != id);
        vec![Dirty::Graph]
    }

    /// Shows a cloud that a recipe made: an arriving layer below it, without history. `None` where there is no
    /// such recipe.
    pub fn begin_streamed(
        &mut self,
        recipe: NodeId,
        name: &str,
        transform: Transform,
        cloud: GaussianCloud,
    ) -> Option<(NodeId, Vec<Dirty>)> {
        self.node(recipe)?.recipe()?;
        let source = self.node(recipe)?.name.clone();
        let id = self.begin_incoming(name, &source, transform);
        self.nodes.get_mut(&id)?.parent = Some(recipe);
        self.order.retain(|other| *other != id);
        self.order.push(id);
        let dirty = self.replace_incoming(id, cloud).ok()?;
        Some((id, vec![Dirty::Graph, dirty]))
    }

    /// Whether a layer is one that a recipe made.
    pub fn is_streamed(&self, id: NodeId) -> bool {
        self.node(id).is_some_and(|node| {
            let parent = node.parent.and_then(|parent| self.node(parent));
            node.splats().is_some_and(|layer| layer.incoming)
                && parent.is_some_and(|parent| parent.recipe().is_some())
        })
    }

    /// The layers that a recipe made.
    pub fn streamed(&self, recipe: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(Some(recipe)).map(|(id, _)| id)
    }

    /// Makes a layer that a recipe made an ordinary one beside it. The edit has been applied; hand it to
    /// [`History::record`](crate::History::record). `None` if it is not one.
    pub fn keep_streamed(&mut self, id: NodeId) -> Option<Edit> {
        if !self.is_streamed(id) {
            return None;
        }
        let recipe = self.node(id)?.parent?;
        let (above, placed) = {
            let node = self.node(recipe)?;
            (node.parent, node.transform)
        };
        let node = self.nodes.get_mut(&id)?;
        node.parent = above;
        node.transform = placed.compose(&node.transform);
        self.order.retain(|other| *other != id);
        self.order.insert(self.lasting(), id);
        self.finish_incoming(id)
    }

    /// Nodes that are not streamed. They come first in the order, so that an edit's position means the same
    /// whatever was streamed in the meantime.
    pub(crate) fn lasting(&self) -> usize {
        let streamed = self.order.iter().rev();
        self.order.len() - streamed.take_while(|id| self.is_streamed(**id)).count()
    }

    /// Removes what the recipes for which `gone` holds have made.
    pub(crate) fn drop_streamed(&mut self, gone: impl Fn(NodeId) -> bool) {
        let made = |id: &NodeId| self.is_streamed(*id) && self.nodes[id].parent.is_some_and(&gone);
        let made: Vec<NodeId> = self.order.iter().copied().filter(made).collect();
        for id in &made {
            self.nodes.remove(id);
        }
        self.order.retain(|id| !made.contains(id));
    }

    fn incoming_mut(&mut self, id: NodeId) -> Option<&mut SplatLayer> {
        match &mut self.nodes.get_mut(&id)?.payload {
            Payload::Splats(layer) if layer.incoming => Some(layer),
            _ => None,
        }
    }
}

/// The transform with a unit rotation, `None` where it is not usable.
fn sound(mut transform: Transform) -> Option<Transform> {
    transform.rotation = transform.rotation.normalize();
    transform.is_valid().then_some(transform)
}
