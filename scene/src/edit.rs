//! Changes to a scene. Every edit is self-inverse: applying it swaps what it holds with what the
//! scene holds, so applying it twice is the identity and undo is redo.
//!
//! An edit checks everything before it touches anything: on an error the scene is as it was.
//! It does not ask whether a node is locked; that is a matter of manners, hence of the editor.

mod apply;
mod rows;

pub(crate) use apply::{check_environment, check_node};
use rayon::prelude::*;
pub use rows::RowValues;
use serde::{Deserialize, Serialize};

use crate::{
    DirectionalLight, Dirty, Environment, Grade, Node, NodeId, Payload, Recipe, Scene,
    SelectionSet, SplatFlags, SplatLayer, Transform, rows::RowSet,
};

/// Why an edit could not be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the fields are the things that the messages name"
)]
pub enum EditError {
    #[error("the thing to change is no longer in the scene; select another one")]
    NodeMissing { id: NodeId },
    #[error("the scene already has this node; undo and try again")]
    NodeExists { id: NodeId },
    #[error("“{name}” is not a splat layer; select a layer of splats")]
    NotALayer { name: String },
    #[error("“{name}” is not a light; select a light")]
    NotALight { name: String },
    #[error("“{name}” is not made from a recipe; select a city")]
    NotARecipe { name: String },
    #[error("“{name}” is still arriving; wait until it is complete or cancel it")]
    Incoming { name: String },
    #[error("“{name}” cannot hold other things; choose a group")]
    NotAGroup { name: String },
    #[error("“{name}” cannot be put inside itself; choose another group")]
    Cycle { name: String },
    #[error("“{name}” holds things that would be left without a place; remove them with it")]
    HasChildren { name: String },
    #[error(
        "the change names splat {row}, but “{name}” has only {splats}; select the splats again"
    )]
    RowMissing {
        name: String,
        row: usize,
        splats: usize,
    },
    #[error("{what} is not a usable number; enter another value")]
    Invalid { what: &'static str },
}

/// One reversible change. Hand it to [`History::run`](crate::History::run).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Edit(Kind);

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Kind {
    /// Nodes that come (`Some`) or go (`None`); either all or none are `Some`.
    Presence(Vec<Slot>),
    Field {
        id: NodeId,
        value: Value,
    },
    Environment(Box<Environment>),
    SelectionSets(Vec<SelectionSet>),
    Place {
        id: NodeId,
        parent: Option<NodeId>,
        position: usize,
    },
    Flags {
        id: NodeId,
        rows: RowSet,
        values: FlagRuns,
    },
    Rows {
        id: NodeId,
        rows: RowSet,
        values: Box<RowValues>,
    },
    Batch(Vec<Edit>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Slot {
    id: NodeId,
    /// Index in `Scene::order`.
    position: usize,
    node: Option<Box<Node>>,
}

/// One replaceable part of a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Value {
    Name(String),
    Visible(bool),
    Locked(bool),
    Transform(Transform),
    Lit(bool),
    Grades(Vec<Grade>),
    Light(DirectionalLight),
    Layer(Box<SplatLayer>),
    Recipe(Recipe),
}

/// Flags of a row set in its order, equal neighbors stored once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct FlagRuns {
    runs: Vec<(u32, SplatFlags)>,
}

impl FlagRuns {
    fn push(&mut self, flags: SplatFlags) {
        match self.runs.last_mut() {
            Some((count, last)) if *last == flags && *count < u32::MAX => *count += 1,
            _ => self.runs.push((1, flags)),
        }
    }

    fn append(&mut self, later: Self) {
        let mut runs = later.runs.into_iter();
        match (self.runs.last_mut(), runs.next()) {
            (Some((count, last)), Some((more, flags))) if *last == flags => {
                match count.checked_add(more) {
                    Some(sum) => *count = sum,
                    None => self.runs.push((more, flags)),
                }
            }
            (_, first) => self.runs.extend(first),
        }
        self.runs.extend(runs);
    }

    fn iter(&self) -> impl Iterator<Item = SplatFlags> + '_ {
        self.runs
            .iter()
            .flat_map(|(count, flags)| (0..*count).map(|_| *flags))
    }
}

impl Edit {
    /// Adds a node at the end of its siblings.
    pub fn insert(scene: &Scene, node: Node) -> (NodeId, Self) {
        let id = NodeId(scene.next_id);
        (id, Self::insert_as(scene, id, node))
    }

    /// Adds a node under an id from [`Scene::free_ids`], for edits that bring several nodes at once.
    pub fn insert_as(scene: &Scene, id: NodeId, node: Node) -> Self {
        Self(Kind::Presence(vec![Slot {
            id,
            position: scene.order.len(),
            node: Some(Box::new(node)),
        }]))
    }

    /// Removes a node with everything below it; `None` if it is not there.
    pub fn remove(scene: &Scene, id: NodeId) -> Option<Self> {
        scene.node(id)?;
        let slots = scene.order.iter().enumerate();
        let slots = slots
            .filter(|(_, candidate)| {
                scene.is_within(**candidate, id) && !scene.is_streamed(**candidate)
            })
            .map(|(position, id)| Slot {
                id: *id,
                position,
                node: None,
            });
        Some(Self(Kind::Presence(slots.collect())))
    }

