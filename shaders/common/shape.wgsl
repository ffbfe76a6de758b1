// A shape takes three words, and a fourth with normal, label and confidence where the layer has any.
fn shape_words() -> u32 {
    return select(3u, 4u, (chunk.features & CHUNK_ATTRIBUTES) != 0u);
}

fn load_shape(row: u32) -> Shape {
    let at = row * shape_words();
    return Shape(shapes[at], shapes[at + 1u], shapes[at + 2u]);
}

fn load_attributes(row: u32) -> u32 {
    if (chunk.features & CHUNK_ATTRIBUTES) == 0u {
        return 0u;
    }
    return shapes[4u * row + 3u];
}

// Standard deviations, object units: floats of 6 exponent and 10 mantissa bits.
fn unpack_scale(shape: Shape) -> vec3f {
    let bits = vec3u(shape.scale_xy, shape.scale_xy >> 16u, shape.scale_z_rotation) & vec3u(0xffffu);
    return bitcast<vec3f>((bits + SCALE_BIAS) << vec3u(SCALE_SHIFT));
}

// Unit quaternion, object_from_splat: three components of 15 bits, the largest follows from them.
fn unpack_rotation(shape: Shape) -> vec4f {
    let bits = vec3u(shape.scale_z_rotation >> 16u, shape.rotation, shape.rotation >> 15u) & vec3u(0x7fffu);
    let v = (vec3f(bits) * (2.0f / 32767.0f) - 1.0f) * 0.70710678f;
    let largest = sqrt(max(1.0 - v.x * v.x - v.y * v.y - v.z * v.z, 0.0));
    switch (shape.scale_z_rotation >> 31u) | (((shape.rotation >> 30u) & 1u) << 1u) {
        case 0u: { return vec4f(largest, v); }
        case 1u: { return vec4f(v.x, largest, v.yz); }
        case 2u: { return vec4f(v.xy, largest, v.z); }
        default: { return vec4f(v, largest); }
    }
}
