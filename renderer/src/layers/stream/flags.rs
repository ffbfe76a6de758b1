//! Flags of a stream's splats: of those in the leaves as they are, of merged ones by their share. What
//! changed is written slice by slice.

use scene::SplatFlags;

use super::{NONE, Patience, Stream, outdate_above};
use crate::{
    layers::{
        Chunk,
        flags::{Flags, is_selected},
    },
    pack,
};

/// Where more than one row in so many changed, leaves are looked through instead of looked up.
const MANY: usize = 16;

/// Rows that changed, one bit each.
struct Changes {
    /// In any way.
    any: Vec<u64>,
    count: usize,
    /// Whether one of them was selected or is.
    selected: bool,
    /// Those that came or went.
    redrawn: Vec<u64>,
    redrawn_any: bool,
}

impl Changes {
    fn has(bits: &[u64], row: u32) -> bool {
        bits[row as usize / 64] >> (row % 64) & 1 == 1
    }

    fn rows(&self) -> impl Iterator<Item = u32> {
        let words = (0u32..).zip(&self.any);
        words.flat_map(|(w, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(64 * w + bit)
            })
        })
    }
}

impl<C: Chunk> Stream<C> {
    /// Takes over another state of the splats; it is drawn once [`Self::recolor`] has come to it.
    pub(crate) fn take_flags(
        &mut self,
        held: &mut Flags,
        new: &[SplatFlags],
        rows: std::ops::Range<usize>,
    ) {
        let words = new.len().div_ceil(64);
        let mut changes = Changes {
            any: vec![0; words],
            count: 0,
            selected: false,
            redrawn: vec![0; words],
            redrawn_any: false,
        };
        held.take(new, rows, |row, [old, new]| {
            changes.any[row / 64] |= 1 << (row % 64);
            changes.count += 1;
            changes.selected |= is_selected(old) != is_selected(new);
            if old.is_drawn() != new.is_drawn() {
                changes.redrawn[row / 64] |= 1 << (row % 64);
                changes.redrawn_any = true;
            }
        });
        if changes.count > new.len() / MANY {
            self.touch_leaves(&changes);
        } else {
            for row in changes.rows() {
                let leaf = self.source.tree.leaf_of(row);
                self.touch(leaf, &changes, Changes::has(&changes.redrawn, row));
            }
        }
    }

    fn touch_leaves(&mut self, changes: &Changes) {
        for leaf in self.source.tree.leaves() {
            let has = |bits: &[u64]| {
                let mut rows = self.source.tree.leaf_rows(leaf).iter();
                rows.any(|row| Changes::has(bits, *row))
            };
            if has(&changes.any) {
                let redrawn = changes.redrawn_any && has(&changes.redrawn);
                self.touch(leaf, changes, redrawn);
            }
        }
    }

    fn touch(&mut self, leaf: usize, changes: &Changes, redrawn: bool) {
        self.pending[leaf] = true;
        if let Some(above) = self.source.tree.parent(leaf).filter(|_| changes.selected) {
            self.pending[above] = true;
        }
        if redrawn {
            self.pending_redraws = true;
            outdate_above(&self.source.tree, &mut self.stale, leaf);
        }
    }

    /// Whether [`Self::recolor`] has something left to do.
    pub(crate) fn is_recoloring(&self) -> bool {
        self.pending.contains(&true)
    }

    /// Writes flags that changed, as far as patience goes: leaves first, then what is merged of them. Whether
    /// it wrote any, and whether splats may have come or gone.
    pub(crate) fn recolor(
        &mut self,
        home: &C::Home,
        flags: &Flags,
        patience: Patience,
    ) -> [bool; 2] {
        let mut wrote = false;
        let redraws = self.pending_redraws;
        for node in (0..self.pending.len()).rev() {
            if !std::mem::take(&mut self.pending[node]) {
                continue;
            }
            if self.source.tree.children(node).is_empty() || self.share_anew(flags, node) {
                wrote |= self.write_flags_of(home, flags, node);
            }
            if patience.is_over() {
                return [wrote, redraws && wrote];
            }
        }
        self.pending_redraws = false;
        [wrote, redraws && wrote]
    }

    /// Finds out which of a node's merged splats are selected; whether others are than before.
    fn share_anew(&mut self, flags: &Flags, node: usize) -> bool {
        let tree = &self.source.tree;
        let shares = if flags.any_selected() {
            tree.shares_of(node, &self.selected, &|row| flags.is_selected(row))
        } else {
            Vec::new()
        };
        let changed = self.selected[node] != shares;
        if let Some(above) = tree.parent(node).filter(|_| changed) {
            self.pending[above] = true;
        }
        self.selected[node] = shares;
        changed
    }

    /// Whether the node is there to be written to.
    pub(super) fn write_flags_of(&mut self, home: &C::Home, flags: &Flags, node: usize) -> bool {
        let slot = self.slot_of_node[node];
        if slot == NONE {
            return false;
        }
        let rows = self.source.tree.leaf_rows(node);
        let (chunk, at) = self.place_of(slot as usize);
        let words = if rows.is_empty() {
            merged_flags(&self.selected[node], self.source.tree.count(node))
        } else {
            pack::flags(flags.values(), rows)
        };
        self.chunks[chunk].write_flag_words(home, &words, at);
        true
    }
}

/// Flags of a node's merged splats, four a word. One is selected or it is not: of those that stand for a
/// selected third, every third is, by the golden ratio's sequence, which spreads evenly.
fn merged_flags(shares: &[u8], count: usize) -> Vec<u32> {
    let rows: Vec<u32> = (0..count as u32).collect();
    let flag = |row: u32| {
        let threshold = row.wrapping_mul(0x9e37_79b9) >> 24;
        let share = shares.get(row as usize).copied().unwrap_or(0);
        if u32::from(share) * 256 / 255 > threshold {
            SplatFlags::SELECTED
        } else {
            SplatFlags::NONE
        }
    };
    let flags: Vec<SplatFlags> = rows.iter().map(|row| flag(*row)).collect();
    pack::flags(&flags, &rows)
}
