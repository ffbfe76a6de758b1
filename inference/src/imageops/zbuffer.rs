//! Which triangle of a projected mesh each pixel centre sees.

use glam::Vec3;

use super::Grid;

/// The mark of a pixel that sees no triangle.
pub const NO_TRIANGLE: u32 = u32::MAX;

/// What one pixel sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Index into the triangles, or [`NO_TRIANGLE`].
    pub triangle: u32,
    /// Perspective-correct weights of the triangle's corners, summing to one.
    pub weights: Vec3,
    /// Depth along view Z, infinite where nothing is seen.
    pub depth: f32,
}

impl Hit {
    /// A pixel that sees nothing.
    pub const NONE: Self = Self {
        triangle: NO_TRIANGLE,
        weights: Vec3::ZERO,
        depth: f32::INFINITY,
    };

    /// Whether a triangle is seen.
    pub fn is_some(&self) -> bool {
        self.triangle != NO_TRIANGLE
    }

    /// The value between the three corners' `values`.
    pub fn interpolate(&self, triangles: &[[u32; 3]], values: &[Vec3]) -> Vec3 {
        let [a, b, c] = triangles[self.triangle as usize].map(|v| values[v as usize]);
        a * self.weights.x + b * self.weights.y + c * self.weights.z
    }
}

/// Draws the chosen triangles, both sides, nearest first. `vertices` are image x, y in pixels and depth
/// along view Z; triangles that reach behind `near` are left out.
pub fn z_buffer(
    vertices: &[Vec3],
    triangles: &[[u32; 3]],
    chosen: impl Fn(usize) -> bool,
    grid: Grid,
) -> Vec<Hit> {
    /// Nearer than this, in the unit of the depths, nothing is drawn.
    const NEAR: f32 = 1e-3;
    let mut hits = vec![Hit::NONE; grid.len()];
    for (t, triangle) in triangles.iter().enumerate().filter(|(t, _)| chosen(*t)) {
        let corners = triangle.map(|v| vertices[v as usize]);
        if corners.iter().all(|c| c.z > NEAR && c.is_finite()) {
            draw(t as u32, corners, grid, &mut hits);
        }
    }
    hits
}

fn draw(triangle: u32, [a, b, c]: [Vec3; 3], grid: Grid, hits: &mut [Hit]) {
    let cross =
        |o: Vec3, p: Vec3, x: f32, y: f32| (p.x - o.x) * (y - o.y) - (p.y - o.y) * (x - o.x);
    let area = cross(a, b, c.x, c.y);
    if !(area.abs() > 1e-9) {
        return;
    }
    let low = a.min(b).min(c);
    let high = a.max(b).max(c);
    // Pixel centres lie at +0.5.
    let x0 = (low.x - 0.5).ceil().max(0.0) as usize;
    let y0 = (low.y - 0.5).ceil().max(0.0) as usize;
    let x1 = (high.x - 0.5).floor().min(grid.width as f32 - 1.0);
    let y1 = (high.y - 0.5).floor().min(grid.height as f32 - 1.0);
    if !(x1 >= 0.0 && y1 >= 0.0) {
        return;
    }
    for y in y0..=y1 as usize {
        for x in x0..=x1 as usize {
            let (px, py) = (x as f32 + 0.5, y as f32 + 0.5);
            let flat = Vec3::new(
                cross(b, c, px, py),
                cross(c, a, px, py),
                cross(a, b, px, py),
            ) / area;
            if flat.min_element() < 0.0 {
                continue;
            }
            // Attributes are linear in space, so the weights are divided by the depths.
            let over_depth = flat / Vec3::new(a.z, b.z, c.z);
            let depth = 1.0 / (over_depth.x + over_depth.y + over_depth.z);
            let hit = &mut hits[grid.index(x, y)];
            if depth < hit.depth {
                *hit = Hit {
                    triangle,
                    weights: over_depth * depth,
                    depth,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_triangle_wins_whatever_the_order() {
        let vertices = [
            Vec3::new(0.0, 0.0, 2.0),
            Vec3::new(10.0, 0.0, 2.0),
            Vec3::new(0.0, 10.0, 2.0),
            Vec3::new(0.0, 0.0, 1.0),
            Vec3::new(4.0, 0.0, 1.0),
            Vec3::new(0.0, 4.0, 1.0),
        ];
        let grid = Grid::new(10, 10);
        for order in [[[0, 1, 2], [3, 4, 5]], [[3, 5, 4], [0, 2, 1]]] {
            let hits = z_buffer(&vertices, &order, |_| true, grid);
            assert_eq!(hits[grid.index(1, 1)].depth, 1.0, "near one on top");
            assert_eq!(hits[grid.index(5, 1)].depth, 2.0, "far one beside it");
            assert!(!hits[grid.index(9, 9)].is_some(), "nothing in the corner");
        }
    }

    #[test]
    fn weights_are_perspective_correct() {
        // A wall that recedes from depth 1 to depth 3; x_view = ±1 at its ends.
        let vertices = [
            Vec3::new(0.0, 0.0, 1.0),
            Vec3::new(0.0, 16.0, 1.0),
            Vec3::new(16.0, 0.0, 3.0),
        ];
        let grid = Grid::new(16, 16);
        let hits = z_buffer(&vertices, &[[0, 1, 2]], |_| true, grid);
        let hit = hits[grid.index(7, 0)];
        let expected = 1.0 / (1.0 + (1.0 / 3.0 - 1.0) * 7.5 / 16.0);
        assert!((hit.depth - expected).abs() < 1e-5, "{}", hit.depth);
        let depth = hit
            .interpolate(&[[0, 1, 2]], &vertices.map(|v| Vec3::splat(v.z)))
            .x;
        assert!((depth - expected).abs() < 1e-5, "{depth}");
    }
}
