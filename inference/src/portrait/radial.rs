//! A star-shaped surface about the middle of the head: one radius per direction.

use std::f32::consts::{FRAC_PI_2, TAU};

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use crate::imageops::{Grid, Sample, bilinear};

/// The point about which skull and hair are star-shaped, dm in the head frame.
pub const CENTER: Vec3 = Vec3::new(0.0, 7.42, 0.42);
/// Directions around the vertical axis.
pub const AZIMUTHS: usize = 128;
/// Directions from [`LOWEST`] to the pole above.
pub const ELEVATIONS: usize = 80;
/// Lowest elevation; below it is only the neck.
pub const LOWEST: f32 = -75.6 * std::f32::consts::PI / 180.0;
/// Reach of a skull vertex over the directions, radians: twice the mesh's spacing there.
const VERTEX_REACH: f32 = 0.1;

/// Where a direction lies on the grid of directions.
pub const GRID: Grid = Grid::new(AZIMUTHS, ELEVATIONS);

/// Direction of azimuth (0 = +Z, towards +X) and elevation, unit.
pub fn direction(azimuth: f32, elevation: f32) -> Vec3 {
    let (sa, ca) = azimuth.sin_cos();
    let (se, ce) = elevation.sin_cos();
    Vec3::new(ce * sa, se, ce * ca)
}

/// Azimuth and elevation of a unit direction.
pub fn angles(direction: Vec3) -> (f32, f32) {
    (
        direction.x.atan2(direction.z),
        direction.y.clamp(-1.0, 1.0).asin(),
    )
}

/// Elevation of a row of the grid.
pub fn row_elevation(row: usize) -> f32 {
    LOWEST + (FRAC_PI_2 - LOWEST) * row as f32 / (ELEVATIONS - 1) as f32
}

/// Azimuth of a column of the grid.
pub fn column_azimuth(column: usize) -> f32 {
    TAU * column as f32 / AZIMUTHS as f32
}

/// Column (wrapping) and row of a direction on the grid, as fractions.
pub fn grid_position(direction: Vec3) -> Vec2 {
    let (azimuth, elevation) = angles(direction);
    Vec2::new(
        azimuth.rem_euclid(TAU) / TAU * AZIMUTHS as f32,
        ((elevation - LOWEST) / (FRAC_PI_2 - LOWEST) * (ELEVATIONS - 1) as f32)
            .clamp(0.0, (ELEVATIONS - 1) as f32),
    )
}

/// A field over the directions, read between its grid points.
pub fn sample_directions<T: Sample>(values: &[T], direction: Vec3) -> T {
    let at = grid_position(direction);
    let column = at.x as usize % AZIMUTHS;
    let next = (column + 1) % AZIMUTHS;
    let row = (at.y as usize).min(ELEVATIONS - 2);
    let (fx, fy) = (at.x.fract(), at.y - row as f32);
    let mix = |row: usize| {
        values[GRID.index(column, row)] * (1.0 - fx) + values[GRID.index(next, row)] * fx
    };
    mix(row) * (1.0 - fy) + mix(row + 1) * fy
}

/// Gaussian blur over the directions: azimuth wraps, elevation ends.
pub fn blur_directions<T: Sample>(values: &[T], sigma_cells: f32) -> Vec<T> {
    let margin = (3.0 * sigma_cells).ceil() as usize;
    let wide = Grid::new(AZIMUTHS + 2 * margin, ELEVATIONS);
    let padded: Vec<T> = (0..wide.len())
        .map(|i| {
            let (x, y) = wide.position(i);
            values[GRID.index((x + AZIMUTHS * 8 - margin) % AZIMUTHS, y)]
        })
        .collect();
    let blurred = crate::imageops::blur::gaussian(&padded, wide, sigma_cells);
    (0..GRID.len())
        .map(|i| {
            let (x, y) = GRID.position(i);
            blurred[wide.index(x + margin, y)]
        })
        .collect()
}

/// Radius in dm for every direction of the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialSurface {
    /// `[ELEVATIONS, AZIMUTHS]`.
    pub radius: Vec<f32>,
}

impl RadialSurface {
    /// The smooth surface through points around [`CENTER`]: per direction the mean of the radii near
    /// it, weighted by a Gaussian of the angle; then blurred by `blur_cells`.
    pub fn through(points: &[Vec3], blur_cells: f32) -> Self {
        let around: Vec<(Vec3, f32)> = points
            .iter()
            .map(|p| *p - CENTER)
            .filter(|p| p.length() > 1e-3)
            .map(|p| (p.normalize(), p.length()))
            .collect();
        let radius_at = |i: usize| {
            let (column, row) = GRID.position(i);
            let d = direction(column_azimuth(column), row_elevation(row));
            radius_near(&around, d)
        };
        let radius: Vec<f32> = (0..GRID.len()).into_par_iter().map(radius_at).collect();
        Self {
            radius: blur_directions(&radius, blur_cells),
        }
    }

