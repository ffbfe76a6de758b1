//! Which splats can touch the image at all; twin of `shaders/cull.wgsl`.

use glam::{Vec2, Vec3};
use rayon::prelude::*;

use super::chunk::PackedChunk;
use crate::{
    consts::{
        ALPHA_MIN, FLAG_SELECTED, FLAGS_NOT_DRAWN, MAX_SIGMAS, OPACITY_STEPS, WORKGROUP_WORDS,
    },
    layout::{ChunkView, View},
};

/// One bit a splat, in words of 32, eight words a block of 256 splats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visibility {
    /// `[blocks, 8]`: visible bits, visible splats in the block's words before, selected bits, 0.
    pub(crate) words: Vec<[u32; 4]>,
    /// `[blocks]`: visible splats of each block; after the scan, of all blocks before it.
    pub(crate) offsets: Vec<u32>,
}

/// Tests every splat of every chunk.
pub(crate) fn cull(view: &View, chunks: &[&PackedChunk], chunk_views: &[ChunkView]) -> Visibility {
    let blocks = view.block_count as usize;
    let words_per_block = WORKGROUP_WORDS as usize;
    let mut visibility = Visibility {
        words: vec![[0; 4]; blocks * words_per_block],
        offsets: vec![0; blocks],
    };
    let mut words = visibility.words.as_mut_slice();
    let mut offsets = visibility.offsets.as_mut_slice();
    for (chunk, chunk_view) in chunks.iter().zip(chunk_views) {
        let n = chunk_view.block_count as usize;
        let (head, rest) = words.split_at_mut(n * words_per_block);
        words = rest;
        let (counts, rest) = offsets.split_at_mut(n);
        offsets = rest;
        head.par_chunks_mut(words_per_block)
            .zip(counts)
            .enumerate()
            .with_min_len(16)
            .for_each(|(block, (words, count))| {
                *count = cull_block(view, chunk, chunk_view, block, words);
            });
    }
    visibility
}

fn cull_block(
    view: &View,
    chunk: &PackedChunk,
    chunk_view: &ChunkView,
    block: usize,
    words: &mut [[u32; 4]],
) -> u32 {
    let mut before = 0;
    let rows = chunk_view.block_rows(block as u32);
    let weight = chunk_view.block_state(block as u32).weight();
    for (w, word) in words.iter_mut().enumerate() {
        let first = rows.start + w * 32;
        let last = (first + 32).min(rows.end);
        let (mut visible, mut selected) = (0u32, 0);
        for row in first..last {
            let flags = chunk.flags[row / 4] >> (row % 4 * 8);
            let bit = 1 << (row - first);
            if is_visible(view, chunk_view, chunk.means[row], (flags, weight)) {
                visible |= bit;
            }
            if flags & FLAG_SELECTED != 0 {
                selected |= bit;
            }
        }
        *word = [visible, before, selected, 0];
        before += visible.count_ones();
    }
    before
}

/// Conservative: the splat's bounding sphere, projected as the linearization does, meets the image.
fn is_visible(view: &View, chunk: &ChunkView, mean: [u32; 4], (flags, weight): (u32, f32)) -> bool {
    let opacity = part_opacity(
        (mean[3] & OPACITY_STEPS) as f32 / OPACITY_STEPS as f32,
        weight,
    );
    let sigma = f32::from_bits(mean[3] >> 24 << 23) * chunk.eye[3];
    let p = view_point(chunk, mean);
    if flags & FLAGS_NOT_DRAWN != 0 || !(opacity >= ALPHA_MIN) || !in_range(view, p) {
        return false;
    }
    let shrink = perspective_shrink(view, p.z);
    let slope = Vec2::new(p.x, p.y) / shrink;
    let clamped = slope.clamp(view.slope_min.into(), view.slope_max.into());
    let focal = Vec2::from(view.focal);
    let center = focal * slope + Vec2::from(view.center);
    // Longest row of the projection's Jacobian times the largest standard deviation.
    let lengths = Vec2::new(
        (1.0 + clamped.x * clamped.x).sqrt(),
        (1.0 + clamped.y * clamped.y).sqrt(),
    );
    let radius = MAX_SIGMAS * (sigma * focal / shrink * lengths + view.low_pass.sqrt());
    let size = Vec2::new(view.size[0] as f32, view.size[1] as f32);
    (center + radius).cmpge(Vec2::ZERO).all() && (center - radius).cmple(size).all()
}

/// The opacity of a splat of which a part is drawn: two parts let through what the whole lets through; twin
/// of `shaders/common/place.wgsl`.
#[inline(always)]
pub(crate) fn part_opacity(opacity: f32, part: f32) -> f32 {
    if part == 1.0 {
        return opacity;
    }
    1.0 - (part * (1.0 - opacity).max(1e-6).log2()).exp2()
}

/// By how much offsets from the view axis shrink at a depth; twin of `shaders/common/lens.wgsl`.
#[inline(always)]
pub(crate) fn perspective_shrink(view: &View, depth: f32) -> f32 {
    if view.orthographic != 0 { 1.0 } else { depth }
}

/// Whether a mean in view space lies between the near and the far plane and in the clipping box.
#[inline(always)]
pub(crate) fn in_range(view: &View, p: Vec3) -> bool {
    let inside = |[a, b, c, d]: [f32; 4]| (a * p.x + b * p.y + c * p.z + d).abs() <= 1.0;
    p.z >= view.near && p.z <= view.far && view.clip_from_view.iter().all(|row| inside(*row))
}

/// The mean in view space. The sums are written out, and in the same order in the shaders: two splats
/// of nearly one depth must not change places between the twins.
#[inline(always)]
pub(crate) fn view_point(chunk: &ChunkView, mean: [u32; 4]) -> Vec3 {
    let [px, py, pz] = [mean[0], mean[1], mean[2]].map(f32::from_bits);
    let [x, y, z] = chunk
        .view_from_object
        .map(|[a, b, c, d]| a * px + b * py + c * pz + d);
    Vec3::new(x, y, z)
}
