//! CIELAB, in which distances are about what people see.

use glam::Vec3;

/// Display-referred sRGB in 0..=1 → L (0..=100), a, b under D65 (CIE 15).
pub fn lab_from_srgb(color: Vec3) -> Vec3 {
    let linear = color.to_array().map(linear_from_srgb);
    let [r, g, b] = linear;
    // IEC 61966-2-1, divided by the white point of D65.
    let x = (0.412_456 * r + 0.357_576 * g + 0.180_438 * b) / 0.950_47;
    let y = 0.212_673 * r + 0.715_152 * g + 0.072_175 * b;
    let z = (0.019_334 * r + 0.119_192 * g + 0.950_304 * b) / 1.088_83;
    let [fx, fy, fz] = [x, y, z].map(compress);
    Vec3::new(116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz))
}

fn linear_from_srgb(value: f32) -> f32 {
    let value = value.clamp(0.0, 1.0);
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

fn compress(t: f32) -> f32 {
    /// (6/29)³: below it the cube root is continued by a line.
    const EPSILON: f32 = 0.008_856;
    if t > EPSILON {
        t.cbrt()
    } else {
        7.787 * t + 16.0 / 116.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colors_convert() {
        let cases = [
            (Vec3::ZERO, Vec3::ZERO),
            (Vec3::ONE, Vec3::new(100.0, 0.0, 0.0)),
            (Vec3::X, Vec3::new(53.24, 80.09, 67.20)),
            (Vec3::Z, Vec3::new(32.30, 79.19, -107.86)),
        ];
        for (srgb, lab) in cases {
            let found = lab_from_srgb(srgb);
            assert!((found - lab).length() < 0.1, "{srgb} became {found}");
        }
    }
}
