//! The packed merged splats of a layer's level-of-detail tree.

use std::sync::Arc;

use rayon::prelude::*;
use scene::{GaussianCloud, LodTree, SplatLayer};

use super::Chunk;
use crate::{
    consts::{CHUNK, WORKGROUP},
    layout::ChunkView,
    pages::{Frustum, PageBounds},
};

/// Merged splats, node by node in the order of the tree's inner nodes. The leaves' splats are the
/// layer's own rows, packed in the tree's order.
pub(crate) struct Coarse<C> {
    pub(crate) tree: Arc<LodTree>,
    pub(crate) chunks: Vec<C>,
    /// Packed rows.
    pub(crate) len: usize,
    /// `[inner nodes]` first packed row of each.
    starts: Vec<u32>,
    /// `[nodes]` where a node's splats and all below them are.
    bounds: Vec<PageBounds>,
}

impl<C: Chunk> Coarse<C> {
    /// Packs the inner nodes of a tree of the layer's cloud.
    pub(crate) fn new(
        home: &C::Home,
        source: &SplatLayer,
        planes: usize,
        tree: Arc<LodTree>,
    ) -> Self {
        let is_inner = |node: &usize| !tree.children(*node).is_empty();
        let inner = (0..tree.nodes().len()).take_while(is_inner);
        let mut starts = Vec::new();
        let mut len = 0;
        for node in inner {
            starts.push(len as u32);
            len += tree.count(node);
        }
        let mut chunks: Vec<C> = (0..len.div_ceil(CHUNK))
            .map(|i| {
                let rows = (len - i * CHUNK).min(CHUNK);
                C::new(home, rows.next_multiple_of(WORKGROUP as usize), planes)
            })
            .collect();
        for (node, start) in starts.iter().enumerate() {
            let splats = &tree.nodes()[node].splats;
            write(home, &mut chunks, splats, *start as usize);
        }
        Self {
            bounds: bounds(&source.cloud, &tree),
            tree,
            chunks,
            len,
            starts,
        }
    }

    /// Whether anything of a node may be seen.
    pub(crate) fn may_see(&self, node: usize, frustum: &Frustum) -> bool {
        frustum.may_see(&self.bounds[node])
    }

    /// Adds the rows of nodes, in order, to the views of the layer's own chunks and of these.
    pub(crate) fn add_nodes(&self, nodes: impl Iterator<Item = usize>, views: &mut [ChunkView]) {
        let (own, merged) = views.split_at_mut(views.len() - self.chunks.len());
        for node in nodes {
            let count = self.tree.count(node);
            match self.starts.get(node) {
                Some(start) => add_rows(merged, *start as usize, count),
                None => add_rows(own, self.tree.leaf_start(node), count),
            }
        }
    }
}

/// Adds rows that may lie in several chunks.
fn add_rows(views: &mut [ChunkView], start: usize, count: usize) {
    let mut at = start;
    while at < start + count {
        let end = (start + count).min((at / CHUNK + 1) * CHUNK);
        views[at / CHUNK].add_range((at % CHUNK) as u32, (end - at) as u32);
        at = end;
    }
}

/// Packs a node's splats to the rows from `start`, which may lie in several chunks.
fn write<C: Chunk>(home: &C::Home, chunks: &mut [C], splats: &GaussianCloud, start: usize) {
    let rows: Vec<u32> = (0..splats.len() as u32).collect();
    let mut at = start;
    while at < start + rows.len() {
        let end = (start + rows.len()).min((at / CHUNK + 1) * CHUNK);
        let part = &rows[at - start..end - start];
        chunks[at / CHUNK].write_cloud(home, splats, part, at % CHUNK);
        at = end;
    }
}

/// Of every node: around its own splats and everything below.
fn bounds(cloud: &GaussianCloud, tree: &LodTree) -> Vec<PageBounds> {
    let mut bounds: Vec<PageBounds> = (0..tree.nodes().len())
        .into_par_iter()
        .map(|node| {
            let splats = &tree.nodes()[node].splats;
            let rows: Vec<u32> = (0..splats.len() as u32).collect();
            PageBounds::of(splats, &rows).union(&PageBounds::of(cloud, tree.leaf_rows(node)))
        })
        .collect();
    for node in (0..bounds.len()).rev() {
        bounds[node] = tree
            .children(node)
            .fold(bounds[node], |all, child| all.union(&bounds[child]));
    }
    bounds
}
