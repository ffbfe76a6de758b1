//! Selections with names, kept in the document.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{NodeId, RowSet};

/// Which splats were selected when the set was saved.
///
/// Rows keep their numbers as long as their layer lives (deleted splats keep theirs), so a set still
/// means the same splats after edits; what is gone is not selected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SelectionSet {
    /// As the artist calls it; no two sets of a scene share one.
    pub name: String,
    /// Rows of each layer that has some.
    #[serde(serialize_with = "write_layers", deserialize_with = "read_layers")]
    pub layers: Arc<Vec<(NodeId, RowSet)>>,
}

type Layers = Arc<Vec<(NodeId, RowSet)>>;

fn write_layers<S: Serializer>(layers: &Layers, serializer: S) -> Result<S::Ok, S::Error> {
    layers.as_slice().serialize(serializer)
}

fn read_layers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Layers, D::Error> {
    Ok(Arc::new(Vec::deserialize(deserializer)?))
}

impl SelectionSet {
    /// Number of splats when it was saved.
    pub fn len(&self) -> usize {
        self.layers.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// Whether it holds no splat.
    pub fn is_empty(&self) -> bool {
        self.layers.iter().all(|(_, rows)| rows.is_empty())
    }

    /// Memory held, bytes; shared with copies of it.
    pub fn bytes(&self) -> usize {
        let rows: usize = self.layers.iter().map(|(_, rows)| rows.bytes()).sum();
        size_of::<Self>() + self.name.len() + rows / Arc::strong_count(&self.layers).max(1)
    }
}