    /// Gives a node another name.
    pub fn rename(id: NodeId, name: impl Into<String>) -> Self {
        Self::field(id, Value::Name(name.into()))
    }

    /// Shows or hides a node with everything below it.
    pub fn set_visible(id: NodeId, visible: bool) -> Self {
        Self::field(id, Value::Visible(visible))
    }

    /// Protects a node with everything below it, or frees it.
    pub fn set_locked(id: NodeId, locked: bool) -> Self {
        Self::field(id, Value::Locked(locked))
    }

    /// Sets `parent_from_node`.
    pub fn set_transform(id: NodeId, transform: Transform) -> Self {
        Self::field(id, Value::Transform(transform))
    }

    /// Turns the shading of a splat layer by the scene's lights on or off.
    pub fn set_lit(id: NodeId, lit: bool) -> Self {
        Self::field(id, Value::Lit(lit))
    }

    /// Sets how the colors of a layer are shown; see [`SplatLayer::grades`].
    pub fn set_grades(id: NodeId, grades: Vec<Grade>) -> Self {
        Self::field(id, Value::Grades(grades))
    }

    /// Changes a light.
    pub fn set_light(id: NodeId, light: DirectionalLight) -> Self {
        Self::field(id, Value::Light(light))
    }

    /// Changes what a recipe says.
    pub fn set_recipe(id: NodeId, recipe: Recipe) -> Self {
        Self::field(id, Value::Recipe(recipe))
    }

    /// Changes the light from everywhere.
    pub fn set_environment(environment: Environment) -> Self {
        Self(Kind::Environment(Box::new(environment)))
    }

    /// Changes the list of selections with names.
    pub fn set_selection_sets(sets: Vec<SelectionSet>) -> Self {
        Self(Kind::SelectionSets(sets))
    }

    /// Moves a node into a group (`None`: to the top) before its `index`-th other child.
    /// `None` if that is impossible or changes nothing.
    pub fn move_to(
        scene: &Scene,
        id: NodeId,
        parent: Option<NodeId>,
        index: usize,
    ) -> Option<Self> {
        let node = scene.node(id)?;
        if let Some(parent) = parent
            && (scene.is_within(parent, id)
                || !matches!(scene.node(parent)?.payload, Payload::Group))
        {
            return None;
        }
        let others = scene.order.iter().filter(|other| **other != id);
        let siblings: Vec<usize> = others
            .enumerate()
            .filter(|(_, other)| scene.nodes[*other].parent == parent)
            .map(|(position, _)| position)
            .collect();
        let index = index.min(siblings.len());
        let old_index = scene
            .children(node.parent)
            .position(|(sibling, _)| sibling == id)?;
        if node.parent == parent && old_index == index {
            return None;
        }
        let end = scene.order.len() - 1;
        Some(Self(Kind::Place {
            id,
            parent,
            position: siblings.get(index).copied().unwrap_or(end),
        }))
    }

    /// Sets the state of some splats; pairs each row with a value, the last of equal rows wins.
    pub fn set_flags(id: NodeId, rows: Vec<u32>, values: Vec<SplatFlags>) -> Self {
        let mut pairs: Vec<(u32, SplatFlags)> = rows.into_iter().zip(values).collect();
        pairs.sort_by_key(|(row, _)| *row);
        let (mut rows, mut runs) = (RowSet::default(), FlagRuns::default());
        for (i, (row, flags)) in pairs.iter().enumerate() {
            if pairs.get(i + 1).is_none_or(|(next, _)| next != row) {
                rows.push(*row);
                runs.push(*flags);
            }
        }
        Self(Kind::Flags {
            id,
            rows,
            values: runs,
        })
    }

    /// Sets the state of every splat of a layer to what `change(row, old)` says, holding only the
    /// rows that differ; `None` if none does or the node is not a layer.
    /// O(N), parallel.
    pub fn map_flags(
        scene: &Scene,
        id: NodeId,
        change: impl Fn(usize, SplatFlags) -> SplatFlags + Sync,
    ) -> Option<Self> {
        /// Fewer splats are looked at sooner than other threads are free: the renderer may be at work on them.
        const WORTH_SHARING: usize = 1 << 19;
        const BLOCK: usize = 1 << 16;
        let flags = &scene.node(id)?.splats()?.flags;
        let changed = |(block, flags): (usize, &[SplatFlags])| {
            let (mut rows, mut values) = (RowSet::default(), FlagRuns::default());
            for (row, old) in (block * BLOCK..).zip(flags) {
                let new = change(row, *old);
                if new != *old {
                    rows.push(row as u32);
                    values.push(new);
                }
            }
            (rows, values)
        };
        let blocks: Vec<(RowSet, FlagRuns)> = if flags.len() < WORTH_SHARING {
            flags.chunks(BLOCK).enumerate().map(changed).collect()
        } else {
            let blocks = flags.par_chunks(BLOCK).enumerate();
            blocks.map(changed).collect()
        };
        let (mut rows, mut values) = (RowSet::default(), FlagRuns::default());
        for (more_rows, more_values) in blocks {
            rows.append(more_rows);
            values.append(more_values);
        }
        (!rows.is_empty()).then_some(Self(Kind::Flags { id, rows, values }))
    }

