// What a splat's color is made of: normals, light, and the palettes of the view modes.

// Unit normal of packed attributes (octahedral map, Meyer et al. 2010), object frame.
fn unpack_normal(attributes: u32) -> vec3f {
    let x = f32(attributes & 0x7ffu) * (2.0 / NORMAL_STEPS) - 1.0;
    let y = f32((attributes >> 11u) & 0x7ffu) * (2.0 / NORMAL_STEPS) - 1.0;
    let z = 1.0 - abs(x) - abs(y);
    // Unfold the lower half of the octahedron.
    let t = max(-z, 0.0);
    let n = vec3f(select(x + t, x - t, x >= 0.0), select(y + t, y - t, y >= 0.0), z);
    return n / sqrt(dot(n, n));
}

fn rotate_rows(x: vec4f, y: vec4f, z: vec4f, v: vec3f) -> vec3f {
    return vec3f(dot(x.xyz, v), dot(y.xyz, v), dot(z.xyz, v));
}

// A matte surface of a display-referred color under the environment and the directional lights.
fn lit(color: vec3f, normal: vec3f) -> vec3f {
    let n = rotate_rows(
        shading.environment_from_world[0],
        shading.environment_from_world[1],
        shading.environment_from_world[2],
        normal,
    );
    let b0 = sh_basis_0(n);
    let b1 = sh_basis_1(n);
    let b2 = sh_basis_2(n);
    var light = shading.irradiance[0].xyz * b0.x + shading.irradiance[1].xyz * b0.y
        + shading.irradiance[2].xyz * b0.z + shading.irradiance[3].xyz * b0.w
        + shading.irradiance[4].xyz * b1.x + shading.irradiance[5].xyz * b1.y
        + shading.irradiance[6].xyz * b1.z + shading.irradiance[7].xyz * b1.w
        + shading.irradiance[8].xyz * b2.x;
    light = max(light, vec3f(0.0));
    for (var i = 0u; i < MAX_LIGHTS; i++) {
        let cosine = max(dot(normal, shading.lights[i].direction.xyz), 0.0);
        light += shading.lights[i].radiance.xyz * cosine;
    }
    return srgb_from_linear(linear_from_srgb(min(color, vec3f(1.0))) * light);
}

// Evenly spread hues.
fn label_color(label: u32) -> vec3f {
    let turn = f32(label) * 0.618034f + vec3f(0.0, 0.333333f, 0.666667f);
    return 0.55f + 0.4f * cos(turn * 6.2831853f);
}

// Splats themselves are grey, each level of merged ones has a hue.
fn level_color(height: u32) -> vec3f {
    if height == 0u {
        return vec3f(0.5);
    }
    return label_color(height);
}

fn confidence_color(confidence: u32) -> vec3f {
    if confidence == 0u {
        return vec3f(0.30f, 0.70f, 0.40f);
    }
    return select(vec3f(0.84f, 0.37f, 0.00f), vec3f(1.00f, 0.69f, 0.25f), confidence == 1u);
}

fn linear_from_srgb(v: vec3f) -> vec3f {
    let high = pow((max(v, vec3f(0.0)) + 0.055f) / 1.055f, vec3f(2.4f));
    return select(high, v / 12.92f, v <= vec3f(0.04045f));
}

fn srgb_from_linear(v: vec3f) -> vec3f {
    let high = 1.055f * pow(max(v, vec3f(0.0)), vec3f(1.0f / 2.4f)) - 0.055f;
    return select(high, v * 12.92f, v <= vec3f(0.0031308f));
}
