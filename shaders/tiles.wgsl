// Distributes the entries of each bin to its 64 tiles, in order: `mask` decides once which tiles an
// outline meets and keeps the answer as bits, `offsets` and a scan turn counts into places, `scatter`
// walks the bits. Tiles are numbered bin by bin: bin * 64 + tile in the bin.
// entries, records -> slots per tile, from near to far.
#import common/layout
#import common/ellipse

@group(0) @binding(0) var<uniform> view: View;
// [visible]
@group(0) @binding(1) var<storage, read> records: array<Record>;
// [bins] entries
@group(0) @binding(2) var<storage, read> bin_counts: array<u32>;
// [bins + 1] first chunk
@group(0) @binding(3) var<storage, read> bin_chunks: array<u32>;
// [chunks, ENTRY_CHUNK] slots
@group(0) @binding(4) var<storage, read> entries: array<u32>;
// [chunks, 64, 8] one bit an entry
@group(0) @binding(5) var<storage, read_write> tile_bits: array<u32>;
// [chunks, 64] counts, after `offsets` what lies before in the bin
@group(0) @binding(6) var<storage, read_write> tile_offsets: array<u32>;
// [bins * 64 + 1] counts, after the scan the first place of each tile
@group(0) @binding(7) var<storage, read_write> tile_starts: array<u32>;
// [intersections] slots
@group(0) @binding(8) var<storage, read_write> tile_entries: array<u32>;

const TILE_WORDS = TILES_PER_BIN * WORKGROUP_WORDS;
// Threads of `offsets` that share a tile.
const SEGMENTS = WORKGROUP / TILES_PER_BIN;

var<workgroup> shared_bits: array<atomic<u32>, TILE_WORDS>;
var<workgroup> shared_sums: array<u32, WORKGROUP>;
var<workgroup> shared_words: array<u32, TILE_WORDS>;
var<workgroup> shared_entries: array<u32, ENTRY_CHUNK>;

