// From dark violet through red and yellow to white.
fn heat(x: f32) -> vec3f {
    let a = vec3f(0.07, 0.04, 0.18);
    let b = vec3f(0.40, 0.10, 0.45);
    let c = vec3f(0.84, 0.26, 0.30);
    let d = vec3f(0.98, 0.66, 0.20);
    let e = vec3f(1.0, 1.0, 0.92);
    let t = saturate(x) * 4.0;
    let low = mix(mix(a, b, saturate(t)), c, saturate(t - 1.0));
    return mix(mix(low, d, saturate(t - 2.0)), e, saturate(t - 3.0));
}

// A count on a logarithmic scale; nothing is transparent.
fn heat_of_count(count: u32, log2_max: f32) -> vec4f {
    if count == 0u {
        return vec4f(0.0);
    }
    return vec4f(heat(log2(f32(count)) / log2_max), 1.0);
}
