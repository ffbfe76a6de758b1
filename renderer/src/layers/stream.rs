//! A layer with levels of detail: nodes of its tree in a fixed number of slots.
//!
//! A frame wants the nodes of its cut. Those that are not there yet are packed on a thread and uploaded
//! a few a frame; until then the nearest node above stands in, or what is left of finer ones, so that
//! nothing is ever missing: the root never leaves its slot. Where slots run out, the one that was not
//! used for the longest time is taken. Where all nodes fit, all stay.

mod flags;

use std::{sync::Arc, time::Instant};

use scene::{GaussianCloud, LodTree};

use super::{
    Chunk,
    flags::Flags,
    loader::{Loader, Source},
};
use crate::{
    consts::{CHUNK, MAX_RANGES, WORKGROUP},
    layout::{ChunkView, RangeState},
    pack::{PackedRows, Stored},
    pages::{Frustum, PageBounds},
};

/// Not in a slot, not a node.
const NONE: u32 = u32::MAX;
/// Slots that are kept back from the cut: for the root, and for what comes in place of another.
const SPARE: usize = 2;
/// Levels below a missing node in which what is left of finer ones is looked for.
const FINER: u32 = 2;

/// What a frame asks of the layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Asked {
    /// Nodes that together stand for everything in sight, in order.
    pub(crate) nodes: Vec<u32>,
    /// Nodes above them, in order, that finer ones have taken over from by so much.
    pub(crate) fades: Vec<(u32, f32)>,
}

/// What a frame draws of the layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plan {
    /// Nodes in slots that together stand for everything in sight.
    pub(crate) drawn: Vec<u32>,
    /// `[drawn]` how much of each is drawn.
    weights: Vec<f32>,
    /// Nodes of the cut that are not in slots, or with what they no longer hold.
    pub(crate) missing: Vec<u32>,
}

/// How long uploads may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Patience {
    /// Until nothing is missing.
    Endless,
    /// Until this moment, but one node at least.
    Until(Instant),
}

impl Patience {
    fn is_over(self) -> bool {
        matches!(self, Self::Until(end) if Instant::now() > end)
    }
}

/// A layer's nodes on the device.
pub(crate) struct Stream<C> {
    source: Arc<Source>,
    /// `[nodes]` whether the flags in its slot, or for merged splats `selected`, are to be found anew.
    pending: Vec<bool>,
    /// Whether splats may have come or gone in nodes that are pending.
    pending_redraws: bool,
    /// `[nodes]` as in [`LodTree::shares`]: how much of what merged splats stand for is selected.
    selected: Vec<Vec<u8>>,
    pub(crate) chunks: Vec<C>,
    slot_rows: usize,
    most_slots: usize,
    /// `[slots]` the node in each.
    node_of_slot: Vec<u32>,
    /// `[slots]` number of the frame that used it last.
    used: Vec<u64>,
    /// `[nodes]`
    slot_of_node: Vec<u32>,
    /// `[nodes]` whether what is in the slot is no longer what the node holds.
    outdated: Vec<bool>,
    /// `[nodes]` whether merged splats no longer stand for what is below them, or a leaf's rows moved.
    stale: Vec<bool>,
    loader: Loader,
    frames: u64,
    /// What was asked for last, and in which frame its nodes first were.
    asked: (Asked, u64),
    pub(crate) plan: Plan,
    /// Whether anything came that no picture has been told of.
    pub(crate) unseen: bool,
}

