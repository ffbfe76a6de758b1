//! What a change touched, so that the renderer uploads only that.

use std::ops::Range;

use crate::{NodeId, RowSet};

/// One touched part of the scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dirty {
    /// Nodes were added, removed, moved in the tree, shown, hidden or relit; transforms changed.
    Graph,
    /// Flags of these rows of a splat layer changed.
    Flags {
        /// The layer.
        node: NodeId,
        /// Rows touched (a covering range).
        rows: Range<usize>,
    },
    /// Parameters or columns of these rows changed, or the layer got a new cloud.
    Cloud {
        /// The layer.
        node: NodeId,
        /// Rows touched (a covering range).
        rows: Range<usize>,
    },
    /// Only the colors of these rows changed: their harmonics.
    Colors {
        /// The layer.
        node: NodeId,
        /// Rows touched, and no others.
        rows: RowSet,
    },
    /// The lights changed.
    Light,
}
