// What both kernels of `project` share: they differ in where a splat's color comes from, in their `color_of`.

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> chunk: ChunkView;
@group(0) @binding(2) var<uniform> shading: Shading;
// [splats] bits of mean x y z, opacity in 24 bits below a bounding exponent in 8
@group(0) @binding(3) var<storage, read> means: array<vec4u>;
// [splats, 3 or 4] scale, rotation, attributes
@group(0) @binding(4) var<storage, read> shapes: array<u32>;
// [blocks, 8] visible bits, visible splats in the block's words before, selected bits
@group(0) @binding(6) var<storage, read> words: array<vec4u>;
// [blocks] visible splats in all blocks before
@group(0) @binding(7) var<storage, read> offsets: array<u32>;
// [visible]
@group(0) @binding(8) var<storage, read_write> records: array<Record>;
// [visible] bits of the view depth, or EMPTY_DEPTH
@group(0) @binding(9) var<storage, read_write> depths: array<u32>;
// [visible] covered bins (first x, first y, last x, last y, one byte each), source index
@group(0) @binding(10) var<storage, read_write> placements: array<vec2u>;
// [splats / 4] one byte each, read by `recolor`
@group(0) @binding(11) var<storage, read> flags: array<u32>;
struct Projected {
    record: Record,
    depth: u32,
    rect: u32,
}

fn unpack_color(halves: vec2u) -> vec3f {
    return vec3f(unpack2x16float(halves.x), unpack2x16float(halves.y).x);
}

// A color as the layer's grade shows it. The map is affine and comes before any clamp, so that baking it
// into the harmonics changes no picture.
fn graded(color: vec3f, grade: u32) -> vec3f {
    if (chunk.features & CHUNK_GRADED) == 0u {
        return color;
    }
    let c = vec4f(color, 1.0);
    let row = 4u * grade;
    return vec3f(dot(chunk.grades[row], c), dot(chunk.grades[row + 1u], c), dot(chunk.grades[row + 2u], c));
}

fn graded_opacity(grade: u32) -> f32 {
    return select(1.0, chunk.grades[4u * grade + 3u].x, (chunk.features & CHUNK_GRADED) != 0u);
}

// Which of the layer's grades is the splat's own.
fn grade_of(state: u32) -> u32 {
    return (state >> FLAG_GRADE_SHIFT) & (GRADES - 1u);
}

// The stored normal in the world; without one the shortest axis, turned towards the eye.
fn world_normal(row: u32, attributes: u32, ray: vec3f) -> vec3f {
    var n: vec3f;
    if (chunk.features & CHUNK_NORMALS) != 0u {
        n = unpack_normal(attributes);
    } else {
        n = shortest_axis(load_shape(row));
        n = select(n, -n, dot(n, ray) > 0.0);
    }
    return rotate_rows(
        chunk.world_from_object[0],
        chunk.world_from_object[1],
        chunk.world_from_object[2],
        n,
    );
}

fn shortest_axis(shape: Shape) -> vec3f {
    let scale = unpack_scale(shape);
    var axis = select(vec3f(0.0, 0.0, 1.0), vec3f(0.0, 1.0, 0.0), scale.y <= scale.z);
    axis = select(axis, vec3f(1.0, 0.0, 0.0), scale.x <= scale.y && scale.x <= scale.z);
    let q = unpack_rotation(shape);
    return rotate_inverse(vec4f(-q.xyz, q.w), axis);
}

// A splat's own color with its grade, under the lights where the layer is lit.
fn shaded(row: u32, own: vec3f, ray: vec3f, attributes: u32, grade: u32) -> vec3f {
    let color = max(graded(own, grade), vec3f(0.0));
    if (chunk.features & CHUNK_LIT) != 0u {
        return lit(color, world_normal(row, attributes, ray));
    }
    return color;
}

// Bins whose pixel centres the box can reach.
fn bin_rect(center: vec2f, extent: vec2f) -> u32 {
    let low = max(ceil(center - extent - 0.5), vec2f(0.0));
    let high = min(floor(center + extent - 0.5), vec2f(view.size) - 1.0);
    if !all(low <= high) {
        return EMPTY_RECT;
    }
    let first = vec2u(low) / BIN;
    let last = vec2u(high) / BIN;
    return first.x | (first.y << 8u) | (last.x << 16u) | (last.y << 24u);
}

// The color of a record: red and green, then blue and whether it is selected, as halves.
// `state` are the splat's flags, as far as they are known.
fn packed_color(own: vec3f, state: u32) -> vec2u {
    var color = own;
    let selected = (state & FLAG_SELECTED) != 0u;
    if (state & FLAG_MARKED) != 0u && view.show_selection != 0u {
        color = mix(color, vec3f(MARK_R, MARK_G, MARK_B), MARK_MIX);
    } else if selected && view.show_selection != 0u {
        color = mix(color, unpack4x8unorm(view.selection_color).rgb, SELECTION_MIX);
    }
    if view.linear != 0u {
        color = linear_from_srgb(color);
    }
    color = min(color, vec3f(F16_MAX));
    return vec2u(pack2x16float(color.xy), pack2x16float(vec2f(color.z, select(0.0, 1.0, selected))));
}

