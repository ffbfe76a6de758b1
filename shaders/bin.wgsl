// Distributes depth-ordered splats to bins of 128 x 128 pixels, in order (as vello's ordered binning):
// `count` splats per block and bin, scan the rows, `offsets` of the bins, `scatter` by bitmaps.
// pairs, placements -> slots per bin, from near to far; each bin starts at a multiple of ENTRY_CHUNK.
// A splat of many bins would keep its one thread busy while the others wait: all threads share those.
#import common/layout
#import common/scan

@group(0) @binding(0) var<uniform> view: View;
// The same buffer: `offsets` writes it, the others only read.
@group(0) @binding(1) var<storage, read_write> counters: Counters;
@group(0) @binding(1) var<storage, read> counted: Counters;
// [visible] key and slot, from near to far
@group(0) @binding(2) var<storage, read> pairs: array<vec2u>;
// [visible] covered bins, source index
@group(0) @binding(3) var<storage, read> placements: array<vec2u>;
// [bins, bin_blocks] counts, after the scan what lies before in the row
@group(0) @binding(4) var<storage, read_write> block_offsets: array<u32>;
// [bins] entries
@group(0) @binding(5) var<storage, read_write> bin_counts: array<u32>;
// [bins + 1] first chunk
@group(0) @binding(6) var<storage, read_write> bin_chunks: array<u32>;
// [chunks, ENTRY_CHUNK] slots
@group(0) @binding(7) var<storage, read_write> entries: array<u32>;
// The indirect dispatch of `tiles`: a workgroup a chunk
@group(0) @binding(8) var<storage, read_write> tile_groups: array<u32, 4>;

const ROUNDS = BIN_BLOCK / WORKGROUP;
const BINS_PER_THREAD = MAX_BINS / WORKGROUP;

var<workgroup> shared_counts: array<atomic<u32>, MAX_BINS>;
// [bin of the window, word] one bit a thread
var<workgroup> shared_bits: array<atomic<u32>, BIN_WINDOW * WORKGROUP_WORDS>;
// [bin of the window, word / 2] bits set in the words before, two 16-bit numbers
var<workgroup> shared_ranks: array<u32, BIN_WINDOW * WORKGROUP_WORDS / 2u>;
// [bin of the window] where the next entry goes
var<workgroup> shared_next: array<u32, BIN_WINDOW>;

// [big splat of the round] slot, covered bins, thread
var<workgroup> shared_big: array<vec3u, BIG_LIST>;
var<workgroup> shared_big_count: atomic<u32>;

struct Rect {
    first: vec2u,
    last: vec2u,
}

fn unpack_rect(rect: u32) -> Rect {
    return Rect(
        vec2u(rect & 255u, (rect >> 8u) & 255u),
        vec2u((rect >> 16u) & 255u, rect >> 24u),
    );
}

fn visible_count() -> u32 {
    return min(counted.visible, view.visible_capacity);
}

// Slot and covered bins of the splat at a place in the order.
fn load_item(at: u32) -> vec2u {
    if at < visible_count() {
        let slot = pairs[at].y;
        return vec2u(slot, placements[slot].x);
    }
    return vec2u(0u, EMPTY_RECT);
}

// Puts a splat of many bins on the list of the round; false where it is small or the list is full.
// The order of the list does not matter: what is done with it are sums and bits.
fn is_shared(item: vec2u, thread: u32) -> bool {
    let rect = unpack_rect(item.y);
    if item.y == EMPTY_RECT {
        return false;
    }
    let size = rect.last + 1u - rect.first;
    if size.x * size.y <= BIG_RECT {
        return false;
    }
    let at = atomicAdd(&shared_big_count, 1u);
    if at >= BIG_LIST {
        return false;
    }
    shared_big[at] = vec3u(item, thread);
    return true;
}

// The bin of a big splat that is the i-th of its rectangle.
fn bin_in_rect(rect: Rect, i: u32) -> u32 {
    let width = rect.last.x + 1u - rect.first.x;
    return (rect.first.y + i / width) * view.bins.x + rect.first.x + i % width;
}

fn rect_area(rect: Rect) -> u32 {
    let size = rect.last + 1u - rect.first;
    return size.x * size.y;
}

@compute @workgroup_size(WORKGROUP)
fn count(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let bins = view.bins.x * view.bins.y;
    if group.x * BIN_BLOCK >= visible_count() {
        for (var bin = thread; bin < bins; bin += WORKGROUP) {
            block_offsets[bin * view.bin_blocks + group.x] = 0u;
        }
        return;
    }
    for (var bin = thread; bin < bins; bin += WORKGROUP) {
        atomicStore(&shared_counts[bin], 0u);
    }
    for (var i = 0u; i < ROUNDS; i++) {
        if thread == 0u {
            atomicStore(&shared_big_count, 0u);
        }
        workgroupBarrier();
        let item = load_item(group.x * BIN_BLOCK + i * WORKGROUP + thread);
        if !is_shared(item, thread) {
            let rect = unpack_rect(item.y);
            for (var y = rect.first.y; y <= rect.last.y; y++) {
                for (var x = rect.first.x; x <= rect.last.x; x++) {
                    atomicAdd(&shared_counts[y * view.bins.x + x], 1u);
                }
            }
        }
        workgroupBarrier();
        let big = min(workgroupUniformLoad(&shared_big_count), BIG_LIST);
        for (var b = 0u; b < big; b++) {
            let rect = unpack_rect(shared_big[b].y);
            for (var j = thread; j < rect_area(rect); j += WORKGROUP) {
                atomicAdd(&shared_counts[bin_in_rect(rect, j)], 1u);
            }
        }
        workgroupBarrier();
    }
    for (var bin = thread; bin < bins; bin += WORKGROUP) {
        block_offsets[bin * view.bin_blocks + group.x] = atomicLoad(&shared_counts[bin]);
    }
}

