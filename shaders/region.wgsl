// Which splats of a chunk lie in a region of the image.
// means, shapes, median depths, the region -> one bit a splat
#import common/layout
#import common/place
#import common/lens
#import common/shape
#import common/ewa

struct Region {
    // REGION_*
    kind: u32,
    // Corners of the outline.
    corners: u32,
    // 1 where a splat's ellipse counts, not only its centre.
    ellipses: u32,
    // 1 where splats behind the median depth are left out.
    surface_only: u32,
    // Corners of a rectangle, or ends of a stroke, px.
    first: vec2f,
    last: vec2f,
    // Half the width of a stroke, px.
    radius: f32,
    padding: f32,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<uniform> chunk: ChunkView;
@group(0) @binding(2) var<uniform> region: Region;
// [splats] bits of mean x y z, opacity in 24 bits below a bounding exponent in 8
@group(0) @binding(3) var<storage, read> means: array<vec4u>;
// [splats, 3 or 4] rotation, scale, attributes
@group(0) @binding(4) var<storage, read> shapes: array<u32>;
// [corners] outline of the region, px
@group(0) @binding(5) var<storage, read> outline: array<vec2f>;
// [height, width] source index and depth bits of the picked splat
@group(0) @binding(6) var<storage, read> picks: array<vec2u>;
// [blocks, 8] one bit a splat
@group(0) @binding(7) var<storage, read_write> bits: array<u32>;

var<workgroup> shared_bits: array<atomic<u32>, WORKGROUP_WORDS>;

fn in_outline(p: vec2f) -> bool {
    var inside = false;
    for (var i = 0u; i < region.corners; i++) {
        let a = outline[i];
        let b = outline[(i + 1u) % region.corners];
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    return inside;
}

// Squared distance of p from the segment a b.
fn segment_distance(p: vec2f, a: vec2f, b: vec2f) -> f32 {
    let along = b - a;
    let squared = along.x * along.x + along.y * along.y;
    let from_a = p - a;
    var t = 0.0;
    if squared > 0.0 {
        t = clamp((from_a.x * along.x + from_a.y * along.y) / squared, 0.0, 1.0);
    }
    let d = from_a - along * t;
    return d.x * d.x + d.y * d.y;
}

fn contains(p: vec2f) -> bool {
    switch region.kind {
        case REGION_RECT: {
            return all(p >= region.first) && all(p <= region.last);
        }
        case REGION_STROKE: {
            return segment_distance(p, region.first, region.last) <= region.radius * region.radius;
        }
        default: {
            return in_outline(p);
        }
    }
}

// Whether the ellipse at FOOTPRINT_SIGMAS meets the outline: turned into a circle, the outline's sides
// stay straight.
fn ellipse_touches(ellipse: Ellipse) -> bool {
    let yy = ellipse.covariance.z;
    let u = sqrt(yy / ellipse.determinant);
    let v = -ellipse.covariance.y / sqrt(yy * ellipse.determinant);
    let w = 1.0 / sqrt(yy);
    for (var i = 0u; i < region.corners; i++) {
        let a = outline[i] - ellipse.center;
        let b = outline[(i + 1u) % region.corners] - ellipse.center;
        let start = vec2f(u * a.x + v * a.y, w * a.y);
        let end = vec2f(u * b.x + v * b.y, w * b.y);
        if segment_distance(vec2f(0.0), start, end) <= FOOTPRINT_SIGMAS * FOOTPRINT_SIGMAS {
            return true;
        }
    }
    return false;
}

// Whether a splat is not behind what is seen at its centre.
fn on_surface(center: vec2f, depth: f32, shape: Shape) -> bool {
    if !(all(center >= vec2f(0.0)) && all(center < vec2f(view.size))) {
        return true;
    }
    let pixel = vec2u(center);
    let pick = picks[pixel.y * view.size.x + pixel.x];
    if pick.x == 0xffffffffu {
        return true;
    }
    let median = bitcast<f32>(pick.y);
    let scale = unpack_scale(shape);
    let size = max(scale.x, max(scale.y, scale.z)) * chunk.eye.w;
    return depth <= median + FOOTPRINT_SIGMAS * size + SURFACE_SLACK * median;
}

fn is_inside(row: u32) -> bool {
    let p = view_point(bitcast<vec3f>(means[row].xyz));
    if !in_range(p) {
        return false;
    }
    let center = view.focal * (p.xy / perspective_shrink(p.z)) + view.center;
    let shape = load_shape(row);
    var inside = contains(center);
    if !inside && region.ellipses != 0u {
        inside = ellipse_touches(ellipse_of(p, shape));
    }
    return inside && (region.surface_only == 0u || on_surface(center, p.z, shape));
}

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_index) thread: u32,
) {
    if thread < WORKGROUP_WORDS {
        atomicStore(&shared_bits[thread], 0u);
    }
    workgroupBarrier();
    let row = drawn_row(group.x, thread);
    if row != NO_ROW && is_inside(row) {
        atomicOr(&shared_bits[thread / 32u], 1u << (thread % 32u));
    }
    workgroupBarrier();
    if thread < WORKGROUP_WORDS {
        let block = chunk.first_block + group.x;
        bits[block * WORKGROUP_WORDS + thread] = atomicLoad(&shared_bits[thread]);
    }
}
