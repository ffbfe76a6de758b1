//! Pages: runs of 65 536 splats that lie near each other, so that what is out of sight is left out whole.
//!
//! The document keeps the file's order; only the packed copy is sorted, along a Morton curve (Morton
//! 1966). `splat_from_sorted` leads from a packed row back to the document's.

use glam::{Affine3A, Vec3};
use rayon::prelude::*;
use scene::{GaussianCloud, PinholeCamera, Projection};

use crate::{
    consts::{MAX_SIGMAS, SLOPE_MARGIN},
    view::Part,
};

/// Bits of a Morton code an axis.
const MORTON_BITS: u32 = 10;
/// How far a page's box reaches beyond its splats, in their footprint's radii: enough for cameras that
/// linearize up to a slope of √3 (a field of view of 106°). Wider ones draw every page.
const REACH: f32 = 2.0;
/// Nodes of trees are measured by the scene: they must reach as far.
const _: () = assert!(REACH * MAX_SIGMAS <= scene::LodTree::REACH);
/// What the pixel filter adds to a footprint at most, px.
const FILTER_MARGIN_PX: f32 = 2.0;

/// The rows in the order of a Morton curve through the box `core` (low and high corner), rows of one
/// cell in their own order. What lies outside, however far, is squeezed into the outer half of the
/// curve's cube (as Barron et al. 2022 contract unbounded scenes).
pub(crate) fn morton_order(rows: &[u32], means: &[Vec3], core: (Vec3, Vec3)) -> Vec<u32> {
    let middle = 0.5 * (core.0 + core.1);
    let half = (0.5 * (core.1 - core.0)).max(Vec3::splat(f32::MIN_POSITIVE));
    let mut keyed: Vec<u64> = rows
        .par_iter()
        .map(|&row| {
            let p = (means[row as usize] - middle) / half;
            let cell = p.to_array().map(|v| cell_of(contracted(v)));
            let code = spread(cell[0]) | spread(cell[1]) << 1 | spread(cell[2]) << 2;
            u64::from(code) << 32 | u64::from(row)
        })
        .collect();
    keyed.par_sort_unstable();
    keyed.into_iter().map(|key| key as u32).collect()
}

/// -1..=1 stays in the inner half of -1..=1; everything beyond goes to the outer half.
fn contracted(v: f32) -> f32 {
    if v.abs() <= 1.0 {
        0.5 * v
    } else {
        v.signum() * (1.0 - 0.5 / v.abs())
    }
}

fn cell_of(v: f32) -> u32 {
    let cells = (1 << MORTON_BITS) as f32;
    ((0.5 * v + 0.5) * cells).clamp(0.0, cells - 1.0) as u32
}

/// Puts two zeros before each of ten bits.
fn spread(v: u32) -> u32 {
    let v = (v | v << 16) & 0x0300_00ff;
    let v = (v | v << 8) & 0x0300_f00f;
    let v = (v | v << 4) & 0x030c_30c3;
    (v | v << 2) & 0x0924_9249
}

/// Where a page's splats are, object frame: the box of their means, widened by [`REACH`] footprints.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PageBounds {
    pub(crate) low: Vec3,
    pub(crate) high: Vec3,
}

impl PageBounds {
    /// The bounds of these rows of a cloud.
    pub(crate) fn of(cloud: &GaussianCloud, rows: &[u32]) -> Self {
        let mut bounds = Self {
            low: Vec3::INFINITY,
            high: Vec3::NEG_INFINITY,
        };
        for &row in rows {
            let row = row as usize;
            let mean = cloud.means()[row];
            let reach = REACH * MAX_SIGMAS * crate::pack::clamped_scale(cloud, row).max_element();
            bounds.low = bounds.low.min(mean - reach);
            bounds.high = bounds.high.max(mean + reach);
        }
        bounds
    }
}