impl<C: Chunk> Stream<C> {
    /// Room for the nodes of a tree within so many bytes, with the root in it.
    pub(super) fn new(home: &C::Home, source: Source, flags: &Flags, most_bytes: u64) -> Self {
        let (tree, stored) = (Arc::clone(&source.tree), source.stored);
        let nodes = tree.nodes().len();
        let largest = (0..nodes).map(|node| tree.count(node)).max().unwrap_or(0);
        // So few slots a chunk that each may be a range of its own.
        let slot_rows = largest
            .next_multiple_of(WORKGROUP as usize)
            .max(CHUNK / MAX_RANGES as usize);
        let slot_bytes = (slot_rows * stored.row_bytes()) as u64;
        let fitting = usize::try_from(most_bytes / slot_bytes).unwrap_or(usize::MAX);
        let source = Arc::new(source);
        let mut stream = Self {
            // Merged splats of which some are selected are found as the others.
            pending: (0..nodes)
                .map(|node| flags.any_selected() && !tree.children(node).is_empty())
                .collect(),
            pending_redraws: false,
            selected: vec![Vec::new(); nodes],
            chunks: Vec::new(),
            slot_rows,
            most_slots: fitting.clamp(1, nodes),
            node_of_slot: Vec::new(),
            used: Vec::new(),
            slot_of_node: vec![NONE; nodes],
            outdated: vec![false; nodes],
            stale: vec![false; nodes],
            loader: Loader::start(Arc::clone(&source)),
            frames: 0,
            asked: (Asked::default(), 0),
            plan: Plan::default(),
            unseen: false,
            source,
        };
        stream.load(home, flags, (0, &stream.source.pack(0)), &mut Vec::new());
        stream
    }

    /// The same in another amount of room, or packed otherwise; what is in the slots comes anew.
    pub(super) fn anew(
        mut self,
        home: &C::Home,
        stored: Stored,
        flags: &Flags,
        most_bytes: u64,
    ) -> Self {
        // Before there is room for the new.
        self.chunks.clear();
        let source = Source {
            cloud: Arc::clone(&self.source.cloud),
            tree: Arc::clone(&self.source.tree),
            stored,
        };
        Self {
            stale: self.stale,
            unseen: true,
            ..Self::new(home, source, flags, most_bytes)
        }
    }

    pub(crate) fn tree(&self) -> &LodTree {
        &self.source.tree
    }

    /// Rows that there is room for when all slots are made.
    pub(crate) fn most_bytes(&self) -> u64 {
        (self.most_slots * self.slot_rows * self.source.stored.row_bytes()) as u64
    }

    /// Nodes that a cut may have.
    pub(crate) fn most_nodes(&self) -> usize {
        if self.most_slots >= self.slot_of_node.len() {
            return usize::MAX - 1;
        }
        self.most_slots.saturating_sub(SPARE).max(1)
    }

    /// Whether a node's merged splats no longer stand for what is below them.
    pub(crate) fn is_stale(&self, node: usize) -> bool {
        self.stale[node] && !self.tree().children(node).is_empty()
    }

    /// Whether anything of a node may be seen.
    pub(crate) fn may_see(&self, node: usize, frustum: &Frustum) -> bool {
        // Where a stale node is, nobody has measured.
        if self.stale[node] {
            return true;
        }
        let (low, high) = self.tree().nodes()[node].reach;
        frustum.may_see(&PageBounds { low, high })
    }

    /// Brings what a cut wants, as far as patience goes. Whether anything that is drawn changed.
    pub(super) fn advance(
        &mut self,
        home: &C::Home,
        flags: &Flags,
        cut: Asked,
        patience: Patience,
    ) -> bool {
        let mut changed = self.step(home, flags, cut.clone(), patience);
        while patience == Patience::Endless && !self.plan.missing.is_empty() {
            // What stood in gives its slots away step by step.
            let missing = self.plan.missing.len();
            changed |= self.step(home, flags, cut.clone(), patience);
            if self.plan.missing.len() >= missing {
                log::error!("{missing} nodes of a large layer find no room");
                break;
            }
        }
        changed
    }

    fn step(&mut self, home: &C::Home, flags: &Flags, cut: Asked, patience: Patience) -> bool {
        self.frames += 1;
        let first_asked = if self.asked.0.nodes == cut.nodes {
            self.asked.1
        } else {
            self.frames
        };
        self.asked = (cut, first_asked);
        let before = std::mem::take(&mut self.plan);
        let above = self.above(&self.asked.0.nodes);
        self.plan = self.cover_cut(&self.asked.0, &above);
        // Finer nodes in place of a missing one are drawn, but give way to it.
        let standing_in = self.plan.drawn.iter().filter(|n| above[**n as usize]);
        let fading = self.asked.0.fades.iter().map(|fade| &fade.0);
        for node in self.asked.0.nodes.iter().chain(fading).chain(standing_in) {
            let slot = self.slot_of_node[*node as usize];
            if let Some(used) = self.used.get_mut(slot as usize) {
                *used = (*used).max(self.frames);
            }
        }
        let mut uploaded = false;
        if !self.plan.missing.is_empty() {
            uploaded = self.bring(home, flags, patience);
            self.plan = self.planned(&self.asked.0);
            if patience != Patience::Endless {
                self.loader.want(self.wanted());
            }
        }
        uploaded || before.drawn != self.plan.drawn
    }

