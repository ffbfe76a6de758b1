// Blends the entries of each tile front to back (Kerbl et al. 2023, eq. 3); 4 x BLEND_ROWS pixels a thread.
// tile lists, records -> premultiplied RGB and alpha as four halves, source and depth of the pick.
// A batch of splats is staged in workgroup memory together with the 8 x 8 quadrants each meets, and
// the threads of a quadrant walk only theirs.
#import common/layout
#import common/ellipse

@group(0) @binding(0) var<uniform> view: View;
// [visible]
@group(0) @binding(1) var<storage, read> records: array<Record>;
// [bins * 64 + 1] first place of each tile
@group(0) @binding(2) var<storage, read> tile_starts: array<u32>;
// [intersections] slots
@group(0) @binding(3) var<storage, read> tile_entries: array<u32>;
// [visible] bits of the view depth
@group(0) @binding(4) var<storage, read> depths: array<u32>;
// [visible] covered bins, source index
@group(0) @binding(5) var<storage, read> placements: array<vec2u>;
// [height, width] four halves
@group(0) @binding(6) var<storage, read_write> blended: array<vec2u>;
// [height, width] source index and depth bits of the picked splat, or NO_PICK
@group(0) @binding(7) var<storage, read_write> picks: array<vec2u>;

const NO_PICK = 0xffffffffu;
// Side in pixels, and the threads that own it, two beside each other.
const QUADRANT = TILE / 2u;
const QUADRANT_THREADS = BLEND_THREADS / 4u;
const BATCH = BLEND_THREADS;
const BATCH_WORDS = BATCH / 32u;

// [batch] from the mean to the tile's first pixel centre, root u and v
var<workgroup> shared_geometry: array<vec4f, BATCH>;
// [batch] root w, log2 opacity, bits of red and green as halves, blue
var<workgroup> shared_paint: array<vec4u, BATCH>;
// [quadrant, word] one bit a splat of the batch
var<workgroup> shared_quadrants: array<atomic<u32>, 4u * BATCH_WORDS>;
var<workgroup> shared_range: vec2u;
var<workgroup> shared_live: atomic<u32>;

// One bit for each 8 x 8 quadrant whose pixel centres the outline meets.
fn quadrants_of(outline: Outline, offset: vec2f) -> u32 {
    var bits = 0u;
    let side = f32(QUADRANT);
    for (var y = 0u; y < 2u; y++) {
        let low = offset.y + f32(y) * side;
        let range = x_range(outline, low, low + side - 1.0) - offset.x;
        if range.x <= range.y {
            bits |= select(0u, 1u, range.x <= side - 1.0 && range.y >= 0.0) << (2u * y);
            bits |= select(0u, 2u, range.x <= 2.0 * side - 1.0 && range.y >= side) << (2u * y);
        }
    }
    return bits;
}

fn stage(at: u32, end: u32, thread: u32, origin: vec2f) {
    if at >= end {
        return;
    }
    let record = records[tile_entries[at]];
    let offset = origin - record.geometry.xy;
    shared_geometry[thread] = vec4f(offset, record.geometry.zw);
    shared_paint[thread] = record.paint;
    let quadrants = quadrants_of(outline_of(record), offset);
    let bit = 1u << (thread % 32u);
    for (var q = 0u; q < 4u; q++) {
        if (quadrants & (1u << q)) != 0u {
            atomicOr(&shared_quadrants[q * BATCH_WORDS + thread / 32u], bit);
        }
    }
}

// A staged splat as four pixels side by side see it.
struct Splat {
    // u dx
    slant: vec4f,
    // v and w
    skew: f32,
    drop: f32,
    log2_opacity: f32,
    // From the mean to the tile's first row of pixels.
    offset_y: f32,
    color: vec3f,
}

fn load_splat(i: u32, x: f32) -> Splat {
    let geometry = shared_geometry[i];
    let paint = shared_paint[i];
    return Splat(
        geometry.z * (geometry.x + (x + vec4f(0.0, 1.0, 2.0, 3.0))),
        geometry.w,
        bitcast<f32>(paint.x),
        bitcast<f32>(paint.y),
        geometry.y,
        vec3f(unpack2x16float(paint.z), unpack2x16float(paint.w).x),
    );
}

// Four pixels side by side. Rows are variables of their own, not an array, to stay in registers.
struct Row {
    // Light that still gets through, 0 once a pixel is finished.
    live: vec4f,
    // Light that gets through in the end.
    transmittance: vec4f,
    red: vec4f,
    green: vec4f,
    blue: vec4f,
    // Places of the picked entries.
    picked: vec4u,
}