    /// Puts another cloud and state into a layer.
    pub fn replace_layer(id: NodeId, layer: SplatLayer) -> Self {
        Self::field(id, Value::Layer(Box::new(layer)))
    }

    /// Several edits as one, applied in order; all or none.
    pub fn batch(edits: Vec<Self>) -> Self {
        Self(Kind::Batch(edits))
    }

    /// An edit that has brought these nodes already (its next application removes them).
    pub(crate) fn brought(id: NodeId, position: usize) -> Self {
        Self(Kind::Presence(vec![Slot {
            id,
            position,
            node: None,
        }]))
    }

    /// Swaps what the edit holds with what the scene holds and tells what changed.
    /// On an error the scene and the edit are as before.
    pub fn apply(&mut self, scene: &mut Scene) -> Result<Vec<Dirty>, EditError> {
        let mut dirty = Vec::new();
        self.swap(scene, &mut dirty)?;
        Ok(dirty)
    }

    /// Memory held, bytes. A cloud shared with others counts by its share.
    pub fn bytes(&self) -> usize {
        let inside = match &self.0 {
            Kind::Presence(slots) => {
                let nodes = slots.iter().filter_map(|slot| slot.node.as_deref());
                let nodes: usize = nodes.map(node_bytes).sum();
                nodes + slots.len() * size_of::<Slot>()
            }
            Kind::Field { value, .. } => match value {
                Value::Name(name) => name.len(),
                Value::Layer(layer) => layer_bytes(layer),
                Value::Grades(grades) => size_of_val(&grades[..]),
                Value::Recipe(recipe) => recipe.maker.len() + recipe.text.len(),
                _ => 0,
            },
            Kind::Flags { rows, values, .. } => {
                rows.bytes() + values.runs.capacity() * size_of::<(u32, SplatFlags)>()
            }
            Kind::Rows { rows, values, .. } => rows.bytes() + values.bytes(),
            Kind::Environment(_) => size_of::<Environment>(),
            Kind::SelectionSets(sets) => sets.iter().map(SelectionSet::bytes).sum(),
            Kind::Batch(edits) => edits.iter().map(Self::bytes).sum(),
            Kind::Place { .. } => 0,
        };
        size_of::<Self>() + inside
    }

    /// Whether applying it would leave the scene as it is (a value set to what it was).
    pub fn changes_nothing(&self, scene: &Scene) -> bool {
        match &self.0 {
            Kind::Environment(environment) => **environment == scene.environment,
            Kind::SelectionSets(sets) => *sets == scene.selection_sets,
            Kind::Field { id, value } => scene.node(*id).is_some_and(|node| match value {
                Value::Name(name) => *name == node.name,
                Value::Visible(visible) => *visible == node.visible,
                Value::Locked(locked) => *locked == node.locked,
                Value::Transform(transform) => *transform == node.transform,
                Value::Lit(lit) => node.splats().is_some_and(|layer| layer.lit == *lit),
                Value::Grades(grades) => node.splats().is_some_and(|layer| layer.grades == *grades),
                Value::Light(light) => node.payload == Payload::Light(*light),
                Value::Recipe(recipe) => node.recipe() == Some(recipe),
                Value::Layer(_) => false,
            }),
            Kind::Batch(edits) => edits.is_empty(),
            Kind::Rows { rows, values, .. } => rows.is_empty() || **values == RowValues::default(),
            Kind::Presence(_) | Kind::Place { .. } | Kind::Flags { .. } => false,
        }
    }

    /// Whether both set the same part of the same thing as a whole, so that applying `other` after `self`
    /// leaves nothing of what `self` brought.
    pub fn replaces_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Field { id: a, value: x }, Kind::Field { id: b, value: y }) => {
                a == b && std::mem::discriminant(x) == std::mem::discriminant(y)
            }
            (Kind::Environment(_), Kind::Environment(_))
            | (Kind::SelectionSets(_), Kind::SelectionSets(_)) => true,
            _ => false,
        }
    }

    fn field(id: NodeId, value: Value) -> Self {
        Self(Kind::Field { id, value })
    }
}

fn node_bytes(node: &Node) -> usize {
    let recipe = node.recipe().map_or(0, |r| r.maker.len() + r.text.len());
    size_of::<Node>() + node.name.len() + recipe + node.splats().map_or(0, layer_bytes)
}

fn layer_bytes(layer: &SplatLayer) -> usize {
    let share = std::sync::Arc::strong_count(&layer.cloud).max(1);
    size_of::<SplatLayer>() + layer.flags.len() + layer.cloud.bytes() / share
}
