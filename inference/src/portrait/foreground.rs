//! The color of the person alone, free of the background that shows through soft edges.
//!
//! Blur fusion (Forte 2021): where the matte is between 0 and 1 the foreground is the blurred
//! surely-foreground color plus what the compositing equation leaves over; two passes, wide and narrow.
//! Pixels weigh by the cube of their coverage, not by the coverage itself: half the bleeding is left.

use glam::{Vec3, Vec4};
use rayon::prelude::*;

use super::types::{ColorPlane, Plane};
use crate::imageops::blur::box_mean;
use crate::imageops::resize::{Kernel, resize};
use crate::imageops::{Grid, bilinear};

/// Radius of the wide pass, in face heights.
const WIDE: f32 = 0.25;
/// The narrow pass is this many times narrower.
const NARROW_RATIO: f32 = 6.0;
/// Radius that the wide pass has at least on the smaller picture that it is made on, pixels.
const WORKING_RADIUS_PX: f32 = 24.0;
/// Below this weight a blur has nothing to say.
const WEIGHT_MIN: f32 = 1e-3;

/// Foreground color, defined everywhere; `face_height_px` sets the scale.
pub fn foreground(picture: &ColorPlane, alpha: &Plane, face_height_px: f32) -> ColorPlane {
    let wide = (face_height_px * WIDE).max(1.0);
    let (first, background) = pass(picture, picture, picture, alpha, wide);
    let (second, _) = pass(picture, &first, &background, alpha, wide / NARROW_RATIO);
    second
}

/// One pass from an estimate of foreground and background; returns better ones.
fn pass(
    picture: &ColorPlane,
    foreground: &ColorPlane,
    background: &ColorPlane,
    alpha: &Plane,
    radius_px: f32,
) -> (ColorPlane, ColorPlane) {
    let full = picture.grid();
    // A wide blur of a smaller picture is the same and takes a fraction of the time.
    let step = (radius_px / WORKING_RADIUS_PX).floor().max(1.0);
    let small = Grid::new(
        (full.width as f32 / step).ceil() as usize,
        (full.height as f32 / step).ceil() as usize,
    );
    let radius = ((radius_px / step).round() as usize).max(1);
    let front = blurred(foreground, alpha, trust, small, radius);
    let back = blurred(background, alpha, |a| trust(1.0 - a), small, radius);
    let scale = (
        small.width as f32 / full.width as f32,
        small.height as f32 / full.height as f32,
    );
    let mut out = vec![(Vec3::ZERO, Vec3::ZERO); full.len()];
    out.par_chunks_mut(full.width)
        .enumerate()
        .for_each(|(y, row)| {
            for (x, out) in row.iter_mut().enumerate() {
                let i = full.index(x, y);
                let at = ((x as f32 + 0.5) * scale.0, (y as f32 + 0.5) * scale.1);
                let (a, color) = (alpha.values[i], picture.values[i]);
                let f = mean_of(bilinear(&front, small, at.0, at.1), color);
                let b = mean_of(bilinear(&back, small, at.0, at.1), color);
                let rest = color - f * a - b * (1.0 - a);
                *out = ((f + rest * a).clamp(Vec3::ZERO, Vec3::ONE), b);
            }
        });
    let (front, back) = out.into_par_iter().unzip();
    (
        ColorPlane::from_values(full, front),
        ColorPlane::from_values(full, back),
    )
}

/// How much a pixel of this coverage knows about the color: a mixed one little.
fn trust(coverage: f32) -> f32 {
    coverage * coverage * coverage
}

/// Blurred color times weight, and the blurred weight.
fn blurred(
    color: &ColorPlane,
    alpha: &Plane,
    weight: impl Fn(f32) -> f32 + Sync,
    small: Grid,
    radius: usize,
) -> Vec<Vec4> {
    let weighted: Vec<Vec4> = color
        .values
        .par_iter()
        .zip(&alpha.values)
        .map(|(c, a)| c.extend(1.0) * weight(*a))
        .collect();
    let shrunk = resize(&weighted, color.grid(), small, Kernel::Area);
    box_mean(&shrunk, small, radius)
}

/// The color of a blurred sum; `otherwise` where it holds nothing.
fn mean_of(sum: Vec4, otherwise: Vec3) -> Vec3 {
    let known = (sum.w / WEIGHT_MIN).min(1.0);
    if sum.w > 0.0 {
        otherwise.lerp(sum.truncate() / sum.w, known)
    } else {
        otherwise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_leaves_a_soft_edge() {
        let grid = Grid::new(120, 60);
        let (red, green) = (Vec3::new(0.9, 0.1, 0.1), Vec3::new(0.1, 0.9, 0.1));
        let coverage = |i: usize| ((70.0 - grid.position(i).0 as f32) / 20.0).clamp(0.0, 1.0);
        let alpha = Plane::from_values(grid, (0..grid.len()).map(coverage).collect());
        let mixed = (0..grid.len()).map(|i| green.lerp(red, coverage(i)));
        let picture = ColorPlane::from_values(grid, mixed.collect());
        let out = foreground(&picture, &alpha, 100.0);
        for x in [10, 52, 60, 68] {
            let found = out.values[grid.index(x, 30)];
            // The picture is up to 1.1 off; blur fusion takes most of that away, not all.
            assert!(found.distance(red) < 0.15, "column {x}: {found}");
        }
    }

    #[test]
    fn an_opaque_picture_stays_as_it_is() {
        let grid = Grid::new(40, 30);
        let color = |i: usize| Vec3::new((i % 7) as f32 / 7.0, 0.5, (i % 3) as f32 / 3.0);
        let picture = ColorPlane::from_values(grid, (0..grid.len()).map(color).collect());
        let out = foreground(&picture, &Plane::filled(grid, 1.0), 60.0);
        for (found, expected) in out.values.iter().zip(&picture.values) {
            assert!(
                found.distance(*expected) < 1e-3,
                "{found} is not {expected}"
            );
        }
    }
}