    /// Uploads what is missing and what the thread has packed.
    fn bring(&mut self, home: &C::Home, flags: &Flags, patience: Patience) -> bool {
        let mut oldest = self.idle_slots();
        let mut uploaded = false;
        let deadline = match patience {
            Patience::Until(moment) if self.loader.works() => moment,
            patience => {
                for node in self.plan.missing.clone() {
                    let packed = self.source.pack(node as usize);
                    uploaded |= self.load(home, flags, (node, &packed), &mut oldest);
                    if patience.is_over() {
                        break;
                    }
                }
                return uploaded;
            }
        };
        while let Some((node, packed)) = self.loader.take() {
            let is_there = self.slot_of_node[node as usize] != NONE;
            if !is_there || self.outdated[node as usize] {
                uploaded |= self.load(home, flags, (node, &packed), &mut oldest);
            }
            if Instant::now() > deadline {
                break;
            }
        }
        uploaded
    }

    /// What the thread is to pack: missing nodes, and those above them that would stand in, coarsest
    /// first.
    fn wanted(&self) -> impl Iterator<Item = u32> + use<C> {
        let tree = self.tree();
        let mut wanted = Vec::new();
        for &node in &self.plan.missing {
            let above = |node: &u32| tree.parent(*node as usize).map(|n| n as u32);
            let path = std::iter::successors(Some(node), above);
            wanted.extend(path.take_while(|n| {
                *n == node || (self.slot_of_node[*n as usize] == NONE && !self.stale[*n as usize])
            }));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.into_iter()
    }

    /// Slots that this frame does not use, the longest unused last.
    fn idle_slots(&self) -> Vec<u32> {
        let mut idle: Vec<u32> = (0..self.used.len() as u32)
            .filter(|slot| self.used[*slot as usize] < self.frames)
            .collect();
        idle.sort_unstable_by_key(|slot| std::cmp::Reverse((self.used[*slot as usize], *slot)));
        idle
    }

    /// Uploads a node; false where there is no slot for it.
    fn load(
        &mut self,
        home: &C::Home,
        flags: &Flags,
        (node, packed): (u32, &PackedRows),
        oldest: &mut Vec<u32>,
    ) -> bool {
        let Some(slot) = self.slot_for(home, node, oldest) else {
            return false;
        };
        let before = std::mem::replace(&mut self.node_of_slot[slot], node);
        if before != NONE {
            self.slot_of_node[before as usize] = NONE;
        }
        self.slot_of_node[node as usize] = slot as u32;
        self.outdated[node as usize] = false;
        // The root stays for ever: there is always something to draw.
        self.used[slot] = if node == 0 { u64::MAX } else { self.frames };
        let (chunk, at) = self.place_of(slot);
        self.chunks[chunk].write_packed(home, packed, at);
        self.write_flags_of(home, flags, node as usize);
        true
    }

    fn slot_for(&mut self, home: &C::Home, node: u32, oldest: &mut Vec<u32>) -> Option<usize> {
        let own = self.slot_of_node[node as usize];
        if own != NONE {
            return Some(own as usize);
        }
        if self.node_of_slot.len() < self.most_slots {
            let slot = self.node_of_slot.len();
            if slot.is_multiple_of(self.slots_a_chunk()) {
                let slots = (self.most_slots - slot).min(self.slots_a_chunk());
                let chunk = C::new(home, slots * self.slot_rows, self.source.stored);
                self.chunks.push(chunk);
            }
            self.node_of_slot.push(NONE);
            self.used.push(0);
            return Some(slot);
        }
        // Those that only stand in for others must not drive each other out for ever.
        let asked = &self.asked.0;
        let in_cut = asked.nodes.binary_search(&node).is_ok()
            || asked.fades.binary_search_by_key(&node, |f| f.0).is_ok();
        let slot = *oldest.last()? as usize;
        if !in_cut && self.used[slot] >= self.asked.1 {
            return None;
        }
        oldest.pop();
        Some(slot)
    }

    fn slots_a_chunk(&self) -> usize {
        CHUNK / self.slot_rows
    }

    /// Chunk and first row of a slot.
    fn place_of(&self, slot: usize) -> (usize, usize) {
        let slots = self.slots_a_chunk();
        (slot / slots, slot % slots * self.slot_rows)
    }

    /// What stands for a cut (in order) now.
    pub(crate) fn planned(&self, cut: &Asked) -> Plan {
        self.cover_cut(cut, &self.above(&cut.nodes))
    }

    /// `[nodes]` whether a node lies above one of the cut.
    fn above(&self, cut: &[u32]) -> Vec<bool> {
        let mut above = vec![false; self.slot_of_node.len()];
        for node in cut {
            let mut next = self.tree().parent(*node as usize);
            while let Some(node) = next.filter(|n| !above[*n]) {
                above[node] = true;
                next = self.tree().parent(node);
            }
        }
        above
    }

    fn cover_cut(&self, cut: &Asked, above: &[bool]) -> Plan {
        let mut drawn = Vec::with_capacity(cut.nodes.len() + cut.fades.len());
        self.cover(0, (&cut.nodes, above), &mut drawn);
        let wanted = cut.nodes.iter().chain(cut.fades.iter().map(|f| &f.0));
        let missing = wanted.copied().filter(|node| {
            let node = *node as usize;
            self.slot_of_node[node] == NONE || self.outdated[node]
        });
        let mut missing: Vec<u32> = missing.collect();
        missing.sort_unstable();
        let weights = self.fade(&cut.fades, &mut drawn);
        Plan {
            missing,
            drawn,
            weights,
        }
    }

    /// Adds the nodes that fade and are there; how much of each node is drawn.
    fn fade(&self, fades: &[(u32, f32)], drawn: &mut Vec<u32>) -> Vec<f32> {
        let is_there = |fade: &&(u32, f32)| {
            self.slot_of_node[fade.0 as usize] != NONE && !drawn.contains(&fade.0)
        };
        let fades: Vec<(u32, f32)> = fades.iter().filter(is_there).copied().collect();
        let gone = |node: u32| {
            let at = fades.binary_search_by_key(&node, |fade| fade.0);
            at.ok().map(|at| fades[at].1)
        };
        drawn.extend(fades.iter().map(|fade| fade.0));
        let weight = |node: &u32| {
            let mut weight = gone(*node).map_or(1.0, |gone| 1.0 - gone);
            let mut next = self.tree().parent(*node as usize);
            // What fades lies just above what is drawn.
            while let Some(above) = next.filter(|_| !fades.is_empty()) {
                weight *= gone(above as u32).unwrap_or(1.0);
                next = self.tree().parent(above);
            }
            weight
        };
        drawn.iter().map(weight).collect()
    }

    /// Adds nodes in slots that stand for what the cut has at or below a node; false where they do not.
    fn cover(&self, node: u32, cut: (&[u32], &[bool]), drawn: &mut Vec<u32>) -> bool {
        let is_there = self.slot_of_node[node as usize] != NONE;
        if !cut.1[node as usize] {
            // In the cut, or out of sight.
            return cut.0.binary_search(&node).is_err() || self.cover_finer(node, FINER, drawn);
        }
        let before = drawn.len();
        let mut all = true;
        for child in self.tree().children(node as usize) {
            all &= self.cover(child as u32, cut, drawn);
        }
        if !all && is_there {
            drawn.truncate(before);
            drawn.push(node);
            return true;
        }
        all
    }

    fn cover_finer(&self, node: u32, levels: u32, drawn: &mut Vec<u32>) -> bool {
        if self.slot_of_node[node as usize] != NONE {
            drawn.push(node);
            return true;
        }
        let children = self.tree().children(node as usize);
        if levels == 0 || children.is_empty() {
            return false;
        }
        let before = drawn.len();
        let all = children
            .into_iter()
            .all(|child| self.cover_finer(child as u32, levels - 1, drawn));
        if !all {
            drawn.truncate(before);
        }
        all
    }

    /// Adds the rows of a plan's nodes to the views of the chunks.
    pub(crate) fn add_nodes(&self, plan: &Plan, views: &mut [ChunkView]) {
        let nodes = plan.drawn.iter().zip(&plan.weights);
        let mut slots: Vec<(u32, f32)> = nodes
            .map(|(node, weight)| (self.slot_of_node[*node as usize], *weight))
            .filter(|(slot, _)| *slot != NONE)
            .collect();
        slots.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, weight) in slots {
            let (chunk, at) = self.place_of(slot as usize);
            let node = self.node_of_slot[slot as usize] as usize;
            let count = self.tree().count(node) as u32;
            if count > 0 {
                let state = RangeState::new(self.tree().height(node), weight);
                views[chunk].add_range_as(at as u32, count, state);
            }
        }
    }

