//! Which splats lie in a region of the image; twin of `shaders/region.wgsl`.

use glam::Vec2;
use rayon::prelude::*;

use super::{
    chunk::PackedChunk,
    cull::{in_range, perspective_shrink, view_point},
    ewa::{Ellipse, ellipse_of},
    inspect::FAR,
};
use crate::{
    consts::{FOOTPRINT_SIGMAS, REGION_RECT, REGION_STROKE, SURFACE_SLACK, WORKGROUP_WORDS},
    layout::{ChunkView, Region, Shape, View},
};

/// A region on an image whose median depths are known where they are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegionOn<'a> {
    pub(crate) view: &'a View,
    pub(crate) region: &'a Region,
    pub(crate) outline: &'a [[f32; 2]],
    /// `[height, width]`; may be empty where the region reaches through everything.
    pub(crate) depths: &'a [f32],
}

/// `[blocks, 8]` one bit a splat of all chunks.
pub(crate) fn region(
    on: &RegionOn<'_>,
    chunks: &[&PackedChunk],
    chunk_views: &[ChunkView],
) -> Vec<u32> {
    let words = WORKGROUP_WORDS as usize;
    let mut bits = Vec::new();
    for (chunk, chunk_view) in chunks.iter().zip(chunk_views) {
        let start = bits.len();
        bits.resize(start + chunk_view.block_count as usize * words, 0u32);
        bits[start..]
            .par_iter_mut()
            .enumerate()
            .with_min_len(64)
            .for_each(|(w, word)| {
                let rows = chunk_view.block_rows((w / words) as u32);
                let first = rows.start + w % words * 32;
                for row in first..rows.end.min(first + 32) {
                    let inside = on.is_inside(chunk_view, chunk.means[row], &chunk.shape(row));
                    *word |= u32::from(inside) << (row - first);
                }
            });
    }
    bits
}

impl RegionOn<'_> {
    fn is_inside(&self, chunk: &ChunkView, mean: [u32; 4], shape: &Shape) -> bool {
        let (view, p) = (self.view, view_point(chunk, mean));
        if !in_range(view, p) {
            return false;
        }
        let slope = Vec2::new(p.x, p.y) / perspective_shrink(view, p.z);
        let center = Vec2::from(view.focal) * slope + Vec2::from(view.center);
        let touched = |ellipse: Ellipse| self.ellipse_touches(&ellipse);
        let inside = self.contains(center)
            || (self.region.ellipses != 0 && touched(ellipse_of(view, chunk, p, shape)));
        inside && (self.region.surface_only == 0 || self.on_surface(center, p.z, (chunk, shape)))
    }

    fn contains(&self, p: Vec2) -> bool {
        let region = self.region;
        let (first, last) = (Vec2::from(region.first), Vec2::from(region.last));
        match region.kind {
            REGION_RECT => p.cmpge(first).all() && p.cmple(last).all(),
            REGION_STROKE => segment_distance(p, first, last) <= region.radius * region.radius,
            _ => self.in_outline(p),
        }
    }

    fn sides(&self) -> impl Iterator<Item = (Vec2, Vec2)> {
        let corners = self.outline;
        (0..corners.len()).map(move |i| {
            let next = corners[(i + 1) % corners.len()];
            (Vec2::from(corners[i]), Vec2::from(next))
        })
    }

    fn in_outline(&self, p: Vec2) -> bool {
        let crosses = |(a, b): (Vec2, Vec2)| {
            (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x
        };
        self.sides().filter(|side| crosses(*side)).count() % 2 == 1
    }

    /// Whether the ellipse at `FOOTPRINT_SIGMAS` meets the outline: turned into a circle, the
    /// outline's sides stay straight.
    fn ellipse_touches(&self, ellipse: &Ellipse) -> bool {
        let ([_, xy, yy], det) = (ellipse.covariance, ellipse.determinant);
        let u = (yy / det).sqrt();
        let v = -xy / (yy * det).sqrt();
        let w = 1.0 / yy.sqrt();
        let round = |p: Vec2| {
            let d = p - ellipse.center;
            Vec2::new(u * d.x + v * d.y, w * d.y)
        };
        self.sides().any(|(a, b)| {
            let squared = segment_distance(Vec2::ZERO, round(a), round(b));
            squared <= FOOTPRINT_SIGMAS * FOOTPRINT_SIGMAS
        })
    }

    /// Whether a splat is not behind what is seen at its centre.
    fn on_surface(&self, center: Vec2, depth: f32, (chunk, shape): (&ChunkView, &Shape)) -> bool {
        let [width, height] = self.view.size;
        let inside =
            center.cmpge(Vec2::ZERO).all() && center.x < width as f32 && center.y < height as f32;
        if !inside {
            return true;
        }
        let at = center.y as usize * width as usize + center.x as usize;
        let median = self.depths.get(at).copied().unwrap_or(FAR);
        if median == FAR {
            return true;
        }
        let [x, y, z] = shape.scale();
        let size = x.max(y.max(z)) * chunk.eye[3];
        depth <= median + FOOTPRINT_SIGMAS * size + SURFACE_SLACK * median
    }
}

/// Squared distance of p from the segment a b.
fn segment_distance(p: Vec2, a: Vec2, b: Vec2) -> f32 {
    let along = b - a;
    let squared = along.x * along.x + along.y * along.y;
    let from_a = p - a;
    let t = if squared > 0.0 {
        ((from_a.x * along.x + from_a.y * along.y) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let d = from_a - along * t;
    d.x * d.x + d.y * d.y
}