@compute @workgroup_size(BLEND_THREADS)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    // Neighboring workgroups share a bin, hence its records in the cache.
    let bin = vec2u(group.y % view.bins.x, group.y / view.bins.x);
    let tile = bin * BIN_TILES + vec2u(group.x % BIN_TILES, group.x / BIN_TILES);
    if any(tile * TILE >= view.size) {
        return;
    }
    let quadrant = thread / QUADRANT_THREADS;
    let in_quadrant = thread % QUADRANT_THREADS;
    let in_tile = vec2u(quadrant % 2u, quadrant / 2u) * QUADRANT
        + vec2u(in_quadrant % 2u * 4u, in_quadrant / 2u * BLEND_ROWS);
    let origin = vec2f(tile * TILE) + 0.5;
    let pixel = vec2f(in_tile);
    if thread == 0u {
        let index = group.y * TILES_PER_BIN + group.x;
        shared_range = min(vec2u(tile_starts[index], tile_starts[index + 1u]), vec2u(view.intersection_capacity));
    }
    let range = workgroupUniformLoad(&shared_range);

    var upper = Row(vec4f(1.0), vec4f(1.0), vec4f(0.0), vec4f(0.0), vec4f(0.0), vec4u(NO_PICK));
    var lower = upper;
    if BLEND_ROWS == 1u {
        lower.live = vec4f(0.0);
    }
    for (var start = range.x; start < range.y; start += BATCH) {
        if thread < 4u * BATCH_WORDS {
            atomicStore(&shared_quadrants[thread], 0u);
        }
        if thread == 0u {
            atomicStore(&shared_live, 0u);
        }
        workgroupBarrier();
        stage(start + thread, range.y, thread, origin);
        workgroupBarrier();
        // A thread whose pixels are finished has nothing to walk.
        let live = any(max(upper.live, lower.live) > vec4f(0.0));
        for (var word = 0u; word < BATCH_WORDS; word++) {
            var left = select(0u, atomicLoad(&shared_quadrants[quadrant * BATCH_WORDS + word]), live);
            while left != 0u {
                let i = word * 32u + countTrailingZeros(left);
                left &= left - 1u;
                let splat = load_splat(i, pixel.x);
                blend_row(&upper, splat, splat.offset_y + pixel.y, start + i);
                if BLEND_ROWS > 1u {
                    blend_row(&lower, splat, splat.offset_y + (pixel.y + 1.0), start + i);
                }
            }
        }
        if any(max(upper.live, lower.live) > vec4f(0.0)) {
            atomicOr(&shared_live, 1u);
        }
        workgroupBarrier();
        if workgroupUniformLoad(&shared_live) == 0u {
            break;
        }
    }
    store_row(tile * TILE + in_tile, upper);
    if BLEND_ROWS > 1u {
        store_row(tile * TILE + in_tile + vec2u(0u, 1u), lower);
    }
}

// One staged splat on a row of pixels, dy below its mean.
fn blend_row(row: ptr<function, Row>, splat: Splat, dy: f32, place: u32) {
    // Written as in the twin, to the last bit: far from the mean of a needle little is left of big numbers.
    let t = splat.slant + splat.skew * dy;
    let drop = splat.drop * dy;
    let power = splat.log2_opacity - (t * t + drop * drop);
    let counts = power >= vec4f(LOG2_ALPHA_MIN);
    if !any(counts) {
        return;
    }
    let alpha = select(vec4f(0.0), min(exp2(power), vec4f(ALPHA_MAX)), counts);
    let live = (*row).live;
    let left = live * (1.0 - alpha);
    let goes_on = left > vec4f(TRANSMITTANCE_MIN);
    let weight = select(vec4f(0.0), alpha * live, goes_on);
    let picks_it = goes_on & (left < vec4f(PICK_TRANSMITTANCE)) & (live >= vec4f(PICK_TRANSMITTANCE));
    (*row).picked = select((*row).picked, vec4u(place), picks_it);
    (*row).transmittance = select((*row).transmittance, left, goes_on);
    (*row).live = select(vec4f(0.0), left, goes_on);
    (*row).red += weight * splat.color.r;
    (*row).green += weight * splat.color.g;
    (*row).blue += weight * splat.color.b;
}

fn store_row(pixel: vec2u, row: Row) {
    let limit = vec2f(F16_MAX);
    let alpha = 1.0 - row.transmittance;
    for (var i = 0u; i < 4u; i++) {
        let x = pixel.x + i;
        if x >= view.size.x || pixel.y >= view.size.y {
            return;
        }
        let at = pixel.y * view.size.x + x;
        let red_green = min(vec2f(row.red[i], row.green[i]), limit);
        let blue_alpha = min(vec2f(row.blue[i], alpha[i]), limit);
        blended[at] = vec2u(pack2x16float(red_green), pack2x16float(blue_alpha));
        let place = row.picked[i];
        if place == NO_PICK {
            picks[at] = vec2u(NO_PICK);
        } else {
            let slot = tile_entries[place];
            picks[at] = vec2u(placements[slot].y, depths[slot]);
        }
    }
}
