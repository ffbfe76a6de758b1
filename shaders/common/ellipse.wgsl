// The outline of a splat: offsets with (u dx + v dy)^2 + (w dy)^2 <= level, where alpha is 1/255.

struct Outline {
    root: vec3f,
    level: f32,
}

// The outline of a record, a hair wider than blend's own test.
fn outline_of(record: Record) -> Outline {
    let root = vec3f(record.geometry.zw, bitcast<f32>(record.paint.x));
    return Outline(root, bitcast<f32>(record.paint.y) - LOG2_ALPHA_MIN + OUTLINE_MARGIN);
}

// Least and greatest dx inside the outline for dy in low..=high; least > greatest where there is none.
fn x_range(outline: Outline, band_low: f32, band_high: f32) -> vec2f {
    let u = outline.root.x;
    let v = outline.root.y;
    let w = outline.root.z;
    let reach = sqrt(outline.level) / w;
    let low = max(band_low, -reach);
    let high = min(band_high, reach);
    if !(low <= high) {
        return vec2f(1.0, -1.0);
    }
    // The rightmost point of the whole outline lies at dy = widest, the leftmost opposite.
    let widest = -v * reach / sqrt(v * v + w * w);
    let dy_right = clamp(widest, low, high);
    let dy_left = clamp(-widest, low, high);
    let half_right = sqrt(max(outline.level - (w * dy_right) * (w * dy_right), 0.0));
    let half_left = sqrt(max(outline.level - (w * dy_left) * (w * dy_left), 0.0));
    return vec2f((-v * dy_left - half_left) / u, (-v * dy_right + half_right) / u);
}
