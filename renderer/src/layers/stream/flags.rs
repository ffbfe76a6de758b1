//! Flags of a stream's splats: of those in the leaves as they are, of merged ones by their share.

use rayon::prelude::*;
use scene::{LodTree, SplatFlags};

use super::{NONE, Stream, outdate_above};
use crate::{layers::Chunk, pack};

impl<C: Chunk> Stream<C> {
    /// Takes over another state of the splats. Whether any of them came or went.
    pub(crate) fn set_flags(&mut self, home: &C::Home, flags: &[SplatFlags]) -> bool {
        let mut touched = vec![false; self.slot_of_node.len()];
        let (mut redrawn, mut selected) = (false, false);
        const BLOCK: usize = 1 << 10;
        let blocks = flags.chunks(BLOCK).zip(self.flags.chunks(BLOCK));
        for (block, (new, old)) in blocks.enumerate().filter(|(_, (new, old))| new != old) {
            for (i, (new, old)) in new.iter().zip(old).enumerate() {
                if new == old {
                    continue;
                }
                let leaf = self.source.tree.leaf_of((block * BLOCK + i) as u32);
                touched[leaf] = true;
                selected |= is_selected(*new) != is_selected(*old);
                if new.is_drawn() != old.is_drawn() {
                    redrawn = true;
                    outdate_above(&self.source.tree, &mut self.stale, leaf);
                }
            }
        }
        self.flags.clear();
        self.flags.extend_from_slice(flags);
        if selected {
            let new = shares(&self.source.tree, flags);
            let old = std::mem::replace(&mut self.selected, new);
            for (touched, (new, old)) in touched.iter_mut().zip(self.selected.iter().zip(&old)) {
                *touched |= new != old;
            }
        }
        for node in (0..touched.len()).filter(|node| touched[*node]) {
            self.write_flags_of(home, node);
        }
        redrawn
    }

    pub(super) fn write_flags_of(&mut self, home: &C::Home, node: usize) {
        let slot = self.slot_of_node[node];
        if slot == NONE {
            return;
        }
        let rows = self.source.tree.leaf_rows(node);
        let (chunk, at) = self.place_of(slot as usize);
        let words = if rows.is_empty() {
            merged_flags(&self.selected[node], self.source.tree.count(node))
        } else {
            pack::flags(&self.flags, rows)
        };
        self.chunks[chunk].write_flag_words(home, &words, at);
    }
}

fn is_selected(flags: SplatFlags) -> bool {
    flags.intersects(SplatFlags::SELECTED) && flags.is_drawn()
}

/// `[nodes]` as in [`LodTree::shares`], of what is selected.
pub(super) fn shares(tree: &LodTree, flags: &[SplatFlags]) -> Vec<Vec<u8>> {
    let is_row_selected = |row: u32| flags.get(row as usize).is_some_and(|f| is_selected(*f));
    if flags.par_iter().any(|f| is_selected(*f)) {
        tree.shares(&is_row_selected)
    } else {
        vec![Vec::new(); tree.nodes().len()]
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
