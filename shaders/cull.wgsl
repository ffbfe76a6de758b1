// Decides which splats of a chunk can touch the image at all.
// means, flags -> bits of visible and of selected splats, visible splats before each word and of each block.
// Conservative: the bounding sphere, projected as the linearization does, must meet the image.
#import common/layout
#import common/place
#import common/lens

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> chunk: ChunkView;
// [splats] bits of mean x y z, opacity in 24 bits below a bounding exponent in 8
@group(0) @binding(2) var<storage, read> means: array<vec4u>;
// [splats / 4] one byte each
@group(0) @binding(3) var<storage, read> flags: array<u32>;
// [blocks, 8] visible bits, visible splats in the block's words before, selected bits
@group(0) @binding(4) var<storage, read_write> words: array<vec4u>;
// [blocks] visible splats
@group(0) @binding(5) var<storage, read_write> offsets: array<u32>;

var<workgroup> shared_visible: array<atomic<u32>, WORKGROUP_WORDS>;
var<workgroup> shared_selected: array<atomic<u32>, WORKGROUP_WORDS>;

fn is_visible(row: u32, state: u32, range: vec4u) -> bool {
    let mean = means[row];
    let opacity = part_opacity(f32(mean.w & OPACITY_STEPS) / f32(OPACITY_STEPS), range);
    let sigma = bitcast<f32>((mean.w >> 24u) << 23u) * chunk.eye.w;
    let p = view_point(bitcast<vec3f>(mean.xyz));
    if (state & FLAGS_NOT_DRAWN) != 0u || !(opacity >= ALPHA_MIN) || !in_range(p) {
        return false;
    }
    let shrink = perspective_shrink(p.z);
    let slope = p.xy / shrink;
    let clamped = clamp(slope, view.slope_min, view.slope_max);
    let center = view.focal * slope + view.center;
    // Longest row of the projection's Jacobian times the largest standard deviation.
    let lengths = sqrt(1.0 + clamped * clamped);
    let radius = MAX_SIGMAS * (sigma * view.focal / shrink * lengths + sqrt(view.low_pass));
    return all(center + radius >= vec2f(0.0)) && all(center - radius <= vec2f(view.size));
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    if thread < WORKGROUP_WORDS {
        atomicStore(&shared_visible[thread], 0u);
        atomicStore(&shared_selected[thread], 0u);
    }
    workgroupBarrier();
    let range = drawn_range(group.x);
    let row = row_in(range, group.x, thread);
    if row != NO_ROW {
        let state = flags[row / 4u] >> (row % 4u * 8u);
        let bit = 1u << (thread % 32u);
        if is_visible(row, state, range) {
            atomicOr(&shared_visible[thread / 32u], bit);
        }
        if (state & FLAG_SELECTED) != 0u {
            atomicOr(&shared_selected[thread / 32u], bit);
        }
    }
    workgroupBarrier();
    let block = chunk.first_block + group.x;
    if thread < WORKGROUP_WORDS {
        var before = 0u;
        for (var w = 0u; w < thread; w++) {
            before += countOneBits(atomicLoad(&shared_visible[w]));
        }
        let word = atomicLoad(&shared_visible[thread]);
        let selected = atomicLoad(&shared_selected[thread]);
        words[block * WORKGROUP_WORDS + thread] = vec4u(word, before, selected, 0u);
        if thread == WORKGROUP_WORDS - 1u {
            offsets[block] = before + countOneBits(word);
        }
    }
}
