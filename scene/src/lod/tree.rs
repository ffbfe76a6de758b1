//! The tree.

use std::{path::Path, sync::Arc};

use glam::Vec3;
use rayon::prelude::*;

use super::{
    partition::{partition, partition_evenly},
    reduce::{Reduced, reduce},
};
use crate::{Cancelled, CloudError, GaussianCloud, SplatFlags, cloud::disk_error, store::Store};

/// Splats that a node has at most.
const NODE: usize = 4096;
/// Children of an inner node.
const CHILDREN: usize = 4;
/// Rows that stay together inside a leaf: what renderers cull at once.
const CLUSTER: usize = 256;
/// Nodes that are made at once: what is in memory of a tree that goes to the disk.
const BATCH: usize = 256;
/// Standard deviations that the box of a node's size reaches beyond its means.
const SIZE_SIGMAS: f32 = 3.0;

/// Why a tree was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LodError {
    /// Nobody wants it any longer.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The disk is full.
    #[error(transparent)]
    Cloud(#[from] CloudError),
}

/// One version of one part of a cloud.
#[derive(Debug, Clone, Default)]
pub struct LodNode {
    /// Smallest corner of the box around all splats below, each with three standard deviations.
    pub low: Vec3,
    /// Largest corner; below `low` where there is nothing.
    pub high: Vec3,
    /// Smallest and largest corner of the box around its own splats and all below, each with
    /// [`LodTree::REACH`] standard deviations: outside of it nothing of the node is ever seen.
    pub reach: (Vec3, Vec3),
    /// How far this version's splats are from those they stand for: the rms distance by mass, metres.
    /// Zero for leaves.
    pub error: f32,
    /// An inner node's splats; empty for leaves, whose rows the cloud holds.
    pub splats: GaussianCloud,
    /// `[splats]` as in [`Reduced::displacements`].
    displacements: Vec<f32>,
    /// `[splats of the children, one after the other]` the splat that each became part of, [`NO_PART`] for
    /// rows that are not drawn.
    part_of: Vec<u16>,
}

/// Not part of any merged splat; nodes have fewer.
const NO_PART: u16 = u16::MAX;

/// A complete tree with four children a node over the rows of one cloud.
///
/// Nodes are numbered from the root, level by level.
///
/// A copy shares its nodes with the original, so that a refreshed copy costs little more than what
/// changed.
#[derive(Debug, Clone)]
pub struct LodTree {
    nodes: Vec<Arc<LodNode>>,
    /// Number of the first leaf.
    first_leaf: usize,
    /// `[N]` all rows, leaf by leaf.
    rows: Arc<[u32]>,
    /// `[N]` the inverse of `rows`.
    places: Arc<[u32]>,
    /// `[leaves + 1]` where each leaf starts in `rows`.
    starts: Arc<[u32]>,
    /// Where merged splats lie, where they are not in memory.
    store: Option<Arc<Store>>,
}

impl LodTree {
    /// Standard deviations within which all that is ever drawn of a splat lies, on either side of its mean:
    /// a footprint of 3.33, twice, for what projections linearize.
    pub const REACH: f32 = 7.0;

    /// Builds the tree of a cloud; splats that are not drawn are in the leaves only.
    ///
    /// Asks `cancelled` once per node. Costs about a second per million splats and core, and a third
    /// of the cloud's memory.
    pub fn build(
        cloud: &GaussianCloud,
        flags: &[SplatFlags],
        cancelled: &(impl Fn() -> bool + Sync),
    ) -> Result<Self, LodError> {
        Self::build_in(None, cloud, flags, cancelled)
    }

