//! Real spherical harmonics in the basis and sign convention of 3D Gaussian splatting
//! (Kerbl et al. 2023; constants as in every public implementation).

use glam::Vec3;

/// Y₀ = 1 / (2√π).
pub const C0: f32 = 0.282_094_79;
/// Degree 1 factor √(3 / 4π).
pub const C1: f32 = 0.488_602_51;
/// Degree 2 factors.
pub const C2: [f32; 5] = [
    1.092_548_5,
    -1.092_548_5,
    0.315_391_57,
    -1.092_548_5,
    0.546_274_2,
];
/// Degree 3 factors.
pub const C3: [f32; 7] = [
    -0.590_043_6,
    2.890_611_4,
    -0.457_045_8,
    0.373_176_33,
    -0.457_045_8,
    1.445_305_7,
    -0.590_043_6,
];
/// Highest degree that is evaluated; a file may carry degree 4, which is kept but not shown.
pub const MAX_DEGREE: u32 = 3;

/// Coefficients per color channel of a degree: (degree + 1)².
pub const fn coefficient_count(degree: u32) -> usize {
    ((degree + 1) * (degree + 1)) as usize
}

/// The 16 basis functions of degree ≤ 3 at the unit direction `d` (from the eye to the splat).
pub fn basis(d: Vec3) -> [f32; 16] {
    let (x, y, z) = (d.x, d.y, d.z);
    let (xx, yy, zz, xy, yz, xz) = (x * x, y * y, z * z, x * y, y * z, x * z);
    [
        C0,
        -C1 * y,
        C1 * z,
        -C1 * x,
        C2[0] * xy,
        C2[1] * yz,
        C2[2] * (2.0 * zz - xx - yy),
        C2[3] * xz,
        C2[4] * (xx - yy),
        C3[0] * y * (3.0 * xx - yy),
        C3[1] * xy * z,
        C3[2] * y * (4.0 * zz - xx - yy),
        C3[3] * z * (2.0 * zz - 3.0 * xx - 3.0 * yy),
        C3[4] * x * (4.0 * zz - xx - yy),
        C3[5] * z * (xx - yy),
        C3[6] * x * (xx - 3.0 * yy),
    ]
}

/// Display color of `[K, 3]` coefficients seen along the unit direction `d` (from the eye to the splat,
/// in the splats' own frame); degrees above [`MAX_DEGREE`] do not count.
pub fn color_seen(coefficients: &[f32], degree: u32, d: Vec3) -> Vec3 {
    let basis = basis(d);
    let shown = coefficient_count(degree.min(MAX_DEGREE));
    let weighted = basis[..shown].iter().zip(coefficients.chunks_exact(3));
    weighted.fold(Vec3::splat(0.5), |color, (weight, c)| {
        color + *weight * Vec3::from_slice(c)
    })
}

/// Degree-0 coefficient of a display color channel.
pub fn dc_from_color(color: Vec3) -> Vec3 {
    (color - 0.5) / C0
}

/// Display color of the degree-0 coefficients alone.
pub fn color_from_dc(dc: Vec3) -> Vec3 {
    dc * C0 + 0.5
}