    /// The document's row that lies at a place of a chunk; none for merged splats.
    pub(crate) fn row_at(&self, chunk: usize, place: usize) -> Option<u32> {
        let slot = chunk * self.slots_a_chunk() + place / self.slot_rows;
        let node = *self.node_of_slot.get(slot)?;
        if node == NONE {
            return None;
        }
        let rows = self.tree().leaf_rows(node as usize);
        rows.get(place % self.slot_rows).copied()
    }

    /// Whether the plan draws every row in sight itself.
    pub(crate) fn draws_rows(&self) -> bool {
        let is_leaf = |node: &u32| self.tree().height(*node as usize) == 0;
        self.plan.drawn.iter().all(is_leaf)
    }

    /// Takes over another cloud of as many rows, of which these may have changed. What is in the slots is
    /// drawn until the new is there.
    pub(crate) fn set_cloud(
        &mut self,
        cloud: &Arc<GaussianCloud>,
        rows: impl Iterator<Item = usize>,
    ) {
        let tree = Arc::clone(&self.source.tree);
        let whole = rows.size_hint().0 >= cloud.len();
        if whole {
            self.outdated.fill(true);
            self.stale.fill(true);
        }
        for row in rows.filter(|_| !whole) {
            let leaf = tree.leaf_of(row as u32);
            self.outdated[leaf] = true;
            self.stale[leaf] = true;
            outdate_above(&tree, &mut self.stale, leaf);
        }
        self.change_source(Arc::clone(cloud), tree);
    }

