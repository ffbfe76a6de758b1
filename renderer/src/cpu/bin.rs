//! Distributes depth-ordered splats to bins of 128×128 pixels, in order; twin of `shaders/bin.wgsl`.

use crate::{
    consts::{EMPTY_RECT, ENTRY_CHUNK},
    layout::View,
};

/// Slots per bin, near to far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bins {
    /// `[bins]` first `ENTRY_CHUNK` of each bin.
    pub(crate) first_chunks: Vec<u32>,
    /// `[bins]` entries of each bin.
    pub(crate) counts: Vec<u32>,
    /// Slots; the end of each bin's last chunk is unused.
    pub(crate) entries: Vec<u32>,
}

impl Bins {
    /// The slots of one bin.
    pub(crate) fn entries_of(&self, bin: usize) -> &[u32] {
        let start = (self.first_chunks[bin] * ENTRY_CHUNK) as usize;
        &self.entries[start..start + self.counts[bin] as usize]
    }
}

/// Fills the bins.
pub(crate) fn bin(view: &View, placements: &[[u32; 2]], order: &[u32]) -> Bins {
    let n = (view.bins[0] * view.bins[1]) as usize;
    let rects: Vec<u32> = order
        .iter()
        .map(|&slot| placements[slot as usize][0])
        .collect();
    let mut counts = vec![0u32; n];
    for &rect in &rects {
        for_bins(view, rect, |bin| counts[bin] += 1);
    }
    let mut first_chunks: Vec<u32> = counts.iter().map(|c| c.div_ceil(ENTRY_CHUNK)).collect();
    let chunks = super::scan::exclusive(&mut first_chunks);
    let mut entries = vec![0; (chunks * ENTRY_CHUNK) as usize];
    let mut next: Vec<u32> = first_chunks.iter().map(|c| c * ENTRY_CHUNK).collect();
    for (&rect, &slot) in rects.iter().zip(order) {
        for_bins(view, rect, |bin| {
            entries[next[bin] as usize] = slot;
            next[bin] += 1;
        });
    }
    Bins {
        first_chunks,
        counts,
        entries,
    }
}

#[inline(always)]
fn for_bins(view: &View, rect: u32, mut visit: impl FnMut(usize)) {
    if rect == EMPTY_RECT {
        return;
    }
    for y in rect >> 8 & 255..=rect >> 24 {
        for x in rect & 255..=rect >> 16 & 255 {
            visit((y * view.bins[0] + x) as usize);
        }
    }
}
