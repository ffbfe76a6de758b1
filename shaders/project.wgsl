// From a splat in space to an ellipse on the image (EWA splatting, Zwicker et al. 2001; Kerbl et al. 2023).
// Packed splats, visibility -> records, depths and placements, compacted by the scanned offsets.
#import common/layout
#import common/place
#import common/lens
#import common/shape
#import common/ewa
#import common/sh
#import common/shade
#import common/material

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

// Spherical harmonics towards the splat, plus one half.
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
    return sum + 0.5;
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
fn splat_color(row: u32, ray: vec3f, depth: f32, attributes: u32, grade: u32) -> vec3f {
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
        case VIEW_ALBEDO, VIEW_ROUGHNESS, VIEW_METALLIC, VIEW_OCCLUSION: {
            return material_color(row);
        }
        default: {
            let color = max(graded(sh_color(row, ray), grade), vec3f(0.0));
            if (chunk.features & CHUNK_LIT) != 0u {
                return lit(color, world_normal(attributes, ray));
            }
            return color;
        }
    }
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
fn packed_color(row: u32, position: vec3f, depth: f32, attributes: u32, state: u32) -> vec2u {
    let grade = (state >> FLAG_GRADE_SHIFT) & (GRADES - 1u);
    var color = splat_color(row, ray_to(position), depth, attributes, grade);
    let selected = (state & FLAG_SELECTED) != 0u;
    if (state & FLAG_MARKED) != 0u && view.show_selection != 0u {
        color = mix(color, vec3f(MARK_R, MARK_G, MARK_B), MARK_MIX);
    } else if selected && view.show_selection != 0u {
        color = mix(color, vec3f(SELECTION_R, SELECTION_G, SELECTION_B), SELECTION_MIX);
    }
    if view.linear != 0u {
        color = linear_from_srgb(color);
    }
    color = min(color, vec3f(F16_MAX));
    return vec2u(pack2x16float(color.xy), pack2x16float(vec2f(color.z, select(0.0, 1.0, selected))));
}

fn project(row: u32, selected: bool) -> Projected {
    var empty: Projected;
    empty.depth = EMPTY_DEPTH;
    empty.rect = EMPTY_RECT;
    let mean = means[row];
    let shape = shapes[row];
    let position = bitcast<vec3f>(mean.xyz);
    let p = view_point(position);

    let ellipse = ellipse_of(p, shape);
    let inflated = ellipse.determinant;
    let xx = ellipse.covariance.x;
    let xy = ellipse.covariance.y;
    let yy = ellipse.covariance.z;
    var opacity = f32(mean.w & OPACITY_STEPS) / f32(OPACITY_STEPS) * ellipse.compensation * graded_opacity(0u);
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

    let color = packed_color(row, position, p.z, shape.attributes, select(0u, FLAG_SELECTED, selected));
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
// Flags do not fit into `main`: it runs after it as well where splats have grades of their own.
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
    let state = (flags[row / 4u] >> (row % 4u * 8u)) & 0xffu;
    let p = view_point(position);
    let color = packed_color(row, position, p.z, shapes[row].attributes, state);
    records[slot].paint.z = color.x;
    records[slot].paint.w = color.y;
    if (chunk.features & CHUNK_PARTS) != 0u && view.mode != VIEW_CENTERS {
        let grade = (state >> FLAG_GRADE_SHIFT) & (GRADES - 1u);
        let opacity = f32(means[row].w & OPACITY_STEPS) / f32(OPACITY_STEPS)
            * ellipse_of(p, shapes[row]).compensation * graded_opacity(grade);
        // Below what a pixel can show, and never the logarithm of zero.
        records[slot].paint.y = bitcast<u32>(log2(max(opacity, 1.0e-6)));
    }
}
