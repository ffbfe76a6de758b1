//! Points spread evenly over the outer surface of the mesh.

use glam::Vec3;

use super::HeadModel;

/// A point on the surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurfaceSample {
    /// Index of the triangle.
    pub triangle: u32,
    /// Weights of the triangle's corners, summing to one.
    pub weights: Vec3,
    /// Place, dm.
    pub position: Vec3,
    /// Unit normal between the corners' normals, outwards.
    pub normal: Vec3,
}

/// Points on the chosen outer triangles, about one per `spacing²` (dm), always the same for the same
/// mesh: triangle by triangle, a low-discrepancy sequence in each, with the fractions carried on so
/// that small triangles get their share.
pub fn sample_surface(
    model: &HeadModel,
    vertices: &[Vec3],
    spacing: f32,
    chosen: impl Fn(usize) -> bool,
) -> Vec<SurfaceSample> {
    let normals = model.vertex_normals(vertices);
    let mut samples = Vec::new();
    let mut owed = 0.5;
    let mut sequence = 0u32;
    for (t, triangle) in model.triangles.iter().enumerate() {
        if !model.outer[t] || !chosen(t) {
            continue;
        }
        let [a, b, c] = triangle.map(|v| vertices[v as usize]);
        let area = 0.5 * (b - a).cross(c - a).length();
        owed += area / (spacing * spacing);
        while owed >= 1.0 {
            owed -= 1.0;
            let weights = square_to_triangle(plastic_point(sequence));
            sequence = sequence.wrapping_add(1);
            let normal = triangle.map(|v| normals[v as usize]);
            samples.push(SurfaceSample {
                triangle: t as u32,
                weights,
                position: weights.x * a + weights.y * b + weights.z * c,
                normal: (weights.x * normal[0] + weights.y * normal[1] + weights.z * normal[2])
                    .normalize_or(Vec3::Z),
            });
        }
    }
    samples
}

/// The `n`-th point of the R2 sequence in the unit square (Roberts 2018: powers of the inverse plastic
/// number).
fn plastic_point(n: u32) -> [f32; 2] {
    const PLASTIC: f64 = 1.324_717_957_244_746;
    let n = f64::from(n) + 1.0;
    [n / PLASTIC, n / (PLASTIC * PLASTIC)].map(|v| v.fract() as f32)
}

/// Area-true map of the unit square to barycentric weights (Osada et al. 2002, eq. 1).
fn square_to_triangle([u, v]: [f32; 2]) -> Vec3 {
    let root = u.sqrt();
    Vec3::new(1.0 - root, root * (1.0 - v), root * v)
}
