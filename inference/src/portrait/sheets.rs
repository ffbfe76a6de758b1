//! Depth of teeth and eyeballs: smooth sheets behind lips and lids.
//!
//! The mesh is too coarse there: its mouth bag is a black hole from the side, and a pixel at the edge of a lid
//! falls onto the lid or onto the ball by chance. Teeth stand on an arch, curved across the mouth and straight
//! down; an eyeball is round.

use glam::{Mat4, Vec2, Vec4};

use super::mesh::VertexKind;
use super::posed::PosedMesh;
use super::radial::CENTER;
use super::surface::Regions;
use super::types::Label;
use crate::imageops::components::components;
use crate::imageops::distance::distance_to;
use crate::imageops::zbuffer::Hit;

/// Width of the lip ring that carries the mouth, in face heights.
const LIP_RING: f32 = 0.02;
/// How far teeth stand behind the lips, dm.
const BEHIND_LIPS: f32 = 0.045;
/// Least share of an eye that sees the model's ball, for the ball to be found.
const BALL_SHARE: f32 = 0.25;
/// The same is true of the white around it: eyes smaller than this many pixels stay as they are.
const BALL_PIXELS: usize = 12;
/// Ridge of the fits, of the number of samples.
const RIDGE: f32 = 1e-4;

/// A quadratic sheet over a part of the image: depth by place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sheet {
    middle: Vec2,
    scale: f32,
    /// Whether it curves down as well as across.
    round: bool,
    weights: Vec4,
}

impl Sheet {
    /// Through depths at image points, in the least squares.
    fn through(points: &[(Vec2, f32)], scale: f32, round: bool) -> Option<Self> {
        let n = points.len() as f32;
        if points.len() < 4 {
            return None;
        }
        let mut sheet = Self {
            middle: points.iter().map(|(p, _)| *p).sum::<Vec2>() / n,
            scale,
            round,
            weights: Vec4::ZERO,
        };
        let mean = points.iter().map(|(_, d)| *d).sum::<f32>() / n;
        let mut matrix = Mat4::from_diagonal(Vec4::new(0.0, 1.0, 1.0, 1.0) * (RIDGE * n));
        let mut right = Vec4::ZERO;
        for (p, depth) in points {
            let row = sheet.row(*p);
            matrix += Mat4::from_cols(row * row.x, row * row.y, row * row.z, row * row.w);
            right += row * (depth - mean);
        }
        sheet.weights = matrix.inverse() * right;
        sheet.weights.x += mean;
        sheet.weights.is_finite().then_some(sheet)
    }

    fn row(&self, p: Vec2) -> Vec4 {
        let d = (p - self.middle) / self.scale;
        let down = if self.round { d.y * d.y } else { 0.0 };
        Vec4::new(1.0, d.x, d.y, d.x * d.x + down)
    }

    fn depth(&self, p: Vec2) -> f32 {
        self.row(p).dot(self.weights)
    }
}

/// Teeth and tongue stand a little behind the ring of the lips.
pub(crate) fn mouth_depth(regions: &Regions<'_>, depth: &mut [f32]) {
    let mouth = regions.mask(|l| l == Label::Mouth);
    let ring_px = LIP_RING * regions.crop.face_height;
    let to_mouth = distance_to(&mouth, regions.grid).distance;
    let ring: Vec<(Vec2, f32)> = (0..mouth.len())
        .filter(|i| !mouth[*i] && to_mouth[*i] <= ring_px && depth[*i].is_finite())
        .map(|i| (regions.center(i), depth[i]))
        .collect();
    let Some(sheet) = Sheet::through(&ring, 0.2 * regions.crop.face_height, false) else {
        return;
    };
    for i in (0..depth.len()).filter(|i| mouth[*i]) {
        depth[i] = sheet.depth(regions.center(i)) + BEHIND_LIPS;
    }
}

/// Each eye lies on one ball, as the model has it.
pub(crate) fn eye_depth(
    regions: &Regions<'_>,
    mesh: &PosedMesh<'_>,
    hits: &[Hit],
    depth: &mut [f32],
) {
    let eyes = regions.mask(|l| l == Label::Eye);
    let parts = components(&eyes, regions.grid);
    let mut done = vec![false; parts.sizes.len()];
    for first in 0..eyes.len() {
        let part = parts.region[first] as usize;
        if !eyes[first] || std::mem::replace(&mut done[part], true) {
            continue;
        }
        let pixels: Vec<usize> = (first..eyes.len())
            .filter(|i| parts.region[*i] as usize == part)
            .collect();
        let on_ball: Vec<(Vec2, f32)> = pixels
            .iter()
            .filter(|i| {
                hits[**i].is_some()
                    && mesh.model.triangle_kind(hits[**i].triangle as usize) == VertexKind::Eye
            })
            .map(|i| (regions.center(*i), hits[*i].depth))
            .collect();
        let enough = BALL_PIXELS.max((BALL_SHARE * pixels.len() as f32) as usize);
        if on_ball.len() < enough {
            continue;
        }
        let Some(sheet) = Sheet::through(&on_ball, 0.05 * regions.crop.face_height, true) else {
            continue;
        };
        let typical = regions.crop.camera.project(CENTER).z;
        for i in pixels {
            let ball = sheet.depth(regions.center(i));
            // A fit gone wrong would stand out of the face.
            if (ball - depth[i]).abs() < 0.03 * typical {
                depth[i] = ball;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_curves_across_but_not_down_unless_it_is_round() {
        let arch = |p: Vec2| 10.0 + 0.02 * (p.x - 20.0).powi(2) + 0.1 * p.y;
        let points: Vec<(Vec2, f32)> = (0..40)
            .flat_map(|x| [0.0, 9.0].map(|y| Vec2::new(x as f32, y)))
            .map(|p| (p, arch(p)))
            .collect();
        let sheet = Sheet::through(&points, 10.0, false).unwrap();
        for y in [0.0, 3.0, 9.0] {
            let p = Vec2::new(11.0, y);
            assert!((sheet.depth(p) - arch(p)).abs() < 0.02, "at {p}");
        }
        assert!(
            Sheet::through(&points[..3], 10.0, true).is_none(),
            "too few"
        );
    }
}
