//! Small splat files, written without the code under test.

use std::path::Path;

/// Header of a 3DGS PLY of degree 0 with so many splats.
pub fn header(splats: usize) -> String {
    let mut text = format!("ply\nformat binary_little_endian 1.0\nelement vertex {splats}\n");
    for name in [
        "x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0",
        "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3",
    ] {
        text.push_str(&format!("property float {name}\n"));
    }
    text.push_str("end_header\n");
    text
}

/// A ball of radius 0.1 around the origin, red on its left (+X) and blue on its right, with normals.
pub fn ball(splats: usize) -> Vec<u8> {
    let mut bytes = header(splats).into_bytes();
    for i in 0..splats {
        // Points of a Fibonacci sphere: evenly spread for any number.
        let z = 1.0 - (2.0 * i as f32 + 1.0) / splats as f32;
        let angle = i as f32 * 2.399_963_2;
        let ring = (1.0 - z * z).sqrt();
        let normal = [ring * angle.cos(), ring * angle.sin(), z];
        let color = if normal[0] > 0.0 {
            [1.2, -1.2, -1.2]
        } else {
            [-1.2, -1.2, 1.2]
        };
        let size = (0.25 / (splats as f32).sqrt()).ln();
        let values = normal
            .map(|n| 0.1 * n)
            .into_iter()
            .chain(normal)
            .chain(color)
            .chain([4.0, size, size, size, 1.0, 0.0, 0.0, 0.0]);
        for value in values {
            bytes.extend(value.to_le_bytes());
        }
    }
    bytes
}

/// Writes [`ball`] to a file.
///
/// # Panics
/// When the file cannot be written.
pub fn write_ball(path: &Path, splats: usize) {
    if let Err(error) = std::fs::write(path, ball(splats)) {
        panic!("{}: {error}", path.display());
    }
}
