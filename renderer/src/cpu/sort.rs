//! Orders the visible splats by (depth, slot); twin of `shaders/sort.wgsl`.
//!
//! The GPU sorts 24 bits in rounds of 4; here it is two rounds of 12. Both are stable, so both find the
//! one order that there is.

use crate::{
    consts::{EMPTY_DEPTH, KEY_BITS},
    layout::View,
};

const DIGIT_BITS: u32 = KEY_BITS / 2;
const DIGITS: usize = 1 << DIGIT_BITS;

/// Slots from near to far; those that cover nothing come last.
pub(crate) fn sort(view: &View, depths: &[u32]) -> Vec<u32> {
    let pairs: Vec<[u32; 2]> = depths
        .iter()
        .zip(0u32..)
        .map(|(&depth, slot)| [key(view, depth), slot])
        .collect();
    let mut low = vec![[0; 2]; pairs.len()];
    scatter(&pairs, 0, |to, pair| low[to] = pair);
    let mut order = vec![0; pairs.len()];
    scatter(&low, DIGIT_BITS, |to, [_, slot]| order[to] = slot);
    order
}

/// What is sorted of a depth: see `view::depth_key`.
pub(crate) fn key(view: &View, depth: u32) -> u32 {
    const LAST: u32 = (1 << KEY_BITS) - 1;
    if depth == EMPTY_DEPTH {
        LAST
    } else {
        (depth.saturating_sub(view.depth_min_bits) >> view.depth_shift).min(LAST - 1)
    }
}

fn scatter(pairs: &[[u32; 2]], shift: u32, mut put: impl FnMut(usize, [u32; 2])) {
    let digit = |pair: &[u32; 2]| pair[0] as usize >> shift & (DIGITS - 1);
    let mut places = vec![0u32; DIGITS];
    for pair in pairs {
        places[digit(pair)] += 1;
    }
    super::scan::exclusive(&mut places);
    for pair in pairs {
        let place = &mut places[digit(pair)];
        put(*place as usize, *pair);
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_by_depth_then_slot_with_empty_slots_last() {
        let view = View {
            depth_min_bits: 0,
            depth_shift: 8,
            ..bytemuck::Zeroable::zeroed()
        };
        let depths = [
            3.0f32.to_bits(),
            EMPTY_DEPTH,
            1.0f32.to_bits(),
            3.0f32.to_bits(),
        ];
        assert_eq!(sort(&view, &depths), [2, 0, 3, 1]);
    }
}
