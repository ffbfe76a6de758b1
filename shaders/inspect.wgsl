// Looks at the tile lists splat by splat, in plain order: rings, counts, what is selected, what lies
// under one pixel. Slower than blend and only run where a view asks for it.
// tile lists, records -> blended pixels and picks; selected coverage; the list of one pixel.
#import common/layout
#import common/heat

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
// [height, width] share of the pixel's light that comes from selected splats
@group(0) @binding(8) var<storage, read_write> coverage: array<f32>;
// x, y of the pixel; most entries to list
@group(0) @binding(9) var<uniform> query: vec4u;
// count; then source index, depth bits, bits of alpha and of its weight in the pixel, front to back
@group(0) @binding(10) var<storage, read_write> under_list: array<vec4u>;

const NO_PICK = 0xffffffffu;

// One splat at one pixel.
struct Touch {
    // log2 units of alpha below the middle
    fall: f32,
    alpha: f32,
    // How far the pixel is from the splat's ring, px.
    ring_px: f32,
}

fn touch(record: Record, pixel: vec2u) -> Touch {
    let d = vec2f(pixel) + 0.5 - record.geometry.xy;
    let u = record.geometry.z;
    let v = record.geometry.w;
    let w = bitcast<f32>(record.paint.x);
    let log2_opacity = bitcast<f32>(record.paint.y);
    let t = u * d.x + v * d.y;
    let drop = w * d.y;
    let fall = t * t + drop * drop;
    let power = log2_opacity - fall;
    var alpha = 0.0;
    if power >= LOG2_ALPHA_MIN {
        alpha = min(exp2(power), ALPHA_MAX);
    }
    // The gradient of sqrt(fall) turns its distance from the ring's level into pixels.
    let level = min(log2_opacity - LOG2_ALPHA_MIN, RING_LEVEL);
    let root = sqrt(fall);
    let steep = length(vec2f(t * u, t * v + drop * w));
    let ring_px = abs(root - sqrt(max(level, 0.0))) * root / max(steep, 1e-20);
    return Touch(fall, alpha, ring_px);
}

fn places_of(tile: vec2u) -> vec2u {
    let bin = tile / BIN_TILES;
    let in_bin = tile % BIN_TILES;
    let index = (bin.y * view.bins.x + bin.x) * TILES_PER_BIN + in_bin.y * BIN_TILES + in_bin.x;
    return min(vec2u(tile_starts[index], tile_starts[index + 1u]), vec2u(view.intersection_capacity));
}

fn color_of(record: Record) -> vec3f {
    return vec3f(unpack2x16float(record.paint.z), unpack2x16float(record.paint.w).x);
}

fn is_selected(record: Record) -> bool {
    return unpack2x16float(record.paint.w).y > 0.5;
}

fn tile_of(group: vec3u) -> vec2u {
    let bin = vec2u(group.y % view.bins.x, group.y / view.bins.x);
    return bin * BIN_TILES + vec2u(group.x % BIN_TILES, group.x / BIN_TILES);
}

@compute @workgroup_size(TILE, TILE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
    let tile = tile_of(group);
    let pixel = tile * TILE + local.xy;
    if any(pixel >= view.size) {
        return;
    }
    let places = places_of(tile);
    var live = 1.0;
    var count = 0u;
    var picked = NO_PICK;
    var rings = vec4f(0.0);
    for (var place = places.x; place < places.y; place++) {
        let slot = tile_entries[place];
        let seen = touch(records[slot], pixel);
        if seen.alpha == 0.0 {
            continue;
        }
        let left = live * (1.0 - seen.alpha);
        if !(left > TRANSMITTANCE_MIN) {
            break;
        }
        // Rings fade with the light that would reach them, so that surfaces hide what is behind.
        let line = saturate(1.0 - seen.ring_px) * RING_ALPHA;
        let weight = max(line, RING_FILL) * live * (1.0 - rings.a);
        rings += weight * vec4f(color_of(records[slot]), 1.0);
        if left < PICK_TRANSMITTANCE && live >= PICK_TRANSMITTANCE {
            picked = slot;
        }
        live = left;
        count++;
    }
    let at = pixel.y * view.size.x + pixel.x;
    var color = rings;
    if view.mode == VIEW_OVERDRAW {
        color = heat_of_count(count, OVERDRAW_LOG2_MAX);
    } else if view.mode == VIEW_TILE_LOAD {
        color = heat_of_count(places.y - places.x, TILE_LOAD_LOG2_MAX);
    }
    color = min(color, vec4f(F16_MAX));
    blended[at] = vec2u(pack2x16float(color.rg), pack2x16float(color.ba));
    if picked == NO_PICK {
        picks[at] = vec2u(NO_PICK);
    } else {
        picks[at] = vec2u(placements[picked].y, depths[picked]);
    }
}

@compute @workgroup_size(TILE, TILE)
fn cover(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
    let tile = tile_of(group);
    let pixel = tile * TILE + local.xy;
    if any(pixel >= view.size) {
        return;
    }
    let places = places_of(tile);
    var live = 1.0;
    var sum = 0.0;
    for (var place = places.x; place < places.y; place++) {
        let record = records[tile_entries[place]];
        let alpha = touch(record, pixel).alpha;
        let left = live * (1.0 - alpha);
        if !(left > TRANSMITTANCE_MIN) {
            break;
        }
        sum += select(0.0, live * alpha, is_selected(record));
        live = left;
    }
    coverage[pixel.y * view.size.x + pixel.x] = sum;
}

@compute @workgroup_size(1)
fn under() {
    let pixel = query.xy;
    let places = places_of(pixel / TILE);
    var live = 1.0;
    var count = 0u;
    for (var place = places.x; place < places.y; place++) {
        let slot = tile_entries[place];
        let alpha = touch(records[slot], pixel).alpha;
        if alpha == 0.0 {
            continue;
        }
        let left = live * (1.0 - alpha);
        if !(left > TRANSMITTANCE_MIN) {
            break;
        }
        count++;
        if count <= query.z {
            under_list[count] = vec4u(
                placements[slot].y,
                depths[slot],
                bitcast<u32>(alpha),
                bitcast<u32>(alpha * live),
            );
        }
        live = left;
    }
    under_list[0] = vec4u(min(count, query.z), count, 0u, 0u);
}
