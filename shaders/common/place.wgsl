// The mean in view space. The sums are written out, and in the same order in the twin: two splats of
// nearly one depth must not change places between them.
fn view_point(mean: vec3f) -> vec3f {
    let x = chunk.view_from_object[0];
    let y = chunk.view_from_object[1];
    let z = chunk.view_from_object[2];
    return vec3f(
        x.x * mean.x + x.y * mean.y + x.z * mean.z + x.w,
        y.x * mean.x + y.y * mean.y + y.z * mean.z + y.w,
        z.x * mean.x + z.y * mean.y + z.z * mean.z + z.w,
    );
}

const NO_ROW = 0xffffffffu;

// The range of the chunk's rows that a group draws of: the last that begins at the group or before.
fn drawn_range(group: u32) -> vec4u {
    var first = 0u;
    for (var step = MAX_RANGES / 2u; step > 0u; step /= 2u) {
        let next = first + step;
        if next < chunk.range_count && chunk.ranges[next].z <= group {
            first = next;
        }
    }
    return chunk.ranges[first];
}

// The row of a thread of a group, or NO_ROW.
fn row_in(range: vec4u, group: u32, thread: u32) -> u32 {
    let in_range = (group - range.z) * WORKGROUP + thread;
    return select(NO_ROW, range.x + in_range, in_range < range.y);
}

// The same among all ranges that are drawn.
fn drawn_row(group: u32, thread: u32) -> u32 {
    return row_in(drawn_range(group), group, thread);
}

// The opacity of a splat of which the range draws a part: two parts let through what the whole lets through.
fn part_opacity(opacity: f32, range: vec4u) -> f32 {
    let part = range.w >> 16u;
    if part == 0xffffu {
        return opacity;
    }
    return 1.0 - exp2(f32(part) / 65535.0 * log2(max(1.0 - opacity, 1e-6)));
}
