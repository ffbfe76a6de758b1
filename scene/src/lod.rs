//! Levels of detail: a tree of ever coarser versions of a cloud.
//!
//! The rows are split at medians into a complete tree with four children a node. A leaf stands for its
//! rows; an inner node holds about a quarter of the splats of its children, made by [`reduce`]. Any set
//! of nodes of which exactly one lies on each path from root to leaf draws the whole cloud (Luebke et
//! al. 2003, ch. 4, "cut"): near nodes fine, far nodes coarse.
//!
//! Does not choose the cut (that takes a camera) and does not hold the leaves' splats (the cloud does).

pub(crate) mod eigen;
mod partition;
pub(crate) mod reduce;
#[cfg(test)]
mod tests;
mod tree;

pub use reduce::{Reduced, reduce};
pub use tree::{LodError, LodNode, LodTree};
