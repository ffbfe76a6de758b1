//! Distributes the entries of each bin to its tiles, in order; twin of `shaders/tiles.wgsl`.

use rayon::prelude::*;

use super::{
    bin::Bins,
    ellipse::{Outline, ceil_index, floor_index},
    project::Projected,
};
use crate::{
    consts::{BIN, BIN_TILES, TILE, TILES_PER_BIN},
    layout::{Record, View},
};

/// Slots per tile, near to far. Tiles are numbered bin by bin: bin · 64 + tile in the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TileLists {
    /// `[bins · 64 + 1]` first entry of each tile.
    pub(crate) starts: Vec<u32>,
    /// Slots.
    pub(crate) entries: Vec<u32>,
}

impl TileLists {
    /// The slots of the tile with the given tile coordinates.
    pub(crate) fn entries_of(&self, view: &View, x: u32, y: u32) -> &[u32] {
        let bin = y / BIN_TILES * view.bins[0] + x / BIN_TILES;
        let tile = (bin * TILES_PER_BIN + y % BIN_TILES * BIN_TILES + x % BIN_TILES) as usize;
        &self.entries[self.starts[tile] as usize..self.starts[tile + 1] as usize]
    }
}

/// Fills the tiles.
pub(crate) fn tiles(view: &View, projected: &Projected, bins: &Bins) -> TileLists {
    let per_bin = TILES_PER_BIN as usize;
    let n = bins.counts.len();
    let mut starts = vec![0; n * per_bin + 1];
    let masks: Vec<Vec<u64>> = starts[..n * per_bin]
        .par_chunks_mut(per_bin)
        .enumerate()
        .map(|(bin, counts)| bin_masks(view, projected, bins, bin, counts))
        .collect();
    let total = super::scan::exclusive(&mut starts);

    let mut entries = vec![0; total as usize];
    let mut rest = entries.as_mut_slice();
    let mut tasks = Vec::with_capacity(n);
    for (bin, masks) in masks.iter().enumerate() {
        let first = starts[bin * per_bin];
        let (own, tail) = rest.split_at_mut((starts[(bin + 1) * per_bin] - first) as usize);
        rest = tail;
        tasks.push((bin, masks, own));
    }
    tasks.into_par_iter().for_each(|(bin, masks, own)| {
        let first = starts[bin * per_bin];
        let mut next = [0; TILES_PER_BIN as usize];
        for (next, start) in next.iter_mut().zip(&starts[bin * per_bin..]) {
            *next = (start - first) as usize;
        }
        for (&mask, &slot) in masks.iter().zip(bins.entries_of(bin)) {
            let mut left = mask;
            while left != 0 {
                let next = &mut next[left.trailing_zeros() as usize];
                own[*next] = slot;
                *next += 1;
                left &= left - 1;
            }
        }
    });
    TileLists { starts, entries }
}

fn bin_masks(
    view: &View,
    projected: &Projected,
    bins: &Bins,
    bin: usize,
    counts: &mut [u32],
) -> Vec<u64> {
    let bin_x = bin as u32 % view.bins[0] * BIN;
    let bin_y = bin as u32 / view.bins[0] * BIN;
    bins.entries_of(bin)
        .iter()
        .map(|&slot| {
            let mask = tile_mask(&projected.records[slot as usize], bin_x, bin_y);
            let mut left = mask;
            while left != 0 {
                counts[left.trailing_zeros() as usize] += 1;
                left &= left - 1;
            }
            mask
        })
        .collect()
}

/// One bit for each tile of the bin whose pixel centres the outline meets (as AccuTile of
/// Speedy-Splat, Hanson et al. 2025: the outline's x range over each row of tiles).
pub(crate) fn tile_mask(record: &Record, bin_x: u32, bin_y: u32) -> u64 {
    const TILE_F: f32 = TILE as f32;
    let outline = Outline::of(record);
    // From the mean to the first pixel centre of the bin.
    let x = bin_x as f32 + 0.5 - record.mean[0];
    let y = bin_y as f32 + 0.5 - record.mean[1];
    let reach = outline.level.sqrt() / outline.root[2];
    let last_tile = BIN_TILES - 1;
    let first_row = ceil_index(((-reach - y) - (TILE_F - 1.0)) / TILE_F);
    let Some(last_row) = floor_index((reach - y) / TILE_F, last_tile) else {
        return 0;
    };
    let mut mask = 0;
    for row in first_row..=last_row {
        let low = y + row as f32 * TILE_F;
        let (left, right) = outline.x_range(low, low + (TILE_F - 1.0));
        let first = ceil_index(((left - x) - (TILE_F - 1.0)) / TILE_F);
        match floor_index((right - x) / TILE_F, last_tile) {
            Some(last) if left <= right && first <= last => {
                let bits = (0xff >> (last_tile - last)) & (0xffu64 << first);
                mask |= bits << (row * BIN_TILES);
            }
            _ => {}
        }
    }
    mask
}
