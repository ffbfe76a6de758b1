// From a splat in space to an ellipse on the image (EWA splatting, Zwicker et al. 2001; Kerbl et al. 2023).
// Packed splats, visibility -> records, depths and placements, compacted by the scanned offsets.
#import common/layout
#import common/place
#import common/sh
#import common/shade

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> chunk: ChunkView;
@group(0) @binding(2) var<uniform> shading: Shading;
// [splats] bits of mean x y z, opacity in 24 bits below a bounding exponent in 8
@group(0) @binding(3) var<storage, read> means: array<vec4u>;
// [splats] scale, rotation, attributes
@group(0) @binding(4) var<storage, read> shapes: array<Shape>;
// [planes, sh_stride] four half-precision numbers of [K, 3]
@group(0) @binding(5) var<storage, read> sh: array<vec2u>;
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

fn sh_plane(row: u32, plane: u32) -> vec4f {
    let halves = sh[plane * chunk.sh_stride + row];
    return vec4f(unpack2x16float(halves.x), unpack2x16float(halves.y));
}

// Three planes hold four coefficients of three channels.
fn sh_group(row: u32, group: u32, stored: u32, basis: vec4f) -> vec3f {
    let p = sh_plane(row, 3u * group);
    var sum = p.xyz * basis.x;
    if 4u * group + 1u < stored {
        let q = sh_plane(row, 3u * group + 1u);
        let r = sh_plane(row, 3u * group + 2u);
        sum += vec3f(p.w, q.xy) * basis.y + vec3f(q.zw, r.x) * basis.z + r.yzw * basis.w;
    }
    return sum;
}

// Spherical harmonics towards the splat, plus one half, not below zero.
fn sh_color(row: u32, ray: vec3f) -> vec3f {
    let degree = min(chunk.sh_degree, view.max_sh_degree);
    let stored = (chunk.sh_degree + 1u) * (chunk.sh_degree + 1u);
    var sum: vec3f;
    if degree == 0u {
        sum = sh_plane(row, 0u).xyz * SH_C0;
    } else {
        let d = ray / length(ray);
        sum = sh_group(row, 0u, stored, sh_basis_0(d));
        if degree >= 2u {
            sum += sh_group(row, 1u, stored, sh_basis_1(d));
            let third = sh_basis_2(d);
            sum += sh_group(row, 2u, stored, select(vec4f(third.x, 0.0, 0.0, 0.0), third, degree >= 3u));
        }
        if degree >= 3u {
            sum += sh_group(row, 3u, stored, sh_basis_3(d));
        }
    }
    return max(sum + 0.5, vec3f(0.0));
}

// The stored normal in the world; a guessed one is turned towards the eye.
fn world_normal(attributes: u32, ray: vec3f) -> vec3f {
    let n = unpack_normal(attributes);
    let away = (chunk.features & CHUNK_NORMALS) == 0u && dot(n, ray) > 0.0;
    return rotate_rows(
        chunk.world_from_object[0],
        chunk.world_from_object[1],
        chunk.world_from_object[2],
        select(n, -n, away),
    );
}

// Display-referred RGB, >= 0 and possibly above 1.
fn splat_color(row: u32, ray: vec3f, depth: f32, attributes: u32) -> vec3f {
    switch view.mode {
        case VIEW_NORMALS: {
            return world_normal(attributes, ray) * 0.5 + 0.5;
        }
        case VIEW_DEPTH: {
            return vec3f(saturate(1.0 - (log(depth) - view.depth_ramp.x) * view.depth_ramp.y));
        }
        case VIEW_LABELS: {
            let known = (chunk.features & CHUNK_LABELS) != 0u;
            return select(vec3f(0.5), label_color((attributes >> 22u) & 31u), known);
        }
        case VIEW_CONFIDENCE: {
            let known = (chunk.features & CHUNK_CONFIDENCE) != 0u;
            return select(vec3f(0.5), confidence_color(attributes >> 27u), known);
        }
        default: {
            let color = sh_color(row, ray);
            if (chunk.features & CHUNK_LIT) != 0u {
                return lit(color, world_normal(attributes, ray));
            }
            return color;
        }
    }
}

// Standard deviations, object units: floats of 6 exponent and 10 mantissa bits.
fn unpack_scale(shape: Shape) -> vec3f {
    let bits = vec3u(shape.scale_xy, shape.scale_xy >> 16u, shape.scale_z_rotation) & vec3u(0xffffu);
    return bitcast<vec3f>((bits + SCALE_BIAS) << vec3u(SCALE_SHIFT));
}

// Unit quaternion, object_from_splat: three components of 15 bits, the largest follows from them.
fn unpack_rotation(shape: Shape) -> vec4f {
    let bits = vec3u(shape.scale_z_rotation >> 16u, shape.rotation, shape.rotation >> 15u) & vec3u(0x7fffu);
    let v = (vec3f(bits) * (2.0f / 32767.0f) - 1.0f) * 0.70710678f;
    let largest = sqrt(max(1.0 - v.x * v.x - v.y * v.y - v.z * v.z, 0.0));
    switch (shape.scale_z_rotation >> 31u) | (((shape.rotation >> 30u) & 1u) << 1u) {
        case 0u: { return vec4f(largest, v); }
        case 1u: { return vec4f(v.x, largest, v.yz); }
        case 2u: { return vec4f(v.xy, largest, v.z); }
        default: { return vec4f(v, largest); }
    }
}

