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
        self.nodes.insert(id, node);
        self.order.push(id);
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
