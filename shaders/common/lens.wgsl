// What the kind of camera and the clipping do to a splat. The sums are written out, as in the twin.

// By how much offsets from the view axis shrink at a depth.
fn perspective_shrink(depth: f32) -> f32 {
    return select(depth, 1.0, view.orthographic != 0u);
}

fn along_clip_axis(row: vec4f, p: vec3f) -> f32 {
    return abs(row.x * p.x + row.y * p.y + row.z * p.z + row.w);
}

// Whether a mean in view space lies between the near and the far plane and in the clipping box.
fn in_range(p: vec3f) -> bool {
    return p.z >= view.near && p.z <= view.far
        && along_clip_axis(view.clip_from_view[0], p) <= 1.0
        && along_clip_axis(view.clip_from_view[1], p) <= 1.0
        && along_clip_axis(view.clip_from_view[2], p) <= 1.0;
}