    /// The same with the merged splats in a file without a name in a folder, mapped, for clouds that are
    /// there as well.
    pub fn build_in(
        folder: Option<&Path>,
        cloud: &GaussianCloud,
        flags: &[SplatFlags],
        cancelled: &(impl Fn() -> bool + Sync),
    ) -> Result<Self, LodError> {
        let store = folder.map(Store::new).transpose();
        let mut depth = 0;
        while cloud.len() > NODE * CHILDREN.pow(depth) {
            depth += 1;
        }
        let mut rows: Vec<u32> = (0..cloud.len() as u32).collect();
        let starts = partition_evenly(&mut rows, cloud.means(), 2 * depth);
        let mut parts = Vec::with_capacity(starts.len() - 1);
        let mut rest = rows.as_mut_slice();
        for ends in starts.windows(2) {
            let (part, others) = rest.split_at_mut((ends[1] - ends[0]) as usize);
            parts.push(part);
            rest = others;
        }
        parts
            .into_par_iter()
            .for_each(|part| partition(part, cloud.means(), CLUSTER));

        let first_leaf = (CHILDREN.pow(depth) - 1) / (CHILDREN - 1);
        let mut places = vec![0; rows.len()];
        for (place, row) in (0..).zip(&rows) {
            places[*row as usize] = place;
        }
        let mut tree = Self {
            nodes: vec![Arc::default(); first_leaf + starts.len() - 1],
            first_leaf,
            rows: rows.into(),
            places: places.into(),
            starts: starts.into(),
            store: store.map_err(|error| disk_error(&error))?,
        };
        let all: Vec<usize> = (0..tree.nodes.len()).collect();
        tree.make(&all, cloud, flags, cancelled)?;
        Ok(tree)
    }

    /// Remakes what stands for changed rows: their leaves' boxes and all nodes above.
    ///
    /// The cloud must have as many rows as before. Returns the nodes that changed, in order. After an
    /// error the tree is not to be used.
    pub fn refresh(
        &mut self,
        changed: &[u32],
        cloud: &GaussianCloud,
        flags: &[SplatFlags],
    ) -> Result<Vec<usize>, LodError> {
        let mut is_changed = vec![false; cloud.len()];
        for row in changed {
            if let Some(bit) = is_changed.get_mut(*row as usize) {
                *bit = true;
            }
        }
        let mut stale = vec![false; self.nodes.len()];
        for (node, stale) in stale.iter_mut().enumerate() {
            *stale = self.leaf_rows(node).iter().any(|r| is_changed[*r as usize]);
        }
        for node in (1..self.nodes.len()).rev() {
            if let (true, Some(parent)) = (stale[node], self.parent(node)) {
                stale[parent] = true;
            }
        }
        let stale: Vec<usize> = (0..stale.len()).filter(|n| stale[*n]).collect();
        self.make(&stale, cloud, flags, &|| false)?;
        Ok(stale)
    }