// Everything but the color.
fn project(row: u32, range: vec4u) -> Projected {
    var empty: Projected;
    empty.depth = EMPTY_DEPTH;
    empty.rect = EMPTY_RECT;
    let mean = means[row];
    let shape = load_shape(row);
    let position = bitcast<vec3f>(mean.xyz);
    let p = view_point(position);

    let ellipse = ellipse_of(p, shape);
    let inflated = ellipse.determinant;
    let xx = ellipse.covariance.x;
    let xy = ellipse.covariance.y;
    let yy = ellipse.covariance.z;
    let stored = f32(mean.w & OPACITY_STEPS) / f32(OPACITY_STEPS);
    var opacity = part_opacity(stored, range) * ellipse.compensation * graded_opacity(0u);
    if !(opacity >= ALPHA_MIN) || !(inflated > 0.0) {
        return empty;
    }
    if view.mode == VIEW_CENTERS {
        opacity = DOT_OPACITY;
    }

    // The box where alpha can reach 1/255, and the bins it covers.
    let center = ellipse.center;
    let log2_opacity = log2(opacity);
    let level = TWO_LN_2 * max(log2_opacity - LOG2_ALPHA_MIN, 0.0);
    let rect = bin_rect(center, sqrt(level * vec2f(xx, yy)));
    if rect == EMPTY_RECT {
        return empty;
    }

    let u = ROOT_LOG2E_HALF * sqrt(yy / inflated);
    let v = -ROOT_LOG2E_HALF * xy / sqrt(yy * inflated);
    let w = ROOT_LOG2E_HALF / sqrt(yy);
    let paint = vec4u(
        bitcast<u32>(w),
        bitcast<u32>(log2_opacity),
        vec2u(0u),
    );
    return Projected(Record(vec4f(center, u, v), paint), bitcast<u32>(p.z), rect);
}

const NO_SLOT = 0xffffffffu;

// Where the splat of a thread goes, or NO_SLOT.
fn slot_of(block: u32, thread: u32) -> u32 {
    let word = words[block * WORKGROUP_WORDS + thread / 32u];
    let bit = 1u << (thread % 32u);
    let slot = offsets[block] + word.y + countOneBits(word.x & (bit - 1u));
    return select(NO_SLOT, slot, (word.x & bit) != 0u && slot < view.visible_capacity);
}

// The splat that a thread draws: its row and slot, or NO_SLOT.
fn drawn_splat(range: vec4u, group: u32, thread: u32) -> vec2u {
    return vec2u(row_in(range, group, thread), slot_of(chunk.first_block + group, thread));
}

// How far above the splats themselves those of a range lie in the tree.
fn height_of(range: vec4u) -> u32 {
    return range.w & 255u;
}

// The flags as far as `main` knows them: whether it is selected.
fn state_seen(group: u32, thread: u32) -> u32 {
    let word = words[(chunk.first_block + group) * WORKGROUP_WORDS + thread / 32u];
    return ((word.z >> (thread % 32u)) & 1u) * FLAG_SELECTED;
}

fn state_of(row: u32) -> u32 {
    return (flags[row / 4u] >> (row % 4u * 8u)) & 0xffu;
}

fn ray_of(row: u32) -> vec3f {
    return ray_to(bitcast<vec3f>(means[row].xyz));
}

fn store(slot: u32, row: u32, projected: Projected, color: vec2u) {
    var record = projected.record;
    record.paint.z = color.x;
    record.paint.w = color.y;
    records[slot] = record;
    depths[slot] = projected.depth;
    placements[slot] = vec2u(projected.rect, chunk.first_source + row);
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let range = drawn_range(group.x);
    let splat = drawn_splat(range, group.x, thread);
    if splat.y == NO_SLOT {
        return;
    }
    let projected = project(splat.x, range);
    var color = vec2u(0u);
    if projected.rect != EMPTY_RECT {
        let state = state_seen(group.x, thread);
        let own = color_of(splat.x, bitcast<f32>(projected.depth), height_of(range), state);
        color = packed_color(own, state);
    }
    store(splat.y, splat.x, projected, color);
}

// Writes the color of a record, and its opacity where splats have grades of their own.
fn recolored(splat: vec2u, range: vec4u, color: vec2u, state: u32) {
    records[splat.y].paint.z = color.x;
    records[splat.y].paint.w = color.y;
    if (chunk.features & CHUNK_PARTS) != 0u && view.mode != VIEW_CENTERS {
        let mean = means[splat.x];
        let ellipse = ellipse_of(view_point(bitcast<vec3f>(mean.xyz)), load_shape(splat.x));
        let stored = f32(mean.w & OPACITY_STEPS) / f32(OPACITY_STEPS);
        let opacity = part_opacity(stored, range)
            * ellipse.compensation * graded_opacity(grade_of(state));
        // Below what a pixel can show, and never the logarithm of zero.
        records[splat.y].paint.y = bitcast<u32>(log2(max(opacity, 1.0e-6)));
    }
}

// Gives the records of the last `main` the colors of now: of other lights, flags, or another view mode.
// Flags do not fit into `main`: this runs after it as well where splats have grades of their own.
@compute @workgroup_size(WORKGROUP)
fn recolor(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let range = drawn_range(group.x);
    let splat = drawn_splat(range, group.x, thread);
    if splat.y == NO_SLOT {
        return;
    }
    let depth = view_point(bitcast<vec3f>(means[splat.x].xyz)).z;
    let state = state_of(splat.x);
    let own = color_of(splat.x, depth, height_of(range), state);
    recolored(splat, range, packed_color(own, state), state);
}