/// What a camera sees of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frustum {
    view_from_object: Affine3A,
    /// View frame: a point p may be seen where n·p + d >= 0 for all.
    planes: [(Vec3, f32); 5],
    /// Whether the camera is too wide to leave anything out.
    sees_all: bool,
}

impl Frustum {
    /// Through a part of a camera's image.
    pub(crate) fn new(camera: &PinholeCamera, part: Part, view_from_object: Affine3A) -> Self {
        let [left, top] = part.origin.map(|o| o as f32 - FILTER_MARGIN_PX);
        let right = (part.origin[0] + part.size[0]) as f32 + FILTER_MARGIN_PX;
        let bottom = (part.origin[1] + part.size[1]) as f32 + FILTER_MARGIN_PX;
        let (fx, fy) = (camera.fx, camera.fy);
        // Columns and rows from the principal point to the part's sides.
        let sides = [
            (Vec3::X * fx, camera.cx - left),
            (Vec3::NEG_X * fx, right - camera.cx),
            (Vec3::Y * fy, camera.cy - top),
            (Vec3::NEG_Y * fy, bottom - camera.cy),
        ];
        let is_parallel = camera.projection == Projection::Orthographic;
        // left <= fx x + cx <= right; in perspective x / z in place of x, and all times z.
        let side = |i: usize| match sides[i] {
            (normal, offset) if is_parallel => (normal, offset),
            (normal, offset) => (normal + Vec3::Z * offset, 0.0),
        };
        let near = (Vec3::Z, -camera.near);
        let planes = [side(0), side(1), side(2), side(3), near];
        let slope = |size: u32, focal: f32, center: f32| {
            let size = size as f32;
            (center.abs().max((size - center).abs()) + SLOPE_MARGIN * 0.5 * size) / focal
        };
        let widest = slope(camera.width, fx, camera.cx).max(slope(camera.height, fy, camera.cy));
        let reach = (1.0 + widest * widest).sqrt();
        Self {
            view_from_object,
            planes,
            sees_all: !is_parallel && !(reach <= REACH),
        }
    }

    /// Whether a splat of the page may touch the image. Never wrong with a no.
    pub(crate) fn may_see(&self, page: &PageBounds) -> bool {
        if self.sees_all {
            return true;
        }
        let corners = [0u32, 1, 2, 3, 4, 5, 6, 7].map(|corner| {
            let pick = |axis: usize| {
                let bounds = [page.low[axis], page.high[axis]];
                bounds[(corner >> axis & 1) as usize]
            };
            let corner = Vec3::new(pick(0), pick(1), pick(2));
            self.view_from_object.transform_point3(corner)
        });
        self.planes.iter().all(|&(normal, offset)| {
            // Out of sight only where every corner is on the wrong side for certain: NaN and infinity see.
            !corners.iter().all(|&c| normal.dot(c) + offset < 0.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_spread_by_three() {
        assert_eq!(spread(0b11_1111_1111), 0o1_111_111_111);
        assert_eq!(spread(0b10_0000_0101), 0o1_000_000_101);
    }

    #[test]
    fn neighbors_share_pages_whatever_the_outliers() {
        let n = 4096u32;
        // Two clusters, mixed row by row, and one splat at the end of the world.
        let mut means: Vec<Vec3> = (0..n)
            .map(|i| Vec3::X * (if i % 2 == 0 { -1.0 } else { 1.0 }) + Vec3::Y * 1e-4 * i as f32)
            .collect();
        means.push(Vec3::splat(1e30));
        let rows: Vec<u32> = (0..=n).collect();
        let order = morton_order(&rows, &means, (Vec3::new(-1.0, 0.0, -1.0), Vec3::ONE));
        let first: Vec<bool> = order.iter().map(|r| r % 2 == 0).collect();
        let changes = first.windows(2).filter(|w| w[0] != w[1]).count();
        assert!(changes < 8, "{changes} changes between the clusters");
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, rows, "every row appears once");
    }
}