// v turned by the inverse of the unit quaternion q.
fn rotate_inverse(q: vec4f, v: vec3f) -> vec3f {
    let u = -q.xyz;
    let t = 2.0 * cross(u, v);
    return v + q.w * t + cross(u, t);
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

// The color of a record: red and green, then blue, as halves.
fn packed_color(row: u32, position: vec3f, depth: f32, attributes: u32, selected: bool) -> vec2u {
    var color = splat_color(row, position - chunk.eye.xyz, depth, attributes);
    if selected && view.show_selection != 0u {
        color = mix(color, vec3f(SELECTION_R, SELECTION_G, SELECTION_B), SELECTION_MIX);
    }
    color = min(color, vec3f(F16_MAX));
    return vec2u(pack2x16float(color.xy), pack2x16float(vec2f(color.z, 0.0)));
}

fn project(row: u32, selected: bool) -> Projected {
    var empty: Projected;
    empty.depth = EMPTY_DEPTH;
    empty.rect = EMPTY_RECT;
    let mean = means[row];
    let shape = shapes[row];
    let position = bitcast<vec3f>(mean.xyz);
    let p = view_point(position);

    // Factor the 2D covariance as F F^T with F = J W R S: determinants of needles stay exact.
    let slope = clamp(p.xy / p.z, view.slope_min, view.slope_max);
    let scale = unpack_scale(shape);
    let rotation = unpack_rotation(shape);
    let w2 = chunk.view_from_object[2].xyz;
    let j_x = (chunk.view_from_object[0].xyz - w2 * slope.x) * (view.focal.x / p.z);
    let j_y = (chunk.view_from_object[1].xyz - w2 * slope.y) * (view.focal.y / p.z);
    let raw_x = rotate_inverse(rotation, j_x) * scale;
    let raw_y = rotate_inverse(rotation, j_y) * scale;
    let shrink = min(sqrt(MAX_VARIANCE / max(dot(raw_x, raw_x), dot(raw_y, raw_y))), 1.0);
    let row_x = raw_x * shrink;
    let row_y = raw_y * shrink;
    let normal = cross(row_x, row_y);
    let covariance = vec3f(dot(row_x, row_x), dot(row_x, row_y), dot(row_y, row_y));
    let det = dot(normal, normal);

    // Inflate the 2D covariance by the pixel filter (Mip-Splatting, eq. 9, for the opacity).
    let low_pass = view.low_pass;
    let inflated = det + low_pass * (covariance.x + covariance.z) + low_pass * low_pass;
    let compensation = select(1.0, sqrt(det / inflated), view.compensate != 0u);
    let xx = covariance.x + low_pass;
    let xy = covariance.y;
    let yy = covariance.z + low_pass;
    let opacity = f32(mean.w & OPACITY_STEPS) / f32(OPACITY_STEPS) * compensation;
    if !(opacity >= ALPHA_MIN) || !(inflated > 0.0) {
        return empty;
    }

    // The box where alpha can reach 1/255, and the bins it covers.
    let center = view.focal * (p.xy / p.z) + view.center;
    let log2_opacity = log2(opacity);
    let level = TWO_LN_2 * max(log2_opacity - LOG2_ALPHA_MIN, 0.0);
    let rect = bin_rect(center, sqrt(level * vec2f(xx, yy)));
    if rect == EMPTY_RECT {
        return empty;
    }

    let color = packed_color(row, position, p.z, shape.attributes, selected);
    let u = ROOT_LOG2E_HALF * sqrt(yy / inflated);
    let v = -ROOT_LOG2E_HALF * xy / sqrt(yy * inflated);
    let w = ROOT_LOG2E_HALF / sqrt(yy);
    let paint = vec4u(
        bitcast<u32>(w),
        bitcast<u32>(log2_opacity),
        color,
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

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let row = drawn_row(group.x, thread);
    let block = chunk.first_block + group.x;
    let slot = slot_of(block, thread);
    if slot == NO_SLOT {
        return;
    }
    let selected = (words[block * WORKGROUP_WORDS + thread / 32u].z >> (thread % 32u)) & 1u;
    let projected = project(row, selected != 0u);
    records[slot] = projected.record;
    depths[slot] = projected.depth;
    placements[slot] = vec2u(projected.rect, chunk.first_source + row);
}

// Gives the records of the last `main` the colors of now: of other lights, flags, or another view mode.
@compute @workgroup_size(WORKGROUP)
fn recolor(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    let row = drawn_row(group.x, thread);
    let slot = slot_of(chunk.first_block + group.x, thread);
    if slot == NO_SLOT {
        return;
    }
    let position = bitcast<vec3f>(means[row].xyz);
    let selected = (flags[row / 4u] >> (row % 4u * 8u)) & FLAG_SELECTED;
    let depth = view_point(position).z;
    let color = packed_color(row, position, depth, shapes[row].attributes, selected != 0u);
    records[slot].paint.z = color.x;
    records[slot].paint.w = color.y;
}
