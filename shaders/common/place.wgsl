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

// The row of a thread among the ranges of the chunk that are drawn, or NO_ROW.
fn drawn_row(group: u32, thread: u32) -> u32 {
    // The last range that begins at the group or before.
    var first = 0u;
    for (var step = MAX_RANGES / 2u; step > 0u; step /= 2u) {
        let next = first + step;
        if next < chunk.range_count && chunk.ranges[next].z <= group {
            first = next;
        }
    }
    let range = chunk.ranges[first];
    let in_range = (group - range.z) * WORKGROUP + thread;
    return select(NO_ROW, range.x + in_range, in_range < range.y);
}