    /// Takes over a tree that was refreshed: what it shares with the old one stays.
    pub(crate) fn refresh(&mut self, cloud: Arc<GaussianCloud>, tree: Arc<LodTree>) {
        let old = Arc::clone(&self.source.tree);
        for (node, (new, old)) in tree.nodes().iter().zip(old.nodes()).enumerate() {
            self.stale[node] = false;
            let is_same = Arc::ptr_eq(new, old);
            if tree.children(node).is_empty() {
                self.outdated[node] &= !is_same;
            } else {
                self.outdated[node] |= !is_same;
                self.pending[node] |= !is_same;
            }
        }
        self.change_source(cloud, tree);
    }

    /// Whether a tree is of the same rows as this one's, but for what was refreshed.
    pub(crate) fn is_of(&self, tree: &LodTree) -> bool {
        std::ptr::eq(self.tree().rows(), tree.rows())
    }

    fn change_source(&mut self, cloud: Arc<GaussianCloud>, tree: Arc<LodTree>) {
        let stored = self.source.stored;
        self.source = Arc::new(Source {
            cloud,
            tree,
            stored,
        });
        self.loader.change(Arc::clone(&self.source));
    }
}

/// Notes that merged splats above a leaf no longer stand for it.
fn outdate_above(tree: &LodTree, stale: &mut [bool], leaf: usize) {
    let mut next = tree.parent(leaf);
    while let Some(node) = next.filter(|node| !stale[*node]) {
        stale[node] = true;
        next = tree.parent(node);
    }
}
