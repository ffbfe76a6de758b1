//! A layer's flags as they were last taken over, and sums over them that change when they do: an edit costs
//! what it touches, and a look at the rest.

use std::ops::Range;

use scene::SplatFlags;

/// Rows that are compared before any of them is looked at.
const BLOCK: usize = 1 << 10;

/// Flags of all rows of a layer.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    values: Vec<SplatFlags>,
    /// See [`Self::hidden`].
    hidden: u64,
    /// Rows that are marked or have a grade of their own.
    parts: usize,
    /// Rows that are selected and drawn.
    selected: usize,
}

impl Flags {
    /// `[N]`
    pub(super) fn values(&self) -> &[SplatFlags] {
        &self.values
    }

    /// A sum over the rows that are not drawn or have a grade of their own, each as a number that looks
    /// random: two different sets practically never have one sum.
    pub(super) fn hidden(&self) -> u64 {
        self.hidden
    }

    /// Whether any splat is marked or has a grade of its own.
    pub(super) fn has_parts(&self) -> bool {
        self.parts > 0
    }

    /// Whether any splat that is drawn is selected.
    pub(super) fn any_selected(&self) -> bool {
        self.selected > 0
    }

    pub(super) fn is_selected(&self, row: u32) -> bool {
        let flags = self.values.get(row as usize);
        flags.is_some_and(|flags| is_selected(*flags))
    }

    /// Takes over these rows of a layer's flags, or all where their number is another; tells of each that
    /// changed from what to what.
    pub(super) fn take(
        &mut self,
        new: &[SplatFlags],
        rows: Range<usize>,
        mut changed: impl FnMut(usize, [SplatFlags; 2]),
    ) {
        let rows = if self.values.len() == new.len() {
            rows.start.min(new.len())..rows.end.min(new.len())
        } else {
            0..new.len()
        };
        for row in new.len()..self.values.len() {
            self.account(row, self.values[row], SplatFlags::NONE);
        }
        self.values.resize(new.len(), SplatFlags::NONE);
        for start in rows.clone().step_by(BLOCK) {
            let block = start..rows.end.min(start + BLOCK);
            if !differ(&new[block.clone()], &self.values[block.clone()]) {
                continue;
            }
            for row in block {
                let pair = [self.values[row], new[row]];
                if pair[0] != pair[1] {
                    self.account(row, pair[0], pair[1]);
                    self.values[row] = pair[1];
                    changed(row, pair);
                }
            }
        }
    }

    fn account(&mut self, row: usize, old: SplatFlags, new: SplatFlags) {
        let hidden = |flags: SplatFlags| {
            let kind = if flags.is_drawn() { flags.grade() } else { 8 };
            mix(row).wrapping_mul(kind as u64)
        };
        self.hidden = self
            .hidden
            .wrapping_add(hidden(new))
            .wrapping_sub(hidden(old));
        let parts = |f: SplatFlags| usize::from(f.intersects(PARTS));
        self.parts = self.parts + parts(new) - parts(old);
        let selected = |f: SplatFlags| usize::from(is_selected(f));
        self.selected = self.selected + selected(new) - selected(old);
    }
}

/// What only [`crate::consts::CHUNK_PARTS`] draws.
const PARTS: SplatFlags = SplatFlags(SplatFlags::GRADE.0 | SplatFlags::MARKED.0);

pub(super) fn is_selected(flags: SplatFlags) -> bool {
    flags.intersects(SplatFlags::SELECTED) && flags.is_drawn()
}

/// Without a way out of the loop a block is compared in wide registers.
fn differ(a: &[SplatFlags], b: &[SplatFlags]) -> bool {
    a.iter().zip(b).fold(0, |any, (a, b)| any | (a.0 ^ b.0)) != 0
}

/// SplitMix64 (Steele et al. 2014).
fn mix(row: usize) -> u64 {
    let z = (row as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_flags_taken_at_once() {
        let kinds = [0u8, 1, 2, 8, 9, 16, 128, 33];
        let new = |seed: usize, n: usize| -> Vec<SplatFlags> {
            let kind = |i: usize| kinds[(i * i + seed) % 13 % kinds.len()];
            (0..n).map(|i| SplatFlags(kind(i))).collect()
        };
        let mut flags = Flags::default();
        for (seed, n) in [(1, 3000), (4, 3000), (4, 5000), (2, 1200), (0, 0)] {
            let next = new(seed, n);
            let mut told = 0;
            flags.take(&next, 0..n, |_, _| told += 1);
            let mut fresh = Flags::default();
            fresh.take(&next, 0..n, |_, _| {});
            let sums = |f: &Flags| (f.hidden, f.parts, f.selected);
            assert_eq!(sums(&flags), sums(&fresh), "{n} rows");
            assert_eq!(flags.values(), next, "{n} rows");
            flags.take(&next, 0..n, |row, _| panic!("{row} did not change"));
            assert!(n < 3000 || told > 0, "changes are told");
        }
    }
}
