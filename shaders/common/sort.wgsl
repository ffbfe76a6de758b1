// What both widths of the depth sort bind and load.

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> round: SortRound;
@group(0) @binding(2) var<storage, read> counters: Counters;
// [visible] bits of the view depth, read in the first round
@group(0) @binding(3) var<storage, read> depths: array<u32>;
// [visible] key and slot, read in the other rounds
@group(0) @binding(4) var<storage, read> pairs_in: array<vec2u>;
// [digits, blocks] counts, after the scan what lies before in the row
@group(0) @binding(5) var<storage, read_write> counts: array<u32>;
// [digits] totals of the rows
@group(0) @binding(6) var<storage, read> totals: array<u32>;
// [visible] key and slot
@group(0) @binding(7) var<storage, read_write> pairs_out: array<vec2u>;

fn visible_count() -> u32 {
    return min(counters.visible, view.visible_capacity);
}

// What is sorted of a depth; slots that cover nothing come last.
fn depth_key(depth: u32) -> u32 {
    let last = (1u << KEY_BITS) - 1u;
    let key = (max(depth, view.depth_min_bits) - view.depth_min_bits) >> view.depth_shift;
    return select(min(key, last - 1u), last, depth == EMPTY_DEPTH);
}

fn load_pair(at: u32) -> vec2u {
    if round.first != 0u {
        return vec2u(depth_key(depths[at]), at);
    }
    return pairs_in[at];
}

fn load_key(at: u32) -> u32 {
    if round.first != 0u {
        return depth_key(depths[at]);
    }
    return pairs_in[at].x;
}

fn digit_of(key: u32) -> u32 {
    return (key >> round.shift) & (DIGITS - 1u);
}
