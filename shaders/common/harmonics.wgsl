// The color that a splat's harmonics have towards the eye, in either of the formats in which they are stored
// (renderer/src/pack/harmonics.rs).

fn sh_plane(row: u32, plane: u32) -> vec4f {
    let halves = sh[plane * chunk.sh_stride + row];
    return vec4f(unpack2x16float(halves.x), unpack2x16float(halves.y));
}

fn is_compact() -> bool {
    return (chunk.features & CHUNK_COMPACT) != 0u;
}

// Three planes hold four coefficients of three channels.
fn sh_group(row: u32, group: u32, stored: u32, basis: vec4f) -> vec3f {
    let p = sh_plane(row, 3u * group);
    var sum = p.xyz * basis.x;
    if 4u * group + 1u < stored {
        let q = sh_plane(row, 3u * group + 1u);
        let r = sh_plane(row, 3u * group + 2u);
        sum += vec3f(p.w, q.xy) * basis.y + vec3f(q.zw, r.x) * basis.z + r.yzw * basis.w;
    }
    return sum;
}

fn sum_of_halves(row: u32, degree: u32, d: vec3f) -> vec3f {
    let stored = (chunk.sh_degree + 1u) * (chunk.sh_degree + 1u);
    var sum = sh_group(row, 0u, stored, sh_basis_0(d));
    if degree >= 2u {
        sum += sh_group(row, 1u, stored, sh_basis_1(d));
        let third = sh_basis_2(d);
        sum += sh_group(row, 2u, stored, select(vec4f(third.x, 0.0, 0.0, 0.0), third, degree >= 3u));
    }
    if degree >= 3u {
        sum += sh_group(row, 3u, stored, sh_basis_3(d));
    }
    return sum;
}

fn dot_bytes(x: u32, y: u32, z: u32, basis: vec4f) -> vec3f {
    return vec3f(
        dot(unpack4x8snorm(x), basis),
        dot(unpack4x8snorm(y), basis),
        dot(unpack4x8snorm(z), basis),
    );
}

// Three planes of bytes hold eight coefficients of three channels.
fn sh_pair(row: u32, pair: u32, low: vec4f, high: vec4f) -> vec3f {
    let first = (3u * pair + 1u) * chunk.sh_stride + row;
    let p = sh[first];
    let q = sh[first + chunk.sh_stride];
    let r = sh[first + 2u * chunk.sh_stride];
    return dot_bytes(p.x, p.y, q.x, low) + dot_bytes(q.y, r.x, r.y, high);
}

fn sum_of_bytes(row: u32, degree: u32, d: vec3f) -> vec3f {
    var low = vec4f(sh_basis_0(d).yzw, 0.0);
    var high = vec4f(0.0);
    var rest = vec3f(0.0);
    if degree >= 2u {
        let second = sh_basis_1(d);
        let third = sh_basis_2(d);
        low.w = second.x;
        high = vec4f(second.yzw, third.x);
        if degree >= 3u {
            let fourth = sh_basis_3(d);
            rest = sh_pair(row, 1u, vec4f(third.yzw, fourth.x), vec4f(fourth.yzw, 0.0));
        }
    }
    rest += sh_pair(row, 0u, low, high);
    let first = sh_plane(row, 0u);
    return first.xyz * SH_C0 + first.w * rest;
}

// Spherical harmonics towards the splat, plus one half: as halves, to be the same whether
// kept or not.
fn packed_sh(row: u32, ray: vec3f) -> vec2u {
    let degree = min(chunk.sh_degree, view.max_sh_degree);
    var sum: vec3f;
    if degree == 0u {
        sum = sh_plane(row, 0u).xyz * SH_C0;
    } else if is_compact() {
        sum = sum_of_bytes(row, degree, ray / length(ray));
    } else {
        sum = sum_of_halves(row, degree, ray / length(ray));
    }
    let color = clamp(sum + 0.5, vec3f(-F16_MAX), vec3f(F16_MAX));
    return vec2u(pack2x16float(color.xy), pack2x16float(vec2f(color.z, 0.0)));
}