// The bin that a chunk belongs to: the last that begins at or before it and is not empty.
fn bin_of(chunk: u32) -> u32 {
    var low = 0u;
    var high = view.bins.x * view.bins.y;
    while low + 1u < high {
        let middle = (low + high) / 2u;
        if bin_chunks[middle] <= chunk {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

fn is_used(chunk: u32) -> bool {
    return chunk < min(bin_chunks[view.bins.x * view.bins.y], view.chunk_capacity);
}

// Sets the entry's bit in every tile of the bin whose pixel centres its outline meets (as AccuTile of
// Speedy-Splat, Hanson et al. 2025: the outline's x range over each row of tiles).
fn mark_tiles(record: Record, bin: u32, word: u32, bit: u32) {
    let outline = outline_of(record);
    // From the mean to the first pixel centre of the bin.
    let corner = vec2f(vec2u(bin % view.bins.x, bin / view.bins.x) * BIN) + 0.5 - record.geometry.xy;
    let reach = sqrt(outline.level) / outline.root.z;
    let side = f32(TILE);
    let last_tile = f32(BIN_TILES) - 1.0;
    let first_row = max(ceil(((-reach - corner.y) - (side - 1.0)) / side), 0.0);
    let last_row = min(floor((reach - corner.y) / side), last_tile);
    if !(first_row <= last_row) {
        return;
    }
    for (var row = u32(first_row); row <= u32(last_row); row++) {
        let low = corner.y + f32(row) * side;
        let range = x_range(outline, low, low + (side - 1.0));
        let first = max(ceil(((range.x - corner.x) - (side - 1.0)) / side), 0.0);
        let last = min(floor((range.y - corner.x) / side), last_tile);
        if range.x <= range.y && first <= last {
            for (var tile = u32(first); tile <= u32(last); tile++) {
                atomicOr(&shared_bits[(row * BIN_TILES + tile) * WORKGROUP_WORDS + word], bit);
            }
        }
    }
}

@compute @workgroup_size(WORKGROUP)
fn mask(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let chunk = group.x;
    for (var i = thread; i < TILE_WORDS; i += WORKGROUP) {
        atomicStore(&shared_bits[i], 0u);
    }
    workgroupBarrier();
    let used = is_used(chunk);
    if used {
        let bin = bin_of(chunk);
        let in_bin = (chunk - bin_chunks[bin]) * ENTRY_CHUNK + thread;
        if in_bin < bin_counts[bin] {
            let slot = entries[chunk * ENTRY_CHUNK + thread];
            mark_tiles(records[slot], bin, thread / 32u, 1u << (thread % 32u));
        }
    }
    workgroupBarrier();
    if used {
        for (var i = thread; i < TILE_WORDS; i += WORKGROUP) {
            tile_bits[chunk * TILE_WORDS + i] = atomicLoad(&shared_bits[i]);
        }
        if thread < TILES_PER_BIN {
            var sum = 0u;
            for (var w = 0u; w < WORKGROUP_WORDS; w++) {
                sum += countOneBits(atomicLoad(&shared_bits[thread * WORKGROUP_WORDS + w]));
            }
            tile_offsets[chunk * TILES_PER_BIN + thread] = sum;
        }
    }
}

// One workgroup a bin: sums the tile counts of its chunks, four threads a tile.
@compute @workgroup_size(WORKGROUP)
fn offsets(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let bin = group.x;
    let tile = thread % TILES_PER_BIN;
    let segment = thread / TILES_PER_BIN;
    let first = min(bin_chunks[bin], view.chunk_capacity);
    let end = min(bin_chunks[bin + 1u], view.chunk_capacity);
    let length = (end - first + SEGMENTS - 1u) / SEGMENTS;
    let own_first = min(first + segment * length, end);
    let own_end = min(own_first + length, end);
    var sum = 0u;
    for (var chunk = own_first; chunk < own_end; chunk++) {
        sum += tile_offsets[chunk * TILES_PER_BIN + tile];
    }
    shared_sums[thread] = sum;
    workgroupBarrier();
    var before = 0u;
    for (var s = 0u; s < segment; s++) {
        before += shared_sums[s * TILES_PER_BIN + tile];
    }
    for (var chunk = own_first; chunk < own_end; chunk++) {
        let at = chunk * TILES_PER_BIN + tile;
        let count = tile_offsets[at];
        tile_offsets[at] = before;
        before += count;
    }
    if segment == SEGMENTS - 1u {
        tile_starts[bin * TILES_PER_BIN + tile] = before;
    }
    if bin == 0u && thread == 0u {
        tile_starts[view.bins.x * view.bins.y * TILES_PER_BIN] = 0u;
    }
}

@compute @workgroup_size(WORKGROUP)
fn scatter(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let chunk = group.x;
    let used = is_used(chunk);
    if used {
        for (var i = thread; i < TILE_WORDS; i += WORKGROUP) {
            shared_words[i] = tile_bits[chunk * TILE_WORDS + i];
        }
        shared_entries[thread] = entries[chunk * ENTRY_CHUNK + thread];
    }
    workgroupBarrier();
    if !used {
        return;
    }
    let first_tile = bin_of(chunk) * TILES_PER_BIN;
    for (var i = thread; i < TILE_WORDS; i += WORKGROUP) {
        var left = shared_words[i];
        if left == 0u {
            continue;
        }
        let tile = i / WORKGROUP_WORDS;
        let word = i % WORKGROUP_WORDS;
        var to = tile_starts[first_tile + tile] + tile_offsets[chunk * TILES_PER_BIN + tile];
        for (var w = 0u; w < word; w++) {
            to += countOneBits(shared_words[tile * WORKGROUP_WORDS + w]);
        }
        while left != 0u {
            if to < view.intersection_capacity {
                tile_entries[to] = shared_entries[word * 32u + countTrailingZeros(left)];
            }
            left &= left - 1u;
            to++;
        }
    }
}
