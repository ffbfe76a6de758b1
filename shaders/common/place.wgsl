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
