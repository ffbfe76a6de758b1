//! The guided filter with a color guide (He et al. 2013), optionally at a coarser resolution
//! (He & Sun 2015): smooths a plane along the edges of a picture.

use glam::{Mat3, Vec3, Vec4};
use rayon::prelude::*;

use super::blur::box_mean;
use super::resize::{Kernel, resize};
use super::{Grid, Sample, bilinear};
use crate::portrait::types::{ColorPlane, Plane};

/// Window and strength of a guided filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GuidedOptions {
    /// Window radius in pixels of the full picture.
    pub radius_px: f32,
    /// Variance of the guide below which it counts as flat.
    pub epsilon: f32,
    /// The linear models are fitted on a picture this many times smaller; 1 is the exact filter.
    pub subsample: usize,
}

/// Filters `input` so that its edges follow those of `guide`; both of one size.
pub fn guided(guide: &ColorPlane, input: &Plane, options: &GuidedOptions) -> Plane {
    let full = guide.grid();
    let step = options.subsample.max(1);
    let small = Grid::new(full.width.div_ceil(step), full.height.div_ceil(step));
    let radius = ((options.radius_px / step as f32).round() as usize).max(1);
    let guide_small = resize(&guide.values, full, small, Kernel::Area);
    let input_small = resize(&input.values, full, small, Kernel::Area);
    let models = linear_models(&guide_small, &input_small, small, radius, options.epsilon);

    let mut values = vec![0.0; full.len()];
    let (sx, sy) = (
        small.width as f32 / full.width.max(1) as f32,
        small.height as f32 / full.height.max(1) as f32,
    );
    values
        .par_chunks_mut(full.width.max(1))
        .enumerate()
        .for_each(|(y, row)| {
            for (x, out) in row.iter_mut().enumerate() {
                let model = if step == 1 {
                    models[full.index(x, y)]
                } else {
                    bilinear(&models, small, (x as f32 + 0.5) * sx, (y as f32 + 0.5) * sy)
                };
                *out = guide.values[full.index(x, y)].extend(1.0).dot(model);
            }
        });
    Plane::from_values(full, values)
}

/// Per pixel the mean of all local models `value = a · color + b`, as (a, b).
fn linear_models(
    guide: &[Vec3],
    input: &[f32],
    grid: Grid,
    radius: usize,
    epsilon: f32,
) -> Vec<Vec4> {
    let mean = |f: &(dyn Fn(usize) -> Vec4 + Sync)| {
        let values: Vec<Vec4> = (0..grid.len()).into_par_iter().map(f).collect();
        box_mean(&values, grid, radius)
    };
    let first = mean(&|i| guide[i].extend(input[i]));
    let with_input = mean(&|i| (guide[i] * input[i]).extend(0.0));
    let diagonal = mean(&|i| guide[i].times(guide[i]).extend(0.0));
    let mixed = mean(&|i| {
        let c = guide[i];
        Vec4::new(c.x * c.y, c.x * c.z, c.y * c.z, 0.0)
    });
    let fit = |i: usize| {
        let (color, value) = (first[i].truncate(), first[i].w);
        let covariance = with_input[i].truncate() - color * value;
        let d = diagonal[i].truncate() - color * color + Vec3::splat(epsilon);
        let xy = mixed[i].x - color.x * color.y;
        let xz = mixed[i].y - color.x * color.z;
        let yz = mixed[i].z - color.y * color.z;
        let variance = Mat3::from_cols(
            Vec3::new(d.x, xy, xz),
            Vec3::new(xy, d.y, yz),
            Vec3::new(xz, yz, d.z),
        );
        let a = solve_symmetric(&variance, covariance);
        a.extend(value - a.dot(color))
    };
    let local: Vec<Vec4> = (0..grid.len()).into_par_iter().map(fit).collect();
    box_mean(&local, grid, radius)
}

/// `m⁻¹ v`, or zero where rounding has made `m` singular.
fn solve_symmetric(m: &Mat3, v: Vec3) -> Vec3 {
    let determinant = m.determinant();
    if determinant > 1e-20 {
        m.inverse() * v
    } else {
        Vec3::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step_picture(grid: Grid) -> ColorPlane {
        let color = |i: usize| {
            if grid.position(i).0 < grid.width / 2 {
                Vec3::new(0.1, 0.2, 0.3)
            } else {
                Vec3::new(0.8, 0.5, 0.4)
            }
        };
        ColorPlane::from_values(grid, (0..grid.len()).map(color).collect())
    }

    #[test]
    fn noise_goes_and_the_guide_edge_stays() {
        let grid = Grid::new(40, 40);
        let guide = step_picture(grid);
        let clean = |i: usize| f32::from(grid.position(i).0 >= 20);
        let noisy = |i: usize| clean(i) + if i.is_multiple_of(3) { 0.2 } else { -0.1 };
        let input = Plane::from_values(grid, (0..grid.len()).map(noisy).collect());
        for subsample in [1, 2] {
            let options = GuidedOptions {
                radius_px: 4.0,
                epsilon: 1e-4,
                subsample,
            };
            let out = guided(&guide, &input, &options);
            for x in [2, 18, 21, 37] {
                let found = out.values[grid.index(x, 20)];
                let expected = clean(grid.index(x, 20));
                assert!((found - expected).abs() < 0.06, "x {x}: {found}");
            }
        }
    }

    #[test]
    fn a_flat_guide_gives_the_mean() {
        let grid = Grid::new(9, 9);
        let guide = ColorPlane::filled(grid, Vec3::splat(0.5));
        let input = Plane::filled(grid, 0.75);
        let options = GuidedOptions {
            radius_px: 2.0,
            epsilon: 1e-4,
            subsample: 1,
        };
        let out = guided(&guide, &input, &options);
        assert!(out.values.iter().all(|v| (v - 0.75).abs() < 1e-5));
    }
}
