//! The document: an ordered tree of nodes and one environment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Environment, Node, NodeId, Payload, SelectionSet, SplatLayer, Transform, edit};

/// Everything that an artist has open. Changed only by [`Edit`](crate::Edit)s.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scene {
    pub(crate) nodes: BTreeMap<NodeId, Node>,
    /// Siblings in the order of the tree panel; roots and children mixed, grouped by parent when read.
    pub(crate) order: Vec<NodeId>,
    pub(crate) environment: Environment,
    pub(crate) selection_sets: Vec<SelectionSet>,
    pub(crate) next_id: u64,
}

impl Scene {
    /// An empty scene.
    pub fn new() -> Self {
        Self::default()
    }

    /// A node by its name.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// All nodes in the order of the tree panel (parents anywhere before or after their children).
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.order
            .iter()
            .filter_map(|id| Some((*id, self.nodes.get(id)?)))
    }

    /// The children of a node (`None`: the roots) in order.
    pub fn children(&self, parent: Option<NodeId>) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes().filter(move |(_, node)| node.parent == parent)
    }

    /// The splat layers in order.
    pub fn layers(&self) -> impl Iterator<Item = (NodeId, &Node, &SplatLayer)> {
        self.nodes()
            .filter_map(|(id, node)| Some((id, node, node.splats()?)))
    }

    /// The light from everywhere.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Selections with names, in the order in which they were saved.
    pub fn selection_sets(&self) -> &[SelectionSet] {
        &self.selection_sets
    }

    /// `world_from_node` through all parents.
    pub fn world_from_node(&self, id: NodeId) -> Transform {
        let mut transform = Transform::IDENTITY;
        self.walk_up(id, |node| transform = node.transform.compose(&transform));
        transform
    }

    /// Whether the node and everything above it is shown.
    pub fn is_visible(&self, id: NodeId) -> bool {
        let mut visible = self.nodes.contains_key(&id);
        self.walk_up(id, |node| visible &= node.visible);
        visible
    }

    /// Whether the node or anything above it refuses edits.
    pub fn is_locked(&self, id: NodeId) -> bool {
        let mut locked = false;
        self.walk_up(id, |node| locked |= node.locked);
        locked
    }

    /// Whether `id` is `ancestor` or lies below it.
    pub fn is_within(&self, id: NodeId, ancestor: NodeId) -> bool {
        let mut within = id == ancestor;
        self.walk_up(id, |node| within |= node.parent == Some(ancestor));
        within
    }

    /// Ids that no node has had, for edits that bring several nodes at once.
    pub fn free_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (self.next_id..).map(NodeId)
    }

    /// Checks what must always hold; tests call it after every step.
    pub fn check_invariants(&self) -> Result<(), String> {
        let mut listed = self.order.clone();
        listed.sort_unstable();
        if !listed.iter().eq(self.nodes.keys()) {
            return Err(format!("order {listed:?} does not list every node once"));
        }
        if self.order[..self.lasting()]
            .iter()
            .any(|id| self.is_streamed(*id))
        {
            return Err(format!("what was streamed is not at the end of {listed:?}"));
        }
        for (id, node) in &self.nodes {
            let fail = |what: &str| Err(format!("node {} “{}”: {what}", id.0, node.name));
            if id.0 >= self.next_id {
                return fail("its id could be given out again");
            }
            if let Some(parent) = node.parent {
                let group = self.node(parent).map(|parent| &parent.payload);
                let fits = match group {
                    Some(Payload::Group) => true,
                    Some(Payload::Recipe(_)) => self.is_streamed(*id),
                    _ => false,
                };
                if !fits {
                    return fail("its parent is not a group of the scene");
                }
                if self.is_within(parent, *id) {
                    return fail("it lies within itself");
                }
            }
            match node.splats() {
                Some(layer) if layer.incoming => {
                    let stray = node.parent.is_some() && !self.is_streamed(*id);
                    if stray || layer.flags.len() != layer.cloud.len() {
                        return fail("it arrives in a wrong place or with wrong flags");
                    }
                }
                _ => edit::check_node(node).map_err(|error| format!("{}: {error}", node.name))?,
            }
        }
        edit::check_environment(&self.environment).map_err(|error| error.to_string())
    }

    fn walk_up<'a>(&'a self, id: NodeId, mut visit: impl FnMut(&'a Node)) {
        let mut next = Some(id);
        // A tree of n nodes is at most n deep; the bound makes a broken tree harmless.
        for _ in 0..=self.nodes.len() {
            let Some(node) = next.and_then(|id| self.nodes.get(&id)) else {
                return;
            };
            visit(node);
            next = node.parent;
        }
    }
}

/// Two scenes are equal when an artist could not tell them apart; which ids come next does not count.
impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
            && self.order == other.order
            && self.environment == other.environment
            && self.selection_sets == other.selection_sets
    }
}