    /// Makes nodes (in order of their numbers) out of what is below them, deepest level first.
    fn make(
        &mut self,
        wanted: &[usize],
        cloud: &GaussianCloud,
        flags: &[SplatFlags],
        cancelled: &(impl Fn() -> bool + Sync),
    ) -> Result<(), LodError> {
        let mut end = wanted.len();
        while end > 0 {
            let first = first_of_level(wanted[end - 1]);
            let start = wanted[..end].partition_point(|node| *node < first);
            for batch in wanted[start..end].chunks(BATCH) {
                let made = batch
                    .par_iter()
                    .map(|node| {
                        if cancelled() {
                            return Err(Cancelled);
                        }
                        Ok(if *node >= self.first_leaf {
                            self.leaf(*node, cloud)
                        } else {
                            self.inner(*node, cloud, flags)
                        })
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                for (node, made) in batch.iter().zip(made) {
                    self.nodes[*node] = Arc::new(self.stored(made)?);
                }
            }
            end = start;
        }
        Ok(())
    }

    /// A node with its splats where they belong.
    fn stored(&self, mut made: LodNode) -> Result<LodNode, CloudError> {
        if let (Some(store), false) = (&self.store, made.splats.is_empty()) {
            let stored = std::mem::take(&mut made.splats).stored(store);
            made.splats = stored.map_err(|error| disk_error(&error))?;
        }
        Ok(made)
    }

    fn leaf(&self, node: usize, cloud: &GaussianCloud) -> LodNode {
        let mut made = LodNode::empty();
        for row in self.leaf_rows(node) {
            made.grow(cloud, *row as usize);
        }
        made
    }

    fn inner(&self, node: usize, cloud: &GaussianCloud, flags: &[SplatFlags]) -> LodNode {
        let children = self.children(node);
        let mut made = LodNode::empty();
        let mut below = GaussianCloud::default();
        let mut displacements = Vec::new();
        let mut is_below = Vec::new();
        for child in children {
            let of_child = &self.nodes[child];
            made.low = made.low.min(of_child.low);
            made.high = made.high.max(of_child.high);
            made.reach.0 = made.reach.0.min(of_child.reach.0);
            made.reach.1 = made.reach.1.max(of_child.reach.1);
            let splats = if child >= self.first_leaf {
                let drawn = |row: &&u32| flags.get(**row as usize).is_none_or(|f| f.is_drawn());
                let rows: Vec<usize> = self
                    .leaf_rows(child)
                    .iter()
                    .filter(drawn)
                    .map(|r| *r as usize)
                    .collect();
                displacements.resize(displacements.len() + rows.len(), 0.0);
                is_below.extend(self.leaf_rows(child).iter().map(|row| drawn(&row)));
                cloud.gathered(&rows)
            } else {
                displacements.extend_from_slice(&of_child.displacements);
                is_below.resize(is_below.len() + of_child.splats.len(), true);
                of_child.splats.clone().in_memory()
            };
            // Parts of one cloud have the same columns: they always join.
            if below.append(splats).is_err() {
                return made;
            }
        }
        let target = below.len().div_ceil(CHILDREN).min(NODE);
        let Reduced {
            cloud: splats,
            displacements,
            part_of,
        } = reduce(&below, &displacements, target);
        made.error = rms_error(&splats, &displacements);
        for row in 0..splats.len() {
            made.reach_to(&splats, row);
        }
        made.splats = splats;
        made.displacements = displacements;
        let mut parts = part_of.iter();
        made.part_of = is_below
            .iter()
            .map(|is_below| {
                let part = if *is_below { parts.next() } else { None };
                part.map_or(NO_PART, |part| u16::try_from(*part).unwrap_or(NO_PART))
            })
            .collect();
        made
    }

    /// Of every merged splat (`[nodes][splats]`, empty where nothing below is marked) the share, 0..=255, of
    /// what it stands for that is marked. O(N), parallel.
    pub fn shares(&self, is_marked: &(impl Fn(u32) -> bool + Sync)) -> Vec<Vec<u8>> {
        let mut shares: Vec<Vec<u8>> = vec![Vec::new(); self.nodes.len()];
        let mut end = self.first_leaf;
        while end > 0 {
            let first = first_of_level(end - 1);
            let made: Vec<Vec<u8>> = (first..end)
                .into_par_iter()
                .map(|node| self.shares_of(node, &shares, is_marked))
                .collect();
            shares[first..end]
                .iter_mut()
                .zip(made)
                .for_each(|(s, m)| *s = m);
            end = first;
        }
        shares
    }

    /// The same of one node, `[splats]`, where its children's are known.
    pub fn shares_of(
        &self,
        node: usize,
        shares: &[Vec<u8>],
        is_marked: &(impl Fn(u32) -> bool + Sync),
    ) -> Vec<u8> {
        let mut sums = vec![[0u32; 2]; self.count(node)];
        let mut any = 0;
        let mut part_of = self.nodes[node].part_of.iter();
        let mut add = |share: u8| {
            any |= share;
            if let Some(sum) = part_of.next().and_then(|p| sums.get_mut(usize::from(*p))) {
                *sum = [sum[0] + u32::from(share), sum[1] + 1];
            }
        };
        for child in self.children(node) {
            if child >= self.first_leaf {
                let rows = self.leaf_rows(child).iter();
                rows.for_each(|row| add(u8::from(is_marked(*row)) * u8::MAX));
            } else {
                let of_child = &shares[child];
                (0..self.count(child)).for_each(|i| add(of_child.get(i).copied().unwrap_or(0)));
            }
        }
        if any == 0 {
            return Vec::new();
        }
        sums.iter()
            .map(|[sum, n]| (sum / n.max(&1)) as u8)
            .collect()
    }

    /// All nodes, root first.
    pub fn nodes(&self) -> &[Arc<LodNode>] {
        &self.nodes
    }

    /// Number of the node above; none for the root.
    pub fn parent(&self, node: usize) -> Option<usize> {
        Some(node.checked_sub(1)? / CHILDREN)
    }

    /// Levels between a node and the leaves; 0 for those.
    pub fn height(&self, node: usize) -> u32 {
        let (mut height, mut first) = (0, node);
        while first < self.first_leaf {
            first = CHILDREN * first + 1;
            height += 1;
        }
        height
    }

    /// Number of the leaf that stands for a row.
    pub fn leaf_of(&self, row: u32) -> usize {
        let place = self.places[row as usize];
        // Empty leaves begin where the next one does.
        self.first_leaf + self.starts.partition_point(|start| *start <= place) - 1
    }

    /// Numbers of all leaves.
    pub fn leaves(&self) -> std::ops::Range<usize> {
        self.first_leaf..self.nodes.len()
    }

    /// Numbers of a node's children: four, or none for a leaf.
    pub fn children(&self, node: usize) -> std::ops::Range<usize> {
        if node >= self.first_leaf {
            return 0..0;
        }
        CHILDREN * node + 1..CHILDREN * node + 1 + CHILDREN
    }

    /// Rows of the cloud that a leaf stands for, neighbors together; none for inner nodes.
    pub fn leaf_rows(&self, node: usize) -> &[u32] {
        let Some(leaf) = node.checked_sub(self.first_leaf) else {
            return &[];
        };
        &self.rows[self.starts[leaf] as usize..self.starts[leaf + 1] as usize]
    }

    /// `[N]` all rows in the order of the leaves.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Splats that a node draws.
    pub fn count(&self, node: usize) -> usize {
        if node >= self.first_leaf {
            self.leaf_rows(node).len()
        } else {
            self.nodes[node].splats.len()
        }
    }

    /// Memory held beside the cloud, bytes.
    pub fn bytes(&self) -> usize {
        let splats: usize = self
            .nodes
            .iter()
            .map(|n| {
                n.splats.bytes()
                    + size_of_val(n.displacements.as_slice())
                    + size_of_val(n.part_of.as_slice())
            })
            .sum();
        let maps = size_of_val(&*self.rows) + size_of_val(&*self.places);
        splats + maps + self.nodes.len() * size_of::<LodNode>()
    }
}

impl LodNode {
    fn empty() -> Self {
        Self {
            low: Vec3::INFINITY,
            high: Vec3::NEG_INFINITY,
            reach: (Vec3::INFINITY, Vec3::NEG_INFINITY),
            ..Self::default()
        }
    }

    fn grow(&mut self, cloud: &GaussianCloud, row: usize) {
        let (mean, sigma) = (cloud.means()[row], cloud.scale(row).max_element());
        self.low = self.low.min(mean - SIZE_SIGMAS * sigma);
        self.high = self.high.max(mean + SIZE_SIGMAS * sigma);
        self.reach_to(cloud, row);
    }

    fn reach_to(&mut self, cloud: &GaussianCloud, row: usize) {
        let (mean, sigma) = (cloud.means()[row], cloud.scale(row).max_element());
        let (low, high) = &mut self.reach;
        *low = low.min(mean - LodTree::REACH * sigma);
        *high = high.max(mean + LodTree::REACH * sigma);
    }
}

/// The number at which a node's level begins.
fn first_of_level(node: usize) -> usize {
    let mut first = 0;
    while CHILDREN * first < node {
        first = CHILDREN * first + 1;
    }
    first
}

/// Root of the mean displacement, by opacity.
fn rms_error(splats: &GaussianCloud, displacements: &[f32]) -> f32 {
    let mut sums = [0.0f64; 2];
    for (row, displacement) in displacements.iter().enumerate() {
        let weight = f64::from(splats.opacity(row));
        sums[0] += weight * f64::from(*displacement);
        sums[1] += weight;
    }
    if sums[1] > 0.0 {
        (sums[0] / sums[1]).sqrt() as f32
    } else {
        0.0
    }
}
