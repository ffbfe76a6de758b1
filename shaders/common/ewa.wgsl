// From a splat in view space to an ellipse on the image (EWA splatting, Zwicker et al. 2001).

struct Ellipse {
    // px
    center: vec2f,
    // xx, xy, yy after the pixel filter, px^2
    covariance: vec3f,
    // Of the covariance, px^4.
    determinant: f32,
    // By how much the opacity makes up for the pixel filter.
    compensation: f32,
}

// v turned by the inverse of the unit quaternion q.
fn rotate_inverse(q: vec4f, v: vec3f) -> vec3f {
    let u = -q.xyz;
    let t = 2.0 * cross(u, v);
    return v + q.w * t + cross(u, t);
}

fn ellipse_of(p: vec3f, shape: Shape) -> Ellipse {
    let spread = perspective_shrink(p.z);
    let center = view.focal * (p.xy / spread) + view.center;
    if view.mode == VIEW_CENTERS {
        let variance = view.dot * view.dot;
        return Ellipse(center, vec3f(variance, 0.0, variance), variance * variance, 1.0);
    }
    // Factor the 2D covariance as F F^T with F = J W R S: determinants of needles stay exact.
    let slope = clamp(p.xy / spread, view.slope_min, view.slope_max);
    let scale = unpack_scale(shape);
    let rotation = unpack_rotation(shape);
    let w2 = chunk.view_from_object[2].xyz;
    let j_x = (chunk.view_from_object[0].xyz - w2 * slope.x) * (view.focal.x / spread);
    let j_y = (chunk.view_from_object[1].xyz - w2 * slope.y) * (view.focal.y / spread);
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
    return Ellipse(center, covariance + vec3f(low_pass, 0.0, low_pass), inflated, compensation);
}

// From the eye to a point, object frame; parallel where the camera is orthographic.
fn ray_to(position: vec3f) -> vec3f {
    return select(position - chunk.eye.xyz, chunk.view_from_object[2].xyz, view.orthographic != 0u);
}