// One workgroup: where the chunks of each bin begin. Bins beyond the capacity lose their far entries.
@compute @workgroup_size(WORKGROUP)
fn offsets(@builtin(local_invocation_index) thread: u32) {
    let bins = view.bins.x * view.bins.y;
    var own = 0u;
    for (var i = 0u; i < BINS_PER_THREAD; i++) {
        let bin = thread * BINS_PER_THREAD + i;
        if bin < bins {
            own += (bin_counts[bin] + ENTRY_CHUNK - 1u) / ENTRY_CHUNK;
        }
    }
    var first = workgroup_exclusive_sum(thread, own);
    for (var i = 0u; i < BINS_PER_THREAD; i++) {
        let bin = thread * BINS_PER_THREAD + i;
        if bin < bins {
            let entries_of_bin = bin_counts[bin];
            let room = (view.chunk_capacity - min(first, view.chunk_capacity)) * ENTRY_CHUNK;
            bin_counts[bin] = min(entries_of_bin, room);
            bin_chunks[bin] = first;
            first += (entries_of_bin + ENTRY_CHUNK - 1u) / ENTRY_CHUNK;
        }
    }
    if thread == WORKGROUP - 1u {
        bin_chunks[bins] = first;
        counters.chunks = first;
        tile_groups[0] = min(first, view.chunk_capacity);
        tile_groups[1] = 1u;
        tile_groups[2] = 1u;
    }
}

// Sets the bit of the splat that a thread loaded; bins outside the window are left out.
fn mark(in_window: u32, thread: u32) {
    if in_window < BIN_WINDOW {
        atomicOr(&shared_bits[in_window * WORKGROUP_WORDS + thread / 32u], 1u << (thread % 32u));
    }
}

// Writes the slot to where its bit ranks in the bin.
fn place(in_window: u32, thread: u32, slot: u32) {
    if in_window < BIN_WINDOW {
        let word = thread / 32u;
        let at = in_window * WORKGROUP_WORDS + word;
        let ranks = shared_ranks[at / 2u] >> (16u * (word & 1u));
        let below = countOneBits(atomicLoad(&shared_bits[at]) & ((1u << (thread % 32u)) - 1u));
        let to = shared_next[in_window] + (ranks & 0xffffu) + below;
        if to < view.chunk_capacity * ENTRY_CHUNK {
            entries[to] = slot;
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn scatter(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let bins = view.bins.x * view.bins.y;
    if group.x * BIN_BLOCK >= visible_count() {
        return;
    }
    for (var window = 0u; window < bins; window += BIN_WINDOW) {
        let window_bins = min(bins - window, BIN_WINDOW);
        if thread < window_bins {
            let bin = window + thread;
            let before = block_offsets[bin * view.bin_blocks + group.x];
            shared_next[thread] = bin_chunks[bin] * ENTRY_CHUNK + before;
        }
        for (var i = 0u; i < ROUNDS; i++) {
            for (var w = thread; w < window_bins * WORKGROUP_WORDS; w += WORKGROUP) {
                atomicStore(&shared_bits[w], 0u);
            }
            if thread == 0u {
                atomicStore(&shared_big_count, 0u);
            }
            workgroupBarrier();

            // Mark the bins of every splat of the round.
            let item = load_item(group.x * BIN_BLOCK + i * WORKGROUP + thread);
            let own = !is_shared(item, thread);
            let rect = unpack_rect(select(EMPTY_RECT, item.y, own));
            for (var y = rect.first.y; y <= rect.last.y; y++) {
                for (var x = rect.first.x; x <= rect.last.x; x++) {
                    mark(y * view.bins.x + x - window, thread);
                }
            }
            workgroupBarrier();
            let big = min(workgroupUniformLoad(&shared_big_count), BIG_LIST);
            for (var b = 0u; b < big; b++) {
                let item = shared_big[b];
                let rect = unpack_rect(item.y);
                for (var j = thread; j < rect_area(rect); j += WORKGROUP) {
                    mark(bin_in_rect(rect, j) - window, item.z);
                }
            }
            workgroupBarrier();

            // Rank the words of every bin.
            var rank = 0u;
            let words = select(0u, WORKGROUP_WORDS, thread < window_bins);
            for (var w = 0u; w < words; w += 2u) {
                let low = rank;
                rank += countOneBits(atomicLoad(&shared_bits[thread * WORKGROUP_WORDS + w]));
                let high = rank;
                rank += countOneBits(atomicLoad(&shared_bits[thread * WORKGROUP_WORDS + w + 1u]));
                shared_ranks[(thread * WORKGROUP_WORDS + w) / 2u] = low | (high << 16u);
            }
            workgroupBarrier();

            for (var y = rect.first.y; y <= rect.last.y; y++) {
                for (var x = rect.first.x; x <= rect.last.x; x++) {
                    place(y * view.bins.x + x - window, thread, item.x);
                }
            }
            for (var b = 0u; b < big; b++) {
                let item = shared_big[b];
                let rect = unpack_rect(item.y);
                for (var j = thread; j < rect_area(rect); j += WORKGROUP) {
                    place(bin_in_rect(rect, j) - window, item.z, item.x);
                }
            }
            workgroupBarrier();
            shared_next[thread] += rank;
        }
    }
}
