// Real spherical harmonics in the basis and signs of 3D Gaussian splatting (Kerbl et al. 2023).

const SH_C0 = 0.28209479f;
const SH_C1 = 0.48860251f;

fn sh_basis_0(d: vec3f) -> vec4f {
    return vec4f(SH_C0, -SH_C1 * d.y, SH_C1 * d.z, -SH_C1 * d.x);
}

fn sh_basis_1(d: vec3f) -> vec4f {
    return vec4f(
        1.0925485f * (d.x * d.y),
        -1.0925485f * (d.y * d.z),
        0.31539157f * (2.0 * (d.z * d.z) - d.x * d.x - d.y * d.y),
        -1.0925485f * (d.x * d.z),
    );
}

fn sh_basis_2(d: vec3f) -> vec4f {
    let xx = d.x * d.x;
    let yy = d.y * d.y;
    let zz = d.z * d.z;
    return vec4f(
        0.5462742f * (xx - yy),
        -0.5900436f * d.y * (3.0 * xx - yy),
        2.8906114f * (d.x * d.y) * d.z,
        -0.4570458f * d.y * (4.0 * zz - xx - yy),
    );
}

fn sh_basis_3(d: vec3f) -> vec4f {
    let xx = d.x * d.x;
    let yy = d.y * d.y;
    let zz = d.z * d.z;
    return vec4f(
        0.37317633f * d.z * (2.0 * zz - 3.0 * xx - 3.0 * yy),
        -0.4570458f * d.x * (4.0 * zz - xx - yy),
        1.4453057f * d.z * (xx - yy),
        -0.5900436f * d.x * (xx - 3.0 * yy),
    );
}