    /// Radius in a direction, dm.
    pub fn radius(&self, direction: Vec3) -> f32 {
        sample_directions(&self.radius, direction)
    }

    /// Surface point in a direction.
    pub fn point(&self, direction: Vec3) -> Vec3 {
        CENTER + direction * self.radius(direction)
    }

    /// Points of the grid, in its order.
    pub fn points(&self) -> Vec<Vec3> {
        (0..GRID.len())
            .map(|i| {
                let (column, row) = GRID.position(i);
                CENTER + direction(column_azimuth(column), row_elevation(row)) * self.radius[i]
            })
            .collect()
    }

    /// Triangles between the grid's points, azimuth closed.
    pub fn triangles() -> Vec<[u32; 3]> {
        let mut triangles = Vec::with_capacity(2 * AZIMUTHS * (ELEVATIONS - 1));
        for row in 0..ELEVATIONS - 1 {
            for column in 0..AZIMUTHS {
                let next = (column + 1) % AZIMUTHS;
                let corner = |c: usize, r: usize| GRID.index(c, r) as u32;
                let (a, b) = (corner(column, row), corner(next, row));
                let (c, d) = (corner(column, row + 1), corner(next, row + 1));
                triangles.push([a, b, d]);
                triangles.push([a, d, c]);
            }
        }
        triangles
    }

    /// Outward unit normal in a direction, by central differences one cell wide.
    pub fn normal(&self, d: Vec3) -> Vec3 {
        const STEP: f32 = TAU / AZIMUTHS as f32;
        let across = d.cross(Vec3::Y);
        let across = if across.length_squared() > 1e-6 {
            across.normalize()
        } else {
            Vec3::X
        };
        let along = across.cross(d);
        let at = |offset: Vec3| self.point((d + offset * STEP).normalize());
        let du = at(across) - at(-across);
        let dv = at(along) - at(-along);
        let n = du.cross(dv).normalize_or(d);
        if n.dot(d) < 0.0 { -n } else { n }
    }
}

/// Weighted mean radius near a direction; the nearest one where none is in reach.
fn radius_near(around: &[(Vec3, f32)], d: Vec3) -> f32 {
    // Chord² ≈ angle² at these angles; 3 reaches hold all of the weight.
    let cut = (3.0 * VERTEX_REACH).powi(2);
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut nearest = (f32::INFINITY, 1.0);
    for (other, radius) in around {
        let chord = 2.0 - 2.0 * other.dot(d);
        if chord < nearest.0 {
            nearest = (chord, *radius);
        }
        if chord < cut {
            let w = (-chord / (VERTEX_REACH * VERTEX_REACH)).exp();
            sum += w * radius;
            weight += w;
        }
    }
    if weight > 1e-3 {
        sum / weight
    } else {
        nearest.1
    }
}

/// The value of a ring of equally spaced bins at an angle, between the two nearest bins.
pub fn sample_ring(bins: &[f32], angle: f32) -> f32 {
    let n = bins.len();
    let at = angle.rem_euclid(TAU) / TAU * n as f32;
    let i = at as usize % n;
    let f = at.fract();
    bilinear(&[bins[i], bins[(i + 1) % n]], Grid::new(2, 1), 0.5 + f, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_invert_direction() {
        for (azimuth, elevation) in [(0.3f32, 0.2f32), (-2.5, -1.0), (3.0, 1.2)] {
            let (a, e) = angles(direction(azimuth, elevation));
            assert!((a - azimuth).abs() < 1e-5 && (e - elevation).abs() < 1e-5);
        }
    }

    #[test]
    fn a_ball_comes_back_as_a_ball_with_radial_normals() {
        let points: Vec<Vec3> = (0..4000)
            .map(|i| {
                let y = 1.0 - 2.0 * (i as f32 + 0.5) / 4000.0;
                CENTER + 0.9 * direction(2.399_963 * i as f32, y.asin())
            })
            .collect();
        let ball = RadialSurface::through(&points, 1.6);
        for (azimuth, elevation) in [(0.1, 0.0), (3.1, 0.7), (-1.0, -0.9), (2.0, 1.5)] {
            let d = direction(azimuth, elevation);
            assert!((ball.radius(d) - 0.9).abs() < 1e-3, "{}", ball.radius(d));
            assert!(ball.normal(d).dot(d) > 0.999, "{}", ball.normal(d));
        }
    }

    #[test]
    fn rings_wrap() {
        assert!((sample_ring(&[0.0, 1.0, 2.0, 3.0], TAU * 7.0 / 8.0) - 1.5).abs() < 1e-5);
    }
}
